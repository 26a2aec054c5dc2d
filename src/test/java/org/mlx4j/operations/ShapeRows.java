package org.mlx4j.operations;

import static org.mlx4j.operations.Input.between;
import static org.mlx4j.operations.Operation.binary;
import static org.mlx4j.operations.Operation.many;
import static org.mlx4j.operations.Operation.nary;
import static org.mlx4j.operations.Operation.unary;

import java.util.stream.Stream;
import org.mlx4j.DType;
import org.mlx4j.MeshIndexing;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.PadMode;

/** The rows of {@code Shapes}, and of the operations of {@code Ops} that join arrays. */
final class ShapeRows {
  private static final Input SCALAR = between(-2, 2);
  private static final Input LINE = between(-2, 2, 4);
  private static final Input MATRIX = between(-2, 2, 3, 4);
  private static final Input CUBE = between(-2, 2, 2, 3, 4);
  private static final Input WITH_ONES = between(-2, 2, 1, 3, 1, 2);
  private static final int[] EMPTY = {0, 4};
  private static final int[] LARGE = {1000, 300};

  private ShapeRows() {}

  static Stream<Operation> rows() {
    Stream<Operation> exact =
        Stream.of(
                reshaping(),
                ordering(),
                repeating(),
                padding(),
                splitting(),
                triangles(),
                joining())
            .flatMap(rows -> rows)
            .map(row -> row.on(DTypes.ALL).exact());
    return Stream.concat(exact, mirrors());
  }

  private static Stream<Operation> reshaping() {
    return Stream.of(
        unary("reshape", x -> x.reshape(4, 6), "a.reshape(4, 6)", CUBE),
        unary("reshape deduced", x -> x.reshape(2, -1), "a.reshape(2, -1)", CUBE),
        unary("reshape to scalar", x -> x.reshape(), "mx.reshape(a, ())", between(-2, 2, 1, 1)),
        unary(
            "reshape nothing", x -> x.reshape(4, 0, 2), "a.reshape(4, 0, 2)", MATRIX.shaped(EMPTY)),
        unary("flatten", MlxArray::flatten, "mx.flatten(a)", CUBE).shapes(new int[0], EMPTY),
        unary("flatten first", x -> x.flatten(0, 1), "mx.flatten(a, 0, 1)", CUBE),
        unary("flatten last", x -> x.flatten(1, -1), "mx.flatten(a, 1, -1)", CUBE),
        unary("unflatten", x -> x.unflatten(1, 2, -1), "mx.unflatten(a, 1, (2, -1))", MATRIX),
        unary("squeeze", MlxArray::squeeze, "mx.squeeze(a)", WITH_ONES),
        unary("unflatten first", x -> x.unflatten(0, 1, 3), "mx.unflatten(a, 0, (1, 3))", MATRIX),
        unary("squeeze axis", x -> x.squeeze(2), "mx.squeeze(a, 2)", WITH_ONES),
        unary("squeeze axes", x -> x.squeeze(0, -2), "mx.squeeze(a, (0, -2))", WITH_ONES),
        unary("expandDims", x -> x.expandDims(1), "mx.expand_dims(a, 1)", MATRIX),
        unary("expandDims first", x -> x.expandDims(0, 1), "mx.expand_dims(a, (0, 1))", MATRIX),
        unary("expandDims outer", x -> x.expandDims(0, -1), "mx.expand_dims(a, (0, -1))", MATRIX),
        unary("broadcastTo", x -> x.broadcastTo(2, 3, 4), "mx.broadcast_to(a, (2, 3, 4))", MATRIX),
        unary(
            "broadcastTo of scalar",
            x -> x.broadcastTo(2, 3),
            "mx.broadcast_to(a, (2, 3))",
            SCALAR),
        unary("atleast1d", MlxArray::atleast1d, "mx.atleast_1d(a)", SCALAR),
        unary("atleast2d", MlxArray::atleast2d, "mx.atleast_2d(a)", LINE),
        unary("atleast3d", MlxArray::atleast3d, "mx.atleast_3d(a)", MATRIX));
  }

