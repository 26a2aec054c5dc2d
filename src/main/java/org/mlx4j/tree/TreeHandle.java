package org.mlx4j.tree;

import java.lang.ref.Reference;
import java.util.concurrent.atomic.AtomicBoolean;
import org.mlx4j.internal.Lease;

/**
 * A function of trees that a transform made.
 *
 * <p>It holds the functions that it was made of: closing one of those does not disturb it, and
 * closing it does not close them. It is safe for use by any number of threads. Left unclosed, it is
 * freed by the scope in which it was made, or after garbage collection; a function whose lambda
 * refers to the transformed function itself is freed only by closing.
 */
public abstract sealed class TreeHandle implements AutoCloseable
    permits TreeFunction, TreeBiFunction, TreeTriFunction {
  private final Hold hold;

  TreeHandle(Transformed function) {
    hold = new Hold(function);
    Core.ARRAYS.own(this, hold);
  }

  /** What this handle holds until it is closed. */
  private record Hold(Transformed function, AtomicBoolean closed) implements Lease {
    Hold(Transformed function) {
      this(function, new AtomicBoolean());
    }

    @Override
    public void end() {
      if (closed.compareAndSet(false, true)) {
        function.release();
      }
    }

    @Override
    public boolean ended() {
      return closed.get();
    }
  }

  /** The function, which then lives until it is released as often as it was retained. */
  final Transformed retained(String transform) {
    try {
      hold.function().retain(transform);
      return hold.function();
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // the types of the subclass
  final <R> R call(Object... arguments) {
    try {
      if (hold.ended()) {
        throw hold.function().closed();
      }
      return (R) hold.function().apply(arguments);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * Whether this function was closed.
   *
   * @return true after {@link #close()}
   */
  public boolean isClosed() {
    return hold.ended();
  }

  /**
   * Frees the function and what it captured. Calls that are running finish; closing twice is
   * harmless.
   */
  @Override
  public void close() {
    hold.end();
  }
}
