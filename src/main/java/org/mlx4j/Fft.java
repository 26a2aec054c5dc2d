package org.mlx4j;

import static org.mlx4j.Call.creation;
import static org.mlx4j.Call.unary;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.mlx4j.internal.FftNative;

/**
 * Fourier transforms, as in {@code mlx.core.fft}.
 *
 * <pre>{@code
 * MlxArray signal = MlxRandom.normal(new int[] {100});
 * MlxArray spectrum = Fft.rfft(signal); // shape (51)
 * MlxArray same = Fft.irfft(spectrum, 100); // shape (100)
 * }</pre>
 *
 * <p>Transforms are computed in single precision, whatever the dtype of the input. Results are
 * complex64; those of {@link #irfft}, {@link #irfft2}, {@link #irfftn} and, for one-sided spectra,
 * {@link #istft} are float32. Negative axes count from the end.
 *
 * <p>Every method throws {@link IllegalStateException} if an array is closed and {@link
 * NullPointerException} if an argument is null, unless null is allowed.
 */
public final class Fft {
  private static final int[] LAST_TWO = {-2, -1};

  /** MLX adds overlapping frames with one operation each, and crashes if there are too many. */
  private static final int MOST_OVERLAPPING = 8192;

  private Fft() {}

  // ---- fft -------------------------------------------------------------------------------------

  /**
   * Equivalent to {@link #fft(MlxArray, Integer, int, FftNorm) fft(a, null, -1, FftNorm.BACKWARD)}.
   */
  public static MlxArray fft(MlxArray a) {
    return fft(a, null);
  }

  /**
   * Equivalent to {@link #fft(MlxArray, Integer, int, FftNorm) fft(a, n, -1, FftNorm.BACKWARD)}.
   */
  public static MlxArray fft(MlxArray a, @Nullable Integer n) {
    return fft(a, n, -1);
  }

  /**
   * Equivalent to {@link #fft(MlxArray, Integer, int, FftNorm) fft(a, n, axis, FftNorm.BACKWARD)}.
   */
  public static MlxArray fft(MlxArray a, @Nullable Integer n, int axis) {
    return fft(a, n, axis, FftNorm.BACKWARD);
  }

  /**
   * Computes the discrete Fourier transform along an axis. Mirrors {@code mlx.core.fft.fft}.
   *
   * @param a an array, with at least one axis
   * @param n the size of the transformed axis, to which the input is truncated or padded with
   *     zeros; or null for the size of the input
   * @param axis the axis
   * @param norm which of a transform and its inverse divides by the number of elements
   * @return a complex64 array
   * @throws IllegalArgumentException if the axis is out of range or the size is not positive
   */
  public static MlxArray fft(MlxArray a, @Nullable Integer n, int axis, FftNorm norm) {
    int @Nullable [] sizes = n == null ? null : new int[] {n};
    return transform("fft", FftNative::fftn, a, sizes, new int[] {axis}, norm, false);
  }

  /**
   * Equivalent to {@link #fft2(MlxArray, int[], int[], FftNorm) fft2(a, null, new int[] {-2, -1},
   * FftNorm.BACKWARD)}.
   */
  public static MlxArray fft2(MlxArray a) {
    return fft2(a, null, LAST_TWO);
  }

  /**
   * Equivalent to {@link #fft2(MlxArray, int[], int[], FftNorm) fft2(a, s, new int[] {-2, -1},
   * FftNorm.BACKWARD)}.
   */
  public static MlxArray fft2(MlxArray a, int @Nullable [] s) {
    return fft2(a, s, LAST_TWO);
  }

  /**
   * Equivalent to {@link #fft2(MlxArray, int[], int[], FftNorm) fft2(a, s, axes,
   * FftNorm.BACKWARD)}.
   */
  public static MlxArray fft2(MlxArray a, int @Nullable [] s, int @Nullable [] axes) {
    return fft2(a, s, axes, FftNorm.BACKWARD);
  }

  /**
   * Computes the discrete Fourier transform along several axes. Mirrors {@code mlx.core.fft.fft2}.
   *
   * @param a an array, with at least two axes
   * @param s the sizes of the transformed axes, to which the input is truncated or padded with
   *     zeros; or null for those of the input
   * @param axes the axes; or null for all of them, if {@code s} is null too
   * @param norm which of a transform and its inverse divides by the number of elements
   * @return a complex64 array
   * @throws IllegalArgumentException if an axis is out of range or repeated, a size is not
   *     positive, or there is not one size for each axis
   */
  public static MlxArray fft2(MlxArray a, int @Nullable [] s, int @Nullable [] axes, FftNorm norm) {
    return transform("fft2", FftNative::fftn, a, s, axes, norm, false);
  }

