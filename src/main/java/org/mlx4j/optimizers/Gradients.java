package org.mlx4j.optimizers;

import org.jspecify.annotations.Nullable;
import org.mlx4j.DType;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.Scope;

/**
 * Operations on gradients, for use before an optimizer.
 *
 * <pre>{@code
 * var gradients = Map.of("w", MlxArray.of(3f, 4f), "b", MlxArray.of(12f));
 * var clipped = Gradients.clipGradNorm(gradients, 1);
 * MlxArray before = clipped.norm();                        // 13
 * }</pre>
 */
public final class Gradients {
  private Gradients() {}

  /**
   * Scales gradients so that their global norm, the root of the sum of the squares of all their
   * elements, is at most {@code maxNorm}: {@code g * min(maxNorm / (norm + 1e-6), 1)}. Mirrors
   * {@code mlx.optimizers.clip_grad_norm}.
   *
   * <p>Squares of float16 are summed in float32, so that they do not overflow.
   *
   * @param gradients a tree of arrays, in which null stands for an absent gradient
   * @param maxNorm the largest norm
   * @param <P> the type of the gradients
   * @return the scaled gradients, of the same dtypes if they are floating point, and the global
   *     norm before
   * @throws IllegalArgumentException if {@code maxNorm} is negative or NaN, or {@code gradients} is
   *     not a tree
   * @throws IllegalStateException if an array is closed
   */
  public static <P extends @Nullable Object> Clipped<P> clipGradNorm(P gradients, double maxNorm) {
    if (!(maxNorm >= 0)) {
      throw new IllegalArgumentException(
          "[clipGradNorm] maxNorm must be at least 0, got " + maxNorm);
    }
    return Scope.run(
        () -> {
          Parameters<P> all = Parameters.of("clipGradNorm", gradients);
          MlxArray sum = MlxArray.scalar(0f);
          for (int i = 0; i < all.count(); i++) {
            MlxArray squared = all.computed(i, Gradients::squaredNorm);
            sum = i == 0 ? squared.add(0.0) : sum.add(squared);
          }
          MlxArray norm = sum.sqrt();
          MlxArray scale = Ops.divide(maxNorm, norm.add(1e-6)).minimum(1.0);
          MlxArray[] scaled = new MlxArray[all.count()];
          for (int i = 0; i < scaled.length; i++) {
            scaled[i] = scaled(all.array(i), scale);
          }
          return new Clipped<>(all.with(scaled), norm);
        });
  }

  private static MlxArray squaredNorm(MlxArray g) {
    MlxArray x = g.dtype() == DType.FLOAT16 ? g.astype(DType.FLOAT32) : g;
    return x.square().sum();
  }

  private static MlxArray scaled(MlxArray g, MlxArray scale) {
    MlxArray scaled = g.multiply(scale);
    return g.dtype().isFloating() ? scaled.astype(g.dtype()) : scaled;
  }
}
