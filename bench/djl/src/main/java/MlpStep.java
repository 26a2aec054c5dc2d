import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import java.util.Arrays;
import java.util.Random;
import java.util.function.DoubleSupplier;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.Scope;
import org.mlx4j.TransformedArraysFunction;
import org.mlx4j.Transforms;
import org.mlx4j.ValueAndGrad;

/**
 * One training step of a perceptron (784–128–10, batch 64, plain gradient descent) with mlx4j and
 * with DJL on PyTorch, in turn, each with as many threads as it chooses.
 */
public final class MlpStep {
  private static final int[][] SHAPES = {{784, 128}, {128}, {128, 10}, {10}, {64, 784}, {64, 10}};
  private static final int PARAMETERS = 4;
  private static final float RATE = 0.05f;
  private static final int STEPS = 200;
  private static final int ROUNDS = 9;

  public static void main(String[] arguments) {
    try (Mlx mlx = new Mlx();
        Mlx compiled = new Mlx(Transforms.compileArrays(Mlx::step));
        Djl djl = new Djl()) {
      double[][] times = new double[3][ROUNDS];
      DoubleSupplier[] peers = {mlx::train, compiled::train, djl::train};
      for (int round = -2; round < ROUNDS; round++) { // the first two warm up
        double[] losses = new double[3];
        for (int peer = 0; peer < 3; peer++) {
          long start = System.nanoTime();
          losses[peer] = peers[peer].getAsDouble();
          if (round >= 0) {
            times[peer][round] = (System.nanoTime() - start) / 1e6 / STEPS;
          }
        }
        if (Math.abs(losses[0] - losses[2]) > 1e-3 || Math.abs(losses[1] - losses[2]) > 1e-3) {
          throw new IllegalStateException(
              "the peers do not compute the same: " + Arrays.toString(losses));
        }
      }
      String[] names = {"mlx4j", "mlx4j, compiled", "DJL, PyTorch"};
      double[] medians = Arrays.stream(times).mapToDouble(MlpStep::median).toArray();
      for (int peer = 0; peer < 3; peer++) {
        System.out.printf(
            "%-16s %7.3f ms a step, %.2f of DJL%n",
            names[peer], medians[peer], medians[peer] / medians[2]);
      }
    }
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private static float[][] data() {
    Random random = new Random(1);
    float[][] data = new float[SHAPES.length][];
    for (int i = 0; i < SHAPES.length; i++) {
      data[i] = new float[Arrays.stream(SHAPES[i]).reduce(1, (a, b) -> a * b)];
      for (int j = 0; j < data[i].length; j++) {
        data[i][j] = 0.1f * (float) random.nextGaussian();
      }
    }
    Arrays.fill(data[5], 0);
    for (int row = 0; row < 64; row++) {
      data[5][row * 10 + row * 7 % 10] = 1;
    }
    return data;
  }

  /** mlx4j. */
  private static final class Mlx implements AutoCloseable {
    private final TransformedArraysFunction compiled;
    private final MlxArray[] state = new MlxArray[SHAPES.length];

    Mlx() {
      this(null);
    }

    Mlx(TransformedArraysFunction compiled) {
      this.compiled = compiled;
      float[][] data = data();
      Arrays.setAll(state, i -> MlxArray.of(data[i], SHAPES[i]));
    }

    private static MlxArray loss(MlxArray... p) {
      MlxArray hidden = p[4].matmul(p[0]).add(p[1]).maximum(0f);
      MlxArray logits = hidden.matmul(p[2]).add(p[3]);
      return logits.logsumexp(1).subtract(logits.multiply(p[5]).sum(1)).mean();
    }

    static MlxArray[] step(MlxArray... p) {
      try (var lossAndGrads = Transforms.valueAndGrad(xs -> loss(xs), 0, 1, 2, 3)) {
        ValueAndGrad r = lossAndGrads.apply(p);
        MlxArray[] results = new MlxArray[1 + PARAMETERS];
        results[PARAMETERS] = r.value();
        for (int i = 0; i < PARAMETERS; i++) {
          results[i] = p[i].subtract(r.grads()[i].multiply(RATE));
        }
        return results;
      }
    }

    double train() {
      double loss = 0;
      for (int i = 0; i < STEPS; i++) {
        try (Scope scope = Scope.open()) {
          MlxArray[] results = compiled == null ? step(state) : compiled.apply(state);
          Ops.eval(results);
          loss = results[PARAMETERS].itemDouble();
          for (int j = 0; j < PARAMETERS; j++) {
            state[j].close();
            state[j] = scope.keep(results[j]);
          }
        }
      }
      return loss;
    }

    @Override
    public void close() {
      Ops.close(state);
      if (compiled != null) {
        compiled.close();
      }
    }
  }

  /** The Deep Java Library. */
  private static final class Djl implements AutoCloseable {
    private final NDManager manager = NDManager.newBaseManager("PyTorch");
    private final NDArray[] state = new NDArray[SHAPES.length];

    Djl() {
      float[][] data = data();
      for (int i = 0; i < state.length; i++) {
        state[i] =
            manager.create(data[i], new Shape(Arrays.stream(SHAPES[i]).asLongStream().toArray()));
        state[i].setRequiresGradient(i < PARAMETERS);
      }
    }

    double train() {
      double result = 0;
      for (int i = 0; i < STEPS; i++) {
        try (NDManager step = manager.newSubManager()) {
          NDArray loss;
          NDList own = new NDList(state);
          own.attach(step);
          try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            NDArray hidden = state[4].matMul(state[0]).add(state[1]).maximum(0f);
            NDArray logits = hidden.matMul(state[2]).add(state[3]);
            NDArray normaliser = logits.exp().sum(new int[] {1}).log();
            loss = normaliser.sub(logits.mul(state[5]).sum(new int[] {1})).mean();
            collector.backward(loss);
          }
          for (int j = 0; j < PARAMETERS; j++) {
            state[j].subi(state[j].getGradient().mul(RATE));
          }
          result = loss.getFloat();
          own.attach(manager);
        }
      }
      return result;
    }

    @Override
    public void close() {
      manager.close();
    }
  }
}