  /**
   * Equivalent to {@link #fftn(MlxArray, int[], int[], FftNorm) fftn(a, null, null,
   * FftNorm.BACKWARD)}.
   */
  public static MlxArray fftn(MlxArray a) {
    return fftn(a, null, null);
  }

  /**
   * Equivalent to {@link #fftn(MlxArray, int[], int[], FftNorm) fftn(a, s, axes,
   * FftNorm.BACKWARD)}.
   */
  public static MlxArray fftn(MlxArray a, int @Nullable [] s, int @Nullable [] axes) {
    return fftn(a, s, axes, FftNorm.BACKWARD);
  }

  /**
   * Computes the discrete Fourier transform along several axes. Mirrors {@code mlx.core.fft.fftn}.
   *
   * @param a an array, with at least one axis
   * @param s the sizes of the transformed axes, to which the input is truncated or padded with
   *     zeros; or null for those of the input
   * @param axes the axes; or null for all of them, if {@code s} is null too
   * @param norm which of a transform and its inverse divides by the number of elements
   * @return a complex64 array
   * @throws IllegalArgumentException if an axis is out of range or repeated, a size is not
   *     positive, or there is not one size for each axis
   */
  public static MlxArray fftn(MlxArray a, int @Nullable [] s, int @Nullable [] axes, FftNorm norm) {
    return transform("fftn", FftNative::fftn, a, s, axes, norm, false);
  }

  // ---- ifft ------------------------------------------------------------------------------------

  /**
   * Equivalent to {@link #ifft(MlxArray, Integer, int, FftNorm) ifft(a, null, -1,
   * FftNorm.BACKWARD)}.
   */
  public static MlxArray ifft(MlxArray a) {
    return ifft(a, null);
  }

  /**
   * Equivalent to {@link #ifft(MlxArray, Integer, int, FftNorm) ifft(a, n, -1, FftNorm.BACKWARD)}.
   */
  public static MlxArray ifft(MlxArray a, @Nullable Integer n) {
    return ifft(a, n, -1);
  }

  /**
   * Equivalent to {@link #ifft(MlxArray, Integer, int, FftNorm) ifft(a, n, axis,
   * FftNorm.BACKWARD)}.
   */
  public static MlxArray ifft(MlxArray a, @Nullable Integer n, int axis) {
    return ifft(a, n, axis, FftNorm.BACKWARD);
  }

  /**
   * Computes the inverse of {@link #fft(MlxArray, Integer, int, FftNorm)}. Mirrors {@code
   * mlx.core.fft.ifft}.
   *
   * @param a the spectrum, with at least one axis
   * @param n the size of the transformed axis, to which the input is truncated or padded with
   *     zeros; or null for the size of the input
   * @param axis the axis
   * @param norm which of a transform and its inverse divides by the number of elements
   * @return a complex64 array
   * @throws IllegalArgumentException if the axis is out of range or the size is not positive
   */
  public static MlxArray ifft(MlxArray a, @Nullable Integer n, int axis, FftNorm norm) {
    int @Nullable [] sizes = n == null ? null : new int[] {n};
    return transform("ifft", FftNative::ifftn, a, sizes, new int[] {axis}, norm, false);
  }

  /**
   * Equivalent to {@link #ifft2(MlxArray, int[], int[], FftNorm) ifft2(a, null, new int[] {-2, -1},
   * FftNorm.BACKWARD)}.
   */
  public static MlxArray ifft2(MlxArray a) {
    return ifft2(a, null, LAST_TWO);
  }

  /**
   * Equivalent to {@link #ifft2(MlxArray, int[], int[], FftNorm) ifft2(a, s, new int[] {-2, -1},
   * FftNorm.BACKWARD)}.
   */
  public static MlxArray ifft2(MlxArray a, int @Nullable [] s) {
    return ifft2(a, s, LAST_TWO);
  }

  /**
   * Equivalent to {@link #ifft2(MlxArray, int[], int[], FftNorm) ifft2(a, s, axes,
   * FftNorm.BACKWARD)}.
   */
  public static MlxArray ifft2(MlxArray a, int @Nullable [] s, int @Nullable [] axes) {
    return ifft2(a, s, axes, FftNorm.BACKWARD);
  }

  /**
   * Computes the inverse of {@link #fft2(MlxArray, int[], int[], FftNorm)}. Mirrors {@code
   * mlx.core.fft.ifft2}.
   *
   * @param a the spectrum, with at least two axes
   * @param s the sizes of the transformed axes, to which the input is truncated or padded with
   *     zeros; or null for those of the input
   * @param axes the axes; or null for all of them, if {@code s} is null too
   * @param norm which of a transform and its inverse divides by the number of elements
   * @return a complex64 array
   * @throws IllegalArgumentException if an axis is out of range or repeated, a size is not
   *     positive, or there is not one size for each axis
   */
  public static MlxArray ifft2(
      MlxArray a, int @Nullable [] s, int @Nullable [] axes, FftNorm norm) {
    return transform("ifft2", FftNative::ifftn, a, s, axes, norm, false);
  }

