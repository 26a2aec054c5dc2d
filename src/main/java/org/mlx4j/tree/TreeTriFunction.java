package org.mlx4j.tree;

import org.jspecify.annotations.Nullable;

/**
 * A transformed function of three trees.
 *
 * <pre>{@code
 * record Layer(MlxArray weight, MlxArray bias) {}
 *
 * try (TreeTriFunction<Layer, MlxArray, MlxArray, MlxArray> loss =
 *     Trees.compile((Layer l, MlxArray in, MlxArray target) ->
 *         in.matmul(l.weight()).add(l.bias()).subtract(target).square().mean())) {
 *   MlxArray value = loss.apply(new Layer(w, b), x, MlxArray.scalar(1f));
 * }
 * }</pre>
 *
 * @param <A> the type of the first argument
 * @param <B> the type of the second argument
 * @param <C> the type of the third argument
 * @param <R> the type of the result
 */
public final class TreeTriFunction<
        A extends @Nullable Object,
        B extends @Nullable Object,
        C extends @Nullable Object,
        R extends @Nullable Object>
    extends TreeHandle implements TriFunction<A, B, C, R> {
  TreeTriFunction(Transformed function) {
    super(function);
  }

  /**
   * Applies the function.
   *
   * @param a the first argument
   * @param b the second argument
   * @param c the third argument
   * @return the result
   * @throws IllegalArgumentException as for {@link TreeFunction#apply}
   * @throws IllegalStateException if this function or an array of an argument is closed
   */
  @Override
  public R apply(A a, B b, C c) {
    return call(a, b, c);
  }
}
