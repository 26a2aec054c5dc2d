package org.mlx4j.nn;

import org.jspecify.annotations.Nullable;
import org.mlx4j.MlxArray;
import org.mlx4j.Scope;

/**
 * A block of a {@link TransformerDecoder}: attention of the sequence to itself, attention to the
 * memory, and two linear layers, each added to its input. Mirrors {@code
 * mlx.nn.TransformerDecoderLayer}.
 *
 * <pre>
 * x = x + dropout1(selfAttention(ln1(x), xMask))               normFirst
 * x = x + dropout2(crossAttention(ln2(x), memory, memoryMask))
 * y = x + linear2(dropout3(activation(linear1(ln3(x)))))
 *
 * x = ln1(x + dropout1(selfAttention(x, xMask)))               otherwise
 * x = ln2(x + dropout2(crossAttention(x, memory, memoryMask)))
 * y = ln3(x + linear2(dropout3(activation(linear1(x)))))
 * </pre>
 *
 * <pre>{@code
 * TransformerDecoderLayer layer = TransformerDecoderLayer.of(64, 4);
 * MlxArray y = layer.apply(Ops.ones(2, 10, 64), Ops.ones(2, 20, 64));
 * }</pre>
 *
 * @param selfAttention the attention of the sequence to itself
 * @param crossAttention the attention of the sequence to the memory
 * @param ln1 the normalization of the attention of the sequence to itself
 * @param ln2 the normalization of the attention to the memory
 * @param ln3 the normalization of the linear layers
 * @param linear1 the first linear layer
 * @param linear2 the second linear layer
 * @param dropout1 the dropout after the attention of the sequence to itself
 * @param dropout2 the dropout after the attention to the memory
 * @param dropout3 the dropout after the activation
 * @param activation the function between the linear layers
 * @param normFirst whether the inputs of attentions and linear layers are normalized, or the sums
 */
