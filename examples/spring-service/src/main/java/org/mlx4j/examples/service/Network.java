package org.mlx4j.examples.service;

import org.mlx4j.MlxArray;
import org.mlx4j.nn.Activations;
import org.mlx4j.nn.Layer;
import org.mlx4j.nn.Linear;

/** The network that the example train-digits trains. */
record Network(Linear hidden, Linear output) implements Layer {
  private static final int HIDDEN = 256;
  private static final int CLASSES = 10;

  /** A network of the right structure, whose parameters come from the file. */
  static Network random() {
    return new Network(Linear.of(Picture.PIXELS, HIDDEN), Linear.of(HIDDEN, CLASSES));
  }

  /** For each image a row of ten numbers: how strongly it looks like each digit. */
  @Override
  public MlxArray apply(MlxArray images) {
    return output.apply(Activations.relu(hidden.apply(images)));
  }
}
