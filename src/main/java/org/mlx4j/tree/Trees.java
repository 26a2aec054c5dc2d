package org.mlx4j.tree;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.Transforms;
import org.mlx4j.internal.TransformsNative;
import org.mlx4j.internal.tree.Flattening;
import org.mlx4j.internal.tree.Roots;
import org.mlx4j.internal.tree.Structure;

/**
 * Transforms of functions of your own types, and what else is done with all arrays of a tree.
 *
 * <pre>{@code
 * record Linear(MlxArray w, MlxArray b) {}
 * record Mlp(List<Linear> layers, float dropout) {}
 * record Batch(MlxArray x, MlxArray y) {}
 *
 * try (var step = Trees.valueAndGrad((Mlp m, Batch b) -> loss(m, b))) {
 *   var r = step.apply(model, batch);                       // r.value(): MlxArray, r.grad(): Mlp
 *   Mlp next = Trees.map(model, r.grad(), (p, g) -> p.subtract(g.multiply(0.1f)));
 * }
 * }</pre>
 *
 * <p>The package description says what a tree is. All that {@link Transforms} says of functions of
 * arrays holds here too: transformed functions nest, and their functions should be pure. State goes
 * in and comes out ({@code (state, batch) -> newState}).
 *
 * <p>Messages name the place of the array that they are about: {@code [valueAndGrad] argument 0,
 * layers[2].w: …}.
 */
public final class Trees {
  private Trees() {}

  // ---- grad ------------------------------------------------------------------------------------

  /**
   * Returns a function that computes the gradient of {@code f}. Mirrors {@code mlx.core.grad}.
   *
   * @param f a function that returns a scalar (shape {@code ()})
   * @param <A> the type of the argument
   * @return the gradient function. Its result has the static values of the argument and, in place
   *     of each array, the gradient for it: zeros where the result does not depend on it. It throws
   *     {@link IllegalArgumentException} if {@code f} returns no scalar, or the argument holds no
   *     array, or one of integers or booleans
   * @throws NullPointerException if {@code f} is null
   */
  public static <A> TreeFunction<A, A> grad(Function<A, MlxArray> f) {
    return new TreeFunction<>(gradient(Gradient.Of.GRAD, Callee.of("grad", f)));
  }

  /**
   * As {@link #grad(Function)}, for the first of two arguments.
   *
   * @param f a function that returns a scalar (shape {@code ()})
   * @param <A> the type of the argument whose gradient is wanted
   * @param <B> the type of the second argument
   * @return the gradient function
   * @throws NullPointerException if {@code f} is null
   */
  public static <A, B> TreeBiFunction<A, B, A> grad(BiFunction<A, B, MlxArray> f) {
    return new TreeBiFunction<>(gradient(Gradient.Of.GRAD, Callee.of("grad", f)));
  }

  /**
   * As {@link #grad(Function)}, for the first of three arguments.
   *
   * @param f a function that returns a scalar (shape {@code ()})
   * @param <A> the type of the argument whose gradient is wanted
   * @param <B> the type of the second argument
   * @param <C> the type of the third argument
   * @return the gradient function
   * @throws NullPointerException if {@code f} is null
   */
  public static <A, B, C> TreeTriFunction<A, B, C, A> grad(TriFunction<A, B, C, MlxArray> f) {
    return new TreeTriFunction<>(gradient(Gradient.Of.GRAD, Callee.of("grad", f)));
  }

  /**
   * Returns a function that computes the value and the gradient of {@code f}. Mirrors {@code
   * mlx.core.value_and_grad}.
   *
   * @param f a function that returns a scalar (shape {@code ()})
   * @param <A> the type of the argument
   * @return the function; it throws what the one of {@link #grad(Function)} throws
   * @throws NullPointerException if {@code f} is null
   */
  public static <A> TreeFunction<A, TreeValueAndGrad<A>> valueAndGrad(Function<A, MlxArray> f) {
    return new TreeFunction<>(gradient(Gradient.Of.VALUE_AND_GRAD, Callee.of("valueAndGrad", f)));
  }

  /**
   * As {@link #valueAndGrad(Function)}, with the gradient for the first of two arguments.
   *
   * @param f a function that returns a scalar (shape {@code ()})
   * @param <A> the type of the argument whose gradient is wanted
   * @param <B> the type of the second argument
   * @return the function
   * @throws NullPointerException if {@code f} is null
   */
  public static <A, B> TreeBiFunction<A, B, TreeValueAndGrad<A>> valueAndGrad(
      BiFunction<A, B, MlxArray> f) {
    return new TreeBiFunction<>(gradient(Gradient.Of.VALUE_AND_GRAD, Callee.of("valueAndGrad", f)));
  }

