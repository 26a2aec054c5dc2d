package org.mlx4j.nn;

import java.util.Arrays;
import org.mlx4j.MlxArray;

/** What recurrent layers have in common. */
final class Recurrences {
  private Recurrences() {}

  /** The size of the uniform distribution of first parameters. */
  static double scale(String layer, int inputSize, int hiddenSize) {
    Arguments.positive(layer, "inputSize", inputSize);
    Arguments.positive(layer, "hiddenSize", hiddenSize);
    return 1 / Math.sqrt(hiddenSize);
  }

  /** Multiplies the inputs of all steps by a weight, and returns the products of each step. */
  static MlxArray[] steps(String layer, MlxArray x, MlxArray weight, MlxArray bias) {
    int[] shape = x.shape();
    if (shape.length < 2 || shape[shape.length - 2] == 0) {
      throw Arguments.refused(
          layer,
          "x must have shape (…, steps, inputs) with at least 1 step, got "
              + Arrays.toString(shape));
    }
    MlxArray all = bias == null ? x.matmul(weight.T()) : bias.addmm(x, weight.T());
    return all.unstack(-2);
  }
}
