package org.mlx4j.optimizers;

import org.mlx4j.MlxArray;

/**
 * Gradients that {@link Gradients#clipGradNorm} made smaller, or left as they are.
 *
 * <pre>{@code
 * var clipped = Gradients.clipGradNorm(MlxArray.of(3f, 4f), 1);
 * System.out.println(clipped.norm());                      // 5
 * System.out.println(clipped.gradients());                 // [0.6, 0.8]
 * }</pre>
 *
 * @param gradients the gradients, a tree like the one that was given
 * @param norm the norm that they had before, a scalar
 * @param <P> the type of the gradients
 */
public record Clipped<P>(P gradients, MlxArray norm) {}
