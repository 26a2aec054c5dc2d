package org.mlx4j.bench;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import org.mlx4j.MlxArray;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Work that bench/cpp and bench/py do as well. A benchmark here is a row there: {@code evalSmall}
 * is {@code eval_small}.
 *
 * <p>It is written as one would write a program: with a scope around what belongs together.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public abstract class PeerBenchmark {
  /** What each row computes, which must be the same in every peer. */
  abstract Map<String, DoubleSupplier> checks();

  /**
   * The numbers of every peer: those of a linear congruential generator, within half of {@code
   * scale} around 0.
   */
  static float[] fill(int count, int seed, float scale) {
    float[] numbers = new float[count];
    int state = seed;
    for (int i = 0; i < count; i++) {
      state = state * 1664525 + 1013904223;
      numbers[i] = ((state >>> 8) / 16777216f - 0.5f) * scale;
    }
    return numbers;
  }

  static MlxArray filled(int seed, float scale, int... shape) {
    int count = 1;
    for (int size : shape) {
      count *= size;
    }
    return MlxArray.of(fill(count, seed, scale), shape);
  }

  static double total(MlxArray x) {
    return x.sum().itemDouble();
  }
}
