package org.mlx4j;

/**
 * The outputs of a function and its Jacobian-vector products.
 *
 * <pre>{@code
 * Jvp result = Transforms.jvp(x -> x.square(), MlxArray.of(1f, 2f), MlxArray.of(1f, 10f));
 * result.outputs()[0];                                      // [1, 4]
 * result.jvps()[0];                                         // [2, 40]
 * }</pre>
 *
 * @param outputs the function's outputs
 * @param jvps one product for each output, with the output's shape and dtype
 */
@SuppressWarnings("ArrayRecordComponent") // the arrays are results: nobody compares them
public record Jvp(MlxArray[] outputs, MlxArray[] jvps) {}
