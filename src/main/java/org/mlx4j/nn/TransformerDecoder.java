package org.mlx4j.nn;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mlx4j.MlxArray;
import org.mlx4j.Scope;
import org.mlx4j.tree.TreeBiFunction;
import org.mlx4j.tree.Trees;

/**
 * The decoder of a transformer: {@link TransformerDecoderLayer}s one after another, and a
 * normalization. Mirrors {@code mlx.nn.TransformerDecoder}.
 *
 * <pre>{@code
 * TransformerDecoder decoder = TransformerDecoder.of(2, 64, 4);
 * MlxArray memory = Ops.ones(2, 20, 64);
 * MlxArray mask = MultiHeadAttention.createAdditiveCausalMask(10);
 * MlxArray y = decoder.apply(Ops.ones(2, 10, 64), memory, mask, null);
 * }</pre>
 *
 * @param layers the layers, from first to last
 * @param ln the normalization of the result
 * @param checkpoint whether gradients compute the results inside layers again, instead of keeping
 *     them
 */
public record TransformerDecoder(
    List<TransformerDecoderLayer> layers, LayerNorm ln, boolean checkpoint)
    implements Transformer.Decoder {
  private record Inputs(
      MlxArray x,
      MlxArray memory,
      @Nullable MlxArray xMask,
      @Nullable MlxArray memoryMask,
      @Nullable MlxArray key) {}

  /** Belongs to no scope, since it serves for all calls. */
  private static final TreeBiFunction<TransformerDecoderLayer, Inputs, MlxArray> CHECKPOINTED =
      Scope.detached(
          () ->
              Trees.checkpoint(
                  (TransformerDecoderLayer layer, Inputs in) ->
                      layer.apply(in.x(), in.memory(), in.xMask(), in.memoryMask(), in.key())));

  /**
   * Makes a decoder. The list is copied.
   *
   * @throws NullPointerException if the list is null
   */
  public TransformerDecoder {
    layers =
        Collections.unmodifiableList(
            new ArrayList<>(Arguments.notNull("TransformerDecoder", "layers", layers)));
  }

  /** Equivalent to {@link #of(int, int, int, Integer) of(numLayers, dims, numHeads, null)}. */
  public static TransformerDecoder of(int numLayers, int dims, int numHeads) {
    return of(numLayers, dims, numHeads, null);
  }

  /**
   * Equivalent to {@link #of(int, int, int, Integer, double) of(numLayers, dims, numHeads, mlpDims,
   * 0)}.
   */
  public static TransformerDecoder of(
      int numLayers, int dims, int numHeads, @Nullable Integer mlpDims) {
    return of(numLayers, dims, numHeads, mlpDims, 0);
  }

  /**
   * Equivalent to {@link #of(int, int, int, Integer, double, Layer) of(numLayers, dims, numHeads,
   * mlpDims, dropout, Activations::relu)}.
   */
  public static TransformerDecoder of(
      int numLayers, int dims, int numHeads, @Nullable Integer mlpDims, double dropout) {
    return of(numLayers, dims, numHeads, mlpDims, dropout, Transformer.RELU);
  }

  /**
   * Equivalent to {@link #of(int, int, int, Integer, double, Layer, boolean, boolean) of(numLayers,
   * dims, numHeads, mlpDims, dropout, activation, true, false)}.
   */
  public static TransformerDecoder of(
      int numLayers,
      int dims,
      int numHeads,
      @Nullable Integer mlpDims,
      double dropout,
      Layer activation) {
    return of(numLayers, dims, numHeads, mlpDims, dropout, activation, true, false);
  }

  /**
   * Equivalent to {@link #of(int, int, int, Integer, double, Layer, boolean, boolean) of(numLayers,
   * dims, numHeads, mlpDims, dropout, activation, normFirst, false)}.
   */
  public static TransformerDecoder of(
      int numLayers,
      int dims,
      int numHeads,
      @Nullable Integer mlpDims,
      double dropout,
      Layer activation,
      boolean normFirst) {
    return of(numLayers, dims, numHeads, mlpDims, dropout, activation, normFirst, false);
  }

  /**
   * Makes a decoder.
   *
   * @param numLayers the number of layers
   * @param dims the size of the elements of the sequences, a multiple of {@code numHeads}
   * @param numHeads the number of heads of the attentions
   * @param mlpDims the size between the linear layers; null for {@code 4 * dims}
   * @param dropout the probability with which elements are dropped in training
   * @param activation the function between the linear layers
   * @param normFirst whether the inputs of attentions and linear layers are normalized, or the sums
   * @param checkpoint whether gradients compute the results inside layers again
   * @return the decoder
   * @throws IllegalArgumentException if an option is not allowed
   * @throws NullPointerException if {@code activation} is null
   */
  public static TransformerDecoder of(
      int numLayers,
      int dims,
      int numHeads,
      @Nullable Integer mlpDims,
      double dropout,
      Layer activation,
      boolean normFirst,
      boolean checkpoint) {
    return Scope.run(
        () -> {
          Transformer.requireLayers("TransformerDecoder", "numLayers", numLayers);
          List<TransformerDecoderLayer> layers = new ArrayList<>();
          for (int i = 0; i < numLayers; i++) {
            layers.add(
                TransformerDecoderLayer.of(
                    dims, numHeads, mlpDims, dropout, activation, normFirst));
          }
          return new TransformerDecoder(layers, LayerNorm.of(dims), checkpoint);
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
   * Applies the decoder.
   *
   * @param x an array of shape {@code (N, sequence, dims)}
   * @param memory an array of shape {@code (N, memory, dims)}
   * @param xMask the mask of the attention of the sequence to itself, as in {@link
   *     Attention#apply(MlxArray, MlxArray, MlxArray, MlxArray)}; or null
   * @param memoryMask the mask of the attention to the memory; or null
   * @param key a PRNG key in training, which is split for the layers; or null
   * @return an array of the shape of {@code x}
   * @throws IllegalArgumentException if the shapes do not fit, or {@code key} is not a key
   */
  @Override
  public MlxArray apply(
      MlxArray x,
      MlxArray memory,
      @Nullable MlxArray xMask,
      @Nullable MlxArray memoryMask,
      @Nullable MlxArray key) {
    Arguments.notNull("TransformerDecoder", "memory", memory);
    MlxArray a = Arguments.notNull("TransformerDecoder", "x", x);
    return Scope.run(
        () -> {
          MlxArray[] keys = Arguments.keys("TransformerDecoder", key, layers.size());
          MlxArray y = a;
          for (int i = 0; i < keys.length; i++) {
            TransformerDecoderLayer layer = layers.get(i);
            y =
                checkpoint
                    ? CHECKPOINTED.apply(layer, new Inputs(y, memory, xMask, memoryMask, keys[i]))
                    : layer.apply(y, memory, xMask, memoryMask, keys[i]);
          }
          return ln.apply(y);
        });
  }
}
