package org.mlx4j.nn;

import java.util.Arrays;
import org.mlx4j.DType;
import org.mlx4j.Index;
import org.mlx4j.Linalg;
import org.mlx4j.MlxArray;
import org.mlx4j.MlxRandom;
import org.mlx4j.Ops;
import org.mlx4j.internal.Formula;

/**
 * Initializers of parameters. Mirrors {@code mlx.nn.init}.
 *
 * <pre>{@code
 * MlxRandom.seed(7);
 * MlxArray weight = Initializers.glorotUniform().apply(128, 784);            // float32
 * MlxArray half = Initializers.heNormal(DType.FLOAT16).apply(128, 784);
 * }</pre>
 *
 * <p>Random initializers take the next keys of the process's sequence in the same order as
 * Python's, so the same {@link MlxRandom#seed} gives the same arrays as in Python. Options that
 * Python passes to the initializer itself ({@code gain}, {@code mode}) are arguments of the methods
 * here, so every initializer is an {@link Initializer}.
 *
 * <p>Weights have outputs along the first axis and inputs along the last one. The axes between them
 * are those of a convolution's kernel and count for both: a weight of shape {@code (o, h, w, i)}
 * has {@code fanIn = h * w * i} and {@code fanOut = h * w * o}.
 *
 * <p>All methods throw {@link NullPointerException} if an argument is null, and their initializers
 * {@link IllegalArgumentException} if a size is negative or the dtype is not allowed.
 */
public final class Initializers {
  private Initializers() {}

  /** Equivalent to {@link #constant(double, DType) constant(value, DType.FLOAT32)}. */
  public static Initializer constant(double value) {
    return constant(value, DType.FLOAT32);
  }

  /**
   * Returns an initializer whose arrays are filled with a value. Mirrors {@code
   * mlx.nn.init.constant}.
   *
   * @param value the value
   * @param dtype the dtype of the arrays
   * @return the initializer
   */
  public static Initializer constant(double value, DType dtype) {
    return initializer("constant", dtype, shape -> Ops.full(shape, value, dtype));
  }

  /** Equivalent to {@link #normal(double, double) normal(0, 1)}. */
  public static Initializer normal() {
    return normal(0, 1);
  }

  /** Equivalent to {@link #normal(double, double) normal(mean, 1)}. */
  public static Initializer normal(double mean) {
    return normal(mean, 1);
  }

  /** Equivalent to {@link #normal(double, double, DType) normal(mean, std, DType.FLOAT32)}. */
  public static Initializer normal(double mean, double std) {
    return normal(mean, std, DType.FLOAT32);
  }

  /**
   * Returns an initializer that draws from a normal distribution. Mirrors {@code
   * mlx.nn.init.normal}.
   *
   * @param mean the mean
   * @param std the standard deviation
   * @param dtype the dtype of the arrays, a floating point dtype
   * @return the initializer
   */
  public static Initializer normal(double mean, double std, DType dtype) {
    return initializer("normal", dtype, shape -> drawNormal(shape, mean, std, dtype));
  }

  /** Equivalent to {@link #uniform(double, double) uniform(0, 1)}. */
  public static Initializer uniform() {
    return uniform(0, 1);
  }

  /** Equivalent to {@link #uniform(double, double) uniform(low, 1)}. */
  public static Initializer uniform(double low) {
    return uniform(low, 1);
  }

  /** Equivalent to {@link #uniform(double, double, DType) uniform(low, high, DType.FLOAT32)}. */
  public static Initializer uniform(double low, double high) {
    return uniform(low, high, DType.FLOAT32);
  }

  /**
   * Returns an initializer that draws from a uniform distribution over {@code [low, high)}. Mirrors
   * {@code mlx.nn.init.uniform}.
   *
   * @param low the lower limit
   * @param high the upper limit
   * @param dtype the dtype of the arrays, a floating point dtype
   * @return the initializer
   */
  public static Initializer uniform(double low, double high, DType dtype) {
    return initializer("uniform", dtype, shape -> drawUniform(shape, low, high, dtype));
  }

