package org.mlx4j;

/**
 * The outputs of a function and its vector-Jacobian products.
 *
 * <pre>{@code
 * Vjp result = Transforms.vjp(x -> x.square(), MlxArray.of(1f, 2f), MlxArray.of(1f, 10f));
 * result.outputs()[0];                                      // [1, 4]
 * result.vjps()[0];                                         // [2, 40]
 * }</pre>
 *
 * @param outputs the function's outputs
 * @param vjps one product for each primal, with the primal's shape and dtype
 */
@SuppressWarnings("ArrayRecordComponent") // the arrays are results: nobody compares them
public record Vjp(MlxArray[] outputs, MlxArray[] vjps) {}
