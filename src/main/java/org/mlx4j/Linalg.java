package org.mlx4j;

import static org.mlx4j.Call.binary;
import static org.mlx4j.Call.unary;
import static org.mlx4j.Call.unaryToMany;

import java.util.Arrays;
import java.util.Locale;
import org.mlx4j.internal.LinalgNative;

/**
 * Linear algebra: norms, solvers and decompositions. Mirrors {@code mlx.core.linalg}.
 *
 * <pre>{@code
 * try (Scope scope = Scope.open()) {
 *   MlxArray a = MlxArray.of(new float[] {3, 1, 1, 2}, 2, 2);
 *   MlxArray x = Linalg.solve(a, MlxArray.of(9f, 8f));     // [2, 3]
 *   Eigh eigh = Linalg.eigh(a);
 *   MlxArray largest = eigh.eigenvalues().get(1);
 * }
 * }</pre>
 *
 * <p>The last two axes of an array are the rows and columns of a matrix; any axes before them form
 * a stack of matrices, each of which is treated separately. Unless stated otherwise, matrices are
 * float32 or float64. An axis may be negative and then counts from the end.
 *
 * <p>Decompositions are computed on the CPU: on the thread's stream if that belongs to the CPU,
 * otherwise on the CPU's default stream. Errors that depend on the values of a matrix, for example
 * that it is singular, are detected when the result is computed, so {@link MlxArray#eval} and the
 * methods that read values throw the corresponding {@link MlxException}.
 *
 * <p>MLX has no derivatives of decompositions. {@link #cross}, {@link #norm(MlxArray)} without
 * singular values, and {@link #det} of matrices of up to three rows have derivatives.
 *
 * <p>All functions throw {@link IllegalStateException} if an array is closed, and {@link
 * NullPointerException} if an argument is null.
 */
public final class Linalg {
  private Linalg() {}

  /** Norms of matrices that have a name instead of a number. The names are Python's. */
  public enum MatrixNorm {
    /** The square root of the sum of the squares of all elements, the Frobenius norm. */
    FRO,
    /** The sum of the singular values, the nuclear norm. */
    NUC;

    private String mlxName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * The triangle of a symmetric matrix that is read; the other one is taken to be its mirror image.
   */
  public enum Uplo {
    /** The lower triangle, Python's {@code "L"}. */
    LOWER,
    /** The upper triangle, Python's {@code "U"}. */
    UPPER;

    private String mlxName() {
      return name().substring(0, 1);
    }
  }

  // ---- norms and products ----------------------------------------------------------------------

  /** Computes the 2-norm of all elements; see {@link #norm(MlxArray, boolean)}. */
  public static MlxArray norm(MlxArray a) {
    return norm(a, false);
  }

  /**
   * Computes the 2-norm of all elements: the square root of the sum of their squares. Mirrors
   * {@code mlx.core.linalg.norm}.
   *
   * @param a an array of any dtype
   * @param keepdims whether the axes remain in the result with size 1
   * @return a scalar, or an array whose axes have size 1; float32 for integers
   */
  public static MlxArray norm(MlxArray a, boolean keepdims) {
    return unary("norm", (x, s) -> LinalgNative.norm(x, keepdims, s), a);
  }

  /** Equivalent to {@link #norm(MlxArray, int[], boolean) norm(a, axes, false)}. */
  public static MlxArray norm(MlxArray a, int[] axes) {
    return norm(a, axes, false);
  }

  /**
   * Computes the 2-norms of vectors, or the Frobenius norms of matrices. Mirrors {@code
   * mlx.core.linalg.norm}.
   *
   * @param a an array of any dtype
   * @param axes one axis of vectors, or two of matrices
   * @param keepdims whether the axes remain in the result with size 1
   * @return an array without the axes; float32 for integers
   * @throws IllegalArgumentException if an axis is out of range or given twice, or there are more
   *     than two
   */
  public static MlxArray norm(MlxArray a, int[] axes, boolean keepdims) {
    int[] resolved = axes("norm", a, axes);
    return unary("norm", (x, s) -> LinalgNative.norm(x, resolved, keepdims, s), a);
  }

