package org.mlx4j.nn;

import org.jspecify.annotations.Nullable;
import org.mlx4j.Distributed;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.QuantizationMode;
import org.mlx4j.Quantized;
import org.mlx4j.Scope;
import org.mlx4j.internal.Formula;
import org.mlx4j.tree.NotTrained;

/**
 * Each process of a group computes a part of the outputs of a {@link QuantizedLinear}: the input is
 * the same in every process, and the output is sharded along its last axis. Mirrors {@code
 * mlx.nn.QuantizedAllToShardedLinear}.
 *
 * <pre>{@code
 * Distributed.Group group = Distributed.init();
 * QuantizedAllToShardedLinear part =
 *     QuantizedAllToShardedLinear.of(QuantizedLinear.of(64, 32), 1, group);
 * MlxArray y = part.apply(Ops.ones(2, 64 ));
 * }</pre>
 *
 * <p>The parameters are not trained. The gradient for the input is the sum of those of all
 * processes.
 *
 * @param weight the packed elements of this process, a uint32 array of shape {@code (outputDims /
 *     size, inputDims * bits / 32)}
 * @param scales the scales of the groups of elements
 * @param biases the biases of the groups of elements; null if the mode has none
 * @param bias the bias of this process, a vector of length {@code outputDims / size}; or null
 * @param groupSize how many elements share a scale
 * @param bits the number of bits of an element
 * @param mode how elements are represented
 * @param group the processes
 */
