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
 * The encoder of a transformer: {@link TransformerEncoderLayer}s one after another, and a
 * normalization. Mirrors {@code mlx.nn.TransformerEncoder}.
 *
 * <pre>{@code
 * TransformerEncoder encoder = TransformerEncoder.of(2, 64, 4, 256, 0.1);
 * MlxArray x = Ops.ones(2, 10, 64);
 * MlxArray mask = MultiHeadAttention.createAdditiveCausalMask(10);
 * MlxArray inTraining = encoder.apply(x, mask, MlxRandom.key(1));
 * MlxArray afterward = encoder.apply(x, mask, null);
 * MlxArray withoutMask = encoder.apply(x);
 * }</pre>
 *
 * @param layers the layers, from first to last
 * @param ln the normalization of the result
 * @param checkpoint whether gradients compute the results inside layers again, instead of keeping
 *     them
 */
public record TransformerEncoder(
    List<TransformerEncoderLayer> layers, LayerNorm ln, boolean checkpoint)
    implements RandomLayer, Transformer.Encoder {
  private record Inputs(MlxArray x, @Nullable MlxArray mask, @Nullable MlxArray key) {}

  /** Belongs to no scope, since it serves for all calls. */
  private static final TreeBiFunction<TransformerEncoderLayer, Inputs, MlxArray> CHECKPOINTED =
      Scope.detached(
          () ->
              Trees.checkpoint(
                  (TransformerEncoderLayer layer, Inputs in) ->
                      layer.apply(in.x(), in.mask(), in.key())));

  /**
   * Makes an encoder. The list is copied.
   *
   * @throws NullPointerException if the list is null
   */
  public TransformerEncoder {
    layers =
        Collections.unmodifiableList(
            new ArrayList<>(Arguments.notNull("TransformerEncoder", "layers", layers)));
  }

  /** Equivalent to {@link #of(int, int, int, Integer) of(numLayers, dims, numHeads, null)}. */
  public static TransformerEncoder of(int numLayers, int dims, int numHeads) {
    return of(numLayers, dims, numHeads, null);
  }

  /**
   * Equivalent to {@link #of(int, int, int, Integer, double) of(numLayers, dims, numHeads, mlpDims,
   * 0)}.
   */
  public static TransformerEncoder of(
      int numLayers, int dims, int numHeads, @Nullable Integer mlpDims) {
    return of(numLayers, dims, numHeads, mlpDims, 0);
  }

  /**
   * Equivalent to {@link #of(int, int, int, Integer, double, Layer) of(numLayers, dims, numHeads,
   * mlpDims, dropout, Activations::relu)}.
   */
  public static TransformerEncoder of(
      int numLayers, int dims, int numHeads, @Nullable Integer mlpDims, double dropout) {
    return of(numLayers, dims, numHeads, mlpDims, dropout, Transformer.RELU);
  }

  /**
   * Equivalent to {@link #of(int, int, int, Integer, double, Layer, boolean, boolean) of(numLayers,
   * dims, numHeads, mlpDims, dropout, activation, true, false)}.
   */
  public static TransformerEncoder of(
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
  public static TransformerEncoder of(
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
   * Makes an encoder.
   *
   * @param numLayers the number of layers
   * @param dims the size of the elements of the sequence, a multiple of {@code numHeads}
   * @param numHeads the number of heads of the attention
   * @param mlpDims the size between the linear layers; null for {@code 4 * dims}
   * @param dropout the probability with which elements are dropped in training
   * @param activation the function between the linear layers
   * @param normFirst whether the inputs of attention and linear layers are normalized, or the sums
   * @param checkpoint whether gradients compute the results inside layers again
   * @return the encoder
   * @throws IllegalArgumentException if an option is not allowed
   * @throws NullPointerException if {@code activation} is null
   */
  public static TransformerEncoder of(
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
          Transformer.requireLayers("TransformerEncoder", "numLayers", numLayers);
          List<TransformerEncoderLayer> layers = new ArrayList<>();
          for (int i = 0; i < numLayers; i++) {
            layers.add(
                TransformerEncoderLayer.of(
                    dims, numHeads, mlpDims, dropout, activation, normFirst));
          }
          return new TransformerEncoder(layers, LayerNorm.of(dims), checkpoint);
        });
  }

  /** Equivalent to {@link #apply(MlxArray, MlxArray, MlxArray) apply(x, null, key)}. */
  @Override
  public MlxArray apply(MlxArray x, @Nullable MlxArray key) {
    return apply(x, null, key);
  }

  /**
   * Applies the encoder.
   *
   * @param x an array of shape {@code (N, sequence, dims)}
   * @param mask the mask of the attention, as in {@link Attention#apply(MlxArray, MlxArray,
   *     MlxArray, MlxArray)}; or null
   * @param key a PRNG key in training, which is split for the layers; or null
   * @return an array of the shape of {@code x}
   * @throws IllegalArgumentException if the shapes do not fit, or {@code key} is not a key
   */
  @Override
  public MlxArray apply(MlxArray x, @Nullable MlxArray mask, @Nullable MlxArray key) {
    MlxArray a = Arguments.notNull("TransformerEncoder", "x", x);
    return Scope.run(
        () -> {
          MlxArray[] keys = Arguments.keys("TransformerEncoder", key, layers.size());
          MlxArray y = a;
          for (int i = 0; i < keys.length; i++) {
            TransformerEncoderLayer layer = layers.get(i);
            y =
                checkpoint
                    ? CHECKPOINTED.apply(layer, new Inputs(y, mask, keys[i]))
                    : layer.apply(y, mask, keys[i]);
          }
          return ln.apply(y);
        });
  }
}
