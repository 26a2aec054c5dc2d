package org.mlx4j;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.mlx4j.internal.EvaluationNative;
import org.mlx4j.internal.HandlesNative;

/**
 * Evaluation on a few threads that belong to this library and end when there is nothing left to do.
 */
final class AsyncEvaluation {
  private static final int THREADS = 4;
  private static final Executor EXECUTOR = executor();

  private AsyncEvaluation() {}

  private static Executor executor() {
    ThreadPoolExecutor executor =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            work -> {
              Thread thread = new Thread(null, work, "mlx4j-evalAsync", 0, false);
              thread.setContextClassLoader(AsyncEvaluation.class.getClassLoader());
              thread.setDaemon(true);
              return thread;
            });
    executor.allowCoreThreadTimeOut(true);
    return executor;
  }

  static <T extends @Nullable Object> CompletableFuture<T> start(
      @Nullable T result, MlxArray... arrays) {
    CompletableFuture<T> future = new CompletableFuture<>();
    long[] own = Call.aliases("evalAsync", arrays);
    if (EvaluationNative.tracing()) { // what is traced belongs to this thread
      evaluate(own);
      future.complete(result);
    } else {
      EXECUTOR.execute(() -> evaluate(own, result, future));
    }
    return future;
  }

  private static <T extends @Nullable Object> void evaluate(
      long[] own, @Nullable T result, CompletableFuture<T> future) {
    if (future.isDone()) { // cancelled
      HandlesNative.close_all(own, own.length);
      return;
    }
    Throwable failure = null;
    try {
      evaluate(own);
    } catch (Throwable e) {
      failure = e;
    }
    // What depends on the future may wait for another one, so it must not run on these few threads.
    Throwable e = failure;
    future
        .defaultExecutor()
        .execute(
            () -> {
              if (e == null) {
                future.complete(result);
              } else {
                future.completeExceptionally(e);
              }
            });
  }

  private static void evaluate(long[] own) {
    try {
      Call.withinMemory(() -> EvaluationNative.evaluate(own));
      MemoryPressure.evaluated();
    } catch (RuntimeException e) {
      throw Call.explained("evalAsync", e);
    } finally {
      HandlesNative.close_all(own, own.length);
    }
  }
}
