package org.mlx4j;

/**
 * The outputs of a function and its Jacobian-vector products.
 *
 * @param outputs what the function returned
 * @param jvps one product for each output, with the output's shape and dtype
 */
@SuppressWarnings("ArrayRecordComponent") // the arrays are results: nobody compares them
public record Jvp(MlxArray[] outputs, MlxArray[] jvps) {}
