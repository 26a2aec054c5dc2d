package org.mlx4j;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.Reference;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongUnaryOperator;
import org.mlx4j.internal.ClosedException;
import org.mlx4j.internal.DevicesNative;
import org.mlx4j.internal.TransformsNative;

/**
 * Function transformations: each takes a function over arrays and returns another one.
 *
 * <pre>{@code
 * try (TransformedFunction derivative = Transforms.grad(x -> x.square().sum())) {
 *   derivative.apply(MlxArray.of(1f, 2f, 3f));            // [2, 4, 6]
 * }
 * }</pre>
 *
 * <p>A transformed function is a function itself, so transforms nest in any order: {@code
 * grad(grad(f))}, {@code vmap(grad(f))}, {@code compile(vmap(f))}, also inside the function that
 * another transform runs.
 *
 * <p>Transforms run the Java function with placeholders for its arguments to learn which operations
 * it performs. So it should be pure: what else it does (prints, counters, random numbers without an
 * explicit key) happens when it is traced, which for {@link #compile} is once for each thread and
 * each combination of argument shapes and dtypes, for the others at every call. An array that
 * leaves the function by another way than its result is of no use outside: reading it throws. An
 * exception that the function throws comes out of {@code apply} as the same object.
 *
 * <p>The functions that are taken differ in the number of their arguments, which a lambda shows. A
 * reference to a method that is overloaded or has a variable number of arguments, such as {@code
 * MlxArray::sum}, does not, and the compiler calls it ambiguous: write {@code x -> x.sum()}.
 */
public final class Transforms {
  /** In {@code inAxes}: the argument is passed whole to every application of the function. */
  public static final int NOT_MAPPED = Integer.MIN_VALUE;

  private Transforms() {}

  // ---- grad -------------------------------------------------------------------------------------

  /**
   * Returns a function that computes the gradient of {@code f}. Mirrors {@code mlx.core.grad}.
   *
   * @param f a function that returns a scalar (shape {@code ()})
   * @return the gradient function; its result has the shape and dtype of the argument. Applied to a
   *     function that returns no scalar, or to an argument of integer or boolean dtype, it throws
   *     {@link IllegalArgumentException}
   * @throws NullPointerException if {@code f} is null
   */
  public static TransformedFunction grad(ArrayFunction f) {
    return new TransformedFunction(Closure.ofOne("grad", f), gradients(false, 0));
  }

  /**
   * Returns a function that computes gradients of {@code f}. Mirrors {@code mlx.core.grad} with
   * several argument indices.
   *
   * @param f a function that returns a scalar (shape {@code ()})
   * @param argnum the index of an argument whose gradient is wanted, from 0
   * @param more further indices
   * @return the gradient function, which returns the gradients in the order asked for, each with
   *     the shape and dtype of its argument
   * @throws IllegalArgumentException if an index is negative or given twice; the returned function
   *     throws it if an index is too large for the arguments that it is given, if an argument that
   *     a gradient is wanted for has an integer or boolean dtype, or if {@code f} returns no scalar
   * @throws NullPointerException if {@code f} or {@code more} is null
   */
  public static TransformedArraysFunction grad(ArrayBiFunction f, int argnum, int... more) {
    int[] argnums = argnums("grad", argnum, more);
    return new TransformedArraysFunction(Closure.ofTwo("grad", f), gradients(false, argnums));
  }

  /**
   * Returns a function that computes gradients of {@code f}. Mirrors {@code mlx.core.grad} with
   * several argument indices.
   *
   * @param f a function that returns a scalar (shape {@code ()})
   * @param argnum the index of an argument whose gradient is wanted, from 0
   * @param more further indices
   * @return as for {@link #grad(ArrayBiFunction, int, int...)}
   * @throws IllegalArgumentException as for {@link #grad(ArrayBiFunction, int, int...)}
   * @throws NullPointerException if {@code f} or {@code more} is null
   */
  public static TransformedArraysFunction grad(ArraysToArrayFunction f, int argnum, int... more) {
    int[] argnums = argnums("grad", argnum, more);
    return new TransformedArraysFunction(Closure.toOne("grad", f), gradients(false, argnums));
  }

