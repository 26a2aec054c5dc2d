package org.mlx4j;

import org.jspecify.annotations.Nullable;
import org.mlx4j.internal.CustomRules;

/**
 * Functions with rules for what transforms make of them, such as a derivative that is cheaper, more
 * stable or deliberately different from the one that MLX derives. Mirrors {@code
 * mlx.core.custom_function}.
 *
 * <pre>{@code
 * TransformedFunction square =
 *     CustomFunction.of(x -> x.square())
 *         .vjp((x, cotangent, output) -> x.multiply(2).multiply(cotangent).clip(-1, 1))
 *         .build();
 * TransformedFunction slope = Transforms.grad(x -> square.apply(x).sum());
 * slope.apply(MlxArray.of(0.25f, 3f));                      // [0.5, 1]
 * }</pre>
 *
 * <p>{@link #of(ArrayFunction)}, {@link #of(ArrayBiFunction)} and {@link #ofArrays} return builders
 * for functions of one array, of two arrays and of any number of arrays; {@link
 * org.mlx4j.tree.CustomTreeFunction} has those for functions of trees. A builder takes the rules,
 * and {@code build()} returns an immutable function. A builder may build several functions;
 * changing it afterwards does not affect the functions that were built.
 *
 * <p>Every rule is optional. Without a rule, the derivative or the vectorized form is that of the
 * function itself. A function with rules must be pure: arrays that it captures are constants, and
 * no derivative is taken with respect to them. The rules remain in force when the function is
 * vectorized first and differentiated afterwards (MLX in Python falls back to the function's own
 * derivative there). Rules may apply transforms themselves, and their results can be transformed
 * again.
 *
 * <p>A rule that returns null or a closed array, or arrays whose number, shapes or dtypes are not
 * those that are wanted, makes the transform that uses it throw {@link NullPointerException},
 * {@link IllegalStateException} or {@link IllegalArgumentException}.
 */
public final class CustomFunction {
  private static final String NAME = "CustomFunction";

  private CustomFunction() {}

  /**
   * Starts a custom function of one array.
   *
   * @param f the function
   * @return a builder without rules
   * @throws NullPointerException if {@code f} is null
   */
  public static Builder of(ArrayFunction f) {
    return new Builder(Call.notNull(NAME, "the function", f));
  }

  /**
   * Starts a custom function of two arrays.
   *
   * @param f the function
   * @return a builder without rules
   * @throws NullPointerException if {@code f} is null
   */
  public static BiBuilder of(ArrayBiFunction f) {
    return new BiBuilder(Call.notNull(NAME, "the function", f));
  }

  /**
   * Starts a custom function of any number of arrays to any number of arrays.
   *
   * @param f the function
   * @return a builder without rules
   * @throws NullPointerException if {@code f} is null
   */
  public static ArraysBuilder ofArrays(ArraysFunction f) {
    return new ArraysBuilder(Call.notNull(NAME, "the function", f));
  }

  private static <T> T rule(String transform, T rule) {
    return Call.notNull(NAME + "." + transform, "the rule", rule);
  }

  private static MlxArray @Nullable [] one(@Nullable MlxArray result) {
    return result == null ? null : new MlxArray[] {result};
  }

  private static @Nullable BatchedArrays slicesFirst(@Nullable MlxArray result) {
    return result == null ? null : CustomRules.slicesAreFirst(result);
  }

  // ---- one array --------------------------------------------------------------------------------

  /** A rule that takes gradients backwards through a function of one array. */
  @FunctionalInterface
  public interface VjpRule {
    /**
     * Multiplies a cotangent by the Jacobian.
     *
     * @param x the function's argument
     * @param cotangent an array of the output's shape and dtype
     * @param output the function's output, which need not be computed again
     * @return the product, of the argument's shape and dtype
     */
    MlxArray apply(MlxArray x, MlxArray cotangent, MlxArray output);
  }

