package org.mlx4j.operations;

import static org.mlx4j.operations.Input.between;
import static org.mlx4j.operations.Operation.binary;
import static org.mlx4j.operations.Operation.many;
import static org.mlx4j.operations.Operation.unary;

import java.util.List;
import java.util.stream.Stream;
import org.mlx4j.ArrayBiFunction;
import org.mlx4j.ArrayFunction;
import org.mlx4j.ArraysFunction;
import org.mlx4j.DType;
import org.mlx4j.Eig;
import org.mlx4j.Eigh;
import org.mlx4j.Linalg;
import org.mlx4j.Linalg.MatrixNorm;
import org.mlx4j.Linalg.Uplo;
import org.mlx4j.Lu;
import org.mlx4j.LuFactor;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.Qr;
import org.mlx4j.Slogdet;
import org.mlx4j.Svd;

/**
 * The rows of {@code Linalg}. Both sides use the same LAPACK, so that even what is unique only up
 * to a sign is the same; what holds whatever the sign is tested in {@code LinalgTest}.
 */
final class LinalgRows {
  private static final List<DType> DECOMPOSABLE =
      List.of(
          DType.FLOAT32,
          DType.FLOAT64,
          DType.COMPLEX64,
          DType.FLOAT16,
          DType.BFLOAT16,
          DType.INT32,
          DType.BOOL);

  private static final Input VECTOR = between(-2, 2, 5);
  private static final Input SQUARE = between(-2, 2, 3, 3);
  private static final Input WIDE = between(-2, 2, 2, 4);
  private static final Input HIGH = between(-2, 2, 4, 2);
  private static final Input STACK = between(-2, 2, 2, 3, 4);

  private static final int[] ONE = {1, 1};
  private static final int[] STACKED = {2, 3, 3};
  private static final int[] NO_MATRICES = {0, 3, 3};
  private static final int[] EMPTY = {0, 0};
  private static final int[] LARGE = {40, 40};

  private LinalgRows() {}

  static Stream<Operation> rows() {
    return Stream.of(
            norms().map(row -> row.on(DTypes.ALL)),
            normsOfSingularValues(),
            products().map(row -> row.on(DTypes.ALL)),
            inverses(),
            equations(),
            factors(),
            eigenvalues(),
            determinants())
        .flatMap(rows -> rows);
  }

  // ---- norms and products
  // ------------------------------------------------------------------------

  private static Stream<Operation> norms() {
    int[] last = {-1};
    int[] outer = {2, 0};
    return Stream.of(
        norm("", Linalg::norm, "", STACK).shapes(EMPTY, ONE, new int[] {1000, 30}, new int[] {}),
        norm("keepdims", x -> Linalg.norm(x, true), "keepdims=True", STACK),
        norm("axis", x -> Linalg.norm(x, last), "axis=-1", STACK).shapes(EMPTY),
        norm("axes", x -> Linalg.norm(x, outer), "axis=[2, 0]", STACK),
        norm(
            "axes keepdims", x -> Linalg.norm(x, outer, true), "axis=[2, 0], keepdims=True", STACK),
        norm("of order 0", x -> Linalg.norm(x, 0), "ord=0", VECTOR).shapes(new int[] {0}),
        norm("of order 1", x -> Linalg.norm(x, 1), "ord=1", VECTOR).shapes(new int[] {0}, ONE),
        norm("of order 2", x -> Linalg.norm(x, 2), "ord=2", VECTOR),
        norm("of order 3", x -> Linalg.norm(x, 3), "ord=3", VECTOR),
        norm("of order 0.5", x -> Linalg.norm(x, 0.5), "ord=0.5", VECTOR),
        norm("of order -1", x -> Linalg.norm(x, -1, true), "ord=-1, keepdims=True", VECTOR),
        norm(
            "of infinite order",
            x -> Linalg.norm(x, Double.POSITIVE_INFINITY),
            "ord=float('inf')",
            VECTOR),
        norm(
            "of negative infinite order",
            x -> Linalg.norm(x, Double.NEGATIVE_INFINITY),
            "ord=float('-inf')",
            VECTOR),
        norm("order axis", x -> Linalg.norm(x, 1, 1), "ord=1, axis=1", STACK),
        norm(
            "order axis keepdims",
            x -> Linalg.norm(x, 2, -2, true),
            "ord=2, axis=-2, keepdims=True",
            STACK),
        norm("of a matrix of order 1", x -> Linalg.norm(x, 1), "ord=1", WIDE).shapes(ONE),
        norm("of a matrix of order -1", x -> Linalg.norm(x, -1), "ord=-1", WIDE),
        norm(
            "of a matrix of infinite order",
            x -> Linalg.norm(x, Double.POSITIVE_INFINITY, outer),
            "ord=float('inf'), axis=[2, 0]",
            STACK),
        norm(
            "of a matrix of negative infinite order",
            x -> Linalg.norm(x, Double.NEGATIVE_INFINITY, outer, true),
            "ord=float('-inf'), axis=[2, 0], keepdims=True",
            STACK),
        norm("fro", x -> Linalg.norm(x, MatrixNorm.FRO), "ord='fro'", WIDE).shapes(EMPTY),
        norm(
            "fro axes",
            x -> Linalg.norm(x, MatrixNorm.FRO, outer, true),
            "ord='fro', axis=[2, 0], keepdims=True",
            STACK));
  }