  /**
   * Computes a norm of a vector or a matrix; see {@link #norm(MlxArray, double, int[], boolean)}.
   */
  public static MlxArray norm(MlxArray a, double ord) {
    return norm(a, ord, false);
  }

  /**
   * Computes a norm of a vector or a matrix; see {@link #norm(MlxArray, double, int[], boolean)}.
   */
  public static MlxArray norm(MlxArray a, double ord, boolean keepdims) {
    return norm(a, ord, allAxes("norm", a), keepdims);
  }

  /**
   * Computes norms of the vectors along an axis; see {@link #norm(MlxArray, double, int[],
   * boolean)}.
   */
  public static MlxArray norm(MlxArray a, double ord, int axis) {
    return norm(a, ord, new int[] {axis}, false);
  }

  /**
   * Computes norms of the vectors along an axis; see {@link #norm(MlxArray, double, int[],
   * boolean)}.
   */
  public static MlxArray norm(MlxArray a, double ord, int axis, boolean keepdims) {
    return norm(a, ord, new int[] {axis}, keepdims);
  }

  /** Equivalent to {@link #norm(MlxArray, double, int[], boolean) norm(a, ord, axes, false)}. */
  public static MlxArray norm(MlxArray a, double ord, int[] axes) {
    return norm(a, ord, axes, false);
  }

  /**
   * Computes norms of vectors or matrices. Mirrors {@code mlx.core.linalg.norm}.
   *
   * @param a an array; for the norms 2 and -2 of matrices float32, float64 or complex64
   * @param ord for vectors the number p of the p-norm, which may be infinite, or 0 to count the
   *     elements that are not zero; for matrices 1, -1, 2, -2 (the largest and the smallest
   *     singular value), or positive or negative infinity
   * @param axes one axis of vectors, or two of matrices
   * @param keepdims whether the axes remain in the result with size 1
   * @return an array without the axes; float32 for integers
   * @throws IllegalArgumentException if there is no such norm, an axis is out of range or given
   *     twice, there are more than two axes, or a largest element is sought among none
   */
  public static MlxArray norm(MlxArray a, double ord, int[] axes, boolean keepdims) {
    int[] resolved = axes("norm", a, axes);
    return unary("norm", (x, s) -> LinalgNative.norm(x, ord, resolved, keepdims, s), a);
  }

  /** Computes a norm of a matrix; see {@link #norm(MlxArray, MatrixNorm, int[], boolean)}. */
  public static MlxArray norm(MlxArray a, MatrixNorm ord) {
    return norm(a, ord, false);
  }

  /** Computes a norm of a matrix; see {@link #norm(MlxArray, MatrixNorm, int[], boolean)}. */
  public static MlxArray norm(MlxArray a, MatrixNorm ord, boolean keepdims) {
    return norm(a, ord, allAxes("norm", a), keepdims);
  }

  /**
   * Equivalent to {@link #norm(MlxArray, MatrixNorm, int[], boolean) norm(a, ord, axes, false)}.
   */
  public static MlxArray norm(MlxArray a, MatrixNorm ord, int[] axes) {
    return norm(a, ord, axes, false);
  }

  /**
   * Computes norms of matrices. Mirrors {@code mlx.core.linalg.norm}.
   *
   * @param a an array; for the nuclear norm float32, float64 or complex64
   * @param ord the norm
   * @param axes the axis of the rows and that of the columns
   * @param keepdims whether the axes remain in the result with size 1
   * @return an array without the axes; float32 for integers
   * @throws IllegalArgumentException if there are not exactly two axes, one is out of range or
   *     given twice, or the dtype is not supported
   */
  public static MlxArray norm(MlxArray a, MatrixNorm ord, int[] axes, boolean keepdims) {
    int[] resolved = axes("norm", a, axes);
    String name = Call.notNull("norm", "the norm", ord).mlxName();
    return unary("norm", (x, s) -> LinalgNative.norm(x, name, resolved, keepdims, s), a);
  }

  /** Equivalent to {@link #cross(MlxArray, MlxArray, int) cross(a, b, -1)}. */
  public static MlxArray cross(MlxArray a, MlxArray b) {
    return cross(a, b, -1);
  }