  /** A rule that takes directions forwards through a function of one array. */
  @FunctionalInterface
  public interface JvpRule {
    /**
     * Multiplies the Jacobian by a tangent.
     *
     * @param x the function's argument
     * @param tangent an array of the argument's shape and dtype
     * @return the product, of the output's shape and dtype
     */
    MlxArray apply(MlxArray x, MlxArray tangent);
  }

  /**
   * Builds custom functions of one array.
   *
   * <pre>{@code
   * TransformedFunction f =
   *     CustomFunction.of(x -> x.sin())
   *         .vjp((x, cotangent, output) -> x.cos().multiply(cotangent))
   *         .jvp((x, tangent) -> x.cos().multiply(tangent))
   *         .vmap(xs -> xs.sin())
   *         .build();
   * }</pre>
   */
  public static final class Builder {
    private final ArrayFunction f;
    private CustomRules rules = CustomRules.NONE;

    private Builder(ArrayFunction f) {
      this.f = f;
    }

    /**
     * Sets the rule for {@link Transforms#grad(ArrayFunction) grad}, {@link
     * Transforms#valueAndGrad(ArrayFunction) valueAndGrad} and {@link Transforms#vjp(ArrayFunction,
     * MlxArray, MlxArray) vjp}. Mirrors {@code mlx.core.custom_function.vjp}.
     *
     * @param rule the rule
     * @return this builder
     * @throws NullPointerException if {@code rule} is null
     */
    public Builder vjp(VjpRule rule) {
      rule("vjp", rule);
      rules = rules.withVjp((p, c, o) -> one(rule.apply(p[0], c[0], o[0])));
      return this;
    }

    /**
     * Sets the rule for {@link Transforms#jvp(ArrayFunction, MlxArray, MlxArray) jvp}. Mirrors
     * {@code mlx.core.custom_function.jvp}.
     *
     * @param rule the rule
     * @return this builder
     * @throws NullPointerException if {@code rule} is null
     */
    public Builder jvp(JvpRule rule) {
      rule("jvp", rule);
      rules = rules.withJvp((p, t, argnums, o) -> one(rule.apply(p[0], t[0])));
      return this;
    }

    /**
     * Sets the rule for {@link Transforms#vmap(ArrayFunction) vmap}. Mirrors {@code
     * mlx.core.custom_function.vmap}.
     *
     * @param rule a function of the argument with all its slices along axis 0, to the output with
     *     all its slices along axis 0
     * @return this builder
     * @throws NullPointerException if {@code rule} is null
     */
    public Builder vmap(ArrayFunction rule) {
      rule("vmap", rule);
      rules =
          rules.withVmap(
              (inputs, axes, o) ->
                  slicesFirst(rule.apply(CustomRules.slicesFirst(inputs, axes)[0])));
      return this;
    }

    /**
     * Returns a function with the rules that were set so far.
     *
     * @return the function
     * @throws IllegalStateException if the function that it is made of is closed
     */
    public TransformedFunction build() {
      return new TransformedFunction(Closure.ofOne(NAME, f), RulesAsNatives.transform(NAME, rules));
    }
  }

  // ---- two arrays -------------------------------------------------------------------------------

  /** A rule that takes gradients backwards through a function of two arrays. */
  @FunctionalInterface
  public interface BiVjpRule {
    /**
     * Multiplies a cotangent by the Jacobians.
     *
     * @param x the function's first argument
     * @param y the function's second argument
     * @param cotangent an array of the output's shape and dtype
     * @param output the function's output, which need not be computed again
     * @return the products for {@code x} and for {@code y}, of their shapes and dtypes
     */
    MlxArray[] apply(MlxArray x, MlxArray y, MlxArray cotangent, MlxArray output);
  }

  /** A rule that takes directions forwards through a function of two arrays. */
  @FunctionalInterface
  public interface BiJvpRule {
    /**
     * Multiplies the Jacobians by tangents and adds the products.
     *
     * @param x the function's first argument
     * @param y the function's second argument
     * @param tangentOfX an array of the shape and dtype of {@code x}, which may be zeros
     * @param tangentOfY an array of the shape and dtype of {@code y}, which may be zeros
     * @return the sum, of the output's shape and dtype
     */
    MlxArray apply(MlxArray x, MlxArray y, MlxArray tangentOfX, MlxArray tangentOfY);
  }

