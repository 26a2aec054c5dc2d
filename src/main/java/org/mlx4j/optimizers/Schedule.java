package org.mlx4j.optimizers;

import org.mlx4j.MlxArray;

/**
 * A learning rate that depends on the step. {@link Schedules} has those of MLX.
 *
 * <pre>{@code
 * Optimizer warmed = Adam.of(Schedules.joinSchedules(
 *     List.of(Schedules.linearSchedule(0, 1e-3, 100), Schedules.cosineDecay(1e-3, 10_000)), 100));
 * Optimizer own = SGD.of(step -> step.add(1L).rsqrt().multiply(0.1));
 * }</pre>
 *
 * <p>A schedule computes with arrays. A compiled step calls it only once, to record its operations,
 * so it cannot read the value of {@code step}. If the program itself chooses the rate during
 * training, pass the rate to the compiled step as an array and make the optimizer there: {@code
 * Adam.of(step -> rate).update(…)}. Arrays that a schedule makes are freed after the update; a
 * schedule that caches arrays makes them with {@link
 * org.mlx4j.Scope#detached(java.util.function.Supplier) Scope.detached}.
 */
@FunctionalInterface
public interface Schedule {
  /**
   * Computes the learning rate.
   *
   * @param step the number of steps before this one, a uint64 scalar; 0 for the first step
   * @return the learning rate, a scalar of floating point dtype; the optimizer converts it to the
   *     dtype of the gradient
   */
  MlxArray apply(MlxArray step);
}