  /**
   * Computes the cross products of vectors; the third element of a vector of two is 0. Mirrors
   * {@code mlx.core.linalg.cross}.
   *
   * @param a an array whose axis has size 2 or 3
   * @param b the other operand, of a shape that broadcasts with that of {@code a}
   * @param axis the axis of the vectors
   * @return an array whose axis has size 3
   * @throws IllegalArgumentException if the axis is out of range or of another size, or the shapes
   *     do not fit
   */
  public static MlxArray cross(MlxArray a, MlxArray b, int axis) {
    Axes.resolve("cross", axis, Call.argument("cross", 0, a).ndim());
    Axes.resolve("cross", axis, Call.argument("cross", 1, b).ndim());
    return binary("cross", (x, y, s) -> LinalgNative.cross(x, y, axis, s), a, b);
  }

  // ---- inverses and equations ------------------------------------------------------------------

  /**
   * Computes the inverses of matrices. If a matrix is singular, evaluation throws an {@link
   * MlxException}. Mirrors {@code mlx.core.linalg.inv}.
   *
   * @param a square matrices with at least one row
   * @return matrices of the same shape
   * @throws IllegalArgumentException if the matrices are not square or have no rows, or the dtype
   *     is not supported
   */
  public static MlxArray inv(MlxArray a) {
    requireRows("inv", a);
    return unary("inv", LinalgNative::inv, a);
  }

  /** Equivalent to {@link #triInv(MlxArray, boolean) triInv(a, false)}. */
  public static MlxArray triInv(MlxArray a) {
    return triInv(a, false);
  }

  /**
   * Computes the inverses of triangular matrices. If a matrix is singular, evaluation throws an
   * {@link MlxException}. Mirrors {@code mlx.core.linalg.tri_inv}.
   *
   * @param a square matrices with at least one row, of which one triangle is read
   * @param upper whether the upper triangle is read, otherwise the lower one
   * @return triangular matrices of the same shape
   * @throws IllegalArgumentException if the matrices are not square or have no rows, or the dtype
   *     is not supported
   */
  public static MlxArray triInv(MlxArray a, boolean upper) {
    requireRows("triInv", a);
    return unary("triInv", (x, s) -> LinalgNative.tri_inv(x, upper, s), a);
  }

  /** Equivalent to {@link #cholesky(MlxArray, boolean) cholesky(a, false)}. */
  public static MlxArray cholesky(MlxArray a) {
    return cholesky(a, false);
  }

  /**
   * Computes the Cholesky factors of symmetric positive definite matrices: lower triangles with
   * {@code a = l @ l.T}, or upper ones with {@code a = u.T @ u}. If a matrix is not positive
   * definite, evaluation throws an {@link MlxException} (Python returns wrong numbers). Mirrors
   * {@code mlx.core.linalg.cholesky}.
   *
   * @param a symmetric matrices, of which one triangle is read
   * @param upper whether to return upper triangles
   * @return triangular matrices of the same shape
   * @throws IllegalArgumentException if the matrices are not square, or the dtype is not supported
   */
  public static MlxArray cholesky(MlxArray a, boolean upper) {
    return unary("cholesky", (x, s) -> LinalgNative.cholesky(x, upper, s), a);
  }

  /** Equivalent to {@link #choleskyInv(MlxArray, boolean) choleskyInv(a, false)}. */
  public static MlxArray choleskyInv(MlxArray a) {
    return choleskyInv(a, false);
  }

  /**
   * Computes the inverses of symmetric positive definite matrices from their Cholesky factors:
   * {@code inv(a @ a.T)}, or {@code inv(a.T @ a)} for upper triangles. If a matrix is singular,
   * evaluation throws an {@link MlxException}. Mirrors {@code mlx.core.linalg.cholesky_inv}.
   *
   * @param a triangular matrices with at least one row, as {@link #cholesky(MlxArray, boolean)}
   *     returns them
   * @param upper whether the triangles are upper ones
   * @return symmetric matrices of the same shape
   * @throws IllegalArgumentException if the matrices are not square or have no rows, or the dtype
   *     is not supported
   */
  public static MlxArray choleskyInv(MlxArray a, boolean upper) {
    requireRows("choleskyInv", a);
    return unary("choleskyInv", (x, s) -> LinalgNative.cholesky_inv(x, upper, s), a);
  }

