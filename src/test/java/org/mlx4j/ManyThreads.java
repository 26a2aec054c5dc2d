package org.mlx4j;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/** Runs the same action on several threads at once. */
final class ManyThreads {
  private static final int THREADS = 8;
  private static final int TIMES = 200;

  private ManyThreads() {}

  /** Runs an action in a scope many times on each thread, with numbers that differ. */
  static void run(Consumer<Float> action) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<?>> running = new ArrayList<>();
      for (int t = 0; t < THREADS; t++) {
        float start = t;
        running.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < TIMES; i++) {
                    float v = start + i;
                    Scope.run(() -> action.accept(v));
                  }
                }));
      }
      for (Future<?> r : running) {
        r.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
