package org.mlx4j.tree;

import org.mlx4j.MlxArray;

/**
 * What a loss returns that has more to say than its value: predictions, a new state, numbers to
 * report.
 *
 * @param value the value whose gradient is asked for, a scalar
 * @param aux the rest, a tree; no gradient flows through it
 * @param <T> the type of the rest
 */
public record WithAux<T>(MlxArray value, T aux) {}