  /**
   * Returns a function that computes the value and the gradient of {@code f}. Mirrors {@code
   * mlx.core.value_and_grad}.
   *
   * @param f a function that returns a scalar (shape {@code ()})
   * @return the function; see {@link ValueAndGradFunction#apply}
   * @throws NullPointerException if {@code f} is null
   */
  public static ValueAndGradFunction valueAndGrad(ArrayFunction f) {
    return new ValueAndGradFunction(Closure.ofOne("valueAndGrad", f), gradients(true, 0));
  }

  /**
   * Returns a function that computes the value and gradients of {@code f}. Mirrors {@code
   * mlx.core.value_and_grad}.
   *
   * @param f a function that returns a scalar (shape {@code ()})
   * @param argnum the index of an argument whose gradient is wanted, from 0
   * @param more further indices
   * @return the function; see {@link ValueAndGradFunction#apply}
   * @throws IllegalArgumentException if an index is negative or given twice
   * @throws NullPointerException if {@code f} or {@code more} is null
   */
  public static ValueAndGradFunction valueAndGrad(ArrayBiFunction f, int argnum, int... more) {
    int[] argnums = argnums("valueAndGrad", argnum, more);
    return new ValueAndGradFunction(Closure.ofTwo("valueAndGrad", f), gradients(true, argnums));
  }