public record TransformerDecoderLayer(
    Attention selfAttention,
    Attention crossAttention,
    LayerNorm ln1,
    LayerNorm ln2,
    LayerNorm ln3,
    Layer linear1,
    Layer linear2,
    Dropout dropout1,
    Dropout dropout2,
    Dropout dropout3,
    Layer activation,
    boolean normFirst) {
  /** Equivalent to {@link #of(int, int, Integer) of(dims, numHeads, null)}. */
  public static TransformerDecoderLayer of(int dims, int numHeads) {
    return of(dims, numHeads, null);
  }

  /** Equivalent to {@link #of(int, int, Integer, double) of(dims, numHeads, mlpDims, 0)}. */
  public static TransformerDecoderLayer of(int dims, int numHeads, @Nullable Integer mlpDims) {
    return of(dims, numHeads, mlpDims, 0);
  }

  /**
   * Equivalent to {@link #of(int, int, Integer, double, Layer) of(dims, numHeads, mlpDims, dropout,
   * Activations::relu)}.
   */
  public static TransformerDecoderLayer of(
      int dims, int numHeads, @Nullable Integer mlpDims, double dropout) {
    return of(dims, numHeads, mlpDims, dropout, Transformer.RELU);
  }

  /**
   * Equivalent to {@link #of(int, int, Integer, double, Layer, boolean) of(dims, numHeads, mlpDims,
   * dropout, activation, true)}.
   */
  public static TransformerDecoderLayer of(
      int dims, int numHeads, @Nullable Integer mlpDims, double dropout, Layer activation) {
    return of(dims, numHeads, mlpDims, dropout, activation, true);
  }

  /**
   * Makes a layer.
   *
   * @param dims the size of the elements of the sequences, a multiple of {@code numHeads}
   * @param numHeads the number of heads of the attentions
   * @param mlpDims the size between the linear layers; null for {@code 4 * dims}
   * @param dropout the probability with which elements are dropped in training
   * @param activation the function between the linear layers
   * @param normFirst whether the inputs of attentions and linear layers are normalized, or the sums
   * @return the layer
   * @throws IllegalArgumentException if an option is not allowed
   * @throws NullPointerException if {@code activation} is null
   */
  public static TransformerDecoderLayer of(
      int dims,
      int numHeads,
      @Nullable Integer mlpDims,
      double dropout,
      Layer activation,
      boolean normFirst) {
    return Scope.run(
        () -> {
          String layer = "TransformerDecoderLayer";
          int inner = Transformer.mlpDims(layer, dims, mlpDims);
          Arguments.notNull(layer, "activation", activation);
          return new TransformerDecoderLayer(
              MultiHeadAttention.of(dims, numHeads),
              MultiHeadAttention.of(dims, numHeads),
              LayerNorm.of(dims),
              LayerNorm.of(dims),
              LayerNorm.of(dims),
              Linear.of(dims, inner),
              Linear.of(inner, dims),
              Dropout.of(dropout),
              Dropout.of(dropout),
              Dropout.of(dropout),
              activation,
              normFirst);
        });
  }

  /**
   * Equivalent to {@link #apply(MlxArray, MlxArray, MlxArray, MlxArray, MlxArray) apply(x, memory,
   * null, null, null)}.
   */
  public MlxArray apply(MlxArray x, MlxArray memory) {
    return apply(x, memory, null, null, null);
  }

  /**
   * Equivalent to {@link #apply(MlxArray, MlxArray, MlxArray, MlxArray, MlxArray) apply(x, memory,
   * xMask, memoryMask, null)}.
   */
  public MlxArray apply(
      MlxArray x, MlxArray memory, @Nullable MlxArray xMask, @Nullable MlxArray memoryMask) {
    return apply(x, memory, xMask, memoryMask, null);
  }

  /**
   * Applies the layer.
   *
   * @param x an array of shape {@code (N, sequence, dims)}
   * @param memory an array of shape {@code (N, memory, dims)}
   * @param xMask the mask of the attention of the sequence to itself, as in {@link
   *     Attention#apply(MlxArray, MlxArray, MlxArray, MlxArray)}; or null
   * @param memoryMask the mask of the attention to the memory; or null
   * @param key a PRNG key in training, which is split for the dropouts; or null
   * @return an array of the shape of {@code x}
   * @throws IllegalArgumentException if the shapes do not fit, or {@code key} is not a key
   */
  public MlxArray apply(
      MlxArray x,
      MlxArray memory,
      @Nullable MlxArray xMask,
      @Nullable MlxArray memoryMask,
      @Nullable MlxArray key) {
    Arguments.notNull("TransformerDecoderLayer", "memory", memory);
    MlxArray a = Arguments.notNull("TransformerDecoderLayer", "x", x);
    return Scope.run(
        () -> {
          MlxArray[] keys = Arguments.keys("TransformerDecoderLayer", key, 3);
          if (normFirst) {
            MlxArray y = ln1.apply(a);
            MlxArray b = a.add(dropout1.apply(selfAttention.apply(y, y, y, xMask), keys[0]));
            MlxArray c = b.add(remembered(ln2.apply(b), memory, memoryMask, keys[1]));
            return c.add(feedForward(ln3.apply(c), keys[2]));
          }
          MlxArray y = dropout1.apply(selfAttention.apply(a, a, a, xMask), keys[0]);
          MlxArray b = ln1.apply(a.add(y));
          MlxArray c = ln2.apply(b.add(remembered(b, memory, memoryMask, keys[1])));
          return ln3.apply(c.add(feedForward(c, keys[2])));
        });
  }

  private MlxArray remembered(
      MlxArray x, MlxArray memory, @Nullable MlxArray mask, @Nullable MlxArray key) {
    return dropout2.apply(crossAttention.apply(x, memory, memory, mask), key);
  }

  private MlxArray feedForward(MlxArray x, MlxArray key) {
    return linear2.apply(dropout3.apply(activation.apply(linear1.apply(x)), key));
  }
}
