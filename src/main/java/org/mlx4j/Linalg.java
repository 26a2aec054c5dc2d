package org.mlx4j;

import static org.mlx4j.Call.binary;
import static org.mlx4j.Call.unary;
import static org.mlx4j.Call.unaryToMany;

import java.util.Arrays;
import java.util.Locale;
import org.mlx4j.internal.LinalgNative;

/**
 * Linear algebra. Mirrors {@code mlx.core.linalg}.
 *
 * <p>Matrices lie along the last two axes; the axes before them, if there are any, make a stack of
 * matrices, and each matrix is treated by itself. Unless something else is said, matrices are
 * float32 or float64.
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
 * <p>Decompositions are computed on the CPU: on the thread's stream if that is one of the CPU, else
 * on the CPU's default stream. What depends on the values of a matrix, such as whether it is
 * singular, shows when the result is computed, so those {@link MlxException}s come from {@link
 * MlxArray#eval} and from reading values, on the thread that does it. MLX has no derivatives of
 * decompositions; those of {@link #cross}, of {@link #norm(MlxArray)} without singular values, and
 * of {@link #det} of matrices up to three by three exist.
 */
public final class Linalg {
  private Linalg() {}

  /** Norms of matrices that are no numbers. The names are Python's. */
  public enum MatrixNorm {
    /** The root of the sum of squares of all elements, the Frobenius norm. */
    FRO,
    /** The sum of the singular values, the nuclear norm. */
    NUC;

    private String mlxName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Which triangle of a symmetric matrix is read; the other one is taken to be its mirror. */
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

