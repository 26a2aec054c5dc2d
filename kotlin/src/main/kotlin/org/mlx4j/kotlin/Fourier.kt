/** Fourier transforms with default arguments: `x.fft(axis = 0, norm = FftNorm.ORTHO)`. */
package org.mlx4j.kotlin

import org.mlx4j.Fft
import org.mlx4j.FftNorm
import org.mlx4j.MlxArray
import org.mlx4j.PadMode

/** Computes the discrete Fourier transform along an axis, of `n` elements or all; see [Fft.fft]. */
public fun MlxArray.fft(n: Int? = null, axis: Int = -1, norm: FftNorm = FftNorm.BACKWARD): MlxArray =
    Fft.fft(this, n, axis, norm)

/** Computes the inverse of [fft]; see [Fft.ifft]. */
public fun MlxArray.ifft(n: Int? = null, axis: Int = -1, norm: FftNorm = FftNorm.BACKWARD): MlxArray =
    Fft.ifft(this, n, axis, norm)

/** Computes the discrete Fourier transform of real numbers along an axis; see [Fft.rfft]. */
public fun MlxArray.rfft(n: Int? = null, axis: Int = -1, norm: FftNorm = FftNorm.BACKWARD): MlxArray =
    Fft.rfft(this, n, axis, norm)

/** Computes the inverse of [rfft], of `n` elements; see [Fft.irfft]. */
public fun MlxArray.irfft(n: Int? = null, axis: Int = -1, norm: FftNorm = FftNorm.BACKWARD): MlxArray =
    Fft.irfft(this, n, axis, norm)

/** Computes the discrete Fourier transform along several axes, or all; see [Fft.fftn]. */
public fun MlxArray.fftn(s: IntArray? = null, axes: IntArray? = null, norm: FftNorm = FftNorm.BACKWARD): MlxArray =
    Fft.fftn(this, s, axes, norm)

/** Computes the inverse of [fftn]; see [Fft.ifftn]. */
public fun MlxArray.ifftn(s: IntArray? = null, axes: IntArray? = null, norm: FftNorm = FftNorm.BACKWARD): MlxArray =
    Fft.ifftn(this, s, axes, norm)

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