  /**
   * Equivalent to {@link #ifftn(MlxArray, int[], int[], FftNorm) ifftn(a, null, null,
   * FftNorm.BACKWARD)}.
   */
  public static MlxArray ifftn(MlxArray a) {
    return ifftn(a, null, null);
  }

  /**
   * Equivalent to {@link #ifftn(MlxArray, int[], int[], FftNorm) ifftn(a, s, axes,
   * FftNorm.BACKWARD)}.
   */
  public static MlxArray ifftn(MlxArray a, int @Nullable [] s, int @Nullable [] axes) {
    return ifftn(a, s, axes, FftNorm.BACKWARD);
  }

  /**
   * Computes the inverse of {@link #fftn(MlxArray, int[], int[], FftNorm)}. Mirrors {@code
   * mlx.core.fft.ifftn}.
   *
   * @param a the spectrum, with at least one axis
   * @param s the sizes of the transformed axes, to which the input is truncated or padded with
   *     zeros; or null for those of the input
   * @param axes the axes; or null for all of them, if {@code s} is null too
   * @param norm which of a transform and its inverse divides by the number of elements
   * @return a complex64 array
   * @throws IllegalArgumentException if an axis is out of range or repeated, a size is not
   *     positive, or there is not one size for each axis
   */
  public static MlxArray ifftn(
      MlxArray a, int @Nullable [] s, int @Nullable [] axes, FftNorm norm) {
    return transform("ifftn", FftNative::ifftn, a, s, axes, norm, false);
  }

  // ---- rfft ------------------------------------------------------------------------------------

  /**
   * Equivalent to {@link #rfft(MlxArray, Integer, int, FftNorm) rfft(a, null, -1,
   * FftNorm.BACKWARD)}.
   */
  public static MlxArray rfft(MlxArray a) {
    return rfft(a, null);
  }

  /**
   * Equivalent to {@link #rfft(MlxArray, Integer, int, FftNorm) rfft(a, n, -1, FftNorm.BACKWARD)}.
   */
  public static MlxArray rfft(MlxArray a, @Nullable Integer n) {
    return rfft(a, n, -1);
  }

  /**
   * Equivalent to {@link #rfft(MlxArray, Integer, int, FftNorm) rfft(a, n, axis,
   * FftNorm.BACKWARD)}.
   */
  public static MlxArray rfft(MlxArray a, @Nullable Integer n, int axis) {
    return rfft(a, n, axis, FftNorm.BACKWARD);
  }

  /**
   * Computes the discrete Fourier transform of real numbers along an axis: the first half of the
   * spectrum, which determines the other half. Mirrors {@code mlx.core.fft.rfft}.
   *
   * @param a an array; only the real part of a complex one is used, with at least one axis
   * @param n the size of the transformed axis, to which the input is truncated or padded with
   *     zeros; or null for the size of the input
   * @param axis the axis
   * @param norm which of a transform and its inverse divides by the number of elements
   * @return a complex64 array whose transformed axis has size {@code n / 2 + 1}
   * @throws IllegalArgumentException if the axis is out of range or the size is not positive
   */
  public static MlxArray rfft(MlxArray a, @Nullable Integer n, int axis, FftNorm norm) {
    int @Nullable [] sizes = n == null ? null : new int[] {n};
    return transform("rfft", FftNative::rfftn, a, sizes, new int[] {axis}, norm, false);
  }

  /**
   * Equivalent to {@link #rfft2(MlxArray, int[], int[], FftNorm) rfft2(a, null, new int[] {-2, -1},
   * FftNorm.BACKWARD)}.
   */
  public static MlxArray rfft2(MlxArray a) {
    return rfft2(a, null, LAST_TWO);
  }

  /**
   * Equivalent to {@link #rfft2(MlxArray, int[], int[], FftNorm) rfft2(a, s, new int[] {-2, -1},
   * FftNorm.BACKWARD)}.
   */
  public static MlxArray rfft2(MlxArray a, int @Nullable [] s) {
    return rfft2(a, s, LAST_TWO);
  }

  /**
   * Equivalent to {@link #rfft2(MlxArray, int[], int[], FftNorm) rfft2(a, s, axes,
   * FftNorm.BACKWARD)}.
   */
  public static MlxArray rfft2(MlxArray a, int @Nullable [] s, int @Nullable [] axes) {
    return rfft2(a, s, axes, FftNorm.BACKWARD);
  }

