package org.mlx4j;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.mlx4j.internal.Library;

/**
 * What a Java thread (virtual threads included) has chosen: the scope that owns new arrays, the
 * stream of new operations.
 */
final class ThreadContext {
  /**
   * A thread of a server may outlive the class loader of this class, and what it refers to lives as
   * long. So it has only an object of the JVM's own, a token, that leads to its context.
   */
  private static final ThreadLocal<Reference<?>[]> TOKEN = new ThreadLocal<>();

  /** The contexts of living threads. */
  private static final Set<OfThread> ALL = ConcurrentHashMap.newKeySet();

  private static final ReferenceQueue<Reference<?>[]> ENDED = new ReferenceQueue<>();

  /** The stream for threads that chose none; 0 leaves the choice to MLX's default device. */
  static volatile long defaultStream;

  /** The innermost open scope, or null. */
  Scope scope;

  /** The static initializers that this thread is running. */
  final ClassInitializers initializers = new ClassInitializers();

  /** The handle of this thread's stream, or 0. */
  long stream;

  /** Closes what is open when the thread ends; null while nothing is. */
  private Cleaner.Cleanable watch;

  private ThreadContext() {}

  /** Found by the token of a thread, and refers to it in turn: only the thread keeps it. */
  private static final class OfThread extends WeakReference<Reference<?>[]> {
    final ThreadContext context = new ThreadContext();

    OfThread(Reference<?>[] token) {
      super(token, ENDED);
    }
  }

  static ThreadContext current() {
    Reference<?>[] token = TOKEN.get();
    if (token == null) {
      token = newToken();
    }
    return ((OfThread) token[0].get()).context;
  }

  private static Reference<?>[] newToken() {
    Library.load(); // where it fails, every call says why and leaves nothing, not only the first
    for (Reference<?> ended = ENDED.poll(); ended != null; ended = ENDED.poll()) {
      ALL.remove(ended);
    }
    Reference<?>[] token = new Reference<?>[1];
    OfThread ofThread = new OfThread(token);
    ALL.add(ofThread);
    token[0] = new WeakReference<>(ofThread);
    TOKEN.set(token);
    return token;
  }

  /** The context of a thread that may end without closing its scopes. */
  static ThreadContext watched() {
    ThreadContext context = current();
    if (context.watch == null) {
      context.watch = Ownership.afterCollection(TOKEN.get(), () -> Scope.closeLeftOpen(context));
    }
    return context;
  }

  /** To be called when no scope is open any more: what watches keeps the class loader. */
  void unwatched() {
    if (watch != null) {
      watch.clean();
      watch = null;
    }
  }

  /** The handle of the stream on which this thread's next operation runs. */
  long streamHandle() {
    return stream != 0 ? stream : defaultStream;
  }
}
