import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import java.util.Random;
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

  public static void main(String[] arguments) {
    try (Mlx mlx = new Mlx();
        Mlx compiled = new Mlx(Transforms.compileArrays(Mlx::step));
        DjlTraining djl = new DjlTraining(SHAPES, data(), PARAMETERS, RATE, MlpStep::loss)) {
      double[] medians = Rounds.medians(STEPS, mlx, compiled, djl);
      String[] names = {"mlx4j", "mlx4j, compiled", "DJL, PyTorch"};
      for (int peer = 0; peer < 3; peer++) {
        System.out.printf(
            "%-16s %7.3f ms a step, %.2f of DJL%n",
            names[peer], medians[peer], medians[peer] / medians[2]);
      }
    }
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
  private static final class Mlx implements Rounds.Peer, AutoCloseable {
    private final TransformedArraysFunction compiled;
    private final MlxArray[] state = new MlxArray[SHAPES.length];
    private double loss;

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

    @Override
    public void repeat(int times) {
      for (int i = 0; i < times; i++) {
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
    }

    @Override
    public double check() {
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

  private static NDArray loss(NDArray... p) {
    NDArray hidden = p[4].matMul(p[0]).add(p[1]).maximum(0f);
    NDArray logits = hidden.matMul(p[2]).add(p[3]);
    NDArray normaliser = logits.exp().sum(new int[] {1}).log();
    return normaliser.sub(logits.mul(p[5]).sum(new int[] {1})).mean();
  }
}
