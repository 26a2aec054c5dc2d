package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * Threads that build, transform, evaluate and close arrays and functions which they share, with no
 * synchronisation.
 *
 * <p>Whoever uses what another closes gets an IllegalStateException. Whoever gets a number gets the
 * right one: all are whole and small enough to be exact in float32.
 */
final class ThreadsStress {
  private static final int SHARED = 32;

  /**
   * An array whose elements are all the same known number.
   *
   * @param array three equal elements, evaluated or not
   * @param value the number
   */
  private record Known(MlxArray array, int value) {}

  /**
   * A compiled function that multiplies by a known number.
   *
   * @param f the function
   * @param factor the number
   */
  private record Multiply(TransformedFunction f, int factor) {}

  private final AtomicReferenceArray<Known> arrays = new AtomicReferenceArray<>(SHARED);
  private final AtomicReferenceArray<Multiply> functions = new AtomicReferenceArray<>(SHARED / 4);
  private final LongAdder right = new LongAdder();
  private final LongAdder closed = new LongAdder();
  private final Map<String, Throwable> wrong = new ConcurrentHashMap<>();

  /** The counts of right numbers, of uses of closed objects, and of everything else. */
  record Outcome(long right, long closed, Map<String, Throwable> wrong) {}

  static Outcome run(ExecutorService threads, int count, Duration duration)
      throws InterruptedException, ExecutionException {
    return new ThreadsStress().stress(threads, count, duration);
  }

  @SuppressWarnings("ThreadPriorityCheck") // nothing relies on it
  private Outcome stress(ExecutorService threads, int count, Duration duration)
      throws InterruptedException, ExecutionException {
    for (int i = 0; i < arrays.length(); i++) {
      arrays.set(i, known(i));
    }
    for (int i = 0; i < functions.length(); i++) {
      functions.set(i, multiply(i));
    }
    long end = System.nanoTime() + duration.toNanos();
    List<Future<?>> running = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      running.add(
          threads.submit(
              () -> {
                while (System.nanoTime() < end) {
                  step();
                  Thread.yield(); // a virtual thread keeps its carrier until it gives it up
                }
              }));
    }
    for (Future<?> each : running) {
      each.get();
    }
    threads.shutdown();
    threads.awaitTermination(1, TimeUnit.MINUTES);
    for (int i = 0; i < arrays.length(); i++) {
      arrays.get(i).array().close();
    }
    for (int i = 0; i < functions.length(); i++) {
      functions.get(i).f().close();
    }
    return new Outcome(right.sum(), closed.sum(), wrong);
  }

  private void step() {
    try {
      switch (random(16)) {
        case 0 -> replaceArray();
        case 1 -> replaceFunction();
        default -> Scope.run(this::use);
      }
      right.increment();
    } catch (IllegalStateException e) {
      if (e.getMessage() == null || !e.getMessage().contains("closed")) {
        wrong.putIfAbsent(e.toString(), e);
      }
      closed.increment();
    } catch (Throwable e) {
      wrong.putIfAbsent(e.toString(), e);
    }
  }

  private void use() {
    Known a = arrays.get(random(SHARED));
    Known b = arrays.get(random(SHARED));
    if (a.array().equals(b.array())) { // MLX's compile refuses to capture what is also an argument
      return;
    }
    int x = a.value();
    int y = b.value();
    switch (random(12)) {
      case 0 -> assertAll(x + y, a.array().add(b.array()));
      case 1 -> assertAll(x * y + x, a.array().multiply(b.array()).add(a.array()));
      case 2 -> assertEquals(3 * x, a.array().sum().itemInt());
      case 3 -> {
        MlxArray[] parts = a.array().multiply(b.array()).split(3);
        parts[random(3)].close();
        MlxArray open = parts[0].isClosed() ? parts[1] : parts[0];
        assertEquals(x * y, open.itemInt());
      }
      case 4 -> {
        MlxArray sum = a.array().add(b.array());
        Ops.asyncEval(sum, a.array());
        assertAll(x + y, sum);
      }
      case 5 -> {
        Multiply m = functions.get(random(functions.length()));
        assertAll(m.factor() * x, m.f().apply(a.array()));
      }
      case 6 -> {
        TransformedFunction slope = Transforms.grad(v -> v.square().multiply(b.array()).sum());
        assertAll(2 * x * y, slope.apply(a.array()));
      }
      case 7 -> {
        Multiply m = functions.get(random(functions.length()));
        TransformedFunction slope = Transforms.grad(v -> m.f().apply(v).multiply(v).sum());
        assertAll(2 * m.factor() * x, slope.apply(a.array()));
      }
      case 8 -> assertAll(x + 3 * y, Transforms.vmap(v -> v.add(b.array().sum())).apply(a.array()));
      case 9 -> {
        Jvp products = Transforms.jvp(v -> v.multiply(b.array()), a.array(), b.array());
        assertAll(x * y, products.outputs()[0]);
        assertAll(y * y, products.jvps()[0]);
      }
      case 10 -> {
        TransformedFunction f =
            Transforms.compile(Transforms.checkpoint(v -> v.multiply(b.array())));
        assertAll(x * y, f.apply(a.array()));
      }
      default -> {
        MlxArray chain = a.array();
        for (int i = 0; i < 20; i++) {
          chain = chain.add(b.array());
        }
        a.array().eval();
        assertAll(x + 20 * y, chain);
      }
    }
  }

  private static int random(int bound) {
    return ThreadLocalRandom.current().nextInt(bound);
  }

  private static void assertAll(int expected, MlxArray actual) {
    assertArrayEquals(new float[] {expected, expected, expected}, actual.toFloatArray());
  }

  /**
   * Puts a new array into the place of one that is closed, or left to the collector, while others
   * may be using it.
   */
  private void replaceArray() {
    int i = random(SHARED);
    Known old = arrays.getAndSet(i, known(random(50)));
    if (random(4) != 0) {
      old.array().close();
    }
  }

  private void replaceFunction() {
    Multiply old = functions.getAndSet(random(functions.length()), multiply(random(50)));
    if (random(4) != 0) {
      old.f().close();
    }
  }

  /** Evaluated or not; a leaf, a broadcast or one of the outputs of one operation. */
  private static Known known(int value) {
    MlxArray array =
        Scope.run(
            () ->
                switch (random(4)) {
                  case 0 -> MlxArray.of(value, value, value).astype(DType.FLOAT32);
                  case 1 -> Ops.full(new int[] {6}, (float) value).split(2)[random(2)];
                  case 2 -> MlxArray.of((float) value).broadcastTo(3);
                  default -> MlxArray.of((float) value, value, value);
                });
    return new Known(array, value);
  }

  private static Multiply multiply(int factor) {
    return new Multiply(Transforms.compile(x -> x.multiply(factor)), factor);
  }
}
