package org.mlx4j.operations;

import static org.mlx4j.operations.Input.between;
import static org.mlx4j.operations.Input.values;
import static org.mlx4j.operations.Input.whole;
import static org.mlx4j.operations.Operation.binary;
import static org.mlx4j.operations.Operation.many;
import static org.mlx4j.operations.Operation.nary;
import static org.mlx4j.operations.Operation.unary;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.mlx4j.ArrayBiFunction;
import org.mlx4j.ArrayFunction;
import org.mlx4j.DType;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;

/**
 * The rows of {@code Elementwise}, and of the operations of {@code Ops} that have a number first.
 */
final class ElementwiseRows {
  private static final int[] SCALAR = {};
  private static final int[] EMPTY = {0, 3};
  private static final int[] LARGE = {1000, 300};

  private static final Input ANY = between(-2, 2, 2, 3);
  private static final Input POSITIVE = between(0.3, 3, 2, 3);
  private static final Input INNER = between(-0.9, 0.9, 2, 3);
  private static final Input FEW = whole(-1, 1, 3, 4);
  private static final Input BITS = whole(0, 100, 2, 3);
  private static final Input SHIFTS = whole(0, 5, 2, 3);
  private static final Input SPECIAL =
      values(0, -0.0, 1.5, -1.5, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);

  private static final Input NEAR_SPECIAL =
      values(0, 0, 1.6, -1.5, Double.NaN, Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY);
  private static final Input ANY_LINE = between(-2, 2, 7);
  private static final Input LOW = between(-2, 0, 2, 3);
  private static final Input HIGH = between(0, 2, 2, 3);

  /** MLX has the logarithms of 2 and 10 in single precision only. */
  private static final List<DType> WITHOUT_DOUBLES =
      DTypes.ALL.stream().filter(dtype -> dtype != DType.FLOAT64).toList();

  private interface NumberRight {
    MlxArray apply(MlxArray x, double y);
  }

  private interface IntegerRight {
    MlxArray apply(MlxArray x, long y);
  }

  private interface NumberLeft {
    MlxArray apply(double x, MlxArray y);
  }

  private interface IntegerLeft {
    MlxArray apply(long x, MlxArray y);
  }

  private ElementwiseRows() {}

  static Stream<Operation> rows() {
    return Stream.of(
            math(),
            arithmetic(),
            comparisons(),
            bits(),
            farShifts(),
            specialValues(),
            limits(),
            closeness(),
            conversions())
        .flatMap(rows -> rows);
  }

