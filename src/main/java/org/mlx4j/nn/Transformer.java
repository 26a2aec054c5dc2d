package org.mlx4j.nn;

import org.jspecify.annotations.Nullable;
import org.mlx4j.MlxArray;
import org.mlx4j.Scope;

/**
 * A transformer with an encoder and a decoder, which attends to the output of the encoder. Mirrors
 * {@code mlx.nn.Transformer}.
 *
 * <pre>{@code
 * Transformer transformer = Transformer.of(64, 4, 2, 2);
 * MlxArray source = Ops.ones(2, 20, 64);
 * MlxArray target = Ops.ones(2, 10, 64);
 * MlxArray mask = MultiHeadAttention.createAdditiveCausalMask(10);
 * MlxArray y = transformer.apply(source, target, null, mask, null); // shape (2, 10, 64)
 * }</pre>
 *
 * <p>The canonical constructor takes your own encoders and decoders:
 *
 * <pre>{@code
 * Transformer.Encoder encoder = (x, mask, key) -> x;
 * Transformer transformer = new Transformer(encoder, TransformerDecoder.of(2, 64, 4));
 * }</pre>
 *
 * @param encoder the encoder
 * @param decoder the decoder
 */
public record Transformer(Encoder encoder, Decoder decoder) {
  static final Layer RELU = Activations::relu;

  /**
   * The part of a transformer that reads the source.
   *
   * <pre>{@code
   * Transformer.Encoder encoder = TransformerEncoder.of(2, 64, 4);
   * }</pre>
   */
  @FunctionalInterface
  public interface Encoder {
    /**
     * Encodes a sequence.
     *
     * @param x the sequence
     * @param mask the mask of the attention, or null
     * @param key a PRNG key in training, or null
     * @return the encoded sequence
     */
    MlxArray apply(MlxArray x, @Nullable MlxArray mask, @Nullable MlxArray key);
  }

  /**
   * The part of a transformer that writes the target.
   *
   * <pre>{@code
   * Transformer.Decoder decoder = TransformerDecoder.of(2, 64, 4);
   * }</pre>
   */
  @FunctionalInterface
  public interface Decoder {
    /**
     * Decodes a sequence.
     *
     * @param x the sequence
     * @param memory the encoded source
     * @param xMask the mask of the attention of the sequence to itself, or null
     * @param memoryMask the mask of the attention to the memory, or null
     * @param key a PRNG key in training, or null
     * @return the decoded sequence
     */
    MlxArray apply(
        MlxArray x,
        MlxArray memory,
        @Nullable MlxArray xMask,
        @Nullable MlxArray memoryMask,
        @Nullable MlxArray key);
  }

  /** Equivalent to {@link #of(int) of(512)}. */
  public static Transformer of() {
    return of(512);
  }

  /** Equivalent to {@link #of(int, int) of(dims, 8)}. */
  public static Transformer of(int dims) {
    return of(dims, 8);
  }

  /** Equivalent to {@link #of(int, int, int) of(dims, numHeads, 6)}. */
  public static Transformer of(int dims, int numHeads) {
    return of(dims, numHeads, 6);
  }

  /** Equivalent to {@link #of(int, int, int, int) of(dims, numHeads, numEncoderLayers, 6)}. */
  public static Transformer of(int dims, int numHeads, int numEncoderLayers) {
    return of(dims, numHeads, numEncoderLayers, 6);
  }

  /**
   * Equivalent to {@link #of(int, int, int, int, Integer) of(dims, numHeads, numEncoderLayers,
   * numDecoderLayers, null)}.
   */
  public static Transformer of(int dims, int numHeads, int numEncoderLayers, int numDecoderLayers) {
    return of(dims, numHeads, numEncoderLayers, numDecoderLayers, null);
  }

  /**
   * Equivalent to {@link #of(int, int, int, int, Integer, double) of(dims, numHeads,
   * numEncoderLayers, numDecoderLayers, mlpDims, 0)}.
   */
  public static Transformer of(
      int dims,
      int numHeads,
      int numEncoderLayers,
      int numDecoderLayers,
      @Nullable Integer mlpDims) {
    return of(dims, numHeads, numEncoderLayers, numDecoderLayers, mlpDims, 0);
  }

  /**
   * Equivalent to {@link #of(int, int, int, int, Integer, double, Layer) of(dims, numHeads,
   * numEncoderLayers, numDecoderLayers, mlpDims, dropout, Activations::relu)}.
   */
  public static Transformer of(
      int dims,
      int numHeads,
      int numEncoderLayers,
      int numDecoderLayers,
      @Nullable Integer mlpDims,
      double dropout) {
    return of(dims, numHeads, numEncoderLayers, numDecoderLayers, mlpDims, dropout, RELU);
  }

