package org.mlx4j.tree;

import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A transformed function of two trees.
 *
 * <pre>{@code
 * record Layer(MlxArray weight, MlxArray bias) {}
 *
 * try (TreeBiFunction<Layer, MlxArray, Layer> gradient =
 *     Trees.grad((Layer l, MlxArray in) -> in.matmul(l.weight()).add(l.bias()).mean())) {
 *   Layer g = gradient.apply(new Layer(w, b), x);
 * }
 * }</pre>
 *
 * @param <A> the type of the first argument
 * @param <B> the type of the second argument
 * @param <R> the type of the result
 */
public final class TreeBiFunction<
        A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object>
    extends TreeHandle implements BiFunction<A, B, R> {
  TreeBiFunction(Transformed function) {
    super(function);
  }

  /**
   * Applies the function.
   *
   * @param a the first argument
   * @param b the second argument
   * @return the result
   * @throws IllegalArgumentException as for {@link TreeFunction#apply}
   * @throws IllegalStateException if this function or an array of an argument is closed
   */
  @Override
  public R apply(A a, B b) {
    return call(a, b);
  }
}
