package org.mlx4j.examples;

import java.nio.file.Path;
import org.mlx4j.MlxArray;
import org.mlx4j.Scope;
import org.mlx4j.TransformedFunction;
import org.mlx4j.Transforms;
import org.mlx4j.training.ConfusionMatrix;
import org.mlx4j.tree.Trees;

/**
 * Says which digit an image shows.
 *
 * <p>Once made it does not change, so any number of threads may share it. It lives as long as the
 * scope in which its network and it itself were made.
 */
final class Classifier {
  private final Network network;
  private final TransformedFunction probabilities;

  Classifier(Network network) {
    this.network = network;
    this.probabilities = Transforms.compile(images -> network.apply(images).softmax(1));
  }

  /** For each image a row with the probabilities of the ten digits. */
  MlxArray probabilities(MlxArray images) {
    return probabilities.apply(images);
  }

  /** The digit that one image most likely shows. */
  int predict(float... image) {
    try (Scope scope = Scope.open()) {
      return predict(MlxArray.of(image, 1, Digits.PIXELS))[0];
    }
  }

  /** For each image the likeliest digit. */
  int[] predict(MlxArray images) {
    try (Scope scope = Scope.open()) {
      return probabilities(images).argmax(1).toIntArray();
    }
  }

  /** How many digits of each kind are taken for each kind. */
  ConfusionMatrix confusion(Digits digits) {
    return ConfusionMatrix.of(
        digits.labels().toIntArray(), predict(digits.images()), Digits.CLASSES);
  }

  void save(Path file) {
    Trees.save(file, network);
  }

  static Classifier load(Path file) {
    return new Classifier(Scope.run(() -> Trees.load(file, Network.random())));
  }
}
