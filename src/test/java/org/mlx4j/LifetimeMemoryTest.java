package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mlx4j.LifetimeBalance.Live;

/** Memory over many steps, in separate virtual machines, so that nothing else adds to it. */
class LifetimeMemoryTest {
  private static final long MIB = 1 << 20;
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /** A Java heap of constant size, so that only native memory can make the process grow. */
  private static final List<String> CONSTANT_HEAP =
      List.of("-Xms64m", "-Xmx64m", "-XX:+AlwaysPreTouch");

  // ---- training
  // -----------------------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(strings = {"compiled", "not compiled"})
  void hundredThousandTrainingStepsKeepNothing(String how) throws Exception {
    ChildJvm.run(Training.class, PATIENCE, Map.of(), CONSTANT_HEAP, how);
  }

  /** Fits a line by gradient descent, and fails if anything grows after the first steps. */
  static final class Training {
    private static final int STEPS = 100_000;
    private static final long TOLERANCE = 16 * MIB;

    public static void main(String[] arguments) throws IOException {
      Live before = LifetimeBalance.settled();
      train(arguments[0].equals("compiled"));
      LifetimeBalance.assertBack(before);
    }

    private static void train(boolean compiled) throws IOException {
      try (MlxArray x = MlxArray.of(new float[] {1, 2, 3, 4, 5, 6, 7, 8}, 4, 2);
          MlxArray y = MlxArray.of(1f, 2f, 3f, 4f);
          ValueAndGradFunction loss =
              Transforms.valueAndGrad(w -> x.matmul(w).subtract(y).square().mean())) {
        ArraysFunction step =
            ws -> {
              ValueAndGrad r = loss.apply(ws);
              return new MlxArray[] {ws[0].subtract(r.grad().multiply(0.01f)), r.value()};
            };
        try (TransformedArraysFunction compiledStep = Transforms.compileArrays(step)) {
          run(compiled ? compiledStep : step);
        }
      }
    }

    private static void run(ArraysFunction step) throws IOException {
      Live live = null;
      long resident = 0;
      float last = Float.POSITIVE_INFINITY;
      MlxArray w = Ops.zeros(2);
      for (int i = 1; i <= STEPS; i++) {
        try (Scope scope = Scope.open();
            MlxArray old = w) {
          MlxArray[] results = step.apply(old);
          Ops.eval(results);
          w = scope.keep(results[0]);
          last = results[1].itemFloat();
        }
        if (i == STEPS / 5) {
          live = LifetimeBalance.settled();
          resident = residentBytes();
        }
      }
      assertEquals(live, LifetimeBalance.settled());
      long growth = residentBytes() - resident;
      assertTrue(growth < TOLERANCE, () -> "the process grew by " + growth + " bytes");
      assertEquals(0f, last, 1e-6f, "the data lie on a line");
      w.close();
    }

    /** The memory of this process, or 0 where the system does not tell. */
    private static long residentBytes() throws IOException {
      Path statm = Path.of("/proc/self/statm");
      return Files.exists(statm)
          ? Long.parseLong(Files.readString(statm).split(" ", -1)[1]) * 4096
          : 0;
    }
  }

  // ---- pressure
  // -----------------------------------------------------------------------------------

  /**
   * The Java heap is nearly empty all the time, so only the memory of the arrays can cause a
   * collection.
   */
  @ParameterizedTest
  @CsvSource({"1000, 1, 64", "100, 16, 256", "16, 64, 128"})
  void droppedArraysDoNotPileUp(int count, int mebibytes, int threshold) throws Exception {
    String printed =
        ChildJvm.run(
            Dropping.class,
            PATIENCE,
            Map.of(),
            List.of("-Dmlx4j.gc.threshold=" + threshold * MIB),
            Integer.toString(count),
            Integer.toString(mebibytes));
    long peak = Long.parseLong(printed.strip()) / MIB;
    assertTrue(
        peak <= 3L * threshold,
        () ->
            "peak of " + peak + " MiB with " + count + " dropped arrays of " + mebibytes + " MiB");
  }

  /** Drops arrays, and prints the most memory that they took. */
  static final class Dropping {
    public static void main(String[] arguments) {
      int count = Integer.parseInt(arguments[0]);
      int floats = (int) (Integer.parseInt(arguments[1]) * MIB / Float.BYTES);
      for (int i = 0; i < count; i++) {
        Ops.ones(floats).eval();
      }
      System.out.println(Memory.getPeakMemory());
    }
  }

  @Test
  void scopesFreeAtOnce() {
    long before = Memory.getActiveMemory();
    Memory.resetPeakMemory();
    for (int i = 0; i < 100; i++) {
      try (Scope scope = Scope.open()) {
        Ops.ones((int) (MIB / Float.BYTES)).add(1f).eval();
      }
    }
    assertTrue(Memory.getPeakMemory() - before <= 4 * MIB);
    assertEquals(before, Memory.getActiveMemory());
  }
}
