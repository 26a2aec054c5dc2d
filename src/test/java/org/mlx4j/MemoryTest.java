package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mlx4j.ArrayAssertions.assertThrowsSaying;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The numbers are those of the whole process, so the tests use arrays far larger than those of
 * other tests.
 */
@ExtendWith(InScope.class)
class MemoryTest {
  private static final int MIB = 1 << 20;

  private static MlxArray mebibytes(int n) {
    return Scope.run(() -> Ops.zeros(new int[] {n, MIB}, DType.UINT8).add(1));
  }

  @Test
  void anArrayTakesMemoryFromItsEvaluationToItsEnd() {
    System.gc();
    long before = Memory.getActiveMemory();
    MlxArray x = mebibytes(256);
    assertTrue(Memory.getActiveMemory() - before < 64L * MIB);
    x.eval();
    assertTrue(Memory.getActiveMemory() - before > 192L * MIB);
    x.close();
    assertTrue(Memory.getActiveMemory() - before < 64L * MIB);
  }

  @Test
  void buffersThatArraysShareCountOnce() {
    MlxArray x = mebibytes(4);
    assertEquals(0, Memory.getArrayBufferSize(x), "not computed yet");
    MlxArray view = x.reshape(2, -1);
    Ops.eval(x, view);
    long bytes = Memory.getArrayBufferSize(x);
    assertTrue(bytes >= 4L * MIB);
    assertEquals(bytes, Memory.getArrayBufferSize(x, view));
    assertEquals(0, Memory.getArrayBufferSize());
    x.close();
    assertThrowsSaying(
        IllegalStateException.class, () -> Memory.getArrayBufferSize(x), "getArrayBufferSize");
  }

  @Test
  void thePeakIsTheMostSinceTheReset() {
    Memory.resetPeakMemory();
    MlxArray x = mebibytes(256);
    x.eval();
    x.close();
    assertTrue(Memory.getPeakMemory() >= 256L * MIB);
    Memory.resetPeakMemory();
    assertTrue(Memory.getPeakMemory() <= Memory.getActiveMemory() + 64L * MIB);
  }

  @Test
  void theCacheHoldsWhatIsFreeAndCanBeCleared() {
    long limit = Memory.setCacheLimit(1024L * MIB);
    try {
      MlxArray x = mebibytes(64);
      x.eval();
      x.close();
      assertTrue(Memory.getCacheMemory() >= 64L * MIB);
      Memory.clearCache();
      assertEquals(0, Memory.getCacheMemory());
    } finally {
      assertEquals(1024L * MIB, Memory.setCacheLimit(limit));
    }
  }

