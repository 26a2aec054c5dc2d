package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mlx4j.internal.EvaluationNative;
import org.mlx4j.internal.HandlesNative;

/** Any number of threads may use any array and any function. */
@ExtendWith(LifetimeBalance.class)
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ThreadsTest {
  private static final int THREADS = 8;

  /** How long threads work against each other. */
  private static final Duration STRESS =
      Duration.ofSeconds(Long.getLong("mlx4j.test.threads.seconds", 15));

  private static <T> Future<T> start(Callable<T> task) {
    FutureTask<T> future = new FutureTask<>(task);
    Thread thread = new Thread(future);
    thread.setDaemon(true);
    thread.start();
    return future;
  }

  private static <T> T onAnotherThread(Callable<T> task) throws Exception {
    return soon(start(task));
  }

  private static <T> T soon(Future<T> future) throws Exception {
    try {
      return future.get(4, TimeUnit.MINUTES);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(4, TimeUnit.MINUTES), "nobody came");
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  // ---- everything at once
  // ---------------------------------------------------------------------------

  @Test
  void threadsThatShareEverythingGetNoWrongNumber() throws Exception {
    assertNothingWrong(ThreadsStress.run(Executors.newFixedThreadPool(THREADS), THREADS, STRESS));
  }

  @Test
  void virtualThreadsThatShareEverythingGetNoWrongNumber() throws Exception {
    ExecutorService threads = virtualThreads();
    assertNothingWrong(ThreadsStress.run(threads, 4 * THREADS, STRESS.dividedBy(3)));
  }

  private static void assertNothingWrong(ThreadsStress.Outcome outcome) {
    assertEquals(Map.of(), outcome.wrong());
    assertTrue(outcome.right() > 1000, () -> "hardly anything ran: " + outcome);
    assertTrue(outcome.closed() > 0, () -> "nobody ever met a closed array: " + outcome);
  }

  /** An executor of virtual threads, which Java has from 21 on, while these sources are Java 17. */
  private static ExecutorService virtualThreads() throws ReflectiveOperationException {
    Assumptions.assumeTrue(
        Runtime.version().feature() >= 21,
        () -> "Java " + Runtime.version().feature() + " has no virtual threads");
    return (ExecutorService)
        Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
  }

  // ---- virtual threads
  // ------------------------------------------------------------------------------

  @Test
  void virtualThreadsHaveScopesOfTheirOwn() throws Exception {
    ExecutorService threads = virtualThreads();
    List<Future<Float>> results = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      float n = i;
      results.add(
          threads.submit(
              () -> {
                try (Scope scope = Scope.open()) {
                  MlxArray x = MlxArray.scalar(n);
                  Thread.sleep(1); // gives its carrier to another virtual thread
                  MlxArray slope =
                      Transforms.grad(
                              v -> {
                                MlxArray square = v.square();
                                return square;
                              })
                          .apply(x);
                  Thread.sleep(1);
                  return slope.itemFloat();
                }
              }));
    }
    for (int i = 0; i < results.size(); i++) {
      assertEquals(2f * i, soon(results.get(i)));
    }
    threads.shutdown();
  }

  // ---- locks
  // ----------------------------------------------------------------------------------------

  /**
   * One thread holds the user's lock and calls a function, the other is in a callback and wants the
   * user's lock.
   */
  @Test
  void lockTakenInsideAndAroundAFunctionDoesNotDeadlock() throws Exception {
    ReentrantLock lock = new ReentrantLock();
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch held = new CountDownLatch(1);
    Future<Float> lockInside =
        startGradientAtThree(
            x -> {
              inside.countDown();
              await(held);
              lock.lock();
              try {
                return x.square();
              } finally {
                lock.unlock();
              }
            });
    Future<Float> lockAround =
        start(
            () -> {
              await(inside);
              lock.lock();
              try (Scope scope = Scope.open()) {
                held.countDown();
                Thread.sleep(50); // the other thread is now waiting for the lock
                TransformedFunction f = Transforms.grad(x -> x.square().multiply(x));
                return f.apply(MlxArray.scalar(3f)).itemFloat();
              } finally {
                lock.unlock();
              }
            });
    assertEquals(6f, soon(lockInside));
    assertEquals(27f, soon(lockAround));
  }

  @Test
  void callbacksOfTwoThreadsMayWaitForEachOther() throws Exception {
    CyclicBarrier both = new CyclicBarrier(2);
    Callable<Float> meet =
        () -> {
          try (Scope scope = Scope.open()) {
            TransformedFunction f =
                Transforms.compile(
                    x -> {
                      meetAt(both);
                      return x.square();
                    });
            return f.apply(MlxArray.scalar(3f)).itemFloat();
          }
        };
    Future<Float> one = start(meet);
    Future<Float> other = start(meet);
    assertEquals(18f, soon(one) + soon(other));
  }

  /** Computes the gradient of a function at 3 on another thread. */
  private Future<Float> startGradientAtThree(ArrayFunction function) {
    return start(
        () -> {
          try (Scope scope = Scope.open()) {
            return Transforms.grad(function).apply(MlxArray.scalar(3f)).itemFloat();
          }
        });
  }

  private static void meetAt(CyclicBarrier barrier) {
    try {
      barrier.await(1, TimeUnit.MINUTES);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void slowCallbackHoldsNobodyUp() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(1);
    Future<Float> slow =
        startGradientAtThree(
            x -> {
              inside.countDown();
              await(done);
              return x.square();
            });
    await(inside);
    Future<Float> quick =
        start(
            () -> {
              try (Scope scope = Scope.open()) {
                MlxArray x = MlxArray.of(1f, 2f);
                x.add(x).eval();
                return Transforms.grad(v -> v.square().sum()).apply(x).sum().itemFloat();
              }
            });
    assertEquals(6f, soon(quick));
    assertFalse(slow.isDone());
    done.countDown();
    assertEquals(6f, soon(slow));
  }

  @Test
  void callbackMayWaitForAnotherThreadThatUsesItsArrays() throws Exception {
    try (Scope scope = Scope.open()) {
      MlxArray x = MlxArray.scalar(3f);
      MlxArray y = MlxArray.scalar(5f);
      TransformedFunction f = Transforms.grad(v -> unchecked(() -> v.multiply(v)).multiply(y));
      assertEquals(30f, f.apply(x).itemFloat());
      TransformedFunction g = Transforms.compile(v -> unchecked(() -> v.multiply(y)).add(v));
      assertEquals(18f, g.apply(x).itemFloat());
      assertEquals(18f, g.apply(x).itemFloat());
    }
  }

  private static MlxArray unchecked(Callable<MlxArray> task) {
    try {
      return onAnotherThread(task);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * The other thread is not tracing, so its evaluation must not take the graph away from the one
   * that is.
   */
  @Test
  void valueLookedAtByAnotherThreadDuringATraceKeepsItsGradient() {
    try (Scope scope = Scope.open()) {
      List<Float> seen = new ArrayList<>();
      ArrayFunction f =
          x -> {
            MlxArray square = x.square();
            try {
              seen.add(onAnotherThread(square::itemFloat));
            } catch (IllegalStateException e) { // an answer too: it must not be looked at
            } catch (Exception e) {
              throw new IllegalStateException(e);
            }
            return square.multiply(3f);
          };
      MlxArray five = MlxArray.scalar(5f);
      assertEquals(30f, Transforms.grad(f).apply(five).itemFloat());
      assertEquals(30f, Transforms.jvp(f, five, MlxArray.scalar(1f)).jvps()[0].itemFloat());
      assertTrue(seen.stream().allMatch(value -> value == 25f), seen::toString);
    }
  }

  // ---- waiting
  // --------------------------------------------------------------------------------------

  /**
   * Long in time with few operations, and long in operations: more than MLX schedules without
   * waiting.
   */
  @ParameterizedTest
  @ValueSource(ints = {8, 200})
  void longEvaluationLetsOthersBuild(int operations) throws Exception {
    int size = 4_000 / (int) Math.cbrt(operations) / 4;
    int meanwhile = 0;
    // once is enough; but this thread may not run at all during an evaluation, on a busy machine
    for (int attempt = 0; attempt < 50 && meanwhile == 0; attempt++) {
      try (Scope scope = Scope.open()) {
        MlxArray x = Ops.full(new int[] {size, size}, 1.0 / size);
        MlxArray begun = x.matmul(x);
        MlxArray last = begun;
        for (int i = 1; i < operations; i++) {
          last = last.matmul(x);
        }
        MlxArray y = last;
        Future<Void> evaluation =
            start(
                () -> {
                  y.eval();
                  return null;
                });
        while (!EvaluationNative.is_available(begun.handle)) {
          Thread.onSpinWait();
        }
        x.add(x).close();
        while (!EvaluationNative.is_available(y.handle)) {
          meanwhile++;
          x.add(x).close();
        }
        soon(evaluation);
      }
    }
    assertTrue(meanwhile > 0, "nothing was built between the first and the last operation");
  }

  @Test
  void lazyArrayIsEvaluatedByAnyThread() throws Exception {
    try (Scope scope = Scope.open()) {
      MlxArray lazy = MlxArray.of(1f, 2f).add(1f).square();
      assertEquals(13f, onAnotherThread(() -> lazy.toFloatArray()[0] + lazy.toFloatArray()[1]));
      MlxArray theirs = onAnotherThread(() -> lazy.add(1f));
      assertArrayEquals(new float[] {5, 10}, theirs.toFloatArray());
      theirs.close();
    }
  }

  @Test
  void arrayEvaluatedByManyThreadsAtOnceHasOneValue() throws Exception {
    for (int round = 0; round < 200; round++) {
      try (Scope scope = Scope.open()) {
        MlxArray x = MlxArray.of(1f, 2f, 3f, 4f);
        MlxArray[] parts = x.square().split(2);
        MlxArray sum = parts[0].add(parts[1]);
        CyclicBarrier together = new CyclicBarrier(4);
        List<Future<Float>> sums = new ArrayList<>();
        for (MlxArray each : new MlxArray[] {sum, sum, parts[0], parts[1]}) {
          sums.add(
              start(
                  () -> {
                    meetAt(together);
                    float[] values = each.toFloatArray();
                    return values[0] + values[1];
                  }));
        }
        assertEquals(30f, soon(sums.get(0)));
        assertEquals(30f, soon(sums.get(1)));
        assertEquals(5f, soon(sums.get(2)));
        assertEquals(25f, soon(sums.get(3)));
      }
    }
  }

  /** Several of these threads have the same queue, whichever of them computes. */
  @Test
  void resultThatAThreadIsComputingIsAwaitedByTheOthers() throws Exception {
    int size = 512;
    try (Scope scope = Scope.open()) {
      MlxArray x = Ops.full(new int[] {size, size}, 1f / size);
      for (int round = 0; round < 50; round++) {
        try (Scope ofRound = Scope.open()) {
          MlxArray product = x.matmul(x).matmul(x);
          CyclicBarrier together = new CyclicBarrier(THREADS);
          List<Future<Float>> sums = new ArrayList<>();
          for (int i = 0; i < THREADS; i++) {
            int summand = i;
            sums.add(
                start(
                    () -> {
                      meetAt(together);
                      try (Scope ofThread = Scope.open()) {
                        return product.add((float) summand).sum().itemFloat();
                      }
                    }));
          }
          for (int i = 0; i < THREADS; i++) {
            assertEquals(size + (float) i * size * size, soon(sums.get(i)));
          }
        }
      }
    }
  }

  // ---- closing meanwhile
  // ----------------------------------------------------------------------------

  @Test
  void arrayClosedWhileOthersUseItIsRightOrClosed() throws Exception {
    for (int round = 0; round < 300; round++) {
      MlxArray x = MlxArray.of(1f, 2f, 3f).add(1f);
      assertRightOrClosed(x, () -> x.multiply(2f).sum().itemFloat(), 18f);
    }
  }

  @Test
  void functionClosedWhileOthersUseItIsRightOrClosed() throws Exception {
    try (MlxArray three = MlxArray.scalar(3f)) {
      for (int round = 0; round < 300; round++) {
        TransformedFunction f = Transforms.compile(Transforms.grad(v -> v.square()));
        assertRightOrClosed(f, () -> f.apply(three).itemFloat(), 6f);
      }
    }
  }

  private static void assertRightOrClosed(AutoCloseable shared, Callable<Float> use, float right)
      throws Exception {
    CyclicBarrier together = new CyclicBarrier(3);
    Callable<Void> uses =
        () -> {
          meetAt(together);
          for (int i = 0; i < 5; i++) {
            try (Scope scope = Scope.open()) {
              assertEquals(right, use.call());
            } catch (IllegalStateException e) {
              assertTrue(e.getMessage().contains("closed"), e::getMessage);
            }
          }
          return null;
        };
    Future<Void> one = start(uses);
    Future<Void> other = start(uses);
    meetAt(together);
    shared.close();
    soon(one);
    soon(other);
  }

  @Test
  void arrayClosedByManyThreadsAtOnceIsClosedOnce() throws Exception {
    int live = LifetimeBalance.settled().arrays();
    for (int round = 0; round < 200; round++) {
      MlxArray x = MlxArray.scalar(1f);
      CyclicBarrier together = new CyclicBarrier(4);
      List<Future<Boolean>> closing =
          Stream.generate(
                  () ->
                      start(
                          () -> {
                            meetAt(together);
                            x.close();
                            return x.isClosed();
                          }))
              .limit(4)
              .toList();
      for (Future<Boolean> each : closing) {
        assertTrue(soon(each));
      }
      assertEquals(live, HandlesNative.live_arrays());
    }
  }

  // ---- threads that come and go
  // -----------------------------------------------------------------------

  @Test
  void shortThreadsLeaveNoThreadsBehind() throws Exception {
    Path tasks = Path.of("/proc/self/task");
    Assumptions.assumeTrue(Files.isDirectory(tasks), "threads are counted in /proc");
    shortThreads(10);
    long before = count(tasks);
    shortThreads(200);
    long after = count(tasks);
    assertTrue(after < before + 20, () -> before + " threads before, " + after + " after");
  }

  private static void shortThreads(int count) throws Exception {
    for (int i = 0; i < count; i++) {
      float n = i;
      float square =
          onAnotherThread(
              () -> {
                try (Scope scope = Scope.open()) {
                  MlxArray x = MlxArray.scalar(n);
                  Transforms.compile(v -> v.add(1f)).apply(x).eval();
                  return Transforms.grad(v -> v.square().multiply(v)).apply(x).itemFloat() / 3;
                }
              });
      assertEquals(n * n, square, 1e-2f);
    }
  }

  private static long count(Path folder) throws Exception {
    Thread.sleep(100);
    try (Stream<Path> files = Files.list(folder)) {
      return files.count();
    }
  }

  @Test
  void shortThreadsDrawDifferentRandomNumbers() throws Exception {
    List<Float> drawn = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      drawn.add(
          onAnotherThread(
              () -> {
                try (MlxArray x = MlxRandom.uniform()) {
                  return x.itemFloat();
                }
              }));
    }
    assertEquals(50, drawn.stream().distinct().count());
  }

  // ---- compiled functions
  // ---------------------------------------------------------------------------

  /**
   * A function that is compiled here, used there and closed here must not answer there for the next
   * one at its address.
   */
  @Test
  void compiledFunctionNeverAnswersForAClosedOne() throws Exception {
    ExecutorService there = Executors.newSingleThreadExecutor();
    try (MlxArray one = MlxArray.scalar(1f)) {
      for (int i = 0; i < 500; i++) {
        float factor = i;
        try (TransformedFunction f = Transforms.compile(x -> x.multiply(factor))) {
          Callable<Float> use =
              () -> {
                try (MlxArray y = f.apply(one)) {
                  return y.itemFloat();
                }
              };
          assertEquals(factor, soon(there.submit(use)));
          if (i % 2 == 0) {
            assertEquals(factor, use.call());
          }
        }
      }
    } finally {
      there.shutdown();
      assertTrue(there.awaitTermination(1, TimeUnit.MINUTES));
    }
  }

  @Test
  void compiledFunctionIsTracedOnceByEachThread() throws Exception {
    ExecutorService there = Executors.newFixedThreadPool(1);
    List<Thread> traced = new ArrayList<>();
    try (MlxArray x = MlxArray.scalar(3f);
        TransformedFunction f =
            Transforms.compile(
                v -> {
                  traced.add(Thread.currentThread());
                  return v.square();
                })) {
      Callable<Float> use =
          () -> {
            try (MlxArray y = f.apply(x)) {
              return y.itemFloat();
            }
          };
      for (int i = 0; i < 10; i++) {
        assertEquals(9f, use.call());
        assertEquals(9f, soon(there.submit(use)));
      }
    } finally {
      there.shutdown();
    }
    assertEquals(2, traced.size());
    assertEquals(2, traced.stream().distinct().count());
  }

  @Test
  void sameFunctionMayBeTracedByManyThreadsAtOnce() throws Exception {
    CyclicBarrier inside = new CyclicBarrier(4);
    try (MlxArray x = MlxArray.scalar(3f);
        TransformedFunction f =
            Transforms.compile(
                v -> {
                  meetAt(inside);
                  return v.square();
                })) {
      List<Future<Float>> results =
          Stream.generate(
                  () ->
                      start(
                          () -> {
                            try (MlxArray y = f.apply(x)) {
                              return y.itemFloat();
                            }
                          }))
              .limit(4)
              .toList();
      for (Future<Float> result : results) {
        assertEquals(9f, soon(result));
      }
    }
  }

  // ---- exceptions
  // -----------------------------------------------------------------------------------

  @Test
  void failureOfOneThreadIsNotFeltByAnother() throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    Future<Integer> failing =
        start(
            () -> {
              int failures = 0;
              while (!done.get()) {
                try (Scope scope = Scope.open()) {
                  MlxArray x = MlxArray.of(1f, 2f);
                  assertThrows(IllegalArgumentException.class, () -> x.reshape(3));
                  assertThrows(
                      ArithmeticException.class,
                      () ->
                          Transforms.grad(
                                  v -> {
                                    throw new ArithmeticException("mine");
                                  })
                              .apply(x));
                  failures++;
                }
              }
              return failures;
            });
    for (int i = 0; i < 3_000; i++) {
      try (Scope scope = Scope.open()) {
        assertEquals(7f, MlxArray.scalar(3f).multiply(2f).add(1f).itemFloat());
      }
    }
    done.set(true);
    assertTrue(soon(failing) > 0);
  }

  @Test
  void interruptedThreadStillGetsItsResult() throws Exception {
    AtomicReference<Float> result = new AtomicReference<>();
    Thread thread =
        new Thread(
            () -> {
              Thread.currentThread().interrupt();
              try (Scope scope = Scope.open()) {
                result.set(Transforms.grad(x -> x.square()).apply(MlxArray.scalar(3f)).itemFloat());
              }
            });
    thread.start();
    thread.join();
    assertEquals(6f, result.get());
  }
}
