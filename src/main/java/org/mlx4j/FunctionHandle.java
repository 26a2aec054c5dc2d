package org.mlx4j;

import java.lang.ref.Reference;
import java.util.function.LongUnaryOperator;
import java.util.function.UnaryOperator;
import org.mlx4j.internal.ClosedException;
import org.mlx4j.internal.HandlesNative;
import org.mlx4j.internal.TransformsNative;

/**
 * A function that a transform made.
 *
 * <p>It holds the functions that it was made of: closing one of those does not disturb it, and
 * closing it does not close them. It is safe for use by any number of threads. Left unclosed, it is
 * freed by the scope in which it was made, or after garbage collection; a function whose lambda
 * refers to the transformed function itself is freed only by closing.
 */
public abstract sealed class FunctionHandle implements AutoCloseable
    permits TransformedFunction,
        TransformedBiFunction,
        TransformedArraysFunction,
        ValueAndGradFunction,
        CustomFunction,
        ImportedFunction {
  /** Native functions are called, and freed, one inside the other. */
  private static final int MOST_NESTED = 1000;

  final String function;
  final int nesting;
  final long handle;

  /** Applies a transform to what the closure holds, and lets go of the closure. */
  FunctionHandle(Closure closure, LongUnaryOperator transform) {
    function = closure.transform;
    nesting = closure.nesting + 1;
    try (closure) {
      if (nesting > MOST_NESTED) {
        throw new IllegalArgumentException(
            "[" + function + "] at most " + MOST_NESTED + " transforms can be nested");
      }
      handle = transform.applyAsLong(closure.handle());
    } catch (ClosedException e) {
      throw new IllegalStateException("[" + function + "] the function to transform is closed", e);
    } finally {
      Reference.reachabilityFence(closure);
    }
    Ownership.own(this, handle, ThreadContext.current());
  }

  /** A function that no transform made. */
  FunctionHandle(String function, long handle) {
    this.function = function;
    this.nesting = 0;
    this.handle = handle;
    Ownership.own(this, handle, ThreadContext.current());
  }

  MlxArray[] call(MlxArray... xs) {
    return call(handles -> TransformsNative.call(handle, handles), xs);
  }

  MlxArray[] call(UnaryOperator<long[]> body, MlxArray... xs) {
    long[] handles = Call.handles(function, xs);
    ThreadContext context = ThreadContext.current();
    try {
      return Call.wrap(body.apply(handles), context);
    } catch (ClosedException e) {
      if (isClosed()) {
        throw Explanation.closed("[" + function + "] the function is closed", handle, e);
      }
      throw Call.explained(function, e, xs);
    } finally {
      Reference.reachabilityFence(this);
      Reference.reachabilityFence(xs);
    }
  }

  /**
   * Whether this function was closed.
   *
   * @return true after {@link #close()}
   */
  public boolean isClosed() {
    try {
      return !HandlesNative.is_live(handle);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * Frees the function and what it captured. Calls that are running finish; closing twice is
   * harmless.
   */
  @Override
  public void close() {
    HandlesNative.close(handle);
    Tracking.closed(handle);
  }
}
