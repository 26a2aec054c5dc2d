package org.mlx4j.operations;

import static org.mlx4j.operations.Input.between;
import static org.mlx4j.operations.Operation.unary;

import java.util.stream.Stream;
import org.mlx4j.ArrayFunction;
import org.mlx4j.DType;
import org.mlx4j.MlxArray;

/** The rows of {@code Scans}. */
final class ScanRows {
  private static final Input ANY = between(-2, 2, 2, 3, 2);
  private static final Input POSITIVE = between(0.5, 2, 2, 3, 2);
  private static final int[] EMPTY = {0, 3, 2};
  private static final int[] LARGE = {100, 300, 10};

  private interface Directed {
    MlxArray apply(MlxArray x, boolean reverse, boolean inclusive);
  }

  private interface AlongAxis {
    MlxArray apply(MlxArray x, int axis);
  }

  private interface DirectedAlongAxis {
    MlxArray apply(MlxArray x, int axis, boolean reverse, boolean inclusive);
  }

  private ScanRows() {}

  static Stream<Operation> rows() {
    return Stream.of(
            scan(
                "cumsum",
                MlxArray::cumsum,
                MlxArray::cumsum,
                MlxArray::cumsum,
                MlxArray::cumsum,
                ANY),
            scan(
                "cumprod",
                MlxArray::cumprod,
                MlxArray::cumprod,
                MlxArray::cumprod,
                MlxArray::cumprod,
                POSITIVE),
            scan(
                "cummax",
                MlxArray::cummax,
                MlxArray::cummax,
                MlxArray::cummax,
                MlxArray::cummax,
                ANY),
            scan(
                "cummin",
                MlxArray::cummin,
                MlxArray::cummin,
                MlxArray::cummin,
                MlxArray::cummin,
                ANY),
            scan(
                    "logcumsumexp",
                    MlxArray::logcumsumexp,
                    MlxArray::logcumsumexp,
                    MlxArray::logcumsumexp,
                    MlxArray::logcumsumexp,
                    ANY)
                .map(Operation::inSinglePrecision),
            Stream.of(
                unary(
                    "cumsum dtype",
                    x -> x.cumsum(0, false, true, DType.INT64),
                    "mx.cumsum(a, 0, dtype=mx.int64)",
                    ANY.as(DType.INT8)),
                unary(
                    "cumprod dtype",
                    x -> x.cumprod(0, true, false, DType.FLOAT32),
                    "mx.cumprod(a, 0, reverse=True, inclusive=False, dtype=mx.float32)",
                    ANY.as(DType.INT8))),
            differences(),
            softmax())
        .flatMap(rows -> rows);
  }

  private static Stream<Operation> differences() {
    return Stream.of(
            unary("diff", MlxArray::diff, "mx.diff(a)", ANY).shapes(EMPTY, LARGE),
            unary("diff twice", x -> x.diff(2), "mx.diff(a, 2)", ANY),
            unary("diff axis", x -> x.diff(1, 0), "mx.diff(a, 1, 0)", ANY),
            unary("diff of all", x -> x.diff(9, 1), "mx.diff(a, 9, 1)", ANY),
            unary("diff never", x -> x.diff(0), "mx.diff(a, 0)", ANY))
        .map(row -> row.on(DTypes.ALL).exact());
  }

  /** Python's softmax cuts its results off to integers when the axis is not the last one. */
  private static final String INEXACT =
      "(a if mx.issubdtype(a.dtype, mx.inexact) else a.astype(mx.float32))";

  private static Stream<Operation> softmax() {
    return Stream.of(
            unary("softmax", MlxArray::softmax, "mx.softmax(a)", ANY).shapes(LARGE),
            unary("softmax axis", x -> x.softmax(1), "mx.softmax(" + INEXACT + ", 1)", ANY)
                .shapes(EMPTY),
            unary("softmax negative axis", x -> x.softmax(-1), "mx.softmax(a, -1)", ANY),
            unary(
                "softmax axes",
                x -> x.softmax(new int[] {0, 2}),
                "mx.softmax(" + INEXACT + ", (0, 2))",
                ANY),
            unary("softmax all precise", x -> x.softmax(true), "mx.softmax(a, precise=True)", ANY),
            unary(
                "softmax axis precise",
                x -> x.softmax(-1, true),
                "mx.softmax(a, -1, precise=True)",
                ANY),
            unary(
                "softmax precise",
                x -> x.softmax(new int[] {-1}, true),
                "mx.softmax(a, (-1,), precise=True)",
                ANY))
        .map(row -> row.on(DTypes.ALL).inSinglePrecision());
  }

  // ---- one line, several rows
  // --------------------------------------------------------------------

  private static Stream<Operation> scan(
      String name,
      ArrayFunction flat,
      Directed directed,
      AlongAxis along,
      DirectedAlongAxis both,
      Input a) {
    String python = "mx." + name + "(a";
    String reverse = ", reverse=True";
    String exclusive = ", inclusive=False";
    return Stream.of(
            unary(name, flat, python + ")", a).shapes(EMPTY),
            unary(name + " reverse", x -> directed.apply(x, true, true), python + reverse + ")", a),
            unary(name + " axis", x -> along.apply(x, 1), python + ", 1)", a).shapes(EMPTY),
            unary(name + " negative axis", x -> along.apply(x, -1), python + ", -1)", a),
            unary(
                name + " axis reverse",
                x -> both.apply(x, 0, true, true),
                python + ", 0" + reverse + ")",
                a),
            unary(
                name + " axis exclusive",
                x -> both.apply(x, 1, false, false),
                python + ", 1" + exclusive + ")",
                a),
            unary(
                name + " axis reverse exclusive",
                x -> both.apply(x, 1, true, false),
                python + ", 1" + reverse + exclusive + ")",
                a))
        .map(row -> row.on(DTypes.ALL));
  }
}