  /**
   * Builds custom functions of two arrays.
   *
   * <pre>{@code
   * TransformedBiFunction product =
   *     CustomFunction.of((x, y) -> x.multiply(y))
   *         .vjp((x, y, cotangent, output) ->
   *             new MlxArray[] {cotangent.multiply(y), cotangent.multiply(x)})
   *         .jvp((x, y, dx, dy) -> dx.multiply(y).add(x.multiply(dy)))
   *         .build();
   * }</pre>
   */
  public static final class BiBuilder {
    private final ArrayBiFunction f;
    private CustomRules rules = CustomRules.NONE;

    private BiBuilder(ArrayBiFunction f) {
      this.f = f;
    }

    /**
     * Sets the rule for {@link Transforms#grad(ArrayBiFunction, int, int...) grad}, {@link
     * Transforms#valueAndGrad(ArrayBiFunction, int, int...) valueAndGrad} and {@link
     * Transforms#vjp(ArrayBiFunction, MlxArray[], MlxArray[]) vjp}. Mirrors {@code
     * mlx.core.custom_function.vjp}.
     *
     * @param rule the rule
     * @return this builder
     * @throws NullPointerException if {@code rule} is null
     */
    public BiBuilder vjp(BiVjpRule rule) {
      rule("vjp", rule);
      rules = rules.withVjp((p, c, o) -> rule.apply(p[0], p[1], c[0], o[0]));
      return this;
    }

    /**
     * Sets the rule for {@link Transforms#jvp(ArrayBiFunction, MlxArray[], MlxArray[]) jvp}.
     * Mirrors {@code mlx.core.custom_function.jvp}.
     *
     * @param rule the rule
     * @return this builder
     * @throws NullPointerException if {@code rule} is null
     */
    public BiBuilder jvp(BiJvpRule rule) {
      rule("jvp", rule);
      rules =
          rules.withJvp(
              (p, t, argnums, o) -> {
                MlxArray[] all = CustomRules.allTangents(p, t, argnums);
                return one(rule.apply(p[0], p[1], all[0], all[1]));
              });
      return this;
    }

    /**
     * Sets the rule for {@link Transforms#vmap(ArrayBiFunction) vmap}. Mirrors {@code
     * mlx.core.custom_function.vmap}.
     *
     * @param rule a function of both arguments with all their slices along axis 0, to the output
     *     with all its slices along axis 0. An argument that is not mapped is repeated along axis
     *     0, which takes no memory; a rule that must know it needs {@link ArraysBuilder#vmap}
     * @return this builder
     * @throws NullPointerException if {@code rule} is null
     */
    public BiBuilder vmap(ArrayBiFunction rule) {
      rule("vmap", rule);
      rules =
          rules.withVmap(
              (inputs, axes, o) -> {
                MlxArray[] all = CustomRules.slicesFirst(inputs, axes);
                return slicesFirst(rule.apply(all[0], all[1]));
              });
      return this;
    }

    /**
     * Returns a function with the rules that were set so far.
     *
     * @return the function
     * @throws IllegalStateException if the function that it is made of is closed
     */
    public TransformedBiFunction build() {
      return new TransformedBiFunction(
          Closure.ofTwo(NAME, f), RulesAsNatives.transform(NAME, rules));
    }
  }

  // ---- any number of arrays ---------------------------------------------------------------------

  /** A rule that takes gradients backwards through a function of any number of arrays. */
  @FunctionalInterface
  public interface ArraysVjpRule {
    /**
     * Multiplies cotangents by the Jacobian.
     *
     * @param primals the function's arguments
     * @param cotangents one for each output, of the output's shape and dtype
     * @param outputs the function's outputs, which need not be computed again
     * @return one array for each primal, of the primal's shape and dtype
     */
    MlxArray[] apply(MlxArray[] primals, MlxArray[] cotangents, MlxArray[] outputs);
  }

