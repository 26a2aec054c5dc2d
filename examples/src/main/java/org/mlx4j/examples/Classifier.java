package org.mlx4j.examples;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.mlx4j.Io;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.Random;
import org.mlx4j.Scope;
import org.mlx4j.TransformedFunction;
import org.mlx4j.Transforms;

/**
 * Says which digit an image shows: a neural network with one hidden layer.
 *
 * <p>Once made it does not change, so any number of threads may share it. It lives as long as the
 * scope in which its parameters and it itself were made.
 */
final class Classifier {
  private static final int HIDDEN = 256;

  /** The share of each label that is spread over all digits: an unsure network errs less. */
  private static final double SMOOTHING = 0.1;

  /** The parameters in the order in which all methods take them. */
  private static final String[] NAMES = {
    "hidden.weight", "hidden.bias", "output.weight", "output.bias"
  };

  static final int PARAMETERS = NAMES.length;

  private final MlxArray[] parameters;
  private final TransformedFunction probabilities;

  Classifier(MlxArray... parameters) {
    this.parameters = parameters.clone();
    this.probabilities = Transforms.compile(images -> logits(images, this.parameters).softmax(1));
  }

  /** Random weights, of a size that keeps signals as large from layer to layer, and no biases. */
  static MlxArray[] randomParameters(MlxArray key) {
    MlxArray[] keys = Random.split(key);
    return new MlxArray[] {
      Random.normal(new int[] {Digits.PIXELS, HIDDEN}, keys[0])
          .multiply(Math.sqrt(2.0 / Digits.PIXELS)),
      Ops.zeros(HIDDEN),
      Random.normal(new int[] {HIDDEN, Digits.CLASSES}, keys[1]).multiply(Math.sqrt(2.0 / HIDDEN)),
      Ops.zeros(Digits.CLASSES)
    };
  }

  /** For each image a row of ten numbers: how strongly it looks like each digit. */
  static MlxArray logits(MlxArray images, MlxArray... parameters) {
    MlxArray hidden = images.matmul(parameters[0]).add(parameters[1]).maximum(0);
    return hidden.matmul(parameters[2]).add(parameters[3]);
  }

  /** The mean cross-entropy between what the network says and the smoothed labels. */
  static MlxArray loss(Digits digits, MlxArray... parameters) {
    MlxArray logits = logits(digits.images(), parameters);
    MlxArray ofLabels = logits.takeAlongAxis(digits.labels().expandDims(1), 1).squeeze(1);
    MlxArray target = ofLabels.multiply(1 - SMOOTHING).add(logits.mean(1).multiply(SMOOTHING));
    return logits.logsumexp(1).subtract(target).mean();
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

  /** The share of the digits that are recognised. */
  double accuracy(Digits digits) {
    int[] predicted = predict(digits.images());
    return digits.labels().equal(MlxArray.of(predicted)).mean().itemDouble();
  }

  void save(Path file) {
    Map<String, MlxArray> named = new TreeMap<>();
    for (int i = 0; i < NAMES.length; i++) {
      named.put(NAMES[i], parameters[i]);
    }
    Io.saveSafetensors(file, named);
  }

  static Classifier load(Path file) {
    Map<String, MlxArray> named = Io.loadSafetensors(file);
    return new Classifier(Arrays.stream(NAMES).map(named::get).toArray(MlxArray[]::new));
  }
}