public record QuantizedAllToShardedLinear(
    @NotTrained MlxArray weight,
    @NotTrained MlxArray scales,
    @NotTrained @Nullable MlxArray biases,
    @NotTrained @Nullable MlxArray bias,
    int groupSize,
    int bits,
    QuantizationMode mode,
    Distributed.Group group)
    implements Layer {
  /**
   * Makes a layer.
   *
   * @throws NullPointerException if {@code group} is null
   */
  public QuantizedAllToShardedLinear {
    Arguments.notNull("QuantizedAllToShardedLinear", "group", group);
  }

  /**
   * Equivalent to {@link #of(int, int, boolean, Integer, Integer, QuantizationMode,
   * Distributed.Group) of(inputDims, outputDims, true, 64, 4, QuantizationMode.AFFINE,
   * Distributed.init())}.
   */
  public static QuantizedAllToShardedLinear of(int inputDims, int outputDims) {
    return of(inputDims, outputDims, true, 64, 4, QuantizationMode.AFFINE, Distributed.init());
  }

  /**
   * Equivalent to {@link #of(int, int, boolean, Integer, Integer, QuantizationMode,
   * Distributed.Group) of(inputDims, outputDims, bias, 64, 4, QuantizationMode.AFFINE,
   * Distributed.init())}.
   */
  public static QuantizedAllToShardedLinear of(int inputDims, int outputDims, boolean bias) {
    return of(inputDims, outputDims, bias, 64, 4, QuantizationMode.AFFINE, Distributed.init());
  }

  /**
   * Equivalent to {@link #of(int, int, boolean, Integer, Integer, QuantizationMode,
   * Distributed.Group) of(inputDims, outputDims, bias, groupSize, 4, QuantizationMode.AFFINE,
   * Distributed.init())}.
   */
  public static QuantizedAllToShardedLinear of(
      int inputDims, int outputDims, boolean bias, @Nullable Integer groupSize) {
    return of(
        inputDims, outputDims, bias, groupSize, 4, QuantizationMode.AFFINE, Distributed.init());
  }

  /**
   * Equivalent to {@link #of(int, int, boolean, Integer, Integer, QuantizationMode,
   * Distributed.Group) of(inputDims, outputDims, bias, groupSize, bits, QuantizationMode.AFFINE,
   * Distributed.init())}.
   */
  public static QuantizedAllToShardedLinear of(
      int inputDims,
      int outputDims,
      boolean bias,
      @Nullable Integer groupSize,
      @Nullable Integer bits) {
    return of(
        inputDims, outputDims, bias, groupSize, bits, QuantizationMode.AFFINE, Distributed.init());
  }

  /**
   * Equivalent to {@link #of(int, int, boolean, Integer, Integer, QuantizationMode,
   * Distributed.Group) of(inputDims, outputDims, bias, groupSize, bits, mode, Distributed.init())}.
   */
  public static QuantizedAllToShardedLinear of(
      int inputDims,
      int outputDims,
      boolean bias,
      @Nullable Integer groupSize,
      @Nullable Integer bits,
      QuantizationMode mode) {
    return of(inputDims, outputDims, bias, groupSize, bits, mode, Distributed.init());
  }

  /**
   * Makes a layer whose weight is drawn uniformly between {@code -1 / sqrt(inputDims)} and {@code 1
   * / sqrt(inputDims)}, independently in each process, and then quantized. Its bias is 0.
   *
   * @param inputDims the number of inputs of all processes together
   * @param outputDims the number of outputs of all processes together
   * @param bias whether there is a bias
   * @param groupSize how many elements share a scale; null for the mode's default
   * @param bits the number of bits of an element; null for the mode's default
   * @param mode how elements are represented
   * @param group the processes
   * @return the layer
   * @throws IllegalArgumentException if an option is not allowed, or {@code outputDims} is not a
   *     multiple of the size of the group
   */
  public static QuantizedAllToShardedLinear of(
      int inputDims,
      int outputDims,
      boolean bias,
      @Nullable Integer groupSize,
      @Nullable Integer bits,
      QuantizationMode mode,
      Distributed.Group group) {
    return Scope.run(
        () -> {
          String layer = "QuantizedAllToShardedLinear";
          int size = Shards.size(layer, "outputDims", outputDims, group);
          Arguments.sizes(layer, inputDims, outputDims);
          int elements = Packed.groupSize(layer, groupSize, mode);
          int width = Packed.bits(layer, bits, mode);
          double scale = Math.sqrt(1.0 / inputDims);
          MlxArray weight = Arguments.uniform(scale, outputDims / size, inputDims);
          Quantized q = Packed.quantize(layer, weight, elements, width, mode);
          MlxArray zeros = bias ? Ops.zeros(outputDims / size) : null;
          return new QuantizedAllToShardedLinear(
              q.w(), q.scales(), q.biases(), zeros, elements, width, mode, group);
        });
  }

  /**
   * Takes the part of this process from a layer that is the same in every process. Mirrors {@code
   * mlx.nn.QuantizedAllToShardedLinear.from_quantized_linear}.
   *
   * @param linear the layer
   * @param segments the number of equal segments of outputs, each of which is sharded
   * @param group the processes
   * @return the layer of this process
   * @throws IllegalArgumentException if outputs cannot be divided in this way
   */
  public static QuantizedAllToShardedLinear of(
      QuantizedLinear linear, int segments, Distributed.Group group) {
    return of(linear, Shards.equal("QuantizedAllToShardedLinear", segments), group);
  }

  static QuantizedAllToShardedLinear of(
      QuantizedLinear linear, Shards.Segments segments, Distributed.Group group) {
    Arguments.notNull("QuantizedAllToShardedLinear", "linear", linear);
    Shards shards = new Shards("QuantizedAllToShardedLinear", segments, group);
    return new QuantizedAllToShardedLinear(
        shards.rows(linear.weight()),
        shards.rows(linear.scales()),
        Shards.part(linear.biases(), shards::rows),
        Shards.part(linear.bias(), shards::elements),
        linear.groupSize(),
        linear.bits(),
        linear.mode(),
        group);
  }

  /**
   * Applies the layer.
   *
   * @param x an array of shape {@code (…, inputDims)}, the same in every process
   * @return an array of shape {@code (…, outputDims / size)}, the part of this process
   * @throws IllegalArgumentException if the last axis of {@code x} does not fit
   */
  @Override
  public MlxArray apply(MlxArray x) {
    Arguments.notNull("QuantizedAllToShardedLinear", "weight", weight);
    return Formula.of(
        "QuantizedAllToShardedLinear",
        x,
        a -> {
          MlxArray y =
              Packed.multiply(
                  Shards.summedGradients(a, group), weight, scales, biases, groupSize, bits, mode);
          return bias == null ? y : y.add(bias);
        });
  }
}
