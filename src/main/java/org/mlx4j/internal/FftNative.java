package org.mlx4j.internal;

import static org.mlx4j.internal.Adapters.FFT_NORM;
import static org.mlx4j.internal.Adapters.IN;
import static org.mlx4j.internal.Adapters.INTS;
import static org.mlx4j.internal.Adapters.MAYBE;
import static org.mlx4j.internal.Adapters.ON;
import static org.mlx4j.internal.Adapters.OUT;
import static org.mlx4j.internal.Adapters.SHAPE;

import org.bytedeco.javacpp.annotation.Cast;
import org.bytedeco.javacpp.annotation.Namespace;
import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Raw;
import org.mlx4j.MlxException;

/** Fourier transforms. */
@Platform(include = "bridge.h", library = "jnimlx4j")
@Namespace("mlx::core::fft")
public final class FftNative {
  static {
    Library.load();
  }

  private FftNative() {}

  public static native @Cast(OUT) long fftn(@Cast(IN) long a, @Raw @Cast(SHAPE) int[] n, @Raw @Cast(INTS) int[] axes, @Cast(FFT_NORM) int norm, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long ifftn(@Cast(IN) long a, @Raw @Cast(SHAPE) int[] n, @Raw @Cast(INTS) int[] axes, @Cast(FFT_NORM) int norm, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long rfftn(@Cast(IN) long a, @Raw @Cast(SHAPE) int[] n, @Raw @Cast(INTS) int[] axes, @Cast(FFT_NORM) int norm, @Cast(ON) long s) throws MlxException;

  @Namespace("::mlx4j") public static native @Cast(OUT) long irfftn(@Cast(IN) long a, @Raw @Cast(SHAPE) int[] n, @Raw @Cast(INTS) int[] axes, @Cast(FFT_NORM) int norm, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long fftfreq(int n, double d, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long rfftfreq(int n, double d, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long fftshift(@Cast(IN) long a, @Raw @Cast(INTS) int[] axes, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long ifftshift(@Cast(IN) long a, @Raw @Cast(INTS) int[] axes, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long stft(@Cast(IN) long x, int nFft, int hopLength, int winLength, @Cast(MAYBE) long window, @Cast("bool") boolean center, @Cast("const char*") String padMode, @Cast(FFT_NORM) int norm, @Cast("bool") boolean onesided, @Cast(ON) long s) throws MlxException;

  @Namespace("::mlx4j") public static native @Cast(OUT) long istft(@Cast(IN) long matrix, int nFft, int hopLength, int winLength, @Cast(MAYBE) long window, @Cast("bool") boolean center, @Cast(FFT_NORM) int norm, @Cast("bool") boolean onesided, int length, @Cast(ON) long s) throws MlxException;
}
