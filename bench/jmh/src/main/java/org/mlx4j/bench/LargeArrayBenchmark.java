package org.mlx4j.bench;

import java.util.Map;
import java.util.function.DoubleSupplier;
import org.mlx4j.MlxArray;
import org.mlx4j.Scope;
import org.mlx4j.TransformedFunction;
import org.mlx4j.Transforms;
import org.openjdk.jmh.annotations.Benchmark;

/** Computations that take longer than their calls. */
public class LargeArrayBenchmark extends PeerBenchmark {
  private final MlxArray root = MlxArray.scalar(1.4142135f);
  private final MlxArray one = MlxArray.scalar(1f);
  private final MlxArray half = MlxArray.scalar(0.5f);
  private final TransformedFunction compiledGelu = Transforms.compile(this::gelu);

  private final MlxArray million = filled(20, 6, 1_000_000);
  private final MlxArray a512 = filled(40, 1, 512, 512);
  private final MlxArray b512 = filled(41, 1, 512, 512);
  private final MlxArray a1024 = filled(40, 1, 1024, 1024);
  private final MlxArray b1024 = filled(41, 1, 1024, 1024);

  @Override
  Map<String, DoubleSupplier> checks() {
    return Map.of(
        "gelu_1e6", () -> total(gelu(million)),
        "gelu_1e6_compiled", () -> total(compiledGelu.apply(million)),
        "matmul_512", () -> total(a512.matmul(b512)),
        "matmul_1024", () -> total(a1024.matmul(b1024)));
  }

  private MlxArray gelu(MlxArray x) {
    return half.multiply(x).multiply(one.add(x.divide(root).erf()));
  }

  @Benchmark
  public void gelu1e6() {
    try (Scope scope = Scope.open()) {
      gelu(million).eval();
    }
  }

  @Benchmark
  public void gelu1e6Compiled() {
    try (Scope scope = Scope.open()) {
      compiledGelu.apply(million).eval();
    }
  }

  @Benchmark
  public void matmul512() {
    try (Scope scope = Scope.open()) {
      a512.matmul(b512).eval();
    }
  }

  @Benchmark
  public void matmul1024() {
    try (Scope scope = Scope.open()) {
      a1024.matmul(b1024).eval();
    }
  }
}
