package org.mlx4j;

import static org.mlx4j.Call.creation;
import static org.mlx4j.Call.unary;

import java.util.Arrays;
import org.mlx4j.internal.FftNative;

/**
 * Fourier transforms. Mirrors {@code mlx.core.fft}.
 *
 * <p>Transforms are computed in single precision whatever the dtype: results are complex64, those
 * of {@link #irfft}, {@link #irfft2}, {@link #irfftn} and {@link #istft} float32.
 *
 * <pre>{@code
 * MlxArray spectrum = Fft.rfft(signal);                  // of shape (n / 2 + 1)
 * MlxArray again = Fft.irfft(spectrum, signal.dim(0));
 * }</pre>
 */
public final class Fft {
  private static final int[] LAST_TWO = {-2, -1};

  /** MLX adds overlapping frames by an operation for each, and crashes when there are too many. */
  private static final int MOST_OVERLAPPING = 8192;

  private Fft() {}

  // ---- fft -------------------------------------------------------------------------------------

  /**
   * The discrete Fourier transform, along the last axis. Mirrors {@code mlx.core.fft.fft}.
   *
   * @param a an array, with at least one axis
   * @return a complex64 array
   * @throws IllegalArgumentException if an axis is out of range, or a size is not positive
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray fft(MlxArray a) {
    return fft(a, null);
  }

  /**
   * The discrete Fourier transform, along the last axis. Mirrors {@code mlx.core.fft.fft}.
   *
   * @param a an array, with at least one axis
   * @param n the size of the transformed axis; the input is cut off or continued with zeros to that
   *     size, or null for the size of the input
   * @return a complex64 array
   * @throws IllegalArgumentException if an axis is out of range, or a size is not positive
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray fft(MlxArray a, Integer n) {
    return fft(a, n, -1);
  }

  /**
   * The discrete Fourier transform, along an axis. Mirrors {@code mlx.core.fft.fft}.
   *
   * @param a an array, with at least one axis
   * @param n the size of the transformed axis; the input is cut off or continued with zeros to that
   *     size, or null for the size of the input
   * @param axis the axis; counts from the end when negative
   * @return a complex64 array
   * @throws IllegalArgumentException if an axis is out of range, or a size is not positive
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray fft(MlxArray a, Integer n, int axis) {
    return fft(a, n, axis, FftNorm.BACKWARD);
  }

  /**
   * The discrete Fourier transform, along an axis. Mirrors {@code mlx.core.fft.fft}.
   *
   * @param a an array, with at least one axis
   * @param n the size of the transformed axis; the input is cut off or continued with zeros to that
   *     size, or null for the size of the input
   * @param axis the axis; counts from the end when negative
   * @param norm which transform divides by the number of elements
   * @return a complex64 array
   * @throws IllegalArgumentException if an axis is out of range, or a size is not positive
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray fft(MlxArray a, Integer n, int axis, FftNorm norm) {
    int[] sizes = n == null ? null : new int[] {n};
    return transform("fft", FftNative::fftn, a, sizes, new int[] {axis}, norm, false);
  }

  /**
   * The discrete Fourier transform, along the last two axes. Mirrors {@code mlx.core.fft.fft2}.
   *
   * @param a an array, with at least two axes
   * @return a complex64 array
   * @throws IllegalArgumentException if an axis is out of range, or a size is not positive
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray fft2(MlxArray a) {
    return fft2(a, null, LAST_TWO);
  }

  /**
   * The discrete Fourier transform, along the last two axes. Mirrors {@code mlx.core.fft.fft2}.
   *
   * @param a an array, with at least two axes
   * @param s the sizes of the transformed axes, to which the input is cut off or continued with
   *     zeros, or null for those of the input
   * @return a complex64 array
   * @throws IllegalArgumentException if an axis is out of range or given twice, a size is not
   *     positive, or there are not as many sizes as axes
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray fft2(MlxArray a, int[] s) {
    return fft2(a, s, LAST_TWO);
  }

  /**
   * The discrete Fourier transform, along some axes. Mirrors {@code mlx.core.fft.fft2}.
   *
   * @param a an array, with at least two axes
   * @param s the sizes of the transformed axes, to which the input is cut off or continued with
   *     zeros, or null for those of the input
   * @param axes the axes; count from the end when negative, or null for all, which is only allowed
   *     without sizes
   * @return a complex64 array
   * @throws IllegalArgumentException if an axis is out of range or given twice, a size is not
   *     positive, or there are not as many sizes as axes
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray fft2(MlxArray a, int[] s, int[] axes) {
    return fft2(a, s, axes, FftNorm.BACKWARD);
  }

  /**
   * The discrete Fourier transform, along some axes. Mirrors {@code mlx.core.fft.fft2}.
   *
   * @param a an array, with at least two axes
   * @param s the sizes of the transformed axes, to which the input is cut off or continued with
   *     zeros, or null for those of the input
   * @param axes the axes; count from the end when negative, or null for all, which is only allowed
   *     without sizes
   * @param norm which transform divides by the number of elements
   * @return a complex64 array
   * @throws IllegalArgumentException if an axis is out of range or given twice, a size is not
   *     positive, or there are not as many sizes as axes
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray fft2(MlxArray a, int[] s, int[] axes, FftNorm norm) {
    return transform("fft2", FftNative::fftn, a, s, axes, norm, false);
  }

  /**
   * The discrete Fourier transform, along all axes. Mirrors {@code mlx.core.fft.fftn}.
   *
   * @param a an array, with at least one axis
   * @return a complex64 array
   * @throws IllegalArgumentException if an axis is out of range, or a size is not positive
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray fftn(MlxArray a) {
    return fftn(a, null, null);
  }

  /**
   * The discrete Fourier transform, along some axes. Mirrors {@code mlx.core.fft.fftn}.
   *
   * @param a an array, with at least one axis
   * @param s the sizes of the transformed axes, to which the input is cut off or continued with
   *     zeros, or null for those of the input
   * @param axes the axes; count from the end when negative, or null for all, which is only allowed
   *     without sizes
   * @return a complex64 array
   * @throws IllegalArgumentException if an axis is out of range or given twice, a size is not
   *     positive, or there are not as many sizes as axes
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray fftn(MlxArray a, int[] s, int[] axes) {
    return fftn(a, s, axes, FftNorm.BACKWARD);
  }

  /**
   * The discrete Fourier transform, along some axes. Mirrors {@code mlx.core.fft.fftn}.
   *
   * @param a an array, with at least one axis
   * @param s the sizes of the transformed axes, to which the input is cut off or continued with
   *     zeros, or null for those of the input
   * @param axes the axes; count from the end when negative, or null for all, which is only allowed
   *     without sizes
   * @param norm which transform divides by the number of elements
   * @return a complex64 array
   * @throws IllegalArgumentException if an axis is out of range or given twice, a size is not
   *     positive, or there are not as many sizes as axes
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray fftn(MlxArray a, int[] s, int[] axes, FftNorm norm) {
    return transform("fftn", FftNative::fftn, a, s, axes, norm, false);
  }

  // ---- ifft ------------------------------------------------------------------------------------

  /**
   * The inverse of {@link #fft}, along the last axis. Mirrors {@code mlx.core.fft.ifft}.
   *
   * @param a the spectrum, with at least one axis
   * @return a complex64 array
   * @throws IllegalArgumentException if an axis is out of range, or a size is not positive
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray ifft(MlxArray a) {
    return ifft(a, null);
  }

  /**
   * The inverse of {@link #fft}, along the last axis. Mirrors {@code mlx.core.fft.ifft}.
   *
   * @param a the spectrum, with at least one axis
   * @param n the size of the transformed axis; the input is cut off or continued with zeros to that
   *     size, or null for the size of the input
   * @return a complex64 array
   * @throws IllegalArgumentException if an axis is out of range, or a size is not positive
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray ifft(MlxArray a, Integer n) {
    return ifft(a, n, -1);
  }

  /**
   * The inverse of {@link #fft}, along an axis. Mirrors {@code mlx.core.fft.ifft}.
   *
   * @param a the spectrum, with at least one axis
   * @param n the size of the transformed axis; the input is cut off or continued with zeros to that
   *     size, or null for the size of the input
   * @param axis the axis; counts from the end when negative
   * @return a complex64 array
   * @throws IllegalArgumentException if an axis is out of range, or a size is not positive
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray ifft(MlxArray a, Integer n, int axis) {
    return ifft(a, n, axis, FftNorm.BACKWARD);
  }

  /**
   * The inverse of {@link #fft}, along an axis. Mirrors {@code mlx.core.fft.ifft}.
   *
   * @param a the spectrum, with at least one axis
   * @param n the size of the transformed axis; the input is cut off or continued with zeros to that
   *     size, or null for the size of the input
   * @param axis the axis; counts from the end when negative
   * @param norm which transform divides by the number of elements
   * @return a complex64 array
   * @throws IllegalArgumentException if an axis is out of range, or a size is not positive
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray ifft(MlxArray a, Integer n, int axis, FftNorm norm) {
    int[] sizes = n == null ? null : new int[] {n};
    return transform("ifft", FftNative::ifftn, a, sizes, new int[] {axis}, norm, false);
  }

  /**
   * The inverse of {@link #fft2}, along the last two axes. Mirrors {@code mlx.core.fft.ifft2}.
   *
   * @param a the spectrum, with at least two axes
   * @return a complex64 array
   * @throws IllegalArgumentException if an axis is out of range, or a size is not positive
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray ifft2(MlxArray a) {
    return ifft2(a, null, LAST_TWO);
  }

  /**
   * The inverse of {@link #fft2}, along the last two axes. Mirrors {@code mlx.core.fft.ifft2}.
   *
   * @param a the spectrum, with at least two axes
   * @param s the sizes of the transformed axes, to which the input is cut off or continued with
   *     zeros, or null for those of the input
   * @return a complex64 array
   * @throws IllegalArgumentException if an axis is out of range or given twice, a size is not
   *     positive, or there are not as many sizes as axes
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray ifft2(MlxArray a, int[] s) {
    return ifft2(a, s, LAST_TWO);
  }

  /**
   * The inverse of {@link #fft2}, along some axes. Mirrors {@code mlx.core.fft.ifft2}.
   *
   * @param a the spectrum, with at least two axes
   * @param s the sizes of the transformed axes, to which the input is cut off or continued with
   *     zeros, or null for those of the input
   * @param axes the axes; count from the end when negative, or null for all, which is only allowed
   *     without sizes
   * @return a complex64 array
   * @throws IllegalArgumentException if an axis is out of range or given twice, a size is not
   *     positive, or there are not as many sizes as axes
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray ifft2(MlxArray a, int[] s, int[] axes) {
    return ifft2(a, s, axes, FftNorm.BACKWARD);
  }

  /**
   * The inverse of {@link #fft2}, along some axes. Mirrors {@code mlx.core.fft.ifft2}.
   *
   * @param a the spectrum, with at least two axes
   * @param s the sizes of the transformed axes, to which the input is cut off or continued with
   *     zeros, or null for those of the input
   * @param axes the axes; count from the end when negative, or null for all, which is only allowed
   *     without sizes
   * @param norm which transform divides by the number of elements
   * @return a complex64 array
   * @throws IllegalArgumentException if an axis is out of range or given twice, a size is not
   *     positive, or there are not as many sizes as axes
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray ifft2(MlxArray a, int[] s, int[] axes, FftNorm norm) {
    return transform("ifft2", FftNative::ifftn, a, s, axes, norm, false);
  }

  /**
   * The inverse of {@link #fftn}, along all axes. Mirrors {@code mlx.core.fft.ifftn}.
   *
   * @param a the spectrum, with at least one axis
   * @return a complex64 array
   * @throws IllegalArgumentException if an axis is out of range, or a size is not positive
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray ifftn(MlxArray a) {
    return ifftn(a, null, null);
  }

  /**
   * The inverse of {@link #fftn}, along some axes. Mirrors {@code mlx.core.fft.ifftn}.
   *
   * @param a the spectrum, with at least one axis
   * @param s the sizes of the transformed axes, to which the input is cut off or continued with
   *     zeros, or null for those of the input
   * @param axes the axes; count from the end when negative, or null for all, which is only allowed
   *     without sizes
   * @return a complex64 array
   * @throws IllegalArgumentException if an axis is out of range or given twice, a size is not
   *     positive, or there are not as many sizes as axes
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray ifftn(MlxArray a, int[] s, int[] axes) {
    return ifftn(a, s, axes, FftNorm.BACKWARD);
  }

  /**
   * The inverse of {@link #fftn}, along some axes. Mirrors {@code mlx.core.fft.ifftn}.
   *
   * @param a the spectrum, with at least one axis
   * @param s the sizes of the transformed axes, to which the input is cut off or continued with
   *     zeros, or null for those of the input
   * @param axes the axes; count from the end when negative, or null for all, which is only allowed
   *     without sizes
   * @param norm which transform divides by the number of elements
   * @return a complex64 array
   * @throws IllegalArgumentException if an axis is out of range or given twice, a size is not
   *     positive, or there are not as many sizes as axes
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray ifftn(MlxArray a, int[] s, int[] axes, FftNorm norm) {
    return transform("ifftn", FftNative::ifftn, a, s, axes, norm, false);
  }

  // ---- rfft ------------------------------------------------------------------------------------

  /**
   * The discrete Fourier transform of real numbers: the first half of the spectrum, which
   * determines the other, along the last axis. Mirrors {@code mlx.core.fft.rfft}.
   *
   * @param a an array, of which a complex one gives its real part, with at least one axis
   * @return a complex64 array whose transformed axis has size {@code n / 2 + 1}
   * @throws IllegalArgumentException if an axis is out of range, or a size is not positive
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray rfft(MlxArray a) {
    return rfft(a, null);
  }

  /**
   * The discrete Fourier transform of real numbers: the first half of the spectrum, which
   * determines the other, along the last axis. Mirrors {@code mlx.core.fft.rfft}.
   *
   * @param a an array, of which a complex one gives its real part, with at least one axis
   * @param n the size of the transformed axis; the input is cut off or continued with zeros to that
   *     size, or null for the size of the input
   * @return a complex64 array whose transformed axis has size {@code n / 2 + 1}
   * @throws IllegalArgumentException if an axis is out of range, or a size is not positive
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray rfft(MlxArray a, Integer n) {
    return rfft(a, n, -1);
  }

  /**
   * The discrete Fourier transform of real numbers: the first half of the spectrum, which
   * determines the other, along an axis. Mirrors {@code mlx.core.fft.rfft}.
   *
   * @param a an array, of which a complex one gives its real part, with at least one axis
   * @param n the size of the transformed axis; the input is cut off or continued with zeros to that
   *     size, or null for the size of the input
   * @param axis the axis; counts from the end when negative
   * @return a complex64 array whose transformed axis has size {@code n / 2 + 1}
   * @throws IllegalArgumentException if an axis is out of range, or a size is not positive
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray rfft(MlxArray a, Integer n, int axis) {
    return rfft(a, n, axis, FftNorm.BACKWARD);
  }

  /**
   * The discrete Fourier transform of real numbers: the first half of the spectrum, which
   * determines the other, along an axis. Mirrors {@code mlx.core.fft.rfft}.
   *
   * @param a an array, of which a complex one gives its real part, with at least one axis
   * @param n the size of the transformed axis; the input is cut off or continued with zeros to that
   *     size, or null for the size of the input
   * @param axis the axis; counts from the end when negative
   * @param norm which transform divides by the number of elements
   * @return a complex64 array whose transformed axis has size {@code n / 2 + 1}
   * @throws IllegalArgumentException if an axis is out of range, or a size is not positive
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray rfft(MlxArray a, Integer n, int axis, FftNorm norm) {
    int[] sizes = n == null ? null : new int[] {n};
    return transform("rfft", FftNative::rfftn, a, sizes, new int[] {axis}, norm, false);
  }

  /**
   * The discrete Fourier transform of real numbers: the first half of the spectrum along the last
   * of the axes that are transformed: along the last two axes. Mirrors {@code mlx.core.fft.rfft2}.
   *
   * @param a an array, of which a complex one gives its real part, with at least two axes
   * @return a complex64 array, whose last transformed axis has size {@code s / 2 + 1} for the last
   *     of the sizes
   * @throws IllegalArgumentException if an axis is out of range, or a size is not positive
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray rfft2(MlxArray a) {
    return rfft2(a, null, LAST_TWO);
  }

  /**
   * The discrete Fourier transform of real numbers: the first half of the spectrum along the last
   * of the axes that are transformed: along the last two axes. Mirrors {@code mlx.core.fft.rfft2}.
   *
   * @param a an array, of which a complex one gives its real part, with at least two axes
   * @param s the sizes of the transformed axes, to which the input is cut off or continued with
   *     zeros, or null for those of the input
   * @return a complex64 array, whose last transformed axis has size {@code s / 2 + 1} for the last
   *     of the sizes
   * @throws IllegalArgumentException if an axis is out of range or given twice, a size is not
   *     positive, or there are not as many sizes as axes
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray rfft2(MlxArray a, int[] s) {
    return rfft2(a, s, LAST_TWO);
  }

  /**
   * The discrete Fourier transform of real numbers: the first half of the spectrum along the last
   * of the axes given. Mirrors {@code mlx.core.fft.rfft2}.
   *
   * @param a an array, of which a complex one gives its real part, with at least two axes
   * @param s the sizes of the transformed axes, to which the input is cut off or continued with
   *     zeros, or null for those of the input
   * @param axes the axes; count from the end when negative, or null for all, which is only allowed
   *     without sizes
   * @return a complex64 array, whose last transformed axis has size {@code s / 2 + 1} for the last
   *     of the sizes
   * @throws IllegalArgumentException if an axis is out of range or given twice, a size is not
   *     positive, or there are not as many sizes as axes
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray rfft2(MlxArray a, int[] s, int[] axes) {
    return rfft2(a, s, axes, FftNorm.BACKWARD);
  }

  /**
   * The discrete Fourier transform of real numbers: the first half of the spectrum along the last
   * of the axes given. Mirrors {@code mlx.core.fft.rfft2}.
   *
   * @param a an array, of which a complex one gives its real part, with at least two axes
   * @param s the sizes of the transformed axes, to which the input is cut off or continued with
   *     zeros, or null for those of the input
   * @param axes the axes; count from the end when negative, or null for all, which is only allowed
   *     without sizes
   * @param norm which transform divides by the number of elements
   * @return a complex64 array, whose last transformed axis has size {@code s / 2 + 1} for the last
   *     of the sizes
   * @throws IllegalArgumentException if an axis is out of range or given twice, a size is not
   *     positive, or there are not as many sizes as axes
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray rfft2(MlxArray a, int[] s, int[] axes, FftNorm norm) {
    return transform("rfft2", FftNative::rfftn, a, s, axes, norm, false);
  }

  /**
   * The discrete Fourier transform of real numbers: the first half of the spectrum along the last
   * of the axes that are transformed: along all axes. Mirrors {@code mlx.core.fft.rfftn}.
   *
   * @param a an array, of which a complex one gives its real part, with at least one axis
   * @return a complex64 array, whose last transformed axis has size {@code s / 2 + 1} for the last
   *     of the sizes
   * @throws IllegalArgumentException if an axis is out of range, or a size is not positive
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray rfftn(MlxArray a) {
    return rfftn(a, null, null);
  }

  /**
   * The discrete Fourier transform of real numbers: the first half of the spectrum along the last
   * of the axes given. Mirrors {@code mlx.core.fft.rfftn}.
   *
   * @param a an array, of which a complex one gives its real part, with at least one axis
   * @param s the sizes of the transformed axes, to which the input is cut off or continued with
   *     zeros, or null for those of the input
   * @param axes the axes; count from the end when negative, or null for all, which is only allowed
   *     without sizes
   * @return a complex64 array, whose last transformed axis has size {@code s / 2 + 1} for the last
   *     of the sizes
   * @throws IllegalArgumentException if an axis is out of range or given twice, a size is not
   *     positive, or there are not as many sizes as axes
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray rfftn(MlxArray a, int[] s, int[] axes) {
    return rfftn(a, s, axes, FftNorm.BACKWARD);
  }

  /**
   * The discrete Fourier transform of real numbers: the first half of the spectrum along the last
   * of the axes given. Mirrors {@code mlx.core.fft.rfftn}.
   *
   * @param a an array, of which a complex one gives its real part, with at least one axis
   * @param s the sizes of the transformed axes, to which the input is cut off or continued with
   *     zeros, or null for those of the input
   * @param axes the axes; count from the end when negative, or null for all, which is only allowed
   *     without sizes
   * @param norm which transform divides by the number of elements
   * @return a complex64 array, whose last transformed axis has size {@code s / 2 + 1} for the last
   *     of the sizes
   * @throws IllegalArgumentException if an axis is out of range or given twice, a size is not
   *     positive, or there are not as many sizes as axes
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray rfftn(MlxArray a, int[] s, int[] axes, FftNorm norm) {
    return transform("rfftn", FftNative::rfftn, a, s, axes, norm, false);
  }

  // ---- irfft -----------------------------------------------------------------------------------

  /**
   * The inverse of {@link #rfft}, along the last axis. Mirrors {@code mlx.core.fft.irfft}.
   *
   * @param a the spectrum, with at least one axis
   * @return a float32 array whose transformed axis has size {@code 2 * (size - 1)}
   * @throws IllegalArgumentException if an axis is out of range, or a size is not positive
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray irfft(MlxArray a) {
    return irfft(a, null);
  }

  /**
   * The inverse of {@link #rfft}, along the last axis. Mirrors {@code mlx.core.fft.irfft}.
   *
   * @param a the spectrum, with at least one axis
   * @param n the size of the transformed axis of the result, of which the first {@code n / 2 + 1}
   *     elements of the spectrum are taken, or null for the even one that fits, {@code 2 * (size -
   *     1)}
   * @return a float32 array whose transformed axis has size n
   * @throws IllegalArgumentException if an axis is out of range, or a size is not positive
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray irfft(MlxArray a, Integer n) {
    return irfft(a, n, -1);
  }

  /**
   * The inverse of {@link #rfft}, along an axis. Mirrors {@code mlx.core.fft.irfft}.
   *
   * @param a the spectrum, with at least one axis
   * @param n the size of the transformed axis of the result, of which the first {@code n / 2 + 1}
   *     elements of the spectrum are taken, or null for the even one that fits, {@code 2 * (size -
   *     1)}
   * @param axis the axis; counts from the end when negative
   * @return a float32 array whose transformed axis has size n
   * @throws IllegalArgumentException if an axis is out of range, or a size is not positive
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray irfft(MlxArray a, Integer n, int axis) {
    return irfft(a, n, axis, FftNorm.BACKWARD);
  }

  /**
   * The inverse of {@link #rfft}, along an axis. Mirrors {@code mlx.core.fft.irfft}.
   *
   * @param a the spectrum, with at least one axis
   * @param n the size of the transformed axis of the result, of which the first {@code n / 2 + 1}
   *     elements of the spectrum are taken, or null for the even one that fits, {@code 2 * (size -
   *     1)}
   * @param axis the axis; counts from the end when negative
   * @param norm which transform divides by the number of elements
   * @return a float32 array whose transformed axis has size n
   * @throws IllegalArgumentException if an axis is out of range, or a size is not positive
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray irfft(MlxArray a, Integer n, int axis, FftNorm norm) {
    int[] sizes = n == null ? null : new int[] {n};
    return transform("irfft", FftNative::irfftn, a, sizes, new int[] {axis}, norm, true);
  }

  /**
   * The inverse of {@link #rfft2}, along the last two axes. Mirrors {@code mlx.core.fft.irfft2}.
   *
   * @param a the spectrum, with at least two axes
   * @return a float32 array
   * @throws IllegalArgumentException if an axis is out of range, or a size is not positive
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray irfft2(MlxArray a) {
    return irfft2(a, null, LAST_TWO);
  }

  /**
   * The inverse of {@link #rfft2}, along the last two axes. Mirrors {@code mlx.core.fft.irfft2}.
   *
   * @param a the spectrum, with at least two axes
   * @param s the sizes of the transformed axes of the result, or null for those of the input, the
   *     last one the even one that fits
   * @return a float32 array
   * @throws IllegalArgumentException if an axis is out of range or given twice, a size is not
   *     positive, or there are not as many sizes as axes
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray irfft2(MlxArray a, int[] s) {
    return irfft2(a, s, LAST_TWO);
  }

  /**
   * The inverse of {@link #rfft2}, along some axes. Mirrors {@code mlx.core.fft.irfft2}.
   *
   * @param a the spectrum, with at least two axes
   * @param s the sizes of the transformed axes of the result, or null for those of the input, the
   *     last one the even one that fits
   * @param axes the axes; count from the end when negative, or null for all, which is only allowed
   *     without sizes
   * @return a float32 array
   * @throws IllegalArgumentException if an axis is out of range or given twice, a size is not
   *     positive, or there are not as many sizes as axes
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray irfft2(MlxArray a, int[] s, int[] axes) {
    return irfft2(a, s, axes, FftNorm.BACKWARD);
  }

  /**
   * The inverse of {@link #rfft2}, along some axes. Mirrors {@code mlx.core.fft.irfft2}.
   *
   * @param a the spectrum, with at least two axes
   * @param s the sizes of the transformed axes of the result, or null for those of the input, the
   *     last one the even one that fits
   * @param axes the axes; count from the end when negative, or null for all, which is only allowed
   *     without sizes
   * @param norm which transform divides by the number of elements
   * @return a float32 array
   * @throws IllegalArgumentException if an axis is out of range or given twice, a size is not
   *     positive, or there are not as many sizes as axes
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray irfft2(MlxArray a, int[] s, int[] axes, FftNorm norm) {
    return transform("irfft2", FftNative::irfftn, a, s, axes, norm, true);
  }

  /**
   * The inverse of {@link #rfftn}, along all axes. Mirrors {@code mlx.core.fft.irfftn}.
   *
   * @param a the spectrum, with at least one axis
   * @return a float32 array
   * @throws IllegalArgumentException if an axis is out of range, or a size is not positive
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray irfftn(MlxArray a) {
    return irfftn(a, null, null);
  }

  /**
   * The inverse of {@link #rfftn}, along some axes. Mirrors {@code mlx.core.fft.irfftn}.
   *
   * @param a the spectrum, with at least one axis
   * @param s the sizes of the transformed axes of the result, or null for those of the input, the
   *     last one the even one that fits
   * @param axes the axes; count from the end when negative, or null for all, which is only allowed
   *     without sizes
   * @return a float32 array
   * @throws IllegalArgumentException if an axis is out of range or given twice, a size is not
   *     positive, or there are not as many sizes as axes
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray irfftn(MlxArray a, int[] s, int[] axes) {
    return irfftn(a, s, axes, FftNorm.BACKWARD);
  }

  /**
   * The inverse of {@link #rfftn}, along some axes. Mirrors {@code mlx.core.fft.irfftn}.
   *
   * @param a the spectrum, with at least one axis
   * @param s the sizes of the transformed axes of the result, or null for those of the input, the
   *     last one the even one that fits
   * @param axes the axes; count from the end when negative, or null for all, which is only allowed
   *     without sizes
   * @param norm which transform divides by the number of elements
   * @return a float32 array
   * @throws IllegalArgumentException if an axis is out of range or given twice, a size is not
   *     positive, or there are not as many sizes as axes
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray irfftn(MlxArray a, int[] s, int[] axes, FftNorm norm) {
    return transform("irfftn", FftNative::irfftn, a, s, axes, norm, true);
  }

  // ---- frequencies -----------------------------------------------------------------------------

  /**
   * The frequencies that belong to the elements of {@link #fft}: first those from 0 on, then the
   * negative ones. Mirrors {@code mlx.core.fft.fftfreq}.
   *
   * @param n the size of the transformed axis
   * @return a float32 array of shape {@code (n)}
   * @throws IllegalArgumentException if n is not positive
   */
  public static MlxArray fftfreq(int n) {
    return fftfreq(n, 1);
  }