  /**
   * As {@link #valueAndGrad(Function)}, with the gradient for the first of three arguments.
   *
   * @param f a function that returns a scalar (shape {@code ()})
   * @param <A> the type of the argument whose gradient is wanted
   * @param <B> the type of the second argument
   * @param <C> the type of the third argument
   * @return the function
   * @throws NullPointerException if {@code f} is null
   */
  public static <A, B, C> TreeTriFunction<A, B, C, TreeValueAndGrad<A>> valueAndGrad(
      TriFunction<A, B, C, MlxArray> f) {
    return new TreeTriFunction<>(
        gradient(Gradient.Of.VALUE_AND_GRAD, Callee.of("valueAndGrad", f)));
  }

  /**
   * Returns a function that computes value, auxiliary result and gradient of {@code f}. Mirrors
   * {@code mlx.core.value_and_grad} of a function that returns more than a scalar.
   *
   * @param f a function that returns a scalar (shape {@code ()}) and a tree, through which no
   *     gradient flows
   * @param <A> the type of the argument
   * @param <T> the type of the auxiliary result
   * @return the function; it throws what the one of {@link #grad(Function)} throws
   * @throws NullPointerException if {@code f} is null
   */
  public static <A, T> TreeFunction<A, ValueAuxAndGrad<T, A>> valueAndGradWithAux(
      Function<A, WithAux<T>> f) {
    return new TreeFunction<>(
        gradient(Gradient.Of.VALUE_AUX_AND_GRAD, Callee.of("valueAndGradWithAux", f)));
  }

  /**
   * As {@link #valueAndGradWithAux(Function)}, with the gradient for the first of two arguments.
   *
   * @param f a function that returns a scalar (shape {@code ()}) and a tree
   * @param <A> the type of the argument whose gradient is wanted
   * @param <B> the type of the second argument
   * @param <T> the type of the auxiliary result
   * @return the function
   * @throws NullPointerException if {@code f} is null
   */
  public static <A, B, T> TreeBiFunction<A, B, ValueAuxAndGrad<T, A>> valueAndGradWithAux(
      BiFunction<A, B, WithAux<T>> f) {
    return new TreeBiFunction<>(
        gradient(Gradient.Of.VALUE_AUX_AND_GRAD, Callee.of("valueAndGradWithAux", f)));
  }

  /**
   * As {@link #valueAndGradWithAux(Function)}, with the gradient for the first of three arguments.
   *
   * @param f a function that returns a scalar (shape {@code ()}) and a tree
   * @param <A> the type of the argument whose gradient is wanted
   * @param <B> the type of the second argument
   * @param <C> the type of the third argument
   * @param <T> the type of the auxiliary result
   * @return the function
   * @throws NullPointerException if {@code f} is null
   */
  public static <A, B, C, T> TreeTriFunction<A, B, C, ValueAuxAndGrad<T, A>> valueAndGradWithAux(
      TriFunction<A, B, C, WithAux<T>> f) {
    return new TreeTriFunction<>(
        gradient(Gradient.Of.VALUE_AUX_AND_GRAD, Callee.of("valueAndGradWithAux", f)));
  }

  private static Transformed gradient(Gradient.Of kind, Callee f) {
    return new Gradient(kind, f);
  }

  // ---- compile ---------------------------------------------------------------------------------

  /**
   * Returns a compiled form of {@code f}. Its Java code runs once for each thread and each
   * combination of structure, static values, shapes and dtypes of the argument; later calls run the
   * graph that was recorded. Mirrors {@code mlx.core.compile}.
   *
   * <p>Static values are compared with {@code equals}. The recordings for the 64 combinations of
   * structure and static values that were used last are kept: what changes at every call, a step
   * counter for instance, should be an array.
   *
   * @param f the function; what {@link Transforms#compile(org.mlx4j.ArrayFunction)} says of it
   *     holds here too
   * @param <A> the type of the argument
   * @param <R> the type of the result
   * @return the compiled function
   * @throws NullPointerException if {@code f} is null
   */
  public static <A, R> TreeFunction<A, R> compile(Function<A, R> f) {
    return new TreeFunction<>(compiled(Callee.of("compile", f)));
  }

