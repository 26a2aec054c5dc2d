package org.mlx4j.nn;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.mlx4j.MlxArray;
import org.mlx4j.internal.Formula;

/**
 * A bilinear form of two inputs for each output, {@code y[i] = x2 @ weight[i] @ x1 + bias[i]}.
 * Mirrors {@code mlx.nn.Bilinear}.
 *
 * <pre>{@code
 * Bilinear bilinear = Bilinear.of(5, 7, 3);
 * MlxArray y = bilinear.apply(Ops.ones(4, 5), Ops.ones(4, 7)); // shape (4, 3)
 * }</pre>
 *
 * @param weight an array of shape {@code (outputDims, input2Dims, input1Dims)}
 * @param bias a vector of length {@code outputDims}, or null
 */
public record Bilinear(MlxArray weight, @Nullable MlxArray bias) {
  /**
   * Equivalent to {@link #of(int, int, int, boolean) of(input1Dims, input2Dims, outputDims, true)}.
   */
  public static Bilinear of(int input1Dims, int input2Dims, int outputDims) {
    return of(input1Dims, input2Dims, outputDims, true);
  }

  /**
   * Makes a layer whose parameters are drawn uniformly between {@code -1 / sqrt(input1Dims)} and
   * {@code 1 / sqrt(input1Dims)}.
   *
   * @param input1Dims the size of the last axis of the first input
   * @param input2Dims the size of the last axis of the second input
   * @param outputDims the size of the last axis of the output
   * @param bias whether there is a bias
   * @return the layer
   * @throws IllegalArgumentException if a size is not positive
   */
  public static Bilinear of(int input1Dims, int input2Dims, int outputDims, boolean bias) {
    Arguments.positive("Bilinear", "input1Dims", input1Dims);
    Arguments.positive("Bilinear", "input2Dims", input2Dims);
    Arguments.positive("Bilinear", "outputDims", outputDims);
    double scale = Math.sqrt(1.0 / input1Dims);
    MlxArray weight = Arguments.uniform(scale, outputDims, input2Dims, input1Dims);
    return new Bilinear(weight, bias ? Arguments.uniform(scale, outputDims) : null);
  }

  /**
   * Applies the layer.
   *
   * @param x1 an array of shape {@code (…, input1Dims)}
   * @param x2 an array of shape {@code (…, input2Dims)} with the same leading axes
   * @return an array of shape {@code (…, outputDims)}
   * @throws IllegalArgumentException if the shapes do not fit
   */
  public MlxArray apply(MlxArray x1, MlxArray x2) {
    Arguments.notNull("Bilinear", "weight", weight);
    Formula.notNull("Bilinear", "x1", x1);
    Formula.notNull("Bilinear", "x2", x2);
    return Formula.of(
        "Bilinear",
        () -> {
          int[] sizes = weight.shape();
          int[] shape1 = x1.shape();
          int[] shape2 = x2.shape();
          int[] leading = Arrays.copyOf(shape1, Math.max(0, shape1.length - 1));
          boolean fits =
              shape1.length > 0
                  && shape2.length == shape1.length
                  && Arrays.equals(leading, Arrays.copyOf(shape2, shape2.length - 1))
                  && shape1[leading.length] == sizes[2]
                  && shape2[leading.length] == sizes[1];
          if (!fits) {
            throw Arguments.refused(
                "Bilinear",
                "x1 and x2 must have shapes (…, "
                    + sizes[2]
                    + ") and (…, "
                    + sizes[1]
                    + "), got "
                    + Arrays.toString(shape1)
                    + " and "
                    + Arrays.toString(shape2));
          }
          MlxArray matrix = weight.reshape(sizes[0] * sizes[1], sizes[2]);
          MlxArray y = x1.reshape(-1, sizes[2]).matmul(matrix.T());
          y = y.reshape(-1, sizes[0], sizes[1]).swapaxes(-2, -1);
          y = x2.reshape(-1, 1, sizes[1]).matmul(y).squeeze(1);
          int[] shape = shape1.clone();
          shape[leading.length] = sizes[0];
          y = y.reshape(shape);
          return bias == null ? y : y.add(bias);
        });
  }
}
