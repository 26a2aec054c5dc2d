package org.mlx4j.nn;

import org.jspecify.annotations.Nullable;
import org.mlx4j.MlxArray;
import org.mlx4j.Scope;

/**
 * A block of a {@link TransformerEncoder}: attention of the sequence to itself and two linear
 * layers, each added to its input. Mirrors {@code mlx.nn.TransformerEncoderLayer}.
 *
 * <pre>
 * x = x + dropout1(attention(ln1(x), mask))                    normFirst
 * y = x + linear2(dropout2(activation(linear1(ln2(x)))))
 *
 * x = ln1(x + dropout1(attention(x, mask)))                    otherwise
 * y = ln2(x + linear2(dropout2(activation(linear1(x)))))
 * </pre>
 *
 * <pre>{@code
 * TransformerEncoderLayer layer = TransformerEncoderLayer.of(64, 4, 256, 0.1);
 * MlxArray x = Ops.ones(2, 10, 64);
 * MlxArray mask = MultiHeadAttention.createAdditiveCausalMask(10);
 * MlxArray inTraining = layer.apply(x, mask, MlxRandom.key(1));
 * MlxArray afterward = layer.apply(x, mask, null);
 * }</pre>
 *
 * @param attention the attention
 * @param ln1 the normalization of the attention
 * @param ln2 the normalization of the linear layers
 * @param linear1 the first linear layer
 * @param linear2 the second linear layer
 * @param dropout1 the dropout after the attention
 * @param dropout2 the dropout after the activation
 * @param activation the function between the linear layers
 * @param normFirst whether the inputs of attention and linear layers are normalized, or the sums
 */
public record TransformerEncoderLayer(
    Attention attention,
    LayerNorm ln1,
    LayerNorm ln2,
    Layer linear1,
    Layer linear2,
    Dropout dropout1,
    Dropout dropout2,
    Layer activation,
    boolean normFirst)
    implements RandomLayer {
  /** Equivalent to {@link #of(int, int, Integer) of(dims, numHeads, null)}. */
  public static TransformerEncoderLayer of(int dims, int numHeads) {
    return of(dims, numHeads, null);
  }

  /** Equivalent to {@link #of(int, int, Integer, double) of(dims, numHeads, mlpDims, 0)}. */
  public static TransformerEncoderLayer of(int dims, int numHeads, @Nullable Integer mlpDims) {
    return of(dims, numHeads, mlpDims, 0);
  }

  /**
   * Equivalent to {@link #of(int, int, Integer, double, Layer) of(dims, numHeads, mlpDims, dropout,
   * Activations::relu)}.
   */
  public static TransformerEncoderLayer of(
      int dims, int numHeads, @Nullable Integer mlpDims, double dropout) {
    return of(dims, numHeads, mlpDims, dropout, Transformer.RELU);
  }

  /**
   * Equivalent to {@link #of(int, int, Integer, double, Layer, boolean) of(dims, numHeads, mlpDims,
   * dropout, activation, true)}.
   */
  public static TransformerEncoderLayer of(
      int dims, int numHeads, @Nullable Integer mlpDims, double dropout, Layer activation) {
    return of(dims, numHeads, mlpDims, dropout, activation, true);
  }

  /**
   * Makes a layer.
   *
   * @param dims the size of the elements of the sequence, a multiple of {@code numHeads}
   * @param numHeads the number of heads of the attention
   * @param mlpDims the size between the linear layers; null for {@code 4 * dims}
   * @param dropout the probability with which elements are dropped in training
   * @param activation the function between the linear layers
   * @param normFirst whether the inputs of attention and linear layers are normalized, or the sums
   * @return the layer
   * @throws IllegalArgumentException if an option is not allowed
   * @throws NullPointerException if {@code activation} is null
   */
  public static TransformerEncoderLayer of(
      int dims,
      int numHeads,
      @Nullable Integer mlpDims,
      double dropout,
      Layer activation,
      boolean normFirst) {
    return Scope.run(
        () -> {
          String layer = "TransformerEncoderLayer";
          int inner = Transformer.mlpDims(layer, dims, mlpDims);
          Arguments.notNull(layer, "activation", activation);
          return new TransformerEncoderLayer(
              MultiHeadAttention.of(dims, numHeads),
              LayerNorm.of(dims),
              LayerNorm.of(dims),
              Linear.of(dims, inner),
              Linear.of(inner, dims),
              Dropout.of(dropout),
              Dropout.of(dropout),
              activation,
              normFirst);
        });
  }

  /** Equivalent to {@link #apply(MlxArray, MlxArray, MlxArray) apply(x, null, key)}. */
  @Override
  public MlxArray apply(MlxArray x, @Nullable MlxArray key) {
    return apply(x, null, key);
  }

  /**
   * Applies the layer.
   *
   * @param x an array of shape {@code (N, sequence, dims)}
   * @param mask the mask of the attention, as in {@link Attention#apply(MlxArray, MlxArray,
   *     MlxArray, MlxArray)}; or null
   * @param key a PRNG key in training, which is split for the dropouts; or null
   * @return an array of the shape of {@code x}
   * @throws IllegalArgumentException if the shapes do not fit, or {@code key} is not a key
   */
  public MlxArray apply(MlxArray x, @Nullable MlxArray mask, @Nullable MlxArray key) {
    MlxArray a = Arguments.notNull("TransformerEncoderLayer", "x", x);
    return Scope.run(
        () -> {
          MlxArray[] keys = Arguments.keys("TransformerEncoderLayer", key, 2);
          if (normFirst) {
            MlxArray y = ln1.apply(a);
            MlxArray b = a.add(dropout1.apply(attention.apply(y, y, y, mask), keys[0]));
            return b.add(feedForward(ln2.apply(b), keys[1]));
          }
          MlxArray b = ln1.apply(a.add(dropout1.apply(attention.apply(a, a, a, mask), keys[0])));
          return ln2.apply(b.add(feedForward(b, keys[1])));
        });
  }

  private MlxArray feedForward(MlxArray x, MlxArray key) {
    return linear2.apply(dropout2.apply(activation.apply(linear1.apply(x)), key));
  }
}