  /**
   * As {@link #compile(Function)}, for a function of two arguments.
   *
   * @param f the function
   * @param <A> the type of the first argument
   * @param <B> the type of the second argument
   * @param <R> the type of the result
   * @return the compiled function
   * @throws NullPointerException if {@code f} is null
   */
  public static <A, B, R> TreeBiFunction<A, B, R> compile(BiFunction<A, B, R> f) {
    return new TreeBiFunction<>(compiled(Callee.of("compile", f)));
  }

  /**
   * As {@link #compile(Function)}, for a function of three arguments.
   *
   * @param f the function
   * @param <A> the type of the first argument
   * @param <B> the type of the second argument
   * @param <C> the type of the third argument
   * @param <R> the type of the result
   * @return the compiled function
   * @throws NullPointerException if {@code f} is null
   */
  public static <A, B, C, R> TreeTriFunction<A, B, C, R> compile(TriFunction<A, B, C, R> f) {
    return new TreeTriFunction<>(compiled(Callee.of("compile", f)));
  }

  private static Transformed compiled(Callee f) {
    return new Recorded("compile", f, h -> TransformsNative.compile(h, false));
  }

  // ---- checkpoint ------------------------------------------------------------------------------

  /**
   * Returns a function with the value and gradient of {@code f} that keeps no intermediate results
   * for the gradient but computes them again. Mirrors {@code mlx.core.checkpoint}.
   *
   * @param f the function; its Java code runs once more when a gradient is taken
   * @param <A> the type of the argument
   * @param <R> the type of the result
   * @return the checkpointed function; it throws {@link IllegalArgumentException} if {@code f}
   *     returns no array
   * @throws NullPointerException if {@code f} is null
   */
  public static <A, R> TreeFunction<A, R> checkpoint(Function<A, R> f) {
    return new TreeFunction<>(checkpointed(Callee.of("checkpoint", f)));
  }

  /**
   * As {@link #checkpoint(Function)}, for a function of two arguments.
   *
   * @param f the function
   * @param <A> the type of the first argument
   * @param <B> the type of the second argument
   * @param <R> the type of the result
   * @return the checkpointed function
   * @throws NullPointerException if {@code f} is null
   */
  public static <A, B, R> TreeBiFunction<A, B, R> checkpoint(BiFunction<A, B, R> f) {
    return new TreeBiFunction<>(checkpointed(Callee.of("checkpoint", f)));
  }

  /**
   * As {@link #checkpoint(Function)}, for a function of three arguments.
   *
   * @param f the function
   * @param <A> the type of the first argument
   * @param <B> the type of the second argument
   * @param <C> the type of the third argument
   * @param <R> the type of the result
   * @return the checkpointed function
   * @throws NullPointerException if {@code f} is null
   */
  public static <A, B, C, R> TreeTriFunction<A, B, C, R> checkpoint(TriFunction<A, B, C, R> f) {
    return new TreeTriFunction<>(checkpointed(Callee.of("checkpoint", f)));
  }

  private static Transformed checkpointed(Callee f) {
    return new Recorded("checkpoint", f, TransformsNative::checkpoint);
  }

  // ---- vmap ------------------------------------------------------------------------------------

  /**
   * Returns a function that applies {@code f} to every slice of the argument's arrays along axis 0
   * at once, and stacks the arrays of the results along axis 0. Mirrors {@code mlx.core.vmap}.
   *
   * @param f the function for one slice
   * @param <A> the type of the argument
   * @param <R> the type of the result
   * @return the vectorised function; it throws {@link IllegalArgumentException} if the argument
   *     holds no array, an array without axes, or arrays of different sizes along the axis
   * @throws NullPointerException if {@code f} is null
   */
  public static <A, R> TreeFunction<A, R> vmap(Function<A, R> f) {
    return vmap(f, 0);
  }

  /**
   * As {@link #vmap(Function)}, along other axes.
   *
   * @param f the function for one slice
   * @param inAxes the axis of the argument's arrays along which the slices lie; counts from the end
   *     when negative. None stands for 0
   * @param <A> the type of the argument
   * @param <R> the type of the result
   * @return the vectorised function, as for {@link #vmap(Function)}
   * @throws IllegalArgumentException if there is more than one axis
   * @throws NullPointerException if an argument is null
   */
  public static <A, R> TreeFunction<A, R> vmap(Function<A, R> f, int... inAxes) {
    return new TreeFunction<>(new Mapped(Callee.of("vmap", f), 1, inAxes));
  }