  /**
   * The frequencies that belong to the elements of {@link #fft}: first those from 0 on, then the
   * negative ones. Mirrors {@code mlx.core.fft.fftfreq}.
   *
   * @param n the size of the transformed axis
   * @param d the distance of two samples
   * @return a float32 array of shape {@code (n)}
   * @throws IllegalArgumentException if n is not positive, or d is zero
   */
  public static MlxArray fftfreq(int n, double d) {
    return creation("fftfreq", s -> FftNative.fftfreq(n, d, s));
  }

  /**
   * The frequencies that belong to the elements of {@link #rfft}. Mirrors {@code
   * mlx.core.fft.rfftfreq}.
   *
   * @param n the size of the transformed axis
   * @return a float32 array of shape {@code (n / 2 + 1)}
   * @throws IllegalArgumentException if n is not positive
   */
  public static MlxArray rfftfreq(int n) {
    return rfftfreq(n, 1);
  }

  /**
   * The frequencies that belong to the elements of {@link #rfft}. Mirrors {@code
   * mlx.core.fft.rfftfreq}.
   *
   * @param n the size of the transformed axis
   * @param d the distance of two samples
   * @return a float32 array of shape {@code (n / 2 + 1)}
   * @throws IllegalArgumentException if n is not positive, or d is zero
   */
  public static MlxArray rfftfreq(int n, double d) {
    return creation("rfftfreq", s -> FftNative.rfftfreq(n, d, s));
  }

