package org.mlx4j.operations;

import static java.util.stream.Collectors.joining;
import static org.mlx4j.operations.Input.between;
import static org.mlx4j.operations.Input.bools;
import static org.mlx4j.operations.Input.whole;
import static org.mlx4j.operations.Operation.binary;
import static org.mlx4j.operations.Operation.nary;
import static org.mlx4j.operations.Operation.unary;

import java.util.stream.Stream;
import org.mlx4j.ArrayFunction;
import org.mlx4j.DType;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;

/** The rows of {@code Products}, and of the sums of products in {@code Ops}. */
final class ProductRows {
  private static final Input THREE = between(-2, 2, 3);
  private static final Input TWO_THREE = between(-2, 2, 2, 3);
  private static final Input THREE_TWO = between(-2, 2, 3, 2);
  private static final Input SQUARE = between(-2, 2, 3, 3);
  private static final Input CUBE = between(-2, 2, 2, 3, 2);

  private ProductRows() {}

  static Stream<Operation> rows() {
    return Stream.of(
            Stream.of(matrices(), vectors(), tensors(), sums())
                .flatMap(rows -> rows)
                .map(row -> row.on(DTypes.ALL)),
            hadamard(),
            chosen())
        .flatMap(rows -> rows);
  }

  private static Stream<Operation> matrices() {
    return Stream.of(
        // small factors, so that the rounding of a hundred terms in any order is within the
        // tolerance
        binary(
                "matmul",
                MlxArray::matmul,
                "a @ b",
                between(-0.5, 0.5, 2, 3),
                between(-0.5, 0.5, 3, 2))
            .shapes(new int[] {100, 100}),
        binary(
            "matmul empty", MlxArray::matmul, "a @ b", between(-2, 2, 2, 0), between(-2, 2, 0, 3)),
        binary(
            "matmul batched",
            MlxArray::matmul,
            "a @ b",
            between(-2, 2, 2, 1, 2, 3),
            between(-2, 2, 2, 3, 2)),
        binary("matmul with vector", MlxArray::matmul, "a @ b", TWO_THREE, THREE),
        binary("matmul of vector", MlxArray::matmul, "a @ b", THREE, THREE_TWO),
        binary("matmul of vectors", MlxArray::matmul, "a @ b", THREE, THREE),
        nary(
            "addmm",
            xs -> xs[0].addmm(xs[1], xs[2]),
            "mx.addmm(a, b, c)",
            SQUARE,
            THREE_TWO,
            TWO_THREE),
        nary(
            "addmm scaled",
            xs -> xs[0].addmm(xs[1], xs[2], 0.5f, -2),
            "mx.addmm(a, b, c, 0.5, -2)",
            THREE,
            THREE_TWO,
            TWO_THREE));
  }

  private static Stream<Operation> vectors() {
    return Stream.of(
        binary("inner", MlxArray::inner, "mx.inner(a, b)", THREE, THREE),
        binary("inner of matrices", MlxArray::inner, "mx.inner(a, b)", TWO_THREE, SQUARE),
        binary("outer", MlxArray::outer, "mx.outer(a, b)", THREE, between(-2, 2, 4)),
        binary("vecdot", MlxArray::vecdot, "mx.vecdot(a, b)", TWO_THREE, between(-2, 2, 1, 3)),
        binary(
            "vecdot axis",
            (x, y) -> x.vecdot(y, 0),
            "mx.vecdot(a, b, axis=0)",
            TWO_THREE,
            TWO_THREE));
  }