  private static Stream<Operation> normsOfSingularValues() {
    int[] outer = {2, 0};
    return Stream.of(
        normOfSingularValues("2", x -> Linalg.norm(x, 2), "ord=2", WIDE).shapes(ONE, EMPTY),
        normOfSingularValues("-2", x -> Linalg.norm(x, -2, true), "ord=-2, keepdims=True", HIGH),
        normOfSingularValues("2 axes", x -> Linalg.norm(x, 2, outer), "ord=2, axis=[2, 0]", STACK),
        normOfSingularValues(
            "2 axes keepdims",
            x -> Linalg.norm(x, 2, outer, true),
            "ord=2, axis=[2, 0], keepdims=True",
            STACK),
        normOfSingularValues("nuc", x -> Linalg.norm(x, MatrixNorm.NUC), "ord='nuc'", WIDE)
            .shapes(ONE, EMPTY),
        normOfSingularValues(
            "nuc axes",
            x -> Linalg.norm(x, MatrixNorm.NUC, outer),
            "ord='nuc', axis=[2, 0]",
            STACK),
        normOfSingularValues(
            "nuc keepdims",
            x -> Linalg.norm(x, MatrixNorm.NUC, true),
            "ord='nuc', keepdims=True",
            WIDE));
  }

  private static Stream<Operation> products() {
    Input vector = between(-2, 2, 3);
    Input plane = between(-2, 2, 2);
    Input columns = between(-2, 2, 3, 2);
    return Stream.of(
        cross("", Linalg::cross, "a, b", vector, vector).shapes(new int[] {0, 3}),
        cross("broadcast", Linalg::cross, "a, b", SQUARE, vector),
        cross("axis", (x, y) -> Linalg.cross(x, y, 0), "a, b, axis=0", columns, columns),
        cross("of plane and space", Linalg::cross, "a, b", plane, vector),
        cross("of space and plane", Linalg::cross, "a, b", vector, plane),
        cross("of planes", Linalg::cross, "a, b", columns, plane));
  }

  // ---- inverses and equations
  // --------------------------------------------------------------------

  private static Stream<Operation> inverses() {
    return Stream.of(
        decomposition(
                "Inverse", "inv", x -> Linalg.inv(regular(x)), "inv(a + 9 * mx.eye(3))", SQUARE)
            .shapes(STACKED, NO_MATRICES),
        decomposition("Inverse", "inv large", Linalg::inv, "inv(a)", between(-2, 2, LARGE))
            .withoutFiniteDifferences()
            .shapes(ONE),
        decomposition("Inverse", "triInv", Linalg::triInv, "tri_inv(a)", SQUARE)
            .shapes(ONE, STACKED, NO_MATRICES),
        decomposition(
            "Inverse",
            "triInv upper",
            x -> Linalg.triInv(x, true),
            "tri_inv(a, upper=True)",
            SQUARE),
        decomposition("Inverse", "choleskyInv", Linalg::choleskyInv, "cholesky_inv(a)", SQUARE)
            .shapes(ONE, STACKED, NO_MATRICES),
        decomposition(
            "Inverse",
            "choleskyInv upper",
            x -> Linalg.choleskyInv(x, true),
            "cholesky_inv(a, upper=True)",
            SQUARE),
        decomposition("SVD", "pinv", Linalg::pinv, "pinv(a)", WIDE)
            .shapes(ONE, EMPTY, new int[] {0, 3}, new int[] {2, 4, 3}, LARGE));
  }