  /**
   * Computes the discrete Fourier transform of real numbers along several axes: the first half of
   * the spectrum along the last of them, which determines the other half. Mirrors {@code
   * mlx.core.fft.rfft2}.
   *
   * @param a an array; only the real part of a complex one is used, with at least two axes
   * @param s the sizes of the transformed axes, to which the input is truncated or padded with
   *     zeros; or null for those of the input
   * @param axes the axes; or null for all of them, if {@code s} is null too
   * @param norm which of a transform and its inverse divides by the number of elements
   * @return a complex64 array whose last transformed axis has size {@code n / 2 + 1}, where {@code
   *     n} is the last of the sizes
   * @throws IllegalArgumentException if an axis is out of range or repeated, a size is not
   *     positive, or there is not one size for each axis
   */
  public static MlxArray rfft2(
      MlxArray a, int @Nullable [] s, int @Nullable [] axes, FftNorm norm) {
    return transform("rfft2", FftNative::rfftn, a, s, axes, norm, false);
  }

  /**
   * Equivalent to {@link #rfftn(MlxArray, int[], int[], FftNorm) rfftn(a, null, null,
   * FftNorm.BACKWARD)}.
   */
  public static MlxArray rfftn(MlxArray a) {
    return rfftn(a, null, null);
  }

  /**
   * Equivalent to {@link #rfftn(MlxArray, int[], int[], FftNorm) rfftn(a, s, axes,
   * FftNorm.BACKWARD)}.
   */
  public static MlxArray rfftn(MlxArray a, int @Nullable [] s, int @Nullable [] axes) {
    return rfftn(a, s, axes, FftNorm.BACKWARD);
  }

  /**
   * Computes the discrete Fourier transform of real numbers along several axes: the first half of
   * the spectrum along the last of them, which determines the other half. Mirrors {@code
   * mlx.core.fft.rfftn}.
   *
   * @param a an array; only the real part of a complex one is used, with at least one axis
   * @param s the sizes of the transformed axes, to which the input is truncated or padded with
   *     zeros; or null for those of the input
   * @param axes the axes; or null for all of them, if {@code s} is null too
   * @param norm which of a transform and its inverse divides by the number of elements
   * @return a complex64 array whose last transformed axis has size {@code n / 2 + 1}, where {@code
   *     n} is the last of the sizes
   * @throws IllegalArgumentException if an axis is out of range or repeated, a size is not
   *     positive, or there is not one size for each axis
   */
  public static MlxArray rfftn(
      MlxArray a, int @Nullable [] s, int @Nullable [] axes, FftNorm norm) {
    return transform("rfftn", FftNative::rfftn, a, s, axes, norm, false);
  }

  // ---- irfft -----------------------------------------------------------------------------------

  /**
   * Equivalent to {@link #irfft(MlxArray, Integer, int, FftNorm) irfft(a, null, -1,
   * FftNorm.BACKWARD)}.
   */
  public static MlxArray irfft(MlxArray a) {
    return irfft(a, null);
  }

  /**
   * Equivalent to {@link #irfft(MlxArray, Integer, int, FftNorm) irfft(a, n, -1,
   * FftNorm.BACKWARD)}.
   */
  public static MlxArray irfft(MlxArray a, @Nullable Integer n) {
    return irfft(a, n, -1);
  }

  /**
   * Equivalent to {@link #irfft(MlxArray, Integer, int, FftNorm) irfft(a, n, axis,
   * FftNorm.BACKWARD)}.
   */
  public static MlxArray irfft(MlxArray a, @Nullable Integer n, int axis) {
    return irfft(a, n, axis, FftNorm.BACKWARD);
  }

  /**
   * Computes the inverse of {@link #rfft(MlxArray, Integer, int, FftNorm)}. Mirrors {@code
   * mlx.core.fft.irfft}.
   *
   * @param a the first half of a spectrum, with at least one axis
   * @param n the size of the transformed axis of the result, for which the first {@code n / 2 + 1}
   *     elements of the spectrum are used; or null for the matching even size, {@code 2 * (size -
   *     1)}
   * @param axis the axis
   * @param norm which of a transform and its inverse divides by the number of elements
   * @return a float32 array whose transformed axis has size {@code n}
   * @throws IllegalArgumentException if the axis is out of range or the size is not positive
   */
  public static MlxArray irfft(MlxArray a, @Nullable Integer n, int axis, FftNorm norm) {
    int @Nullable [] sizes = n == null ? null : new int[] {n};
    return transform("irfft", FftNative::irfftn, a, sizes, new int[] {axis}, norm, true);
  }

  /**
   * Equivalent to {@link #irfft2(MlxArray, int[], int[], FftNorm) irfft2(a, null, new int[] {-2,
   * -1}, FftNorm.BACKWARD)}.
   */
  public static MlxArray irfft2(MlxArray a) {
    return irfft2(a, null, LAST_TWO);
  }