  private static Stream<Operation> math() {
    return Stream.of(
        math("abs", MlxArray::abs, ANY),
        math("positive", MlxArray::positive, ANY),
        math("negative", MlxArray::negative, ANY),
        math("sign", MlxArray::sign, ANY),
        math("logicalNot", MlxArray::logicalNot, FEW).discrete(),
        math("reciprocal", MlxArray::reciprocal, POSITIVE),
        math("floor", MlxArray::floor, ANY),
        math("ceil", MlxArray::ceil, ANY),
        math("trunc", MlxArray::trunc, ANY),
        math("square", MlxArray::square, ANY),
        math("exp", MlxArray::exp, ANY).inSinglePrecision(),
        math("expm1", MlxArray::expm1, ANY).inSinglePrecision(),
        math("sin", MlxArray::sin, ANY).inSinglePrecision().shapes(SCALAR, EMPTY, LARGE),
        math("cos", MlxArray::cos, ANY).inSinglePrecision(),
        math("tan", MlxArray::tan, INNER).inSinglePrecision(),
        math("arcsin", MlxArray::arcsin, INNER),
        math("arccos", MlxArray::arccos, INNER),
        math("arctan", MlxArray::arctan, ANY),
        math("sinh", MlxArray::sinh, ANY),
        math("cosh", MlxArray::cosh, ANY),
        math("tanh", MlxArray::tanh, ANY),
        math("arcsinh", MlxArray::arcsinh, ANY),
        math("arccosh", MlxArray::arccosh, between(1.2, 3, 2, 3)),
        math("arctanh", MlxArray::arctanh, INNER),
        math("degrees", MlxArray::degrees, ANY),
        math("radians", MlxArray::radians, ANY),
        math("log", MlxArray::log, POSITIVE),
        math("log2", MlxArray::log2, POSITIVE).on(WITHOUT_DOUBLES),
        math("log2 of doubles", MlxArray::log2, POSITIVE).on(DType.FLOAT64).unlikePythonsGradient(),
        math("log10", MlxArray::log10, POSITIVE).on(WITHOUT_DOUBLES),
        math("log10 of doubles", MlxArray::log10, POSITIVE)
            .on(DType.FLOAT64)
            .unlikePythonsGradient(),
        math("log1p", MlxArray::log1p, POSITIVE),
        math("sigmoid", MlxArray::sigmoid, ANY).inSinglePrecision(),
        math("erf", MlxArray::erf, ANY).inSinglePrecision(),
        math("erfinv", MlxArray::erfinv, INNER).inSinglePrecision(),
        math("sqrt", MlxArray::sqrt, POSITIVE),
        math("rsqrt", MlxArray::rsqrt, POSITIVE),
        math("conjugate", MlxArray::conjugate, ANY),
        math("conj", MlxArray::conj, ANY),
        math("real", MlxArray::real, ANY),
        math("imag", MlxArray::imag, ANY),
        math("round", MlxArray::round, ANY),
        unary("round decimals", x -> x.round(1), "mx.round(a, 1)", ANY).on(DTypes.ALL),
        unary("round tens", x -> x.round(-1), "mx.round(a, -1)", whole(-50, 50, 2, 3))
            .on(DTypes.ALL),
        math("stopGradient", MlxArray::stopGradient, ANY).withoutFiniteDifferences());
  }

  private static Stream<Operation> arithmetic() {
    return Stream.of(
            elements("add", MlxArray::add, ANY, ANY)
                .numbers(MlxArray::add, MlxArray::add, Ops::add, Ops::add),
            elements("subtract", MlxArray::subtract, ANY, ANY)
                .numbers(MlxArray::subtract, MlxArray::subtract, Ops::subtract, Ops::subtract),
            elements("multiply", MlxArray::multiply, ANY, ANY)
                .numbers(MlxArray::multiply, MlxArray::multiply, Ops::multiply, Ops::multiply),
            elements("divide", MlxArray::divide, ANY, POSITIVE)
                .numbers(MlxArray::divide, MlxArray::divide, Ops::divide, Ops::divide),
            elements("floorDivide", MlxArray::floorDivide, ANY, POSITIVE)
                .numbers(
                    MlxArray::floorDivide,
                    MlxArray::floorDivide,
                    Ops::floorDivide,
                    Ops::floorDivide),
            elements("remainder", MlxArray::remainder, ANY, POSITIVE)
                .numbers(MlxArray::remainder, MlxArray::remainder, Ops::remainder, Ops::remainder),
            elements("power", MlxArray::power, POSITIVE, POSITIVE)
                .numbers(MlxArray::power, MlxArray::power, Ops::power, Ops::power),
            elements("maximum", MlxArray::maximum, ANY, ANY)
                .numbers(MlxArray::maximum, MlxArray::maximum, Ops::maximum, Ops::maximum),
            elements("minimum", MlxArray::minimum, ANY, ANY)
                .numbers(MlxArray::minimum, MlxArray::minimum, Ops::minimum, Ops::minimum),
            elements("logaddexp", MlxArray::logaddexp, ANY, ANY)
                .numbers(MlxArray::logaddexp, MlxArray::logaddexp, Ops::logaddexp, Ops::logaddexp)
                .map(Operation::inSinglePrecision),
            elements("arctan2", MlxArray::arctan2, POSITIVE, POSITIVE)
                .numbers(MlxArray::arctan2, MlxArray::arctan2, Ops::arctan2, Ops::arctan2),
            Stream.of(
                binary("add large", MlxArray::add, "a + b", ANY, ANY).shapes(LARGE),
                unary("power of negative", x -> x.power(2), "mx.power(a, 2)", ANY),
                many("divmod number", xs -> xs[0].divmod(1.5), "mx.divmod(a, 1.5)", ANY)
                    .on(DTypes.ALL)
                    .unlikePythonsGradient(),
                many("divmod integer", xs -> xs[0].divmod(2), "mx.divmod(a, 2)", ANY)
                    .on(DTypes.ALL)
                    .unlikePythonsGradient(),
                many("Ops.divmod", xs -> Ops.divmod(1.5, xs[0]), "mx.divmod(1.5, a)", POSITIVE)
                    .on(DTypes.ALL)
                    .unlikePythonsGradient(),
                many("Ops.divmod integer", xs -> Ops.divmod(7, xs[0]), "mx.divmod(7, a)", POSITIVE)
                    .on(DTypes.ALL)
                    .unlikePythonsGradient(),
                many("divmod", xs -> xs[0].divmod(xs[1]), "mx.divmod(a, b)", ANY, POSITIVE)
                    .on(DTypes.ALL)
                    .unlikePythonsGradient()))
        .flatMap(rows -> rows);
  }