  private static Stream<Operation> ordering() {
    return Stream.of(
        unary("transpose", MlxArray::transpose, "mx.transpose(a)", CUBE).shapes(LARGE),
        unary("transpose axes", x -> x.transpose(1, 2, 0), "mx.transpose(a, (1, 2, 0))", CUBE),
        unary("permuteDims", x -> x.permuteDims(2, 0, -2), "mx.permute_dims(a, (2, 0, -2))", CUBE),
        unary("permuteDims all", x -> x.permuteDims(), "mx.permute_dims(a)", CUBE),
        unary("T", MlxArray::T, "a.T", CUBE),
        unary("mT", MlxArray::mT, "a.mT", CUBE),
        unary("flatten from", x -> x.flatten(1), "mx.flatten(a, 1)", CUBE),
        unary(
            "asStrided",
            x -> x.asStrided(new int[] {3, 2, 2}, new long[] {4, 0, -1}, 1),
            "mx.as_strided(a, (3, 2, 2), (4, 0, -1), 1)",
            MATRIX),
        unary(
            "asStrided of shape",
            x -> x.asStrided(new int[] {2, 2}, null),
            "mx.as_strided(a, (2, 2))",
            MATRIX),
        unary("matrixTranspose", MlxArray::matrixTranspose, "mx.matrix_transpose(a)", CUBE),
        unary("swapaxes", x -> x.swapaxes(0, -1), "mx.swapaxes(a, 0, -1)", CUBE),
        unary("moveaxis", x -> x.moveaxis(-1, 0), "mx.moveaxis(a, -1, 0)", CUBE),
        unary("flip", MlxArray::flip, "mx.flip(a)", CUBE).shapes(EMPTY),
        unary("flip axes", x -> x.flip(0, -1), "mx.flip(a, (0, -1))", CUBE),
        unary("roll", x -> x.roll(5), "mx.roll(a, 5)", CUBE),
        unary("roll axis", x -> x.roll(-1, 1), "mx.roll(a, -1, 1)", CUBE),
        unary(
            "roll axes",
            x -> x.roll(new int[] {1, -2}, new int[] {0, 2}),
            "mx.roll(a, (1, -2), (0, 2))",
            CUBE),
        unary("contiguous", x -> x.transpose().contiguous(), "mx.contiguous(a.T)", CUBE),
        unary("contiguous columns", x -> x.contiguous(true), "mx.contiguous(a, True)", CUBE));
  }

  private static Stream<Operation> repeating() {
    return Stream.of(
        unary("repeat", x -> x.repeat(2), "mx.repeat(a, 2)", MATRIX),
        unary("repeat axis", x -> x.repeat(3, -1), "mx.repeat(a, 3, -1)", MATRIX),
        unary("repeat never", x -> x.repeat(0, 0), "mx.repeat(a, 0, 0)", MATRIX),
        unary("tile", x -> x.tile(2), "mx.tile(a, 2)", MATRIX),
        unary("tile axes", x -> x.tile(2, 1, 3), "mx.tile(a, (2, 1, 3))", MATRIX));
  }

  private static Stream<Operation> padding() {
    int[][] widths = {{1, 0}, {2, 3}};
    return Stream.of(
        unary("pad", x -> x.pad(2), "mx.pad(a, 2)", MATRIX),
        unary("pad axes", x -> x.pad(widths), "mx.pad(a, [(1, 0), (2, 3)])", MATRIX).shapes(EMPTY),
        unary(
            "pad constant",
            x -> x.pad(widths, PadMode.CONSTANT, 1),
            "mx.pad(a, [(1, 0), (2, 3)], constant_values=1)",
            MATRIX),
        unary(
            "pad value",
            x -> x.pad(widths, PadMode.CONSTANT, MlxArray.scalar(1.5)),
            "mx.pad(a, [(1, 0), (2, 3)], constant_values=mx.array(1.5))",
            MATRIX),
        unary("pad pair", x -> x.pad(1, 2), "mx.pad(a, (1, 2))", MATRIX),
        unary("pad width edge", x -> x.pad(1, PadMode.EDGE), "mx.pad(a, 1, mode='edge')", MATRIX),
        unary(
            "pad edge",
            x -> x.pad(widths, PadMode.EDGE, 0),
            "mx.pad(a, [(1, 0), (2, 3)], mode='edge')",
            MATRIX));
  }

  /** Their gradients sum in another order than Python's, which shows in half precision. */
  private static Stream<Operation> mirrors() {
    int[][] widths = {{1, 0}, {2, 3}};
    return Stream.of(
            unary(
                "pad reflect",
                x -> x.pad(widths, PadMode.REFLECT),
                "mx.pad(a, [(1, 0), (2, 3)], mode='reflect')",
                MATRIX),
            unary(
                "pad reflect far",
                x -> x.pad(9, PadMode.REFLECT),
                "mx.pad(a, 9, mode='reflect')",
                MATRIX),
            unary(
                "pad symmetric",
                x -> x.pad(widths, PadMode.SYMMETRIC),
                "mx.pad(a, [(1, 0), (2, 3)], mode='symmetric')",
                MATRIX))
        .map(row -> row.on(DType.FLOAT32, DType.FLOAT64, DType.INT32, DType.BOOL));
  }

