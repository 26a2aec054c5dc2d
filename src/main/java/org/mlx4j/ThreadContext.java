package org.mlx4j;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.mlx4j.internal.ClassInitializers;
import org.mlx4j.internal.Library;

/**
 * The choices of a Java thread (virtual threads included): the scope that owns new arrays, and the
 * stream of new operations.
 */
final class ThreadContext {
  /**
   * Leads from a thread to its context. A thread of a server may outlive the class loader of this
   * class, and whatever it refers to lives as long, so it holds only an object whose class is the
   * JVM's: a token.
   */
  private static final ThreadLocal<Reference<?>[]> TOKEN = new ThreadLocal<>();

  /** The contexts of living threads. */
  private static final Set<OfThread> ALL = ConcurrentHashMap.newKeySet();

  private static final ReferenceQueue<Reference<?>[]> ENDED = new ReferenceQueue<>();

  /** The stream of threads that have chosen none; 0 leaves the choice to MLX's default device. */
  static volatile long defaultStream;

  /** The innermost open scope, or null. */
  @Nullable Scope scope;

  /** The static initializers that this thread is running. */
  final ClassInitializers initializers = new ClassInitializers();

  /** The handle of the stream that this thread has chosen, or 0. */
  long stream;

  /** Closes open scopes when the thread ends; null while there are none. */
  private Cleaner.@Nullable Cleanable watch;

  private ThreadContext() {}

  /**
   * Found by the token of a thread, and refers to the token in turn: only the thread keeps it
   * alive.
   */
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
    return ((OfThread) Objects.requireNonNull(token[0].get())).context; // only the thread lets go
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

  /**
   * Returns the current context, and arranges that its open scopes are closed when the thread ends.
   */
  static ThreadContext watched() {
    ThreadContext context = current();
    if (context.watch == null) {
      context.watch = Ownership.afterCollection(TOKEN.get(), () -> Scope.closeLeftOpen(context));
    }
    return context;
  }

  /**
   * Ends the watch, which keeps the class loader alive; called when no scope is open any longer.
   */
  void unwatched() {
    if (watch != null) {
      watch.clean();
      watch = null;
    }
  }

  /** Returns the handle of the stream of this thread's next operation. */
  long streamHandle() {
    return stream != 0 ? stream : defaultStream;
  }
}
