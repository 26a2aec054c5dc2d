package org.mlx4j.bench;

import java.util.concurrent.TimeUnit;
import org.mlx4j.DType;
import org.mlx4j.MlxArray;
import org.mlx4j.MlxRandom;
import org.mlx4j.Scope;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Products of half precision, which should take about as long as those of single precision. */
@State(org.openjdk.jmh.annotations.Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class HalfPrecisionBenchmark {
  @Param({"FLOAT32", "FLOAT16", "BFLOAT16"})
  private DType dtype;

  private MlxArray x;

  @Setup
  public void createMatrix() {
    x = MlxRandom.normal(new int[] {1024, 1024}).astype(dtype);
    x.eval();
  }

  @Benchmark
  public void matmul() {
    Scope.run(() -> x.matmul(x).eval());
  }

  /** A product that MLX starts itself, inside another operation. */
  @Benchmark
  public void tensordot() {
    Scope.run(() -> x.tensordot(x, 1).eval());
  }
}
