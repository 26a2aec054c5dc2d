package org.mlx4j.bench;

import static org.mlx4j.bench.PeerBenchmark.filled;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.mlx4j.AttentionMask;
import org.mlx4j.Fast;
import org.mlx4j.Index;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.Quantized;

/** A language model of the shapes of SmolLM2-135M, with random weights. */
final class LanguageModel {
  private static final int LAYERS = 30;
  private static final int DIMS = 576;
  private static final int HEADS = 9;
  private static final int KEY_HEADS = 3;
  private static final int HEAD_DIMS = 64;
  private static final int HIDDEN = 1536;
  private static final int TOKENS = 49152;
  private static final int CACHED = 512;
  private static final double EPS = 1e-5;
  private static final double BASE = 1e5;

  /** A matrix that rows are multiplied by, transposed. */
  private interface Matrix {
    MlxArray apply(MlxArray x);

    MlxArray rows(MlxArray indices);

    /** The same numbers at another place. */
    Matrix copy();
  }

  private record Plain(MlxArray w) implements Matrix {
    @Override
    public MlxArray apply(MlxArray x) {
      return x.matmul(w.transpose());
    }

    @Override
    public MlxArray rows(MlxArray indices) {
      return w.take(indices, 0);
    }

    @Override
    public Plain copy() {
      MlxArray copy = w.multiply(1f);
      copy.eval();
      return new Plain(copy);
    }
  }

  /** Quantized in groups of 32. */
  private record Packed(Quantized parts, int bits) implements Matrix {
    @Override
    public MlxArray apply(MlxArray x) {
      return x.quantizedMatmul(parts.w(), parts.scales(), parts.biases(), true, 32, bits);
    }

    @Override
    public MlxArray rows(MlxArray indices) {
      MlxArray w = parts.w().take(indices, 0);
      MlxArray scales = parts.scales().take(indices, 0);
      return w.dequantize(scales, parts.biases().take(indices, 0), 32, bits);
    }

    @Override
    public Packed copy() {
      MlxArray w = parts.w().add(0L);
      MlxArray scales = parts.scales().multiply(1f);
      MlxArray biases = parts.biases().multiply(1f);
      Ops.eval(w, scales, biases);
      return new Packed(new Quantized(w, scales, biases), bits);
    }
  }

  private record Layer(
      Matrix query,
      Matrix key,
      Matrix value,
      Matrix output,
      Matrix gate,
      Matrix up,
      Matrix down,
      MlxArray norm,
      MlxArray hiddenNorm) {
    Layer copy() {
      return new Layer(
          query.copy(),
          key.copy(),
          value.copy(),
          output.copy(),
          gate.copy(),
          up.copy(),
          down.copy(),
          norm,
          hiddenNorm);
    }

    MlxArray hidden(MlxArray x) {
      MlxArray y = Fast.rmsNorm(x, hiddenNorm, EPS);
      MlxArray g = gate.apply(y);
      return down.apply(g.multiply(g.sigmoid()).multiply(up.apply(y)));
    }
  }

  /** What {@link #next} returns: the next token with the caches, and the logits that it is from. */
  record Step(MlxArray[] tokenAndCaches, MlxArray logits) {
    static Step of(MlxArray[] results) {
      int last = results.length - 1;
      return new Step(Arrays.copyOf(results, last), results[last]);
    }
  }

  private final List<Layer> layers = new ArrayList<>();
  private final Matrix tokens;
  private final MlxArray norm = filled(73, 2, DIMS);