  /**
   * The array with the frequency zero moved from the beginning to the middle of the axes. All axes
   * are shifted. Mirrors {@code mlx.core.fft.fftshift}.
   *
   * @param a an array
   * @return an array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray fftshift(MlxArray a) {
    return fftshift(a, Axes.all(Call.argument("fftshift", 0, a).ndim()));
  }

  /**
   * The array with the frequency zero moved from the beginning to the middle of the axes. Mirrors
   * {@code mlx.core.fft.fftshift}.
   *
   * @param a an array
   * @param axis the axis to shift; counts from the end when negative
   * @return an array of the same shape
   * @throws IllegalArgumentException if the axis is out of range
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray fftshift(MlxArray a, int axis) {
    return fftshift(a, new int[] {axis});
  }

  /**
   * The array with the frequency zero moved from the beginning to the middle of the axes. Mirrors
   * {@code mlx.core.fft.fftshift}.
   *
   * @param a an array
   * @param axes the axes to shift; count from the end when negative
   * @return an array of the same shape
   * @throws IllegalArgumentException if an axis is out of range or given twice
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray fftshift(MlxArray a, int[] axes) {
    int[] resolved = Axes.resolveDistinct("fftshift", axes, Call.argument("fftshift", 0, a).ndim());
    return unary("fftshift", (x, s) -> FftNative.fftshift(x, resolved, s), a);
  }

  /**
   * The inverse of {@link #fftshift}. All axes are shifted. Mirrors {@code mlx.core.fft.ifftshift}.
   *
   * @param a an array
   * @return an array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray ifftshift(MlxArray a) {
    return ifftshift(a, Axes.all(Call.argument("ifftshift", 0, a).ndim()));
  }

  /**
   * The inverse of {@link #fftshift}. Mirrors {@code mlx.core.fft.ifftshift}.
   *
   * @param a an array
   * @param axis the axis to shift; counts from the end when negative
   * @return an array of the same shape
   * @throws IllegalArgumentException if the axis is out of range
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray ifftshift(MlxArray a, int axis) {
    return ifftshift(a, new int[] {axis});
  }

  /**
   * The inverse of {@link #fftshift}. Mirrors {@code mlx.core.fft.ifftshift}.
   *
   * @param a an array
   * @param axes the axes to shift; count from the end when negative
   * @return an array of the same shape
   * @throws IllegalArgumentException if an axis is out of range or given twice
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray ifftshift(MlxArray a, int[] axes) {
    int[] resolved =
        Axes.resolveDistinct("ifftshift", axes, Call.argument("ifftshift", 0, a).ndim());
    return unary("ifftshift", (x, s) -> FftNative.ifftshift(x, resolved, s), a);
  }

  // ---- short-time transforms -------------------------------------------------------------------

  /**
   * The short-time Fourier transform: the transforms of overlapping frames of the last axis, each
   * multiplied by a window. Frames have 2048 elements. Mirrors {@code mlx.core.fft.stft}.
   *
   * @param x an array with at least one axis
   * @return a complex64 array of shape {@code (…, frequencies, frames)}
   * @throws IllegalArgumentException if the array is shorter than a frame, the window does not fit
   *     into it, or a number is not positive
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray stft(MlxArray x) {
    return stft(x, 2048);
  }

  /**
   * The short-time Fourier transform: the transforms of overlapping frames of the last axis, each
   * multiplied by a window. Mirrors {@code mlx.core.fft.stft}.
   *
   * @param x an array with at least one axis
   * @param nFft how many elements a frame has
   * @return a complex64 array of shape {@code (…, frequencies, frames)}
   * @throws IllegalArgumentException if the array is shorter than a frame, the window does not fit
   *     into it, or a number is not positive
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray stft(MlxArray x, int nFft) {
    return stft(x, nFft, null, null, null);
  }

  /**
   * The short-time Fourier transform: the transforms of overlapping frames of the last axis, each
   * multiplied by a window. Mirrors {@code mlx.core.fft.stft}.
   *
   * @param x an array with at least one axis
   * @param nFft how many elements a frame has
   * @param hopLength the distance of two frames, or null for {@code nFft / 4}
   * @param winLength how many elements the window has, or null for nFft; counts only without a
   *     window
   * @param window a vector of at most nFft elements, which is put in the middle of zeros, or null
   *     for a window of ones
   * @return a complex64 array of shape {@code (…, frequencies, frames)}
   * @throws IllegalArgumentException if the array is shorter than a frame, the window does not fit
   *     into it, or a number is not positive
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray stft(
      MlxArray x, int nFft, Integer hopLength, Integer winLength, MlxArray window) {
    return stft(
        x, nFft, hopLength, winLength, window, true, PadMode.REFLECT, FftNorm.BACKWARD, null);
  }

  /**
   * The short-time Fourier transform: the transforms of overlapping frames of the last axis, each
   * multiplied by a window. Mirrors {@code mlx.core.fft.stft}.
   *
   * @param x an array with at least one axis
   * @param nFft how many elements a frame has
   * @param hopLength the distance of two frames, or null for {@code nFft / 4}
   * @param winLength how many elements the window has, or null for nFft; counts only without a
   *     window
   * @param window a vector of at most nFft elements, which is put in the middle of zeros, or null
   *     for a window of ones
   * @param center whether both ends are continued by {@code nFft / 2} elements, so that frame t has
   *     its middle at element {@code t * hopLength}
   * @param padMode how the ends are continued
   * @param norm which transform divides by the number of elements
   * @param onesided whether to leave out the negative frequencies, or null to do so for a real
   *     array
   * @return a complex64 array of shape {@code (…, frequencies, frames)}
   * @throws IllegalArgumentException if the array is shorter than a frame, the window does not fit
   *     into it, or a number is not positive
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray stft(
      MlxArray x,
      int nFft,
      Integer hopLength,
      Integer winLength,
      MlxArray window,
      boolean center,
      PadMode padMode,
      FftNorm norm,
      Boolean onesided) {
    int[] shape = Call.argument("stft", 0, x).shape();
    int length = shape.length == 0 ? 0 : shape[shape.length - 1];
    if (length == 0) {
      throw new IllegalArgumentException(
          "[stft] shape " + Arrays.toString(shape) + " has no elements along a last axis");
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

  /** MLX would continue the ends by one piece after the other, of which there may be many. */
  private static MlxArray continued(MlxArray x, int width, PadMode mode) {
    int[][] widths = new int[x.ndim()][2];
    Arrays.fill(widths[widths.length - 1], width);
    return x.pad(widths, mode);
  }

