package org.mlx4j.nn;

import java.util.Arrays;
import org.mlx4j.Fast;
import org.mlx4j.MlxArray;
import org.mlx4j.Scope;

/** Attention with several heads. */
final class Heads {
  private Heads() {}

  /** Attends with projections of any kind. */
  static MlxArray attend(
      String layer,
      int heads,
      Layer queryProj,
      Layer keyProj,
      Layer valueProj,
      Layer outProj,
      MlxArray queries,
      MlxArray keys,
      MlxArray values,
      MlxArray mask) {
    MlxArray queriesGiven = Arguments.notNull(layer, "queries", queries);
    MlxArray keysGiven = Arguments.notNull(layer, "keys", keys);
    MlxArray valuesGiven = Arguments.notNull(layer, "values", values);
    return Scope.run(
        () -> {
          MlxArray q = split(layer, "queries", heads, queryProj, queriesGiven);
          MlxArray k = split(layer, "keys", heads, keyProj, keysGiven);
          MlxArray v = split(layer, "values", heads, valueProj, valuesGiven);
          double scale = Math.sqrt(1.0 / q.dim(-1));
          MlxArray y = Fast.scaledDotProductAttention(q, k, v, scale, mask);
          return outProj.apply(y.transpose(0, 2, 1, 3).flatten(-2, -1));
        });
  }

  private static MlxArray split(
      String layer, String parameter, int heads, Layer projection, MlxArray x) {
    if (x.ndim() != 3) {
      throw Arguments.refused(
          layer,
          parameter
              + " must have 3 axes, (N, sequence, dims), got shape "
              + Arrays.toString(x.shape()));
    }
    return projection.apply(x).unflatten(-1, heads, -1).transpose(0, 2, 1, 3);
  }
}
