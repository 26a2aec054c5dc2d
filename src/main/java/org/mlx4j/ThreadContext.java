package org.mlx4j;

import org.mlx4j.internal.Library;

/**
 * What a Java thread (virtual threads included) has chosen: the scope that owns new arrays, the
 * stream of new operations.
 */
final class ThreadContext {
  private static final ThreadLocal<OfThread> CURRENT = ThreadLocal.withInitial(OfThread::new);

  /** The stream for threads that chose none; 0 leaves the choice to MLX's default device. */
  static volatile long defaultStream;

  /** The innermost open scope, or null. */
  Scope scope;

  /** The static initializers that this thread is running. */
  final ClassInitializers initializers = new ClassInitializers();

  /** The handle of this thread's stream, or 0. */
  long stream;

  private ThreadContext() {}

  /** Nothing but its thread refers to it, so it is collected when the thread has ended. */
  private static final class OfThread {
    final ThreadContext context = new ThreadContext();
    boolean watched;
  }

  static ThreadContext current() {
    return ofThread().context;
  }

  private static OfThread ofThread() {
    Library.load(); // where it fails, every call says why and leaves nothing, not only the first
    return CURRENT.get();
  }

  /** The context of a thread that may end without closing its scopes. */
  static ThreadContext watched() {
    OfThread ofThread = ofThread();
    if (!ofThread.watched) {
      ofThread.watched = true;
      ThreadContext context = ofThread.context;
      Ownership.afterCollection(ofThread, () -> Scope.closeLeftOpen(context));
    }
    return ofThread.context;
  }

  /** The handle of the stream on which this thread's next operation runs. */
  long streamHandle() {
    return stream != 0 ? stream : defaultStream;
  }
}
