package org.mlx4j.examples;

import org.mlx4j.MlxArray;
import org.mlx4j.nn.Activations;
import org.mlx4j.nn.Layer;
import org.mlx4j.nn.Linear;
import org.mlx4j.nn.Losses;
import org.mlx4j.nn.Reduction;

/** A neural network with one hidden layer: its parameters, and what is computed with them. */
record Network(Linear hidden, Linear output) implements Layer {
  private static final int HIDDEN = 256;

  /** The share of each label that is spread over all digits: an unsure network errs less. */
  private static final double SMOOTHING = 0.1;

  /** A network that knows nothing yet. {@code MlxRandom.seed} decides its parameters. */
  static Network random() {
    return new Network(Linear.of(Digits.PIXELS, HIDDEN), Linear.of(HIDDEN, Digits.CLASSES));
  }

  /** For each image a row of ten numbers: how strongly it looks like each digit. */
  @Override
  public MlxArray apply(MlxArray images) {
    return output.apply(Activations.relu(hidden.apply(images)));
  }

  /** The mean cross-entropy between what the network says and the smoothed labels. */
  MlxArray loss(Digits digits) {
    MlxArray logits = apply(digits.images());
    return Losses.crossEntropy(logits, digits.labels(), null, -1, SMOOTHING, Reduction.MEAN);
  }
}
