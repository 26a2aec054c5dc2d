package org.mlx4j.operations;

import static org.mlx4j.operations.Input.between;
import static org.mlx4j.operations.Input.whole;
import static org.mlx4j.operations.Operation.many;
import static org.mlx4j.operations.Operation.unary;

import java.util.Locale;
import java.util.stream.Stream;
import org.mlx4j.ArrayFunction;
import org.mlx4j.MlxArray;

/** The rows of {@code Reductions}. */
final class ReductionRows {
  private static final Input ANY = between(-2, 2, 2, 3, 2);
  private static final Input POSITIVE = between(0.5, 2, 2, 3, 2);
  private static final Input FEW = whole(-1, 1, 2, 3, 2);
  private static final Input FLAGS = whole(0, 1, 2, 3, 2);

  private static final int[] SCALAR = {};
  private static final int[] EMPTY = {0, 3, 2};
  private static final int[] NOTHING_TO_REDUCE = {2, 0, 3};
  private static final int[] LARGE = {100, 300, 10};

  private interface OverAxis {
    MlxArray apply(MlxArray x, int axis);
  }

  private interface OverAxes {
    MlxArray apply(MlxArray x, int[] axes);
  }

  private interface Keeping {
    MlxArray apply(MlxArray x, boolean keepdims);
  }

  private interface OverAxisKeeping {
    MlxArray apply(MlxArray x, int axis, boolean keepdims);
  }

  private interface OverAxesKeeping {
    MlxArray apply(MlxArray x, int[] axes, boolean keepdims);
  }

  private interface CorrectedKeeping {
    MlxArray apply(MlxArray x, boolean keepdims, int ddof);
  }

  private interface CorrectedOverAxis {
    MlxArray apply(MlxArray x, int axis, boolean keepdims, int ddof);
  }

  private interface CorrectedOverAxes {
    MlxArray apply(MlxArray x, int[] axes, boolean keepdims, int ddof);
  }

  private ReductionRows() {}

  static Stream<Operation> rows() {
    return Stream.of(sums(), counts(), spreads(), minmax(), positions()).flatMap(rows -> rows);
  }

  private static Stream<Operation> sums() {
    return Stream.of(
            reduction("sum", MlxArray::sum, MlxArray::sum, MlxArray::sum, ANY)
                .keepdims(MlxArray::sum, MlxArray::sum, MlxArray::sum),
            reduction("prod", MlxArray::prod, MlxArray::prod, MlxArray::prod, POSITIVE)
                .keepdims(MlxArray::prod, MlxArray::prod, MlxArray::prod),
            reduction("mean", MlxArray::mean, MlxArray::mean, MlxArray::mean, ANY)
                .keepdims(MlxArray::mean, MlxArray::mean, MlxArray::mean),
            reduction("max", MlxArray::max, MlxArray::max, MlxArray::max, ANY)
                .keepdims(MlxArray::max, MlxArray::max, MlxArray::max),
            reduction("min", MlxArray::min, MlxArray::min, MlxArray::min, ANY)
                .keepdims(MlxArray::min, MlxArray::min, MlxArray::min),
            reduction(
                    "logsumexp", MlxArray::logsumexp, MlxArray::logsumexp, MlxArray::logsumexp, ANY)
                .keepdims(MlxArray::logsumexp, MlxArray::logsumexp, MlxArray::logsumexp)
                .map(Operation::inSinglePrecision),
            reduction("median", MlxArray::median, MlxArray::median, MlxArray::median, ANY)
                .keepdims(MlxArray::median, MlxArray::median, MlxArray::median),
            Stream.of(
                unary("sum no axes", x -> x.sum(new int[0]), "mx.sum(a, axis=())", ANY)
                    .on(DTypes.ALL),
                unary("max no axes", x -> x.max(new int[0]), "mx.max(a, axis=())", ANY)
                    .on(DTypes.ALL),
                unary(
                    "median first axes keepdims",
                    x -> x.median(new int[] {0, 1}, true),
                    "mx.median(a, (0, 1), keepdims=True)",
                    ANY),
                unary(
                        "sum of many",
                        MlxArray::sum,
                        "mx.array(np.sum(np.array(a), dtype=np.float64), a.dtype)",
                        ANY)
                    .shapes(LARGE)
                    .discrete(),
                unary("max of many", x -> x.max(1), "a.max(1)", ANY).shapes(LARGE)))
        .flatMap(rows -> rows);
  }

  private static Stream<Operation> counts() {
    return Stream.of(
            reduction("all", MlxArray::all, MlxArray::all, MlxArray::all, FLAGS)
                .keepdims(MlxArray::all, MlxArray::all, MlxArray::all),
            reduction("any", MlxArray::any, MlxArray::any, MlxArray::any, FLAGS)
                .keepdims(MlxArray::any, MlxArray::any, MlxArray::any),
            reduction(
                    "countNonzero",
                    MlxArray::countNonzero,
                    MlxArray::countNonzero,
                    MlxArray::countNonzero,
                    FEW)
                .keepdims(MlxArray::countNonzero, MlxArray::countNonzero, MlxArray::countNonzero))
        .flatMap(rows -> rows)
        .map(Operation::discrete);
  }