  /**
   * The root of the sum of the squares: the 2-norm of all elements. Mirrors {@code
   * mlx.core.linalg.norm}.
   *
   * @param a an array of any dtype
   * @return a scalar, float32 for integers
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray norm(MlxArray a) {
    return norm(a, false);
  }

  /**
   * The root of the sum of the squares: the 2-norm of all elements. Mirrors {@code
   * mlx.core.linalg.norm}.
   *
   * @param a an array of any dtype
   * @param keepdims whether the axes stay in the result, with size 1
   * @return an array without the axes, float32 for integers
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray norm(MlxArray a, boolean keepdims) {
    return unary("norm", (x, s) -> LinalgNative.norm(x, keepdims, s), a);
  }

  /**
   * The 2-norms of vectors, or the Frobenius norms of matrices. Mirrors {@code
   * mlx.core.linalg.norm}.
   *
   * @param a an array of any dtype
   * @param axes one axis of vectors or two of matrices; count from the end when negative
   * @return an array without the axes, float32 for integers
   * @throws IllegalArgumentException if an axis is out of range or given twice, or there are more
   *     than two
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray norm(MlxArray a, int[] axes) {
    return norm(a, axes, false);
  }

  /**
   * The 2-norms of vectors, or the Frobenius norms of matrices. Mirrors {@code
   * mlx.core.linalg.norm}.
   *
   * @param a an array of any dtype
   * @param axes one axis of vectors or two of matrices; count from the end when negative
   * @param keepdims whether the axes stay in the result, with size 1
   * @return an array without the axes, float32 for integers
   * @throws IllegalArgumentException if an axis is out of range or given twice, or there are more
   *     than two
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray norm(MlxArray a, int[] axes, boolean keepdims) {
    int[] resolved = axes("norm", a, axes);
    return unary("norm", (x, s) -> LinalgNative.norm(x, resolved, keepdims, s), a);
  }

  /**
   * The norm of a vector or of a matrix. Mirrors {@code mlx.core.linalg.norm}.
   *
   * @param a a vector or a matrix; for the norms 2 and -2 of a matrix float32, float64 or complex64
   * @param ord for a vector any number p of the p-norm, infinity and 0 (how many are not zero)
   *     included; for a matrix 1, -1, 2, -2 (the largest and the smallest singular value), positive
   *     or negative infinity
   * @return a scalar, float32 for integers
   * @throws IllegalArgumentException if there is no such norm, an axis is out of range or given
   *     twice, there are more than two axes, or there is nothing of which to take the largest
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray norm(MlxArray a, double ord) {
    return norm(a, ord, false);
  }

  /**
   * The norm of a vector or of a matrix. Mirrors {@code mlx.core.linalg.norm}.
   *
   * @param a a vector or a matrix; for the norms 2 and -2 of a matrix float32, float64 or complex64
   * @param ord for a vector any number p of the p-norm, infinity and 0 (how many are not zero)
   *     included; for a matrix 1, -1, 2, -2 (the largest and the smallest singular value), positive
   *     or negative infinity
   * @param keepdims whether the axes stay in the result, with size 1
   * @return an array without the axes, float32 for integers
   * @throws IllegalArgumentException if there is no such norm, an axis is out of range or given
   *     twice, there are more than two axes, or there is nothing of which to take the largest
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray norm(MlxArray a, double ord, boolean keepdims) {
    return norm(a, ord, allAxes("norm", a), keepdims);
  }

  /**
   * Norms of vectors. Mirrors {@code mlx.core.linalg.norm}.
   *
   * @param a an array of any dtype
   * @param ord any number p of the p-norm, infinity and 0 (how many are not zero) included
   * @param axis the axis of the vectors; counts from the end when negative
   * @return an array without the axis, float32 for integers
   * @throws IllegalArgumentException if the axis is out of range, or the vectors are empty and have
   *     no largest element
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray norm(MlxArray a, double ord, int axis) {
    return norm(a, ord, new int[] {axis}, false);
  }

  /**
   * Norms of vectors. Mirrors {@code mlx.core.linalg.norm}.
   *
   * @param a an array of any dtype
   * @param ord any number p of the p-norm, infinity and 0 (how many are not zero) included
   * @param axis the axis of the vectors; counts from the end when negative
   * @param keepdims whether the axis stays in the result, with size 1
   * @return an array without the axis, float32 for integers
   * @throws IllegalArgumentException if the axis is out of range, or the vectors are empty and have
   *     no largest element
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray norm(MlxArray a, double ord, int axis, boolean keepdims) {
    return norm(a, ord, new int[] {axis}, keepdims);
  }

  /**
   * Norms of vectors or of matrices. Mirrors {@code mlx.core.linalg.norm}.
   *
   * @param a an array; for the norms 2 and -2 of matrices float32, float64 or complex64
   * @param ord for a vector any number p of the p-norm, infinity and 0 (how many are not zero)
   *     included; for a matrix 1, -1, 2, -2 (the largest and the smallest singular value), positive
   *     or negative infinity
   * @param axes one axis of vectors or two of matrices; count from the end when negative
   * @return an array without the axes, float32 for integers
   * @throws IllegalArgumentException if there is no such norm, an axis is out of range or given
   *     twice, there are more than two axes, or there is nothing of which to take the largest
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray norm(MlxArray a, double ord, int[] axes) {
    return norm(a, ord, axes, false);
  }

  /**
   * Norms of vectors or of matrices. Mirrors {@code mlx.core.linalg.norm}.
   *
   * @param a an array; for the norms 2 and -2 of matrices float32, float64 or complex64
   * @param ord for a vector any number p of the p-norm, infinity and 0 (how many are not zero)
   *     included; for a matrix 1, -1, 2, -2 (the largest and the smallest singular value), positive
   *     or negative infinity
   * @param axes one axis of vectors or two of matrices; count from the end when negative
   * @param keepdims whether the axes stay in the result, with size 1
   * @return an array without the axes, float32 for integers
   * @throws IllegalArgumentException if there is no such norm, an axis is out of range or given
   *     twice, there are more than two axes, or there is nothing of which to take the largest
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray norm(MlxArray a, double ord, int[] axes, boolean keepdims) {
    int[] resolved = axes("norm", a, axes);
    return unary("norm", (x, s) -> LinalgNative.norm(x, ord, resolved, keepdims, s), a);
  }

  /**
   * The norm of a matrix. Mirrors {@code mlx.core.linalg.norm}.
   *
   * @param a a matrix; for the nuclear norm float32, float64 or complex64
   * @param ord which norm
   * @return a scalar, float32 for integers
   * @throws IllegalArgumentException if there are not exactly two axes, one is out of range or
   *     given twice, or the dtype does not fit
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray norm(MlxArray a, MatrixNorm ord) {
    return norm(a, ord, false);
  }

  /**
   * The norm of a matrix. Mirrors {@code mlx.core.linalg.norm}.
   *
   * @param a a matrix; for the nuclear norm float32, float64 or complex64
   * @param ord which norm
   * @param keepdims whether the axes stay in the result, with size 1
   * @return an array without the axes, float32 for integers
   * @throws IllegalArgumentException if there are not exactly two axes, one is out of range or
   *     given twice, or the dtype does not fit
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray norm(MlxArray a, MatrixNorm ord, boolean keepdims) {
    return norm(a, ord, allAxes("norm", a), keepdims);
  }

  /**
   * Norms of matrices. Mirrors {@code mlx.core.linalg.norm}.
   *
   * @param a an array; for the nuclear norm float32, float64 or complex64
   * @param ord which norm
   * @param axes the axis of the rows and that of the columns; count from the end when negative
   * @return an array without the axes, float32 for integers
   * @throws IllegalArgumentException if there are not exactly two axes, one is out of range or
   *     given twice, or the dtype does not fit
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray norm(MlxArray a, MatrixNorm ord, int[] axes) {
    return norm(a, ord, axes, false);
  }

  /**
   * Norms of matrices. Mirrors {@code mlx.core.linalg.norm}.
   *
   * @param a an array; for the nuclear norm float32, float64 or complex64
   * @param ord which norm
   * @param axes the axis of the rows and that of the columns; count from the end when negative
   * @param keepdims whether the axes stay in the result, with size 1
   * @return an array without the axes, float32 for integers
   * @throws IllegalArgumentException if there are not exactly two axes, one is out of range or
   *     given twice, or the dtype does not fit
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray norm(MlxArray a, MatrixNorm ord, int[] axes, boolean keepdims) {
    int[] resolved = axes("norm", a, axes);
    String name = Call.notNull("norm", "the norm", ord).mlxName();
    return unary("norm", (x, s) -> LinalgNative.norm(x, name, resolved, keepdims, s), a);
  }

  /**
   * The cross products of vectors along the last axis, whose missing third element is 0 if they
   * have only two. Mirrors {@code mlx.core.linalg.cross}.
   *
   * @param a an array whose last axis has size 2 or 3
   * @param b the other one, of a shape that broadcasts with it
   * @return an array whose last axis has size 3
   * @throws IllegalArgumentException if a last axis has another size, or the shapes do not fit
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray cross(MlxArray a, MlxArray b) {
    return cross(a, b, -1);
  }

  /**
   * The cross products of vectors, whose missing third element is 0 if they have only two. Mirrors
   * {@code mlx.core.linalg.cross}.
   *
   * @param a an array whose axis has size 2 or 3
   * @param b the other one, of a shape that broadcasts with it
   * @param axis the axis of the vectors; counts from the end when negative
   * @return an array whose axis has size 3
   * @throws IllegalArgumentException if the axis is out of range or has another size, or the shapes
   *     do not fit
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray cross(MlxArray a, MlxArray b, int axis) {
    Axes.resolve("cross", axis, Call.argument("cross", 0, a).ndim());
    Axes.resolve("cross", axis, Call.argument("cross", 1, b).ndim());
    return binary("cross", (x, y, s) -> LinalgNative.cross(x, y, axis, s), a, b);
  }

  // ---- inverses and equations ------------------------------------------------------------------

  /**
   * The inverses of matrices. When a matrix is singular, the evaluation throws an {@link
   * MlxException}. Mirrors {@code mlx.core.linalg.inv}.
   *
   * @param a square matrices, at least one by one
   * @return matrices of the same shape
   * @throws IllegalArgumentException if there are no square matrices, they have no rows, or the
   *     dtype does not fit
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray inv(MlxArray a) {
    requireRows("inv", a);
    return unary("inv", LinalgNative::inv, a);
  }

  /**
   * The inverses of lower triangles. When a matrix is singular, the evaluation throws an {@link
   * MlxException}. Mirrors {@code mlx.core.linalg.tri_inv}.
   *
   * @param a square matrices, at least one by one; what lies above the diagonal is ignored
   * @return lower triangles of the same shape
   * @throws IllegalArgumentException if there are no square matrices, they have no rows, or the
   *     dtype does not fit
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray triInv(MlxArray a) {
    return triInv(a, false);
  }

  /**
   * The inverses of triangles. When a matrix is singular, the evaluation throws an {@link
   * MlxException}. Mirrors {@code mlx.core.linalg.tri_inv}.
   *
   * @param a square matrices, at least one by one; what lies in the other triangle is ignored
   * @param upper whether the triangles are upper ones
   * @return triangles of the same shape
   * @throws IllegalArgumentException if there are no square matrices, they have no rows, or the
   *     dtype does not fit
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray triInv(MlxArray a, boolean upper) {
    requireRows("triInv", a);
    return unary("triInv", (x, s) -> LinalgNative.tri_inv(x, upper, s), a);
  }

  /**
   * The Cholesky factors of symmetric positive definite matrices: lower triangles with {@code a =
   * l @ l.T}. When a matrix is not positive definite, the evaluation throws an {@link MlxException}
   * (where Python gives wrong numbers). Mirrors {@code mlx.core.linalg.cholesky}.
   *
   * @param a symmetric matrices, of which one triangle is read
   * @return lower triangles of the same shape
   * @throws IllegalArgumentException if there are no square matrices, or the dtype does not fit
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray cholesky(MlxArray a) {
    return cholesky(a, false);
  }

  /**
   * The Cholesky factors of symmetric positive definite matrices: lower triangles with {@code a =
   * l @ l.T}, or upper ones with {@code a = u.T @ u}. When a matrix is not positive definite, the
   * evaluation throws an {@link MlxException} (where Python gives wrong numbers). Mirrors {@code
   * mlx.core.linalg.cholesky}.
   *
   * @param a symmetric matrices, of which one triangle is read
   * @param upper whether to give the upper triangles
   * @return triangles of the same shape
   * @throws IllegalArgumentException if there are no square matrices, or the dtype does not fit
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray cholesky(MlxArray a, boolean upper) {
    return unary("cholesky", (x, s) -> LinalgNative.cholesky(x, upper, s), a);
  }

  /**
   * The inverses of symmetric positive definite matrices of which the Cholesky factors are given:
   * {@code inv(a @ a.T)}. When a matrix is singular, the evaluation throws an {@link MlxException}.
   * Mirrors {@code mlx.core.linalg.cholesky_inv}.
   *
   * @param a lower triangles, as {@link #cholesky(MlxArray)} gives them, at least one by one
   * @return symmetric matrices of the same shape
   * @throws IllegalArgumentException if there are no square matrices, they have no rows, or the
   *     dtype does not fit
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray choleskyInv(MlxArray a) {
    return choleskyInv(a, false);
  }

  /**
   * The inverses of symmetric positive definite matrices of which the Cholesky factors are given:
   * {@code inv(a @ a.T)}, or {@code inv(a.T @ a)} for upper triangles. When a matrix is singular,
   * the evaluation throws an {@link MlxException}. Mirrors {@code mlx.core.linalg.cholesky_inv}.
   *
   * @param a triangles, as {@link #cholesky(MlxArray, boolean)} gives them, at least one by one
   * @param upper whether the triangles are upper ones
   * @return symmetric matrices of the same shape
   * @throws IllegalArgumentException if there are no square matrices, they have no rows, or the
   *     dtype does not fit
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray choleskyInv(MlxArray a, boolean upper) {
    requireRows("choleskyInv", a);
    return unary("choleskyInv", (x, s) -> LinalgNative.cholesky_inv(x, upper, s), a);
  }

  /**
   * The pseudo-inverses of matrices (those of Moore and Penrose). Singular values next to zero
   * count as zero. When an element is infinite or NaN, the evaluation throws an {@link
   * MlxException}. Mirrors {@code mlx.core.linalg.pinv}.
   *
   * @param a matrices of shape {@code (…, m, n)}
   * @return matrices of shape {@code (…, n, m)}
   * @throws IllegalArgumentException if there are no matrices, or the dtype does not fit
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray pinv(MlxArray a) {
    requireCountable("pinv", a);
    return unary("pinv", LinalgNative::pinv, a);
  }

  /**
   * The solutions of linear equations {@code a @ x = b}. When a matrix is singular, the evaluation
   * throws an {@link MlxException}. Mirrors {@code mlx.core.linalg.solve}.
   *
   * @param a square matrices, at least one by one
   * @param b the right sides: one vector of shape {@code (n)}, or matrices of shape {@code (…, n,
   *     k)} for k right sides
   * @return an array of the shape of b, broadcast over the stack of matrices
   * @throws IllegalArgumentException if there are no square matrices, they have no rows, the shapes
   *     do not fit, or the dtypes do not promote to float32 or float64
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray solve(MlxArray a, MlxArray b) {
    requireRows("solve", a);
    return binary("solve", LinalgNative::solve, a, b);
  }

  /**
   * The solutions of linear equations {@code a @ x = b} with lower triangles. When a matrix is
   * singular, the evaluation throws an {@link MlxException}. Mirrors {@code
   * mlx.core.linalg.solve_triangular}.
   *
   * @param a square matrices, at least one by one; what lies above the diagonal is ignored
   * @param b the right sides: one vector of shape {@code (n)}, or matrices of shape {@code (…, n,
   *     k)} for k right sides
   * @return an array of the shape of b, broadcast over the stack of triangles
   * @throws IllegalArgumentException if there are no square matrices, they have no rows, the shapes
   *     do not fit, or the dtypes do not promote to float32 or float64
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray solveTriangular(MlxArray a, MlxArray b) {
    return solveTriangular(a, b, false);
  }

  /**
   * The solutions of linear equations {@code a @ x = b} with triangles. When a matrix is singular,
   * the evaluation throws an {@link MlxException}. Mirrors {@code
   * mlx.core.linalg.solve_triangular}.
   *
   * @param a square matrices, at least one by one; what lies in the other triangle is ignored
   * @param b the right sides: one vector of shape {@code (n)}, or matrices of shape {@code (…, n,
   *     k)} for k right sides
   * @param upper whether the triangles are upper ones
   * @return an array of the shape of b, broadcast over the stack of triangles
   * @throws IllegalArgumentException if there are no square matrices, they have no rows, the shapes
   *     do not fit, or the dtypes do not promote to float32 or float64
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray solveTriangular(MlxArray a, MlxArray b, boolean upper) {
    requireRows("solveTriangular", a);
    return binary(
        "solveTriangular", (x, y, s) -> LinalgNative.solve_triangular(x, y, upper, s), a, b);
  }

  // ---- decompositions --------------------------------------------------------------------------

  /**
   * Matrices as products {@code q @ r} of orthonormal columns and an upper triangle. Mirrors {@code
   * mlx.core.linalg.qr}.
   *
   * @param a matrices of shape {@code (…, m, n)}
   * @return the factors
   * @throws IllegalArgumentException if there are no matrices, or the dtype does not fit
   * @throws IllegalStateException if an array is closed
   */
  public static Qr qr(MlxArray a) {
    requireCountable("qr", a);
    MlxArray[] factors = unaryToMany("qr", LinalgNative::qr, a);
    return new Qr(factors[0], factors[1]);
  }

