package org.mlx4j.bench;

import java.util.HashMap;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.mlx4j.CompileMode;
import org.mlx4j.MlxArray;
import org.mlx4j.MlxRandom;
import org.mlx4j.Ops;
import org.mlx4j.Scope;
import org.mlx4j.Transforms;
import org.mlx4j.nn.Activations;
import org.mlx4j.nn.Linear;
import org.mlx4j.nn.Losses;
import org.mlx4j.nn.Nn;
import org.mlx4j.nn.Reduction;
import org.mlx4j.nn.TransformerEncoder;
import org.mlx4j.optimizers.Adam;
import org.mlx4j.optimizers.Optimizer;
import org.mlx4j.optimizers.OptimizerState;
import org.mlx4j.tree.TreeBiFunction;
import org.mlx4j.tree.TreeValueAndGrad;
import org.mlx4j.tree.Trees;
import org.mlx4j.tree.WithAux;

/**
 * Compiled training steps of models made of layers, with Adam, as bench/py has them: each row once
 * with fused operations and once without.
 */
public final class Layers extends PeerBenchmark {
  /** A perceptron with one hidden layer. */
  public record Perceptron(Linear hidden, Linear output) {
    static Perceptron of() {
      return new Perceptron(Linear.of(784, 128), Linear.of(128, 10));
    }

    MlxArray loss(Batch batch) {
      MlxArray logits = output.apply(Activations.relu(hidden.apply(batch.x())));
      return Losses.crossEntropy(logits, batch.labels(), Reduction.MEAN);
    }
  }

  /** Two layers of a transformer, whose outputs are classified. */
  public record Transformer(TransformerEncoder encoder, Linear output) {
    static Transformer of() {
      return new Transformer(TransformerEncoder.of(2, 512, 8), Linear.of(512, 10));
    }

    MlxArray loss(Batch batch) {
      MlxArray logits = output.apply(encoder.apply(batch.x()).mean(1));
      return Losses.crossEntropy(logits, batch.labels(), Reduction.MEAN);
    }
  }

  record Batch(MlxArray x, MlxArray labels) {
    static Batch of(int seed, int... shape) {
      return new Batch(filled(seed, 2, shape), Ops.arange(shape[0]).multiply(7L).remainder(10L));
    }
  }

  private final Map<String, Training<?>> rows =
      Map.of(
          "adam_perceptron", perceptron(CompileMode.NO_FUSE),
          "adam_perceptron_fused", perceptron(CompileMode.ENABLED),
          "adam_transformer", transformer(CompileMode.NO_FUSE),
          "adam_transformer_fused", transformer(CompileMode.ENABLED));

  private static Training<?> perceptron(CompileMode mode) {
    return new Training<>(mode, Perceptron::of, Perceptron::loss, Batch.of(10, 64, 784));
  }

  private static Training<?> transformer(CompileMode mode) {
    return new Training<>(mode, Transformer::of, Transformer::loss, Batch.of(10, 8, 64, 512));
  }

  @Override
  Map<String, DoubleSupplier> checks() {
    Map<String, DoubleSupplier> checks = new HashMap<>();
    rows.forEach((name, training) -> checks.put(name, training::lossAfterFiveSteps));
    return checks;
  }

  /** The work of each row, whose model is made when it is asked for. */
  Map<String, Supplier<Runnable>> turns() {
    Map<String, Supplier<Runnable>> turns = new HashMap<>();
    rows.forEach(
        (name, training) ->
            turns.put(
                name,
                () -> {
                  training.start();
                  return () -> training.step().close();
                }));
    return turns;
  }

  private record State<M>(M model, OptimizerState<M> optimizer) {}

  private static final class Training<M> {
    private final CompileMode mode;
    private final Supplier<M> model;
    private final Batch batch;
    private final Optimizer adam = Adam.of(1e-3);
    private final TreeBiFunction<M, Batch, TreeValueAndGrad<M>> lossAndGrad;
    private final TreeBiFunction<State<M>, Batch, WithAux<State<M>>> step;
    private State<M> state;

    Training(
        CompileMode mode, Supplier<M> model, BiFunction<M, Batch, MlxArray> loss, Batch batch) {
      this.mode = mode;
      this.model = model;
      this.batch = batch;
      lossAndGrad = Nn.valueAndGrad(loss);
      step = Trees.compile(this::next);
    }

    void start() {
      Transforms.setCompileMode(mode);
      MlxRandom.seed(1);
      M m = model.get();
      state = new State<>(m, adam.init(m));
    }

    private WithAux<State<M>> next(State<M> s, Batch b) {
      var r = lossAndGrad.apply(s.model(), b);
      var updated = adam.update(s.model(), r.grad(), s.optimizer());
      return new WithAux<>(r.value(), new State<>(updated.parameters(), updated.state()));
    }

    /** Its loss belongs to the caller. */
    MlxArray step() {
      try (Scope scope = Scope.open()) {
        var result = scope.keep(step.apply(state, batch));
        Trees.close(state); // so that its memory can be reused while the next one is computed
        Trees.eval(result);
        state = result.aux();
        return result.value();
      }
    }

    double lossAfterFiveSteps() {
      start();
      for (int i = 0; i < 4; i++) {
        step().close();
      }
      return step().itemDouble();
    }
  }
}
