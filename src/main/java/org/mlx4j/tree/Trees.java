package org.mlx4j.tree;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.mlx4j.ArraysToArrayFunction;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.Transforms;
import org.mlx4j.internal.SharedSecrets;
import org.mlx4j.internal.TransformsNative;
import org.mlx4j.internal.tree.Combining;
import org.mlx4j.internal.tree.Flattening;
import org.mlx4j.internal.tree.Roots;
import org.mlx4j.internal.tree.Structure;

/**
 * Transforms of functions of your own types, and operations on all arrays of a tree.
 *
 * <pre>{@code
 * record Linear(MlxArray weight, MlxArray bias) {}
 * record Batch(MlxArray in, MlxArray out) {}
 *
 * MlxArray error(Linear model, Batch batch) {
 *   MlxArray predicted = batch.in().matmul(model.weight()).add(model.bias());
 *   return predicted.subtract(batch.out()).square().mean();
 * }
 *
 * Linear model = new Linear(w, b);
 * Batch batch = new Batch(x, Ops.ones(4, 2));
 * try (var step = Trees.valueAndGrad((Linear m, Batch all) -> error(m, all))) {
 *   var r = step.apply(model, batch);                       // r.value(): MlxArray, r.grad(): Linear
 *   Linear next = Trees.map(model, r.grad(), (p, g) -> p.subtract(g.multiply(0.1f)));
 * }
 * }</pre>
 *
 * <p>The package description says what a tree is. What {@link Transforms} says of functions of
 * arrays holds for functions of trees as well: transformed functions nest, and the functions should
 * be pure. State is passed as an argument and returned as a result ({@code (state, batch) ->
 * newState}).
 *
 * <p>Messages name the place of the array that they are about: {@code [valueAndGrad] argument 0,
 * layers[2].w: …}.
 *
 * <p>Every method throws {@link NullPointerException} if a function is null, {@link
 * IllegalArgumentException} if an argument is not a tree, and {@link IllegalStateException} if an
 * array, or a function that a transform returned, is closed.
 */
public final class Trees {
  static {
    SharedSecrets.setTreeAccess(new TrainedGradients());
  }

  private Trees() {}

  // ---- grad ------------------------------------------------------------------------------------

  /**
   * Returns a function that computes the gradient of {@code f}. Mirrors {@code mlx.core.grad}.
   *
   * @param f a function that returns a scalar (shape {@code ()})
   * @param <A> the type of the argument
   * @return the gradient function. Its result has the static values of the argument and, in place
   *     of each array, the gradient with respect to it, which is zero where the result does not
   *     depend on the array. It throws {@link IllegalArgumentException} if {@code f} does not
   *     return a scalar, or if the argument holds no array, or one of integers or booleans
   */
  public static <A> TreeFunction<A, A> grad(Function<A, MlxArray> f) {
    return new TreeFunction<>(gradient(Gradient.Of.GRAD, Callee.of("grad", f)));
  }

  /** Equivalent to {@link #grad(Function)} with respect to the first of two arguments. */
  public static <A, B extends @Nullable Object> TreeBiFunction<A, B, A> grad(
      BiFunction<A, B, MlxArray> f) {
    return new TreeBiFunction<>(gradient(Gradient.Of.GRAD, Callee.of("grad", f)));
  }

  /** Equivalent to {@link #grad(Function)} with respect to the first of three arguments. */
  public static <A, B extends @Nullable Object, C extends @Nullable Object>
      TreeTriFunction<A, B, C, A> grad(TriFunction<A, B, C, MlxArray> f) {
    return new TreeTriFunction<>(gradient(Gradient.Of.GRAD, Callee.of("grad", f)));
  }

  /**
   * Returns a function that computes the value and the gradient of {@code f} at once. Mirrors
   * {@code mlx.core.value_and_grad}.
   *
   * @param f a function that returns a scalar (shape {@code ()})
   * @param <A> the type of the argument
   * @return the function; it throws what the function of {@link #grad(Function)} throws
   */
  public static <A> TreeFunction<A, TreeValueAndGrad<A>> valueAndGrad(Function<A, MlxArray> f) {
    return new TreeFunction<>(gradient(Gradient.Of.VALUE_AND_GRAD, Callee.of("valueAndGrad", f)));
  }

  /**
   * Equivalent to {@link #valueAndGrad(Function)}, with the gradient with respect to the first of
   * two arguments.
   */
  public static <A, B extends @Nullable Object>
      TreeBiFunction<A, B, TreeValueAndGrad<A>> valueAndGrad(BiFunction<A, B, MlxArray> f) {
    return new TreeBiFunction<>(gradient(Gradient.Of.VALUE_AND_GRAD, Callee.of("valueAndGrad", f)));
  }

  /**
   * Equivalent to {@link #valueAndGrad(Function)}, with the gradient with respect to the first of
   * three arguments.
   */
  public static <A, B extends @Nullable Object, C extends @Nullable Object>
      TreeTriFunction<A, B, C, TreeValueAndGrad<A>> valueAndGrad(TriFunction<A, B, C, MlxArray> f) {
    return new TreeTriFunction<>(
        gradient(Gradient.Of.VALUE_AND_GRAD, Callee.of("valueAndGrad", f)));
  }