  /**
   * Matrices as products {@code u @ diag(s) @ vt}: the singular value decomposition. When an
   * element is infinite or NaN, the evaluation throws an {@link MlxException}. Mirrors {@code
   * mlx.core.linalg.svd}.
   *
   * @param a float32, float64 or complex64 matrices of shape {@code (…, m, n)}
   * @return the factors
   * @throws IllegalArgumentException if there are no matrices, or the dtype does not fit
   * @throws IllegalStateException if an array is closed
   */
  public static Svd svd(MlxArray a) {
    MlxArray[] factors = svd(a, true);
    return new Svd(factors[0], factors[1], factors[2]);
  }

  /**
   * The singular value decomposition, or only the singular values. When an element is infinite or
   * NaN, the evaluation throws an {@link MlxException}. Mirrors {@code mlx.core.linalg.svd}.
   *
   * @param a float32, float64 or complex64 matrices of shape {@code (…, m, n)}
   * @param computeUv whether the singular vectors are wanted
   * @return u, s and vt as in {@link Svd}, or s alone
   * @throws IllegalArgumentException if there are no matrices, or the dtype does not fit
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray[] svd(MlxArray a, boolean computeUv) {
    requireCountable("svd", a);
    return unaryToMany("svd", (x, s) -> LinalgNative.svd(x, computeUv, s), a);
  }

  /**
   * The eigenvalues of matrices. When an element is infinite or NaN, the evaluation throws an
   * {@link MlxException}. Mirrors {@code mlx.core.linalg.eigvals}.
   *
   * @param a square matrices, float32, float64 or complex64
   * @return a complex64 array of shape {@code (…, n)}, in no particular order
   * @throws IllegalArgumentException if there are no square matrices, or the dtype does not fit
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray eigvals(MlxArray a) {
    return unary("eigvals", LinalgNative::eigvals, a);
  }

  /**
   * The eigenvalues and eigenvectors of matrices. When an element is infinite or NaN, the
   * evaluation throws an {@link MlxException}. Mirrors {@code mlx.core.linalg.eig}.
   *
   * @param a square matrices, float32, float64 or complex64
   * @return the eigenvalues and eigenvectors
   * @throws IllegalArgumentException if there are no square matrices, or the dtype does not fit
   * @throws IllegalStateException if an array is closed
   */
  public static Eig eig(MlxArray a) {
    MlxArray[] pair = unaryToMany("eig", LinalgNative::eig, a);
    return new Eig(pair[0], pair[1]);
  }

