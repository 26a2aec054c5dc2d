package org.mlx4j.nn;

import org.mlx4j.MlxArray;

/**
 * What a step of training makes of a layer that keeps statistics of its inputs.
 *
 * <pre>{@code
 * Trained<BatchNorm> trained = BatchNorm.of(3).train(MlxRandom.normal(16, 3));
 * MlxArray y = trained.output();
 * BatchNorm next = trained.layer();                        // with other running statistics
 * }</pre>
 *
 * @param output the output of the layer
 * @param layer the layer for the next step
 * @param <L> the type of the layer
 */
public record Trained<L>(MlxArray output, L layer) {}
