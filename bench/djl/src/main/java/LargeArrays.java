import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.norm.LayerNorm;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import org.mlx4j.ArraysFunction;
import org.mlx4j.Fast;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.Scope;
import org.mlx4j.Transforms;

/**
 * Operations on a million float32 with mlx4j, eager and compiled, and with DJL on PyTorch, in turn,
 * each with as many threads as it chooses. PyTorch computes GELU and the layer norm by its own
 * functions, mlx4j GELU and one of the layer norms as formulas.
 */
public final class LargeArrays {
  private static final int TIMES = 20;
  private static final int SIZE = 1000;

  /**
   * What is computed from the parameters, the moments and the gradient in {@link #data}; rows are
   * normalized with the vectors behind them.
   */
  private record Row(ArraysFunction mlx, Function<NDArray[], NDArray> djl) {}

  public static void main(String[] arguments) {
    Map<String, Row> rows = new LinkedHashMap<>();
    rows.put("GELU", new Row(p -> of(gelu(p[0])), p -> Activation.gelu(p[0])));
    rows.put(
        "SiLU",
        new Row(p -> of(p[0].multiply(p[0].sigmoid())), p -> p[0].mul(Activation.sigmoid(p[0]))));
    rows.put("tanh", new Row(p -> of(p[0].tanh()), p -> p[0].tanh()));
    rows.put("softmax", new Row(p -> of(p[0].softmax(-1)), p -> p[0].softmax(-1)));
    rows.put(
        "layer norm",
        new Row(p -> of(Fast.layerNorm(p[0], p[4], p[5], 1e-5f)), LargeArrays::layerNorm));
    rows.put("layer norm as a formula", new Row(LargeArrays::layerNorm, LargeArrays::layerNorm));
    rows.put("Adam's update", new Row(LargeArrays::adam, LargeArrays::adam));

    System.out.println("| | mlx4j | compiled | DJL, PyTorch | mlx4j / DJL | compiled / DJL |");
    System.out.println("|---|---|---|---|---|---|");
    rows.forEach(
        (name, row) -> {
          try (var compiled = Transforms.compileArrays(row.mlx());
              Mlx eager = new Mlx(row.mlx());
              Mlx fused = new Mlx(compiled);
              Djl djl = new Djl(row.djl())) {
            double[] ms = Rounds.medians(TIMES, eager, fused, djl);
            System.out.printf(
                "| %s | %.2f ms | %.2f ms | %.2f ms | %.2f | %.2f |%n",
                name, ms[0], ms[1], ms[2], ms[0] / ms[2], ms[1] / ms[2]);
          }
        });
  }

  private static MlxArray[] of(MlxArray... results) {
    return results;
  }

  private static MlxArray gelu(MlxArray x) {
    return x.multiply(x.multiply(Math.sqrt(0.5)).erf().add(1.0)).multiply(0.5);
  }

  private static MlxArray[] layerNorm(MlxArray... p) {
    MlxArray scale = p[0].var(-1, true).add(1e-5).rsqrt();
    MlxArray normalized = p[0].subtract(p[0].mean(-1, true)).multiply(scale);
    return of(normalized.multiply(p[4]).add(p[5]));
  }

  private static NDArray layerNorm(NDArray... p) {
    return LayerNorm.layerNorm(p[0], new Shape(SIZE), p[4], p[5], 1e-5f).singletonOrThrow();
  }

  /** Returns the next parameters and moments. */
  private static MlxArray[] adam(MlxArray... p) {
    MlxArray m = p[1].multiply(0.9).add(p[3].multiply(0.1));
    MlxArray v = p[2].multiply(0.999).add(p[3].square().multiply(0.001));
    return of(p[0].subtract(m.multiply(1e-3).divide(v.sqrt().add(1e-8))), m, v);
  }

  /** Changes the parameters and moments in place, as PyTorch's optimizers do. */
  private static NDArray adam(NDArray... p) {
    p[1].muli(0.9f).addi(p[3].mul(0.1f));
    p[2].muli(0.999f).addi(p[3].square().muli(0.001f));
    return p[0].subi(p[1].mul(1e-3f).divi(p[2].sqrt().addi(1e-8f)));
  }

  private static final int[][] SHAPES = {
    {SIZE, SIZE}, {SIZE, SIZE}, {SIZE, SIZE}, {SIZE, SIZE}, {SIZE}, {SIZE}
  };

  private static float[][] data() {
    Random random = new Random(1);
    float[][] data = new float[SHAPES.length][];
    for (int i = 0; i < SHAPES.length; i++) {
      data[i] = new float[Arrays.stream(SHAPES[i]).reduce(1, (a, b) -> a * b)];
      if (i != 1 && i != 2) { // the moments are 0 at first
        for (int j = 0; j < data[i].length; j++) {
          data[i][j] = (float) random.nextGaussian();
        }
      }
    }
    return data;
  }

  private static final class Mlx implements Rounds.Peer, AutoCloseable {
    private final ArraysFunction function;
    private final MlxArray[] state = new MlxArray[SHAPES.length];
    private double check;

    Mlx(ArraysFunction function) {
      this.function = function;
      float[][] data = data();
      Arrays.setAll(state, i -> MlxArray.of(data[i], SHAPES[i]));
    }

    @Override
    public void repeat(int times) {
      for (int i = 0; i < times; i++) {
        try (Scope scope = Scope.open()) {
          MlxArray[] results = function.apply(state);
          if (results.length > 1) {
            for (int j = 0; j < results.length; j++) {
              state[j].close(); // so that its memory can be reused
              state[j] = scope.keep(results[j]);
            }
          }
          Ops.eval(results);
          if (i == times - 1) {
            check = results[0].abs().sum().itemDouble();
          }
        }
      }
    }

    @Override
    public double check() {
      return check;
    }

    @Override
    public void close() {
      Ops.close(state);
    }
  }

  private static final class Djl implements Rounds.Peer, AutoCloseable {
    private final NDManager manager = NDManager.newBaseManager("PyTorch");
    private final Function<NDArray[], NDArray> function;
    private final NDArray[] state = new NDArray[SHAPES.length];
    private double check;

    Djl(Function<NDArray[], NDArray> function) {
      this.function = function;
      float[][] data = data();
      for (int i = 0; i < state.length; i++) {
        long[] shape = Arrays.stream(SHAPES[i]).asLongStream().toArray();
        state[i] = manager.create(data[i], new Shape(shape));
      }
    }

    @Override
    public void repeat(int times) {
      NDList own = new NDList(state);
      for (int i = 0; i < times; i++) {
        try (NDManager step = manager.newSubManager()) {
          own.attach(step);
          NDArray result = function.apply(state);
          if (i == times - 1) {
            check = result.abs().sum().getFloat();
          }
          own.attach(manager);
        }
      }
    }

    @Override
    public double check() {
      return check;
    }

    @Override
    public void close() {
      manager.close();
    }
  }
}
