package org.mlx4j.nn;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.mlx4j.CustomFunction;
import org.mlx4j.Distributed;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.Scope;
import org.mlx4j.TransformedFunction;
import org.mlx4j.internal.Formula;

/**
 * Takes the parts of a process from arrays that are the same in every process.
 *
 * @param layer the layer that messages name
 * @param segments where an array is divided into segments, each of which is sharded
 * @param group the processes
 */
record Shards(String layer, Segments segments, Distributed.Group group) {
  /** Belong to no scope, since they serve for all calls. */
  private static final Map<Distributed.Group, TransformedFunction> SUMMED_GRADIENTS =
      new ConcurrentHashMap<>();

  /** Where an axis is divided into segments. */
  interface Segments {
    /** Returns the beginnings of all segments but the first. */
    int[] of(int size);
  }

  Shards {
    Arguments.notNull(layer, "group", group);
    Arguments.notNull(layer, "segments", segments);
  }

  static Segments equal(String layer, int count) {
    Arguments.positive(layer, "segments", count);
    return size -> {
      Arguments.divides(layer, "segments", count, "an axis", size);
      int[] beginnings = new int[count - 1];
      Arrays.setAll(beginnings, i -> (i + 1) * (size / count));
      return beginnings;
    };
  }

  static Segments at(String layer, double... fractions) {
    double[] copy = Arguments.notNull(layer, "segments", fractions).clone();
    double last = 0;
    for (double fraction : copy) {
      if (!(fraction > last && fraction < 1)) {
        throw Arguments.refused(
            layer, "segments must be ascending between 0 and 1, got " + Arrays.toString(copy));
      }
      last = fraction;
    }
    return size -> Arrays.stream(copy).mapToInt(fraction -> (int) (fraction * size)).toArray();
  }

  /** Returns the size of a group, if it divides a number. */
  static int size(String layer, String parameter, int value, Distributed.Group group) {
    int size = Arguments.notNull(layer, "group", group).size();
    Arguments.divides(layer, "the size of the group", size, parameter, value);
    return size;
  }

  /** Returns the part of a layer's array that it need not have, or null. */
  static @Nullable MlxArray part(@Nullable MlxArray whole, UnaryOperator<MlxArray> part) {
    return whole == null ? null : part.apply(whole);
  }

  MlxArray rows(MlxArray matrix) {
    return ofThisProcess(matrix, matrix.ndim() - 2);
  }

  MlxArray columns(MlxArray matrix) {
    return ofThisProcess(matrix, matrix.ndim() - 1);
  }

  MlxArray elements(MlxArray vector) {
    return ofThisProcess(vector, vector.ndim() - 1);
  }

  MlxArray ofThisProcess(MlxArray x, int axis) {
    return Formula.of(
        layer,
        () -> {
          MlxArray[] parts = x.split(segments.of(x.dim(axis)), axis);
          for (int i = 0; i < parts.length; i++) {
            Arguments.divides(
                layer, "the size of the group", group.size(), "a segment", parts[i].dim(axis));
            parts[i] = parts[i].split(group.size(), axis)[group.rank()];
          }
          return Ops.concatenate(parts, axis).contiguous();
        });
  }

  /** Returns the array itself, whose gradient is the sum of those of all processes. */
  static MlxArray summedGradients(MlxArray x, Distributed.Group group) {
    if (group.size() == 1) {
      return x;
    }
    return SUMMED_GRADIENTS
        .computeIfAbsent(
            group,
            g ->
                Scope.detached(
                    () ->
                        CustomFunction.of(y -> y)
                            .vjp((y, cotangent, output) -> Distributed.allSum(cotangent, g))
                            .build()))
        .apply(x);
  }
}
