package org.mlx4j.bench;

import java.util.Map;
import java.util.function.DoubleSupplier;
import org.mlx4j.MlxArray;
import org.mlx4j.Scope;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/** Operations, their evaluation, and reading a number. */
public class OperationBenchmark extends PeerBenchmark {
  static final int OPERATIONS = 100;

  private final MlxArray x = filled(1, 2, 4);
  private final MlxArray three = MlxArray.scalar(3f);

  @Override
  Map<String, DoubleSupplier> checks() {
    return Map.of(
        "op_dispatch", () -> total(x.add(x)),
        "eval_small", () -> total(x.add(x)),
        "chain100_eval", () -> total(chain()),
        "item", three::itemDouble);
  }

  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public void opDispatch() {
    try (Scope scope = Scope.open()) {
      for (int i = 0; i < OPERATIONS; i++) {
        x.add(x);
      }
    }
  }

  @Benchmark
  public void evalSmall() {
    try (Scope scope = Scope.open()) {
      x.add(x).eval();
    }
  }

  @Benchmark
  public void chain100Eval() {
    try (Scope scope = Scope.open()) {
      Scope.run(this::chain).eval(); // what only the chain needed is let go of before it computes
    }
  }

  private MlxArray chain() {
    MlxArray y = x;
    for (int i = 0; i < 100; i++) {
      y = y.add(x);
    }
    return y;
  }

  @Benchmark
  public float item() {
    return three.itemFloat();
  }
}