  /**
   * Returns a function that computes the value, the auxiliary result and the gradient of {@code f}.
   * Mirrors {@code mlx.core.value_and_grad} of a function that returns more than a scalar.
   *
   * @param f a function that returns a scalar (shape {@code ()}) and a tree, through which no
   *     gradient flows
   * @param <A> the type of the argument
   * @param <T> the type of the auxiliary result
   * @return the function; it throws what the function of {@link #grad(Function)} throws, and {@link
   *     NullPointerException} if {@code f} returns null
   */
  public static <A, T extends @Nullable Object>
      TreeFunction<A, ValueAuxAndGrad<T, A>> valueAndGradWithAux(Function<A, WithAux<T>> f) {
    return new TreeFunction<>(
        gradient(Gradient.Of.VALUE_AUX_AND_GRAD, Callee.of("valueAndGradWithAux", f)));
  }

  /**
   * Equivalent to {@link #valueAndGradWithAux(Function)}, with the gradient with respect to the
   * first of two arguments.
   */
  public static <A, B extends @Nullable Object, T extends @Nullable Object>
      TreeBiFunction<A, B, ValueAuxAndGrad<T, A>> valueAndGradWithAux(
          BiFunction<A, B, WithAux<T>> f) {
    return new TreeBiFunction<>(
        gradient(Gradient.Of.VALUE_AUX_AND_GRAD, Callee.of("valueAndGradWithAux", f)));
  }

  /**
   * Equivalent to {@link #valueAndGradWithAux(Function)}, with the gradient with respect to the
   * first of three arguments.
   */
  public static <
          A, B extends @Nullable Object, C extends @Nullable Object, T extends @Nullable Object>
      TreeTriFunction<A, B, C, ValueAuxAndGrad<T, A>> valueAndGradWithAux(
          TriFunction<A, B, C, WithAux<T>> f) {
    return new TreeTriFunction<>(
        gradient(Gradient.Of.VALUE_AUX_AND_GRAD, Callee.of("valueAndGradWithAux", f)));
  }

  private static Transformed gradient(Gradient.Of kind, Callee f) {
    return new Gradient(kind, false, f);
  }

  // ---- compile ---------------------------------------------------------------------------------

  /**
   * Returns a compiled form of {@code f}. Its Java code runs once for each thread and each
   * combination of structure, static values, shapes and dtypes of the argument; later calls run the
   * graph that was recorded. Mirrors {@code mlx.core.compile}.
   *
   * <p>Static values are compared with {@code equals}. The recordings for the 64 combinations of
   * structure and static values that were used last are kept. A value that changes in every call,
   * such as a step counter, should therefore be an array.
   *
   * @param f the function, of which {@link Transforms#compile(org.mlx4j.ArrayFunction, boolean)}
   *     says what it may do
   * @param <A> the type of the argument
   * @param <R> the type of the result
   * @return the compiled function
   */
  public static <A extends @Nullable Object, R extends @Nullable Object> TreeFunction<A, R> compile(
      Function<A, R> f) {
    return new TreeFunction<>(compiled(Callee.of("compile", f)));
  }

  /** Equivalent to {@link #compile(Function)} for a function of two arguments. */
  public static <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object>
      TreeBiFunction<A, B, R> compile(BiFunction<A, B, R> f) {
    return new TreeBiFunction<>(compiled(Callee.of("compile", f)));
  }

  /** Equivalent to {@link #compile(Function)} for a function of three arguments. */
  public static <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          R extends @Nullable Object>
      TreeTriFunction<A, B, C, R> compile(TriFunction<A, B, C, R> f) {
    return new TreeTriFunction<>(compiled(Callee.of("compile", f)));
  }

  private static Transformed compiled(Callee f) {
    return new Recorded("compile", f, h -> TransformsNative.compile(h, false));
  }

  // ---- checkpoint ------------------------------------------------------------------------------

  /**
   * Returns a function with the value and the gradient of {@code f} that does not keep intermediate
   * results for the gradient, but computes them again. Mirrors {@code mlx.core.checkpoint}.
   *
   * @param f the function; its Java code runs once more when a gradient is computed
   * @param <A> the type of the argument
   * @param <R> the type of the result
   * @return the checkpointed function; it throws {@link IllegalArgumentException} if the result of
   *     {@code f} holds no array
   */
  public static <A extends @Nullable Object, R extends @Nullable Object>
      TreeFunction<A, R> checkpoint(Function<A, R> f) {
    return new TreeFunction<>(checkpointed(Callee.of("checkpoint", f)));
  }

  /** Equivalent to {@link #checkpoint(Function)} for a function of two arguments. */
  public static <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object>
      TreeBiFunction<A, B, R> checkpoint(BiFunction<A, B, R> f) {
    return new TreeBiFunction<>(checkpointed(Callee.of("checkpoint", f)));
  }

  /** Equivalent to {@link #checkpoint(Function)} for a function of three arguments. */
  public static <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          R extends @Nullable Object>
      TreeTriFunction<A, B, C, R> checkpoint(TriFunction<A, B, C, R> f) {
    return new TreeTriFunction<>(checkpointed(Callee.of("checkpoint", f)));
  }

