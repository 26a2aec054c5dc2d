package org.mlx4j;

import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.LongUnaryOperator;
import org.mlx4j.internal.ClosedException;
import org.mlx4j.internal.TransformsNative;

/**
 * Function transformations: each takes a function of arrays and returns another one.
 *
 * <pre>{@code
 * try (TransformedFunction derivative = Transforms.grad(x -> x.square().sum())) {
 *   derivative.apply(MlxArray.of(1f, 2f, 3f));              // [2, 4, 6]
 * }
 * }</pre>
 *
 * <p>A transformed function is a function itself, so transforms nest in any order, also inside the
 * function that another transform runs:
 *
 * <pre>{@code
 * Transforms.vmap(Transforms.grad(x -> x.sin()));           // one derivative for each element
 * Transforms.compile(Transforms.valueAndGrad((w, x) -> w.multiply(x).sum(), 0));
 * Transforms.grad(Transforms.grad((x, y) -> x.multiply(y).square(), 0), 1);
 * }</pre>
 *
 * <p>Transforms run the Java function with placeholders for its arguments, to learn which
 * operations it performs. The function should therefore be pure: side effects (printing, counters,
 * random numbers without an explicit key) happen when it is traced. {@link #compile(ArrayFunction,
 * boolean) compile} traces once for each thread and each combination of argument shapes and dtypes;
 * the other transforms trace in every call. A placeholder that escapes from the function other than
 * in its result is unusable outside, and reading it throws. If the function throws an exception,
 * {@code apply} throws the same object.
 *
 * <p>Overloads differ in the number of arguments of the function, which a lambda shows. A reference
 * to an overloaded or variable-arity method, such as {@code MlxArray::sum}, does not show it, and
 * the compiler reports an ambiguity; write {@code x -> x.sum()} instead.
 *
 * <p>Every method throws {@link NullPointerException} if an argument is null, and {@link
 * IllegalStateException} if an array, or a function that a transform returned, is closed.
 */
public final class Transforms {
  /** The entry of {@code inAxes} for an argument that is passed whole to every application. */
  public static final int NOT_MAPPED = Integer.MIN_VALUE;

  private Transforms() {}

  // ---- grad -------------------------------------------------------------------------------------

  /**
   * Returns a function that computes the gradient of {@code f} with respect to its argument; as
   * {@link #grad(ArraysToArrayFunction, int, int...)} for a function of one array.
   *
   * @param f a function that returns a scalar (shape {@code ()})
   * @return the gradient function; its result has the shape and dtype of the argument
   */
  public static TransformedFunction grad(ArrayFunction f) {
    return new TransformedFunction(Closure.ofOne("grad", f), gradients(false, 0));
  }

  /**
   * Equivalent to {@link #grad(ArraysToArrayFunction, int, int...)} for a function of two arrays.
   */
  public static TransformedArraysFunction grad(ArrayBiFunction f, int argnum, int... more) {
    return grad(Closure.ofTwo("grad", f), argnum, more);
  }

  /**
   * Returns a function that computes gradients of {@code f}. Mirrors {@code mlx.core.grad}.
   *
   * @param f a function that returns a scalar (shape {@code ()})
   * @param argnum the index of an argument with respect to which the gradient is wanted, from 0
   * @param more the indices of further such arguments
   * @return the gradient function. It returns the gradients in the order of the indices, each with
   *     the shape and dtype of its argument. It throws {@link IllegalArgumentException} if an index
   *     is too large for the arguments that it is given, if an argument with respect to which a
   *     gradient is wanted has an integer or boolean dtype, or if {@code f} does not return a
   *     scalar
   * @throws IllegalArgumentException if an index is negative or given twice
   */
  public static TransformedArraysFunction grad(ArraysToArrayFunction f, int argnum, int... more) {
    return grad(Closure.toOne("grad", f), argnum, more);
  }

  /**
   * Equivalent to {@link #grad(ArraysToArrayFunction, int, int...)} for a function that is native
   * already and returns one array, a scalar.
   */
  public static TransformedArraysFunction grad(ArraysFunctionHandle f, int argnum, int... more) {
    return grad(Closure.of("grad", f), argnum, more);
  }

  private static TransformedArraysFunction grad(Closure f, int argnum, int... more) {
    return new TransformedArraysFunction(f, gradients(false, argnums("grad", argnum, more)));
  }

