package org.mlx4j;

import org.jspecify.annotations.Nullable;

/**
 * A quantized matrix, or a stack of them.
 *
 * <pre>{@code
 * Quantized q = MlxRandom.normal(new int[] {256, 512}).quantize(); // 4 bits for each element
 * int[] shape = q.w().shape(); // [256, 64]
 * }</pre>
 *
 * @param w the elements, packed into uint32
 * @param scales the scales of the groups
 * @param biases the biases of the groups; or null, if the mode has none
 */
public record Quantized(MlxArray w, MlxArray scales, @Nullable MlxArray biases) {}
