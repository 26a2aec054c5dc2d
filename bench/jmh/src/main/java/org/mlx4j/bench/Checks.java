package org.mlx4j.bench;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleSupplier;
import org.mlx4j.Scope;

/**
 * Prints what each row computes, so that the peers can be compared: {@code Checks ROW...}, or every
 * row without arguments.
 */
public final class Checks {
  private Checks() {}

  public static void main(String[] rows) {
    List<PeerBenchmark> benchmarks =
        List.of(
            new OperationBenchmark(),
            new TransformBenchmark(),
            new TrainingBenchmark(),
            new Layers(),
            new Models(),
            new LargeArrayBenchmark(),
            new ProductBenchmark(),
            new HostDataBenchmark());
    Map<String, DoubleSupplier> checks = new TreeMap<>();
    benchmarks.forEach(b -> checks.putAll(b.checks()));
    for (String row : rows.length > 0 ? List.of(rows) : checks.keySet()) {
      try (Scope scope = Scope.open()) {
        double check = checks.get(row).getAsDouble();
        if (!Double.isFinite(check)) {
          throw new IllegalStateException(row + " computes " + check);
        }
        System.out.println("{\"row\": \"" + row + "\", \"check\": " + check + "}");
      }
    }
  }
}
