/** Linear algebra with default arguments: `x.norm(axis = 1, keepdims = true)`. */
package org.mlx4j.kotlin

import org.mlx4j.Eigh
import org.mlx4j.Linalg
import org.mlx4j.Linalg.MatrixNorm
import org.mlx4j.Linalg.Uplo
import org.mlx4j.MlxArray

/**
 * Returns the 2-norms of the vectors along one axis, the Frobenius norms of the matrices along two,
 * or the 2-norm of all elements if no axis is given; see [Linalg.norm]. With `keepdims`, the axes
 * remain with size 1.
 */
public fun MlxArray.norm(vararg axes: Int, keepdims: Boolean = false): MlxArray =
    if (axes.isEmpty()) Linalg.norm(this, keepdims) else Linalg.norm(this, axes, keepdims)

/**
 * Returns the norms of order `ord` of the vectors along one axis or the matrices along two, or that
 * of the array if no axis is given; see [Linalg.norm]. With `keepdims`, the axes remain with
 * size 1.
 */
public fun MlxArray.norm(ord: Double, vararg axes: Int, keepdims: Boolean = false): MlxArray =
    if (axes.isEmpty()) Linalg.norm(this, ord, keepdims) else Linalg.norm(this, ord, axes, keepdims)

/**
 * Returns the norms of the matrices along two axes, or that of the matrix if no axis is given; see
 * [Linalg.norm]. With `keepdims`, the axes remain with size 1.
 */
public fun MlxArray.norm(ord: MatrixNorm, vararg axes: Int, keepdims: Boolean = false): MlxArray =
    if (axes.isEmpty()) Linalg.norm(this, ord, keepdims) else Linalg.norm(this, ord, axes, keepdims)

/** Returns the cross products of vectors along an axis; see [Linalg.cross]. */
public fun MlxArray.cross(b: MlxArray, axis: Int = -1): MlxArray = Linalg.cross(this, b, axis)

/** Inverts triangular matrices; see [Linalg.triInv]. */
public fun MlxArray.triInv(upper: Boolean = false): MlxArray = Linalg.triInv(this, upper)

/** Computes the Cholesky decomposition; see [Linalg.cholesky]. */
public fun MlxArray.cholesky(upper: Boolean = false): MlxArray = Linalg.cholesky(this, upper)

/** Inverts matrices, given their Cholesky decomposition; see [Linalg.choleskyInv]. */
public fun MlxArray.choleskyInv(upper: Boolean = false): MlxArray = Linalg.choleskyInv(this, upper)

/** Solves triangular systems of equations; see [Linalg.solveTriangular]. */
public fun MlxArray.solveTriangular(b: MlxArray, upper: Boolean = false): MlxArray =
    Linalg.solveTriangular(this, b, upper)

/** Computes the eigenvalues of symmetric or Hermitian matrices; see [Linalg.eigvalsh]. */
public fun MlxArray.eigvalsh(uplo: Uplo = Uplo.LOWER): MlxArray = Linalg.eigvalsh(this, uplo)

/**
 * Computes the eigenvalues and eigenvectors of symmetric or Hermitian matrices; see [Linalg.eigh].
 */
public fun MlxArray.eigh(uplo: Uplo = Uplo.LOWER): Eigh = Linalg.eigh(this, uplo)
