package org.mlx4j.bench;

import static org.mlx4j.bench.PeerBenchmark.filled;

import java.util.ArrayList;
import java.util.List;
import org.mlx4j.Fast;
import org.mlx4j.MlxArray;

/** An encoder of the shapes of a MiniLM for sentences, with random weights. */
record Encoder(List<Layer> layers) {
  static final int BATCH = 64;
  static final int LENGTH = 61;
  static final int DIMS = 384;
  private static final int HEADS = 12;
  private static final int HEAD_DIMS = DIMS / HEADS;
  private static final int HIDDEN = 1536;

  private record Linear(MlxArray weight, MlxArray bias) {
    static Linear of(int seed, int from, int to) {
      return new Linear(filled(seed, 0.1f, from, to), filled(seed + 1, 1, to));
    }

    MlxArray apply(MlxArray x) {
      return bias.addmm(x, weight);
    }
  }

  private record Norm(MlxArray weight, MlxArray bias) {
    static Norm of(int seed) {
      return new Norm(filled(seed, 1, DIMS), filled(seed + 1, 1, DIMS));
    }

    MlxArray apply(MlxArray x) {
      return Fast.layerNorm(x, weight, bias, 1e-12);
    }
  }

  private record Layer(
      Linear query,
      Linear key,
      Linear value,
      Linear output,
      Norm norm,
      Linear up,
      Linear down,
      Norm hiddenNorm) {
    static Layer of(int seed) {
      return new Layer(
          Linear.of(seed, DIMS, DIMS),
          Linear.of(seed + 2, DIMS, DIMS),
          Linear.of(seed + 4, DIMS, DIMS),
          Linear.of(seed + 6, DIMS, DIMS),
          Norm.of(seed + 8),
          Linear.of(seed + 10, DIMS, HIDDEN),
          Linear.of(seed + 12, HIDDEN, DIMS),
          Norm.of(seed + 14));
    }

    MlxArray apply(MlxArray x) {
      MlxArray sums =
          Fast.scaledDotProductAttention(
              heads(query.apply(x)),
              heads(key.apply(x)),
              heads(value.apply(x)),
              1 / Math.sqrt(HEAD_DIMS));
      MlxArray joined = sums.transpose(0, 2, 1, 3).reshape(BATCH, LENGTH, DIMS);
      MlxArray y = norm.apply(x.add(output.apply(joined)));
      return hiddenNorm.apply(y.add(down.apply(gelu(up.apply(y)))));
    }

    private static MlxArray heads(MlxArray x) {
      return x.reshape(BATCH, LENGTH, HEADS, HEAD_DIMS).transpose(0, 2, 1, 3);
    }

    private static MlxArray gelu(MlxArray x) {
      return x.multiply(x.multiply(Math.sqrt(0.5)).erf().add(1.0)).multiply(0.5);
    }
  }

  static Encoder create() {
    List<Layer> layers = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      layers.add(Layer.of(100 + 16 * i));
    }
    return new Encoder(layers);
  }

  /** A batch of sentences becomes a vector for each of them. */
  MlxArray[] vectors(MlxArray[] x) {
    MlxArray y = x[0];
    for (Layer layer : layers) {
      y = layer.apply(y);
    }
    return new MlxArray[] {y.mean(1)};
  }
}