  /**
   * Returns a function that computes the value of {@code f} and its gradient with respect to its
   * argument; as {@link #valueAndGrad(ArraysToArrayFunction, int, int...)} for a function of one
   * array.
   *
   * @param f a function that returns a scalar (shape {@code ()})
   * @return the function
   */
  public static ValueAndGradFunction valueAndGrad(ArrayFunction f) {
    return valueAndGrad(Closure.ofOne("valueAndGrad", f), 0);
  }

  /**
   * Equivalent to {@link #valueAndGrad(ArraysToArrayFunction, int, int...)} for a function of two
   * arrays.
   */
  public static ValueAndGradFunction valueAndGrad(ArrayBiFunction f, int argnum, int... more) {
    return valueAndGrad(Closure.ofTwo("valueAndGrad", f), argnum, more);
  }

  /**
   * Returns a function that computes the value and gradients of {@code f} at once. Mirrors {@code
   * mlx.core.value_and_grad}.
   *
   * @param f a function that returns a scalar (shape {@code ()})
   * @param argnum the index of an argument with respect to which the gradient is wanted, from 0
   * @param more the indices of further such arguments
   * @return the function; {@link ValueAndGradFunction#apply} says what it returns and throws
   * @throws IllegalArgumentException if an index is negative or given twice
   */
  public static ValueAndGradFunction valueAndGrad(
      ArraysToArrayFunction f, int argnum, int... more) {
    return valueAndGrad(Closure.toOne("valueAndGrad", f), argnum, more);
  }

  /**
   * Equivalent to {@link #valueAndGrad(ArraysToArrayFunction, int, int...)} for a function that is
   * native already and returns one array, a scalar.
   */
  public static ValueAndGradFunction valueAndGrad(ArraysFunctionHandle f, int argnum, int... more) {
    return valueAndGrad(Closure.of("valueAndGrad", f), argnum, more);
  }

  private static ValueAndGradFunction valueAndGrad(Closure f, int argnum, int... more) {
    int[] argnums = argnums("valueAndGrad", argnum, more);
    return new ValueAndGradFunction(f, gradients(true, argnums), argnums.length);
  }

  private static LongUnaryOperator gradients(boolean withValue, int... argnums) {
    return f -> TransformsNative.value_and_grad(f, argnums, withValue);
  }

  private static int[] argnums(String transform, int argnum, int... more) {
    if (more == null) {
      throw new NullPointerException("[" + transform + "] the further argument indices are null");
    }
    int[] argnums = new int[1 + more.length];
    argnums[0] = argnum;
    System.arraycopy(more, 0, argnums, 1, more.length);
    int[] sorted = argnums.clone();
    Arrays.sort(sorted);
    if (sorted[0] < 0) {
      throw new IllegalArgumentException(
          "["
              + transform
              + "] Can't compute the gradient of negative argument index "
              + sorted[0]
              + "; they count from 0");
    }
    for (int i = 1; i < sorted.length; i++) {
      if (sorted[i] == sorted[i - 1]) {
        throw new IllegalArgumentException(
            "["
                + transform
                + "] Duplicate argument index "
                + sorted[i]
                + " is not allowed in "
                + Arrays.toString(argnums));
      }
    }
    return argnums;
  }

  // ---- vmap -------------------------------------------------------------------------------------

  /** Equivalent to {@link #vmap(ArrayFunction, int, int) vmap(f, 0, 0)}. */
  public static TransformedFunction vmap(ArrayFunction f) {
    return vmap(f, 0, 0);
  }

  /**
   * Returns a function that applies {@code f} to every slice of its argument at once; as {@link
   * #vmap(ArraysFunction, int[], int[])} for a function of one array.
   *
   * @param f the function for one slice
   * @param inAxis the axis of the argument along which the slices lie, counted from the end when
   *     negative
   * @param outAxis the axis along which the results of {@code f} are stacked, counted from the end
   *     when negative
   * @return the vectorized function; it throws {@link IllegalArgumentException} if an axis is out
   *     of range
   * @throws IllegalArgumentException if an axis is {@link #NOT_MAPPED}
   */
  public static TransformedFunction vmap(ArrayFunction f, int inAxis, int outAxis) {
    return new TransformedFunction(
        Closure.ofOne("vmap", f), vectorized(new int[] {inAxis}, new int[] {outAxis}));
  }

  /** Equivalent to {@link #vmap(ArrayBiFunction, int[], int) vmap(f, new int[] {0, 0}, 0)}. */
  public static TransformedBiFunction vmap(ArrayBiFunction f) {
    return vmap(f, new int[] {0, 0}, 0);
  }

