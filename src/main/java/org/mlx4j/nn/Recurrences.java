package org.mlx4j.nn;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.internal.Formula;

/** What recurrent layers have in common. */
final class Recurrences {
  private Recurrences() {}

  /** The size of the uniform distribution of first parameters. */
  static double scale(String layer, int inputSize, int hiddenSize) {
    Arguments.positive(layer, "inputSize", inputSize);
    Arguments.positive(layer, "hiddenSize", hiddenSize);
    return 1 / Math.sqrt(hiddenSize);
  }

  /** The first weights of several gates, one below another. */
  record Gates(MlxArray wx, MlxArray wh, double scale) {
    MlxArray bias(int size) {
      return Arguments.uniform(scale, size);
    }
  }

  static Gates gates(String layer, int count, int inputSize, int hiddenSize) {
    double scale = scale(layer, inputSize, hiddenSize);
    MlxArray wx = Arguments.uniform(scale, count * hiddenSize, inputSize);
    MlxArray wh = Arguments.uniform(scale, count * hiddenSize, hiddenSize);
    return new Gates(wx, wh, scale);
  }

  /** Checks the weights of a layer, which files may have left out. */
  static void requireWeights(
      String layer, String nameOfWx, MlxArray wx, String nameOfWh, MlxArray wh) {
    Arguments.notNull(layer, nameOfWx, wx);
    Arguments.notNull(layer, nameOfWh, wh);
  }

  /** Computes a hidden state from what comes of an input, and the hidden state before, or null. */
  interface Step {
    MlxArray apply(MlxArray ofInput, @Nullable MlxArray before, MlxArray recurrent);
  }

  /** Computes the hidden states of all steps from parameters that have been checked. */
  static MlxArray states(
      String layer,
      MlxArray x,
      @Nullable MlxArray hidden,
      MlxArray wx,
      @Nullable MlxArray bias,
      MlxArray wh,
      Step step) {
    return Formula.of(
        layer,
        x,
        a -> {
          MlxArray[] steps = steps(layer, a, wx, bias);
          MlxArray recurrent = wh.T();
          @Nullable MlxArray h = hidden;
          for (int t = 0; t < steps.length; t++) {
            h = step.apply(steps[t], h, recurrent);
            steps[t] = h;
          }
          return Ops.stack(steps, -2);
        });
  }

  /** Multiplies the inputs of all steps by a weight, and returns the products of each step. */
  static MlxArray[] steps(String layer, MlxArray x, MlxArray weight, @Nullable MlxArray bias) {
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
