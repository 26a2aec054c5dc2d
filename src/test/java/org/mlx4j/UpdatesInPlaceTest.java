package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mlx4j.internal.HandlesNative;
import org.mlx4j.tree.Trees;

/**
 * An update of a part of a large array takes the array's memory if nothing but an open handle needs
 * the array. The handle's array keeps its values, whoever asks for them, and whatever happens.
 *
 * <p>Whether memory was taken is seen by the peak of the memory that MLX uses.
 */
@EnabledOnOs(OS.LINUX)
@ExtendWith(InScope.class)
class UpdatesInPlaceTest {
  private static final int ROWS = 64;
  private static final int COLUMNS = 1 << 16;
  private static final long BYTES = 4L * ROWS * COLUMNS; // 16 MiB of float32

  /** Looking for a handle among very many takes longer than a copy, so none may be left. */
  @BeforeAll
  static void collectWhatOtherTestsHaveLeft() {
    LifetimeBalance.settled();
  }

  private static MlxArray evaluated(MlxArray x) {
    x.eval();
    return x;
  }

  /** Different numbers everywhere. */
  private static MlxArray cache() {
    return evaluated(
        Scope.run(() -> Ops.arange(ROWS * COLUMNS).astype(DType.FLOAT32).reshape(ROWS, COLUMNS)));
  }

  /** Replaces the row by a number. */
  private static MlxArray set(MlxArray x, int row, double value) {
    return x.sliceUpdate(
        MlxArray.scalar(value, x.dtype()), new int[] {row, 0}, new int[] {row + 1, COLUMNS});
  }