  private static Stream<Operation> comparisons() {
    return Stream.of(
            elements("equal", MlxArray::equal, FEW, FEW)
                .numbers(MlxArray::equal, MlxArray::equal, Ops::equal, Ops::equal),
            elements("notEqual", MlxArray::notEqual, FEW, FEW)
                .numbers(MlxArray::notEqual, MlxArray::notEqual, Ops::notEqual, Ops::notEqual),
            elements("less", MlxArray::less, FEW, FEW)
                .numbers(MlxArray::less, MlxArray::less, Ops::less, Ops::less),
            elements("lessEqual", MlxArray::lessEqual, FEW, FEW)
                .numbers(MlxArray::lessEqual, MlxArray::lessEqual, Ops::lessEqual, Ops::lessEqual),
            elements("greater", MlxArray::greater, FEW, FEW)
                .numbers(MlxArray::greater, MlxArray::greater, Ops::greater, Ops::greater),
            elements("greaterEqual", MlxArray::greaterEqual, FEW, FEW)
                .numbers(
                    MlxArray::greaterEqual,
                    MlxArray::greaterEqual,
                    Ops::greaterEqual,
                    Ops::greaterEqual),
            elements("logicalAnd", MlxArray::logicalAnd, FEW, FEW)
                .numbers(
                    MlxArray::logicalAnd, MlxArray::logicalAnd, Ops::logicalAnd, Ops::logicalAnd),
            elements("logicalOr", MlxArray::logicalOr, FEW, FEW)
                .numbers(MlxArray::logicalOr, MlxArray::logicalOr, Ops::logicalOr, Ops::logicalOr),
            elements("logicalXor", MlxArray::logicalXor, FEW, FEW)
                .numbers(
                    MlxArray::logicalXor, MlxArray::logicalXor, Ops::logicalXor, Ops::logicalXor))
        .flatMap(rows -> rows)
        .map(Operation::discrete);
  }

  private static Stream<Operation> bits() {
    return Stream.of(
            elements("bitwiseAnd", MlxArray::bitwiseAnd, BITS, BITS)
                .integers(MlxArray::bitwiseAnd, Ops::bitwiseAnd),
            elements("bitwiseOr", MlxArray::bitwiseOr, BITS, BITS)
                .integers(MlxArray::bitwiseOr, Ops::bitwiseOr),
            elements("bitwiseXor", MlxArray::bitwiseXor, BITS, BITS)
                .integers(MlxArray::bitwiseXor, Ops::bitwiseXor),
            elements("leftShift", MlxArray::leftShift, BITS, SHIFTS)
                .integers(MlxArray::leftShift, Ops::leftShift),
            elements("rightShift", MlxArray::rightShift, BITS, SHIFTS)
                .integers(MlxArray::rightShift, Ops::rightShift),
            Stream.of(math("bitwiseInvert", MlxArray::bitwiseInvert, BITS)))
        .flatMap(rows -> rows)
        .map(row -> row.on(DTypes.BITS).discrete());
  }