  /** A rule that takes directions forwards through a function of any number of arrays. */
  @FunctionalInterface
  public interface ArraysJvpRule {
    /**
     * Multiplies the Jacobian by tangents.
     *
     * @param primals the function's arguments
     * @param tangents the tangents that are not known to be zero, each of its primal's shape and
     *     dtype
     * @param argnums for each tangent the index of its primal, in ascending order
     * @return one array for each output, of the output's shape and dtype
     */
    MlxArray[] apply(MlxArray[] primals, MlxArray[] tangents, int[] argnums);
  }

  /** A rule that applies a function of any number of arrays to many slices at once. */
  @FunctionalInterface
  public interface ArraysVmapRule {
    /**
     * Applies the function to all slices.
     *
     * @param inputs the function's arguments, with all their slices
     * @param axes for each argument the axis along which its slices lie, or {@link
     *     Transforms#NOT_MAPPED}
     * @return the outputs with all their slices, and where these lie
     */
    BatchedArrays apply(MlxArray[] inputs, int[] axes);
  }

  /**
   * Builds custom functions of any number of arrays.
   *
   * <pre>{@code
   * TransformedArraysFunction f =
   *     CustomFunction.ofArrays(xs -> new MlxArray[] {xs[0].exp()})
   *         .vjp((primals, cotangents, outputs) ->
   *             new MlxArray[] {cotangents[0].multiply(outputs[0])})
   *         .build();
   * }</pre>
   */
  public static final class ArraysBuilder {
    private final ArraysFunction f;
    private CustomRules rules = CustomRules.NONE;

    private ArraysBuilder(ArraysFunction f) {
      this.f = f;
    }

    /**
     * Sets the rule for {@link Transforms#grad(ArraysFunctionHandle, int, int...) grad}, {@link
     * Transforms#valueAndGrad(ArraysFunctionHandle, int, int...) valueAndGrad} and {@link
     * Transforms#vjp(ArraysFunction, MlxArray[], MlxArray[]) vjp}. Mirrors {@code
     * mlx.core.custom_function.vjp}.
     *
     * @param rule the rule
     * @return this builder
     * @throws NullPointerException if {@code rule} is null
     */
    public ArraysBuilder vjp(ArraysVjpRule rule) {
      rule("vjp", rule);
      rules = rules.withVjp(rule::apply);
      return this;
    }

    /**
     * Sets the rule for {@link Transforms#jvp(ArraysFunction, MlxArray[], MlxArray[]) jvp}. Mirrors
     * {@code mlx.core.custom_function.jvp}.
     *
     * @param rule the rule
     * @return this builder
     * @throws NullPointerException if {@code rule} is null
     */
    public ArraysBuilder jvp(ArraysJvpRule rule) {
      rule("jvp", rule);
      rules = rules.withJvp((p, t, argnums, o) -> rule.apply(p, t, argnums));
      return this;
    }

    /**
     * Sets the rule for {@link Transforms#vmap(ArraysFunction, int[], int[]) vmap}. Mirrors {@code
     * mlx.core.custom_function.vmap}.
     *
     * @param rule the rule
     * @return this builder
     * @throws NullPointerException if {@code rule} is null
     */
    public ArraysBuilder vmap(ArraysVmapRule rule) {
      rule("vmap", rule);
      rules = rules.withVmap((inputs, axes, o) -> rule.apply(inputs, axes));
      return this;
    }

    /**
     * Returns a function with the rules that were set so far. It throws {@link
     * IllegalArgumentException} if it has rules and returns no array.
     *
     * @return the function
     * @throws IllegalStateException if the function that it is made of is closed
     */
    public TransformedArraysFunction build() {
      return new TransformedArraysFunction(
          Closure.ofMany(NAME, f), RulesAsNatives.transform(NAME, rules));
    }
  }
}