  private static Transformed checkpointed(Callee f) {
    return new Recorded("checkpoint", f, TransformsNative::checkpoint);
  }

  // ---- vmap ------------------------------------------------------------------------------------

  /** Equivalent to {@link #vmap(Function, int...) vmap(f, 0)}. */
  public static <A extends @Nullable Object, R extends @Nullable Object> TreeFunction<A, R> vmap(
      Function<A, R> f) {
    return vmap(f, 0);
  }

  /**
   * Returns a function that applies {@code f} to all slices of its argument at once; as {@link
   * #vmap(TriFunction, int...)} for a function of one argument.
   *
   * @param f the function for one slice
   * @param inAxes the axis of the argument's arrays along which the slices lie, counted from the
   *     end when negative; 0 if it is left out
   * @param <A> the type of the argument
   * @param <R> the type of the result
   * @return the vectorized function
   * @throws IllegalArgumentException if more than one axis is given
   */
  public static <A extends @Nullable Object, R extends @Nullable Object> TreeFunction<A, R> vmap(
      Function<A, R> f, int... inAxes) {
    return new TreeFunction<>(new Mapped(Callee.of("vmap", f), 1, inAxes));
  }

  /** Equivalent to {@link #vmap(BiFunction, int...) vmap(f, 0, 0)}. */
  public static <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object>
      TreeBiFunction<A, B, R> vmap(BiFunction<A, B, R> f) {
    return vmap(f, 0, 0);
  }

  /** Equivalent to {@link #vmap(TriFunction, int...)} for a function of two arguments. */
  public static <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object>
      TreeBiFunction<A, B, R> vmap(BiFunction<A, B, R> f, int... inAxes) {
    return new TreeBiFunction<>(new Mapped(Callee.of("vmap", f), 2, inAxes));
  }

  /** Equivalent to {@link #vmap(TriFunction, int...) vmap(f, 0, 0, 0)}. */
  public static <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          R extends @Nullable Object>
      TreeTriFunction<A, B, C, R> vmap(TriFunction<A, B, C, R> f) {
    return vmap(f, 0, 0, 0);
  }

  /**
   * Returns a function that applies {@code f} to all slices of its arguments at once, and stacks
   * the arrays of the results along axis 0. Mirrors {@code mlx.core.vmap}.
   *
   * @param f the function for one slice of each argument
   * @param inAxes for each argument the axis of its arrays along which the slices lie, counted from
   *     the end when negative, or {@link Transforms#NOT_MAPPED}; 0 for all arguments if the axes
   *     are left out
   * @param <A> the type of the first argument
   * @param <B> the type of the second argument
   * @param <C> the type of the third argument
   * @param <R> the type of the result
   * @return the vectorized function; it throws {@link IllegalArgumentException} if no argument that
   *     is mapped holds an array, if an axis is out of range for an array, or if the sizes of
   *     arrays along their axes differ
   * @throws IllegalArgumentException if the number of axes is neither 0 nor that of the arguments
   * @throws NullPointerException if {@code inAxes} is null
   */
  public static <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          R extends @Nullable Object>
      TreeTriFunction<A, B, C, R> vmap(TriFunction<A, B, C, R> f, int... inAxes) {
    return new TreeTriFunction<>(new Mapped(Callee.of("vmap", f), 3, inAxes));
  }

  // ---- vjp, jvp --------------------------------------------------------------------------------

  /**
   * Computes the result of {@code f}, and the product of {@code cotangent} with its Jacobian, at
   * {@code a}. Mirrors {@code mlx.core.vjp}.
   *
   * @param f the function
   * @param a its argument, whose arrays are the primals
   * @param cotangent a tree like the result, with arrays of the same shapes
   * @param <A> the type of the argument
   * @param <R> the type of the result
   * @return the result and the product
   * @throws IllegalArgumentException if the structure of the cotangent is not that of the result,
   *     if an array of it has another shape, or if the argument holds an array of integers or
   *     booleans
   */
  public static <A, R extends @Nullable Object> TreeVjp<R, A> vjp(
      Function<A, R> f, A a, R cotangent) {
    return JacobianProducts.vjp(Callee.of("vjp", f), cotangent, a);
  }

  /**
   * Equivalent to {@link #vjp(Function, Object, Object)} with respect to the first of two
   * arguments.
   */
  public static <A, B extends @Nullable Object, R extends @Nullable Object> TreeVjp<R, A> vjp(
      BiFunction<A, B, R> f, A a, B b, R cotangent) {
    return JacobianProducts.vjp(Callee.of("vjp", f), cotangent, a, b);
  }

  /**
   * Equivalent to {@link #vjp(Function, Object, Object)} with respect to the first of three
   * arguments.
   */
  public static <
          A, B extends @Nullable Object, C extends @Nullable Object, R extends @Nullable Object>
      TreeVjp<R, A> vjp(TriFunction<A, B, C, R> f, A a, B b, C c, R cotangent) {
    return JacobianProducts.vjp(Callee.of("vjp", f), cotangent, a, b, c);
  }

