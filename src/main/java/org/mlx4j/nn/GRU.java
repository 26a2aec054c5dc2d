package org.mlx4j.nn;

import org.jspecify.annotations.Nullable;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.tree.Name;

/**
 * A recurrent layer with gated units. Mirrors {@code mlx.nn.GRU}.
 *
 * <pre>
 * r[t] = sigmoid(wxr @ x[t] + whr @ h[t - 1] + br)
 * z[t] = sigmoid(wxz @ x[t] + whz @ h[t - 1] + bz)
 * n[t] = tanh(wxn @ x[t] + bn + r[t] * (whn @ h[t - 1] + bhn))
 * h[t] = (1 - z[t]) * n[t] + z[t] * h[t - 1]
 * </pre>
 *
 * <pre>{@code
 * GRU gru = GRU.of(8, 16);
 * MlxArray h = gru.apply(Ops.ones(2, 10, 8));              // shape (2, 10, 16)
 * }</pre>
 *
 * @param wx the matrices for inputs, {@code wxr}, {@code wxz} and {@code wxn} one below another, of
 *     shape {@code (3 * hiddenSize, inputSize)}
 * @param wh the matrices for hidden states, {@code whr}, {@code whz} and {@code whn} one below
 *     another, of shape {@code (3 * hiddenSize, hiddenSize)}
 * @param b the biases {@code br}, {@code bz} and {@code bn}, a vector of length {@code 3 *
 *     hiddenSize}; or null
 * @param bhn the bias of the hidden state, a vector of length {@code hiddenSize}; or null
 */
public record GRU(
    @Name("Wx") MlxArray wx, @Name("Wh") MlxArray wh, @Nullable MlxArray b, @Nullable MlxArray bhn)
    implements Layer {
  /** Equivalent to {@link #of(int, int, boolean) of(inputSize, hiddenSize, true)}. */
  public static GRU of(int inputSize, int hiddenSize) {
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
  public static GRU of(int inputSize, int hiddenSize, boolean bias) {
    Recurrences.Gates gates = Recurrences.gates("GRU", 3, inputSize, hiddenSize);
    MlxArray b = bias ? gates.bias(3 * hiddenSize) : null;
    return new GRU(gates.wx(), gates.wh(), b, bias ? gates.bias(hiddenSize) : null);
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
    Recurrences.requireWeights("GRU", "wx", wx, "wh", wh);
    return Recurrences.states("GRU", x, hidden, wx, b, wh, this::step);
  }

  private MlxArray step(MlxArray ofInput, @Nullable MlxArray h, MlxArray recurrent) {
    int[] beforeN = {ofInput.dim(-1) / 3 * 2};
    MlxArray[] gates = ofInput.split(beforeN, -1);
    MlxArray ofN = bhn;
    if (h != null) {
      MlxArray[] ofHidden = h.matmul(recurrent).split(beforeN, -1);
      gates[0] = gates[0].add(ofHidden[0]);
      ofN = bhn == null ? ofHidden[1] : ofHidden[1].add(bhn);
    }
    MlxArray[] rz = gates[0].sigmoid().split(2, -1);
    MlxArray n = (ofN == null ? gates[1] : gates[1].add(rz[0].multiply(ofN))).tanh();
    MlxArray next = Ops.subtract(1L, rz[1]).multiply(n);
    return h == null ? next : next.add(rz[1].multiply(h));
  }
}
