package org.mlx4j;

import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.mlx4j.internal.EvaluationNative;
import org.mlx4j.internal.HandlesNative;
import org.mlx4j.internal.HostDataNative;

/**
 * The way from a Java method to a native: the calling thread's stream goes in, the result gets an
 * owner, arguments stay reachable until the call returns, and messages name a null or closed
 * argument.
 *
 * <p>Without the reachability fences, the collector could close an array after its handle was read
 * and before the native is called.
 */
final class Call {
  private Call() {}

  /** A native that takes one array and a stream. */
  interface Unary {
    long apply(long a, long stream);
  }

  /** A native that takes two arrays and a stream. */
  interface Binary {
    long apply(long a, long b, long stream);
  }

  /** A native that takes three arrays and a stream. */
  interface Ternary {
    long apply(long a, long b, long c, long stream);
  }

  /** A native that takes any number of arrays and a stream. */
  interface Nary {
    long apply(long[] arrays, long stream);
  }

  /** A native that takes a stream only. */
  interface Creation {
    long apply(long stream);
  }

  /** A native that takes one array and returns several. */
  interface UnaryToMany {
    long[] apply(long a, long stream);
  }

  /** A native that takes two arrays and returns several. */
  interface BinaryToMany {
    long[] apply(long a, long b, long stream);
  }

  /** A native that takes any number of arrays and returns several. */
  interface NaryToMany {
    long[] apply(long[] arrays, long stream);
  }

  static MlxArray creation(String function, Creation op) {
    ThreadContext context = ThreadContext.current();
    try {
      long[] handle = new long[1];
      withinMemory(() -> handle[0] = op.apply(context.streamHandle()));
      return new MlxArray(handle[0], context);
    } catch (RuntimeException e) {
      throw explained(function, e);
    }
  }

  static MlxArray unary(String function, Unary op, Object x) {
    MlxArray a = argument(function, 0, x);
    ThreadContext context = ThreadContext.current();
    try {
      return new MlxArray(op.apply(a.handle, context.streamHandle()), context);
    } catch (RuntimeException e) {
      throw explained(function, e, a);
    } finally {
      Reference.reachabilityFence(a);
    }
  }

  static MlxArray binary(String function, Binary op, Object x, Object y) {
    MlxArray a = argument(function, 0, x);
    MlxArray b = argument(function, 1, y);
    ThreadContext context = ThreadContext.current();
    try {
      return new MlxArray(op.apply(a.handle, b.handle, context.streamHandle()), context);
    } catch (RuntimeException e) {
      throw explained(function, e, a, b);
    } finally {
      Reference.reachabilityFence(a);
      Reference.reachabilityFence(b);
    }
  }

  static MlxArray ternary(String function, Ternary op, Object x, Object y, Object z) {
    MlxArray a = argument(function, 0, x);
    MlxArray b = argument(function, 1, y);
    MlxArray c = argument(function, 2, z);
    ThreadContext context = ThreadContext.current();
    try {
      return new MlxArray(op.apply(a.handle, b.handle, c.handle, context.streamHandle()), context);
    } catch (RuntimeException e) {
      throw explained(function, e, a, b, c);
    } finally {
      Reference.reachabilityFence(a);
      Reference.reachabilityFence(b);
      Reference.reachabilityFence(c);
    }
  }

  static MlxArray nary(String function, Nary op, MlxArray... xs) {
    return nary(function, op, handles(function, xs), xs);
  }

  private static MlxArray nary(String function, Nary op, long[] handles, @Nullable MlxArray[] xs) {
    ThreadContext context = ThreadContext.current();
    try {
      return new MlxArray(op.apply(handles, context.streamHandle()), context);
    } catch (RuntimeException e) {
      throw explained(function, e, xs);
    } finally {
      Reference.reachabilityFence(xs);
    }
  }

  /** Calls a native with arrays of which all but the first {@code required} may be null. */
  static MlxArray optional(String function, int required, Nary op, @Nullable MlxArray... xs) {
    return nary(function, op, handles(function, required, xs), xs);
  }