  /** MLX's own cache, which the GPU has, keeps what was freed first. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void theCacheKeepsWhatWasFreedLast() {
    long limit = Memory.setCacheLimit(8L * MIB);
    try {
      Memory.clearCache();
      for (int size : new int[] {2, 6, 3, 5}) {
        MlxArray x = mebibytes(size);
        x.eval();
        x.close();
      }
      assertEquals(8L * MIB, Memory.getCacheMemory());
      MlxArray x = mebibytes(5);
      x.eval();
      assertEquals(3L * MIB, Memory.getCacheMemory());
      x.close();
      assertEquals(8L * MIB, Memory.setCacheLimit(5L * MIB));
      assertEquals(5L * MIB, Memory.getCacheMemory());
      MlxArray large = mebibytes(9);
      large.eval();
      large.close();
      assertEquals(5L * MIB, Memory.getCacheMemory());
    } finally {
      Memory.setCacheLimit(limit);
    }
  }

  @Test
  void withoutACacheNothingIsHeld() {
    long limit = Memory.setCacheLimit(0);
    try {
      MlxArray x = mebibytes(64);
      x.eval();
      x.close();
      assertTrue(Memory.getCacheMemory() < 64L * MIB);
    } finally {
      assertEquals(0, Memory.setCacheLimit(limit));
    }
  }

  @Test
  void theLimitIsSetAndGivenBack() {
    long before = Memory.getMemoryLimit();
    assertTrue(before > 0);
    assertEquals(before, Memory.setMemoryLimit(before + 5));
    try {
      assertEquals(before + 5, Memory.getMemoryLimit());
    } finally {
      assertEquals(before + 5, Memory.setMemoryLimit(before));
    }
    assertEquals(before, Memory.getMemoryLimit());
  }

  @Test
  void negativeLimitsAreRefused() {
    assertThrowsSaying(
        IllegalArgumentException.class, () -> Memory.setMemoryLimit(-1), "[setMemoryLimit]", "-1");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Memory.setCacheLimit(Long.MIN_VALUE),
        "[setCacheLimit]",
        "-9223372036854775808");
    assertThrowsSaying(
        IllegalArgumentException.class, () -> Memory.setWiredLimit(-1), "[setWiredLimit]", "-1");
  }

  @Test
  void whatCannotBeAllocatedIsAnError() {
    MlxArray tooLarge = Ops.zeros(new int[] {1 << 30, 1 << 14}, DType.FLOAT32).add(1);
    OutOfMemoryError error =
        org.junit.jupiter.api.Assertions.assertThrows(OutOfMemoryError.class, tooLarge::eval);
    assertTrue(error.getMessage().contains("bytes"), error.getMessage());
    MlxArray.of(1f).add(1).eval();
  }

  /** Runs in a separate JVM, where no other test creates arrays. */
  @Test
  void statsCountWhatIsMadeAndClosed() throws Exception {
    assertEquals("done", ChildJvm.run(Counted.class).strip());
  }

  /** Compares the numbers with what it makes and closes. */
  static final class Counted {
    private Counted() {}

    public static void main(String[] args) throws InterruptedException {
      MemoryStats start = Memory.stats();
      MlxArray x = Ops.zeros(new int[] {4, MIB}, DType.UINT8).add(1);
      MlxArray y = x.add(1);
      expect(start.arrays() + 3, Memory.stats().arrays()); // the zeros too
      expectAtLeast(Memory.stats().activeBytes(), start.activeBytes() + MIB); // numbers only
      Ops.eval(x, y);
      expectAtLeast(start.activeBytes() + 8L * MIB, Memory.stats().activeBytes());
      TransformedFunction f = Transforms.compile(a -> a.square());
      try (ValueAndGradFunction g = Transforms.valueAndGrad(f)) {
        expect(start.functions() + 2, Memory.stats().functions());
        f.close();
        expect(start.functions() + 1, Memory.stats().functions());
        g.apply(MlxArray.scalar(2f)).value().close();
      }
      expect(start.functions(), Memory.stats().functions());
      Scope.run(
          () -> {
            MemoryStats inside = Memory.stats();
            Ops.ones(3).add(Ops.ones(3));
            expect(inside.arrays() + 3, Memory.stats().arrays());
          });
      MemoryStats[] elsewhere = new MemoryStats[1];
      Thread thread = new Thread(() -> elsewhere[0] = Memory.stats());
      thread.start();
      thread.join();
      expect(Memory.stats().arrays(), elsewhere[0].arrays());
      expectAtLeast(Memory.stats().activeBytes(), elsewhere[0].peakBytes());
      expect(Memory.getMemoryLimit(), elsewhere[0].limitBytes());
      expect(Memory.getCacheMemory(), Memory.stats().cacheBytes());
      long arrays = Memory.stats().arrays();
      x.close();
      x.close();
      y.close();
      expect(arrays - 2, Memory.stats().arrays());
      System.out.println("done");
    }

    private static void expect(long expected, long found) {
      if (expected != found) {
        throw new AssertionError("expected " + expected + ", found " + found);
      }
    }

    private static void expectAtLeast(long least, long found) {
      if (found < least) {
        throw new AssertionError("expected at least " + least + ", found " + found);
      }
    }
  }

  @Test
  void theWiredLimitIsTakenEverywhere() {
    long before = Memory.setWiredLimit(0);
    assertTrue(before >= 0);
    assertEquals(0, Memory.setWiredLimit(0));
  }
}