  /**
   * As {@link #vmap(Function)}, for a function of two arguments.
   *
   * @param f the function for one slice of each argument
   * @param <A> the type of the first argument
   * @param <B> the type of the second argument
   * @param <R> the type of the result
   * @return the vectorised function
   * @throws NullPointerException if {@code f} is null
   */
  public static <A, B, R> TreeBiFunction<A, B, R> vmap(BiFunction<A, B, R> f) {
    return vmap(f, 0, 0);
  }

  /**
   * As {@link #vmap(Function)}, for a function of two arguments and along other axes.
   *
   * @param f the function for one slice of each argument
   * @param inAxes for each argument the axis of its arrays along which the slices lie, or {@link
   *     Transforms#NOT_MAPPED}. None stands for 0 everywhere
   * @param <A> the type of the first argument
   * @param <B> the type of the second argument
   * @param <R> the type of the result
   * @return the vectorised function
   * @throws IllegalArgumentException if the number of axes is neither 0 nor 2
   * @throws NullPointerException if an argument is null
   */
  public static <A, B, R> TreeBiFunction<A, B, R> vmap(BiFunction<A, B, R> f, int... inAxes) {
    return new TreeBiFunction<>(new Mapped(Callee.of("vmap", f), 2, inAxes));
  }

  /**
   * As {@link #vmap(Function)}, for a function of three arguments.
   *
   * @param f the function for one slice of each argument
   * @param <A> the type of the first argument
   * @param <B> the type of the second argument
   * @param <C> the type of the third argument
   * @param <R> the type of the result
   * @return the vectorised function
   * @throws NullPointerException if {@code f} is null
   */
  public static <A, B, C, R> TreeTriFunction<A, B, C, R> vmap(TriFunction<A, B, C, R> f) {
    return vmap(f, 0, 0, 0);
  }

  /**
   * As {@link #vmap(Function)}, for a function of three arguments and along other axes.
   *
   * @param f the function for one slice of each argument
   * @param inAxes for each argument the axis of its arrays along which the slices lie, or {@link
   *     Transforms#NOT_MAPPED}. None stands for 0 everywhere
   * @param <A> the type of the first argument
   * @param <B> the type of the second argument
   * @param <C> the type of the third argument
   * @param <R> the type of the result
   * @return the vectorised function
   * @throws IllegalArgumentException if the number of axes is neither 0 nor 3
   * @throws NullPointerException if an argument is null
   */
  public static <A, B, C, R> TreeTriFunction<A, B, C, R> vmap(
      TriFunction<A, B, C, R> f, int... inAxes) {
    return new TreeTriFunction<>(new Mapped(Callee.of("vmap", f), 3, inAxes));
  }

  // ---- vjp, jvp --------------------------------------------------------------------------------

  /**
   * Computes the result of {@code f} and the product of {@code cotangent} with its Jacobian, at
   * {@code a}. Mirrors {@code mlx.core.vjp}.
   *
   * @param f the function
   * @param a its argument, whose arrays are the primals
   * @param cotangent a tree like the result, with arrays of the same shapes
   * @param <A> the type of the argument
   * @param <R> the type of the result
   * @return the result and the product
   * @throws IllegalArgumentException if the cotangent has another structure than the result, or
   *     arrays of other shapes, or the argument holds an array of integers or booleans
   * @throws IllegalStateException if an array is closed
   * @throws NullPointerException if {@code f} is null
   */
  public static <A, R> TreeVjp<R, A> vjp(Function<A, R> f, A a, R cotangent) {
    return JacobianProducts.vjp(Callee.of("vjp", f), cotangent, a);
  }

  /**
   * As {@link #vjp(Function, Object, Object)}, for the first of two arguments.
   *
   * @param f the function
   * @param a its first argument, whose arrays are the primals
   * @param b its second argument
   * @param cotangent a tree like the result, with arrays of the same shapes
   * @param <A> the type of the first argument
   * @param <B> the type of the second argument
   * @param <R> the type of the result
   * @return the result and the product
   */
  public static <A, B, R> TreeVjp<R, A> vjp(BiFunction<A, B, R> f, A a, B b, R cotangent) {
    return JacobianProducts.vjp(Callee.of("vjp", f), cotangent, a, b);
  }

