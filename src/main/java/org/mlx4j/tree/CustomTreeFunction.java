package org.mlx4j.tree;

import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Functions of trees with rules for what transforms make of them: {@link org.mlx4j.CustomFunction}
 * for records, lists and maps of arrays. Mirrors {@code mlx.core.custom_function}.
 *
 * <pre>{@code
 * record Point(MlxArray x, MlxArray y) {}
 *
 * TreeFunction<Point, MlxArray> norm =
 *     CustomTreeFunction.of((Point p) -> p.x().square().add(p.y().square()).sqrt())
 *         .vjp((p, cotangent, r) ->                       // 0 instead of NaN at the origin
 *             Trees.map(p, a -> a.divide(r.maximum(1e-6f)).multiply(cotangent)))
 *         .build();
 * }</pre>
 *
 * <p>Cotangents and tangents are trees of the same types as the results and arguments that they
 * belong to. A rule for several arguments returns their cotangents as a {@link TreePair} or a
 * {@link TreeTriple}. An array of integers or booleans has a cotangent too, by which nothing is
 * multiplied: zeros, as {@code Trees.map(batch, Ops::zerosLike)} makes them.
 *
 * <p>A builder takes the rules, and {@code build()} returns an immutable function. A builder may
 * build several functions; changing it afterwards does not affect the functions that were built.
 * Every rule is optional. {@link org.mlx4j.CustomFunction} says what else holds for rules.
 *
 * <p>A tree that a rule returns may differ from the tree in whose place it stands in static values
 * only. If it differs in its structure, or an array has another shape or dtype, the transform that
 * uses the rule throws {@link IllegalArgumentException}, which names the place in the tree.
 */
public final class CustomTreeFunction {
  private static final String NAME = "CustomTreeFunction";

  private CustomTreeFunction() {}

  /**
   * Starts a custom function of one tree.
   *
   * @param f the function
   * @param <A> the type of the argument
   * @param <R> the type of the result
   * @return a builder without rules
   * @throws NullPointerException if {@code f} is null
   */
  public static <A extends @Nullable Object, R extends @Nullable Object> Builder<A, R> of(
      Function<A, R> f) {
    return new Builder<>(function(f));
  }

  /**
   * Starts a custom function of two trees.
   *
   * @param f the function
   * @param <A> the type of the first argument
   * @param <B> the type of the second argument
   * @param <R> the type of the result
   * @return a builder without rules
   * @throws NullPointerException if {@code f} is null
   */
  public static <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object>
      BiBuilder<A, B, R> of(BiFunction<A, B, R> f) {
    return new BiBuilder<>(function(f));
  }

  /**
   * Starts a custom function of three trees.
   *
   * @param f the function
   * @param <A> the type of the first argument
   * @param <B> the type of the second argument
   * @param <C> the type of the third argument
   * @param <R> the type of the result
   * @return a builder without rules
   * @throws NullPointerException if {@code f} is null
   */
  public static <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          R extends @Nullable Object>
      TriBuilder<A, B, C, R> of(TriFunction<A, B, C, R> f) {
    return new TriBuilder<>(function(f));
  }

  private static <T> T function(T f) {
    return Objects.requireNonNull(f, "[CustomTreeFunction] the function is null");
  }

  private static <T> T rule(String transform, T rule) {
    return Objects.requireNonNull(rule, () -> "[" + NAME + "." + transform + "] the rule is null");
  }

  private static <T> T cotangents(T returned) {
    return Objects.requireNonNull(
        returned,
        "[CustomTreeFunction.vjp] the rule returned null; it must return a tree for each argument");
  }

  // ---- one tree ---------------------------------------------------------------------------------

  /**
   * A rule that takes gradients backwards through a function of one tree.
   *
   * @param <A> the type of the argument
   * @param <R> the type of the result
   */
  @FunctionalInterface
  public interface VjpRule<A extends @Nullable Object, R extends @Nullable Object> {
    /**
     * Multiplies a cotangent by the Jacobian.
     *
     * @param a the function's argument
     * @param cotangent a tree like the result
     * @param output the function's result, which need not be computed again
     * @return the product, a tree like the argument
     */
    A apply(A a, R cotangent, R output);
  }

  /**
   * A rule that takes directions forwards through a function of one tree.
   *
   * @param <A> the type of the argument
   * @param <R> the type of the result
   */
  @FunctionalInterface
  public interface JvpRule<A extends @Nullable Object, R extends @Nullable Object> {
    /**
     * Multiplies the Jacobian by a tangent.
     *
     * @param a the function's argument
     * @param tangent a tree like the argument; arrays may be zeros
     * @return the product, a tree like the result
     */
    R apply(A a, A tangent);
  }

