package org.mlx4j.tree;

import java.lang.ref.Reference;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.mlx4j.internal.Lease;

/**
 * A function of trees that a transform returned, or a {@linkplain CustomTreeFunction custom
 * function}.
 *
 * <pre>{@code
 * try (TreeHandle step = Trees.compile((List<MlxArray> xs) -> xs.get(0))) {
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
public abstract sealed class TreeHandle implements AutoCloseable
    permits TreeFunction, TreeBiFunction, TreeTriFunction {
  private final Hold hold;

  TreeHandle(Transformed function) {
    hold = new Hold(function);
    Core.ARRAYS.own(this, hold);
  }

  /** The hold of this handle on its function, until it is closed. */
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

  /** Returns the function, which lives until it is released as often as it was retained. */
  final Transformed retained(String transform) {
    try {
      hold.function().retain(transform);
      return hold.function();
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals", "NullAway"}) // R is the result's
  final <R extends @Nullable Object> R call(@Nullable Object... arguments) {
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
   * Returns whether this function was closed.
   *
   * @return true once this function was closed, by {@link #close()} or by its scope
   */
  public boolean isClosed() {
    return hold.ended();
  }

  /**
   * Frees the function and everything that it captured. Calls in progress finish. Closing a
   * function twice is a no-op.
   */
  @Override
  public void close() {
    hold.end();
  }
}
