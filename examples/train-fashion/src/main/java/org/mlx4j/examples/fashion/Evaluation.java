package org.mlx4j.examples.fashion;

import java.util.stream.IntStream;
import org.mlx4j.MlxArray;
import org.mlx4j.Scope;
import org.mlx4j.nn.Losses;
import org.mlx4j.nn.Reduction;

/**
 * How good a network is.
 *
 * @param loss the mean cross-entropy
 * @param labels what each image shows
 * @param predicted what the network takes it for
 */
record Evaluation(double loss, int[] labels, int[] predicted) {
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
    return new Evaluation(loss / count, clothes.labels().toIntArray(), predicted);
  }

  /** The share of the images that are recognized. */
  double accuracy() {
    long right = IntStream.range(0, labels.length).filter(i -> labels[i] == predicted[i]).count();
    return (double) right / labels.length;
  }

  /** The numbers of images of each kind (rows) that are taken for each kind (columns). */
  int[][] confusion() {
    int[][] counts = new int[Clothes.CLASSES][Clothes.CLASSES];
    for (int i = 0; i < labels.length; i++) {
      counts[labels[i]][predicted[i]]++;
    }
    return counts;
  }
}