  /**
   * Equivalent to {@link #irfft2(MlxArray, int[], int[], FftNorm) irfft2(a, s, new int[] {-2, -1},
   * FftNorm.BACKWARD)}.
   */
  public static MlxArray irfft2(MlxArray a, int @Nullable [] s) {
    return irfft2(a, s, LAST_TWO);
  }

  /**
   * Equivalent to {@link #irfft2(MlxArray, int[], int[], FftNorm) irfft2(a, s, axes,
   * FftNorm.BACKWARD)}.
   */
  public static MlxArray irfft2(MlxArray a, int @Nullable [] s, int @Nullable [] axes) {
    return irfft2(a, s, axes, FftNorm.BACKWARD);
  }

  /**
   * Computes the inverse of {@link #rfft2(MlxArray, int[], int[], FftNorm)}. Mirrors {@code
   * mlx.core.fft.irfft2}.
   *
   * @param a the first half of a spectrum, with at least two axes
   * @param s the sizes of the transformed axes of the result; or null for those of the input, with
   *     the matching even size for the last one
   * @param axes the axes; or null for all of them, if {@code s} is null too
   * @param norm which of a transform and its inverse divides by the number of elements
   * @return a float32 array
   * @throws IllegalArgumentException if an axis is out of range or repeated, a size is not
   *     positive, or there is not one size for each axis
   */
  public static MlxArray irfft2(
      MlxArray a, int @Nullable [] s, int @Nullable [] axes, FftNorm norm) {
    return transform("irfft2", FftNative::irfftn, a, s, axes, norm, true);
  }

  /**
   * Equivalent to {@link #irfftn(MlxArray, int[], int[], FftNorm) irfftn(a, null, null,
   * FftNorm.BACKWARD)}.
   */
  public static MlxArray irfftn(MlxArray a) {
    return irfftn(a, null, null);
  }

  /**
   * Equivalent to {@link #irfftn(MlxArray, int[], int[], FftNorm) irfftn(a, s, axes,
   * FftNorm.BACKWARD)}.
   */
  public static MlxArray irfftn(MlxArray a, int @Nullable [] s, int @Nullable [] axes) {
    return irfftn(a, s, axes, FftNorm.BACKWARD);
  }

  /**
   * Computes the inverse of {@link #rfftn(MlxArray, int[], int[], FftNorm)}. Mirrors {@code
   * mlx.core.fft.irfftn}.
   *
   * @param a the first half of a spectrum, with at least one axis
   * @param s the sizes of the transformed axes of the result; or null for those of the input, with
   *     the matching even size for the last one
   * @param axes the axes; or null for all of them, if {@code s} is null too
   * @param norm which of a transform and its inverse divides by the number of elements
   * @return a float32 array
   * @throws IllegalArgumentException if an axis is out of range or repeated, a size is not
   *     positive, or there is not one size for each axis
   */
  public static MlxArray irfftn(
      MlxArray a, int @Nullable [] s, int @Nullable [] axes, FftNorm norm) {
    return transform("irfftn", FftNative::irfftn, a, s, axes, norm, true);
  }

  // ---- frequencies -----------------------------------------------------------------------------

  /** Equivalent to {@link #fftfreq(int, double) fftfreq(n, 1)}. */
  public static MlxArray fftfreq(int n) {
    return fftfreq(n, 1);
  }

  /**
   * Returns the frequencies of the elements of {@link #fft(MlxArray)}: first those from 0 upward,
   * then the negative ones. Mirrors {@code mlx.core.fft.fftfreq}.
   *
   * @param n the size of the transformed axis
   * @param d the distance between two samples
   * @return a float32 array of shape {@code (n)}
   * @throws IllegalArgumentException if {@code n} is not positive or {@code d} is zero
   */
  public static MlxArray fftfreq(int n, double d) {
    return creation("fftfreq", s -> FftNative.fftfreq(n, d, s));
  }

  /** Equivalent to {@link #rfftfreq(int, double) rfftfreq(n, 1)}. */
  public static MlxArray rfftfreq(int n) {
    return rfftfreq(n, 1);
  }

  /**
   * Returns the frequencies of the elements of {@link #rfft(MlxArray)}. Mirrors {@code
   * mlx.core.fft.rfftfreq}.
   *
   * @param n the size of the transformed axis
   * @param d the distance between two samples
   * @return a float32 array of shape {@code (n / 2 + 1)}
   * @throws IllegalArgumentException if {@code n} is not positive or {@code d} is zero
   */
  public static MlxArray rfftfreq(int n, double d) {
    return creation("rfftfreq", s -> FftNative.rfftfreq(n, d, s));
  }

