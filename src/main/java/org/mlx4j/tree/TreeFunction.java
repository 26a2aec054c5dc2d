package org.mlx4j.tree;

import java.util.function.Function;

/**
 * A transformed function of one tree.
 *
 * @param <A> the type of the argument
 * @param <R> the type of the result
 */
public final class TreeFunction<A, R> extends TreeHandle implements Function<A, R> {
  TreeFunction(Transformed function) {
    super(function);
  }

  /**
   * Applies the function.
   *
   * @param a the argument
   * @return the result
   * @throws IllegalArgumentException if the argument, or what the function returned, is no tree, or
   *     not of the kind that the transform needs; the message names the place in the tree
   * @throws IllegalStateException if this function or an array of the argument is closed
   */
  @Override
  public R apply(A a) {
    return call(a);
  }
}
