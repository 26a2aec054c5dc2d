package org.mlx4j.bench;

import java.util.Map;
import java.util.function.DoubleSupplier;
import org.mlx4j.ArraysFunction;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.Scope;
import org.mlx4j.Transforms;
import org.mlx4j.ValueAndGrad;
import org.mlx4j.ValueAndGradFunction;
import org.openjdk.jmh.annotations.Benchmark;

/** A training step of a perceptron with one hidden layer. */
public class TrainingBenchmark extends PeerBenchmark {
  private static final int PARAMETERS = 4;

  private final MlxArray zero = MlxArray.scalar(0f);
  private final MlxArray rate = MlxArray.scalar(0.05f);
  private final ValueAndGradFunction lossAndGrads = Transforms.valueAndGrad(this::loss, 0, 1, 2, 3);

  private final Training plain = new Training(this::step);
  private final Training compiled = new Training(Transforms.compileArrays(this::step));

  @Override
  Map<String, DoubleSupplier> checks() {
    return Map.of(
        "mlp_step", plain::lossAfterFiveSteps, "mlp_step_compiled", compiled::lossAfterFiveSteps);
  }

  @Benchmark
  public void mlpStep() {
    plain.step().close();
  }

  @Benchmark
  public void mlpStepCompiled() {
    compiled.step().close();
  }

  private MlxArray loss(MlxArray[] p) {
    MlxArray hidden = p[4].matmul(p[0]).add(p[1]).maximum(zero);
    MlxArray logits = hidden.matmul(p[2]).add(p[3]);
    MlxArray normaliser = logits.exp().sum(1).log();
    MlxArray chosen = logits.multiply(p[5]).sum(1);
    return normaliser.subtract(chosen).mean(0);
  }

  /** The parameters, the inputs and the labels make the loss and the next parameters. */
  private MlxArray[] step(MlxArray[] p) {
    ValueAndGrad r = lossAndGrads.apply(p);
    MlxArray[] results = new MlxArray[1 + PARAMETERS];
    results[0] = r.value();
    for (int i = 0; i < PARAMETERS; i++) {
      results[1 + i] = p[i].subtract(rate.multiply(r.grads()[i]));
    }
    return results;
  }

  /** What a training goes on with: its parameters, then its data. */
  private static final class Training {
    private final ArraysFunction step;
    private final MlxArray[] state;

    Training(ArraysFunction step) {
      this.step = step;
      float[] oneHot = new float[64 * 10];
      for (int i = 0; i < 64; i++) {
        oneHot[i * 10 + i * 7 % 10] = 1;
      }
      state =
          new MlxArray[] {
            filled(11, 0.1f, 784, 128),
            filled(12, 0.1f, 128),
            filled(13, 0.2f, 128, 10),
            filled(14, 0.1f, 10),
            filled(10, 2, 64, 784),
            MlxArray.of(oneHot, 64, 10)
          };
    }

    /** Its loss belongs to the caller. */
    MlxArray step() {
      try (Scope scope = Scope.open()) {
        MlxArray[] results = scope.keep(step.apply(state));
        Ops.eval(results);
        for (int i = 0; i < PARAMETERS; i++) {
          state[i].close();
          state[i] = results[1 + i];
        }
        return results[0];
      }
    }

    double lossAfterFiveSteps() {
      for (int i = 0; i < 4; i++) {
        step().close();
      }
      return step().itemDouble();
    }
  }
}