  private static Stream<Operation> splitting() {
    return Stream.of(
        many("split", xs -> xs[0].split(3), "mx.split(a, 3)", MATRIX),
        many("split axis", xs -> xs[0].split(2, -1), "mx.split(a, 2, -1)", MATRIX),
        many("split at", xs -> xs[0].split(new int[] {1, 2}), "mx.split(a, (1, 2))", MATRIX),
        many("split axis at", xs -> xs[0].split(new int[] {1}, 1), "mx.split(a, (1,), 1)", MATRIX),
        many("unstack", xs -> xs[0].unstack(), "mx.unstack(a)", MATRIX),
        many("unstack axis", xs -> xs[0].unstack(-1), "mx.unstack(a, axis=-1)", MATRIX));
  }

  private static Stream<Operation> triangles() {
    return Stream.of(
        unary("diagonal", MlxArray::diagonal, "mx.diagonal(a)", CUBE),
        unary("diagonal axes", x -> x.diagonal(1, 0, 2), "mx.diagonal(a, 1, 0, 2)", CUBE),
        unary("diagonal below", x -> x.diagonal(-1, -2, -1), "mx.diagonal(a, -1, -2, -1)", CUBE),
        unary("diag", MlxArray::diag, "mx.diag(a)", LINE),
        unary("diag above", x -> x.diag(2), "mx.diag(a, 2)", LINE),
        unary("diag of matrix", x -> x.diag(-1), "mx.diag(a, -1)", MATRIX),
        unary("tril", MlxArray::tril, "mx.tril(a)", CUBE).shapes(EMPTY),
        unary("tril above", x -> x.tril(1), "mx.tril(a, 1)", MATRIX),
        unary("triu", MlxArray::triu, "mx.triu(a)", CUBE).shapes(EMPTY),
        unary("triu below", x -> x.triu(-1), "mx.triu(a, -1)", MATRIX));
  }

  private static Stream<Operation> joining() {
    Input flat = between(-2, 2, 2, 4);
    return Stream.of(
        nary("Ops.concatenate", Ops::concatenate, "mx.concatenate([a, b])", MATRIX, flat)
            .shapes(EMPTY, LARGE),
        nary(
            "Ops.concatenate axis",
            xs -> Ops.concatenate(xs, -1),
            "mx.concatenate([a, b], -1)",
            MATRIX,
            MATRIX),
        nary("Ops.concat", Ops::concat, "mx.concat([a, b])", MATRIX, flat),
        nary("Ops.concat axis", xs -> Ops.concat(xs, 1), "mx.concat([a, b], 1)", MATRIX, MATRIX),
        nary("Ops.stack", Ops::stack, "mx.stack([a, b, c])", MATRIX, MATRIX, MATRIX)
            .shapes(new int[0], EMPTY),
        nary("Ops.stack axis", xs -> Ops.stack(xs, -1), "mx.stack([a, b], -1)", MATRIX, MATRIX),
        many(
            "Ops.broadcastArrays",
            Ops::broadcastArrays,
            "mx.broadcast_arrays(a, b, c)",
            MATRIX,
            LINE,
            SCALAR),
        many(
                "Ops.depends",
                xs -> Ops.depends(new MlxArray[] {xs[0]}, xs[1]),
                "mx.depends(a, b)",
                MATRIX,
                LINE)
            .withoutVmap("Depends"),
        many("Ops.meshgrid", Ops::meshgrid, "mx.meshgrid(a, b)", LINE, LINE.shaped(3)),
        many(
            "Ops.meshgrid ij",
            xs -> Ops.meshgrid(xs, false, MeshIndexing.IJ),
            "mx.meshgrid(a, b, indexing='ij')",
            LINE,
            LINE),
        many(
            "Ops.meshgrid sparse",
            xs -> Ops.meshgrid(xs, true, MeshIndexing.XY),
            "mx.meshgrid(a, b, sparse=True)",
            LINE,
            LINE),
        binary(
            "Ops.stack of one twice",
            (x, y) -> Ops.stack(x, y, x),
            "mx.stack([a, b, a])",
            LINE,
            LINE));
  }
}