  /**
   * Computes the Moore-Penrose pseudo-inverses of matrices. Singular values close to zero are taken
   * to be zero. If an element is infinite or NaN, evaluation throws an {@link MlxException}.
   * Mirrors {@code mlx.core.linalg.pinv}.
   *
   * @param a matrices of shape {@code (…, m, n)}
   * @return matrices of shape {@code (…, n, m)}
   * @throws IllegalArgumentException if there are fewer than two axes, or the dtype is not
   *     supported
   */
  public static MlxArray pinv(MlxArray a) {
    requireCountable("pinv", a);
    return unary("pinv", LinalgNative::pinv, a);
  }

  /**
   * Solves the linear equations {@code a @ x = b}. If a matrix is singular, evaluation throws an
   * {@link MlxException}. Mirrors {@code mlx.core.linalg.solve}.
   *
   * @param a square matrices with at least one row
   * @param b the right-hand sides: one vector of shape {@code (n)}, or matrices of shape {@code (…,
   *     n, k)} for k right-hand sides
   * @return an array of the shape of b, broadcast over the stack of matrices
   * @throws IllegalArgumentException if the matrices are not square or have no rows, the shapes do
   *     not fit, or the dtypes do not promote to float32 or float64
   */
  public static MlxArray solve(MlxArray a, MlxArray b) {
    requireRows("solve", a);
    return binary("solve", LinalgNative::solve, a, b);
  }

  /**
   * Equivalent to {@link #solveTriangular(MlxArray, MlxArray, boolean) solveTriangular(a, b,
   * false)}.
   */
  public static MlxArray solveTriangular(MlxArray a, MlxArray b) {
    return solveTriangular(a, b, false);
  }

  /**
   * Solves the linear equations {@code a @ x = b} with triangular matrices. If a matrix is
   * singular, evaluation throws an {@link MlxException}. Mirrors {@code
   * mlx.core.linalg.solve_triangular}.
   *
   * @param a square matrices with at least one row, of which one triangle is read
   * @param b the right-hand sides: one vector of shape {@code (n)}, or matrices of shape {@code (…,
   *     n, k)} for k right-hand sides
   * @param upper whether the upper triangle is read, otherwise the lower one
   * @return an array of the shape of b, broadcast over the stack of matrices
   * @throws IllegalArgumentException if the matrices are not square or have no rows, the shapes do
   *     not fit, or the dtypes do not promote to float32 or float64
   */
  public static MlxArray solveTriangular(MlxArray a, MlxArray b, boolean upper) {
    requireRows("solveTriangular", a);
    return binary(
        "solveTriangular", (x, y, s) -> LinalgNative.solve_triangular(x, y, upper, s), a, b);
  }

  // ---- decompositions --------------------------------------------------------------------------

  /**
   * Computes the QR decomposition: {@code a = q @ r} with orthonormal columns and an upper
   * triangle. Mirrors {@code mlx.core.linalg.qr}.
   *
   * @param a matrices of shape {@code (…, m, n)}
   * @return the factors
   * @throws IllegalArgumentException if there are fewer than two axes, or the dtype is not
   *     supported
   */
  public static Qr qr(MlxArray a) {
    requireCountable("qr", a);
    MlxArray[] factors = unaryToMany("qr", LinalgNative::qr, a);
    return new Qr(factors[0], factors[1]);
  }

  /**
   * Computes the singular value decomposition {@code a = u @ diag(s) @ vt}. If an element is
   * infinite or NaN, evaluation throws an {@link MlxException}. Mirrors {@code
   * mlx.core.linalg.svd}.
   *
   * @param a float32, float64 or complex64 matrices of shape {@code (…, m, n)}
   * @return the factors
   * @throws IllegalArgumentException if there are fewer than two axes, or the dtype is not
   *     supported
   */
  public static Svd svd(MlxArray a) {
    MlxArray[] factors = svd(a, true);
    return new Svd(factors[0], factors[1], factors[2]);
  }

