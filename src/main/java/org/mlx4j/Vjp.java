package org.mlx4j;

/**
 * The outputs of a function and its vector-Jacobian products.
 *
 * @param outputs what the function returned
 * @param vjps one product for each primal, with the primal's shape and dtype
 */
@SuppressWarnings("ArrayRecordComponent") // the arrays are results: nobody compares them
public record Vjp(MlxArray[] outputs, MlxArray[] vjps) {}