  /** MLX leaves open what these are; NumPy does not. */
  private static Stream<Operation> farShifts() {
    Input any = whole(-100, 100, 4, 5);
    Input far = whole(-70, 70, 4, 5);
    return Stream.of(
            binary(
                "leftShift far",
                MlxArray::leftShift,
                numpy("left_shift(np.array(a), np.array(b))"),
                any,
                far),
            binary(
                "rightShift far",
                MlxArray::rightShift,
                numpy("right_shift(np.array(a), np.array(b))"),
                any,
                far),
            unary(
                "leftShift number far",
                x -> x.leftShift(64),
                numpy("left_shift(np.array(a), 64)"),
                any),
            unary(
                "rightShift number far",
                x -> x.rightShift(64),
                numpy("right_shift(np.array(a), 64)"),
                any))
        .map(row -> row.on(DTypes.INTEGER).discrete());
  }

  private static String numpy(String expression) {
    return "mx.array(np." + expression + ")";
  }

  private static Stream<Operation> specialValues() {
    return Stream.of(
            math("isnan", MlxArray::isnan, SPECIAL).discrete(),
            math("isinf", MlxArray::isinf, SPECIAL).discrete(),
            math("isfinite", MlxArray::isfinite, SPECIAL).discrete(),
            math("isposinf", MlxArray::isposinf, SPECIAL).discrete(),
            math("isneginf", MlxArray::isneginf, SPECIAL).discrete(),
            math("nanToNum", MlxArray::nanToNum, SPECIAL).discrete(),
            unary(
                    "nanToNum given",
                    x -> x.nanToNum(1, 2, -3),
                    "mx.nan_to_num(a, 1, 2, -3)",
                    SPECIAL)
                .discrete(),
            // MLX has no nan_to_num of float64
            unary("nanToNum finite", MlxArray::nanToNum, "mx.nan_to_num(a)", ANY)
                .withoutFiniteDifferences(),
            math("sign of special values", MlxArray::sign, SPECIAL).discrete(),
            binary(
                    "maximum of special values",
                    MlxArray::maximum,
                    "mx.maximum(a, b)",
                    SPECIAL,
                    ANY_LINE)
                .discrete(),
            binary(
                    "minimum of special values",
                    MlxArray::minimum,
                    "mx.minimum(a, b)",
                    SPECIAL,
                    ANY_LINE)
                .discrete())
        .map(row -> row.on(DTypes.INEXACT));
  }

  private static Stream<Operation> limits() {
    return Stream.of(
        unary("clip", x -> x.clip(-1.0, 0.5), "mx.clip(a, -1.0, 0.5)", ANY).on(DTypes.ALL),
        unary("clip whole", x -> x.clip(0, 1), "mx.clip(a, 0, 1)", ANY).on(DTypes.ALL),
        nary("clip arrays", xs -> xs[0].clip(xs[1], xs[2]), "mx.clip(a, b, c)", ANY, LOW, HIGH),
        binary("clip below", (x, low) -> x.clip(low, null), "mx.clip(a, b, None)", ANY, LOW),
        binary("clip above", (x, high) -> x.clip(null, high), "mx.clip(a, None, b)", ANY, HIGH));
  }

  private static Stream<Operation> closeness() {
    return Stream.of(
            close("arrayEqual", MlxArray::arrayEqual, "mx.array_equal(a, b)"),
            close(
                "arrayEqual NaN",
                (x, y) -> x.arrayEqual(y, true),
                "mx.array_equal(a, b, equal_nan=True)"),
            close("allclose", MlxArray::allclose, "mx.allclose(a, b)"),
            close(
                "allclose within",
                (x, y) -> x.allclose(y, 0.1, 0.5),
                "mx.allclose(a, b, 0.1, 0.5)"),
            close(
                "allclose NaN",
                (x, y) -> x.allclose(y, 0.1, 0.5, true),
                "mx.allclose(a, b, 0.1, 0.5, equal_nan=True)"),
            close("isclose", MlxArray::isclose, "mx.isclose(a, b)"),
            close("isclose within", (x, y) -> x.isclose(y, 0.1, 0.5), "mx.isclose(a, b, 0.1, 0.5)"),
            close(
                "isclose NaN",
                (x, y) -> x.isclose(y, 0.1, 0.5, true),
                "mx.isclose(a, b, 0.1, 0.5, equal_nan=True)"))
        .flatMap(rows -> rows);
  }