  /**
   * Computes the result of {@code f}, and the product of its Jacobian with {@code tangent}, at
   * {@code a}. Mirrors {@code mlx.core.jvp}.
   *
   * @param f the function
   * @param a its argument, whose arrays are the primals
   * @param tangent a tree like the argument, with arrays of the same shapes
   * @param <A> the type of the argument
   * @param <R> the type of the result
   * @return the result and the product
   * @throws IllegalArgumentException if the structure of the tangent is not that of the argument,
   *     if an array of it has another shape, or if the argument holds an array of integers or
   *     booleans
   */
  public static <A, R extends @Nullable Object> TreeJvp<R> jvp(Function<A, R> f, A a, A tangent) {
    return JacobianProducts.jvp(Callee.of("jvp", f), tangent, a);
  }

  /**
   * Equivalent to {@link #jvp(Function, Object, Object)} with respect to the first of two
   * arguments.
   */
  public static <A, B extends @Nullable Object, R extends @Nullable Object> TreeJvp<R> jvp(
      BiFunction<A, B, R> f, A a, B b, A tangent) {
    return JacobianProducts.jvp(Callee.of("jvp", f), tangent, a, b);
  }

  /**
   * Equivalent to {@link #jvp(Function, Object, Object)} with respect to the first of three
   * arguments.
   */
  public static <
          A, B extends @Nullable Object, C extends @Nullable Object, R extends @Nullable Object>
      TreeJvp<R> jvp(TriFunction<A, B, C, R> f, A a, B b, C c, A tangent) {
    return JacobianProducts.jvp(Callee.of("jvp", f), tangent, a, b, c);
  }

  // ---- trees themselves ------------------------------------------------------------------------

  /**
   * Applies an operation to each array of a tree. Mirrors {@code mlx.utils.tree_map}.
   *
   * @param tree a tree
   * @param operation what to do with each array
   * @param <T> the type of the tree
   * @return a tree with the structure and the static values of {@code tree}; null where {@code
   *     tree} has null
   * @throws NullPointerException if {@code operation} is null or returns null
   */
  public static <T extends @Nullable Object> T map(T tree, UnaryOperator<MlxArray> operation) {
    Objects.requireNonNull(operation, "[map] the operation is null");
    return mapped("map", tree, structure -> (i, xs) -> operation.apply(xs[0]));
  }

  /**
   * Applies an operation to each array of a tree and the array in the same place of another one.
   * Mirrors {@code mlx.utils.tree_map} with two trees.
   *
   * @param tree a tree
   * @param other a tree of the same structure; its static values and the order of its maps may
   *     differ
   * @param operation what to do with the arrays of both trees
   * @param <T> the type of the trees
   * @return a tree with the structure and the static values of {@code tree}; null where both have
   *     null
   * @throws IllegalArgumentException if the structures differ; also if one tree has null where the
   *     other one has an array
   * @throws NullPointerException if {@code operation} is null or returns null
   */
  public static <T extends @Nullable Object> T map(
      T tree, T other, BinaryOperator<MlxArray> operation) {
    Objects.requireNonNull(operation, "[map] the operation is null");
    return mapped("map", tree, structure -> (i, xs) -> operation.apply(xs[0], xs[1]), other);
  }

  /**
   * As {@link #map(Object, Object, BinaryOperator)}, for the arrays of three trees.
   *
   * <pre>{@code
   * Map<String, MlxArray> x = Map.of("w", Ops.ones(2));
   * Map<String, MlxArray> sum = Trees.map(x, x, x, (a, b, c) -> a.add(b).multiply(c));
   * }</pre>
   *
   * @param tree a tree
   * @param second a tree of the same structure
   * @param third a tree of the same structure
   * @param operation what to do with the arrays of the three trees
   * @param <T> the type of the trees
   * @return a tree with the structure and the static values of {@code tree}
   * @throws IllegalArgumentException if the structures differ
   * @throws NullPointerException if {@code operation} is null or returns null
   */
  public static <T extends @Nullable Object> T map(
      T tree, T second, T third, TriFunction<MlxArray, MlxArray, MlxArray, MlxArray> operation) {
    Objects.requireNonNull(operation, "[map] the operation is null");
    return mapped(
        "map", tree, structure -> (i, xs) -> operation.apply(xs[0], xs[1], xs[2]), second, third);
  }

  /**
   * As {@link #map(Object, Object, BinaryOperator)}, for the arrays of any number of trees, which
   * follow the operation.
   *
   * @param operation what to do with the arrays in the same places of all trees
   * @param trees at least one tree; the others have its structure
   * @param <T> the type of the trees
   * @return a tree with the structure and the static values of the first tree
   * @throws IllegalArgumentException if there is no tree, or the structures differ
   * @throws NullPointerException if {@code operation} is null or returns null
   */
  @SafeVarargs
  @SuppressWarnings("varargs") // the trees are only read
  public static <T extends @Nullable Object> T map(ArraysToArrayFunction operation, T... trees) {
    Objects.requireNonNull(operation, "[map] the operation is null");
    Objects.requireNonNull(trees, "[map] the array of trees is null");
    if (trees.length == 0) {
      throw new IllegalArgumentException("[map] there is no tree; at least one is needed");
    }
    Object[] others = Arrays.copyOfRange(trees, 1, trees.length, Object[].class);
    return mapped("map", trees[0], structure -> (i, xs) -> operation.apply(xs), others);
  }

