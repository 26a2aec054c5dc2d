package org.mlx4j.bench;

import java.util.Map;
import java.util.function.DoubleSupplier;
import org.mlx4j.MlxArray;
import org.mlx4j.Scope;
import org.openjdk.jmh.annotations.Benchmark;

/** A million numbers from Java to MLX (h2a) and back (a2h). */
public class HostDataBenchmark extends PeerBenchmark {
  private final float[] host = fill(1_000_000, 50, 1);
  private final float[] destination = new float[host.length];
  private final MlxArray array = MlxArray.of(host);

  @Override
  Map<String, DoubleSupplier> checks() {
    return Map.of(
        "h2a_1e6", () -> total(MlxArray.of(host)),
        "a2h_1e6", () -> total(MlxArray.of(a2h1e6())),
        "a2h_into_1e6", () -> total(MlxArray.of(a2hInto1e6())));
  }

  @Benchmark
  public void h2a1e6() {
    try (Scope scope = Scope.open()) {
      MlxArray.of(host).eval();
    }
  }

  @Benchmark
  public float[] a2h1e6() {
    return array.toFloatArray();
  }

  @Benchmark
  public float[] a2hInto1e6() {
    array.copyTo(destination);
    return destination;
  }
}
