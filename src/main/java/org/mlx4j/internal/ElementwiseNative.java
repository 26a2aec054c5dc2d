package org.mlx4j.internal;

import static org.mlx4j.internal.Adapters.DTYPE;
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

  public static native @Cast(OUT) long abs(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long positive(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long negative(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long sign(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long logical_not(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long reciprocal(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long floor(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long ceil(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long trunc(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long square(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long exp(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long expm1(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long sin(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long cos(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long tan(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long arcsin(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long arccos(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long arctan(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long sinh(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long cosh(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long tanh(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long arcsinh(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long arccosh(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long arctanh(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long degrees(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long radians(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long log(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long log2(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long log10(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long log1p(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long sigmoid(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long erf(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long erfinv(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long sqrt(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long rsqrt(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long stop_gradient(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long isnan(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long isinf(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long isfinite(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long isposinf(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long isneginf(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long conjugate(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long real(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long imag(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long bitwise_invert(@Cast(IN) long a, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long round(@Cast(IN) long a, int decimals, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long nan_to_num(@Cast(IN) long a, float nan, @Cast(MAYBE_FLOAT) float posinf, @Cast(MAYBE_FLOAT) float neginf, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long add(@Cast(IN) long a, @Cast(IN) long b, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long subtract(@Cast(IN) long a, @Cast(IN) long b, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long multiply(@Cast(IN) long a, @Cast(IN) long b, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long divide(@Cast(IN) long a, @Cast(IN) long b, @Cast(ON) long s) throws MlxException;

  @Namespace("::mlx4j") public static native @Cast(OUT) long floor_divide(@Cast(IN) long a, @Cast(IN) long b, @Cast(ON) long s) throws MlxException;

  @Namespace("::mlx4j") public static native @Cast(OUT) long remainder(@Cast(IN) long a, @Cast(IN) long b, @Cast(ON) long s) throws MlxException;

  @Namespace("::mlx4j") public static native @Cast(OUT) long power(@Cast(IN) long a, @Cast(IN) long b, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long maximum(@Cast(IN) long a, @Cast(IN) long b, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long minimum(@Cast(IN) long a, @Cast(IN) long b, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long logaddexp(@Cast(IN) long a, @Cast(IN) long b, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long arctan2(@Cast(IN) long a, @Cast(IN) long b, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long equal(@Cast(IN) long a, @Cast(IN) long b, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long not_equal(@Cast(IN) long a, @Cast(IN) long b, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long less(@Cast(IN) long a, @Cast(IN) long b, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long less_equal(@Cast(IN) long a, @Cast(IN) long b, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long greater(@Cast(IN) long a, @Cast(IN) long b, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long greater_equal(@Cast(IN) long a, @Cast(IN) long b, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long logical_and(@Cast(IN) long a, @Cast(IN) long b, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long logical_or(@Cast(IN) long a, @Cast(IN) long b, @Cast(ON) long s) throws MlxException;

  @Namespace("::mlx4j") public static native @Cast(OUT) long logical_xor(@Cast(IN) long a, @Cast(IN) long b, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long bitwise_and(@Cast(IN) long a, @Cast(IN) long b, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long bitwise_or(@Cast(IN) long a, @Cast(IN) long b, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long bitwise_xor(@Cast(IN) long a, @Cast(IN) long b, @Cast(ON) long s) throws MlxException;

  @Namespace("::mlx4j") public static native @Cast(OUT) long left_shift(@Cast(IN) long a, @Cast(IN) long b, @Cast(ON) long s) throws MlxException;

  @Namespace("::mlx4j") public static native @Cast(OUT) long right_shift(@Cast(IN) long a, @Cast(IN) long b, @Cast(ON) long s) throws MlxException;

  @Namespace("::mlx4j") public static native @Raw @Cast(HANDLES) long[] divmod(@Cast(IN) long a, @Cast(IN) long b, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long clip(@Cast(IN) long a, @Cast(MAYBE) long min, @Cast(MAYBE) long max, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long array_equal(@Cast(IN) long a, @Cast(IN) long b, @Cast("bool") boolean equal_nan, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long allclose(@Cast(IN) long a, @Cast(IN) long b, double rtol, double atol, @Cast("bool") boolean equal_nan, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long isclose(@Cast(IN) long a, @Cast(IN) long b, double rtol, double atol, @Cast("bool") boolean equal_nan, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long astype(@Cast(IN) long a, @Cast(DTYPE) int d, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long view(@Cast(IN) long a, @Cast(DTYPE) int d, @Cast(ON) long s) throws MlxException;
}
