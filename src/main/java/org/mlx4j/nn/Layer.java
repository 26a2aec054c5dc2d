package org.mlx4j.nn;

import org.mlx4j.MlxArray;

/**
 * A function of one array that may have parameters. A layer <em>is</em> its parameters: those of
 * MLX are records, so every transform of {@link org.mlx4j.tree.Trees} works on them, and on every
 * model made of them. Mirrors {@code mlx.nn.Module}.
 *
 * <pre>{@code
 * record Block(Linear linear, LayerNorm norm) implements Layer {
 *   public MlxArray apply(MlxArray x) {
 *     return x.add(Activations.gelu(linear.apply(norm.apply(x))));
 *   }
 * }
 * Layer block = new Block(Linear.of(16, 16), LayerNorm.of(16));
 * Layer activation = Activations::relu;                    // functions are layers, too
 * MlxArray y = Sequential.of(block, activation).apply(Ops.ones(4, 16));
 * }</pre>
 *
 * <p>Layers have no state and no mode. What differs between training and use is an argument (see
 * {@link RandomLayer}) or a method ({@link BatchNorm#train}).
 *
 * <p>A lambda or a method reference is a static value of the tree that it is part of. Transforms
 * compare it by identity, so keep a lambda that captures variables, instead of creating it for
 * every call of a compiled function.
 */
@FunctionalInterface
public interface Layer {
  /**
   * Applies the layer.
   *
   * @param x the input
   * @return the output
   */
  MlxArray apply(MlxArray x);
}
