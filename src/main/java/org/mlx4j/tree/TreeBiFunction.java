package org.mlx4j.tree;

import java.util.function.BiFunction;

/**
 * A transformed function of two trees.
 *
 * @param <A> the type of the first argument
 * @param <B> the type of the second argument
 * @param <R> the type of the result
 */
public final class TreeBiFunction<A, B, R> extends TreeHandle implements BiFunction<A, B, R> {
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