  /**
   * The eigenvalues of symmetric or Hermitian matrices. When an element is infinite or NaN, the
   * evaluation throws an {@link MlxException}. Mirrors {@code mlx.core.linalg.eigvalsh}.
   *
   * @param a symmetric or Hermitian matrices, float32, float64 or complex64, of which the lower
   *     triangle is read
   * @return a real array of shape {@code (…, n)}, in ascending order
   * @throws IllegalArgumentException if there are no square matrices, or the dtype does not fit
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray eigvalsh(MlxArray a) {
    return eigvalsh(a, Uplo.LOWER);
  }

  /**
   * The eigenvalues of symmetric or Hermitian matrices. When an element is infinite or NaN, the
   * evaluation throws an {@link MlxException}. Mirrors {@code mlx.core.linalg.eigvalsh}.
   *
   * @param a symmetric or Hermitian matrices, float32, float64 or complex64, of which one triangle
   *     is read
   * @param uplo which triangle
   * @return a real array of shape {@code (…, n)}, in ascending order
   * @throws IllegalArgumentException if there are no square matrices, or the dtype does not fit
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray eigvalsh(MlxArray a, Uplo uplo) {
    String triangle = Call.notNull("eigvalsh", "the triangle", uplo).mlxName();
    return unary("eigvalsh", (x, s) -> LinalgNative.eigvalsh(x, triangle, s), a);
  }

  /**
   * The eigenvalues and eigenvectors of symmetric or Hermitian matrices. When an element is
   * infinite or NaN, the evaluation throws an {@link MlxException}. Mirrors {@code
   * mlx.core.linalg.eigh}.
   *
   * @param a symmetric or Hermitian matrices, float32, float64 or complex64, of which the lower
   *     triangle is read
   * @return the eigenvalues and eigenvectors
   * @throws IllegalArgumentException if there are no square matrices, or the dtype does not fit
   * @throws IllegalStateException if an array is closed
   */
  public static Eigh eigh(MlxArray a) {
    return eigh(a, Uplo.LOWER);
  }

