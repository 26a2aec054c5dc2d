package org.mlx4j.examples;

import org.mlx4j.MlxArray;
import org.mlx4j.MlxRandom;
import org.mlx4j.Ops;

/** A neural network with one hidden layer: its parameters, and what is computed with them. */
record Network(Linear hidden, Linear output) {
  private static final int HIDDEN = 256;

  /** The share of each label that is spread over all digits: an unsure network errs less. */
  private static final double SMOOTHING = 0.1;

  /** A layer. */
  record Linear(MlxArray weight, MlxArray bias) {
    /** Weights of a size that keeps signals as large from layer to layer, and no biases. */
    static Linear random(int inputs, int outputs, MlxArray key) {
      MlxArray weight = MlxRandom.normal(new int[] {inputs, outputs}, key);
      return new Linear(weight.multiply(Math.sqrt(2.0 / inputs)), Ops.zeros(outputs));
    }

    MlxArray apply(MlxArray x) {
      return x.matmul(weight).add(bias);
    }
  }

  static Network random(MlxArray key) {
    MlxArray[] keys = MlxRandom.split(key);
    return new Network(
        Linear.random(Digits.PIXELS, HIDDEN, keys[0]),
        Linear.random(HIDDEN, Digits.CLASSES, keys[1]));
  }

  /** For each image a row of ten numbers: how strongly it looks like each digit. */
  MlxArray logits(MlxArray images) {
    return output.apply(hidden.apply(images).maximum(0));
  }

  /** The mean cross-entropy between what the network says and the smoothed labels. */
  MlxArray loss(Digits digits) {
    MlxArray logits = logits(digits.images());
    MlxArray ofLabels = logits.takeAlongAxis(digits.labels().expandDims(1), 1).squeeze(1);
    MlxArray target = ofLabels.multiply(1 - SMOOTHING).add(logits.mean(1).multiply(SMOOTHING));
    return logits.logsumexp(1).subtract(target).mean();
  }
}