  /**
   * As {@link #vjp(Function, Object, Object)}, for the first of three arguments.
   *
   * @param f the function
   * @param a its first argument, whose arrays are the primals
   * @param b its second argument
   * @param c its third argument
   * @param cotangent a tree like the result, with arrays of the same shapes
   * @param <A> the type of the first argument
   * @param <B> the type of the second argument
   * @param <C> the type of the third argument
   * @param <R> the type of the result
   * @return the result and the product
   */
  public static <A, B, C, R> TreeVjp<R, A> vjp(
      TriFunction<A, B, C, R> f, A a, B b, C c, R cotangent) {
    return JacobianProducts.vjp(Callee.of("vjp", f), cotangent, a, b, c);
  }

  /**
   * Computes the result of {@code f} and the product of its Jacobian with {@code tangent}, at
   * {@code a}. Mirrors {@code mlx.core.jvp}.
   *
   * @param f the function
   * @param a its argument, whose arrays are the primals
   * @param tangent a tree like the argument, with arrays of the same shapes
   * @param <A> the type of the argument
   * @param <R> the type of the result
   * @return the result and the product
   * @throws IllegalArgumentException if the tangent has another structure than the argument, or
   *     arrays of other shapes, or the argument holds an array of integers or booleans
   * @throws IllegalStateException if an array is closed
   * @throws NullPointerException if {@code f} is null
   */
  public static <A, R> TreeJvp<R> jvp(Function<A, R> f, A a, A tangent) {
    return JacobianProducts.jvp(Callee.of("jvp", f), tangent, a);
  }

  /**
   * As {@link #jvp(Function, Object, Object)}, for the first of two arguments.
   *
   * @param f the function
   * @param a its first argument, whose arrays are the primals
   * @param b its second argument
   * @param tangent a tree like the first argument, with arrays of the same shapes
   * @param <A> the type of the first argument
   * @param <B> the type of the second argument
   * @param <R> the type of the result
   * @return the result and the product
   */
  public static <A, B, R> TreeJvp<R> jvp(BiFunction<A, B, R> f, A a, B b, A tangent) {
    return JacobianProducts.jvp(Callee.of("jvp", f), tangent, a, b);
  }

  /**
   * As {@link #jvp(Function, Object, Object)}, for the first of three arguments.
   *
   * @param f the function
   * @param a its first argument, whose arrays are the primals
   * @param b its second argument
   * @param c its third argument
   * @param tangent a tree like the first argument, with arrays of the same shapes
   * @param <A> the type of the first argument
   * @param <B> the type of the second argument
   * @param <C> the type of the third argument
   * @param <R> the type of the result
   * @return the result and the product
   */
  public static <A, B, C, R> TreeJvp<R> jvp(TriFunction<A, B, C, R> f, A a, B b, C c, A tangent) {
    return JacobianProducts.jvp(Callee.of("jvp", f), tangent, a, b, c);
  }

  // ---- trees themselves ------------------------------------------------------------------------

  /**
   * Makes a tree of what an operation makes of each array. Mirrors {@code mlx.utils.tree_map}.
   *
   * @param tree a tree
   * @param operation what to do with each array
   * @param <T> the type of the tree
   * @return a tree with the structure and the static values of {@code tree}
   * @throws IllegalArgumentException if {@code tree} is no tree
   * @throws NullPointerException if {@code operation} is null or returns null
   */
  @SuppressWarnings("unchecked") // the result has the structure of the tree
  public static <T> T map(T tree, UnaryOperator<MlxArray> operation) {
    Objects.requireNonNull(operation, "[map] the operation is null");
    Flattening flattened = Flattening.of("map", Roots.ARGUMENTS, tree);
    Structure structure = flattened.structure();
    MlxArray[] leaves = flattened.leaves();
    for (int i = 0; i < leaves.length; i++) {
      leaves[i] = mapped(structure, i, operation.apply(leaves[i]));
    }
    return (T) structure.rebuildFirst(leaves, 0);
  }