  private static Stream<Operation> spreads() {
    return Stream.of(
            reduction("var", MlxArray::var, MlxArray::var, MlxArray::var, ANY)
                .keepdims(MlxArray::var, MlxArray::var, MlxArray::var),
            ddof("var", MlxArray::var, MlxArray::var, MlxArray::var),
            reduction("std", MlxArray::std, MlxArray::std, MlxArray::std, ANY)
                .keepdims(MlxArray::std, MlxArray::std, MlxArray::std),
            ddof("std", MlxArray::std, MlxArray::std, MlxArray::std))
        .flatMap(rows -> rows);
  }

  private static Stream<Operation> minmax() {
    return Stream.of(
            many("minmax", xs -> xs[0].minmax(), "mx.minmax(a)", ANY),
            many("minmax keepdims", xs -> xs[0].minmax(true), "mx.minmax(a, keepdims=True)", ANY),
            many("minmax axis", xs -> xs[0].minmax(1), "mx.minmax(a, 1)", ANY),
            many(
                "minmax axis keepdims",
                xs -> xs[0].minmax(-1, true),
                "mx.minmax(a, -1, True)",
                ANY),
            many("minmax axes", xs -> xs[0].minmax(new int[] {0, 2}), "mx.minmax(a, (0, 2))", ANY),
            many(
                "minmax axes keepdims",
                xs -> xs[0].minmax(new int[] {0, -1}, true),
                "mx.minmax(a, (0, -1), True)",
                ANY))
        .map(row -> row.on(DTypes.ALL));
  }

  private static Stream<Operation> positions() {
    return Stream.of(
            unary("argmin", MlxArray::argmin, "mx.argmin(a)", ANY).shapes(SCALAR, LARGE),
            unary("argmin keepdims", x -> x.argmin(true), "mx.argmin(a, keepdims=True)", ANY),
            unary("argmin axis", x -> x.argmin(1), "mx.argmin(a, 1)", ANY),
            unary("argmin axis keepdims", x -> x.argmin(-1, true), "mx.argmin(a, -1, True)", ANY),
            unary("argmax", MlxArray::argmax, "mx.argmax(a)", ANY).shapes(SCALAR, LARGE),
            unary("argmax keepdims", x -> x.argmax(true), "mx.argmax(a, keepdims=True)", ANY),
            unary("argmax axis", x -> x.argmax(1), "mx.argmax(a, 1)", ANY),
            unary("argmax axis keepdims", x -> x.argmax(-1, true), "mx.argmax(a, -1, True)", ANY))
        .map(row -> row.on(DTypes.ALL).discrete());
  }

  // ---- one line, several rows
  // --------------------------------------------------------------------

  private static Reduction reduction(
      String name, ArrayFunction whole, OverAxis axis, OverAxes axes, Input a) {
    return new Reduction(name, whole, axis, axes, a);
  }

  private static Stream<Operation> ddof(
      String name, CorrectedKeeping whole, CorrectedOverAxis axis, CorrectedOverAxes axes) {
    return Stream.of(
            unary(
                name + " ddof",
                x -> whole.apply(x, true, 1),
                call(name, "keepdims=True, ddof=1"),
                ANY),
            unary(
                name + " axis ddof",
                x -> axis.apply(x, 1, false, 1),
                call(name, "axis=1, ddof=1"),
                ANY),
            unary(
                name + " axes ddof",
                x -> axes.apply(x, new int[] {0, 1}, true, 2),
                call(name, "axis=(0, 1), keepdims=True, ddof=2"),
                ANY))
        .map(row -> row.on(DTypes.ALL));
  }

  private static String call(String name, String arguments) {
    return "mx."
        + name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT)
        + "(a, "
        + arguments
        + ")";
  }

  /** A reduction of a whole array, over one axis and over several. */
  private record Reduction(
      String name, ArrayFunction whole, OverAxis axis, OverAxes axes, Input a) {
    /** With the forms that keep the reduced axes as axes of size 1. */
    Stream<Operation> keepdims(
        Keeping keeping, OverAxisKeeping axisKeeping, OverAxesKeeping axesKeeping) {
      return Stream.of(
              unary(name, whole, call(name, ""), a).shapes(SCALAR, EMPTY),
              unary(name + " axis", x -> axis.apply(x, 1), call(name, "axis=1"), a)
                  .shapes(NOTHING_TO_REDUCE, EMPTY),
              unary(name + " negative axis", x -> axis.apply(x, -1), call(name, "axis=-1"), a),
              unary(
                  name + " axes",
                  x -> axes.apply(x, new int[] {0, -1}),
                  call(name, "axis=(0, -1)"),
                  a),
              unary(name + " keepdims", x -> keeping.apply(x, true), call(name, "keepdims=True"), a)
                  .shapes(SCALAR),
              unary(
                  name + " axis keepdims",
                  x -> axisKeeping.apply(x, 1, true),
                  call(name, "axis=1, keepdims=True"),
                  a),
              unary(
                  name + " axes keepdims",
                  x -> axesKeeping.apply(x, new int[] {1, 2}, true),
                  call(name, "axis=(1, 2), keepdims=True"),
                  a))
          .map(row -> row.on(DTypes.ALL));
    }
  }
}