  /**
   * Applies an operation to the path and the array of each place in a tree. Mirrors {@code
   * mlx.utils.tree_map_with_path}.
   *
   * <pre>{@code
   * Map<String, MlxArray> model = Map.of("weight", Ops.ones(2), "bias", Ops.zeros(2));
   * Map<String, MlxArray> half = Trees.mapWithPath(
   *     model, (path, x) -> path.endsWith("weight") ? x.astype(DType.FLOAT16) : x);
   * }</pre>
   *
   * @param tree a tree
   * @param operation what to do with each array; paths are those of {@link #flattenWithPaths}
   * @param <T> the type of the tree
   * @return a tree with the structure and the static values of {@code tree}
   * @throws NullPointerException if {@code operation} is null or returns null
   */
  public static <T extends @Nullable Object> T mapWithPath(
      T tree, BiFunction<String, MlxArray, MlxArray> operation) {
    Objects.requireNonNull(operation, "[mapWithPath] the operation is null");
    return mapped(
        "mapWithPath",
        tree,
        structure -> {
          String[] names = structure.names();
          return (i, xs) -> operation.apply(names[i], xs[0]);
        });
  }

  /**
   * As {@link #mapWithPath(Object, BiFunction)}, for the arrays of two trees.
   *
   * @param tree a tree
   * @param other a tree of the same structure, as {@link #map(Object, Object, BinaryOperator)}
   *     takes it
   * @param operation what to do with the path and the arrays of both trees
   * @param <T> the type of the trees
   * @return a tree with the structure and the static values of {@code tree}
   * @throws IllegalArgumentException if the structures differ
   * @throws NullPointerException if {@code operation} is null or returns null
   */
  public static <T extends @Nullable Object> T mapWithPath(
      T tree, T other, TriFunction<String, MlxArray, MlxArray, MlxArray> operation) {
    Objects.requireNonNull(operation, "[mapWithPath] the operation is null");
    return mapped(
        "mapWithPath",
        tree,
        structure -> {
          String[] names = structure.names();
          return (i, xs) -> operation.apply(names[i], xs[0], xs[1]);
        },
        other);
  }

  /** Returns the array for a place of a tree. */
  private interface OnPlace {
    MlxArray apply(int leaf, MlxArray... xs);
  }

  @SuppressWarnings("unchecked") // the result has the structure of the first tree
  private static <T extends @Nullable Object> T mapped(
      String function, T tree, Function<Structure, OnPlace> operations, Object... others) {
    Flattening first = Flattening.of(function, Roots.ARGUMENTS, tree);
    Structure structure = first.structure();
    OnPlace operation = operations.apply(structure);
    MlxArray[][] leaves = new MlxArray[1 + others.length][];
    leaves[0] = first.leaves();
    for (int i = 1; i < leaves.length; i++) {
      leaves[i] = structure.match("argument " + i, others[i - 1]);
    }
    MlxArray[] results = new MlxArray[leaves[0].length];
    for (int i = 0; i < results.length; i++) {
      MlxArray[] xs = new MlxArray[leaves.length];
      for (int j = 0; j < xs.length; j++) {
        xs[j] = leaves[j][i];
      }
      results[i] = operation.apply(i, xs);
      if (results[i] == null) {
        throw new NullPointerException(structure.complaint(i, "the operation returned null"));
      }
    }
    return (T) structure.rebuildFirst(results, 0);
  }

  /**
   * Accumulates the arrays of a tree. Mirrors {@code mlx.utils.tree_reduce}.
   *
   * <pre>{@code
   * long size = Trees.reduce(Map.of("w", Ops.ones(2, 3)), 0L, (sum, x) -> sum + x.size());
   * }</pre>
   *
   * @param tree a tree
   * @param initial the first value
   * @param operation returns the next value for the value so far and an array
   * @param <R> the type of the value
   * @return the last value; {@code initial} if the tree has no arrays
   * @throws NullPointerException if {@code operation} is null
   */
  public static <R extends @Nullable Object> R reduce(
      @Nullable Object tree, R initial, BiFunction<R, MlxArray, R> operation) {
    Objects.requireNonNull(operation, "[reduce] the operation is null");
    R value = initial;
    for (MlxArray array : Flattening.of("reduce", Roots.TREE, tree).leaves()) {
      value = operation.apply(value, array);
    }
    return value;
  }

  // ---- parts of trees --------------------------------------------------------------------------