  private static Stream<Operation> tensors() {
    int[] one = {1};
    int[] last = {-1, 0};
    int[] first = {0, 2};
    return Stream.of(
        binary("tensordot", MlxArray::tensordot, "mx.tensordot(a, b)", CUBE, THREE_TWO),
        binary(
            "tensordot one axis",
            (x, y) -> x.tensordot(y, 1),
            "mx.tensordot(a, b, 1)",
            CUBE,
            TWO_THREE),
        binary(
            "tensordot no axis",
            (x, y) -> x.tensordot(y, 0),
            "mx.tensordot(a, b, 0)",
            THREE,
            TWO_THREE),
        binary(
            "tensordot axes",
            (x, y) -> x.tensordot(y, one, one),
            "mx.tensordot(a, b, [[1], [1]])",
            CUBE,
            SQUARE),
        binary(
            "tensordot several axes",
            (x, y) -> x.tensordot(y, last, first),
            "mx.tensordot(a, b, [[-1, 0], [0, 2]])",
            CUBE,
            CUBE),
        binary("kron", MlxArray::kron, "mx.kron(a, b)", TWO_THREE, THREE_TWO),
        unary("trace", MlxArray::trace, "mx.trace(a)", SQUARE),
        unary("trace axes", x -> x.trace(1, 1, 2), "mx.trace(a, 1, 1, 2)", CUBE),
        unary(
            "trace dtype",
            x -> x.trace(0, 0, 1, DType.FLOAT32),
            "mx.trace(a, 0, 0, 1, mx.float32)",
            SQUARE.as(DType.INT8)));
  }

  private static Stream<Operation> sums() {
    return Stream.of(
        einsum("product", "ij,jk->ik", TWO_THREE, THREE_TWO).shapes(new int[] {50, 50}),
        einsum("without result", "ij,jk", TWO_THREE, THREE_TWO),
        einsum("of nothing", "ij,jk->ik", between(-2, 2, 2, 0), between(-2, 2, 0, 3)),
        einsum("trace", "ii", SQUARE),
        einsum("diagonal", "ii->i", SQUARE).shapes(new int[] {0, 0}, new int[] {1, 1}),
        einsum("transpose", " i j -> j i ", TWO_THREE),
        einsum("sum", "ijk->j", CUBE),
        einsum("inner", "i,i->", THREE, THREE),
        einsum("outer", "i,j->ij", THREE, THREE),
        einsum("of scalars", ",->", between(-2, 2), between(-2, 2)),
        einsum("batched", "...ij,...jk->...ik", CUBE, between(-2, 2, 2, 3)),
        einsum("ellipsis", "...i->i...", CUBE),
        einsum("broadcast", "ij,ij->i", TWO_THREE, between(-2, 2, 2, 1)),
        einsum("of three", "ij,jk,k->i", TWO_THREE, THREE_TWO, between(-2, 2, 2)),
        einsum("of four", "ij,jk,kl,lm->im", SQUARE, SQUARE, SQUARE, SQUARE));
  }

  private static Operation einsum(String name, String subscripts, Input... inputs) {
    String operands = Stream.of("a", "b", "c", "d").limit(inputs.length).collect(joining(", "));
    return nary(
        "Ops.einsum " + name,
        xs -> Ops.einsum(subscripts, xs),
        "mx.einsum('" + subscripts + "', " + operands + ")",
        inputs);
  }

  private static Stream<Operation> hadamard() {
    return Stream.of(
            hadamard("", MlxArray::hadamardTransform, "a", between(-2, 2, 3, 8))
                .shapes(new int[0], new int[] {1, 1}, new int[] {2, 2, 12}, new int[] {512}),
            hadamard("scaled", x -> x.hadamardTransform(0.5f), "a, 0.5", between(-2, 2, 40)),
            hadamard("of 28", x -> x.hadamardTransform(-1), "a, -1", between(-2, 2, 28)))
        .map(row -> row.on(DTypes.ALL).withoutFiniteDifferences());
  }

  private static Operation hadamard(
      String name, ArrayFunction function, String arguments, Input a) {
    return unary(
        name.isEmpty() ? "hadamardTransform" : "hadamardTransform " + name,
        function,
        "mx.hadamard_transform(" + arguments + ")",
        a);
  }

  /** Products of chosen matrices, segments and blocks. The CPU gathers and masks float32 only. */
  private static Stream<Operation> chosen() {
    return Stream.of(gathered(), segmented(), masked())
        .flatMap(rows -> rows)
        .map(row -> row.on(DTypes.FLOATING));
  }