  /**
   * Makes a tree of what an operation makes of each array of a tree and the array in the same place
   * of another one. Mirrors {@code mlx.utils.tree_map} with two trees.
   *
   * @param tree a tree
   * @param other a tree of the same structure; its static values may differ, and its maps may have
   *     another order
   * @param operation what to do with the arrays of both trees
   * @param <T> the type of the trees
   * @return a tree with the structure and the static values of {@code tree}
   * @throws IllegalArgumentException if the structures differ
   * @throws NullPointerException if {@code operation} is null or returns null
   */
  @SuppressWarnings("unchecked") // the result has the structure of the tree
  public static <T> T map(T tree, T other, BinaryOperator<MlxArray> operation) {
    Objects.requireNonNull(operation, "[map] the operation is null");
    Flattening flattened = Flattening.of("map", Roots.ARGUMENTS, tree);
    Structure structure = flattened.structure();
    MlxArray[] leaves = flattened.leaves();
    MlxArray[] others = structure.match("argument 1", other);
    for (int i = 0; i < leaves.length; i++) {
      leaves[i] = mapped(structure, i, operation.apply(leaves[i], others[i]));
    }
    return (T) structure.rebuildFirst(leaves, 0);
  }

  private static MlxArray mapped(Structure structure, int leaf, MlxArray result) {
    if (result == null) {
      throw new NullPointerException(structure.complaint(leaf, "the operation returned null"));
    }
    return result;
  }

  /**
   * The arrays of a tree.
   *
   * @param tree a tree
   * @return its arrays in order: records by component, lists and Java arrays by index, maps by
   *     iteration. The list cannot be changed
   * @throws IllegalArgumentException if {@code tree} is no tree
   */
  public static List<MlxArray> flatten(Object tree) {
    return List.of(Flattening.of("flatten", Roots.TREE, tree).leaves());
  }

  /**
   * Makes a tree of arrays.
   *
   * @param like a tree whose structure and static values the result has
   * @param arrays the arrays, in the order of {@link #flatten}
   * @param <T> the type of the tree
   * @return the tree
   * @throws IllegalArgumentException if there are more or fewer arrays than in {@code like}
   * @throws NullPointerException if {@code arrays} or one of them is null
   */
  @SuppressWarnings("unchecked") // the result has the structure of the tree
  public static <T> T unflatten(T like, List<MlxArray> arrays) {
    Objects.requireNonNull(arrays, "[unflatten] the list of arrays is null");
    Structure structure = Flattening.of("unflatten", Roots.TREE, like).structure();
    MlxArray[] leaves = arrays.toArray(MlxArray[]::new);
    if (leaves.length < structure.leaves()) {
      throw new IllegalArgumentException(
          structure.complaint(
              leaves.length,
              "there is no array for it: "
                  + leaves.length
                  + " were given, the tree has "
                  + structure.leaves()));
    }
    if (leaves.length > structure.leaves()) {
      throw new IllegalArgumentException(
          "[unflatten] "
              + leaves.length
              + " arrays were given, but the tree has only "
              + structure.leaves());
    }
    for (int i = 0; i < leaves.length; i++) {
      if (leaves[i] == null) {
        throw new NullPointerException(structure.complaint(i, "the array for it is null"));
      }
    }
    return (T) structure.rebuildFirst(leaves, 0);
  }

  /**
   * Computes all arrays of trees. Mirrors {@code mlx.core.eval}.
   *
   * @param trees any trees
   * @throws IllegalArgumentException if one of them is no tree
   * @throws IllegalStateException if an array is closed
   */
  public static void eval(Object... trees) {
    Objects.requireNonNull(trees, "[eval] the array of trees is null");
    Flattening flattened = Flattening.of("eval", Roots.ARGUMENTS, trees);
    withOpenArrays(flattened, Ops::eval);
  }

  /**
   * Starts to compute all arrays of trees and does not wait. Mirrors {@code mlx.core.async_eval}.
   *
   * @param trees any trees
   * @throws IllegalArgumentException if one of them is no tree
   * @throws IllegalStateException if an array is closed
   */
  public static void asyncEval(Object... trees) {
    Objects.requireNonNull(trees, "[asyncEval] the array of trees is null");
    Flattening flattened = Flattening.of("asyncEval", Roots.ARGUMENTS, trees);
    withOpenArrays(flattened, Ops::asyncEval);
  }

  private interface OnArrays {
    void accept(MlxArray... arrays);
  }

  private static void withOpenArrays(Flattening flattened, OnArrays action) {
    MlxArray[] leaves = flattened.leaves();
    try {
      action.accept(leaves);
    } catch (IllegalStateException e) {
      int closed = Core.ARRAYS.firstClosed(leaves);
      if (closed < 0) {
        throw e;
      }
      throw Core.ARRAYS.closed(
          flattened.structure().complaint(closed, "the array is closed"), leaves[closed], e);
    }
  }