  /**
   * Equivalent to {@link #of(int, int, int, int, Integer, double, Layer, boolean) of(dims,
   * numHeads, numEncoderLayers, numDecoderLayers, mlpDims, dropout, activation, true)}.
   */
  public static Transformer of(
      int dims,
      int numHeads,
      int numEncoderLayers,
      int numDecoderLayers,
      @Nullable Integer mlpDims,
      double dropout,
      Layer activation) {
    return of(
        dims, numHeads, numEncoderLayers, numDecoderLayers, mlpDims, dropout, activation, true);
  }

  /**
   * Equivalent to {@link #of(int, int, int, int, Integer, double, Layer, boolean, boolean) of(dims,
   * numHeads, numEncoderLayers, numDecoderLayers, mlpDims, dropout, activation, normFirst, false)}.
   */
  public static Transformer of(
      int dims,
      int numHeads,
      int numEncoderLayers,
      int numDecoderLayers,
      @Nullable Integer mlpDims,
      double dropout,
      Layer activation,
      boolean normFirst) {
    return of(
        dims,
        numHeads,
        numEncoderLayers,
        numDecoderLayers,
        mlpDims,
        dropout,
        activation,
        normFirst,
        false);
  }

  /**
   * Makes a transformer.
   *
   * @param dims the size of the elements of the sequences, a multiple of {@code numHeads}
   * @param numHeads the number of heads of the attentions
   * @param numEncoderLayers the number of layers of the encoder
   * @param numDecoderLayers the number of layers of the decoder
   * @param mlpDims the size between the linear layers; null for {@code 4 * dims}
   * @param dropout the probability with which elements are dropped in training
   * @param activation the function between the linear layers
   * @param normFirst whether the inputs of attentions and linear layers are normalized, or the sums
   * @param checkpoint whether gradients compute the results inside layers again
   * @return the transformer
   * @throws IllegalArgumentException if an option is not allowed
   * @throws NullPointerException if {@code activation} is null
   */
  public static Transformer of(
      int dims,
      int numHeads,
      int numEncoderLayers,
      int numDecoderLayers,
      @Nullable Integer mlpDims,
      double dropout,
      Layer activation,
      boolean normFirst,
      boolean checkpoint) {
    return Scope.run(
        () ->
            new Transformer(
                TransformerEncoder.of(
                    numEncoderLayers,
                    dims,
                    numHeads,
                    mlpDims,
                    dropout,
                    activation,
                    normFirst,
                    checkpoint),
                TransformerDecoder.of(
                    numDecoderLayers,
                    dims,
                    numHeads,
                    mlpDims,
                    dropout,
                    activation,
                    normFirst,
                    checkpoint)));
  }

  /**
   * Equivalent to {@link #apply(MlxArray, MlxArray, MlxArray, MlxArray, MlxArray, MlxArray)
   * apply(src, tgt, null, null, null, null)}.
   */
  public MlxArray apply(MlxArray src, MlxArray tgt) {
    return apply(src, tgt, null, null, null, null);
  }

  /**
   * Equivalent to {@link #apply(MlxArray, MlxArray, MlxArray, MlxArray, MlxArray, MlxArray)
   * apply(src, tgt, srcMask, tgtMask, memoryMask, null)}.
   */
  public MlxArray apply(
      MlxArray src,
      MlxArray tgt,
      @Nullable MlxArray srcMask,
      @Nullable MlxArray tgtMask,
      @Nullable MlxArray memoryMask) {
    return apply(src, tgt, srcMask, tgtMask, memoryMask, null);
  }

  /**
   * Applies the transformer.
   *
   * @param src the source, of shape {@code (N, source, dims)}
   * @param tgt the target, of shape {@code (N, target, dims)}
   * @param srcMask the mask of the attention of the source to itself, as in {@link
   *     Attention#apply(MlxArray, MlxArray, MlxArray, MlxArray)}; or null
   * @param tgtMask the mask of the attention of the target to itself; or null
   * @param memoryMask the mask of the attention of the target to the source; or null
   * @param key a PRNG key in training, which is split for encoder and decoder; or null
   * @return an array of the shape of {@code tgt}
   * @throws IllegalArgumentException if the shapes do not fit, or {@code key} is not a key
   */
  public MlxArray apply(
      MlxArray src,
      MlxArray tgt,
      @Nullable MlxArray srcMask,
      @Nullable MlxArray tgtMask,
      @Nullable MlxArray memoryMask,
      @Nullable MlxArray key) {
    Arguments.notNull("Transformer", "src", src);
    Arguments.notNull("Transformer", "tgt", tgt);
    return Scope.run(
        () -> {
          MlxArray[] keys = Arguments.keys("Transformer", key, 2);
          MlxArray memory = encoder.apply(src, srcMask, keys[0]);
          return decoder.apply(tgt, memory, tgtMask, memoryMask, keys[1]);
        });
  }

  static int mlpDims(String layer, int dims, @Nullable Integer mlpDims) {
    return mlpDims == null ? 4 * dims : Arguments.positive(layer, "mlpDims", mlpDims);
  }

  static void requireLayers(String layer, String parameter, int count) {
    if (count < 0) {
      throw Arguments.refused(layer, parameter + " must be at least 0, got " + count);
    }
  }
}
