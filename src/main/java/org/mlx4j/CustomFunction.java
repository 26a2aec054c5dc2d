package org.mlx4j;

import java.lang.ref.Reference;
import org.mlx4j.internal.ClosedException;
import org.mlx4j.internal.CustomFunctionNative;
import org.mlx4j.internal.NativeRule;

/**
 * A function with rules of its own for what transforms make of it. Mirrors {@code
 * mlx.core.custom_function}.
 *
 * <pre>{@code
 * CustomFunction clipped =
 *     CustomFunction.of(xs -> new MlxArray[] {xs[0].square()})
 *         .vjp((primals, cotangents, outputs) ->
 *             new MlxArray[] {primals[0].multiply(2f).multiply(cotangents[0]).clip(-1f, 1f)});
 * }</pre>
 *
 * <p>Every rule is optional; where there is none, the derivative is that of the function itself. A
 * function with rules is pure: arrays that it captures are constants, no derivative is taken with
 * respect to them. The rules stay in force when the function is vectorised and differentiated
 * afterwards (MLX in Python then falls back to the function's own derivative). Rules may apply
 * transforms themselves, and what they compute can be transformed again.
 *
 * <p>It is safe for use by any number of threads, and freed as any other {@link FunctionHandle}.
 */
public final class CustomFunction extends FunctionHandle implements ArraysFunction {
  /** How gradients pass a function backwards. */
  @FunctionalInterface
  public interface VjpRule {
    /**
     * Multiplies cotangents with the Jacobian.
     *
     * @param primals the function's arguments
     * @param cotangents one for each output, of the output's shape
     * @param outputs what the function returned, so that it need not be computed again
     * @return one array for each primal, of the primal's shape and dtype
     */
    MlxArray[] apply(MlxArray[] primals, MlxArray[] cotangents, MlxArray[] outputs);
  }

  /** How directions pass a function forwards. */
  @FunctionalInterface
  public interface JvpRule {
    /**
     * Multiplies the Jacobian with tangents.
     *
     * @param primals the function's arguments
     * @param tangents those that are not known to be zero, each of its primal's shape
     * @param argnums for each tangent the index of its primal, in ascending order
     * @return one array for each output, of the output's shape and dtype
     */
    MlxArray[] apply(MlxArray[] primals, MlxArray[] tangents, int[] argnums);
  }

  /** How a function is applied to many slices at once. */
  @FunctionalInterface
  public interface VmapRule {
    /**
     * Applies the function to all slices.
     *
     * @param inputs the arguments, with all their slices
     * @param axes for each argument the axis along which its slices lie, or {@link
     *     Transforms#NOT_MAPPED}
     * @return the outputs with all their slices, and where these lie
     */
    Batched apply(MlxArray[] inputs, int[] axes);
  }

  /**
   * What a rule for vmap returns.
   *
   * @param outputs the function's outputs with all their slices
   * @param axes for each output the axis along which its slices lie, counted from the end when
   *     negative, or {@link Transforms#NOT_MAPPED} for one that is the same for all slices
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Batched(MlxArray[] outputs, int[] axes) {}

  private CustomFunction(Closure closure) {
    super(closure, CustomFunctionNative::custom_function);
  }

  /**
   * Returns a function that computes what {@code f} does, and has no rules yet.
   *
   * @param f the function
   * @return the custom function
   * @throws NullPointerException if {@code f} is null
   */
  public static CustomFunction of(ArraysFunction f) {
    return new CustomFunction(Closure.ofMany("CustomFunction", f));
  }

  /**
   * Gives this function a rule for {@link Transforms#grad}, {@link Transforms#valueAndGrad} and
   * {@link Transforms#vjp}, in the place of one that it has. What was computed or compiled before
   * keeps the old one. Mirrors {@code mlx.core.custom_function.vjp}.
   *
   * <p>A result of the rule that is null, closed, or of another number, shape or dtype than the
   * primals makes the transform throw {@link NullPointerException}, {@link IllegalStateException}
   * or {@link IllegalArgumentException}.
   *
   * @param rule the rule
   * @return this function
   * @throws NullPointerException if {@code rule} is null
   * @throws IllegalStateException if this function is closed
   */
  public CustomFunction vjp(VjpRule rule) {
    Call.notNull("CustomFunction.vjp", "the rule", rule);
    return with(
        "CustomFunction.vjp",
        CustomFunctionNative::custom_vjp,
        (all, numbers) -> {
          int primals = numbers[0];
          int outputs = (all.length - primals) / 2;
          return new Batched(
              rule.apply(
                  part(all, 0, primals),
                  part(all, primals, outputs),
                  part(all, primals + outputs, outputs)),
              NO_NUMBERS);
        });
  }