  /**
   * Returns a function that applies {@code f} to every pair of slices of its arguments at once; as
   * {@link #vmap(ArraysFunction, int[], int[])} for a function of two arrays.
   *
   * @param f the function for one pair of slices
   * @param inAxes for each argument the axis along which its slices lie, or {@link #NOT_MAPPED}
   * @param outAxis the axis along which the results of {@code f} are stacked
   * @return the vectorized function; it throws {@link IllegalArgumentException} if an axis is out
   *     of range, or if the sizes of the arguments along their axes differ
   * @throws IllegalArgumentException if {@code inAxes} does not have two entries, maps no argument,
   *     or if {@code outAxis} is {@link #NOT_MAPPED}
   */
  public static TransformedBiFunction vmap(ArrayBiFunction f, int[] inAxes, int outAxis) {
    if (inAxes != null && inAxes.length != 2) {
      throw new IllegalArgumentException(
          "[vmap] inAxes "
              + Arrays.toString(inAxes)
              + " must have 2 entries, one for each argument of the function");
    }
    return new TransformedBiFunction(
        Closure.ofTwo("vmap", f), vectorized(inAxes, new int[] {outAxis}));
  }

  /**
   * Returns a function that applies {@code f} to all slices of its arguments at once. Mirrors
   * {@code mlx.core.vmap}.
   *
   * @param f the function for one slice of each argument
   * @param inAxes for each argument the axis along which its slices lie, counted from the end when
   *     negative, or {@link #NOT_MAPPED}
   * @param outAxes for each result the axis along which the results of {@code f} are stacked,
   *     counted from the end when negative
   * @return the vectorized function; it throws {@link IllegalArgumentException} if the number of
   *     arguments or results is not that of the axes, if an axis is out of range, or if the sizes
   *     of the arguments along their axes differ
   * @throws IllegalArgumentException if {@code inAxes} maps no argument, or {@code outAxes}
   *     contains {@link #NOT_MAPPED}
   */
  public static TransformedArraysFunction vmap(ArraysFunction f, int[] inAxes, int[] outAxes) {
    return new TransformedArraysFunction(Closure.ofMany("vmap", f), vectorized(inAxes, outAxes));
  }

  /**
   * Equivalent to {@link #vmap(ArraysFunction, int[], int[])} with axis 0 for all arguments and
   * results, whatever their number.
   */
  public static TransformedArraysFunction vmap(ArraysFunctionHandle f) {
    return new TransformedArraysFunction(Closure.of("vmap", f), TransformsNative::vmap);
  }

  /**
   * Equivalent to {@link #vmap(ValueAndGradFunction, int[], int[])} with axis 0 for all arguments,
   * for the value and for the gradients.
   */
  public static ValueAndGradFunction vmap(ValueAndGradFunction f) {
    return new ValueAndGradFunction(Closure.of("vmap", f), TransformsNative::vmap, f.gradients);
  }

  /**
   * Equivalent to {@link #vmap(ValueAndGradFunction, int[], int[])} with the same axis for the
   * value and for every gradient. Where the value is a scalar for each slice, that axis is 0 or -1.
   */
  public static ValueAndGradFunction vmap(ValueAndGradFunction f, int[] inAxes, int outAxis) {
    Closure closure = Closure.of("vmap", f);
    int[] outAxes = new int[1 + f.gradients];
    Arrays.fill(outAxes, outAxis);
    return new ValueAndGradFunction(closure, vectorized(inAxes, outAxes), f.gradients);
  }

  /**
   * Returns a function that computes values and gradients for all slices of its arguments at once,
   * such as the gradient of a loss for each example of a batch. Mirrors {@code mlx.core.vmap}.
   *
   * @param f the function for one slice of each argument
   * @param inAxes for each argument the axis along which its slices lie, counted from the end when
   *     negative, or {@link #NOT_MAPPED}
   * @param outAxes the axis along which the values are stacked, then one for each gradient
   * @return the vectorized function; it throws {@link IllegalArgumentException} if the number of
   *     arguments is not that of the axes, if an axis is out of range, or if the sizes of the
   *     arguments along their axes differ
   * @throws IllegalArgumentException if {@code inAxes} maps no argument, or {@code outAxes} does
   *     not have one entry for the value and one for each gradient, or contains {@link #NOT_MAPPED}
   */
  public static ValueAndGradFunction vmap(ValueAndGradFunction f, int[] inAxes, int[] outAxes) {
    Closure closure = Closure.of("vmap", f);
    LongUnaryOperator vectorized = vectorized(inAxes, outAxes);
    if (outAxes.length != 1 + f.gradients) {
      throw new IllegalArgumentException(
          "[vmap] outAxes "
              + Arrays.toString(outAxes)
              + " must have "
              + (1 + f.gradients)
              + " entries, one for the value and one for each gradient");
    }
    return new ValueAndGradFunction(closure, vectorized, f.gradients);
  }