  /**
   * Builds custom functions of one tree.
   *
   * <pre>{@code
   * TreeFunction<List<MlxArray>, MlxArray> sum =
   *     CustomTreeFunction.of((List<MlxArray> xs) -> xs.get(0).add(xs.get(1)))
   *         .vjp((xs, cotangent, output) -> List.of(cotangent, cotangent))
   *         .jvp((xs, tangents) -> tangents.get(0).add(tangents.get(1)))
   *         .build();
   * }</pre>
   *
   * @param <A> the type of the argument
   * @param <R> the type of the result
   */
  public static final class Builder<A extends @Nullable Object, R extends @Nullable Object> {
    private final Function<A, R> f;
    private TreeRules rules = TreeRules.NONE;

    private Builder(Function<A, R> f) {
      this.f = f;
    }

    /**
     * Sets the rule for {@link Trees#grad(Function) grad}, {@link Trees#valueAndGrad(Function)
     * valueAndGrad} and {@link Trees#vjp(Function, Object, Object) vjp}. Mirrors {@code
     * mlx.core.custom_function.vjp}.
     *
     * @param rule the rule
     * @return this builder
     * @throws NullPointerException if {@code rule} is null
     */
    @SuppressWarnings("unchecked") // trees are rebuilt with the types that they had
    public Builder<A, R> vjp(VjpRule<A, R> rule) {
      rule("vjp", rule);
      rules = rules.withVjp((a, c, o) -> new Object[] {rule.apply((A) a[0], (R) c, (R) o)});
      return this;
    }

    /**
     * Sets the rule for {@link Trees#jvp(Function, Object, Object) jvp}. Mirrors {@code
     * mlx.core.custom_function.jvp}.
     *
     * @param rule the rule
     * @return this builder
     * @throws NullPointerException if {@code rule} is null
     */
    @SuppressWarnings("unchecked")
    public Builder<A, R> jvp(JvpRule<A, R> rule) {
      rule("jvp", rule);
      rules = rules.withJvp((a, t) -> rule.apply((A) a[0], (A) t[0]));
      return this;
    }

    /**
     * Sets the rule for {@link Trees#vmap(Function) vmap}. Mirrors {@code
     * mlx.core.custom_function.vmap}.
     *
     * @param rule a function of the argument, each array with all its slices along axis 0, to the
     *     result, each array with all its slices along axis 0
     * @return this builder
     * @throws NullPointerException if {@code rule} is null
     */
    @SuppressWarnings("unchecked")
    public Builder<A, R> vmap(Function<A, R> rule) {
      rule("vmap", rule);
      rules = rules.withVmap(a -> rule.apply((A) a[0]));
      return this;
    }

    /**
     * Returns a function with the rules that were set so far. It throws {@link
     * IllegalArgumentException} if it has rules and its result holds no array.
     *
     * @return the function
     * @throws IllegalStateException if the function that it is made of is closed
     */
    public TreeFunction<A, R> build() {
      return new TreeFunction<>(new Custom(NAME, Callee.of(NAME, f), rules));
    }
  }

  // ---- two trees --------------------------------------------------------------------------------

  /**
   * A rule that takes gradients backwards through a function of two trees.
   *
   * @param <A> the type of the first argument
   * @param <B> the type of the second argument
   * @param <R> the type of the result
   */
  @FunctionalInterface
  public interface BiVjpRule<
      A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object> {
    /**
     * Multiplies a cotangent by the Jacobians.
     *
     * @param a the function's first argument
     * @param b the function's second argument
     * @param cotangent a tree like the result
     * @param output the function's result, which need not be computed again
     * @return the products, trees like the arguments
     */
    TreePair<A, B> apply(A a, B b, R cotangent, R output);
  }

  /**
   * A rule that takes directions forwards through a function of two trees.
   *
   * @param <A> the type of the first argument
   * @param <B> the type of the second argument
   * @param <R> the type of the result
   */
  @FunctionalInterface
  public interface BiJvpRule<
      A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object> {
    /**
     * Multiplies the Jacobians by tangents and adds the products.
     *
     * @param a the function's first argument
     * @param b the function's second argument
     * @param tangentOfA a tree like {@code a}; arrays may be zeros
     * @param tangentOfB a tree like {@code b}; arrays may be zeros
     * @return the sum, a tree like the result
     */
    R apply(A a, B b, A tangentOfA, B tangentOfB);
  }