  /** Equivalent to {@link #fftshift(MlxArray, int[])} along all axes. */
  public static MlxArray fftshift(MlxArray a) {
    return fftshift(a, Axes.all(Call.argument("fftshift", 0, a).ndim()));
  }

  /** Equivalent to {@link #fftshift(MlxArray, int[]) fftshift(a, new int[] {axis})}. */
  public static MlxArray fftshift(MlxArray a, int axis) {
    return fftshift(a, new int[] {axis});
  }

  /**
   * Moves the frequency zero from the beginning to the middle of axes. Mirrors {@code
   * mlx.core.fft.fftshift}.
   *
   * @param a an array
   * @param axes the axes to shift
   * @return an array of the same shape
   * @throws IllegalArgumentException if an axis is out of range or repeated
   */
  public static MlxArray fftshift(MlxArray a, int[] axes) {
    int[] resolved = Axes.resolveDistinct("fftshift", axes, Call.argument("fftshift", 0, a).ndim());
    return unary("fftshift", (x, s) -> FftNative.fftshift(x, resolved, s), a);
  }

  /** Equivalent to {@link #ifftshift(MlxArray, int[])} along all axes. */
  public static MlxArray ifftshift(MlxArray a) {
    return ifftshift(a, Axes.all(Call.argument("ifftshift", 0, a).ndim()));
  }

  /** Equivalent to {@link #ifftshift(MlxArray, int[]) ifftshift(a, new int[] {axis})}. */
  public static MlxArray ifftshift(MlxArray a, int axis) {
    return ifftshift(a, new int[] {axis});
  }

  /**
   * Undoes {@link #fftshift(MlxArray, int[])}. Mirrors {@code mlx.core.fft.ifftshift}.
   *
   * @param a an array
   * @param axes the axes to shift
   * @return an array of the same shape
   * @throws IllegalArgumentException if an axis is out of range or repeated
   */
  public static MlxArray ifftshift(MlxArray a, int[] axes) {
    int[] resolved =
        Axes.resolveDistinct("ifftshift", axes, Call.argument("ifftshift", 0, a).ndim());
    return unary("ifftshift", (x, s) -> FftNative.ifftshift(x, resolved, s), a);
  }

  // ---- short-time transforms -------------------------------------------------------------------

  /**
   * Equivalent to {@link #stft(MlxArray, int, Integer, Integer, MlxArray, boolean, PadMode,
   * FftNorm, Boolean) stft(x, 2048, null, null, null, true, PadMode.REFLECT, FftNorm.BACKWARD,
   * null)}.
   */
  public static MlxArray stft(MlxArray x) {
    return stft(x, 2048);
  }

  /**
   * Equivalent to {@link #stft(MlxArray, int, Integer, Integer, MlxArray, boolean, PadMode,
   * FftNorm, Boolean) stft(x, nFft, null, null, null, true, PadMode.REFLECT, FftNorm.BACKWARD,
   * null)}.
   */
  public static MlxArray stft(MlxArray x, int nFft) {
    return stft(x, nFft, null, null, null);
  }

  /**
   * Equivalent to {@link #stft(MlxArray, int, Integer, Integer, MlxArray, boolean, PadMode,
   * FftNorm, Boolean) stft(x, nFft, hopLength, winLength, window, true, PadMode.REFLECT,
   * FftNorm.BACKWARD, null)}.
   */
  public static MlxArray stft(
      MlxArray x,
      int nFft,
      @Nullable Integer hopLength,
      @Nullable Integer winLength,
      @Nullable MlxArray window) {
    return stft(
        x, nFft, hopLength, winLength, window, true, PadMode.REFLECT, FftNorm.BACKWARD, null);
  }