  private static LongUnaryOperator vectorized(int[] inAxes, int[] outAxes) {
    if (inAxes == null || outAxes == null) {
      throw new NullPointerException(
          "[vmap] " + (inAxes == null ? "inAxes" : "outAxes") + " is null");
    }
    if (Arrays.stream(inAxes).allMatch(axis -> axis == NOT_MAPPED)) {
      throw new IllegalArgumentException(
          "[vmap] inAxes maps no argument: at least one of its entries must be an axis");
    }
    if (Arrays.stream(outAxes).anyMatch(axis -> axis == NOT_MAPPED)) {
      throw new IllegalArgumentException(
          "[vmap] outAxes holds NOT_MAPPED: every result of vmap has a mapped axis");
    }
    return f -> TransformsNative.vmap(f, inAxes, outAxes);
  }

  // ---- compile ----------------------------------------------------------------------------------

  /** Equivalent to {@link #compile(ArrayFunction, boolean) compile(f, false)}. */
  public static TransformedFunction compile(ArrayFunction f) {
    return compile(f, false);
  }

  /**
   * Returns a compiled form of {@code f}: its Java code runs once for each thread and each
   * combination of argument shapes and dtypes, and later calls run the graph that was recorded.
   * Mirrors {@code mlx.core.compile}.
   *
   * <p>Inside {@code f}, reading a value ({@code item…}, {@code to…Array}, {@code eval}) throws
   * {@link IllegalArgumentException}, since there are no values yet. Arrays that {@code f} captures
   * become constants of the graph. After an exception, {@code f} is traced again for all shapes of
   * that thread.
   *
   * @param f the function
   * @param shapeless whether to record one graph for all sizes. The Java code then runs once for
   *     each number of dimensions and each dtype, provided that {@code f} asks for no sizes and
   *     consists of operations whose recorded graph is known to be right for all of them
   *     (element-wise operations, reductions, softmax, products of matrices, transposes). For other
   *     functions it runs once for each shape, and once more the first time to find that out. The
   *     results are those of {@code f} in either case
   * @return the compiled function
   */
  public static TransformedFunction compile(ArrayFunction f, boolean shapeless) {
    return new TransformedFunction(Closure.ofOne("compile", f), compiled(shapeless));
  }

  /** Equivalent to {@link #compile(ArrayFunction, boolean)} for a function of two arrays. */
  public static TransformedBiFunction compile(ArrayBiFunction f) {
    return compile(f, false);
  }

  /** Equivalent to {@link #compile(ArrayFunction, boolean)} for a function of two arrays. */
  public static TransformedBiFunction compile(ArrayBiFunction f, boolean shapeless) {
    return new TransformedBiFunction(Closure.ofTwo("compile", f), compiled(shapeless));
  }

  /**
   * Equivalent to {@link #compile(ArrayFunction, boolean)} for a function of any number of arrays
   * that is native already.
   */
  public static TransformedArraysFunction compile(ArraysFunctionHandle f) {
    return compile(f, false);
  }

  /**
   * Equivalent to {@link #compile(ArrayFunction, boolean)} for a function of any number of arrays
   * that is native already.
   */
  public static TransformedArraysFunction compile(ArraysFunctionHandle f, boolean shapeless) {
    return compileArrays(f, shapeless);
  }

  /**
   * Equivalent to {@link #compile(ArrayFunction, boolean)} for a function that computes a value and
   * gradients.
   */
  public static ValueAndGradFunction compile(ValueAndGradFunction f) {
    return compile(f, false);
  }

  /**
   * Equivalent to {@link #compile(ArrayFunction, boolean)} for a function that computes a value and
   * gradients.
   */
  public static ValueAndGradFunction compile(ValueAndGradFunction f, boolean shapeless) {
    return new ValueAndGradFunction(Closure.of("compile", f), compiled(shapeless), f.gradients);
  }

