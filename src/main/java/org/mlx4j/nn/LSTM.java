package org.mlx4j.nn;

import org.jspecify.annotations.Nullable;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.internal.Formula;
import org.mlx4j.tree.Name;

/**
 * A recurrent layer with long short-term memory. Mirrors {@code mlx.nn.LSTM}.
 *
 * <pre>
 * i[t] = sigmoid(wxi @ x[t] + whi @ h[t - 1] + bi)
 * f[t] = sigmoid(wxf @ x[t] + whf @ h[t - 1] + bf)
 * g[t] = tanh(wxg @ x[t] + whg @ h[t - 1] + bg)
 * o[t] = sigmoid(wxo @ x[t] + who @ h[t - 1] + bo)
 * c[t] = f[t] * c[t - 1] + i[t] * g[t]
 * h[t] = o[t] * tanh(c[t])
 * </pre>
 *
 * <pre>{@code
 * LSTM lstm = LSTM.of(8, 16);
 * LSTM.State state = lstm.apply(Ops.ones(2, 10, 8));
 * MlxArray h = state.hidden();                             // shape (2, 10, 16)
 * LSTM.State next = lstm.apply(Ops.ones(2, 10, 8), state.last());
 * }</pre>
 *
 * @param wx the matrices for inputs, those of {@code i}, {@code f}, {@code g} and {@code o} one
 *     below another, of shape {@code (4 * hiddenSize, inputSize)}
 * @param wh the matrices for hidden states, in the same order, of shape {@code (4 * hiddenSize,
 *     hiddenSize)}
 * @param bias the biases in the same order, a vector of length {@code 4 * hiddenSize}; or null
 */
public record LSTM(@Name("Wx") MlxArray wx, @Name("Wh") MlxArray wh, @Nullable MlxArray bias) {
  /**
   * Hidden states and cell states: of every step, as the layer returns them, or of one step, from
   * which it goes on.
   *
   * <pre>{@code
   * LSTM.State states = LSTM.of(8, 16).apply(Ops.ones(10, 8));
   * LSTM.State last = states.last();                       // two arrays of shape (16)
   * }</pre>
   *
   * @param hidden the hidden states
   * @param cell the cell states
   */
  public record State(MlxArray hidden, MlxArray cell) {
    /**
     * Returns the states of the last step.
     *
     * @return the states, without the axis of steps
     */
    public State last() {
      return new State(hidden.take(-1, -2), cell.take(-1, -2));
    }
  }

  /** Equivalent to {@link #of(int, int, boolean) of(inputSize, hiddenSize, true)}. */
  public static LSTM of(int inputSize, int hiddenSize) {
    return of(inputSize, hiddenSize, true);
  }

  /**
   * Makes a layer whose parameters are drawn uniformly between {@code -1 / sqrt(hiddenSize)} and
   * {@code 1 / sqrt(hiddenSize)}.
   *
   * @param inputSize the size of the last axis of the input
   * @param hiddenSize the size of the last axis of the output
   * @param bias whether there are biases
   * @return the layer
   * @throws IllegalArgumentException if a size is not positive
   */
  public static LSTM of(int inputSize, int hiddenSize, boolean bias) {
    Recurrences.Gates gates = Recurrences.gates("LSTM", 4, inputSize, hiddenSize);
    return new LSTM(gates.wx(), gates.wh(), bias ? gates.bias(4 * hiddenSize) : null);
  }

  /** Equivalent to {@link #apply(MlxArray, MlxArray, MlxArray) apply(x, null, null)}. */
  public State apply(MlxArray x) {
    return apply(x, null, null);
  }

  /**
   * Equivalent to {@link #apply(MlxArray, MlxArray, MlxArray) apply(x, before.hidden(),
   * before.cell())}.
   */
  public State apply(MlxArray x, State before) {
    Arguments.notNull("LSTM", "before", before);
    return apply(x, before.hidden(), before.cell());
  }

  /**
   * Applies the layer to a sequence.
   *
   * @param x an array of shape {@code (N, steps, inputSize)} or {@code (steps, inputSize)}
   * @param hidden the hidden state before the first step, of shape {@code (N, hiddenSize)} or
   *     {@code (hiddenSize)}; null for zeros
   * @param cell the cell state before the first step, of the same shape; null for zeros
   * @return the states of all steps, two arrays of shape {@code (N, steps, hiddenSize)} or {@code
   *     (steps, hiddenSize)}
   * @throws IllegalArgumentException if the shapes do not fit, or there is no step
   */
  public State apply(MlxArray x, @Nullable MlxArray hidden, @Nullable MlxArray cell) {
    Recurrences.requireWeights("LSTM", "wx", wx, "wh", wh);
    Arguments.notNull("LSTM", "x", x);
    return Formula.tree(
        "LSTM",
        () -> {
          MlxArray[] hiddens = Recurrences.steps("LSTM", x, wx, bias);
          MlxArray[] cells = new MlxArray[hiddens.length];
          MlxArray recurrent = wh.T();
          MlxArray h = hidden;
          MlxArray c = cell;
          for (int t = 0; t < hiddens.length; t++) {
            MlxArray ifgo = h == null ? hiddens[t] : hiddens[t].addmm(h, recurrent);
            MlxArray[] gates = ifgo.split(4, -1);
            MlxArray added = gates[0].sigmoid().multiply(gates[2].tanh());
            c = c == null ? added : gates[1].sigmoid().multiply(c).add(added);
            h = gates[3].sigmoid().multiply(c.tanh());
            hiddens[t] = h;
            cells[t] = c;
          }
          return new State(Ops.stack(hiddens, -2), Ops.stack(cells, -2));
        });
  }
}