  /**
   * The eigenvalues and eigenvectors of symmetric or Hermitian matrices. When an element is
   * infinite or NaN, the evaluation throws an {@link MlxException}. Mirrors {@code
   * mlx.core.linalg.eigh}.
   *
   * @param a symmetric or Hermitian matrices, float32, float64 or complex64, of which one triangle
   *     is read
   * @param uplo which triangle
   * @return the eigenvalues and eigenvectors
   * @throws IllegalArgumentException if there are no square matrices, or the dtype does not fit
   * @throws IllegalStateException if an array is closed
   */
  public static Eigh eigh(MlxArray a, Uplo uplo) {
    String triangle = Call.notNull("eigh", "the triangle", uplo).mlxName();
    MlxArray[] pair = unaryToMany("eigh", (x, s) -> LinalgNative.eigh(x, triangle, s), a);
    return new Eigh(pair[0], pair[1]);
  }

  /**
   * Matrices, their rows exchanged, as products of a lower and an upper triangle. Mirrors {@code
   * mlx.core.linalg.lu}.
   *
   * @param a matrices of shape {@code (…, m, n)}, at least one by one
   * @return the factors
   * @throws IllegalArgumentException if there are no matrices, they have no rows or no columns, or
   *     the dtype does not fit
   * @throws IllegalStateException if an array is closed
   */
  public static Lu lu(MlxArray a) {
    requireRows("lu", a);
    MlxArray[] factors = unaryToMany("lu", LinalgNative::lu, a);
    return new Lu(factors[0], factors[1], factors[2]);
  }

