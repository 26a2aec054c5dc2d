package org.mlx4j.optimizers;

import org.mlx4j.MlxArray;

/**
 * A learning rate that depends on the step. Those of MLX are in {@link Schedules}.
 *
 * <pre>{@code
 * Optimizer warmed = Adam.of(Schedules.joinSchedules(
 *     List.of(Schedules.linearSchedule(0, 1e-3, 100), Schedules.cosineDecay(1e-3, 10_000)), 100));
 * Optimizer own = SGD.of(step -> step.add(1L).rsqrt().multiply(0.1));
 * }</pre>
 *
 * <p>A schedule is called with an array and must compute with it: a compiled step calls it once, to
 * record what it computes, so {@code step.itemLong()} fails there. A rate that the program decides
 * upon while it trains is an array that is passed to the compiled step, which makes its optimizer
 * of it: {@code Adam.of(step -> rate).update(…)}.
 */
@FunctionalInterface
public interface Schedule {
  /**
   * Computes the learning rate.
   *
   * @param step how many steps were made before, a uint64 scalar; 0 for the first step
   * @return the learning rate, a scalar of floating point dtype; where it is used, it is converted
   *     to the dtype of the gradient
   */
  MlxArray apply(MlxArray step);
}
