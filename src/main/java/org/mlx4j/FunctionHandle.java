package org.mlx4j;

import java.lang.ref.Reference;
import java.util.function.LongUnaryOperator;
import java.util.function.UnaryOperator;
import org.mlx4j.internal.ClosedException;
import org.mlx4j.internal.TransformsNative;

/**
 * A native function: one that a transform returned, a {@linkplain CustomFunction custom function}
 * or an {@linkplain ImportedFunction imported} one.
 *
 * <pre>{@code
 * try (FunctionHandle step = Transforms.compile(x -> x.multiply(2))) {
 *   step.isClosed();                                        // false
 * }
 * }</pre>
 *
 * <p>It holds the functions that it was made of: closing one of those does not disturb it, and
 * closing it does not close them. Any number of threads may use it at once. Close it when it is no
 * longer needed; otherwise the scope in which it was made frees it, or, outside a scope, the
 * garbage collector. A function whose lambda refers to the function itself is freed only by
 * closing.
 */
public abstract sealed class FunctionHandle implements AutoCloseable
    permits TransformedFunction, TransformedBiFunction, ArraysFunctionHandle, ValueAndGradFunction {
  /** Native functions are called, and freed, recursively. */
  private static final int MOST_NESTED = 1000;

  final String function;
  final int nesting;
  final long handle;

  /** Applies a transform to the function that the closure holds, and closes the closure. */
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
   * Returns whether this function was closed.
   *
   * @return true once this function was closed, by {@link #close()} or by its scope
   */
  public boolean isClosed() {
    return Ownership.isClosed(this, handle);
  }

  /**
   * Frees the function and everything that it captured. Calls in progress finish. Closing a
   * function twice is a no-op.
   */
  @Override
  public void close() {
    Ownership.close(handle);
  }
}
