package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mlx4j.internal.ElementwiseNative;
import org.mlx4j.internal.EvaluationNative;
import org.mlx4j.internal.HandlesNative;
import org.mlx4j.internal.Library;
import org.mlx4j.internal.TransformsNative;

/**
 * Invented handles, and threads that deliberately do what they should not: exceptions, and no
 * crash.
 */
@ExtendWith(LifetimeBalance.class)
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileTest {
  /** A handle is generation, kind and index, from the highest bits to the lowest. */
  private static final int GENERATION_SHIFT = 32;

  private static final int KIND_SHIFT = 28;

  // ---- forged handles
  // -------------------------------------------------------------------------------

  static LongStream forged() {
    return LongStream.of(
        0,
        1,
        -1,
        Long.MIN_VALUE,
        Long.MAX_VALUE,
        0x0000_0001_1fff_ffffL,
        0xffff_ffff_1fff_ffffL,
        (1L << GENERATION_SHIFT) | (5L << KIND_SHIFT),
        (1L << GENERATION_SHIFT) | (1L << KIND_SHIFT) | (4096 * 17));
  }

  @ParameterizedTest
  @MethodSource("forged")
  void forgedHandleIsRefused(long handle) {
    assertRefusedAsArray(handle);
    assertRefusedAsFunction(handle);
  }

  @Test
  void everyChangedBitMakesAnArraysHandleInvalid() {
    try (MlxArray x = MlxArray.scalar(1f)) {
      for (int bit = 0; bit < Long.SIZE; bit++) {
        long changed = x.handle ^ (1L << bit);
        if (!HandlesNative.is_live(changed)) { // the lowest bits may point to another live array
          assertRefusedAsArray(changed);
          assertRefusedAsFunction(changed);
        }
      }
      assertEquals(1f, x.itemFloat());
    }
  }

  @Test
  void randomHandlesAreRefused() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    for (int i = 0; i < 20_000; i++) {
      long handle = random.nextLong();
      if (!HandlesNative.is_live(handle)) {
        assertRefusedAsArray(handle);
      }
    }
  }

  @Test
  void handleOfAnotherKindIsRefused() {
    try (MlxArray x = MlxArray.scalar(1f);
        TransformedFunction f = Transforms.compile(v -> v)) {
      long stream = MlxStream.defaultStream(Device.cpu()).handle;
      assertRefusedAsArray(f.handle);
      assertRefusedAsArray(stream);
      assertRefusedAsFunction(x.handle);
      assertRefusedAsFunction(stream);
      assertRefused(() -> ElementwiseNative.add(x.handle, x.handle, x.handle));
      assertRefused(() -> ElementwiseNative.add(x.handle, x.handle, f.handle));
      assertRefused(() -> EvaluationNative.synchronize(x.handle));
      HandlesNative.close(stream);
      assertEquals(2f, onStream(stream, x), "a stream cannot be closed");
      assertFalse(x.isClosed() || f.isClosed());
    }
  }

  private static float onStream(long stream, MlxArray x) {
    long sum = ElementwiseNative.add(x.handle, x.handle, stream);
    try {
      return (float) EvaluationNative.item_double(sum);
    } finally {
      HandlesNative.close(sum);
    }
  }

  @Test
  void staleHandleIsRefusedAndClosesNothing() {
    MlxArray gone = MlxArray.scalar(1f);
    gone.close();
    try (MlxArray x = MlxArray.scalar(2f)) {
      assertEquals((int) gone.handle, (int) x.handle, "the place is used again");
      assertRefusedAsArray(gone.handle);
      HandlesNative.close_all(new long[] {gone.handle, 0, -1, gone.handle}, 4);
      assertEquals(2f, x.itemFloat());
    }
  }

  @Test
  void oneBadHandleAmongGoodOnesLeavesNothingBehind() {
    LifetimeBalance.settled(); // garbage of other tests would be collected meanwhile
    try (MlxArray x = MlxArray.scalar(1f);
        TransformedArraysFunction f = Transforms.compileArrays(xs -> xs)) {
      int live = HandlesNative.live_arrays();
      assertRefused(() -> TransformsNative.call(f.handle, new long[] {x.handle, 17, x.handle}));
      assertRefused(() -> EvaluationNative.evaluate(new long[] {x.handle, 17}));
      assertEquals(live, HandlesNative.live_arrays());
    }
  }

  @Test
  void closingForgedHandlesIsHarmless() {
    try (MlxArray x = MlxArray.scalar(1f)) {
      forged().forEach(HandlesNative::close);
      HandlesNative.close_all(forged().toArray(), 9);
      HandlesNative.close_all(new long[2], 1000);
      HandlesNative.close_all(new long[] {x.handle}, -1);
      assertEquals(1f, x.itemFloat());
    }
  }

  @Test
  void onlyLiveHandlesAreRetained() {
    try (MlxArray x = MlxArray.scalar(1f);
        MlxArray y = MlxArray.scalar(2f);
        TransformedFunction f = Transforms.compile(v -> v)) {
      long[] handles = {
        0, x.handle, -1, f.handle, 17, y.handle, x.handle ^ (1L << GENERATION_SHIFT)
      };
      assertEquals(3, HandlesNative.retain_live(handles, handles.length));
      assertArrayEquals(
          new long[] {x.handle, f.handle, y.handle}, java.util.Arrays.copyOf(handles, 3));
      assertEquals(0, HandlesNative.retain_live(new long[1000], 1000));
    }
  }

  private static void assertRefused(org.junit.jupiter.api.function.Executable use) {
    assertThrows(IllegalStateException.class, use);
  }

  private static void assertRefusedAsArray(long handle) {
    assertRefused(() -> HandlesNative.alias(handle));
    assertRefused(() -> HandlesNative.describe(handle));
    assertRefused(() -> EvaluationNative.item_double(handle));
    assertRefused(() -> EvaluationNative.is_available(handle));
    assertRefused(() -> EvaluationNative.to_string(handle));
    assertRefused(() -> EvaluationNative.evaluate(new long[] {handle}));
    assertRefused(() -> ElementwiseNative.add(handle, handle, 0));
  }

  private static void assertRefusedAsFunction(long handle) {
    assertRefused(() -> TransformsNative.call(handle, new long[0]));
    assertRefused(() -> TransformsNative.compile(handle, false));
    assertRefused(() -> TransformsNative.checkpoint(handle));
    assertRefused(() -> TransformsNative.vmap(handle, new int[1], new int[1]));
  }

  // ---- null
  // -----------------------------------------------------------------------------------------

  @Test
  void nullDataIsRefused() {
    assertNull(() -> MlxArray.of((float[]) null, 2));
    assertNull(() -> MlxArray.of((double[]) null, 2));
    assertNull(() -> MlxArray.of((int[]) null, 2));
    assertNull(() -> MlxArray.of((long[]) null, 2));
    assertNull(() -> MlxArray.of((short[]) null, 2));
    assertNull(() -> MlxArray.of((byte[]) null, 2));
    assertNull(() -> MlxArray.of((boolean[]) null, 2));
    assertNull(() -> MlxArray.of((Complex64[]) null, 2));
    assertNull(() -> MlxArray.of((float[]) null, DType.FLOAT16, 2));
    assertNull(() -> MlxArray.of((java.nio.ByteBuffer) null, DType.FLOAT16, 2));
    assertNull(() -> MlxArray.of(new float[2], (int[]) null));
    assertNull(() -> MlxArray.of(new float[2], (DType) null, 2));
    assertNull(() -> Ops.eval((MlxArray[]) null));
    assertNull(() -> Ops.eval((MlxArray) null));
  }

  private static void assertNull(org.junit.jupiter.api.function.Executable use) {
    RuntimeException e = assertThrows(RuntimeException.class, use);
    assertTrue(
        e instanceof NullPointerException || e instanceof IllegalArgumentException, e::toString);
  }

  // ---- misuse
  // ---------------------------------------------------------------------------------------

  /** With small blocks, operations on the small arrays of this test are fused, too. */
  @ParameterizedTest
  @ValueSource(ints = {0, 3})
  void misuseByManyThreadsIsSurvivedWithNothingWrongAndNothingLeft(int block) throws Exception {
    Duration duration = Duration.ofSeconds(Long.getLong("mlx4j.test.hostile.seconds", 10));
    Library.limitCpuBlocks(block);
    HostileStress.Outcome outcome;
    try {
      outcome = HostileStress.run(5, duration);
    } finally {
      Library.limitCpuBlocks(0);
    }
    assertEquals(Map.of(), outcome.unexpected());
    assertTrue(outcome.steps() > 1000 && outcome.rejected() > 0, outcome::toString);
  }
}
