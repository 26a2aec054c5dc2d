package org.mlx4j.training;

import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * When a training ends because a measurement does not improve any more.
 *
 * <pre>{@code
 * EarlyStopping stopping = EarlyStopping.lowest("val_loss", 5).withLeastChange(0.001);
 * EarlyStopping onAccuracy = EarlyStopping.highest("val_accuracy", 3);
 * }</pre>
 *
 * <p>An epoch whose measurement is NaN is no improvement.
 *
 * @param measurement {@code loss}, or the name of a measurement
 * @param lowest whether the lowest value is the best; else it is the highest one
 * @param patience the number of successive epochs without an improvement after which a training
 *     ends
 * @param leastChange a value is an improvement if it is better than the best one by more than this
 */
public record EarlyStopping(String measurement, boolean lowest, int patience, double leastChange) {
  /**
   * Makes a condition.
   *
   * @throws IllegalArgumentException if {@code patience} is less than 1, or {@code leastChange} is
   *     negative, infinite or NaN
   * @throws NullPointerException if {@code measurement} is null
   */
  public EarlyStopping {
    Objects.requireNonNull(measurement, "[EarlyStopping] the name of the measurement is null");
    if (patience < 1) {
      throw new IllegalArgumentException(
          "[EarlyStopping] patience must be at least 1, got " + patience);
    }
    if (!(leastChange >= 0) || Double.isInfinite(leastChange)) {
      throw new IllegalArgumentException(
          "[EarlyStopping] leastChange must be at least 0 and finite, got " + leastChange);
    }
  }

  /**
   * Returns a condition on a measurement whose lowest value is the best, such as a loss.
   *
   * @param measurement {@code loss}, or the name of a measurement
   * @param patience after how many successive epochs without an improvement to end
   * @return the condition; every lower value is an improvement
   * @throws IllegalArgumentException if {@code patience} is less than 1
   * @throws NullPointerException if {@code measurement} is null
   */
  public static EarlyStopping lowest(String measurement, int patience) {
    return new EarlyStopping(measurement, true, patience, 0);
  }

  /**
   * Returns a condition on a measurement whose highest value is the best, such as an accuracy.
   *
   * @param measurement {@code loss}, or the name of a measurement
   * @param patience after how many successive epochs without an improvement to end
   * @return the condition; every higher value is an improvement
   * @throws IllegalArgumentException if {@code patience} is less than 1
   * @throws NullPointerException if {@code measurement} is null
   */
  public static EarlyStopping highest(String measurement, int patience) {
    return new EarlyStopping(measurement, false, patience, 0);
  }

  /**
   * Returns the condition with another least change.
   *
   * @param leastChange by how much a value must be better than the best one
   * @return the condition
   * @throws IllegalArgumentException if {@code leastChange} is negative, infinite or NaN
   */
  public EarlyStopping withLeastChange(double leastChange) {
    return new EarlyStopping(measurement, lowest, patience, leastChange);
  }

  /** Returns the number of the best epoch, or 0 if no value is a number. */
  int best(History history) {
    requireMade(history);
    List<Double> values = history.values(measurement);
    int best = 0;
    double reached = lowest ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY;
    for (int i = 0; i < values.size(); i++) {
      double value = values.get(i);
      boolean improved =
          best == 0
              ? !Double.isNaN(value)
              : lowest ? value < reached - leastChange : value > reached + leastChange;
      if (improved) {
        best = i + 1;
        reached = value;
      }
    }
    return best;
  }

  private void requireMade(History history) {
    if (history.epochs().isEmpty() || measurement.equals(Epoch.LOSS)) {
      return;
    }
    Set<String> made = history.last().measurements().keySet();
    if (!made.contains(measurement)) {
      throw new IllegalArgumentException(
          "[fit] stopEarly names the measurement \"%s\", which is not made; there are the loss and %s"
              .formatted(measurement, made));
    }
  }

  boolean stops(History history) {
    return history.epochs().size() - best(history) >= patience;
  }
}
