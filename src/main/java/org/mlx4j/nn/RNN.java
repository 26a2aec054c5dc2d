package org.mlx4j.nn;

import org.jspecify.annotations.Nullable;
import org.mlx4j.MlxArray;
import org.mlx4j.tree.Name;

/**
 * An Elman recurrent layer. Mirrors {@code mlx.nn.RNN}.
 *
 * <pre>
 * h[t] = nonlinearity(wxh @ x[t] + whh @ h[t - 1] + bias)
 * </pre>
 *
 * <pre>{@code
 * RNN rnn = RNN.of(8, 16);
 * MlxArray h = rnn.apply(Ops.ones(2, 10, 8));              // shape (2, 10, 16)
 * MlxArray last = h.take(-1, 1);
 * MlxArray next = rnn.apply(Ops.ones(2, 10, 8), last);
 * }</pre>
 *
 * @param nonlinearity the function of each step
 * @param wxh the matrix for inputs, of shape {@code (hiddenSize, inputSize)}
 * @param whh the matrix for hidden states, of shape {@code (hiddenSize, hiddenSize)}
 * @param bias a vector of length {@code hiddenSize}, or null
 */
public record RNN(
    Layer nonlinearity,
    @Name("Wxh") MlxArray wxh,
    @Name("Whh") MlxArray whh,
    @Nullable MlxArray bias)
    implements Layer {
  private static final Layer TANH = Activations::tanh;

  /** Equivalent to {@link #of(int, int, boolean) of(inputSize, hiddenSize, true)}. */
  public static RNN of(int inputSize, int hiddenSize) {
    return of(inputSize, hiddenSize, true);
  }

  /**
   * Equivalent to {@link #of(int, int, boolean, Layer) of(inputSize, hiddenSize, bias,
   * Activations::tanh)}.
   */
  public static RNN of(int inputSize, int hiddenSize, boolean bias) {
    return of(inputSize, hiddenSize, bias, TANH);
  }

  /**
   * Makes a layer whose parameters are drawn uniformly between {@code -1 / sqrt(hiddenSize)} and
   * {@code 1 / sqrt(hiddenSize)}.
   *
   * @param inputSize the size of the last axis of the input
   * @param hiddenSize the size of the last axis of the output
   * @param bias whether there is a bias
   * @param nonlinearity the function of each step
   * @return the layer
   * @throws IllegalArgumentException if a size is not positive
   * @throws NullPointerException if {@code nonlinearity} is null
   */
  public static RNN of(int inputSize, int hiddenSize, boolean bias, Layer nonlinearity) {
    double scale = Recurrences.scale("RNN", inputSize, hiddenSize);
    Arguments.notNull("RNN", "nonlinearity", nonlinearity);
    MlxArray wxh = Arguments.uniform(scale, hiddenSize, inputSize);
    MlxArray whh = Arguments.uniform(scale, hiddenSize, hiddenSize);
    return new RNN(nonlinearity, wxh, whh, bias ? Arguments.uniform(scale, hiddenSize) : null);
  }

  /** Equivalent to {@link #apply(MlxArray, MlxArray) apply(x, null)}. */
  @Override
  public MlxArray apply(MlxArray x) {
    return apply(x, null);
  }

  /**
   * Applies the layer to a sequence.
   *
   * @param x an array of shape {@code (N, steps, inputSize)} or {@code (steps, inputSize)}
   * @param hidden the hidden state before the first step, of shape {@code (N, hiddenSize)} or
   *     {@code (hiddenSize)}; null for zeros
   * @return the hidden states of all steps, of shape {@code (N, steps, hiddenSize)} or {@code
   *     (steps, hiddenSize)}
   * @throws IllegalArgumentException if the shapes do not fit, or there is no step
   */
  public MlxArray apply(MlxArray x, @Nullable MlxArray hidden) {
    Arguments.notNull("RNN", "nonlinearity", nonlinearity);
    Recurrences.requireWeights("RNN", "wxh", wxh, "whh", whh);
    return Recurrences.states(
        "RNN",
        x,
        hidden,
        wxh,
        bias,
        whh,
        (ofInput, h, recurrent) ->
            nonlinearity.apply(h == null ? ofInput : ofInput.addmm(h, recurrent)));
  }
}