  /** Equivalent to {@link #identity(DType) identity(DType.FLOAT32)}. */
  public static Initializer identity() {
    return identity(DType.FLOAT32);
  }

  /**
   * Returns an initializer that makes identity matrices. Mirrors {@code mlx.nn.init.identity}.
   *
   * @param dtype the dtype of the matrices
   * @return the initializer; it throws {@link IllegalArgumentException} if the shape is not that of
   *     a square matrix
   */
  public static Initializer identity(DType dtype) {
    return initializer(
        "identity",
        dtype,
        shape -> {
          if (shape.length != 2 || shape[0] != shape[1]) {
            throw new IllegalArgumentException(
                "[identity] the shape must be that of a square matrix, got "
                    + Arrays.toString(shape));
          }
          return Ops.eye(shape[0], shape[0], 0, dtype);
        });
  }

  /** Equivalent to {@link #glorotNormal(double, DType) glorotNormal(1, DType.FLOAT32)}. */
  public static Initializer glorotNormal() {
    return glorotNormal(1, DType.FLOAT32);
  }

  /** Equivalent to {@link #glorotNormal(double, DType) glorotNormal(1, dtype)}. */
  public static Initializer glorotNormal(DType dtype) {
    return glorotNormal(1, dtype);
  }

  /** Equivalent to {@link #glorotNormal(double, DType) glorotNormal(gain, DType.FLOAT32)}. */
  public static Initializer glorotNormal(double gain) {
    return glorotNormal(gain, DType.FLOAT32);
  }

  /**
   * Returns an initializer that draws from a normal distribution with mean 0 and standard deviation
   * {@code gain * sqrt(2 / (fanIn + fanOut))}. Mirrors {@code mlx.nn.init.glorot_normal}.
   *
   * @param gain the factor
   * @param dtype the dtype of the arrays, a floating point dtype
   * @return the initializer; it throws {@link IllegalArgumentException} if the shape has fewer than
   *     two axes
   */
  public static Initializer glorotNormal(double gain, DType dtype) {
    return initializer(
        "glorotNormal",
        dtype,
        shape -> {
          Fans fans = Fans.of("glorotNormal", shape);
          double std = gain * Math.sqrt(2.0 / (fans.in() + fans.out()));
          return drawNormal(shape, 0, std, dtype);
        });
  }

  /** Equivalent to {@link #glorotUniform(double, DType) glorotUniform(1, DType.FLOAT32)}. */
  public static Initializer glorotUniform() {
    return glorotUniform(1, DType.FLOAT32);
  }

  /** Equivalent to {@link #glorotUniform(double, DType) glorotUniform(1, dtype)}. */
  public static Initializer glorotUniform(DType dtype) {
    return glorotUniform(1, dtype);
  }

  /** Equivalent to {@link #glorotUniform(double, DType) glorotUniform(gain, DType.FLOAT32)}. */
  public static Initializer glorotUniform(double gain) {
    return glorotUniform(gain, DType.FLOAT32);
  }

  /**
   * Returns an initializer that draws from a uniform distribution over {@code [-limit, limit)} with
   * {@code limit = gain * sqrt(6 / (fanIn + fanOut))}. Mirrors {@code mlx.nn.init.glorot_uniform}.
   *
   * @param gain the factor
   * @param dtype the dtype of the arrays, a floating point dtype
   * @return the initializer; it throws {@link IllegalArgumentException} if the shape has fewer than
   *     two axes
   */
  public static Initializer glorotUniform(double gain, DType dtype) {
    return initializer(
        "glorotUniform",
        dtype,
        shape -> {
          Fans fans = Fans.of("glorotUniform", shape);
          double limit = gain * Math.sqrt(6.0 / (fans.in() + fans.out()));
          return drawUniform(shape, -limit, limit, dtype);
        });
  }

