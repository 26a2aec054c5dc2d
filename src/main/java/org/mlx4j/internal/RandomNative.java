package org.mlx4j.internal;

import static org.mlx4j.internal.Adapters.DTYPE;
import static org.mlx4j.internal.Adapters.HANDLES;
import static org.mlx4j.internal.Adapters.IN;
import static org.mlx4j.internal.Adapters.KEY;
import static org.mlx4j.internal.Adapters.MAYBE;
import static org.mlx4j.internal.Adapters.ON;
import static org.mlx4j.internal.Adapters.ON_CPU;
import static org.mlx4j.internal.Adapters.OUT;
import static org.mlx4j.internal.Adapters.SHAPE;

import org.bytedeco.javacpp.annotation.Cast;
import org.bytedeco.javacpp.annotation.Name;
import org.bytedeco.javacpp.annotation.Namespace;
import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Raw;
import org.mlx4j.MlxException;

/** Random numbers. */
@Platform(include = "bridge.h", library = "jnimlx4j")
@Namespace("mlx::core::random")
public final class RandomNative {
  static {
    Library.load();
  }

  private RandomNative() {}

  @Namespace("::mlx4j") public static native void seed(@Cast("jlong") long seed) throws MlxException;

  @Namespace("::mlx4j") @Name("key_of") public static native @Cast(OUT) long key(@Cast("jlong") long seed) throws MlxException;

  public static native @Raw @Cast(HANDLES) long[] split(@Cast(IN) long key, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long split(@Cast(IN) long key, int num, @Cast(ON) long s) throws MlxException;

  @Namespace("::mlx4j") public static native @Cast(OUT) long uniform(@Cast(IN) long low, @Cast(IN) long high, @Raw @Cast(SHAPE) int[] shape, @Cast(DTYPE) int d, @Cast(KEY) long key, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long normal(@Raw @Cast(SHAPE) int[] shape, @Cast(DTYPE) int d, @Cast(MAYBE) long loc, @Cast(MAYBE) long scale, @Cast(KEY) long key, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long multivariate_normal(@Cast(IN) long mean, @Cast(IN) long cov, @Raw @Cast(SHAPE) int[] shape, @Cast(DTYPE) int d, @Cast(KEY) long key, @Cast(ON_CPU) long s) throws MlxException;

  @Namespace("::mlx4j") public static native @Cast(OUT) long randint(@Cast(IN) long low, @Cast(IN) long high, @Raw @Cast(SHAPE) int[] shape, @Cast(DTYPE) int d, @Cast(KEY) long key, @Cast(ON) long s) throws MlxException;

  @Namespace("::mlx4j") public static native @Cast(OUT) long bernoulli(@Cast(IN) long p, @Cast(KEY) long key, @Cast(ON) long s) throws MlxException;

  @Namespace("::mlx4j") public static native @Cast(OUT) long bernoulli(@Cast(IN) long p, @Raw @Cast(SHAPE) int[] shape, @Cast(KEY) long key, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long truncated_normal(@Cast(IN) long lower, @Cast(IN) long upper, @Cast(DTYPE) int d, @Cast(KEY) long key, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long truncated_normal(@Cast(IN) long lower, @Cast(IN) long upper, @Raw @Cast(SHAPE) int[] shape, @Cast(DTYPE) int d, @Cast(KEY) long key, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long gumbel(@Raw @Cast(SHAPE) int[] shape, @Cast(DTYPE) int d, @Cast(KEY) long key, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long laplace(@Raw @Cast(SHAPE) int[] shape, @Cast(DTYPE) int d, float loc, float scale, @Cast(KEY) long key, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long categorical(@Cast(IN) long logits, int axis, @Cast(KEY) long key, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long categorical(@Cast(IN) long logits, int axis, @Raw @Cast(SHAPE) int[] shape, @Cast(KEY) long key, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long categorical(@Cast(IN) long logits, int axis, int samples, @Cast(KEY) long key, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long permutation(@Cast(IN) long x, int axis, @Cast(KEY) long key, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long permutation(int x, @Cast(KEY) long key, @Cast(ON) long s) throws MlxException;
}
