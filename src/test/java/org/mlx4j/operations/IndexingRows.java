package org.mlx4j.operations;

import static org.mlx4j.Index.all;
import static org.mlx4j.Index.at;
import static org.mlx4j.Index.ellipsis;
import static org.mlx4j.Index.newAxis;
import static org.mlx4j.Index.slice;
import static org.mlx4j.Index.to;
import static org.mlx4j.operations.Input.between;
import static org.mlx4j.operations.Input.bools;
import static org.mlx4j.operations.Input.whole;
import static org.mlx4j.operations.Operation.binary;
import static org.mlx4j.operations.Operation.nary;
import static org.mlx4j.operations.Operation.unary;

import java.util.stream.Stream;
import org.mlx4j.DType;
import org.mlx4j.Index;

/** The rows of {@code Indexing}. */
final class IndexingRows {
  private static final Input LINE = between(-2, 2, 6);
  private static final Input MATRIX = between(-2, 2, 3, 4);
  private static final Input CUBE = between(-2, 2, 3, 4, 5);
  private static final Input BOOLS = bools(3, 4);
  private static final Input INDICES = whole(-3, 2, 2, 4).as(DType.INT32);

  private IndexingRows() {}

  static Stream<Operation> rows() {
    return Stream.of(brackets(), slices(), taking(), choosing())
        .flatMap(rows -> rows)
        .map(row -> row.on(DTypes.ALL).exact());
  }

  private static Stream<Operation> brackets() {
    return Stream.of(
        unary("get", x -> x.get(1), "a[1]", CUBE),
        unary("get element", x -> x.get(1, -2, 3), "a[1, -2, 3]", CUBE),
        unary("get everything", x -> x.get(new Index[0]), "a[...]", CUBE),
        unary("get of scalar", x -> x.get(ellipsis(), newAxis()), "a[..., None]", between(-2, 2)),
        get(CUBE, at(-1), ellipsis(), at(2)),
        get(CUBE, all(), at(1)),
        get(CUBE, Index.from(1), to(-1), slice(-4, -1)),
        get(CUBE, ellipsis(), slice(null, null, 2)),
        get(CUBE, slice(null, null, -1), slice(3, 0, -2), slice(null, 1, -1)),
        get(CUBE, slice(-10, 10), Index.from(2), to(10)),
        get(CUBE, slice(2, 1), ellipsis()),
        get(CUBE, slice(-10, null, -1), slice(10, null, -3)),
        get(CUBE, newAxis(), at(0), newAxis(), ellipsis(), newAxis(), slice(1, 3)),
        get(CUBE, ellipsis()),
        get(MATRIX, at(0), at(0), newAxis()),
        get(between(-2, 2, 0, 3), ellipsis(), at(1)),
        get(MATRIX, slice(1, -10, 7), slice(null, null, -3)).shapes(new int[] {1000, 300}));
  }

  /** The text of indices is Python's own. */
  private static Operation get(Input a, Index... indices) {
    String inside =
        Stream.of(indices).map(Index::toString).reduce((x, y) -> x + ", " + y).orElseThrow();
    return unary(
        "get [" + inside + "] of " + a.ndim() + " axes",
        x -> x.get(indices),
        "a[" + inside + "]",
        a);
  }

  private static Stream<Operation> slices() {
    int[] start = {0, 1, -4};
    int[] stop = {3, -1, 5};
    int[] back = {-1, 3, 4};
    return Stream.of(
        unary("slice", x -> x.slice(start, stop), "a[0:3, 1:-1, -4:5]", CUBE),
        unary(
            "slice strides",
            x -> x.slice(start, stop, new int[] {2, 1, 3}),
            "a[0:3:2, 1:-1, -4:5:3]",
            CUBE),
        unary(
            "slice backwards",
            x -> x.slice(back, new int[] {0, 0, 1}, new int[] {-1, -2, -1}),
            "a[-1:0:-1, 3:0:-2, 4:1:-1]",
            CUBE));
  }

  private static Stream<Operation> taking() {
    return Stream.of(
        binary(
            "take",
            (x, i) -> x.take(i),
            "mx.take(a, b)",
            CUBE,
            whole(-60, 59, 2, 3).as(DType.INT32)),
        binary("take axis", (x, i) -> x.take(i, 0), "mx.take(a, b, 0)", CUBE, INDICES),
        binary("take negative axis", (x, i) -> x.take(i, -1), "mx.take(a, b, -1)", CUBE, INDICES),
        binary(
            "take unsigned",
            (x, i) -> x.take(i, 1),
            "mx.take(a, b, 1)",
            CUBE,
            whole(0, 3, 2).as(DType.UINT8)),
        binary(
            "take at scalar",
            (x, i) -> x.take(i, 1),
            "mx.take(a, b, 1)",
            CUBE,
            whole(0, 3).as(DType.INT64)),
        binary(
            "take nothing",
            (x, i) -> x.take(i, 1),
            "mx.take(a, b, 1)",
            CUBE,
            whole(0, 3, 0).as(DType.INT32)),
        unary("take one", x -> x.take(-2, 1), "mx.take(a, -2, 1)", CUBE),
        binary(
            "takeAlongAxis",
            (x, i) -> x.takeAlongAxis(i, 0),
            "mx.take_along_axis(a, b, 0)",
            MATRIX,
            INDICES),
        binary(
            "takeAlongAxis negative axis",
            (x, i) -> x.takeAlongAxis(i, -1),
            "mx.take_along_axis(a, b, -1)",
            MATRIX,
            whole(-4, 3, 3, 2).as(DType.UINT32)),
        nary(
            "putAlongAxis",
            xs -> xs[0].putAlongAxis(xs[1], xs[2], 0),
            "mx.put_along_axis(a, b, c, 0)",
            LINE,
            Input.values(5, 0, -3).as(DType.INT32),
            between(-2, 2, 3)),
        nary(
            "putAlongAxis negative axis",
            xs -> xs[0].putAlongAxis(xs[1], xs[2], -1),
            "mx.put_along_axis(a, b, c, -1)",
            MATRIX,
            whole(-4, 3, 3, 1).as(DType.INT32),
            between(-2, 2, 3, 1)));
  }

  private static Stream<Operation> choosing() {
    return Stream.of(
        nary("where", xs -> xs[0].where(xs[1], xs[2]), "mx.where(a, b, c)", BOOLS, MATRIX, MATRIX)
            .shapes(new int[0], new int[] {0, 4}, new int[] {1000, 300}),
        nary(
            "where broadcast",
            xs -> xs[0].where(xs[1], xs[2]),
            "mx.where(a, b, c)",
            BOOLS,
            LINE.shaped(4),
            LINE.shaped()),
        nary(
                "where numbers",
                xs -> xs[0].where(xs[1], xs[2]),
                "mx.where(a, b, c)",
                whole(-1, 1, 3, 4),
                MATRIX,
                MATRIX)
            .discrete(),
        binary(
            "where number right", (c, x) -> c.where(x, 1.5), "mx.where(a, b, 1.5)", BOOLS, MATRIX),
        binary(
            "where number left", (c, x) -> c.where(1.5, x), "mx.where(a, 1.5, b)", BOOLS, MATRIX),
        binary("where integer right", (c, x) -> c.where(x, 2), "mx.where(a, b, 2)", BOOLS, MATRIX),
        binary("where integer left", (c, x) -> c.where(2, x), "mx.where(a, 2, b)", BOOLS, MATRIX));
  }
}
