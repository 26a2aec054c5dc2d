package org.mlx4j;

/**
 * What a Java thread (virtual threads included) has chosen: the scope that owns new arrays, the
 * stream of new operations.
 */
final class ThreadContext {
  private static final ThreadLocal<ThreadContext> CURRENT =
      ThreadLocal.withInitial(ThreadContext::new);

  /** The stream for threads that chose none; 0 leaves the choice to MLX's default device. */
  static volatile long defaultStream;

  /** The innermost open scope, or null. */
  Scope scope;

  /** The handle of this thread's stream, or 0. */
  long stream;

  private ThreadContext() {}

  static ThreadContext current() {
    return CURRENT.get();
  }

  /** The handle of the stream on which this thread's next operation runs. */
  long streamHandle() {
    return stream != 0 ? stream : defaultStream;
  }
}