  /**
   * Builds custom functions of two trees.
   *
   * <pre>{@code
   * TreeBiFunction<MlxArray, List<MlxArray>, MlxArray> scaled =
   *     CustomTreeFunction.of((MlxArray a, List<MlxArray> b) -> a.multiply(b.get(0)))
   *         .vjp((a, b, cotangent, output) ->
   *             new TreePair<>(
   *                 cotangent.multiply(b.get(0)), List.of(cotangent.multiply(a))))
   *         .build();
   * }</pre>
   *
   * @param <A> the type of the first argument
   * @param <B> the type of the second argument
   * @param <R> the type of the result
   */
  public static final class BiBuilder<
      A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object> {
    private final BiFunction<A, B, R> f;
    private TreeRules rules = TreeRules.NONE;

    private BiBuilder(BiFunction<A, B, R> f) {
      this.f = f;
    }

    /**
     * Sets the rule for {@link Trees#grad(BiFunction) grad}, {@link Trees#valueAndGrad(BiFunction)
     * valueAndGrad} and {@link Trees#vjp(BiFunction, Object, Object, Object) vjp}. Mirrors {@code
     * mlx.core.custom_function.vjp}.
     *
     * @param rule the rule
     * @return this builder
     * @throws NullPointerException if {@code rule} is null
     */
    @SuppressWarnings("unchecked") // trees are rebuilt with the types that they had
    public BiBuilder<A, B, R> vjp(BiVjpRule<A, B, R> rule) {
      rule("vjp", rule);
      rules =
          rules.withVjp(
              (a, c, o) -> {
                TreePair<A, B> pair = cotangents(rule.apply((A) a[0], (B) a[1], (R) c, (R) o));
                return new Object[] {pair.first(), pair.second()};
              });
      return this;
    }

    /**
     * Sets the rule for {@link Trees#jvp(BiFunction, Object, Object, Object) jvp}. Mirrors {@code
     * mlx.core.custom_function.jvp}.
     *
     * @param rule the rule
     * @return this builder
     * @throws NullPointerException if {@code rule} is null
     */
    @SuppressWarnings("unchecked")
    public BiBuilder<A, B, R> jvp(BiJvpRule<A, B, R> rule) {
      rule("jvp", rule);
      rules = rules.withJvp((a, t) -> rule.apply((A) a[0], (B) a[1], (A) t[0], (B) t[1]));
      return this;
    }

    /**
     * Sets the rule for {@link Trees#vmap(BiFunction) vmap}. Mirrors {@code
     * mlx.core.custom_function.vmap}.
     *
     * @param rule a function of both arguments, each array with all its slices along axis 0, to the
     *     result, each array with all its slices along axis 0. An array that is not mapped is
     *     repeated along axis 0, which takes no memory
     * @return this builder
     * @throws NullPointerException if {@code rule} is null
     */
    @SuppressWarnings("unchecked")
    public BiBuilder<A, B, R> vmap(BiFunction<A, B, R> rule) {
      rule("vmap", rule);
      rules = rules.withVmap(a -> rule.apply((A) a[0], (B) a[1]));
      return this;
    }

    /**
     * Returns a function with the rules that were set so far. It throws {@link
     * IllegalArgumentException} if it has rules and its result holds no array.
     *
     * @return the function
     * @throws IllegalStateException if the function that it is made of is closed
     */
    public TreeBiFunction<A, B, R> build() {
      return new TreeBiFunction<>(new Custom(NAME, Callee.of(NAME, f), rules));
    }
  }

  // ---- three trees ------------------------------------------------------------------------------

  /**
   * A rule that takes gradients backwards through a function of three trees.
   *
   * @param <A> the type of the first argument
   * @param <B> the type of the second argument
   * @param <C> the type of the third argument
   * @param <R> the type of the result
   */
  @FunctionalInterface
  public interface TriVjpRule<
      A extends @Nullable Object,
      B extends @Nullable Object,
      C extends @Nullable Object,
      R extends @Nullable Object> {
    /**
     * Multiplies a cotangent by the Jacobians.
     *
     * @param a the function's first argument
     * @param b the function's second argument
     * @param c the function's third argument
     * @param cotangent a tree like the result
     * @param output the function's result, which need not be computed again
     * @return the products, trees like the arguments
     */
    TreeTriple<A, B, C> apply(A a, B b, C c, R cotangent, R output);
  }

