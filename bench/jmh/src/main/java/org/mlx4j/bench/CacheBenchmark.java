package org.mlx4j.bench;

import java.util.concurrent.TimeUnit;
import org.mlx4j.DType;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A step that replaces one row of a cache of 48 MB, if the old cache is closed before or after the
 * evaluation, or if something else needs it, so that it is copied.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class CacheBenchmark {
  private static final int ROWS = 12_000;
  private static final int COLUMNS = 1000;

  private final MlxArray row = Ops.ones(1, COLUMNS);
  private MlxArray cache = Ops.zeros(new int[] {ROWS, COLUMNS}, DType.FLOAT32);
  private int at;

  public CacheBenchmark() {
    Ops.eval(row, cache);
  }

  private MlxArray next() {
    at = (at + 1) % ROWS;
    return cache.sliceUpdate(row, new int[] {at, 0}, new int[] {at + 1, COLUMNS});
  }

  @Benchmark
  public void closedBefore() {
    MlxArray next = next();
    cache.close();
    next.eval();
    cache = next;
  }

  @Benchmark
  public void closedAfter() {
    MlxArray next = next();
    next.eval();
    cache.close();
    cache = next;
  }

  @Benchmark
  public void neededByAnother() {
    try (MlxArray view = cache.reshape(-1)) {
      view.eval();
      closedAfter();
    }
  }
}
