package org.mlx4j.tree;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A transformed function of one tree.
 *
 * <pre>{@code
 * try (TreeFunction<List<MlxArray>, MlxArray> sum =
 *     Trees.compile((List<MlxArray> xs) -> xs.get(0).add(xs.get(1)))) {
 *   sum.apply(List.of(y, y));                               // [2, 4, 6, 8]
 * }
 * }</pre>
 *
 * @param <A> the type of the argument
 * @param <R> the type of the result
 */
public final class TreeFunction<A extends @Nullable Object, R extends @Nullable Object>
    extends TreeHandle implements Function<A, R> {
  TreeFunction(Transformed function) {
    super(function);
  }

  /**
   * Applies the function.
   *
   * @param a the argument
   * @return the result
   * @throws IllegalArgumentException if the argument or the function's result is not a tree, or not
   *     one that the transform accepts; the message names the place in the tree
   * @throws IllegalStateException if this function or an array of the argument is closed
   */
  @Override
  public R apply(A a) {
    return call(a);
  }
}