  /**
   * A rule that takes directions forwards through a function of three trees.
   *
   * @param <A> the type of the first argument
   * @param <B> the type of the second argument
   * @param <C> the type of the third argument
   * @param <R> the type of the result
   */
  @FunctionalInterface
  public interface TriJvpRule<
      A extends @Nullable Object,
      B extends @Nullable Object,
      C extends @Nullable Object,
      R extends @Nullable Object> {
    /**
     * Multiplies the Jacobians by tangents and adds the products.
     *
     * @param a the function's first argument
     * @param b the function's second argument
     * @param c the function's third argument
     * @param tangentOfA a tree like {@code a}; arrays may be zeros
     * @param tangentOfB a tree like {@code b}; arrays may be zeros
     * @param tangentOfC a tree like {@code c}; arrays may be zeros
     * @return the sum, a tree like the result
     */
    R apply(A a, B b, C c, A tangentOfA, B tangentOfB, C tangentOfC);
  }

  /**
   * Builds custom functions of three trees.
   *
   * <pre>{@code
   * TreeTriFunction<MlxArray, MlxArray, MlxArray, MlxArray> sum =
   *     CustomTreeFunction.of((MlxArray a, MlxArray b, MlxArray c) -> a.add(b).add(c))
   *         .vjp((a, b, c, cotangent, output) ->
   *             new TreeTriple<>(cotangent, cotangent, cotangent))
   *         .build();
   * }</pre>
   *
   * @param <A> the type of the first argument
   * @param <B> the type of the second argument
   * @param <C> the type of the third argument
   * @param <R> the type of the result
   */
  public static final class TriBuilder<
      A extends @Nullable Object,
      B extends @Nullable Object,
      C extends @Nullable Object,
      R extends @Nullable Object> {
    private final TriFunction<A, B, C, R> f;
    private TreeRules rules = TreeRules.NONE;

    private TriBuilder(TriFunction<A, B, C, R> f) {
      this.f = f;
    }

    /**
     * Sets the rule for {@link Trees#grad(TriFunction) grad}, {@link
     * Trees#valueAndGrad(TriFunction) valueAndGrad} and {@link Trees#vjp(TriFunction, Object,
     * Object, Object, Object) vjp}. Mirrors {@code mlx.core.custom_function.vjp}.
     *
     * @param rule the rule
     * @return this builder
     * @throws NullPointerException if {@code rule} is null
     */
    @SuppressWarnings("unchecked") // trees are rebuilt with the types that they had
    public TriBuilder<A, B, C, R> vjp(TriVjpRule<A, B, C, R> rule) {
      rule("vjp", rule);
      rules =
          rules.withVjp(
              (a, c, o) -> {
                TreeTriple<A, B, C> triple =
                    cotangents(rule.apply((A) a[0], (B) a[1], (C) a[2], (R) c, (R) o));
                return new Object[] {triple.first(), triple.second(), triple.third()};
              });
      return this;
    }

    /**
     * Sets the rule for {@link Trees#jvp(TriFunction, Object, Object, Object, Object) jvp}. Mirrors
     * {@code mlx.core.custom_function.jvp}.
     *
     * @param rule the rule
     * @return this builder
     * @throws NullPointerException if {@code rule} is null
     */
    @SuppressWarnings("unchecked")
    public TriBuilder<A, B, C, R> jvp(TriJvpRule<A, B, C, R> rule) {
      rule("jvp", rule);
      rules =
          rules.withJvp(
              (a, t) -> rule.apply((A) a[0], (B) a[1], (C) a[2], (A) t[0], (B) t[1], (C) t[2]));
      return this;
    }

    /**
     * Sets the rule for {@link Trees#vmap(TriFunction) vmap}. Mirrors {@code
     * mlx.core.custom_function.vmap}.
     *
     * @param rule a function of the arguments, each array with all its slices along axis 0, to the
     *     result, each array with all its slices along axis 0. An array that is not mapped is
     *     repeated along axis 0, which takes no memory
     * @return this builder
     * @throws NullPointerException if {@code rule} is null
     */
    @SuppressWarnings("unchecked")
    public TriBuilder<A, B, C, R> vmap(TriFunction<A, B, C, R> rule) {
      rule("vmap", rule);
      rules = rules.withVmap(a -> rule.apply((A) a[0], (B) a[1], (C) a[2]));
      return this;
    }

    /**
     * Returns a function with the rules that were set so far. It throws {@link
     * IllegalArgumentException} if it has rules and its result holds no array.
     *
     * @return the function
     * @throws IllegalStateException if the function that it is made of is closed
     */
    public TreeTriFunction<A, B, C, R> build() {
      return new TreeTriFunction<>(new Custom(NAME, Callee.of(NAME, f), rules));
    }
  }
}
