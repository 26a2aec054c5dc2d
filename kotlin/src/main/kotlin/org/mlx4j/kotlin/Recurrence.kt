/** Recurrent layers with default arguments: `LSTM(32, 64, bias = false)`. */
package org.mlx4j.kotlin

import org.mlx4j.MlxArray
import org.mlx4j.nn.Activations
import org.mlx4j.nn.GRU
import org.mlx4j.nn.LSTM
import org.mlx4j.nn.Layer
import org.mlx4j.nn.RNN

/** Makes a recurrent layer; see [RNN.of]. */
public fun RNN(
    inputSize: Int,
    hiddenSize: Int,
    bias: Boolean = true,
    nonlinearity: Layer = Layer(Activations::tanh),
): RNN = RNN.of(inputSize, hiddenSize, bias, nonlinearity)

/** Makes a gated recurrent unit; see [GRU.of]. */
public fun GRU(inputSize: Int, hiddenSize: Int, bias: Boolean = true): GRU =
    GRU.of(inputSize, hiddenSize, bias)

/** Makes a layer of long short-term memory; see [LSTM.of]. */
public fun LSTM(inputSize: Int, hiddenSize: Int, bias: Boolean = true): LSTM =
    LSTM.of(inputSize, hiddenSize, bias)

/** Applies a recurrent layer; see [RNN.apply]. */
public fun RNN.apply(x: MlxArray, hidden: MlxArray? = null): MlxArray = apply(x, hidden)

/** Applies a gated recurrent unit; see [GRU.apply]. */
public fun GRU.apply(x: MlxArray, hidden: MlxArray? = null): MlxArray = apply(x, hidden)

/** Applies a layer of long short-term memory; see [LSTM.apply]. */
public fun LSTM.apply(x: MlxArray, hidden: MlxArray? = null, cell: MlxArray? = null): LSTM.State =
    apply(x, hidden, cell)