  /**
   * Matrices, their rows exchanged, as products of a lower and an upper triangle, in the form in
   * which LAPACK keeps them. Mirrors {@code mlx.core.linalg.lu_factor}.
   *
   * @param a matrices of shape {@code (…, m, n)}, at least one by one
   * @return the factors in one matrix, and how rows were exchanged
   * @throws IllegalArgumentException if there are no matrices, they have no rows or no columns, or
   *     the dtype does not fit
   * @throws IllegalStateException if an array is closed
   */
  public static LuFactor luFactor(MlxArray a) {
    requireRows("luFactor", a);
    MlxArray[] factors = unaryToMany("luFactor", LinalgNative::lu_factor, a);
    return new LuFactor(factors[0], factors[1]);
  }

  /**
   * The determinants of matrices. Mirrors {@code mlx.core.linalg.det}.
   *
   * @param a square matrices, not complex; with four or more rows float32, float64, integer or bool
   * @return an array without the last two axes, float32 for integers
   * @throws IllegalArgumentException if there are no square matrices, or the dtype does not fit
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray det(MlxArray a) {
    return unary("det", LinalgNative::det, a);
  }

  /**
   * The signs of the determinants of matrices, and the logarithms of their absolute values, which
   * do not overflow. Mirrors {@code mlx.core.linalg.slogdet}.
   *
   * @param a square matrices, not complex; with four or more rows float32, float64, integer or bool
   * @return arrays without the last two axes, float32 for integers
   * @throws IllegalArgumentException if there are no square matrices, or the dtype does not fit
   * @throws IllegalStateException if an array is closed
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

  /** MLX divides by the number of elements of a matrix. */
  private static void requireRows(String function, MlxArray a) {
    requireCountable(function, a);
    int[] shape = a.shape();
    int ndim = shape.length;
    if (ndim >= 2 && (shape[ndim - 2] == 0 || shape[ndim - 1] == 0)) {
      throw new IllegalArgumentException(
          "["
              + function
              + "] shape "
              + Arrays.toString(shape)
              + " is one of matrices without elements; they must be at least one by one");
    }
  }

  /** MLX counts the elements of square factors of all matrices together in 32 bits. */
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
              + " have more than 2^31 - 1 elements; take fewer at once");
    }
  }
}