  private static Stream<Operation> gathered() {
    Input three = between(-2, 2, 3, 2, 4);
    Input five = between(-2, 2, 5, 4, 2);
    Input ofThree = whole(0, 2, 2, 3).as(DType.INT32);
    Input ofFive = whole(0, 4, 2, 3).as(DType.UINT8);
    return Stream.of(
            nary(
                "gatherMm left",
                xs -> xs[0].gatherMm(xs[1], xs[2]),
                "mx.gather_mm(a, b, c)",
                three,
                between(-2, 2, 2, 3, 4, 2),
                ofThree),
            nary(
                "gatherMm right",
                xs -> xs[0].gatherMm(xs[1], null, xs[2]),
                "mx.gather_mm(a, b, None, c)",
                between(-2, 2, 2, 3, 2, 4),
                five,
                ofFive),
            nary(
                "gatherMm both",
                xs -> xs[0].gatherMm(xs[1], xs[2], xs[3]),
                "mx.gather_mm(a, b, c, d)",
                three,
                five,
                ofThree,
                ofFive),
            nary(
                    "gatherMm of a vector",
                    xs -> xs[0].gatherMm(xs[1], null, xs[2]),
                    "mx.gather_mm(a, b, None, c)",
                    between(-2, 2, 4),
                    five,
                    ofFive)
                .withoutVjp("[flatten]"),
            nary(
                "gatherMm sorted",
                xs -> xs[0].gatherMm(xs[1], null, xs[2], true),
                "mx.gather_mm(a, b, None, c, sorted_indices=True)",
                between(-2, 2, 3, 2, 4),
                five,
                Input.values(0, 2, 4).as(DType.INT64)))
        .map(row -> row.withoutFiniteDifferences());
  }

  private static Stream<Operation> segmented() {
    return Stream.of(
        nary(
                "segmentedMm",
                xs -> xs[0].segmentedMm(xs[1], xs[2]),
                "mx.segmented_mm(a, b, c)",
                between(-2, 2, 3, 6),
                between(-2, 2, 6, 2),
                whole(0, 6, 4, 2).as(DType.INT32))
            .withoutVjp("SegmentedMM")
            .withoutJvp("SegmentedMM")
            .withoutVmap("SegmentedMM"));
  }

  private static Stream<Operation> masked() {
    Input wide = between(-2, 2, 40, 70);
    Input tall = between(-2, 2, 70, 33);
    Input ofWide = bools(2, 3);
    Input ofTall = bools(3, 2);
    Input ofProduct = bools(2, 2);
    Stream<Operation> withMasks =
        Stream.of(
                nary(
                    "blockMaskedMm large blocks",
                    xs -> xs[0].blockMaskedMm(xs[1], 64, xs[2]),
                    "mx.block_masked_mm(a, b, 64, c)",
                    wide,
                    tall,
                    bools(1, 1)),
                nary(
                    "blockMaskedMm of blocks of the product",
                    xs -> xs[0].blockMaskedMm(xs[1], 32, xs[2]),
                    "mx.block_masked_mm(a, b, 32, c)",
                    wide,
                    tall,
                    ofProduct),
                nary(
                    "blockMaskedMm of blocks on the left",
                    xs -> xs[0].blockMaskedMm(xs[1], 32, null, xs[2]),
                    "mx.block_masked_mm(a, b, 32, None, c)",
                    wide,
                    tall,
                    ofWide),
                nary(
                    "blockMaskedMm of all blocks",
                    xs -> xs[0].blockMaskedMm(xs[1], 32, xs[2], xs[3], xs[4]),
                    "mx.block_masked_mm(a, b, 32, c, d, e)",
                    wide,
                    tall,
                    ofProduct,
                    ofWide,
                    ofTall))
            .map(row -> row.withoutFiniteDifferences().withoutVmap("BlockMaskedMM"));
    Stream<Operation> withoutMasks =
        Stream.of(
            binary(
                "blockMaskedMm",
                MlxArray::blockMaskedMm,
                "mx.block_masked_mm(a, b)",
                TWO_THREE,
                THREE_TWO),
            binary(
                "blockMaskedMm blocks",
                (a, b) -> a.blockMaskedMm(b, 32),
                "mx.block_masked_mm(a, b, 32)",
                TWO_THREE,
                THREE_TWO));
    return Stream.concat(withMasks, withoutMasks);
  }
}