  /** Close, equal up to a NaN, and different arrays. */
  private static Stream<Operation> close(String name, ArrayBiFunction f, String python) {
    return Stream.of(
            binary(name, f, python, SPECIAL, NEAR_SPECIAL),
            binary(name + " of the same", f, python, SPECIAL, SPECIAL),
            binary(name + " without NaN", f, python, values(1, 2, 3), values(1, 2, 3.2)),
            binary(name + " broadcast", f, python, whole(0, 1, 3, 2), whole(0, 1, 2)))
        .map(row -> row.on(DTypes.INEXACT).discrete());
  }

  private static Stream<Operation> conversions() {
    return Stream.of(
            Stream.of(DType.values()).flatMap(ElementwiseRows::astype),
            Stream.of(
                view(DType.FLOAT32, DType.INT32),
                view(DType.FLOAT32, DType.UINT8),
                view(DType.UINT8, DType.FLOAT32),
                view(DType.FLOAT16, DType.UINT16),
                view(DType.BFLOAT16, DType.INT16),
                view(DType.INT32, DType.INT64),
                view(DType.FLOAT64, DType.COMPLEX64),
                view(DType.COMPLEX64, DType.FLOAT32),
                view(DType.BOOL, DType.INT8)))
        .flatMap(rows -> rows);
  }

  /** From all dtypes to one; numbers that it can hold, as all others depend on the machine. */
  private static Stream<Operation> astype(DType to) {
    String python = "a.astype(" + DTypes.python(to) + ")";
    boolean unsigned = to.name().startsWith("U");
    Operation small =
        unary("astype " + to, x -> x.astype(to), python, between(unsigned ? 0 : -100, 100, 4, 5));
    return Stream.of(to == DType.FLOAT32 ? small.withoutFiniteDifferences() : small.discrete())
        .map(row -> row.on(DTypes.ALL).exact());
  }

  private static Operation view(DType from, DType to) {
    String python = "a.view(" + DTypes.python(to) + ")";
    return unary(
            "view " + from + " as " + to, x -> x.view(to), python, between(0, 100, 2, 8).as(from))
        .exact();
  }

  // ---- one line, several rows
  // --------------------------------------------------------------------

  private static Operation math(String name, ArrayFunction f, Input a) {
    return unary(name, f, "mx." + python(name) + "(a)", a).on(DTypes.ALL).shapes(SCALAR, EMPTY);
  }

  private static Elements elements(String name, ArrayBiFunction f, Input a, Input b) {
    return new Elements(name, f, a, b);
  }

  /** Python's name of a Java method. */
  private static String python(String name) {
    return name.split(" ", 2)[0].replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
  }

  /**
   * An operation on the elements of two arrays, and on those of one array and a number on either
   * side.
   */
  private record Elements(String name, ArrayBiFunction f, Input a, Input b) {
    Stream<Operation> numbers(
        NumberRight right, IntegerRight integerRight, NumberLeft left, IntegerLeft integerLeft) {
      return Stream.concat(
          integers(integerRight, integerLeft),
          Stream.of(
                  unary(name + " number", x -> right.apply(x, 1.5), call("a, 1.5"), a),
                  unary("Ops." + name + " number", y -> left.apply(1.5, y), call("1.5, a"), b))
              .map(row -> row.on(DTypes.ALL)));
    }

    Stream<Operation> integers(IntegerRight right, IntegerLeft left) {
      return Stream.of(
              binary(name, f, call("a, b"), a, b).shapes(SCALAR, EMPTY),
              binary(name + " broadcast", f, call("a, b"), a.shaped(2, 1), b.shaped(3)),
              binary(name + " promotes", f, call("a, b"), a, b.as(DType.INT16)),
              unary(name + " integer", x -> right.apply(x, 2), call("a, 2"), a),
              unary("Ops." + name + " integer", y -> left.apply(2, y), call("2, a"), b))
          .map(row -> row.on(DTypes.ALL));
    }

    private String call(String arguments) {
      return "mx." + python(name) + "(" + arguments + ")";
    }
  }
}