  /**
   * Divides a tree into two parts, of which each has null in place of the arrays of the other one.
   * The static values are in both.
   *
   * <p>This freezes parameters at will: what is differentiated is one part, and the other one goes
   * into the function as it is.
   *
   * <pre>{@code
   * record Model(MlxArray body, MlxArray head) {}
   *
   * Model model = new Model(Ops.eye(3), Ops.ones(3));
   * var parts = Trees.partition(model, (path, array) -> path.equals("head"));
   * try (var grad = Trees.grad((Model trained, Model frozen) -> {
   *   Model m = Trees.combine(trained, frozen);
   *   return m.body().matmul(m.head()).sum();
   * })) {
   *   Model gradient = grad.apply(parts.selected(), parts.rest());   // its body is null
   * }
   * }</pre>
   *
   * @param tree a tree
   * @param selected tells whether an array is selected, for its path as in files, such as {@code
   *     head.weight}, and itself
   * @param <T> the type of the tree, whose records must allow null in place of arrays
   * @return the selected part and the rest
   * @throws NullPointerException if {@code selected} is null
   */
  @SuppressWarnings("unchecked") // the parts have the structure of the tree
  public static <T extends @Nullable Object> Partition<T> partition(
      T tree, BiPredicate<String, MlxArray> selected) {
    Objects.requireNonNull(selected, "[partition] the predicate is null");
    Flattening flattened = Flattening.of("partition", Roots.TREE, tree);
    Structure structure = flattened.structure();
    String[] names = structure.names();
    MlxArray[] arrays = flattened.leaves();
    @Nullable MlxArray[] rest = arrays.clone();
    @Nullable MlxArray[] chosen = new MlxArray[rest.length];
    for (int i = 0; i < arrays.length; i++) {
      if (selected.test(names[i], arrays[i])) {
        chosen[i] = arrays[i];
        rest[i] = null;
      }
    }
    return new Partition<>(
        (T) structure.rebuildFirst(chosen, 0), (T) structure.rebuildFirst(rest, 0));
  }

  /**
   * Joins the parts of a tree that {@link #partition} made, or others of which at most one has
   * something in each place. Mirrors {@code mlx.utils.tree_merge}.
   *
   * @param first a tree, with null where {@code second} decides
   * @param second a tree of the same structure, with null where {@code first} decides; its maps may
   *     have another order
   * @param <T> the type of the trees
   * @return a tree with the arrays of both, and with the static values of {@code first}
   * @throws IllegalArgumentException if both have an array in the same place, or their structures
   *     differ
   */
  @SuppressWarnings("unchecked") // the result has the structure of the trees
  public static <T extends @Nullable Object> T combine(T first, T second) {
    return (T) Combining.of("combine", first, second, null);
  }

  /**
   * Joins two trees. Mirrors {@code mlx.utils.tree_merge} with a function.
   *
   * <pre>{@code
   * Map<String, MlxArray> defaults = Map.of("w", Ops.ones(2), "b", Ops.zeros(2));
   * Map<String, MlxArray> others = new HashMap<>();
   * others.put("w", Ops.full(new int[] {2}, 3f));
   * others.put("b", null);
   * Map<String, MlxArray> both = Trees.combine(defaults, others, (a, b) -> b);
   * }</pre>
   *
   * @param first a tree, with null where {@code second} decides
   * @param second a tree of the same structure, with null where {@code first} decides
   * @param operation returns the array for a place where both have one
   * @param <T> the type of the trees
   * @return a tree with the arrays of both, and with the static values of {@code first}
   * @throws IllegalArgumentException if the structures differ
   * @throws NullPointerException if {@code operation} is null or returns null
   */
  @SuppressWarnings("unchecked") // the result has the structure of the trees
  public static <T extends @Nullable Object> T combine(
      T first, T second, BinaryOperator<MlxArray> operation) {
    Objects.requireNonNull(operation, "[combine] the operation is null");
    return (T) Combining.of("combine", first, second, operation);
  }

  // ---- trees and flat collections --------------------------------------------------------------

  /**
   * Returns the arrays of a tree in order: records by component, lists and Java arrays by index,
   * maps in the order of their iteration. Mirrors {@code mlx.utils.tree_flatten}.
   *
   * @param tree a tree
   * @return its arrays, in an unmodifiable list
   */
  public static List<MlxArray> flatten(@Nullable Object tree) {
    return List.of(Flattening.of("flatten", Roots.TREE, tree).leaves());
  }

