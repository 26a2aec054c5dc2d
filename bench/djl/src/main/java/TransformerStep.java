import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.LayerNorm;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.mlx4j.Fast;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.Scope;
import org.mlx4j.TransformedArraysFunction;
import org.mlx4j.Transforms;
import org.mlx4j.ValueAndGrad;
import org.mlx4j.ValueAndGradFunction;

/**
 * One training step (plain gradient descent) of a transformer encoder with two layers, whose mean
 * output is classified, with mlx4j, compiled, and with DJL on PyTorch, in turn, each with as many
 * threads as it chooses.
 */
public final class TransformerStep {
  private static final int LAYERS = 2;
  private static final int DIMS = 512;
  private static final int HEADS = 8;
  private static final int HEAD_DIMS = DIMS / HEADS;
  private static final int HIDDEN = 2048;
  private static final int BATCH = 8;
  private static final int LENGTH = 64;
  private static final int CLASSES = 10;
  private static final float EPS = 1e-5f;
  private static final float RATE = 1e-4f;
  private static final int STEPS = 2;

  /** Of a layer: query, key, value, output, norm, up, down and norm, each with its bias. */
  private static final int[][] LAYER_SHAPES = {
    {DIMS, DIMS}, {DIMS}, {DIMS, DIMS}, {DIMS}, {DIMS, DIMS}, {DIMS}, {DIMS, DIMS}, {DIMS},
    {DIMS}, {DIMS}, {HIDDEN, DIMS}, {HIDDEN}, {DIMS, HIDDEN}, {DIMS}, {DIMS}, {DIMS}
  };

  /** The layers, the classification, and then the input and the classes. */
  private static final int[][] SHAPES = shapes();

  private static final int PARAMETERS = SHAPES.length - 2;

  public static void main(String[] arguments) {
    try (Mlx mlx = new Mlx();
        DjlTraining djl =
            new DjlTraining(SHAPES, data(), PARAMETERS, RATE, TransformerStep::loss)) {
      double[] ms = Rounds.medians(STEPS, mlx, djl);
      String line = "%-16s %7.1f ms a step, %.2f of DJL%n";
      System.out.printf(line, "mlx4j, compiled", ms[0], ms[0] / ms[1]);
      System.out.printf(line, "DJL, PyTorch", ms[1], 1.);
    }
  }

  private static int[][] shapes() {
    List<int[]> shapes = new ArrayList<>();
    for (int i = 0; i < LAYERS; i++) {
      shapes.addAll(List.of(LAYER_SHAPES));
    }
    shapes.addAll(List.of(new int[] {CLASSES, DIMS}, new int[] {CLASSES}));
    shapes.addAll(List.of(new int[] {BATCH, LENGTH, DIMS}, new int[] {BATCH, CLASSES}));
    return shapes.toArray(int[][]::new);
  }

  private static float[][] data() {
    Random random = new Random(1);
    float[][] data = new float[SHAPES.length][];
    for (int i = 0; i < SHAPES.length; i++) {
      data[i] = new float[Arrays.stream(SHAPES[i]).reduce(1, (a, b) -> a * b)];
      float scale = SHAPES[i].length == 2 ? 1 / (float) Math.sqrt(SHAPES[i][1]) : 1;
      for (int j = 0; j < data[i].length; j++) {
        data[i][j] = scale * (float) random.nextGaussian();
      }
    }
    float[] classes = data[PARAMETERS + 1];
    Arrays.fill(classes, 0);
    for (int row = 0; row < BATCH; row++) {
      classes[row * CLASSES + row * 7 % CLASSES] = 1;
    }
    return data;
  }

  /** mlx4j. */
  private static final class Mlx implements Rounds.Peer, AutoCloseable {
    private final ValueAndGradFunction lossAndGrads =
        Transforms.valueAndGrad(p -> loss(p), 0, IntStream.range(1, PARAMETERS).toArray());
    private final TransformedArraysFunction step = Transforms.compileArrays(this::next);
    private final MlxArray[] state = new MlxArray[SHAPES.length];
    private double loss;

    Mlx() {
      float[][] data = data();
      Arrays.setAll(state, i -> MlxArray.of(data[i], SHAPES[i]));
    }