  private LanguageModel(UnaryOperator<Matrix> ofLayer, UnaryOperator<Matrix> ofTokens) {
    int keys = KEY_HEADS * HEAD_DIMS;
    int[][] shapes = {
      {DIMS, DIMS},
      {keys, DIMS},
      {keys, DIMS},
      {DIMS, DIMS},
      {HIDDEN, DIMS},
      {HIDDEN, DIMS},
      {DIMS, HIDDEN}
    };
    Matrix[] m = new Matrix[shapes.length];
    Arrays.setAll(m, i -> ofLayer.apply(new Plain(filled(60 + i, 0.2f, shapes[i]))));
    MlxArray first = filled(71, 2, DIMS);
    MlxArray second = filled(72, 2, DIMS);
    Layer layer = new Layer(m[0], m[1], m[2], m[3], m[4], m[5], m[6], first, second);
    for (int i = 0; i < LAYERS; i++) {
      layers.add(layer.copy());
    }
    tokens = ofTokens.apply(new Plain(filled(70, 0.2f, TOKENS, DIMS))).copy();
  }

  /** The layers have 4 bits, the tokens 8. */
  static LanguageModel quantized() {
    return new LanguageModel(m -> packed(m, 4), m -> packed(m, 8));
  }

  static LanguageModel float32() {
    return new LanguageModel(m -> m, m -> m);
  }

  private static Packed packed(Matrix plain, int bits) {
    return new Packed(((Plain) plain).w().quantize(32, bits), bits);
  }

  /** So many tokens. */
  static MlxArray tokens(int count) {
    return Ops.arange(count).multiply(7L);
  }

  /** A token, and the keys and values of each layer for the tokens before and for this one. */
  static MlxArray[] tokenAndCaches() {
    MlxArray[] state = new MlxArray[1 + 2 * LAYERS];
    Arrays.setAll(state, i -> filled(80 + i, 2, 1, KEY_HEADS, CACHED, HEAD_DIMS));
    state[0] = tokens(1);
    return state;
  }

  /**
   * Either all tokens of a prompt, or one token and the caches, make the next token, the caches,
   * and the logits.
   */
  MlxArray[] next(MlxArray[] p) {
    boolean prompt = p.length == 1;
    int start = prompt ? 0 : CACHED - 1;
    MlxArray[] results = new MlxArray[2 + 2 * LAYERS];
    MlxArray x = tokens.rows(p[0]).expandDims(0);
    for (int i = 0; i < LAYERS; i++) {
      Layer layer = layers.get(i);
      MlxArray y = Fast.rmsNorm(x, layer.norm(), EPS);
      MlxArray queries = rope(heads(layer.query().apply(y), HEADS), start);
      MlxArray keys = rope(heads(layer.key().apply(y), KEY_HEADS), start);
      MlxArray values = heads(layer.value().apply(y), KEY_HEADS);
      if (!prompt) {
        keys = stored(p[1 + 2 * i], keys);
        values = stored(p[2 + 2 * i], values);
      }
      AttentionMask mask = prompt ? AttentionMask.CAUSAL : AttentionMask.NONE;
      double scale = 1 / Math.sqrt(HEAD_DIMS);
      MlxArray sums = Fast.scaledDotProductAttention(queries, keys, values, scale, mask);
      x = x.add(layer.output().apply(sums.transpose(0, 2, 1, 3).reshape(1, -1, DIMS)));
      x = x.add(layer.hidden(x));
      results[1 + 2 * i] = keys;
      results[2 + 2 * i] = values;
    }
    MlxArray last = x.get(Index.all(), Index.at(-1));
    MlxArray logits = tokens.apply(Fast.rmsNorm(last, norm, EPS));
    results[0] = logits.argmax(-1);
    results[results.length - 1] = logits;
    return results;
  }

  private static MlxArray heads(MlxArray x, int count) {
    return x.reshape(1, -1, count, HEAD_DIMS).transpose(0, 2, 1, 3);
  }

  private static MlxArray rope(MlxArray x, int start) {
    return Fast.rope(x, HEAD_DIMS, false, BASE, 1, start);
  }

  private static MlxArray stored(MlxArray cache, MlxArray last) {
    int[] start = {0, 0, CACHED - 1, 0};
    return cache.sliceUpdate(last, start, new int[] {1, KEY_HEADS, CACHED, HEAD_DIMS});
  }
}
