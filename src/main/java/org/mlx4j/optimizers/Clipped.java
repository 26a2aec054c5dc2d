package org.mlx4j.optimizers;

import org.jspecify.annotations.Nullable;
import org.mlx4j.MlxArray;

/**
 * The gradients that {@link Gradients#clipGradNorm} returns, and the norm that they had.
 *
 * <pre>{@code
 * var clipped = Gradients.clipGradNorm(MlxArray.of(3f, 4f), 1);
 * System.out.println(clipped.norm());                      // 5
 * System.out.println(clipped.gradients());                 // [0.6, 0.8]
 * }</pre>
 *
 * @param gradients the clipped gradients, a tree like the argument
 * @param norm the global norm before clipping, a scalar
 * @param <P> the type of the gradients
 */
public record Clipped<P extends @Nullable Object>(P gradients, MlxArray norm) {}