  private static Stream<Operation> equations() {
    Input three = between(-2, 2, 3);
    Input two = between(-2, 2, 3, 2);
    return Stream.of(
        solution(
                "solve",
                (a, b) -> Linalg.solve(regular(a), b),
                "solve(a + 9 * mx.eye(3), b)",
                SQUARE,
                three)
            .withoutVjp("Not implemented for LUF")
            .withoutJvp("Not implemented for LUF"),
        solution(
                "solve columns",
                (a, b) -> Linalg.solve(regular(a), b),
                "solve(a + 9 * mx.eye(3), b)",
                SQUARE,
                two)
            .shapes(STACKED, NO_MATRICES)
            .withoutVjp("Not implemented for LUF")
            .withoutJvp("Not implemented for LUF"),
        solution(
                "solveTriangular", Linalg::solveTriangular, "solve_triangular(a, b)", SQUARE, three)
            .unlikePythonsGradient(),
        solution(
                "solveTriangular upper",
                (a, b) -> Linalg.solveTriangular(a, b, true),
                "solve_triangular(a, b, upper=True)",
                SQUARE,
                two)
            .shapes(ONE, STACKED, NO_MATRICES)
            .unlikePythonsGradient()
            .withoutFiniteDifferences());
  }

  // ---- decompositions
  // ----------------------------------------------------------------------------

  private static Stream<Operation> factors() {
    int[][] shapes = {ONE, {4, 2}, {2, 3, 4}, {0, 3, 4}, LARGE};
    int[][] andEmpty = {ONE, {4, 2}, {2, 3, 4}, {0, 3, 4}, LARGE, EMPTY, {0, 3}, {3, 0}};
    return Stream.of(
        decompositions("QRF", "qr", xs -> of(Linalg.qr(xs[0])), "qr(a)", WIDE).shapes(andEmpty),
        decompositions("SVD", "svd", xs -> of(Linalg.svd(xs[0])), "svd(a)", WIDE).shapes(andEmpty),
        decompositions(
                "SVD",
                "svd values",
                xs -> Linalg.svd(xs[0], false),
                "svd(a, compute_uv=False)",
                WIDE)
            .shapes(andEmpty),
        decompositions(
            "SVD", "svd vectors", xs -> Linalg.svd(xs[0], true), "svd(a, compute_uv=True)", HIGH),
        decompositions("LUF", "lu", xs -> of(Linalg.lu(xs[0])), "lu(a)", WIDE).shapes(shapes),
        decompositions("LUF", "luFactor", xs -> of(Linalg.luFactor(xs[0])), "lu_factor(a)", WIDE)
            .shapes(shapes),
        decomposition(
                "Cholesky",
                "cholesky",
                x -> Linalg.cholesky(definite(x)),
                definite("cholesky(%s)"),
                SQUARE)
            .shapes(STACKED, NO_MATRICES),
        decomposition(
            "Cholesky",
            "cholesky upper",
            x -> Linalg.cholesky(definite(x), true),
            definite("cholesky(%s, upper=True)"),
            SQUARE));
  }

  private static Stream<Operation> eigenvalues() {
    return Stream.of(
        decompositions("Eig", "eig", xs -> of(Linalg.eig(xs[0])), "eig(a)", SQUARE)
            .shapes(ONE, STACKED, NO_MATRICES, EMPTY, LARGE)
            .discrete(),
        unary("Linalg.eigvals", Linalg::eigvals, python("eigvals(a)"), SQUARE)
            .on(DECOMPOSABLE)
            .shapes(ONE, STACKED, NO_MATRICES, EMPTY, LARGE)
            .discrete(),
        decomposition(
            "Eig",
            "eigvals real",
            x -> Linalg.eigvals(x).real(),
            "eigvals(a)",
            ", stream=mx.cpu).real",
            SQUARE),
        decompositions("Eigh", "eigh", xs -> of(Linalg.eigh(xs[0])), "eigh(a)", SQUARE)
            .shapes(ONE, STACKED, NO_MATRICES, EMPTY, LARGE),
        decompositions(
            "Eigh", "eigh upper", xs -> of(Linalg.eigh(xs[0], Uplo.UPPER)), "eigh(a, 'U')", SQUARE),
        decomposition("Eigh", "eigvalsh", Linalg::eigvalsh, "eigvalsh(a)", SQUARE)
            .shapes(ONE, STACKED, NO_MATRICES, EMPTY, LARGE),
        decomposition(
            "Eigh",
            "eigvalsh upper",
            x -> Linalg.eigvalsh(x, Uplo.UPPER),
            "eigvalsh(a, 'U')",
            SQUARE));
  }