  /** Equivalent to {@link #heNormal(DType) heNormal(DType.FLOAT32)}. */
  public static Initializer heNormal() {
    return heNormal(DType.FLOAT32);
  }

  /** Equivalent to {@link #heNormal(FanMode, double, DType) heNormal(FanMode.FAN_IN, 1, dtype)}. */
  public static Initializer heNormal(DType dtype) {
    return heNormal(FanMode.FAN_IN, 1, dtype);
  }

  /**
   * Equivalent to {@link #heNormal(FanMode, double, DType) heNormal(mode, gain, DType.FLOAT32)}.
   */
  public static Initializer heNormal(FanMode mode, double gain) {
    return heNormal(mode, gain, DType.FLOAT32);
  }

  /**
   * Returns an initializer that draws from a normal distribution with mean 0 and standard deviation
   * {@code gain / sqrt(fan)}. Mirrors {@code mlx.nn.init.he_normal}.
   *
   * @param mode whether {@code fan} is {@code fanIn} or {@code fanOut}
   * @param gain the factor; the square root of 2 suits layers followed by a {@link Activations#relu
   *     relu}
   * @param dtype the dtype of the arrays, a floating point dtype
   * @return the initializer; it throws {@link IllegalArgumentException} if the shape has fewer than
   *     two axes
   */
  public static Initializer heNormal(FanMode mode, double gain, DType dtype) {
    Formula.notNull("heNormal", "mode", mode);
    return initializer(
        "heNormal",
        dtype,
        shape -> {
          double std = gain / Math.sqrt(mode.of(Fans.of("heNormal", shape)));
          return drawNormal(shape, 0, std, dtype);
        });
  }

  /** Equivalent to {@link #heUniform(DType) heUniform(DType.FLOAT32)}. */
  public static Initializer heUniform() {
    return heUniform(DType.FLOAT32);
  }

  /**
   * Equivalent to {@link #heUniform(FanMode, double, DType) heUniform(FanMode.FAN_IN, 1, dtype)}.
   */
  public static Initializer heUniform(DType dtype) {
    return heUniform(FanMode.FAN_IN, 1, dtype);
  }

  /**
   * Equivalent to {@link #heUniform(FanMode, double, DType) heUniform(mode, gain, DType.FLOAT32)}.
   */
  public static Initializer heUniform(FanMode mode, double gain) {
    return heUniform(mode, gain, DType.FLOAT32);
  }

  /**
   * Returns an initializer that draws from a uniform distribution over {@code [-limit, limit)} with
   * {@code limit = gain * sqrt(3 / fan)}. Mirrors {@code mlx.nn.init.he_uniform}.
   *
   * @param mode whether {@code fan} is {@code fanIn} or {@code fanOut}
   * @param gain the factor; the square root of 2 suits layers followed by a {@link Activations#relu
   *     relu}
   * @param dtype the dtype of the arrays, a floating point dtype
   * @return the initializer; it throws {@link IllegalArgumentException} if the shape has fewer than
   *     two axes
   */
  public static Initializer heUniform(FanMode mode, double gain, DType dtype) {
    Formula.notNull("heUniform", "mode", mode);
    return initializer(
        "heUniform",
        dtype,
        shape -> {
          double limit = gain * Math.sqrt(3.0 / mode.of(Fans.of("heUniform", shape)));
          return drawUniform(shape, -limit, limit, dtype);
        });
  }

  /** Equivalent to {@link #sparse(double, double, double) sparse(sparsity, 0, 1)}. */
  public static Initializer sparse(double sparsity) {
    return sparse(sparsity, 0, 1);
  }

  /** Equivalent to {@link #sparse(double, double, double) sparse(sparsity, mean, 1)}. */
  public static Initializer sparse(double sparsity, double mean) {
    return sparse(sparsity, mean, 1);
  }