  private static float[] numbers() {
    float[] numbers = new float[ROWS * COLUMNS];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = i;
    }
    return numbers;
  }

  private static float[] numbersWithout(int row, float value) {
    float[] numbers = numbers();
    Arrays.fill(numbers, row * COLUMNS, (row + 1) * COLUMNS, value);
    return numbers;
  }

  /** How much more memory was in use at once than before and after, in bytes. */
  private static long more(Runnable action) {
    long before = Memory.getActiveMemory();
    Memory.resetPeakMemory();
    action.run();
    return Memory.getPeakMemory() - before;
  }

  private static void assertInPlace(Runnable action) {
    long more = more(action);
    assertTrue(more < BYTES / 2, () -> "copied: " + more + " bytes more");
  }

  private static void assertCopied(Runnable action) {
    long more = more(action);
    assertTrue(more >= BYTES, () -> "only " + more + " bytes more");
  }

  private static void assertHas(float[] expected, MlxArray x) {
    assertArrayEquals(expected, x.toFloatArray());
  }

  // ---- where it happens

  @Test
  void aStepWhoseOldHandleIsClosedLaterCopiesNothing() {
    MlxArray first = cache();
    MlxArray[] cache = {first};
    assertInPlace(
        () -> {
          for (int row = 0; row < ROWS; row++) {
            MlxArray next = set(cache[0], row, row);
            next.eval();
            cache[0].close();
            cache[0] = next;
          }
        });
    float[] rows = new float[ROWS * COLUMNS];
    for (int row = 0; row < ROWS; row++) {
      Arrays.fill(rows, row * COLUMNS, (row + 1) * COLUMNS, row);
    }
    assertHas(rows, cache[0]);
  }

  @Test
  void theOldArrayHasItsValues() {
    MlxArray old = cache();
    MlxArray next = set(old, 3, -1);
    assertInPlace(next::eval);
    assertHas(numbers(), old);
    assertHas(numbersWithout(3, -1), next);
    assertHas(numbers(), old);
  }

  @Test
  void theTwoMayBeReadByTurnsAndClosedInAnyOrder() {
    for (boolean oldFirst : new boolean[] {true, false}) {
      MlxArray old = cache();
      MlxArray next = set(old, 3, -1);
      next.eval();
      for (int i = 0; i < 3; i++) {
        assertEquals(3 * COLUMNS, old.get(3, 0).itemFloat());
        assertEquals(-1, next.get(3, 0).itemFloat());
      }
      if (oldFirst) {
        old.close();
        assertHas(numbersWithout(3, -1), next);
      } else {
        next.close();
        assertHas(numbers(), old);
      }
    }
  }

  @Test
  void aPositionMayBeComputed() {
    MlxArray old = cache();
    MlxArray row = Ops.full(new int[] {1, COLUMNS}, -1, DType.FLOAT32);
    MlxArray at = MlxArray.of(2).add(1);
    MlxArray next = old.sliceUpdate(row, at, new int[] {0});
    Ops.eval(row, at);
    assertInPlace(next::eval);
    assertHas(numbersWithout(3, -1), next);
    assertHas(numbers(), old);
  }

  @Test
  void compiledFunctionsTakeTheMemoryOfTheirArguments() {
    try (TransformedArraysFunction step =
        Transforms.compileArrays(p -> new MlxArray[] {set(p[0], 3, -1), p[1].add(1).multiply(2)})) {
      MlxArray count = MlxArray.of(1f);
      Ops.eval(step.apply(cache(), count)); // recorded
      MlxArray old = cache();
      MlxArray[] results = step.apply(old, count);
      assertInPlace(() -> Ops.eval(results));
      assertHas(numbers(), old);
      assertHas(numbersWithout(3, -1), results[0]);
    }
  }

  @Test
  void everyStepOfAFunctionOfTreesTakesTheMemoryOfTheOneBefore() {
    record State(MlxArray keys, MlxArray values) {}
    try (var step =
        Trees.compile((State s) -> new State(set(s.keys(), 3, -1), set(s.values(), 4, -2)))) {
      State[] state = {new State(cache(), cache())};
      Trees.eval(step.apply(new State(cache(), cache()))); // recorded
      assertInPlace(
          () -> {
            for (int i = 0; i < 5; i++) {
              State next = step.apply(state[0]);
              Trees.eval(next);
              Trees.close(state[0]);
              state[0] = next;
            }
          });
      assertHas(numbersWithout(3, -1), state[0].keys());
      assertHas(numbersWithout(4, -2), state[0].values());
    }
  }

  @Test
  void anEvaluationInTheBackgroundTakesIt() throws Exception {
    MlxArray old = cache();
    MlxArray next = set(old, 3, -1);
    List<CompletableFuture<MlxArray>> future = new ArrayList<>();
    assertInPlace(
        () -> {
          future.add(next.evalAsync());
          old.close();
          future.get(0).join();
        });
    assertHas(numbersWithout(3, -1), next);

    for (int i = 0; i < 20; i++) {
      MlxArray before = cache();
      MlxArray after = set(before, 3, -1);
      CompletableFuture<MlxArray> done = after.evalAsync();
      assertHas(numbers(), before);
      done.get(5, TimeUnit.MINUTES);
      assertHas(numbersWithout(3, -1), after);
      before.close();
      after.close();
    }
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void everyDtypeKeepsItsBits(DType dtype) {
    int rows = 4 * ROWS;
    MlxArray plain =
        MlxRandom.randint(0, 100, new int[] {rows, 1024}, DType.INT32, MlxRandom.key(1))
            .astype(dtype);
    MlxArray part = Ops.ones(new int[] {rows / 8, 30}, dtype);
    int[] start = {rows - 1, 7};
    int[] stop = {-rows - 1, 900};
    int[] steps = {-8, 30};
    MlxArray expected =
        CpuKernels.using(
            CpuKernels.MLX, 1, () -> evaluated(plain.sliceUpdate(part, start, stop, steps)));
    MlxArray old = evaluated(plain.add(Ops.zeros(new int[] {1}, dtype)));
    MlxArray next = evaluated(old.sliceUpdate(part, start, stop, steps));
    assertFalse(old.isAvailable());
    assertTrue(next.arrayEqual(expected).itemBoolean());
    assertTrue(old.arrayEqual(plain).itemBoolean());
  }

  @Test
  void anyLayoutAndAnyAxes() {
    MlxArray rows = MlxRandom.uniform(0, 1, new int[] {30, 40, 50});
    for (int[] axes : new int[][] {{0, 1, 2}, {2, 1, 0}, {1, 2, 0}, {0, 2, 1}}) {
      MlxArray old = evaluated(rows.add(0f));
      try (MlxArray view = old.transpose(axes)) {
        old.close();
        MlxArray turned = evaluated(view.add(0f)); // has the strides of its operand
        MlxArray part = MlxRandom.uniform(0, 1, new int[] {5, 1, 4});
        int[] start = {21, 39 % turned.dim(1), 3};
        int[] stop = {1, start[1] - 1, 15};
        int[] steps = {-4, -1, 3};
        MlxArray expected =
            CpuKernels.using(
                CpuKernels.MLX, 1, () -> evaluated(turned.sliceUpdate(part, start, stop, steps)));
        MlxArray plain = evaluated(turned.contiguous());
        MlxArray next = evaluated(turned.sliceUpdate(part, start, stop, steps));
        assertTrue(next.arrayEqual(expected).itemBoolean());
        assertTrue(turned.arrayEqual(plain).itemBoolean());
      }
    }
  }

  // ---- where it must not happen

  @Test
  void aViewKeepsTheArray() {
    MlxArray old = cache();
    MlxArray view = evaluated(old.reshape(-1));
    MlxArray next = set(old, 3, -1);
    assertCopied(next::eval);
    assertTrue(old.isAvailable());
    assertHas(numbers(), view);
    assertHas(numbers(), old);
    assertHas(numbersWithout(3, -1), next);
  }

  @Test
  void aSecondHandleKeepsTheArray() {
    MlxArray old = cache();
    MlxArray same = old.astype(DType.FLOAT32);
    MlxArray next = set(old, 3, -1);
    assertCopied(next::eval);
    assertHas(numbers(), same);
    assertHas(numbers(), old);
  }

  @Test
  void anOperationThatIsStillToBeComputedKeepsTheArray() {
    MlxArray old = cache();
    MlxArray later = old.add(1);
    MlxArray next = set(old, 3, -1);
    assertCopied(next::eval);
    assertEquals(3 * COLUMNS + 1, later.get(3, 0).itemFloat());
    assertHas(numbers(), old);
  }

  @Test
  void twoUpdatesOfOneArrayAreIndependent() {
    MlxArray old = cache();
    MlxArray a = set(old, 3, -1);
    MlxArray b = set(old, 4, -2);
    MlxArray c = set(set(old, 5, -3), 5, -4);
    Ops.eval(a, b, c);
    assertHas(numbersWithout(3, -1), a);
    assertHas(numbersWithout(4, -2), b);
    assertHas(numbersWithout(5, -4), c);
    assertHas(numbers(), old);
  }

  @Test
  void anUpdateThatReadsTheArrayItself() {
    MlxArray old = cache();
    MlxArray next =
        old.sliceUpdate(
            old.slice(new int[] {7, 0}, new int[] {8, COLUMNS}),
            new int[] {3, 0},
            new int[] {4, COLUMNS});
    MlxArray sum = next.at(5).add(old.get(6));
    Ops.eval(next, sum);
    for (int row : new int[] {3, 5, 7}) {
      assertEquals(row * COLUMNS, old.get(row, 0).itemFloat());
    }
    assertEquals(7 * COLUMNS, next.get(3, 0).itemFloat());
    assertEquals(11 * COLUMNS, sum.get(5, 0).itemFloat());
  }

  @Test
  void functionsThatHaveCapturedTheArrayKeepIt() {
    MlxArray old = cache();
    try (TransformedArraysFunction f =
        Transforms.compileArrays(p -> new MlxArray[] {old.add(p[0])})) {
      MlxArray zero = MlxArray.scalar(0f);
      assertHas(numbers(), f.apply(zero)[0]);
      MlxArray next = set(old, 3, -1);
      assertCopied(next::eval);
      assertHas(numbers(), f.apply(zero)[0]);
      assertHas(numbers(), old);
    }
  }

  @Test
  void withMlxsOwnComputationsEveryUpdateIsACopy() {
    MlxArray old = cache();
    MlxArray next = set(old, 3, -1);
    CpuKernels.using(
        CpuKernels.MLX,
        1,
        () -> {
          assertCopied(next::eval);
          return null;
        });
    assertTrue(old.isAvailable());
    assertHas(numbersWithout(3, -1), next);
  }

  @Test
  void aLargePartAndAnEmptyOne() {
    MlxArray old = cache();
    MlxArray half =
        old.sliceUpdate(MlxArray.scalar(-1f), new int[] {0, 0}, new int[] {ROWS / 2, COLUMNS});
    assertCopied(half::eval);
    assertTrue(old.isAvailable());
    MlxArray same =
        old.sliceUpdate(Ops.zeros(0, COLUMNS), new int[] {3, 0}, new int[] {3, COLUMNS});
    same.eval();
    assertHas(numbers(), same);
    assertHas(numbers(), old);
  }

  // ---- what the old array may be used for afterwards

  @Test
  void transformsTakeTheOldArrayAsAnyOther() {
    MlxArray old = cache();
    MlxArray next = evaluated(set(old, 3, -1));
    assertFalse(old.isAvailable());
    MlxArray weights = Ops.full(new int[] {COLUMNS}, 1.0);
    try (var gradient = Transforms.grad(w -> old.get(3).subtract(3 * COLUMNS).multiply(w).sum())) {
      MlxArray slope = gradient.apply(weights);
      assertEquals(0, slope.get(0).itemFloat());
      assertEquals(COLUMNS - 1, slope.get(COLUMNS - 1).itemFloat());
    }
    MlxArray third = evaluated(set(next, 5, -2));
    assertEquals(-1, third.get(3, 0).itemFloat());
    try (var gradient = Transforms.grad(x -> x.get(3).multiply(old.get(3)).sum())) {
      assertEquals(3 * COLUMNS + 7, gradient.apply(next).get(3, 7).itemFloat());
    }
    try (var rows = Transforms.vmap(row -> row.add(old.get(3)).max())) {
      assertEquals(9f * COLUMNS - 2, rows.apply(old).get(4).itemFloat());
    }
    MlxArray again = evaluated(set(next, 6, -3));
    try (var compiled = Transforms.compile(x -> x.multiply(next.get(3, 0)))) {
      for (int i = 0; i < 2; i++) {
        assertEquals(-2, compiled.apply(MlxArray.scalar(2f)).itemFloat());
        again.eval();
      }
    }
  }

  @Test
  void aCompiledFunctionCapturesTheValuesAndNotHowTheyAreComputed() {
    MlxArray old = cache();
    MlxArray next = evaluated(set(old, 3, -1));
    assertFalse(old.isAvailable());
    try (var compiled = Transforms.compile(x -> x.multiply(old.get(3, 0)))) {
      assertEquals(6f * COLUMNS, compiled.apply(MlxArray.scalar(2f)).itemFloat());
      assertTrue(old.isAvailable());
      assertInPlace(
          () -> assertEquals(9f * COLUMNS, compiled.apply(MlxArray.scalar(3f)).itemFloat()));
    }
    assertHas(numbersWithout(3, -1), next);
    assertHas(numbers(), old);
  }

  @Test
  void derivativesOfAnUpdateAreThoseOfOneThatCopies() {
    MlxArray old = cache();
    MlxArray row = evaluated(Ops.full(new int[] {1, COLUMNS}, 2, DType.FLOAT32));
    try (var gradient =
        Transforms.grad(
            (x, part) ->
                x.sliceUpdate(part, new int[] {3, 0}, new int[] {4, COLUMNS}).square().sum(),
            0,
            1)) {
      MlxArray[] slopes = gradient.apply(old, row);
      Ops.eval(slopes);
      assertEquals(4, slopes[1].get(0, 9).itemFloat());
      assertEquals(0, slopes[0].get(3, 9).itemFloat());
      assertEquals(2 * (4 * COLUMNS + 9), slopes[0].get(4, 9).itemFloat());
    }
    assertHas(numbers(), old);
  }

  @Test
  void anEvaluationInsideATransformLeavesTheValues() {
    MlxArray old = cache();
    List<MlxArray> kept = new ArrayList<>();
    try (var gradient =
        Transforms.grad(
            x -> {
              MlxArray next = set(old, 3, -1);
              next.eval();
              kept.add(next.get(3, 0).multiply(1f));
              kept.get(0).eval();
              MlxArray updated = set(x, 4, -1);
              updated.eval();
              return updated.multiply(old.get(3, 0)).sum();
            })) {
      MlxArray x = evaluated(cache());
      MlxArray slope = gradient.apply(x);
      assertEquals(3 * COLUMNS, slope.get(3, 1).itemFloat());
      assertEquals(0, slope.get(4, 1).itemFloat());
      assertHas(numbers(), x);
    }
    assertHas(numbers(), old);
  }

  @Test
  void filesOfFunctionsContainTheOldValues(@TempDir Path folder) {
    Path file = folder.resolve("captured.mlxfn");
    MlxArray old =
        evaluated(Ops.arange(0, ROWS * 1024, 1, DType.FLOAT32).reshape(ROWS, 1024).add(0f));
    MlxArray next =
        evaluated(old.sliceUpdate(MlxArray.scalar(-1f), new int[] {3, 0}, new int[] {4, 1024}));
    assertFalse(old.isAvailable());
    Export.exportFunction(
        file, p -> new MlxArray[] {p[0].add(old.get(3)), p[0].add(next.get(3))}, Ops.zeros(1024));
    try (ImportedFunction f = Export.importFunction(file)) {
      MlxArray[] rows = f.apply(Ops.zeros(1024));
      assertEquals(3 * 1024 + 5, rows[0].get(5).itemFloat());
      assertEquals(-1, rows[1].get(5).itemFloat());
    }
  }

  /** An old array that is still open is computed from the next one, which is therefore copied. */
  @Test
  void thousandsOfOldArraysMayBeKept() {
    int rows = 64;
    int columns = 256; // 64 KiB
    int steps = 10_000;
    List<MlxArray> all = new ArrayList<>();
    all.add(evaluated(Ops.full(new int[] {rows, columns}, -1, DType.FLOAT32)));
    for (int i = 0; i < steps; i++) {
      int row = i % rows;
      all.add(
          evaluated(
              all.get(i)
                  .sliceUpdate(
                      MlxArray.scalar((float) i),
                      new int[] {row, 0},
                      new int[] {row + 1, columns})));
    }
    for (int i : new int[] {0, 1, steps, steps - 1, 2, 4999, 5000, 63, 64, 65}) {
      float[] values = all.get(i).toFloatArray();
      for (int row = 0; row < rows; row++) {
        int last = (i - 1 - row < 0) ? -1 : (i - 1 - row) / rows * rows + row;
        assertEquals(last, values[row * columns + 17], "row " + row + " of array " + i);
      }
    }
  }

  // ---- failures, threads, memory

  @Test
  void withoutMemoryForTheOldPartNothingHappens() {
    MlxArray old = cache();
    MlxArray next =
        old.sliceUpdate(
            MlxArray.scalar(-1f), new int[] {0, 0}, new int[] {ROWS / 4, COLUMNS}); // 4 MiB
    Memory.clearCache();
    long limit = Memory.setMemoryLimit(Memory.getActiveMemory() + (BYTES >> 4));
    try {
      assertThrows(OutOfMemoryError.class, next::eval);
      assertTrue(old.isAvailable());
      assertFalse(next.isAvailable());
      assertEquals(5, old.get(0, 5).itemFloat());
    } finally {
      Memory.setMemoryLimit(limit);
    }
    assertEquals(-1, next.get(0, 5).itemFloat());
    assertHas(numbers(), old);
  }

  @Test
  void everythingIsFreedInTheEnd() {
    int handles = HandlesNative.live_arrays();
    long before = Memory.getActiveMemory();
    try (Scope scope = Scope.open()) {
      MlxArray old = cache();
      MlxArray next = evaluated(set(old, 3, -1));
      next.close();
      assertTrue(Memory.getActiveMemory() - before < 2 * BYTES);
      assertEquals(3 * COLUMNS, old.get(3, 0).itemFloat());
      assertTrue(Memory.getActiveMemory() - before < 2 * BYTES);
    }
    assertTrue(Memory.getActiveMemory() - before < BYTES / 2);
    assertEquals(handles, HandlesNative.live_arrays());
  }

  @Test
  void threadsReadAndCloseTheOldArrayMeanwhile() throws Exception {
    int rows = 64;
    int columns = 1024;
    AtomicReference<MlxArray> shared = new AtomicReference<>();
    AtomicBoolean ended = new AtomicBoolean();
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try {
      List<Future<?>> readers = new ArrayList<>();
      for (int t = 0; t < 2; t++) {
        readers.add(
            threads.submit(
                () -> {
                  while (!ended.get()) {
                    MlxArray x = shared.get();
                    if (x == null) {
                      continue;
                    }
                    float[] values;
                    try {
                      values = x.toFloatArray();
                    } catch (IllegalStateException e) {
                      continue;
                    }
                    for (int row = 1; row < rows; row++) {
                      // rows are written in order, so that earlier ones are never behind
                      assertTrue(values[(row - 1) * columns] >= values[row * columns]);
                      assertTrue(values[(row - 1) * columns] <= values[row * columns] + 1);
                      assertEquals(values[row * columns], values[row * columns + columns - 1]);
                    }
                  }
                }));
      }
      MlxArray x = evaluated(Ops.zeros(rows, columns));
      for (int step = 0; step < 20 * rows; step++) {
        int row = step % rows;
        try (MlxArray value = MlxArray.scalar((float) (step / rows + 1))) {
          MlxArray next = x.sliceUpdate(value, new int[] {row, 0}, new int[] {row + 1, columns});
          shared.set(x);
          next.eval();
          if (step % 3 > 0) {
            x.close();
          }
          x = next;
        }
      }
      ended.set(true);
      for (Future<?> reader : readers) {
        reader.get(5, TimeUnit.MINUTES);
      }
      assertEquals(20, x.get(rows - 1, 0).itemFloat());
    } finally {
      ended.set(true);
      threads.shutdown();
    }
  }
}
