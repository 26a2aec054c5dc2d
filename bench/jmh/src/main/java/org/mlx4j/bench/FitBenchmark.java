package org.mlx4j.bench;

import java.util.concurrent.TimeUnit;
import org.mlx4j.Index;
import org.mlx4j.MlxArray;
import org.mlx4j.MlxRandom;
import org.mlx4j.nn.Linear;
import org.mlx4j.nn.Losses;
import org.mlx4j.nn.Nn;
import org.mlx4j.optimizers.Adam;
import org.mlx4j.optimizers.Optimizer;
import org.mlx4j.optimizers.OptimizerState;
import org.mlx4j.training.Fit;
import org.mlx4j.tree.Trees;
import org.mlx4j.tree.WithAux;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What {@link Fit} costs: an epoch of small steps, beside the loop that one would write by hand.
 * Each includes the recording of the step.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class FitBenchmark {
  private static final int STEPS = 1000;
  private static final int BATCH = 32;

  /** What is trained on. */
  public record Data(MlxArray inputs, MlxArray targets) {}

  /** What one step hands to the next. */
  public record Training(Linear model, OptimizerState<Linear> optimizer) {}

  private final Optimizer adam = Adam.of(1e-3);
  private final Data data;
  private final Training start;

  /** Makes the data and the model. */
  public FitBenchmark() {
    data = new Data(MlxRandom.normal(STEPS * BATCH, 16), MlxRandom.normal(STEPS * BATCH, 4));
    Linear model = Linear.of(16, 4);
    start = new Training(model, adam.init(model));
    Trees.eval(data, start);
  }

  private WithAux<Training> step(Training t, Data batch) {
    var r =
        Nn.valueAndGrad((Linear m) -> Losses.mseLoss(m.apply(batch.inputs()), batch.targets()))
            .apply(t.model());
    var updated = adam.update(t.model(), r.grad(), t.optimizer());
    return new WithAux<>(r.value(), new Training(updated.parameters(), updated.state()));
  }

  /** An epoch of a loop. */
  @Benchmark
  @OperationsPerInvocation(STEPS)
  public double loop() {
    try (org.mlx4j.Scope all = org.mlx4j.Scope.open();
        var step = Trees.compile(this::step)) {
      MlxArray order = MlxRandom.permutation(STEPS * BATCH, MlxRandom.key(1));
      Training state = start;
      double sum = 0;
      for (int i = 0; i < STEPS; i++) {
        Training previous = state;
        try (org.mlx4j.Scope scope = org.mlx4j.Scope.open()) {
          MlxArray rows = order.get(Index.slice(i * BATCH, (i + 1) * BATCH));
          WithAux<Training> result = step.apply(state, Trees.map(data, x -> x.take(rows, 0)));
          Trees.eval(result);
          sum += result.value().itemDouble();
          state = scope.keep(result.aux());
        }
        if (previous != start) {
          Trees.close(previous);
        }
      }
      return sum / STEPS;
    }
  }

  /** An epoch of {@link Fit}. */
  @Benchmark
  @OperationsPerInvocation(STEPS)
  public double fit() {
    try (org.mlx4j.Scope all = org.mlx4j.Scope.open()) {
      return Fit.of(this::step).batches(data, BATCH).shuffle(1).run(start).history().last().loss();
    }
  }
}
