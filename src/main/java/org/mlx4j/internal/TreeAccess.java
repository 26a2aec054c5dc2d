package org.mlx4j.internal;

import java.util.function.BiFunction;
import java.util.function.Function;
import org.mlx4j.tree.TreeBiFunction;
import org.mlx4j.tree.TreeFunction;
import org.mlx4j.tree.TreeTriFunction;
import org.mlx4j.tree.TriFunction;

/**
 * The package-private parts of {@code org.mlx4j.tree} that {@code org.mlx4j.nn} needs. {@code
 * org.mlx4j.tree} implements this interface; others get it from {@link SharedSecrets}.
 *
 * <p>Its functions compute the value of a function and the gradients for the arrays of the first
 * argument that are trained, with null in place of the others.
 */
public interface TreeAccess {
  /**
   * Returns a function with value and gradient.
   *
   * @param withAux whether {@code f} returns a {@link org.mlx4j.tree.WithAux}
   * @param f the function
   * @param <A> the type of its argument
   * @param <R> {@link org.mlx4j.tree.TreeValueAndGrad} or {@link org.mlx4j.tree.ValueAuxAndGrad}
   * @return the function
   */
  <A, R> TreeFunction<A, R> valueAndGrad(boolean withAux, Function<A, ?> f);

  /**
   * Returns a function of two arguments with value and gradient.
   *
   * @param withAux whether {@code f} returns a {@link org.mlx4j.tree.WithAux}
   * @param f the function
   * @param <A> the type of its first argument
   * @param <B> the type of its second argument
   * @param <R> {@link org.mlx4j.tree.TreeValueAndGrad} or {@link org.mlx4j.tree.ValueAuxAndGrad}
   * @return the function
   */
  <A, B, R> TreeBiFunction<A, B, R> valueAndGrad(boolean withAux, BiFunction<A, B, ?> f);

  /**
   * Returns a function of three arguments with value and gradient.
   *
   * @param withAux whether {@code f} returns a {@link org.mlx4j.tree.WithAux}
   * @param f the function
   * @param <A> the type of its first argument
   * @param <B> the type of its second argument
   * @param <C> the type of its third argument
   * @param <R> {@link org.mlx4j.tree.TreeValueAndGrad} or {@link org.mlx4j.tree.ValueAuxAndGrad}
   * @return the function
   */
  <A, B, C, R> TreeTriFunction<A, B, C, R> valueAndGrad(boolean withAux, TriFunction<A, B, C, ?> f);
}