  /**
   * Equivalent to {@link #compile(ArrayFunction, boolean)} for a function of any number of arrays.
   */
  public static TransformedArraysFunction compileArrays(ArraysFunction f) {
    return compileArrays(f, false);
  }

  /**
   * Equivalent to {@link #compile(ArrayFunction, boolean)} for a function of any number of arrays.
   */
  public static TransformedArraysFunction compileArrays(ArraysFunction f, boolean shapeless) {
    return new TransformedArraysFunction(Closure.ofMany("compile", f), compiled(shapeless));
  }

  private static LongUnaryOperator compiled(boolean shapeless) {
    return f -> TransformsNative.compile(f, shapeless);
  }

  /**
   * Enables compilation in the default mode, {@link CompileMode#ENABLED}. This affects all threads,
   * and functions that were compiled before as well as later ones. Mirrors {@code
   * mlx.core.enable_compile}.
   */
  public static void enableCompile() {
    setCompileMode(CompileMode.of(TransformsNative.default_compile_mode()));
  }

  /**
   * Disables compilation: compiled functions run their Java code in every call. This affects all
   * threads, and functions that were compiled before as well as later ones. The environment
   * variable {@code MLX_DISABLE_COMPILE} disables compilation from the start. Mirrors {@code
   * mlx.core.disable_compile}.
   */
  public static void disableCompile() {
    setCompileMode(CompileMode.DISABLED);
  }

  /**
   * Sets how much {@link #compile compile} optimizes, for all threads. Graphs that are already
   * recorded do not change. Mirrors {@code mlx::core::set_compile_mode}.
   *
   * @param mode the mode; on macOS, where fusing for the CPU would run a C++ compiler, functions
   *     are not fused while the default device is the CPU
   * @throws NullPointerException if {@code mode} is null
   */
  public static void setCompileMode(CompileMode mode) {
    Objects.requireNonNull(mode, "[setCompileMode] the mode is null");
    TransformsNative.set_compile_mode(mode.code());
  }

  // ---- checkpoint -------------------------------------------------------------------------------

  /**
   * Returns a function with the value and the gradient of {@code f} that does not keep intermediate
   * results for the gradient, but computes them again. Mirrors {@code mlx.core.checkpoint}.
   *
   * @param f the function; its Java code runs once more when a gradient is computed
   * @return the checkpointed function; it throws {@link IllegalArgumentException} if {@code f}
   *     returns no array
   */
  public static TransformedFunction checkpoint(ArrayFunction f) {
    return new TransformedFunction(Closure.ofOne("checkpoint", f), TransformsNative::checkpoint);
  }

  /** Equivalent to {@link #checkpoint(ArrayFunction)} for a function of two arrays. */
  public static TransformedBiFunction checkpoint(ArrayBiFunction f) {
    return new TransformedBiFunction(Closure.ofTwo("checkpoint", f), TransformsNative::checkpoint);
  }

  /**
   * Equivalent to {@link #checkpoint(ArrayFunction)} for a function of any number of arrays that is
   * native already.
   */
  public static TransformedArraysFunction checkpoint(ArraysFunctionHandle f) {
    return checkpointArrays(f);
  }

  /**
   * Equivalent to {@link #checkpoint(ArrayFunction)} for a function that computes a value and
   * gradients.
   */
  public static ValueAndGradFunction checkpoint(ValueAndGradFunction f) {
    return new ValueAndGradFunction(
        Closure.of("checkpoint", f), TransformsNative::checkpoint, f.gradients);
  }

  /** Equivalent to {@link #checkpoint(ArrayFunction)} for a function of any number of arrays. */
  public static TransformedArraysFunction checkpointArrays(ArraysFunction f) {
    return new TransformedArraysFunction(
        Closure.ofMany("checkpoint", f), TransformsNative::checkpoint);
  }

  // ---- vjp, jvp ---------------------------------------------------------------------------------

  /**
   * Computes the outputs of {@code f}, and the products of {@code cotangents} with its Jacobian, at
   * {@code primals}. Mirrors {@code mlx.core.vjp}.
   *
   * @param f the function
   * @param primals its arguments
   * @param cotangents one for each output, of the output's shape
   * @return the outputs, and one product for each primal
   * @throws IllegalArgumentException if the cotangents do not match the outputs in number or shape
   */
  public static Vjp vjp(ArraysFunction f, MlxArray[] primals, MlxArray[] cotangents) {
    return vjp(Closure.ofMany("vjp", f), primals, cotangents);
  }

