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

import java.util.List;
import java.util.stream.Stream;
import org.mlx4j.ArrayAt;
import org.mlx4j.DType;
import org.mlx4j.Index;
import org.mlx4j.MlxArray;

/** The rows of {@code Indexing}. */
final class IndexingRows {
  private static final Input LINE = between(-2, 2, 6);
  private static final Input MATRIX = between(-2, 2, 3, 4);
  private static final Input CUBE = between(-2, 2, 3, 4, 5);
  private static final Input BOOLS = bools(3, 4);

  /** Distinct, as it is not defined which of several values stays. */
  private static final Input SOME = Input.values(2, 0).as(DType.INT32);

  private static final Input INDICES = whole(-3, 2, 2, 4).as(DType.INT32);

  private IndexingRows() {}

  static Stream<Operation> rows() {
    Stream<Operation> everywhere =
        Stream.of(brackets(), arrays(), slices(), taking(), choosing(), setting())
            .flatMap(rows -> rows)
            .map(row -> row.on(DTypes.ALL).exact());
    return Stream.of(everywhere, updating(), repeated(), masks()).flatMap(rows -> rows);
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

  private static Stream<Operation> arrays() {
    return Stream.of(
        binary("get array", (x, i) -> x.get(i), "a[b]", CUBE, INDICES),
        nary(
            "get arrays",
            xs -> xs[0].get(xs[1], xs[2]),
            "a[b, c]",
            CUBE,
            INDICES,
            whole(-4, 3, 4).as(DType.INT32)),
        binary(
            "get array between",
            (x, i) -> x.get(all(), Index.of(i), newAxis()),
            "a[:, b, None]",
            CUBE,
            INDICES),
        nary(
            "get arrays apart",
            xs -> xs[0].get(Index.of(xs[1]), slice(null, null, -1), Index.of(xs[2])),
            "a[b, ::-1, c]",
            CUBE,
            INDICES,
            whole(0, 4, 4).as(DType.UINT8)),
        binary(
            "get number and array",
            (x, i) -> x.get(at(-1), slice(1, 4), Index.of(i)),
            "a[-1, 1:4, b]",
            CUBE,
            INDICES),
        unary(
            "get list",
            x -> x.get(ellipsis(), Index.of(3, -1, 3)),
            "a[..., mx.array([3, -1, 3])]",
            CUBE),
        binary(
            "get array of nothing",
            (x, i) -> x.get(i),
            "a[b]",
            CUBE,
            whole(0, 2, 0).as(DType.INT32)));
  }

  /** Python's statement as an expression. */
  private static String put(String index, String value) {
    return "(lambda y: (y.__setitem__(" + index + ", " + value + "), y)[1])(mx.array(a))";
  }

  private static Stream<Operation> setting() {
    Input row = between(-2, 2, 5);
    Input rows = between(-2, 2, 2, 4, 5);
    return Stream.of(
        unary("at set number", x -> x.at(1).set(1.5), put("1", "1.5"), CUBE),
        unary(
            "at set integer", x -> x.at(all(), at(-1)).set(1), put("(slice(None), -1)", "1"), CUBE),
        binary("at set", (x, v) -> x.at(1).set(v), put("1", "b"), CUBE, row),
        binary(
            "at set slices",
            (x, v) -> x.at(slice(null, null, -2), slice(1, 3)).set(v),
            put("(slice(None, None, -2), slice(1, 3))", "b"),
            CUBE,
            between(-2, 2, 2, 1, 5)),
        binary(
            "at set everything",
            (x, v) -> x.at(ellipsis()).set(v),
            put("(..., slice(None))", "b"),
            CUBE,
            row),
        binary(
            "at set nothing",
            (x, v) -> x.at(slice(2, 1)).set(v),
            put("slice(2, 1)", "b"),
            CUBE,
            row),
        nary("at set array", xs -> xs[0].at(xs[1]).set(xs[2]), put("b", "c"), CUBE, SOME, rows),
        binary(
            "sliceUpdate block",
            (x, u) -> x.sliceUpdate(u, new int[] {0, 1, 2}, new int[] {2, 4, 4}),
            put("(slice(0, 2), slice(1, 4), slice(2, 4))", "b"),
            CUBE,
            between(-2, 2, 2, 3, 2)),
        binary(
            "sliceUpdate strides",
            (x, u) ->
                x.sliceUpdate(u, new int[] {0, 3, 2}, new int[] {3, 0, 4}, new int[] {2, -1, 1}),
            put("(slice(0, 3, 2), slice(3, 0, -1), slice(2, 4))", "b"),
            CUBE,
            between(-2, 2, 2)),
        binary(
            "sliceUpdate",
            (x, u) -> x.sliceUpdate(u, MlxArray.of(1, 0), new int[] {0, -1}),
            "mx.slice_update(a, b, mx.array([1, 0]), (0, 2))",
            CUBE,
            between(-2, 2, 2, 4, 3)),
        binary(
            "sliceUpdate of fewer axes",
            (x, u) -> x.sliceUpdate(u, MlxArray.of(2), new int[] {0}),
            "mx.slice_update(a, b, mx.array([2]), (0,))",
            CUBE,
            row),
        nary(
            "sliceUpdate at",
            xs -> xs[0].sliceUpdate(xs[1], xs[2], new int[] {0, -1}),
            "mx.slice_update(a, b, c, (0, 2))",
            CUBE,
            between(-2, 2, 2, 4, 3),
            whole(0, 1, 2).as(DType.INT64)),
        unary(
            "slice place",
            x -> x.slice(MlxArray.of(1, 2), new int[] {0, -1}, new int[] {2, 4, 3}),
            "mx.slice(a, mx.array([1, 2]), (0, 2), (2, 4, 3))",
            CUBE),
        binary(
            "slice at",
            (x, i) -> x.slice(i, new int[] {0, -1}, new int[] {2, 4, 3}),
            "mx.slice(a, b, (0, 2), (2, 4, 3))",
            CUBE,
            whole(0, 1, 2).as(DType.INT32)));
  }

  private static Stream<Operation> updating() {
    Input values = between(1, 3, 2, 4, 5);
    Input block = between(1, 3, 2, 5);
    return Stream.of(
            update("add", (at, v) -> at.add(v), block, values),
            update("subtract", (at, v) -> at.subtract(v), block, values),
            update("multiply", (at, v) -> at.multiply(v), block, values)
                .map(row -> row.toString().endsWith("slices") ? row : row.unlikePythonsGradient()),
            update("divide", (at, v) -> at.divide(v), block, values)
                .map(row -> row.toString().endsWith("slices") ? row : row.unlikePythonsGradient()),
            update("maximum", (at, v) -> at.maximum(v), block, values),
            update("minimum", (at, v) -> at.minimum(v), block, values))
        .flatMap(rows -> rows);
  }

  /** MLX gives several updates of one element all of its gradient. */
  private static Stream<Operation> repeated() {
    Input twice = Input.values(1, -2, 1).as(DType.INT32);
    Input values = between(1, 3, 3, 4, 5);
    return Stream.of(
            nary(
                "at set twice",
                xs -> xs[0].at(xs[1]).set(xs[2]),
                put("b", "c"),
                CUBE,
                twice,
                values),
            nary(
                "putAlongAxis twice",
                xs -> xs[0].putAlongAxis(xs[1], xs[2], 0),
                "mx.put_along_axis(a, b, c, 0)",
                CUBE,
                twice.shaped(3, 1, 1),
                values))
        .map(Operation::unlikePythonsGradient);
  }

  private interface Update {
    MlxArray apply(ArrayAt at, MlxArray value);
  }

  private static Stream<Operation> update(String name, Update update, Input block, Input values) {
    Input twice = Input.values(1, -2).as(DType.INT32);
    List<DType> dtypes = name.equals("divide") ? DTypes.FLOATING : DTypes.REAL;
    return Stream.of(
        binary(
                "at " + name + " slices",
                (x, v) -> update.apply(x.at(slice(1, 3), at(0)), v),
                "a.at[1:3, 0]." + name + "(b)",
                CUBE,
                block)
            .on(dtypes),
        nary(
                "at " + name + " array",
                xs -> update.apply(xs[0].at(xs[1]), xs[2]),
                "a.at[b]." + name + "(c)",
                CUBE,
                SOME,
                values)
            .on(dtypes),
        nary(
                "at " + name + " twice",
                xs -> update.apply(xs[0].at(xs[1]), xs[2]),
                "a.at[b]." + name + "(c)",
                CUBE,
                twice,
                values)
            .on(dtypes));
  }

  private static Stream<Operation> masks() {
    Input row = between(-2, 2, 5);
    Input enough = between(1, 3, 12, 5);
    return Stream.of(
        binary("get mask", (x, m) -> x.get(m), "mx.array(np.array(a)[np.array(b)])", CUBE, BOOLS)
            .discrete()
            .notMapped()
            .withoutTrace("a boolean mask selects depends on the mask's values"),
        nary(
                "at set array between",
                xs -> xs[0].at(all(), Index.of(xs[1]), slice(0, 5, 2)).set(xs[2]),
                put("(slice(None), b, slice(0, 5, 2))", "c"),
                CUBE,
                SOME,
                between(-2, 2, 3))
            .on(DTypes.ALL),
        nary("at set mask", xs -> xs[0].at(xs[1]).set(xs[2]), put("b", "c"), CUBE, BOOLS, row)
            .on(DTypes.ALL),
        nary(
                "at set mask of all axes",
                xs -> xs[0].at(xs[1]).set(xs[2]),
                put("b", "c"),
                MATRIX,
                BOOLS,
                between(-2, 2, 12))
            .on(DTypes.ALL),
        nary(
                "at set mask rows",
                xs -> xs[0].at(xs[1]).set(xs[2]),
                put("b", "c"),
                CUBE,
                BOOLS,
                enough)
            .on(DTypes.ALL),
        nary(
            "at add mask",
            xs -> xs[0].at(xs[1]).add(xs[2]),
            put("b", "mx.zeros(()) + c") + " + mx.where(b[..., None], a, 0)",
            CUBE,
            BOOLS,
            enough),
        nary(
            "at divide mask",
            xs -> xs[0].at(xs[1]).divide(xs[2]),
            "mx.where(b[..., None], a / c, a)",
            CUBE,
            BOOLS,
            between(1, 3, 5)));
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
            "takeAlongAxis last axis",
            (x, i) -> x.takeAlongAxis(i),
            "mx.take_along_axis(a, b)",
            MATRIX,
            whole(-4, 3, 3, 2).as(DType.INT32)),
        nary(
            "putAlongAxis flattened",
            xs -> xs[0].putAlongAxis(xs[1], xs[2]),
            "mx.put_along_axis(a, b, c, None)",
            MATRIX,
            Input.values(5, 0, -3).as(DType.INT32),
            between(-2, 2, 3)),
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
        unary("where numbers given", c -> c.where(1.5, -2.0), "mx.where(a, 1.5, -2.0)", BOOLS),
        unary("where integers given", c -> c.where(1, -2), "mx.where(a, 1, -2)", BOOLS),
        binary("where integer right", (c, x) -> c.where(x, 2), "mx.where(a, b, 2)", BOOLS, MATRIX),
        binary("where integer left", (c, x) -> c.where(2, x), "mx.where(a, 2, b)", BOOLS, MATRIX));
  }
}
