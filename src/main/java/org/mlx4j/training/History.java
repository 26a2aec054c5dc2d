package org.mlx4j.training;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What was measured in each epoch of a training so far.
 *
 * <pre>{@code
 * History history = new History(List.of(
 *     new Epoch(1, 10, 0.5, Map.of("val_loss", 0.6)), new Epoch(2, 20, 0.25, Map.of("val_loss", 0.4))));
 * history.values("val_loss");                              // [0.6, 0.4]
 * String table = history.csv();
 * History.ofCsv(table).equals(history);                    // true
 * }</pre>
 *
 * @param epochs the epochs, in their order
 */
public record History(List<Epoch> epochs) {
  /** Nothing yet. */
  static final History EMPTY = new History(List.of());

  /**
   * Makes a history.
   *
   * @throws IllegalArgumentException if the epochs do not have the numbers 1, 2 and so on, or not
   *     all have measurements of the same names
   * @throws NullPointerException if {@code epochs} or one of them is null
   */
  public History {
    Objects.requireNonNull(epochs, "[History] the list of epochs is null");
    for (int i = 0; i < epochs.size(); i++) {
      Epoch epoch = Objects.requireNonNull(epochs.get(i), "[History] an epoch is null");
      if (epoch.number() != i + 1) {
        throw new IllegalArgumentException(
            "[History] epoch %s follows on epoch %s; numbers start with 1"
                .formatted(epoch.number(), i));
      }
      Set<String> names = epoch.measurements().keySet();
      Set<String> first = epochs.get(0).measurements().keySet();
      if (!names.equals(first)) {
        throw new IllegalArgumentException(
            "[History] all epochs must have the same measurements, got %s in epoch 1 and %s in epoch %s"
                .formatted(first, names, i + 1));
      }
    }
    epochs = List.copyOf(epochs);
  }

  /**
   * Returns the last epoch.
   *
   * @return the epoch
   * @throws IllegalStateException if there is no epoch yet
   */
  public Epoch last() {
    if (epochs.isEmpty()) {
      throw new IllegalStateException("[last] there is no epoch yet");
    }
    return epochs.get(epochs.size() - 1);
  }

  /**
   * Returns the losses, or the values of a measurement, of all epochs.
   *
   * @param name {@code loss}, or the name of a measurement
   * @return a value for each epoch, in an unmodifiable list
   * @throws IllegalArgumentException if there is none of this name
   * @throws NullPointerException if {@code name} is null
   */
  public List<Double> values(String name) {
    Objects.requireNonNull(name, "[values] the name is null");
    return epochs.stream().map(epoch -> epoch.value(name)).toList();
  }

  History plus(Epoch epoch) {
    List<Epoch> longer = new ArrayList<>(epochs);
    longer.add(epoch);
    return new History(longer);
  }

  /**
   * Returns this history as a table of comma-separated values, as RFC 4180 defines it: a header
   * with the names {@code epoch}, {@code steps}, {@code loss} and those of the measurements, and a
   * line for each epoch. Numbers are written as {@link Double#toString(double)} writes them, in
   * every locale, so that reading them gives the same numbers.
   *
   * @return the table; without epochs, it has a header only
   */
  public String csv() {
    StringBuilder text = new StringBuilder(Csv.line(columns()));
    epochs.forEach(epoch -> text.append(line(epoch)));
    return text.toString();
  }

  private List<String> columns() {
    List<String> columns = new ArrayList<>(List.of(Epoch.NUMBER, Epoch.STEPS, Epoch.LOSS));
    if (!epochs.isEmpty()) {
      columns.addAll(epochs.get(0).measurements().keySet());
    }
    return columns;
  }

  static String line(Epoch epoch) {
    List<String> fields =
        new ArrayList<>(
            List.of(
                Integer.toString(epoch.number()),
                Long.toString(epoch.steps()),
                Double.toString(epoch.loss())));
    epoch.measurements().values().forEach(value -> fields.add(Double.toString(value)));
    return Csv.line(fields);
  }

  /**
   * Reads what {@link #csv} writes.
   *
   * @param text the table; lines may also end with a line feed alone
   * @return the history
   * @throws IllegalArgumentException if it is not such a table
   * @throws NullPointerException if {@code text} is null
   */
  public static History ofCsv(String text) {
    Objects.requireNonNull(text, "[ofCsv] the text is null");
    List<List<String>> lines = Csv.parse(text);
    List<String> columns = lines.isEmpty() ? List.of() : lines.get(0);
    if (columns.size() < 3
        || !columns.subList(0, 3).equals(List.of(Epoch.NUMBER, Epoch.STEPS, Epoch.LOSS))) {
      throw new IllegalArgumentException(
          "[ofCsv] the first columns must be epoch, steps and loss, got " + columns);
    }
    List<Epoch> epochs = new ArrayList<>();
    for (List<String> line : lines.subList(1, lines.size())) {
      epochs.add(epoch(columns, line));
    }
    try {
      return new History(epochs);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("[ofCsv] " + e.getMessage(), e);
    }
  }

  private static Epoch epoch(List<String> columns, List<String> line) {
    if (line.size() != columns.size()) {
      throw new IllegalArgumentException(
          "[ofCsv] a line has %s fields, but there are %s columns: %s"
              .formatted(line.size(), columns.size(), line));
    }
    try {
      Map<String, Double> measurements = new LinkedHashMap<>();
      for (int i = 3; i < line.size(); i++) {
        measurements.put(columns.get(i), Double.valueOf(line.get(i)));
      }
      return new Epoch(
          Integer.parseInt(line.get(0)),
          Long.parseLong(line.get(1)),
          Double.parseDouble(line.get(2)),
          measurements);
    } catch (IllegalArgumentException e) { // also a NumberFormatException
      throw new IllegalArgumentException("[ofCsv] " + line + ": " + e.getMessage(), e);
    }
  }
}
