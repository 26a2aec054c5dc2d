package org.mlx4j.examples.fashion;

import org.mlx4j.MlxArray;
import org.mlx4j.Scope;
import org.mlx4j.nn.Losses;
import org.mlx4j.nn.Reduction;
import org.mlx4j.training.ConfusionMatrix;

/**
 * How good a network is.
 *
 * @param loss the mean cross-entropy
 * @param predicted what the network takes each image for
 * @param confusion how many images of each kind it takes for each kind
 */
record Evaluation(double loss, int[] predicted, ConfusionMatrix confusion) {
  private static final int BATCH = 1000;

  /** Evaluates a network, a thousand images at a time, to save memory. */
  static Evaluation of(ConvNet network, Clothes clothes) {
    int count = clothes.count();
    int[] predicted = new int[count];
    double loss = 0;
    for (int start = 0; start < count; start += BATCH) {
      try (Scope scope = Scope.open()) {
        Clothes batch = clothes.slice(start, Math.min(start + BATCH, count));
        MlxArray logits = network.apply(batch.images());
        loss += Losses.crossEntropy(logits, batch.labels(), Reduction.SUM).itemDouble();
        System.arraycopy(logits.argmax(1).toIntArray(), 0, predicted, start, batch.count());
      }
    }
    int[] labels = clothes.labels().toIntArray();
    return new Evaluation(
        loss / count, predicted, ConfusionMatrix.of(labels, predicted, Clothes.CLASSES));
  }
}
