package org.mlx4j.nn;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.mlx4j.Fast;
import org.mlx4j.MlxArray;
import org.mlx4j.Scope;

/**
 * Attention with several heads, and projections of any kind.
 *
 * @param layer the layer that messages name
 */
record Heads(
    String layer, int count, Layer queryProj, Layer keyProj, Layer valueProj, Layer outProj) {
  MlxArray attend(MlxArray queries, MlxArray keys, MlxArray values, @Nullable MlxArray mask) {
    Arguments.notNull(layer, "queries", queries);
    Arguments.notNull(layer, "keys", keys);
    Arguments.notNull(layer, "values", values);
    return Scope.run(
        () -> {
          MlxArray q = split("queries", queryProj, queries);
          MlxArray k = split("keys", keyProj, keys);
          MlxArray v = split("values", valueProj, values);
          double scale = Math.sqrt(1.0 / q.dim(-1));
          MlxArray y = Fast.scaledDotProductAttention(q, k, v, scale, mask);
          return outProj.apply(y.transpose(0, 2, 1, 3).flatten(-2, -1));
        });
  }

  private MlxArray split(String parameter, Layer projection, MlxArray x) {
    if (x.ndim() != 3) {
      throw Arguments.refused(
          layer,
          parameter
              + " must have 3 axes, (N, sequence, dims), got shape "
              + Arrays.toString(x.shape()));
    }
    return projection.apply(x).unflatten(-1, count, -1).transpose(0, 2, 1, 3);
  }
}