  /**
   * The inverse of {@link #stft}: each frame is transformed back, multiplied by the window and
   * added at its place, and the sum divided by that of the squared windows. Mirrors {@code
   * mlx.core.fft.istft}.
   *
   * @param stftMatrix an array of shape {@code (…, frequencies, frames)}
   * @return a float32 array, complex64 for a spectrum of both sides
   * @throws IllegalArgumentException if there are no frames, the window does not fit into one, or a
   *     number is not positive
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray istft(MlxArray stftMatrix) {
    return istft(stftMatrix, null);
  }

  /**
   * The inverse of {@link #stft}: each frame is transformed back, multiplied by the window and
   * added at its place, and the sum divided by that of the squared windows. Mirrors {@code
   * mlx.core.fft.istft}.
   *
   * @param stftMatrix an array of shape {@code (…, frequencies, frames)}
   * @param nFft how many elements a frame has, or null for the even number that fits, {@code 2 *
   *     (frequencies - 1)}, or {@code frequencies} for a spectrum of both sides
   * @return a float32 array, complex64 for a spectrum of both sides
   * @throws IllegalArgumentException if there are no frames, the window does not fit into one, or a
   *     number is not positive
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray istft(MlxArray stftMatrix, Integer nFft) {
    return istft(stftMatrix, nFft, null, null, null);
  }

  /**
   * The inverse of {@link #stft}: each frame is transformed back, multiplied by the window and
   * added at its place, and the sum divided by that of the squared windows. Mirrors {@code
   * mlx.core.fft.istft}.
   *
   * @param stftMatrix an array of shape {@code (…, frequencies, frames)}
   * @param nFft how many elements a frame has, or null for the even number that fits, {@code 2 *
   *     (frequencies - 1)}, or {@code frequencies} for a spectrum of both sides
   * @param hopLength the distance of two frames, or null for {@code nFft / 4}
   * @param winLength how many elements the window has, or null for nFft; counts only without a
   *     window
   * @param window a vector of at most nFft elements, which is put in the middle of zeros, or null
   *     for a window of ones
   * @return a float32 array, complex64 for a spectrum of both sides
   * @throws IllegalArgumentException if there are no frames, the window does not fit into one, or a
   *     number is not positive
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray istft(
      MlxArray stftMatrix, Integer nFft, Integer hopLength, Integer winLength, MlxArray window) {
    return istft(
        stftMatrix, nFft, hopLength, winLength, window, true, FftNorm.BACKWARD, null, null);
  }

  /**
   * The inverse of {@link #stft}: each frame is transformed back, multiplied by the window and
   * added at its place, and the sum divided by that of the squared windows. Mirrors {@code
   * mlx.core.fft.istft}.
   *
   * @param stftMatrix an array of shape {@code (…, frequencies, frames)}
   * @param nFft how many elements a frame has, or null for the even number that fits, {@code 2 *
   *     (frequencies - 1)}, or {@code frequencies} for a spectrum of both sides
   * @param hopLength the distance of two frames, or null for {@code nFft / 4}
   * @param winLength how many elements the window has, or null for nFft; counts only without a
   *     window
   * @param window a vector of at most nFft elements, which is put in the middle of zeros, or null
   *     for a window of ones
   * @param center whether the frames were centered, so that {@code nFft / 2} elements are cut off
   *     at both ends
   * @param norm which transform divides by the number of elements
   * @param onesided whether the negative frequencies were left out; null means that they were
   * @param length to how many elements the result is cut off or continued with zeros, or null
   * @return a float32 array, complex64 for a spectrum of both sides
   * @throws IllegalArgumentException if there are no frames, the window does not fit into one, or a
   *     number is not positive
   * @throws IllegalStateException if an array is closed
   */
  public static MlxArray istft(
      MlxArray stftMatrix,
      Integer nFft,
      Integer hopLength,
      Integer winLength,
      MlxArray window,
      boolean center,
      FftNorm norm,
      Boolean onesided,
      Integer length) {
    int[] shape = Call.argument("istft", 0, stftMatrix).shape();
    int ndim = shape.length;
    if (ndim < 2 || shape[ndim - 2] == 0 || shape[ndim - 1] == 0) {
      throw new IllegalArgumentException(
          "[istft] shape "
              + Arrays.toString(shape)
              + " is none of frequencies and frames; there must be at least one of each");
    }
    boolean half = onesided == null || onesided;
    int size = nFft != null ? nFft : half ? 2 * (shape[ndim - 2] - 1) : shape[ndim - 2];
    Frames frames = new Frames("istft", size, hopLength, winLength);
    frames.requireCountable((shape[ndim - 1] - 1L) * frames.hop + 2L * (size + (long) frames.hop));
    if (size / frames.hop > MOST_OVERLAPPING) {
      throw new IllegalArgumentException(
          "[istft] "
              + (size / frames.hop)
              + " frames of nFft "
              + size
              + " overlap where the hop length is "
              + frames.hop
              + "; at most "
              + MOST_OVERLAPPING
              + " can be added");
    }
    if (length != null && length < 0) {
      throw new IllegalArgumentException("[istft] length must not be negative, got " + length);
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

  /** Fills in the sizes and axes that are null, for MLX looks at them before it checks them. */
  private static MlxArray transform(
      String function,
      Transform operation,
      MlxArray a,
      int[] s,
      int[] axes,
      FftNorm norm,
      boolean toReal) {
    int[] shape = Call.argument(function, 0, a).shape();
    if (axes == null && s != null) {
      throw new IllegalArgumentException(
          "[" + function + "] the axes must be given where the sizes are");
    }
    int[] resolved =
        axes == null ? Axes.all(shape.length) : Axes.resolveDistinct(function, axes, shape.length);
    int[] sizes = s == null ? sizes(shape, resolved, toReal) : s;
    if (sizes.length != resolved.length) {
      throw new IllegalArgumentException(
          "["
              + function
              + "] there are sizes "
              + Arrays.toString(sizes)
              + " for axes "
              + Arrays.toString(axes)
              + "; there must be one for each");
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
      String function, Windowed operation, MlxArray a, MlxArray window) {
    return window == null
        ? unary(function, (x, s) -> operation.apply(x, 0, s), a)
        : Call.binary(function, operation::apply, a, window);
  }

  /** How a signal is cut into frames. */
  private static final class Frames {
    final String function;
    final int hop;
    final int window;

    Frames(String function, int size, Integer hopLength, Integer winLength) {
      this.function = function;
      requirePositive("nFft", size);
      hop = hopLength == null ? size / 4 : hopLength;
      requirePositive("hopLength", hop);
      window = winLength == null ? size : winLength;
      requirePositive("winLength", window);
    }

    private void requirePositive(String argument, int value) {
      if (value <= 0) {
        throw new IllegalArgumentException(
            "[" + function + "] " + argument + " must be positive, it is " + value);
      }
    }

    void requireCountable(long elements) {
      if (elements > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(
            "[" + function + "] the frames reach over more than 2^31 - 1 elements");
      }
    }
  }
}
