package org.mlx4j;

import java.util.concurrent.atomic.AtomicReference;

/** Threads with stacks of a given size. */
final class DeepStack {
  static final long KIB = 1 << 10;
  static final long MIB = 1 << 20;

  /** Java's own default on the platforms of MLX, within a factor of two. */
  static final long DEFAULT = MIB;

  private DeepStack() {}

  /**
   * Runs a task on a thread with a stack of the given size, in a scope; rethrows its exceptions.
   */
  static void run(long bytes, Runnable task) {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Runnable inScope =
        () -> {
          try {
            Scope.run(task);
          } catch (Throwable e) {
            thrown.set(e);
          }
        };
    Thread thread = new Thread(null, inScope, "stack of " + bytes, bytes);
    thread.start();
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    if (thrown.get() instanceof RuntimeException e) {
      throw e;
    } else if (thrown.get() instanceof Error e) {
      throw e;
    }
  }
}