  /**
   * Returns a tree with other arrays. Mirrors {@code mlx.utils.tree_unflatten}.
   *
   * @param like a tree whose structure and static values the result has
   * @param arrays the arrays, in the order of {@link #flatten}
   * @param <T> the type of the tree
   * @return the tree
   * @throws IllegalArgumentException if the number of arrays is not that in {@code like}
   * @throws NullPointerException if {@code arrays} or one of them is null
   */
  @SuppressWarnings("unchecked") // the result has the structure of the tree
  public static <T extends @Nullable Object> T unflatten(T like, List<MlxArray> arrays) {
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
   * Returns the arrays of a tree with their paths, which are their names in files. Mirrors {@code
   * mlx.utils.tree_flatten}.
   *
   * <p>A path has the names of components, the indices of lists and Java arrays and the keys of
   * maps as text, joined by periods: {@code layers.0.weight}. The name of a component is that of
   * its {@link Name}; without one, {@code queryProj} is {@code query_proj}. The path of a tree that
   * is an array is empty.
   *
   * @param tree a tree
   * @return its arrays by path, in the order of {@link #flatten}. The map cannot be changed
   * @throws IllegalArgumentException if two paths are equal, because of keys of maps or names of
   *     components
   */
  public static Map<String, MlxArray> flattenWithPaths(@Nullable Object tree) {
    Flattening flattened = Flattening.of("flattenWithPaths", Roots.TREE, tree);
    return Collections.unmodifiableMap(
        named(flattened.structure(), UnaryOperator.identity(), flattened.leaves()));
  }

  /**
   * Returns a tree with the given arrays. Mirrors {@code mlx.utils.tree_unflatten}.
   *
   * @param like a tree whose structure and static values the result has
   * @param arrays the arrays by their paths, as {@link #flattenWithPaths} returns them
   * @param <T> the type of the tree
   * @return the tree
   * @throws IllegalArgumentException if there is no array for a path of {@code like}, or there are
   *     others
   * @throws NullPointerException if {@code arrays} or one of them is null
   */
  @SuppressWarnings("unchecked") // the result has the structure of the tree
  public static <T extends @Nullable Object> T unflatten(T like, Map<String, MlxArray> arrays) {
    Objects.requireNonNull(arrays, "[unflatten] the map of arrays is null");
    Flattening flattened = Flattening.of("unflatten", Roots.TREE, like);
    Structure structure = flattened.structure();
    MlxArray[] leaves = flattened.leaves();
    Set<String> names = named(structure, UnaryOperator.identity(), leaves).keySet();
    int i = 0;
    for (String name : names) {
      if (!arrays.containsKey(name)) {
        throw new IllegalArgumentException(
            structure.complaint(
                i, "the map has no array \"" + name + "\"; it has " + arrays.keySet()));
      }
      leaves[i] = arrays.get(name);
      if (leaves[i] == null) {
        throw new NullPointerException(structure.complaint(i, "the array for it is null"));
      }
      i++;
    }
    requireNoOthers("[unflatten] the map", arrays.keySet(), names);
    return (T) structure.rebuildFirst(leaves, 0);
  }

  private static void requireNoOthers(String what, Set<String> given, Set<String> wanted) {
    TreeSet<String> others = new TreeSet<>(given);
    others.removeAll(wanted);
    if (!others.isEmpty()) {
      throw new IllegalArgumentException(
          what + " holds arrays that the tree has no place for: " + others);
    }
  }

  // ---- evaluation and lifetime -----------------------------------------------------------------

  /**
   * Evaluates all arrays of trees. Mirrors {@code mlx.core.eval}.
   *
   * @param trees any number of trees
   */
  public static void eval(@Nullable Object... trees) {
    Objects.requireNonNull(trees, "[eval] the array of trees is null");
    Flattening flattened = Flattening.of("eval", Roots.ARGUMENTS, trees);
    withOpenArrays(flattened, Ops::eval);
  }

  /**
   * Starts the evaluation of all arrays of trees, and returns at once. Mirrors {@code
   * mlx.core.async_eval}.
   *
   * @param trees any number of trees
   */
  public static void asyncEval(@Nullable Object... trees) {
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
   * Closes all arrays of a tree. Closing an array twice is a no-op.
   *
   * @param tree a tree
   */
  public static void close(@Nullable Object tree) {
    for (MlxArray leaf : Flattening.of("close", Roots.TREE, tree).leaves()) {
      leaf.close();
    }
  }

  // ---- files -----------------------------------------------------------------------------------

  /** Equivalent to {@link #save(Path, Object, UnaryOperator) save(file, tree, name -> name)}. */
  public static void save(Path file, @Nullable Object tree) {
    save(file, tree, UnaryOperator.identity());
  }

  /**
   * Saves the arrays of a tree to a file under the names that a model of MLX's Python package gives
   * to them, such as {@code layers.2.weight}: their paths in {@link #flattenWithPaths}. Static
   * values and null are not saved. Arrays that were not computed yet are evaluated. Mirrors {@code
   * mlx.nn.Module.save_weights}, whose {@code load_weights} reads the file.
   *
   * @param file the file. If its name ends with {@code .npz}, its format is npz, which cannot hold
   *     bfloat16; else it is safetensors. If saving fails, an existing file remains unchanged
   * @param tree a tree
   * @param names returns the name in the file for a path in the tree; {@code name -> "model." +
   *     name} puts a prefix before all names
   * @throws IllegalArgumentException if two arrays have the same name
   * @throws NullPointerException if {@code file} or {@code names} is null, or {@code names} returns
   *     null
   * @throws org.mlx4j.MlxException if an array cannot be computed or written
   * @throws java.io.UncheckedIOException if the file cannot be written
   */
  public static void save(Path file, @Nullable Object tree, UnaryOperator<String> names) {
    Objects.requireNonNull(file, "[save] the file is null");
    Objects.requireNonNull(names, "[save] the function of names is null");
    Flattening flattened = Flattening.of("save", Roots.TREE, tree);
    Structure structure = flattened.structure();
    withOpenArrays(
        flattened, leaves -> Core.ARRAYS.saveArrays("save", file, named(structure, names, leaves)));
  }

  /** The arrays by their names, in their order. */
  private static Map<String, MlxArray> named(
      Structure structure, UnaryOperator<String> names, MlxArray... leaves) {
    String[] paths = structure.names();
    Map<String, MlxArray> named = new LinkedHashMap<>();
    for (int i = 0; i < leaves.length; i++) {
      String name = names.apply(paths[i]);
      if (name == null) {
        throw new NullPointerException(
            structure.complaint(i, "the function of names returned null for \"" + paths[i] + "\""));
      }
      if (named.putIfAbsent(name, leaves[i]) != null) {
        throw new IllegalArgumentException(
            structure.complaint(
                i, "another array of the tree has the same name, \"" + name + "\""));
      }
    }
    return named;
  }

  /** Equivalent to {@link #load(Path, Object, boolean) load(file, like, true)}. */
  public static <T extends @Nullable Object> T load(Path file, T like) {
    return load(file, like, true);
  }

  /**
   * Equivalent to {@link #load(Path, Object, UnaryOperator, boolean) load(file, like, name -> name,
   * strict)}.
   */
  public static <T extends @Nullable Object> T load(Path file, T like, boolean strict) {
    return load(file, like, UnaryOperator.identity(), strict);
  }

  /**
   * Equivalent to {@link #load(Path, Object, UnaryOperator, boolean) load(file, like, names,
   * true)}.
   */
  public static <T extends @Nullable Object> T load(
      Path file, T like, UnaryOperator<String> names) {
    return load(file, like, names, true);
  }

  /**
   * Loads the arrays of a tree from a file, such as {@link #save} or {@code save_weights} of MLX's
   * Python package writes. Values in the safetensors format are read when they are needed. Mirrors
   * {@code mlx.nn.Module.load_weights}.
   *
   * @param file the file. If its name ends with {@code .npz}, its format is npz, else it is
   *     safetensors
   * @param like a tree whose structure and static values the result has
   * @param names returns the name in the file for a path in the tree, as for {@link #save(Path,
   *     Object, UnaryOperator)}, so that files of other origin can be read
   * @param strict whether the file must hold exactly the arrays of {@code like}. Otherwise arrays
   *     that it does not hold remain those of {@code like}, and others are ignored
   * @param <T> the type of the tree
   * @return the tree; arrays of the file have the dtypes that they have there
   * @throws IllegalArgumentException if the file does not hold the arrays of {@code like}, by their
   *     names, or the shape of an array is another one
   * @throws NullPointerException if {@code file} or {@code names} is null, or {@code names} returns
   *     null
   * @throws org.mlx4j.MlxException if the file is not in its format
   * @throws java.io.UncheckedIOException if the file cannot be read
   */
  @SuppressWarnings("unchecked") // the result has the structure of the tree
  public static <T extends @Nullable Object> T load(
      Path file, T like, UnaryOperator<String> names, boolean strict) {
    Objects.requireNonNull(file, "[load] the file is null");
    Objects.requireNonNull(names, "[load] the function of names is null");
    Flattening flattened = Flattening.of("load", Roots.TREE, like);
    Structure structure = flattened.structure();
    Map<String, MlxArray> wanted = named(structure, names, flattened.leaves());
    Map<String, MlxArray> loaded = Core.ARRAYS.loadArrays("load", file);
    try {
      MlxArray[] fitting = fitting(structure, wanted, file, loaded, strict);
      if (strict) {
        requireNoOthers("[load] " + file, loaded.keySet(), wanted.keySet());
      } else {
        loaded.forEach(
            (name, array) -> {
              if (!wanted.containsKey(name)) {
                array.close();
              }
            });
      }
      return (T) structure.rebuildFirst(fitting, 0);
    } catch (RuntimeException e) {
      loaded.values().forEach(MlxArray::close);
      throw e;
    }
  }

  private static MlxArray[] fitting(
      Structure structure,
      Map<String, MlxArray> wanted,
      Path file,
      Map<String, MlxArray> loaded,
      boolean strict) {
    MlxArray[] leaves = new MlxArray[wanted.size()];
    int i = 0;
    for (Map.Entry<String, MlxArray> like : wanted.entrySet()) {
      MlxArray found = loaded.getOrDefault(like.getKey(), strict ? null : like.getValue());
      if (found == null) {
        throw new IllegalArgumentException(
            structure.complaint(i, missing(structure.path(i), like.getKey(), file, loaded)));
      }
      if (!Arrays.equals(found.shape(), like.getValue().shape())) {
        throw new IllegalArgumentException(
            structure.complaint(
                i,
                "the array in "
                    + file
                    + " has the shape "
                    + Arrays.toString(found.shape())
                    + ", the one of the tree has "
                    + Arrays.toString(like.getValue().shape())));
      }
      leaves[i++] = found;
    }
    return leaves;
  }

  private static String missing(String path, String name, Path file, Map<String, MlxArray> loaded) {
    if (loaded.containsKey(path)) {
      return file
          + " has the names of a file that mlx4j wrote before it named arrays as MLX does: \""
          + path
          + "\", where \""
          + name
          + "\" is needed. Load it with a function that returns the old names, load(file, like,"
          + " names), and save it again";
    }
    return file + " has no array \"" + name + "\"; it has " + loaded.keySet();
  }
}
