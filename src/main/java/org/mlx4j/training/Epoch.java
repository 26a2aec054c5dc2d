package org.mlx4j.training;

import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/**
 * What was measured in an epoch.
 *
 * <pre>{@code
 * Epoch epoch = new Epoch(1, 45, 0.25, Map.of("val_accuracy", 0.9));
 * epoch.value("loss");                                     // 0.25
 * epoch.value("val_accuracy");                             // 0.9
 * }</pre>
 *
 * @param number the number of the epoch; the first one is 1
 * @param steps the number of steps since the start of the training, up to the end of this epoch
 * @param loss the mean of the losses that the steps of this epoch returned, each with the weight of
 *     the rows in its batch
 * @param measurements what was measured after the epoch, by name, sorted. Names are not empty, and
 *     {@code epoch}, {@code steps} and {@code loss} are reserved
 */
public record Epoch(int number, long steps, double loss, Map<String, Double> measurements) {
  static final String NUMBER = "epoch";
  static final String STEPS = "steps";
  static final String LOSS = "loss";
  private static final Set<String> RESERVED = Set.of("", NUMBER, STEPS, LOSS);

  /**
   * Makes an epoch.
   *
   * @throws IllegalArgumentException if a measurement has a reserved name
   * @throws NullPointerException if {@code measurements}, a name or a value is null
   */
  public Epoch {
    TreeMap<String, Double> sorted = new TreeMap<>();
    Objects.requireNonNull(measurements, "[Epoch] the map of measurements is null")
        .forEach(
            (name, value) -> {
              Objects.requireNonNull(name, "[Epoch] the name of a measurement is null");
              if (RESERVED.contains(name)) {
                throw new IllegalArgumentException(
                    "[Epoch] a measurement cannot be named \"%s\"; choose a name such as \"val_%s\""
                        .formatted(name, name.isEmpty() ? LOSS : name));
              }
              sorted.put(
                  name,
                  Objects.requireNonNull(
                      value, () -> "[Epoch] the measurement " + name + " is null"));
            });
    measurements = Collections.unmodifiableMap(sorted);
  }

  /**
   * Returns the loss or a measurement.
   *
   * @param name {@code loss}, or the name of a measurement
   * @return the value
   * @throws IllegalArgumentException if there is none of this name
   * @throws NullPointerException if {@code name} is null
   */
  public double value(String name) {
    Objects.requireNonNull(name, "[value] the name is null");
    if (name.equals(LOSS)) {
      return loss;
    }
    Double value = measurements.get(name);
    if (value == null) {
      throw new IllegalArgumentException(
          "[value] nothing is named \"%s\"; there are the loss and %s"
              .formatted(name, measurements.keySet()));
    }
    return value;
  }
}
