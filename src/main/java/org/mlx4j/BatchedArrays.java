package org.mlx4j;

/**
 * The outputs of a function for many slices at once, and where the slices lie: what a rule for vmap
 * of a {@link CustomFunction} returns.
 *
 * <pre>{@code
 * CustomFunction.ofArrays(xs -> new MlxArray[] {xs[0].square()})
 *     .vmap((inputs, axes) -> new BatchedArrays(new MlxArray[] {inputs[0].square()}, axes));
 * }</pre>
 *
 * @param outputs the function's outputs, with all their slices
 * @param axes for each output the axis along which its slices lie, counted from the end when
 *     negative, or {@link Transforms#NOT_MAPPED} for an output that is the same for all slices
 */
@SuppressWarnings("ArrayRecordComponent") // a result: nobody compares it
public record BatchedArrays(MlxArray[] outputs, int[] axes) {}