  /**
   * Returns a function that computes the value and gradients of {@code f}. Mirrors {@code
   * mlx.core.value_and_grad}.
   *
   * @param f a function that returns a scalar (shape {@code ()})
   * @param argnum the index of an argument whose gradient is wanted, from 0
   * @param more further indices
   * @return the function; see {@link ValueAndGradFunction#apply}
   * @throws IllegalArgumentException if an index is negative or given twice
   * @throws NullPointerException if {@code f} or {@code more} is null
   */
  public static ValueAndGradFunction valueAndGrad(
      ArraysToArrayFunction f, int argnum, int... more) {
    int[] argnums = argnums("valueAndGrad", argnum, more);
    return new ValueAndGradFunction(Closure.toOne("valueAndGrad", f), gradients(true, argnums));
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

  /**
   * Returns a function that applies {@code f} to every slice of its argument along axis 0 at once,
   * and stacks the results along axis 0. Mirrors {@code mlx.core.vmap}.
   *
   * @param f the function for one slice
   * @return the vectorised function; applied to an array without axes it throws {@link
   *     IllegalArgumentException}
   * @throws NullPointerException if {@code f} is null
   */
  public static TransformedFunction vmap(ArrayFunction f) {
    return vmap(f, 0, 0);
  }

  /**
   * Returns a function that applies {@code f} to every slice of its argument at once. Mirrors
   * {@code mlx.core.vmap}.
   *
   * @param f the function for one slice
   * @param inAxis the axis of the argument along which the slices lie; counts from the end when
   *     negative
   * @param outAxis the axis of the result along which the results of {@code f} shall lie; counts
   *     from the end when negative
   * @return the vectorised function; it throws {@link IllegalArgumentException} if an axis is out
   *     of range
   * @throws NullPointerException if {@code f} is null
   */
  public static TransformedFunction vmap(ArrayFunction f, int inAxis, int outAxis) {
    return new TransformedFunction(
        Closure.ofOne("vmap", f), vectorized(new int[] {inAxis}, new int[] {outAxis}));
  }

  /**
   * Returns a function that applies {@code f} to every pair of slices of its arguments along axis 0
   * at once, and stacks the results along axis 0. Mirrors {@code mlx.core.vmap}.
   *
   * @param f the function for one pair of slices
   * @return the vectorised function; it throws {@link IllegalArgumentException} if the arguments'
   *     sizes along axis 0 differ
   * @throws NullPointerException if {@code f} is null
   */
  public static TransformedBiFunction vmap(ArrayBiFunction f) {
    return vmap(f, new int[] {0, 0}, 0);
  }

  /**
   * Returns a function that applies {@code f} to every pair of slices of its arguments at once.
   * Mirrors {@code mlx.core.vmap}.
   *
   * @param f the function for one pair of slices
   * @param inAxes for each argument the axis along which its slices lie, or {@link #NOT_MAPPED}
   * @param outAxis the axis of the result along which the results of {@code f} shall lie
   * @return the vectorised function; it throws {@link IllegalArgumentException} if an axis is out
   *     of range or the arguments' sizes along their axes differ
   * @throws IllegalArgumentException if {@code inAxes} has not two entries or maps no argument
   * @throws NullPointerException if {@code f} or {@code inAxes} is null
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
   * @param inAxes for each argument the axis along which its slices lie, or {@link #NOT_MAPPED}
   * @param outAxes for each result the axis along which the results of {@code f} shall lie
   * @return the vectorised function; it throws {@link IllegalArgumentException} if the numbers of
   *     arguments or results differ from those of the axes, an axis is out of range or the
   *     arguments' sizes along their axes differ
   * @throws IllegalArgumentException if {@code inAxes} maps no argument or {@code outAxes} has
   *     {@link #NOT_MAPPED}
   * @throws NullPointerException if an argument is null
   */
  public static TransformedArraysFunction vmap(ArraysFunction f, int[] inAxes, int[] outAxes) {
    return new TransformedArraysFunction(Closure.ofMany("vmap", f), vectorized(inAxes, outAxes));
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

  /**
   * Returns a compiled form of {@code f}: its Java code runs once for each thread and each
   * combination of argument shapes and dtypes, later calls run the graph that was recorded. Mirrors
   * {@code mlx.core.compile}.
   *
   * <p>Inside {@code f}, reading a value ({@code item…}, {@code to…Array}, {@code eval}) throws
   * {@link IllegalArgumentException}: there is none yet. Arrays that {@code f} captures become
   * constants of the graph. After an exception {@code f} is run again, for all shapes of that
   * thread.
   *
   * @param f the function
   * @return the compiled function
   * @throws NullPointerException if {@code f} is null
   */
  public static TransformedFunction compile(ArrayFunction f) {
    return compile(f, false);
  }

  /**
   * As {@link #compile(ArrayFunction)}.
   *
   * @param f the function
   * @param shapeless when true the Java code runs once for each number of dimensions and dtype,
   *     whatever the sizes, if it consists of operations whose recorded graph is known to be right
   *     for all of them (element-wise operations, reductions, softmax, products of matrices,
   *     transposes) and does not ask for sizes; otherwise it runs once for each shape, and, the
   *     first time, once more to find out. The results are those of {@code f} either way
   * @return the compiled function
   * @throws NullPointerException if {@code f} is null
   */
  public static TransformedFunction compile(ArrayFunction f, boolean shapeless) {
    return new TransformedFunction(
        Closure.ofOne("compile", f), h -> TransformsNative.compile(h, shapeless));
  }

  /**
   * As {@link #compile(ArrayFunction)}, for a function of two arrays.
   *
   * @param f the function
   * @return the compiled function
   * @throws NullPointerException if {@code f} is null
   */
  public static TransformedBiFunction compile(ArrayBiFunction f) {
    return compile(f, false);
  }

  /**
   * As {@link #compile(ArrayFunction, boolean)}, for a function of two arrays.
   *
   * @param f the function
   * @param shapeless as for {@link #compile(ArrayFunction, boolean)}
   * @return the compiled function
   * @throws NullPointerException if {@code f} is null
   */
  public static TransformedBiFunction compile(ArrayBiFunction f, boolean shapeless) {
    return new TransformedBiFunction(
        Closure.ofTwo("compile", f), h -> TransformsNative.compile(h, shapeless));
  }

  /**
   * As {@link #compile(ArrayFunction)}, for any number of arguments and results.
   *
   * @param f the function
   * @return the compiled function
   * @throws NullPointerException if {@code f} is null
   */
  public static TransformedArraysFunction compileArrays(ArraysFunction f) {
    return compileArrays(f, false);
  }

  /**
   * As {@link #compile(ArrayFunction, boolean)}, for any number of arguments and results.
   *
   * @param f the function
   * @param shapeless as for {@link #compile(ArrayFunction, boolean)}
   * @return the compiled function
   * @throws NullPointerException if {@code f} is null
   */
  public static TransformedArraysFunction compileArrays(ArraysFunction f, boolean shapeless) {
    return new TransformedArraysFunction(
        Closure.ofMany("compile", f), h -> TransformsNative.compile(h, shapeless));
  }

  /**
   * Enables compilation, in the device's default mode: {@link CompileMode#NO_FUSE} on the CPU,
   * {@link CompileMode#ENABLED} on the GPU. Holds for all threads, for functions compiled before
   * and after. Mirrors {@code mlx.core.enable_compile}.
   */
  public static void enableCompile() {
    setCompileMode(CompileMode.of(TransformsNative.default_compile_mode()));
  }

  /**
   * Disables compilation: compiled functions run their Java code at every call. Holds for all
   * threads, for functions compiled before and after. Mirrors {@code mlx.core.disable_compile}; the
   * environment variable {@code MLX_DISABLE_COMPILE} does the same from the start.
   */
  public static void disableCompile() {
    setCompileMode(CompileMode.DISABLED);
  }

  /**
   * Chooses how much {@link #compile} does, for all threads. Graphs that are already recorded stay
   * as they are. Mirrors {@code mlx::core::set_compile_mode}.
   *
   * <p>{@link CompileMode#ENABLED} on the CPU makes kernels by running {@code g++} and keeps them
   * in a directory that only its owner can enter, {@code ~/.cache/mlx4j/kernels} unless the system
   * property {@code mlx4j.kernels} names another. MLX finds it by the environment variable {@code
   * TMPDIR}, which this sets for native code of the process and for programs that it starts.
   *
   * @param mode the mode
   * @throws IllegalStateException if {@code mode} is {@code ENABLED} on the CPU and there is no
   *     {@code g++} on the path, or the directory cannot be made private
   * @throws NullPointerException if {@code mode} is null
   */
  public static void setCompileMode(CompileMode mode) {
    Objects.requireNonNull(mode, "[setCompileMode] the mode is null");
    boolean fuses = mode == CompileMode.ENABLED || mode == CompileMode.NO_SIMPLIFY;
    boolean fuseOnCpu = fuses && DevicesNative.default_device() == 0;
    TransformsNative.set_compile_mode(mode.code(), fuseOnCpu ? kernelDirectory() : null);
  }

  private static String kernelDirectory() {
    boolean found =
        Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, "g++")));
    if (!found) {
      throw new IllegalStateException(
          "[setCompileMode] fusing on the CPU runs g++, which is not on the PATH; install it or use"
              + " NO_FUSE");
    }
    String property = System.getProperty("mlx4j.kernels");
    Path directory =
        property != null
            ? Path.of(property)
            : Path.of(System.getProperty("user.home"), ".cache", "mlx4j", "kernels");
    try {
      Files.createDirectories(directory);
      if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
        Set<PosixFilePermission> ownerOnly = PosixFilePermissions.fromString("rwx------");
        Files.setPosixFilePermissions(
            directory, ownerOnly); // fails for a directory of somebody else
      }
      return directory.toRealPath().toString();
    } catch (IOException e) {
      throw new IllegalStateException(
          "[setCompileMode] the kernel directory " + directory + " cannot be made private",
          new UncheckedIOException(e));
    }
  }

  // ---- checkpoint -------------------------------------------------------------------------------

  /**
   * Returns a function with the value and gradient of {@code f} that keeps no intermediate results
   * for the gradient but computes them again. Mirrors {@code mlx.core.checkpoint}.
   *
   * @param f the function; its Java code runs once more when a gradient is taken
   * @return the checkpointed function
   * @throws NullPointerException if {@code f} is null
   */
  public static TransformedFunction checkpoint(ArrayFunction f) {
    return new TransformedFunction(Closure.ofOne("checkpoint", f), TransformsNative::checkpoint);
  }

  /**
   * As {@link #checkpoint(ArrayFunction)}, for a function of two arrays.
   *
   * @param f the function
   * @return the checkpointed function
   * @throws NullPointerException if {@code f} is null
   */
  public static TransformedBiFunction checkpoint(ArrayBiFunction f) {
    return new TransformedBiFunction(Closure.ofTwo("checkpoint", f), TransformsNative::checkpoint);
  }

  /**
   * As {@link #checkpoint(ArrayFunction)}, for any number of arguments and results.
   *
   * @param f the function
   * @return the checkpointed function
   * @throws NullPointerException if {@code f} is null
   */
  public static TransformedArraysFunction checkpointArrays(ArraysFunction f) {
    return new TransformedArraysFunction(
        Closure.ofMany("checkpoint", f), TransformsNative::checkpoint);
  }

  // ---- vjp, jvp ---------------------------------------------------------------------------------

  /**
   * Computes the outputs of {@code f} and the products of {@code cotangents} with its Jacobian, at
   * {@code primals}. Mirrors {@code mlx.core.vjp}.
   *
   * @param f the function
   * @param primals its arguments
   * @param cotangents one for each output, of the output's shape
   * @return the outputs, and one product for each primal
   * @throws IllegalArgumentException if the cotangents do not fit the outputs in number or shape
   * @throws IllegalStateException if an array is closed
   * @throws NullPointerException if an argument is null
   */
  public static Vjp vjp(ArraysFunction f, MlxArray[] primals, MlxArray[] cotangents) {
    MlxArray[] all =
        applied("vjp", Closure.ofMany("vjp", f), TransformsNative::vjp, primals, cotangents);
    int outputs = all.length - primals.length;
    return new Vjp(Arrays.copyOf(all, outputs), Arrays.copyOfRange(all, outputs, all.length));
  }

  /**
   * Computes the output of {@code f} and the product of {@code cotangent} with its Jacobian, at
   * {@code x}. Mirrors {@code mlx.core.vjp}.
   *
   * @param f the function
   * @param x its argument
   * @param cotangent an array of the output's shape
   * @return the output and the product, one each
   * @throws IllegalArgumentException if the cotangent has not the shape of the output
   * @throws IllegalStateException if an array is closed
   * @throws NullPointerException if an argument is null
   */
  public static Vjp vjp(ArrayFunction f, MlxArray x, MlxArray cotangent) {
    MlxArray[] all =
        applied("vjp", Closure.ofOne("vjp", f), TransformsNative::vjp, array(x), array(cotangent));
    return new Vjp(array(all[0]), array(all[1]));
  }

  /**
   * Computes the outputs of {@code f} and the products of its Jacobian with {@code tangents}, at
   * {@code primals}. Mirrors {@code mlx.core.jvp}.
   *
   * @param f the function
   * @param primals its arguments
   * @param tangents one for each primal, of the primal's shape
   * @return the outputs, and one product for each output
   * @throws IllegalArgumentException if the tangents do not fit the primals in number or shape
   * @throws IllegalStateException if an array is closed
   * @throws NullPointerException if an argument is null
   */
  public static Jvp jvp(ArraysFunction f, MlxArray[] primals, MlxArray[] tangents) {
    MlxArray[] all =
        applied("jvp", Closure.ofMany("jvp", f), TransformsNative::jvp, primals, tangents);
    int outputs = all.length / 2;
    return new Jvp(Arrays.copyOf(all, outputs), Arrays.copyOfRange(all, outputs, all.length));
  }

  /**
   * Computes the output of {@code f} and the product of its Jacobian with {@code tangent}, at
   * {@code x}. Mirrors {@code mlx.core.jvp}.
   *
   * @param f the function
   * @param x its argument
   * @param tangent an array of the argument's shape
   * @return the output and the product, one each
   * @throws IllegalArgumentException if the tangent has not the shape of the argument
   * @throws IllegalStateException if an array is closed
   * @throws NullPointerException if an argument is null
   */
  public static Jvp jvp(ArrayFunction f, MlxArray x, MlxArray tangent) {
    MlxArray[] all =
        applied("jvp", Closure.ofOne("jvp", f), TransformsNative::jvp, array(x), array(tangent));
    return new Jvp(array(all[0]), array(all[1]));
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
