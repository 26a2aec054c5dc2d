package org.mlx4j.optimizers;

import java.util.Arrays;
import java.util.List;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.internal.Formula;

/**
 * Learning rates that depend on the step. Mirrors the schedulers of {@code mlx.optimizers}.
 *
 * <pre>{@code
 * Schedule warmup = Schedules.linearSchedule(0, 1e-3, 100);
 * Schedule decay = Schedules.cosineDecay(1e-3, 10_000);
 * Schedule schedule = Schedules.joinSchedules(List.of(warmup, decay), 100);
 * MlxArray rate = schedule.apply(MlxArray.scalar(50L));    // 5e-4
 * }</pre>
 *
 * <p>All schedules return a float32 scalar.
 */
public final class Schedules {
  private Schedules() {}

  /** Equivalent to {@link #cosineDecay(double, int, double) cosineDecay(init, decaySteps, 0)}. */
  public static Schedule cosineDecay(double init, int decaySteps) {
    return cosineDecay(init, decaySteps, 0);
  }

  /**
   * Returns a schedule that follows half a period of the cosine, {@code end + (init - end) * (1 +
   * cos(pi * min(step, decaySteps) / decaySteps)) / 2}. Mirrors {@code
   * mlx.optimizers.cosine_decay}.
   *
   * @param init the first rate
   * @param decaySteps the number of steps after which the rate is {@code end}
   * @param end the last rate
   * @return the schedule
   * @throws IllegalArgumentException if {@code decaySteps} is less than 1
   */
  public static Schedule cosineDecay(double init, int decaySteps, double end) {
    requirePositive("cosineDecay", "decaySteps", decaySteps);
    return schedule(
        "cosineDecay",
        step -> {
          MlxArray s = step.minimum((long) decaySteps);
          MlxArray decay = s.multiply(Math.PI / decaySteps).cos().add(1.0).multiply(0.5);
          return decay.multiply(init - end).add(end);
        });
  }

  /**
   * Returns the schedule {@code init * decayRate^step}. Mirrors {@code
   * mlx.optimizers.exponential_decay}.
   *
   * @param init the first rate
   * @param decayRate the factor for each step
   * @return the schedule
   */
  public static Schedule exponentialDecay(double init, double decayRate) {
    return schedule("exponentialDecay", step -> Ops.power(decayRate, step).multiply(init));
  }

  /**
   * Returns a schedule that switches from one schedule to the next at given steps. Mirrors {@code
   * mlx.optimizers.join_schedules}.
   *
   * @param schedules the schedules; each counts its steps from its own boundary
   * @param boundaries the step at which each schedule but the first begins, in ascending order
   * @return the schedule
   * @throws IllegalArgumentException if there are no schedules, or the number of boundaries is not
   *     one less than that of schedules
   * @throws NullPointerException if an argument or a schedule is null
   */
  public static Schedule joinSchedules(List<? extends Schedule> schedules, int... boundaries) {
    Formula.notNull("joinSchedules", "schedules", schedules);
    Formula.notNull("joinSchedules", "boundaries", boundaries);
    String given = Arrays.toString(boundaries);
    new Options("joinSchedules")
        .separated("schedule", schedules.size(), "boundaries", boundaries.length, given);
    Schedule[] parts = schedules.toArray(Schedule[]::new);
    for (int i = 0; i < parts.length; i++) {
      Formula.notNull("joinSchedules", "schedule " + i, parts[i]);
    }
    int[] starts = boundaries.clone();
    return step -> {
      Formula.notNull("joinSchedules", "step", step);
      MlxArray rate = parts[0].apply(step);
      for (int i = 0; i < starts.length; i++) {
        MlxArray next = parts[i + 1].apply(step.subtract((long) starts[i]));
        rate = step.less((long) starts[i]).where(rate, next);
      }
      return rate;
    };
  }

  /**
   * Returns a schedule that goes from one rate to another in a straight line. Mirrors {@code
   * mlx.optimizers.linear_schedule}.
   *
   * @param init the first rate
   * @param end the last rate
   * @param steps the number of steps after which the rate is {@code end}
   * @return the schedule
   * @throws IllegalArgumentException if {@code steps} is less than 1
   */
  public static Schedule linearSchedule(double init, double end, int steps) {
    requirePositive("linearSchedule", "steps", steps);
    return schedule(
        "linearSchedule",
        step -> step.minimum((long) steps).multiply((end - init) / steps).add(init));
  }

  /**
   * Returns the schedule {@code init * decayRate^floor(step / stepSize)}. Mirrors {@code
   * mlx.optimizers.step_decay}.
   *
   * @param init the first rate
   * @param decayRate the factor for each {@code stepSize} steps
   * @param stepSize the number of steps between changes of the rate
   * @return the schedule
   * @throws IllegalArgumentException if {@code stepSize} is less than 1
   */
  public static Schedule stepDecay(double init, double decayRate, int stepSize) {
    requirePositive("stepDecay", "stepSize", stepSize);
    return schedule(
        "stepDecay",
        step -> Ops.power(decayRate, step.floorDivide((long) stepSize)).multiply(init));
  }

  private static Schedule schedule(String function, Schedule formula) {
    return step -> {
      Formula.notNull(function, "step", step);
      return Formula.of(function, () -> formula.apply(step));
    };
  }

  private static void requirePositive(String function, String parameter, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(
          "[" + function + "] " + parameter + " must be at least 1, got " + value);
    }
  }
}