    private static MlxArray loss(MlxArray... p) {
      MlxArray x = p[PARAMETERS];
      for (int i = 0; i < LAYERS; i++) {
        x = layer(x, Arrays.copyOfRange(p, i * LAYER_SHAPES.length, p.length));
      }
      MlxArray logits = linear(x.mean(1), p[PARAMETERS - 2], p[PARAMETERS - 1]);
      return logits.logsumexp(-1).subtract(logits.multiply(p[PARAMETERS + 1]).sum(-1)).mean();
    }

    private static MlxArray layer(MlxArray x, MlxArray... p) {
      MlxArray y = Fast.layerNorm(x, p[8], p[9], EPS);
      MlxArray query = heads(linear(y, p[0], p[1]));
      MlxArray key = heads(linear(y, p[2], p[3]));
      MlxArray value = heads(linear(y, p[4], p[5]));
      double scale = 1 / Math.sqrt(HEAD_DIMS);
      MlxArray sums = Fast.scaledDotProductAttention(query, key, value, scale);
      MlxArray joined = sums.transpose(0, 2, 1, 3).reshape(BATCH, LENGTH, DIMS);
      MlxArray z = x.add(linear(joined, p[6], p[7]));
      MlxArray hidden = linear(Fast.layerNorm(z, p[14], p[15], EPS), p[10], p[11]).maximum(0.0);
      return z.add(linear(hidden, p[12], p[13]));
    }

    private static MlxArray linear(MlxArray x, MlxArray weight, MlxArray bias) {
      return bias.addmm(x, weight.transpose());
    }

    private static MlxArray heads(MlxArray x) {
      return x.reshape(BATCH, LENGTH, HEADS, HEAD_DIMS).transpose(0, 2, 1, 3);
    }

    /** Returns the next parameters, then the loss. */
    private MlxArray[] next(MlxArray... p) {
      ValueAndGrad r = lossAndGrads.apply(p);
      MlxArray[] results = new MlxArray[PARAMETERS + 1];
      for (int i = 0; i < PARAMETERS; i++) {
        results[i] = p[i].subtract(r.grads()[i].multiply(RATE));
      }
      results[PARAMETERS] = r.value();
      return results;
    }

    @Override
    public void repeat(int times) {
      for (int i = 0; i < times; i++) {
        try (Scope scope = Scope.open()) {
          MlxArray[] results = step.apply(state);
          for (int j = 0; j < PARAMETERS; j++) {
            state[j].close(); // so that its memory can be reused
            state[j] = scope.keep(results[j]);
          }
          Ops.eval(results);
          loss = results[PARAMETERS].itemDouble();
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
      step.close();
      lossAndGrads.close();
    }
  }

  private static NDArray loss(NDArray... p) {
    NDArray x = p[PARAMETERS];
    for (int i = 0; i < LAYERS; i++) {
      x = layer(x, Arrays.copyOfRange(p, i * LAYER_SHAPES.length, p.length));
    }
    int[] mean = {1};
    NDArray logits = linear(x.mean(mean), p[PARAMETERS - 2], p[PARAMETERS - 1]);
    int[] classes = {-1};
    return logits.logSoftmax(-1).mul(p[PARAMETERS + 1]).sum(classes).mean().neg();
  }

  private static NDArray layer(NDArray x, NDArray... p) {
    NDArray y = norm(x, p[8], p[9]);
    NDArray query = heads(linear(y, p[0], p[1]), 0, 2, 1, 3);
    NDArray key = heads(linear(y, p[2], p[3]), 0, 2, 3, 1);
    NDArray value = heads(linear(y, p[4], p[5]), 0, 2, 1, 3);
    NDArray weights = query.matMul(key).mul(1 / Math.sqrt(HEAD_DIMS)).softmax(-1);
    NDArray joined = weights.matMul(value).transpose(0, 2, 1, 3).reshape(BATCH, LENGTH, DIMS);
    NDArray z = x.add(linear(joined, p[6], p[7]));
    NDArray hidden = linear(norm(z, p[14], p[15]), p[10], p[11]).maximum(0f);
    return z.add(linear(hidden, p[12], p[13]));
  }

  private static NDArray norm(NDArray x, NDArray weight, NDArray bias) {
    return LayerNorm.layerNorm(x, new Shape(DIMS), weight, bias, EPS).singletonOrThrow();
  }

  private static NDArray linear(NDArray x, NDArray weight, NDArray bias) {
    return Linear.linear(x, weight, bias).singletonOrThrow();
  }

  private static NDArray heads(NDArray x, int... order) {
    return x.reshape(BATCH, LENGTH, HEADS, HEAD_DIMS).transpose(order);
  }
}