  /**
   * Equivalent to {@link #sparse(double, double, double, DType) sparse(sparsity, mean, std,
   * DType.FLOAT32)}.
   */
  public static Initializer sparse(double sparsity, double mean, double std) {
    return sparse(sparsity, mean, std, DType.FLOAT32);
  }

  /**
   * Returns an initializer of matrices that draws from a normal distribution and sets a fraction of
   * each row to 0, at random places in each row. Mirrors {@code mlx.nn.init.sparse}.
   *
   * @param sparsity the fraction of each row that is 0, from 0 to 1, rounded up to whole elements
   * @param mean the mean of the distribution
   * @param std the standard deviation of the distribution
   * @param dtype the dtype of the matrices, a floating point dtype
   * @return the initializer; it throws {@link IllegalArgumentException} if the shape is not that of
   *     a matrix
   * @throws IllegalArgumentException if {@code sparsity} is not in {@code [0, 1]}
   */
  public static Initializer sparse(double sparsity, double mean, double std, DType dtype) {
    if (!(sparsity >= 0 && sparsity <= 1)) {
      throw new IllegalArgumentException("[sparse] sparsity must be in [0, 1], got " + sparsity);
    }
    return initializer(
        "sparse",
        dtype,
        shape -> {
          requireMatrix("sparse", shape);
          int zeros = (int) Math.ceil(sparsity * shape[1]);
          MlxArray order = MlxRandom.uniform(shape).argsort(1);
          MlxArray matrix = drawNormal(shape, mean, std, dtype);
          MlxArray columns = order.get(Index.all(), Index.to(zeros));
          return matrix.putAlongAxis(columns, Ops.zeros(new int[] {1}, dtype), 1);
        });
  }

  /** Equivalent to {@link #orthogonal(double) orthogonal(1)}. */
  public static Initializer orthogonal() {
    return orthogonal(1);
  }

  /** Equivalent to {@link #orthogonal(double, DType) orthogonal(gain, DType.FLOAT32)}. */
  public static Initializer orthogonal(double gain) {
    return orthogonal(gain, DType.FLOAT32);
  }

  /**
   * Returns an initializer of matrices whose rows or columns, whichever are fewer, are orthogonal
   * vectors of length {@code gain}. They are part of a random orthogonal matrix, which is computed
   * on the CPU. Mirrors {@code mlx.nn.init.orthogonal}.
   *
   * @param gain the factor
   * @param dtype the dtype of the matrices
   * @return the initializer; it throws {@link IllegalArgumentException} if the shape is not that of
   *     a matrix
   */
  public static Initializer orthogonal(double gain, DType dtype) {
    return initializer(
        "orthogonal",
        dtype,
        shape -> {
          requireMatrix("orthogonal", shape);
          int n = Math.max(shape[0], shape[1]);
          var qr = Linalg.qr(MlxRandom.normal(n, n));
          return qr.q()
              .multiply(qr.r().diag().sign())
              .get(Index.to(shape[0]), Index.to(shape[1]))
              .multiply(gain)
              .astype(dtype);
        });
  }

  // ---- what they share -------------------------------------------------------------------------

  private static Initializer initializer(String function, DType dtype, Initializer making) {
    Formula.notNull(function, "dtype", dtype);
    return shape -> {
      int[] own = Formula.notNull(function, "shape", shape).clone();
      return Formula.of(function, () -> making.apply(own));
    };
  }

  private static MlxArray drawNormal(int[] shape, double mean, double std, DType dtype) {
    return MlxRandom.normal(shape, dtype, mean, std, null);
  }

  private static MlxArray drawUniform(int[] shape, double low, double high, DType dtype) {
    return MlxRandom.uniform(low, high, shape, dtype, null);
  }

  private static void requireMatrix(String function, int... shape) {
    if (shape.length != 2) {
      throw new IllegalArgumentException(
          "["
              + function
              + "] the shape must be that of a matrix, with 2 axes, got "
              + Arrays.toString(shape));
    }
  }
}