  /**
   * Computes the singular value decomposition, or only the singular values; see {@link
   * #svd(MlxArray)}.
   *
   * @param a float32, float64 or complex64 matrices of shape {@code (…, m, n)}
   * @param computeUv whether to compute the singular vectors
   * @return u, s and vt as in {@link Svd}, or s alone
   * @throws IllegalArgumentException if there are fewer than two axes, or the dtype is not
   *     supported
   */
  public static MlxArray[] svd(MlxArray a, boolean computeUv) {
    requireCountable("svd", a);
    return unaryToMany("svd", (x, s) -> LinalgNative.svd(x, computeUv, s), a);
  }

  /**
   * Computes the eigenvalues of square matrices. If an element is infinite or NaN, evaluation
   * throws an {@link MlxException}. Mirrors {@code mlx.core.linalg.eigvals}.
   *
   * @param a square matrices, float32, float64 or complex64
   * @return a complex64 array of shape {@code (…, n)}, in no particular order
   * @throws IllegalArgumentException if the matrices are not square, or the dtype is not supported
   */
  public static MlxArray eigvals(MlxArray a) {
    return unary("eigvals", LinalgNative::eigvals, a);
  }

  /**
   * Computes the eigenvalues and eigenvectors of square matrices. If an element is infinite or NaN,
   * evaluation throws an {@link MlxException}. Mirrors {@code mlx.core.linalg.eig}.
   *
   * @param a square matrices, float32, float64 or complex64
   * @return the eigenvalues and eigenvectors
   * @throws IllegalArgumentException if the matrices are not square, or the dtype is not supported
   */
  public static Eig eig(MlxArray a) {
    MlxArray[] pair = unaryToMany("eig", LinalgNative::eig, a);
    return new Eig(pair[0], pair[1]);
  }

  /** Equivalent to {@link #eigvalsh(MlxArray, Uplo) eigvalsh(a, Uplo.LOWER)}. */
  public static MlxArray eigvalsh(MlxArray a) {
    return eigvalsh(a, Uplo.LOWER);
  }

  /**
   * Computes the eigenvalues of symmetric or Hermitian matrices. If an element is infinite or NaN,
   * evaluation throws an {@link MlxException}. Mirrors {@code mlx.core.linalg.eigvalsh}.
   *
   * @param a symmetric or Hermitian matrices, float32, float64 or complex64, of which one triangle
   *     is read
   * @param uplo the triangle
   * @return a real array of shape {@code (…, n)}, in ascending order
   * @throws IllegalArgumentException if the matrices are not square, or the dtype is not supported
   */
  public static MlxArray eigvalsh(MlxArray a, Uplo uplo) {
    String triangle = Call.notNull("eigvalsh", "the triangle", uplo).mlxName();
    return unary("eigvalsh", (x, s) -> LinalgNative.eigvalsh(x, triangle, s), a);
  }

  /** Equivalent to {@link #eigh(MlxArray, Uplo) eigh(a, Uplo.LOWER)}. */
  public static Eigh eigh(MlxArray a) {
    return eigh(a, Uplo.LOWER);
  }

  /**
   * Computes the eigenvalues and eigenvectors of symmetric or Hermitian matrices. If an element is
   * infinite or NaN, evaluation throws an {@link MlxException}. Mirrors {@code
   * mlx.core.linalg.eigh}.
   *
   * @param a symmetric or Hermitian matrices, float32, float64 or complex64, of which one triangle
   *     is read
   * @param uplo the triangle
   * @return the eigenvalues and eigenvectors
   * @throws IllegalArgumentException if the matrices are not square, or the dtype is not supported
   */
  public static Eigh eigh(MlxArray a, Uplo uplo) {
    String triangle = Call.notNull("eigh", "the triangle", uplo).mlxName();
    MlxArray[] pair = unaryToMany("eigh", (x, s) -> LinalgNative.eigh(x, triangle, s), a);
    return new Eigh(pair[0], pair[1]);
  }

