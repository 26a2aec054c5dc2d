package org.mlx4j.internal;

import static org.mlx4j.internal.Adapters.IN;
import static org.mlx4j.internal.Adapters.INTS;
import static org.mlx4j.internal.Adapters.ON;
import static org.mlx4j.internal.Adapters.OUT;

import org.bytedeco.javacpp.annotation.Cast;
import org.bytedeco.javacpp.annotation.Namespace;
import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Raw;
import org.mlx4j.MlxException;

/** Convolutions. */
@Platform(include = "bridge.h", library = "jnimlx4j")
@Namespace("mlx4j")
public final class ConvolutionsNative {
  static {
    Library.load();
  }

  private ConvolutionsNative() {}

  public static native @Cast(OUT) long convolve(@Cast(IN) long a, @Cast(IN) long v, int paddingLow, int paddingHigh, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long conv_general(@Cast(IN) long input, @Cast(IN) long weight, @Raw @Cast(INTS) int[] stride, @Raw @Cast(INTS) int[] paddingLow, @Raw @Cast(INTS) int[] paddingHigh, @Raw @Cast(INTS) int[] kernelDilation, @Raw @Cast(INTS) int[] inputDilation, int groups, @Cast("bool") boolean flip, @Cast(ON) long s) throws MlxException;
}
