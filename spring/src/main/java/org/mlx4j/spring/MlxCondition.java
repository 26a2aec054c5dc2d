package org.mlx4j.spring;

import java.util.Map;
import java.util.TreeMap;
import org.mlx4j.Batcher;
import org.mlx4j.BatcherStatistics;
import org.mlx4j.Device;
import org.mlx4j.Memory;
import org.mlx4j.MemoryStats;
import org.mlx4j.MlxArray;
import org.mlx4j.Scope;

/**
 * The condition that mlx4j is in, for health indicators.
 *
 * @param isAccepting whether all batchers accept requests
 * @param details what an operator wants to see
 */
record MlxCondition(boolean isAccepting, Map<String, Object> details) {
  /**
   * Computes something, and looks at the batchers.
   *
   * @throws RuntimeException if MLX cannot compute
   */
  static MlxCondition of(Batchers batchers) {
    compute();
    Map<String, Object> details = new TreeMap<>();
    details.put("device", Device.defaultDevice().toString());
    MemoryStats memory = Memory.stats();
    details.put("arrays", memory.arrays());
    details.put("activeBytes", memory.activeBytes());
    boolean isAccepting = true;
    for (Map.Entry<String, Batcher<?, ?>> entry : batchers.existing().entrySet()) {
      Batcher<?, ?> batcher = entry.getValue();
      BatcherStatistics statistics = batcher.statistics();
      isAccepting &= !batcher.isClosed();
      details.put(
          entry.getKey(),
          Map.of(
              "accepting", !batcher.isClosed(),
              "queued", statistics.queued(),
              "completed", statistics.completed(),
              "failed", statistics.failed(),
              "refused", statistics.refused()));
    }
    return new MlxCondition(isAccepting, details);
  }

  private static void compute() {
    try (Scope scope = Scope.open()) {
      int sum = MlxArray.scalar(1).add(1).itemInt();
      if (sum != 2) {
        throw new IllegalStateException("MLX computed 1 + 1 = " + sum);
      }
    }
  }
}