  private static Stream<Operation> determinants() {
    Input four = between(-2, 2, 4, 4);
    return Stream.of(
        unary("Linalg.det", Linalg::det, python("det(a)"), SQUARE)
            .on(DTypes.ALL)
            .shapes(EMPTY, ONE, new int[] {2, 2}, STACKED, NO_MATRICES, LARGE)
            .inSinglePrecision(),
        decomposition("LUF", "det large", Linalg::det, "det(a)", four).inSinglePrecision(),
        many("Linalg.slogdet", xs -> of(Linalg.slogdet(xs[0])), python("slogdet(a)"), SQUARE)
            .on(DTypes.ALL)
            .shapes(EMPTY, ONE, new int[] {2, 2}, STACKED, NO_MATRICES, LARGE),
        decompositions(
            "LUF", "slogdet large", xs -> of(Linalg.slogdet(xs[0])), "slogdet(a)", four));
  }

  private static MlxArray[] of(Qr qr) {
    return new MlxArray[] {qr.q(), qr.r()};
  }

  private static MlxArray[] of(Svd svd) {
    return new MlxArray[] {svd.u(), svd.s(), svd.vt()};
  }

  private static MlxArray[] of(Lu lu) {
    return new MlxArray[] {lu.p(), lu.l(), lu.u()};
  }

  private static MlxArray[] of(LuFactor factor) {
    return new MlxArray[] {factor.lu(), factor.pivots()};
  }

  private static MlxArray[] of(Eig eig) {
    return new MlxArray[] {eig.eigenvalues(), eig.eigenvectors()};
  }

  private static MlxArray[] of(Eigh eigh) {
    return new MlxArray[] {eigh.eigenvalues(), eigh.eigenvectors()};
  }

  private static MlxArray[] of(Slogdet slogdet) {
    return new MlxArray[] {slogdet.sign(), slogdet.logabsdet()};
  }

  // ---- one line, one row
  // -------------------------------------------------------------------------

  /** A matrix that is far from singular. */
  private static MlxArray regular(MlxArray x) {
    return x.add(Ops.multiply(9, Ops.eye(3)));
  }

  /** A matrix that is symmetric and positive definite. */
  private static MlxArray definite(MlxArray x) {
    return x.matmul(x.swapaxes(-1, -2)).add(Ops.eye(3));
  }

  private static String definite(String python) {
    return String.format(python, "a @ mx.swapaxes(a, -1, -2) + mx.eye(3)");
  }

  private static String python(String call) {
    return python(call, ", stream=mx.cpu)");
  }

  private static String python(String call, String end) {
    return "mx.linalg." + call.substring(0, call.length() - 1) + end;
  }

  private static Operation norm(String name, ArrayFunction function, String arguments, Input a) {
    return unary(
        name.isEmpty() ? "Linalg.norm" : "Linalg.norm " + name,
        function,
        "mx.linalg.norm(a" + (arguments.isEmpty() ? ")" : ", " + arguments + ")"),
        a);
  }

  private static Operation normOfSingularValues(
      String name, ArrayFunction function, String arguments, Input a) {
    return decomposition(
        "SVD", "norm of singular values, " + name, function, "norm(a, " + arguments + ")", a);
  }

  private static Operation cross(
      String name, ArrayBiFunction function, String arguments, Input a, Input b) {
    return binary(
        name.isEmpty() ? "Linalg.cross" : "Linalg.cross " + name,
        function,
        "mx.linalg.cross(" + arguments + ")",
        a,
        b);
  }

  private static Operation solution(
      String name, ArrayBiFunction function, String python, Input a, Input b) {
    return binary("Linalg." + name, function, python(python), a, b).on(DECOMPOSABLE);
  }

  /** One array from a primitive for which MLX has no derivatives. */
  private static Operation decomposition(
      String primitive, String name, ArrayFunction function, String python, Input a) {
    return decomposition(primitive, name, function, python, ", stream=mx.cpu)", a);
  }

  private static Operation decomposition(
      String primitive, String name, ArrayFunction function, String call, String end, Input a) {
    return withoutDerivatives(primitive, unary("Linalg." + name, function, python(call, end), a));
  }

  /** Several arrays from a primitive for which MLX has no derivatives. */
  private static Operation decompositions(
      String primitive, String name, ArraysFunction function, String python, Input a) {
    return withoutDerivatives(primitive, many("Linalg." + name, function, python(python), a));
  }

  /** MLX has derivatives of none of them, Java those of the inverse. */
  private static Operation withoutDerivatives(String primitive, Operation row) {
    if (primitive.equals("Inverse")) {
      return row.on(DECOMPOSABLE).unlikePythonsGradient();
    }
    return row.on(DECOMPOSABLE)
        .withoutVjp("[Primitive::vjp] Not implemented for " + primitive)
        .withoutJvp("[Primitive::jvp] Not implemented for " + primitive);
  }
}
