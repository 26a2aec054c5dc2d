package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mlx4j.ArrayAssertions.assertThrowsSaying;
import static org.mlx4j.ArrayAssertions.assertValues;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.mlx4j.internal.EvaluationNative;
import org.mlx4j.internal.HandlesNative;

/** Evaluation in the background. */
@ExtendWith(InScope.class)
class AsyncEvaluationTest {
  @TempDir Path folder;

  private static <T> T soon(CompletableFuture<T> future) throws Exception {
    return future.get(5, TimeUnit.MINUTES);
  }

  @Test
  void theFutureIsCompleteWhenTheArrayIs() throws Exception {
    MlxArray x = MlxArray.of(1f, 2f).add(1);
    assertSame(x, soon(x.evalAsync()));
    assertTrue(EvaluationNative.is_available(x.handle));
    assertValues(x, 2, 3);
    MlxArray y = x.square();
    MlxArray z = y.sum();
    soon(Ops.evalAsync(y, z));
    assertTrue(EvaluationNative.is_available(y.handle));
    assertTrue(EvaluationNative.is_available(z.handle));
    soon(Ops.evalAsync());
  }

  @Test
  void nobodyWaitsForALongComputation() throws Exception {
    boolean early = true;
    // once is enough, but on a busy machine the computation may end before this thread continues
    for (int attempt = 0; attempt < 50 && early; attempt++) {
      try (Scope scope = Scope.open()) {
        MlxArray x = Ops.full(new int[] {400, 400}, 1.0 / 400);
        MlxArray y = x;
        for (int i = 0; i < 12; i++) {
          y = y.matmul(x);
        }
        CompletableFuture<MlxArray> future = y.evalAsync();
        MlxArray.of(1f).add(1).close(); // the lock is free
        early = future.isDone();
        soon(future);
      }
    }
    assertFalse(early, "each computation was complete before its caller could go on");
  }

  @Test
  void arraysMayBeClosedMeanwhile() throws Exception {
    int before = LifetimeBalance.settled().arrays();
    List<CompletableFuture<MlxArray>> futures = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      try (MlxArray x = MlxArray.scalar(i);
          MlxArray y = x.add(1)) {
        futures.add(y.evalAsync());
      }
    }
    for (CompletableFuture<MlxArray> each : futures) {
      soon(each);
    }
    assertEquals(before, HandlesNative.live_arrays());
  }

  @Test
  void aFailureCompletesTheFutureExceptionally() throws IOException {
    Path file = Io.save(folder.resolve("x"), MlxArray.of(1f, 2f));
    MlxArray x = Io.loadNpy(file);
    Files.write(file, new byte[7]);
    ExecutionException e = assertThrows(ExecutionException.class, () -> soon(x.add(1).evalAsync()));
    assertInstanceOf(MlxException.class, e.getCause());
    assertTrue(e.getCause().getMessage().contains(file.toString()), e.getCause().getMessage());
    MlxArray tooLarge = Ops.zeros(new int[] {1 << 30, 1 << 14}, DType.FLOAT32).add(1);
    e = assertThrows(ExecutionException.class, () -> soon(Ops.evalAsync(tooLarge)));
    assertInstanceOf(OutOfMemoryError.class, e.getCause());
  }

  @Test
  void wrongArgumentsAreExceptionsAtOnce() {
    MlxArray closed = MlxArray.of(1f);
    closed.close();
    int before = LifetimeBalance.settled().arrays();
    MlxArray x = MlxArray.of(1f);
    assertThrowsSaying(
        IllegalStateException.class, () -> Ops.evalAsync(x, closed), "[evalAsync]", "1 is closed");
    assertThrowsSaying(IllegalStateException.class, closed::evalAsync, "[evalAsync]");
    assertThrowsSaying(
        NullPointerException.class, () -> Ops.evalAsync(x, null), "[evalAsync]", "1 is null");
    assertEquals(before + 1, HandlesNative.live_arrays());
  }

  @Test
  void whatDependsOnAFutureMayWaitForOthers() throws Exception {
    List<CompletableFuture<Float>> results = new ArrayList<>();
    for (int i = 0; i < 32; i++) {
      int n = i;
      results.add(
          MlxArray.scalar(n)
              .add(1)
              .evalAsync()
              .thenApply(
                  x -> {
                    try (MlxArray y = x.multiply(2);
                        MlxArray done = y.evalAsync().join()) {
                      return done.itemFloat();
                    }
                  }));
    }
    for (int i = 0; i < results.size(); i++) {
      assertEquals(2 * (i + 1), soon(results.get(i)));
    }
  }

  @Test
  void whatIsTracedIsComputedAtOnce() {
    List<Float> seen = new ArrayList<>();
    MlxArray slope =
        Transforms.grad(
                x -> {
                  MlxArray y = x.square();
                  assertTrue(y.evalAsync().isDone());
                  seen.add(y.itemFloat());
                  return y;
                })
            .apply(MlxArray.scalar(3f));
    assertEquals(List.of(9f), seen);
    assertValues(slope, 6);
    assertThrows(
        IllegalArgumentException.class,
        () ->
            Transforms.compile(
                    x -> {
                      MlxArray y = x.square();
                      Ops.evalAsync(y).join();
                      return y;
                    })
                .apply(MlxArray.scalar(3f)));
  }

  @Test
  void aFutureCanBeCancelled() throws Exception {
    List<CompletableFuture<MlxArray>> futures = new ArrayList<>();
    int before = LifetimeBalance.settled().arrays();
    try (Scope scope = Scope.open()) {
      for (int i = 0; i < 100; i++) {
        futures.add(Ops.full(new int[] {100, 100}, i).add(1).evalAsync());
      }
      futures.forEach(future -> future.cancel(true));
      soon(MlxArray.scalar(1).add(1).evalAsync()); // others go on
    }
    assertTrue(LifetimeBalance.reached(() -> HandlesNative.live_arrays() == before));
  }

  @Test
  void closingManySkipsNull() {
    MlxArray x = MlxArray.of(1f);
    MlxArray y = MlxArray.of(2f);
    Ops.close(x, null, y, x);
    assertTrue(x.isClosed() && y.isClosed());
    Ops.close(x, y);
    Ops.close();
    assertThrowsSaying(NullPointerException.class, () -> Ops.close((MlxArray[]) null), "[close]");
  }
}