  /**
   * Gives this function a rule for {@link Transforms#jvp}, as {@link #vjp} does. Mirrors {@code
   * mlx.core.custom_function.jvp}.
   *
   * @param rule the rule; its results must have the number, shapes and dtypes of the outputs
   * @return this function
   * @throws NullPointerException if {@code rule} is null
   * @throws IllegalStateException if this function is closed
   */
  public CustomFunction jvp(JvpRule rule) {
    Call.notNull("CustomFunction.jvp", "the rule", rule);
    return with(
        "CustomFunction.jvp",
        CustomFunctionNative::custom_jvp,
        (all, argnums) -> {
          int primals = all.length - argnums.length;
          return new Batched(
              rule.apply(part(all, 0, primals), part(all, primals, argnums.length), argnums),
              NO_NUMBERS);
        });
  }

  /**
   * Gives this function a rule for {@link Transforms#vmap}, as {@link #vjp} does. Mirrors {@code
   * mlx.core.custom_function.vmap}.
   *
   * @param rule the rule; its outputs must have the number, shapes and dtypes of the function's
   *     outputs for one slice, and their axes must be in range
   * @return this function
   * @throws NullPointerException if {@code rule} is null
   * @throws IllegalStateException if this function is closed
   */
  public CustomFunction vmap(VmapRule rule) {
    Call.notNull("CustomFunction.vmap", "the rule", rule);
    return with(
        "CustomFunction.vmap",
        CustomFunctionNative::custom_vmap,
        (inputs, axes) -> {
          Batched batched = rule.apply(inputs, axes);
          if (batched != null && batched.outputs() != null) {
            int[] given =
                Call.notNull("CustomFunction.vmap", "axes that the rule returned", batched.axes());
            if (given.length != batched.outputs().length) {
              throw new IllegalArgumentException(
                  "[CustomFunction.vmap] the rule returned "
                      + given.length
                      + " axes for "
                      + batched.outputs().length
                      + " outputs; there must be one for each");
            }
          }
          return batched;
        });
  }

  /**
   * Applies the function.
   *
   * @param xs the arguments
   * @return the results
   * @throws IllegalArgumentException if there are rules and the function returns no array
   * @throws IllegalStateException if this function or an argument is closed
   * @throws NullPointerException if an argument is null
   */
  @Override
  public MlxArray[] apply(MlxArray... xs) {
    return call(xs);
  }

  // ---- rules as natives -------------------------------------------------------------------------

  private static final int[] NO_NUMBERS = {};

  private interface Setter {
    void set(long f, NativeRule rule);
  }

  /** A rule of any kind is one of arrays and numbers to arrays and numbers. */
  private CustomFunction with(String name, Setter setter, VmapRule rule) {
    try {
      setter.set(handle, (args, numbers) -> run(name, rule, args, numbers));
      return this;
    } catch (ClosedException e) {
      throw new IllegalStateException("[" + name + "] the function is closed", e);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  private static long[] run(String name, VmapRule rule, long[] args, int[] numbers) {
    ThreadContext context = ThreadContext.current();
    try (Scope scope = Scope.ofFunction(context)) {
      Batched results = rule.apply(Call.wrap(args, context), numbers);
      if (results == null || results.outputs() == null) {
        throw new NullPointerException("[" + name + "] the rule returned null");
      }
      MlxArray[] outputs = results.outputs();
      for (int i = 0; i < outputs.length; i++) {
        if (outputs[i] == null) {
          throw new NullPointerException("[" + name + "] result " + i + " of the rule is null");
        }
        if (outputs[i].isClosed()) {
          throw new IllegalStateException("[" + name + "] result " + i + " of the rule is closed");
        }
      }
      return scope.handOver(outputs, results.axes());
    }
  }

  private static MlxArray[] part(MlxArray[] all, int from, int length) {
    MlxArray[] part = new MlxArray[length];
    System.arraycopy(all, from, part, 0, length);
    return part;
  }
}