  /**
   * Computes the short-time Fourier transform along the last axis: the transforms of overlapping
   * frames, each multiplied by a window. Mirrors {@code mlx.core.fft.stft}.
   *
   * @param x an array with at least one axis
   * @param nFft the number of elements of a frame
   * @param hopLength the distance between two frames; or null for {@code nFft / 4}
   * @param winLength the length of the window; or null for {@code nFft}; ignored if there is a
   *     window
   * @param window a vector of at most {@code nFft} elements, which is padded with zeros at both
   *     ends; or null for a window of ones
   * @param center whether both ends are padded with {@code nFft / 2} elements, so that frame {@code
   *     t} is centered at element {@code t * hopLength}
   * @param padMode how the ends are padded
   * @param norm which of a transform and its inverse divides by the number of elements
   * @param onesided whether the negative frequencies are omitted; or null to omit them for a real
   *     array
   * @return a complex64 array of shape {@code (…, frequencies, frames)}
   * @throws IllegalArgumentException if the array is shorter than a frame, the window is longer
   *     than a frame, or a number is not positive
   */
  public static MlxArray stft(
      MlxArray x,
      int nFft,
      @Nullable Integer hopLength,
      @Nullable Integer winLength,
      @Nullable MlxArray window,
      boolean center,
      PadMode padMode,
      FftNorm norm,
      @Nullable Boolean onesided) {
    int[] shape = Call.argument("stft", 0, x).shape();
    int length = shape.length == 0 ? 0 : shape[shape.length - 1];
    if (length == 0) {
      throw new IllegalArgumentException(
          "[stft] the shape is "
              + Arrays.toString(shape)
              + "; the array must have a last axis that is not empty");
    }
    Frames frames = new Frames("stft", nFft, hopLength, winLength);
    frames.requireCountable(length + (long) nFft);
    Call.notNull("stft", "the padding mode", padMode);
    int code = Call.notNull("stft", "the norm", norm).code();
    boolean half = onesided == null ? x.dtype() != DType.COMPLEX64 : onesided;
    try (Scope scope = Scope.open()) {
      MlxArray continued = center ? continued(x, nFft / 2, padMode) : x;
      return scope.keep(
          withWindow(
              "stft",
              (a, w, s) ->
                  FftNative.stft(
                      a, nFft, frames.hop, frames.window, w, false, "constant", code, half, s),
              continued,
              window));
    }
  }

  /** MLX would pad the ends piece by piece, and there may be many pieces. */
  private static MlxArray continued(MlxArray x, int width, PadMode mode) {
    int[][] widths = new int[x.ndim()][2];
    Arrays.fill(widths[widths.length - 1], width);
    return x.pad(widths, mode);
  }

  /**
   * Equivalent to {@link #istft(MlxArray, Integer, Integer, Integer, MlxArray, boolean, FftNorm,
   * Boolean, Integer) istft(stftMatrix, null, null, null, null, true, FftNorm.BACKWARD, null,
   * null)}.
   */
  public static MlxArray istft(MlxArray stftMatrix) {
    return istft(stftMatrix, null);
  }

  /**
   * Equivalent to {@link #istft(MlxArray, Integer, Integer, Integer, MlxArray, boolean, FftNorm,
   * Boolean, Integer) istft(stftMatrix, nFft, null, null, null, true, FftNorm.BACKWARD, null,
   * null)}.
   */
  public static MlxArray istft(MlxArray stftMatrix, @Nullable Integer nFft) {
    return istft(stftMatrix, nFft, null, null, null);
  }

  /**
   * Equivalent to {@link #istft(MlxArray, Integer, Integer, Integer, MlxArray, boolean, FftNorm,
   * Boolean, Integer) istft(stftMatrix, nFft, hopLength, winLength, window, true, FftNorm.BACKWARD,
   * null, null)}.
   */
  public static MlxArray istft(
      MlxArray stftMatrix,
      @Nullable Integer nFft,
      @Nullable Integer hopLength,
      @Nullable Integer winLength,
      @Nullable MlxArray window) {
    return istft(
        stftMatrix, nFft, hopLength, winLength, window, true, FftNorm.BACKWARD, null, null);
  }

  /**
   * Computes the inverse of {@link #stft(MlxArray)}: each frame is transformed back, multiplied by
   * the window and added at its position; the sum is divided by that of the squared windows.
   * Mirrors {@code mlx.core.fft.istft}.
   *
   * @param stftMatrix an array of shape {@code (…, frequencies, frames)}
   * @param nFft the number of elements of a frame; or null for the matching number: {@code 2 *
   *     (frequencies - 1)}, or {@code frequencies} for a two-sided spectrum
   * @param hopLength the distance between two frames; or null for {@code nFft / 4}
   * @param winLength the length of the window; or null for {@code nFft}; ignored if there is a
   *     window
   * @param window a vector of at most {@code nFft} elements, which is padded with zeros at both
   *     ends; or null for a window of ones
   * @param center whether the frames were centered, so that {@code nFft / 2} elements are removed
   *     at both ends
   * @param norm which of a transform and its inverse divides by the number of elements
   * @param onesided whether the negative frequencies were omitted; null means that they were
   * @param length the number of elements to which the result is truncated or padded with zeros; or
   *     null for as many as there are
   * @return a float32 array, or a complex64 array for a two-sided spectrum
   * @throws IllegalArgumentException if there are no frames, the window is longer than a frame, or
   *     a number is not positive
   */
  public static MlxArray istft(
      MlxArray stftMatrix,
      @Nullable Integer nFft,
      @Nullable Integer hopLength,
      @Nullable Integer winLength,
      @Nullable MlxArray window,
      boolean center,
      FftNorm norm,
      @Nullable Boolean onesided,
      @Nullable Integer length) {
    int[] shape = Call.argument("istft", 0, stftMatrix).shape();
    int ndim = shape.length;
    if (ndim < 2 || shape[ndim - 2] == 0 || shape[ndim - 1] == 0) {
      throw new IllegalArgumentException(
          "[istft] the shape is "
              + Arrays.toString(shape)
              + "; the last two axes must be non-empty frequency and frame axes");
    }
    boolean half = onesided == null || onesided;
    int size = nFft != null ? nFft : half ? 2 * (shape[ndim - 2] - 1) : shape[ndim - 2];
    Frames frames = new Frames("istft", size, hopLength, winLength);
    frames.requireCountable((shape[ndim - 1] - 1L) * frames.hop + 2L * (size + (long) frames.hop));
    if (size / frames.hop > MOST_OVERLAPPING) {
      throw new IllegalArgumentException(
          "[istft] "
              + (size / frames.hop)
              + " frames overlap with nFft "
              + size
              + " and hop length "
              + frames.hop
              + "; at most "
              + MOST_OVERLAPPING
              + " may overlap");
    }
    if (length != null && length < 0) {
      throw new IllegalArgumentException(
          "[istft] length is " + length + "; it must not be negative");
    }
    int cut = length == null ? -1 : length;
    int code = Call.notNull("istft", "the norm", norm).code();
    return withWindow(
        "istft",
        (a, w, s) ->
            FftNative.istft(a, size, frames.hop, frames.window, w, center, code, half, cut, s),
        stftMatrix,
        window);
  }

