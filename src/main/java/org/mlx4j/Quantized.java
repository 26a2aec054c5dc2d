package org.mlx4j;

/**
 * A quantized matrix.
 *
 * @param w the elements, packed into uint32
 * @param scales for each group its scale
 * @param biases for each group its bias, or null where the mode has none
 */
public record Quantized(MlxArray w, MlxArray scales, MlxArray biases) {}