  /** Does the same for a native that returns several arrays. */
  static MlxArray[] optionalToMany(
      String function, int required, NaryToMany op, @Nullable MlxArray... xs) {
    return naryToMany(function, op, handles(function, required, xs), xs);
  }

  static MlxArray[] unaryToMany(String function, UnaryToMany op, Object x) {
    MlxArray a = argument(function, 0, x);
    ThreadContext context = ThreadContext.current();
    try {
      return wrap(op.apply(a.handle, context.streamHandle()), context);
    } catch (RuntimeException e) {
      throw explained(function, e, a);
    } finally {
      Reference.reachabilityFence(a);
    }
  }

  static MlxArray[] binaryToMany(String function, BinaryToMany op, Object x, Object y) {
    MlxArray a = argument(function, 0, x);
    MlxArray b = argument(function, 1, y);
    ThreadContext context = ThreadContext.current();
    try {
      return wrap(op.apply(a.handle, b.handle, context.streamHandle()), context);
    } catch (RuntimeException e) {
      throw explained(function, e, a, b);
    } finally {
      Reference.reachabilityFence(a);
      Reference.reachabilityFence(b);
    }
  }

  static MlxArray[] naryToMany(String function, NaryToMany op, MlxArray... xs) {
    return naryToMany(function, op, handles(function, xs), xs);
  }

  private static MlxArray[] naryToMany(
      String function, NaryToMany op, long[] handles, @Nullable MlxArray[] xs) {
    ThreadContext context = ThreadContext.current();
    try {
      return wrap(op.apply(handles, context.streamHandle()), context);
    } catch (RuntimeException e) {
      throw explained(function, e, xs);
    } finally {
      Reference.reachabilityFence(xs);
    }
  }

  // ---- weak scalars -----------------------------------------------------------------------------

  /**
   * Calls a native with an array and, on its right, a Java number, which takes the array's dtype.
   */
  static MlxArray rightWeak(String function, Binary op, Object x, double y) {
    return withWeak(function, x, a -> HostDataNative.weak_float(y, a), op);
  }

  static MlxArray rightWeak(String function, Binary op, Object x, long y) {
    return withWeak(function, x, a -> HostDataNative.weak_integer(y, a), op);
  }

  /**
   * Calls a native with an array and, on its left, a Java number, which takes the array's dtype.
   */
  static MlxArray leftWeak(String function, Binary op, double x, MlxArray y) {
    return withWeak(
        function, y, a -> HostDataNative.weak_float(x, a), (a, weak, s) -> op.apply(weak, a, s));
  }

  static MlxArray leftWeak(String function, Binary op, long x, MlxArray y) {
    return withWeak(
        function, y, a -> HostDataNative.weak_integer(x, a), (a, weak, s) -> op.apply(weak, a, s));
  }

  /**
   * Returns a Java number as an array of the dtype that it takes beside another array, for
   * operations on three arrays.
   */
  static MlxArray weak(String function, MlxArray beside, double number) {
    return unary(function, (a, s) -> HostDataNative.weak_float(number, a), beside);
  }

  static MlxArray weak(String function, MlxArray beside, long number) {
    return unary(function, (a, s) -> HostDataNative.weak_integer(number, a), beside);
  }

  private interface WeakBeside {
    long apply(long array);
  }

  private static MlxArray withWeak(String function, Object x, WeakBeside weakBeside, Binary op) {
    MlxArray a = argument(function, 0, x);
    ThreadContext context = ThreadContext.current();
    try {
      long weak = weakBeside.apply(a.handle);
      try {
        return new MlxArray(op.apply(a.handle, weak, context.streamHandle()), context);
      } finally {
        HandlesNative.close(weak);
      }
    } catch (RuntimeException e) {
      throw explained(function, e, a);
    } finally {
      Reference.reachabilityFence(a);
    }
  }

  // ---- evaluation -------------------------------------------------------------------------------

  static void evaluate(String function, MlxArray... xs) {
    evaluate(function, EvaluationNative::evaluate, xs);
  }

