package org.mlx4j.internal;

import static org.mlx4j.internal.Adapters.DTYPE;
import static org.mlx4j.internal.Adapters.FOLLOWING_OUT;
import static org.mlx4j.internal.Adapters.HANDLES;
import static org.mlx4j.internal.Adapters.IN;
import static org.mlx4j.internal.Adapters.MAYBE;
import static org.mlx4j.internal.Adapters.MAYBE_FLOAT;
import static org.mlx4j.internal.Adapters.ON;
import static org.mlx4j.internal.Adapters.OUT;

import org.bytedeco.javacpp.annotation.Cast;
import org.bytedeco.javacpp.annotation.Namespace;
import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Raw;
import org.mlx4j.MlxException;

/** MLX operations that work element by element. */
@Platform(include = "bridge.h", library = "jnimlx4j")
@Namespace("mlx::core")
public final class ElementwiseNative {
  static {
    Library.load();
  }

  private ElementwiseNative() {}

  public static native @Cast(FOLLOWING_OUT) long abs(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long positive(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long negative(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long sign(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long logical_not(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long reciprocal(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long floor(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long ceil(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long trunc(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long square(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long exp(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long expm1(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long sin(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long cos(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long tan(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long arcsin(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long arccos(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long arctan(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long sinh(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long cosh(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long tanh(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long arcsinh(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long arccosh(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long arctanh(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long degrees(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long radians(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long log(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long log2(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long log10(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long log1p(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long sigmoid(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long erf(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long erfinv(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long sqrt(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long rsqrt(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long stop_gradient(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long isnan(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long isinf(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long isfinite(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long isposinf(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long isneginf(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long conjugate(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long real(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long imag(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long bitwise_invert(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long round(@Cast(IN) long a, int decimals, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long nan_to_num(@Cast(IN) long a, float nan, @Cast(MAYBE_FLOAT) float posinf, @Cast(MAYBE_FLOAT) float neginf, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long add(@Cast(IN) long a, @Cast(IN) long b, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long subtract(@Cast(IN) long a, @Cast(IN) long b, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long multiply(@Cast(IN) long a, @Cast(IN) long b, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long divide(@Cast(IN) long a, @Cast(IN) long b, @Cast(ON) long s) throws MlxException;

  @Namespace("::mlx4j") public static native @Cast(FOLLOWING_OUT) long floor_divide(@Cast(IN) long a, @Cast(IN) long b, @Cast(ON) long s) throws MlxException;

  @Namespace("::mlx4j") public static native @Cast(FOLLOWING_OUT) long remainder(@Cast(IN) long a, @Cast(IN) long b, @Cast(ON) long s) throws MlxException;

  @Namespace("::mlx4j") public static native @Cast(FOLLOWING_OUT) long power(@Cast(IN) long a, @Cast(IN) long b, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long maximum(@Cast(IN) long a, @Cast(IN) long b, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long minimum(@Cast(IN) long a, @Cast(IN) long b, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long logaddexp(@Cast(IN) long a, @Cast(IN) long b, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long arctan2(@Cast(IN) long a, @Cast(IN) long b, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long equal(@Cast(IN) long a, @Cast(IN) long b, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long not_equal(@Cast(IN) long a, @Cast(IN) long b, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long less(@Cast(IN) long a, @Cast(IN) long b, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long less_equal(@Cast(IN) long a, @Cast(IN) long b, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long greater(@Cast(IN) long a, @Cast(IN) long b, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long greater_equal(@Cast(IN) long a, @Cast(IN) long b, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long logical_and(@Cast(IN) long a, @Cast(IN) long b, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long logical_or(@Cast(IN) long a, @Cast(IN) long b, @Cast(ON) long s) throws MlxException;

  @Namespace("::mlx4j") public static native @Cast(FOLLOWING_OUT) long logical_xor(@Cast(IN) long a, @Cast(IN) long b, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long bitwise_and(@Cast(IN) long a, @Cast(IN) long b, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long bitwise_or(@Cast(IN) long a, @Cast(IN) long b, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long bitwise_xor(@Cast(IN) long a, @Cast(IN) long b, @Cast(ON) long s) throws MlxException;

  @Namespace("::mlx4j") public static native @Cast(FOLLOWING_OUT) long left_shift(@Cast(IN) long a, @Cast(IN) long b, @Cast(ON) long s) throws MlxException;

  @Namespace("::mlx4j") public static native @Cast(FOLLOWING_OUT) long right_shift(@Cast(IN) long a, @Cast(IN) long b, @Cast(ON) long s) throws MlxException;

  @Namespace("::mlx4j") public static native @Raw @Cast(HANDLES) long[] divmod(@Cast(IN) long a, @Cast(IN) long b, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long clip(@Cast(IN) long a, @Cast(MAYBE) long min, @Cast(MAYBE) long max, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long array_equal(@Cast(IN) long a, @Cast(IN) long b, @Cast("bool") boolean equal_nan, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long allclose(@Cast(IN) long a, @Cast(IN) long b, double rtol, double atol, @Cast("bool") boolean equal_nan, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long isclose(@Cast(IN) long a, @Cast(IN) long b, double rtol, double atol, @Cast("bool") boolean equal_nan, @Cast(ON) long s) throws MlxException;

  public static native @Cast(FOLLOWING_OUT) long astype(@Cast(IN) long a, @Cast(DTYPE) int d, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long view(@Cast(IN) long a, @Cast(DTYPE) int d, @Cast(ON) long s) throws MlxException;
}
