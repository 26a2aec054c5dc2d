package org.mlx4j.training;

import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.mlx4j.MlxArray;
import org.mlx4j.Scope;
import org.mlx4j.tree.Trees;

/** Something that is measured after an epoch. */
sealed interface Measure<S> {
  /** Fails if nothing can be measured. */
  default void check() {}

  /** Returns the function that measures during one training. */
  Function<S, Map<String, Double>> prepared(boolean compiled);

  /** Numbers that a function of the caller computes. */
  record OfNumbers<S>(Function<S, Map<String, Double>> function) implements Measure<S> {
    @Override
    public Function<S, Map<String, Double>> prepared(boolean compiled) {
      return function;
    }
  }

  /** Means over the rows of data. */
  record OfMeans<S, V>(Rows<V> data, BiFunction<S, V, Map<String, MlxArray>> function)
      implements Measure<S> {
    @Override
    public void check() {
      data.check(Rows.IN_ORDER);
    }

    @Override
    public Function<S, Map<String, Double>> prepared(boolean compiled) {
      BiFunction<S, V, Map<String, MlxArray>> means = compiled ? Trees.compile(function) : function;
      return state -> {
        Sums sums = new Sums();
        try (Source.Batches<V> batches = data.open(Rows.IN_ORDER, 0, 0)) {
          boolean more = true;
          while (more) {
            more = sums.addNext(means, state, batches);
          }
        }
        return sums.means();
      };
    }
  }

  /** Sums over the batches so far. */
  final class Sums {
    private final TreeMap<String, Double> sums = new TreeMap<>();
    private long rows;

    <S, V> boolean addNext(
        BiFunction<S, V, Map<String, MlxArray>> means, S state, Source.Batches<V> batches) {
      try (Scope scope = Scope.open()) {
        V batch = batches.next();
        if (batch == null) {
          return false;
        }
        Map<String, MlxArray> values =
            Objects.requireNonNull(
                means.apply(state, batch), "[fit] the function of means returned null");
        Trees.eval(values);
        if (rows > 0 && !values.keySet().equals(sums.keySet())) {
          throw new IllegalArgumentException(
              "[fit] the function of means must return the same names for every batch, got %s and %s"
                  .formatted(sums.keySet(), Set.copyOf(values.keySet())));
        }
        values.forEach(
            (name, value) ->
                sums.merge(
                    name,
                    batches.rows() * Scalars.value("the measurement " + name, value),
                    Double::sum));
        rows += batches.rows();
        return true;
      }
    }

    Map<String, Double> means() {
      sums.replaceAll((name, sum) -> sum / rows);
      return sums;
    }
  }
}