  static void evaluate(String function, Consumer<long[]> evaluation, MlxArray... xs) {
    long[] handles = handles(function, xs);
    try {
      withinMemory(() -> evaluation.accept(handles));
      MemoryPressure.evaluated();
    } catch (RuntimeException e) {
      throw Explanation.named(function, e, xs);
    } finally {
      Reference.reachabilityFence(xs);
    }
  }

  /**
   * Runs an action that needs native memory. If there is not enough, frees the memory of dropped
   * arrays and tries once more.
   */
  static void withinMemory(Runnable action) {
    try {
      action.run();
    } catch (OutOfMemoryError e) {
      MemoryPressure.relieve();
      action.run();
    }
  }

  /**
   * Runs the body of a method that is composed of other methods; messages then name this method.
   */
  static <T extends @Nullable Object> T as(String function, Supplier<T> body) {
    try {
      return body.get();
    } catch (RuntimeException e) {
      throw Explanation.renamed(function, e);
    }
  }

  // ---- arguments and results --------------------------------------------------------------------

  static <T> T notNull(String function, String argument, @Nullable T value) {
    if (value == null) {
      throw new NullPointerException("[" + function + "] " + argument + " is null");
    }
    return value;
  }

  /** Returns the exception for an argument whose value is not allowed. */
  static IllegalArgumentException refused(
      String function, String argument, Object given, String allowed) {
    return new IllegalArgumentException(
        "[" + function + "] " + argument + " is " + given + "; " + allowed);
  }

  /** Returns the exception for an array whose shape or dtype is not allowed. */
  static IllegalArgumentException refused(String function, int index, MlxArray x, String allowed) {
    return new IllegalArgumentException(
        "["
            + function
            + "] array argument "
            + index
            + " has shape "
            + Arrays.toString(x.shape())
            + " and dtype "
            + x.dtype()
            + "; "
            + allowed);
  }

  /** Returns the number by which natives know a dtype. */
  static int code(String function, DType dtype) {
    return notNull(function, "the dtype", dtype).code();
  }

  static MlxArray argument(String function, int index, @Nullable Object x) {
    if (x == null) {
      throw new NullPointerException("[" + function + "] array argument " + index + " is null");
    }
    return (MlxArray) x;
  }

  static long[] handles(String function, MlxArray @Nullable [] xs) {
    if (xs == null) {
      throw new NullPointerException("[" + function + "] the arrays are null");
    }
    long[] handles = new long[xs.length];
    for (int i = 0; i < xs.length; i++) {
      handles[i] = argument(function, i, xs[i]).handle;
    }
    return handles;
  }

  /**
   * Returns handles of this library's own to the arrays, so that the caller may close them
   * meanwhile.
   */
  static long[] aliases(String function, MlxArray... arrays) {
    long[] handles = handles(function, arrays);
    long[] own = new long[handles.length];
    int count = 0;
    try {
      while (count < own.length) {
        own[count] = HandlesNative.alias(handles[count]);
        count++;
      }
      return own;
    } catch (RuntimeException e) {
      HandlesNative.close_all(own, count);
      throw explained(function, e, arrays);
    } finally {
      Reference.reachabilityFence(arrays);
    }
  }

  /** Returns the handles of arrays; for all but the first {@code required}, null gives 0. */
  private static long[] handles(String function, int required, @Nullable MlxArray[] xs) {
    long[] handles = new long[xs.length];
    for (int i = 0; i < xs.length; i++) {
      handles[i] = i >= required && xs[i] == null ? 0 : argument(function, i, xs[i]).handle;
    }
    return handles;
  }

  static MlxArray[] wrap(long[] handles, ThreadContext context) {
    MlxArray[] arrays = new MlxArray[handles.length];
    for (int i = 0; i < arrays.length; i++) {
      arrays[i] = new MlxArray(handles[i], context);
    }
    return arrays;
  }

  /** Returns the exception to throw, as {@link Explanation#of} does. */
  static RuntimeException explained(String function, RuntimeException e, @Nullable MlxArray... xs) {
    return Explanation.of(function, e, xs);
  }
}
