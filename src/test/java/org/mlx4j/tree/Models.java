package org.mlx4j.tree;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;

/** A small network of records, as users write them, and its loss. */
final class Models {
  private Models() {}

  record Linear(MlxArray w, MlxArray b) {}

  record Mlp(List<Linear> layers, float slope) {}

  record Batch(MlxArray x, MlxArray y) {}

  static Mlp mlp(float slope) {
    return new Mlp(List.of(linear(3, 4, 1), linear(4, 2, 2)), slope);
  }

  private static Linear linear(int inputs, int outputs, int seed) {
    MlxArray w = Ops.arange((double) inputs * outputs).add(seed).sin().reshape(inputs, outputs);
    return new Linear(w, Ops.arange((double) outputs).add(seed).cos());
  }

  /** A map of two entries in this order, whose values may be null. */
  static <V> Map<String, V> map(String key1, V value1, String key2, V value2) {
    Map<String, V> map = new LinkedHashMap<>();
    map.put(key1, value1);
    map.put(key2, value2);
    return map;
  }

  static Batch batch() {
    MlxArray x = Ops.arange(15.0).multiply(0.7).sin().reshape(5, 3);
    return new Batch(x, Ops.arange(10.0).multiply(0.3).cos().reshape(5, 2));
  }

  /** A slope for negative numbers, so that the static value matters. */
  static MlxArray predict(Mlp m, MlxArray x) {
    for (Linear layer : m.layers()) {
      MlxArray y = x.matmul(layer.w()).add(layer.b());
      x = y.maximum(0).add(y.minimum(0).multiply(m.slope()));
    }
    return x;
  }

  static MlxArray loss(Mlp m, Batch b) {
    return predict(m, b.x()).subtract(b.y()).square().mean();
  }

  /** The same loss over plain arrays: weights and biases of both layers, then the data. */
  static MlxArray flatLoss(float slope, MlxArray... p) {
    MlxArray x = p[4];
    for (int layer = 0; layer < 2; layer++) {
      MlxArray y = x.matmul(p[2 * layer]).add(p[2 * layer + 1]);
      x = y.maximum(0).add(y.minimum(0).multiply(slope));
    }
    return x.subtract(p[5]).square().mean();
  }

  static MlxArray[] flat(Mlp m, Batch b) {
    List<MlxArray> all = new java.util.ArrayList<>(Trees.flatten(m));
    all.addAll(Trees.flatten(b));
    return all.toArray(MlxArray[]::new);
  }
}