  /**
   * Closes all arrays of a tree. Closing twice is harmless.
   *
   * @param tree a tree
   * @throws IllegalArgumentException if {@code tree} is no tree
   */
  public static void close(Object tree) {
    for (MlxArray leaf : Flattening.of("close", Roots.TREE, tree).leaves()) {
      leaf.close();
    }
  }

  // ---- files -----------------------------------------------------------------------------------

  /**
   * Saves the arrays of a tree in a file of the safetensors format, each under its path, such as
   * {@code layers[2].w}. Static values are not saved. Evaluates. Mirrors {@code
   * mlx.core.save_safetensors}.
   *
   * @param file the file, which is replaced as a whole or not at all
   * @param tree a tree
   * @throws IllegalArgumentException if {@code tree} is no tree, or two of its paths are the same
   *     because keys of a map look the same as text
   * @throws IllegalStateException if an array is closed
   * @throws org.mlx4j.MlxException if an array cannot be computed or written
   * @throws java.io.UncheckedIOException if the file cannot be written
   */
  public static void save(Path file, Object tree) {
    Objects.requireNonNull(file, "[save] the file is null");
    Flattening flattened = Flattening.of("save", Roots.TREE, tree);
    Structure structure = flattened.structure();
    withOpenArrays(
        flattened, leaves -> Core.ARRAYS.saveSafetensors("save", file, named(structure, leaves)));
  }

  private static Map<String, MlxArray> named(Structure structure, MlxArray... leaves) {
    Map<String, MlxArray> named = new LinkedHashMap<>();
    for (int i = 0; i < leaves.length; i++) {
      if (named.put(structure.path(i), leaves[i]) != null) {
        throw new IllegalArgumentException(
            structure.complaint(i, "another array of the tree has the same path"));
      }
    }
    return named;
  }

  /**
   * Loads the arrays of a tree from a file of the safetensors format. Their values are read when
   * they are first needed. Mirrors {@code mlx.core.load}.
   *
   * @param file the file
   * @param like a tree whose structure and static values the result has
   * @param <T> the type of the tree
   * @return the tree; its arrays have the dtypes of the file
   * @throws IllegalArgumentException if the file does not hold exactly the arrays of {@code like},
   *     by their paths and shapes
   * @throws org.mlx4j.MlxException if the file is not of the format
   * @throws java.io.UncheckedIOException if the file cannot be read
   */
  @SuppressWarnings("unchecked") // the result has the structure of the tree
  public static <T> T load(Path file, T like) {
    Objects.requireNonNull(file, "[load] the file is null");
    Flattening flattened = Flattening.of("load", Roots.TREE, like);
    Structure structure = flattened.structure();
    Map<String, MlxArray> loaded = Core.ARRAYS.loadSafetensors("load", file);
    try {
      MlxArray[] leaves = fitting(structure, flattened.leaves(), file, loaded);
      return (T) structure.rebuildFirst(leaves, 0);
    } catch (RuntimeException e) {
      loaded.values().forEach(MlxArray::close);
      throw e;
    }
  }

  private static MlxArray[] fitting(
      Structure structure, MlxArray[] like, Path file, Map<String, MlxArray> loaded) {
    Map<String, MlxArray> wanted = named(structure, like);
    MlxArray[] leaves = new MlxArray[like.length];
    for (int i = 0; i < leaves.length; i++) {
      leaves[i] = loaded.get(structure.path(i));
      if (leaves[i] == null) {
        throw new IllegalArgumentException(
            structure.complaint(i, file + " has no array of this name; it has " + loaded.keySet()));
      }
      if (!Arrays.equals(leaves[i].shape(), like[i].shape())) {
        throw new IllegalArgumentException(
            structure.complaint(
                i,
                "the array in "
                    + file
                    + " has the shape "
                    + Arrays.toString(leaves[i].shape())
                    + ", the one of the tree has "
                    + Arrays.toString(like[i].shape())));
      }
    }
    if (loaded.size() > leaves.length) {
      TreeSet<String> unknown = new TreeSet<>(loaded.keySet());
      unknown.removeAll(wanted.keySet());
      throw new IllegalArgumentException(
          "[load] " + file + " holds arrays that the tree has no place for: " + unknown);
    }
    return leaves;
  }
}
