/** Fourier transforms with default arguments: `x.fft(axis = 0, norm = FftNorm.ORTHO)`. */
package org.mlx4j.kotlin

import org.mlx4j.Fft
import org.mlx4j.FftNorm
import org.mlx4j.MlxArray
import org.mlx4j.PadMode

/** Computes the discrete Fourier transform along an axis, of `n` elements or all; see [Fft.fft]. */
public fun MlxArray.fft(
    n: Int? = null,
    axis: Int = -1,
    norm: FftNorm = FftNorm.BACKWARD,
): MlxArray = Fft.fft(this, n, axis, norm)

/** Computes the inverse of [fft]; see [Fft.ifft]. */
public fun MlxArray.ifft(
    n: Int? = null,
    axis: Int = -1,
    norm: FftNorm = FftNorm.BACKWARD,
): MlxArray = Fft.ifft(this, n, axis, norm)

/** Computes the discrete Fourier transform of real numbers along an axis; see [Fft.rfft]. */
public fun MlxArray.rfft(
    n: Int? = null,
    axis: Int = -1,
    norm: FftNorm = FftNorm.BACKWARD,
): MlxArray = Fft.rfft(this, n, axis, norm)

/** Computes the inverse of [rfft], of `n` elements; see [Fft.irfft]. */
public fun MlxArray.irfft(
    n: Int? = null,
    axis: Int = -1,
    norm: FftNorm = FftNorm.BACKWARD,
): MlxArray = Fft.irfft(this, n, axis, norm)

/** Computes the discrete Fourier transform along several axes, or all; see [Fft.fftn]. */
public fun MlxArray.fftn(
    s: IntArray? = null,
    axes: IntArray? = null,
    norm: FftNorm = FftNorm.BACKWARD,
): MlxArray = Fft.fftn(this, s, axes, norm)

/** Computes the inverse of [fftn]; see [Fft.ifftn]. */
public fun MlxArray.ifftn(
    s: IntArray? = null,
    axes: IntArray? = null,
    norm: FftNorm = FftNorm.BACKWARD,
): MlxArray = Fft.ifftn(this, s, axes, norm)

/** Computes the discrete Fourier transform along two axes; see [Fft.fft2]. */
public fun MlxArray.fft2(
    s: IntArray? = null,
    axes: IntArray? = intArrayOf(-2, -1),
    norm: FftNorm = FftNorm.BACKWARD,
): MlxArray = Fft.fft2(this, s, axes, norm)

/** Computes the inverse of [fft2]; see [Fft.ifft2]. */
public fun MlxArray.ifft2(
    s: IntArray? = null,
    axes: IntArray? = intArrayOf(-2, -1),
    norm: FftNorm = FftNorm.BACKWARD,
): MlxArray = Fft.ifft2(this, s, axes, norm)

/** Computes the discrete Fourier transform of real numbers along two axes; see [Fft.rfft2]. */
public fun MlxArray.rfft2(
    s: IntArray? = null,
    axes: IntArray? = intArrayOf(-2, -1),
    norm: FftNorm = FftNorm.BACKWARD,
): MlxArray = Fft.rfft2(this, s, axes, norm)

/** Computes the inverse of [rfft2]; see [Fft.irfft2]. */
public fun MlxArray.irfft2(
    s: IntArray? = null,
    axes: IntArray? = intArrayOf(-2, -1),
    norm: FftNorm = FftNorm.BACKWARD,
): MlxArray = Fft.irfft2(this, s, axes, norm)

/**
 * Computes the discrete Fourier transform of real numbers along several axes, or all; see
 * [Fft.rfftn].
 */
public fun MlxArray.rfftn(
    s: IntArray? = null,
    axes: IntArray? = null,
    norm: FftNorm = FftNorm.BACKWARD,
): MlxArray = Fft.rfftn(this, s, axes, norm)

/** Computes the inverse of [rfftn]; see [Fft.irfftn]. */
public fun MlxArray.irfftn(
    s: IntArray? = null,
    axes: IntArray? = null,
    norm: FftNorm = FftNorm.BACKWARD,
): MlxArray = Fft.irfftn(this, s, axes, norm)

/** Returns the frequencies of [fft]; see [Fft.fftfreq]. */
public fun fftfreq(n: Int, d: Double = 1.0): MlxArray = Fft.fftfreq(n, d)

/** Returns the frequencies of [rfft]; see [Fft.rfftfreq]. */
public fun rfftfreq(n: Int, d: Double = 1.0): MlxArray = Fft.rfftfreq(n, d)

/** Moves the frequency 0 to the middle of axes, or of all; see [Fft.fftshift]. */
public fun MlxArray.fftshift(vararg axes: Int): MlxArray =
    if (axes.isEmpty()) Fft.fftshift(this) else Fft.fftshift(this, axes)

/** Undoes [fftshift]; see [Fft.ifftshift]. */
public fun MlxArray.ifftshift(vararg axes: Int): MlxArray =
    if (axes.isEmpty()) Fft.ifftshift(this) else Fft.ifftshift(this, axes)

/** Computes the short-time Fourier transform; see [Fft.stft]. */
public fun MlxArray.stft(
    nFft: Int = 2048,
    hopLength: Int? = null,
    winLength: Int? = null,
    window: MlxArray? = null,
    center: Boolean = true,
    padMode: PadMode = PadMode.REFLECT,
    norm: FftNorm = FftNorm.BACKWARD,
    onesided: Boolean? = null,
): MlxArray = Fft.stft(this, nFft, hopLength, winLength, window, center, padMode, norm, onesided)

/** Computes the inverse of [stft]; see [Fft.istft]. */
public fun MlxArray.istft(
    nFft: Int? = null,
    hopLength: Int? = null,
    winLength: Int? = null,
    window: MlxArray? = null,
    center: Boolean = true,
    norm: FftNorm = FftNorm.BACKWARD,
    onesided: Boolean? = null,
    length: Int? = null,
): MlxArray = Fft.istft(this, nFft, hopLength, winLength, window, center, norm, onesided, length)