  /**
   * Computes the LU decomposition: a product of a lower and an upper triangle whose rows are
   * permuted. Mirrors {@code mlx.core.linalg.lu}.
   *
   * @param a matrices of shape {@code (…, m, n)}, with at least one row and one column
   * @return the factors
   * @throws IllegalArgumentException if there are fewer than two axes, the matrices have no rows or
   *     no columns, or the dtype is not supported
   */
  public static Lu lu(MlxArray a) {
    requireRows("lu", a);
    MlxArray[] factors = unaryToMany("lu", LinalgNative::lu, a);
    return new Lu(factors[0], factors[1], factors[2]);
  }

  /**
   * Computes the LU decomposition in LAPACK's compact form. Mirrors {@code
   * mlx.core.linalg.lu_factor}.
   *
   * @param a matrices of shape {@code (…, m, n)}, with at least one row and one column
   * @return both factors in one matrix, and the row exchanges
   * @throws IllegalArgumentException if there are fewer than two axes, the matrices have no rows or
   *     no columns, or the dtype is not supported
   */
  public static LuFactor luFactor(MlxArray a) {
    requireRows("luFactor", a);
    MlxArray[] factors = unaryToMany("luFactor", LinalgNative::lu_factor, a);
    return new LuFactor(factors[0], factors[1]);
  }

  /**
   * Computes the determinants of matrices. Mirrors {@code mlx.core.linalg.det}.
   *
   * @param a square matrices, not complex; with four or more rows float32, float64, integer or bool
   * @return an array without the last two axes; float32 for integers
   * @throws IllegalArgumentException if the matrices are not square, or the dtype is not supported
   */
  public static MlxArray det(MlxArray a) {
    return unary("det", LinalgNative::det, a);
  }

  /**
   * Computes the signs of the determinants of matrices and the logarithms of their absolute values,
   * which do not overflow. Mirrors {@code mlx.core.linalg.slogdet}.
   *
   * @param a square matrices, not complex; with four or more rows float32, float64, integer or bool
   * @return arrays without the last two axes; float32 for integers
   * @throws IllegalArgumentException if the matrices are not square, or the dtype is not supported
   */
  public static Slogdet slogdet(MlxArray a) {
    MlxArray[] pair = unaryToMany("slogdet", LinalgNative::slogdet, a);
    return new Slogdet(pair[0], pair[1]);
  }

  // ---- what MLX does not check -----------------------------------------------------------------

  private static int[] allAxes(String function, MlxArray a) {
    return Axes.all(Call.argument(function, 0, a).ndim());
  }

  private static int[] axes(String function, MlxArray a, int[] axes) {
    return Axes.resolveDistinct(function, axes, Call.argument(function, 0, a).ndim());
  }

  /** Requires matrices that are not empty: MLX divides by their number of elements. */
  private static void requireRows(String function, MlxArray a) {
    requireCountable(function, a);
    int[] shape = a.shape();
    int ndim = shape.length;
    if (ndim >= 2 && (shape[ndim - 2] == 0 || shape[ndim - 1] == 0)) {
      throw new IllegalArgumentException(
          "["
              + function
              + "] matrices of shape "
              + Arrays.toString(shape)
              + " have no elements; they must have at least one row and one column");
    }
  }

  /**
   * Requires sizes that MLX can count: it counts the elements of the square factors of all matrices
   * in 32 bits.
   */
  private static void requireCountable(String function, MlxArray a) {
    int[] shape = Call.argument(function, 0, a).shape();
    int ndim = shape.length;
    if (ndim < 2 || a.size() == 0) {
      return;
    }
    long larger = Math.max(shape[ndim - 2], shape[ndim - 1]);
    long matrices = a.size() / ((long) shape[ndim - 2] * shape[ndim - 1]);
    if (larger * larger > Integer.MAX_VALUE / matrices) {
      throw new IllegalArgumentException(
          "["
              + function
              + "] the factors of matrices of shape "
              + Arrays.toString(shape)
              + " have more than 2^31 - 1 elements; decompose fewer matrices at once");
    }
  }
}