  /**
   * Equivalent to {@link #vjp(ArraysFunction, MlxArray[], MlxArray[])} for a function of two
   * arrays.
   */
  public static Vjp vjp(ArrayBiFunction f, MlxArray[] primals, MlxArray[] cotangents) {
    return vjp(Closure.ofTwo("vjp", f), primals, cotangents);
  }

  /**
   * Equivalent to {@link #vjp(ArraysFunction, MlxArray[], MlxArray[])} for a function whose outputs
   * are a value and, after it, gradients.
   */
  public static Vjp vjp(ValueAndGradFunction f, MlxArray[] primals, MlxArray[] cotangents) {
    return vjp(Closure.of("vjp", f), primals, cotangents);
  }

  /** Equivalent to {@link #vjp(ArraysFunction, MlxArray[], MlxArray[])} for one array. */
  public static Vjp vjp(ArrayFunction f, MlxArray x, MlxArray cotangent) {
    return vjp(Closure.ofOne("vjp", f), array(x), array(cotangent));
  }

  private static Vjp vjp(Closure f, MlxArray[] primals, MlxArray[] cotangents) {
    MlxArray[] all = applied("vjp", f, TransformsNative::vjp, primals, cotangents);
    int outputs = all.length - primals.length;
    return new Vjp(Arrays.copyOf(all, outputs), Arrays.copyOfRange(all, outputs, all.length));
  }

  /**
   * Computes the outputs of {@code f}, and the products of its Jacobian with {@code tangents}, at
   * {@code primals}. Mirrors {@code mlx.core.jvp}.
   *
   * @param f the function
   * @param primals its arguments
   * @param tangents one for each primal, of the primal's shape
   * @return the outputs, and one product for each output
   * @throws IllegalArgumentException if the tangents do not match the primals in number or shape
   */
  public static Jvp jvp(ArraysFunction f, MlxArray[] primals, MlxArray[] tangents) {
    return jvp(Closure.ofMany("jvp", f), primals, tangents);
  }

  /**
   * Equivalent to {@link #jvp(ArraysFunction, MlxArray[], MlxArray[])} for a function of two
   * arrays.
   */
  public static Jvp jvp(ArrayBiFunction f, MlxArray[] primals, MlxArray[] tangents) {
    return jvp(Closure.ofTwo("jvp", f), primals, tangents);
  }

  /**
   * Equivalent to {@link #jvp(ArraysFunction, MlxArray[], MlxArray[])} for a function whose outputs
   * are a value and, after it, gradients.
   */
  public static Jvp jvp(ValueAndGradFunction f, MlxArray[] primals, MlxArray[] tangents) {
    return jvp(Closure.of("jvp", f), primals, tangents);
  }

  /** Equivalent to {@link #jvp(ArraysFunction, MlxArray[], MlxArray[])} for one array. */
  public static Jvp jvp(ArrayFunction f, MlxArray x, MlxArray tangent) {
    return jvp(Closure.ofOne("jvp", f), array(x), array(tangent));
  }

  private static Jvp jvp(Closure f, MlxArray[] primals, MlxArray[] tangents) {
    MlxArray[] all = applied("jvp", f, TransformsNative::jvp, primals, tangents);
    int outputs = all.length / 2;
    return new Jvp(Arrays.copyOf(all, outputs), Arrays.copyOfRange(all, outputs, all.length));
  }

  private interface Product {
    long[] apply(long f, long[] primals, long[] vectors);
  }

  private static MlxArray[] applied(
      String transform, Closure closure, Product product, MlxArray[] primals, MlxArray[] vectors) {
    try (closure) {
      long[] p = Call.handles(transform, primals);
      long[] v = Call.handles(transform, vectors);
      return Call.wrap(product.apply(closure.handle(), p, v), ThreadContext.current());
    } catch (ClosedException e) {
      MlxArray[] all = Arrays.copyOf(primals, primals.length + vectors.length);
      System.arraycopy(vectors, 0, all, primals.length, vectors.length);
      throw Call.explained(transform, e, all);
    } finally {
      Reference.reachabilityFence(closure);
      Reference.reachabilityFence(primals);
      Reference.reachabilityFence(vectors);
    }
  }

  private static MlxArray[] array(MlxArray x) {
    return new MlxArray[] {x};
  }
}