  // ---- arguments -------------------------------------------------------------------------------

  private interface Transform {
    long apply(long a, int[] sizes, int[] axes, int norm, long stream);
  }

  /** Fills in the sizes and axes that are null, because MLX reads them before it checks them. */
  private static MlxArray transform(
      String function,
      Transform operation,
      MlxArray a,
      int @Nullable [] s,
      int @Nullable [] axes,
      FftNorm norm,
      boolean toReal) {
    int[] shape = Call.argument(function, 0, a).shape();
    if (axes == null && s != null) {
      throw new IllegalArgumentException(
          "[" + function + "] there are sizes but no axes; the axes must be given with the sizes");
    }
    int[] resolved =
        axes == null ? Axes.all(shape.length) : Axes.resolveDistinct(function, axes, shape.length);
    int[] sizes = s == null ? sizes(shape, resolved, toReal) : s;
    if (sizes.length != resolved.length) {
      throw new IllegalArgumentException(
          "["
              + function
              + "] the sizes are "
              + Arrays.toString(sizes)
              + " and the axes "
              + Arrays.toString(axes)
              + "; there must be one size for each axis");
    }
    int[] whole = shape.clone();
    for (int i = 0; i < sizes.length; i++) {
      if (sizes[i] <= 0) {
        throw new IllegalArgumentException(
            "["
                + function
                + "] the sizes of the transformed axes are "
                + Arrays.toString(sizes)
                + " for an array of shape "
                + Arrays.toString(shape)
                + "; they must be positive");
      }
      whole[resolved[i]] = sizes[i];
    }
    Sizes.require(function, whole, DType.COMPLEX64);
    int code = Call.notNull(function, "the norm", norm).code();
    return unary(function, (x, stream) -> operation.apply(x, sizes, resolved, code, stream), a);
  }

  private static int[] sizes(int[] shape, int[] axes, boolean toReal) {
    int[] sizes = Arrays.stream(axes).map(axis -> shape[axis]).toArray();
    if (toReal && sizes.length > 0) {
      sizes[sizes.length - 1] = 2 * (sizes[sizes.length - 1] - 1);
    }
    return sizes;
  }

  private interface Windowed {
    long apply(long a, long window, long stream);
  }

  private static MlxArray withWindow(
      String function, Windowed operation, MlxArray a, @Nullable MlxArray window) {
    return window == null
        ? unary(function, (x, s) -> operation.apply(x, 0, s), a)
        : Call.binary(function, operation::apply, a, window);
  }

  /** The division of a signal into frames. */
  private static final class Frames {
    final String function;
    final int hop;
    final int window;

    Frames(String function, int size, @Nullable Integer hopLength, @Nullable Integer winLength) {
      this.function = function;
      requirePositive("nFft", size);
      hop = hopLength == null ? size / 4 : hopLength;
      requirePositive("hopLength", hop);
      window = winLength == null ? size : winLength;
      requirePositive("winLength", window);
    }

    private void requirePositive(String argument, int value) {
      if (value <= 0) {
        throw Call.refused(function, argument, value, "it must be positive");
      }
    }

    void requireCountable(long elements) {
      if (elements > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(
            "["
                + function
                + "] the frames extend over more than 2^31 - 1 elements; that is too many");
      }
    }
  }
}
