/** Communication between processes, and layers over several processes, with default arguments. */
package org.mlx4j.kotlin

import org.mlx4j.DType
import org.mlx4j.Distributed
import org.mlx4j.MlxArray
import org.mlx4j.MlxStream
import org.mlx4j.QuantizationMode
import org.mlx4j.nn.AllToShardedLinear
import org.mlx4j.nn.FullyShardedModule
import org.mlx4j.nn.Layer
import org.mlx4j.nn.Nn
import org.mlx4j.nn.QuantizedAllToShardedLinear
import org.mlx4j.nn.QuantizedShardedToAllLinear
import org.mlx4j.nn.ShardedToAllLinear
import org.mlx4j.nn.Sharding

/** Adds the arrays of all processes; see [Distributed.allSum]. */
public fun allSum(x: MlxArray, group: Distributed.Group? = null): MlxArray =
    Distributed.allSum(x, group)

/** Returns the maxima of the arrays of all processes; see [Distributed.allMax]. */
public fun allMax(x: MlxArray, group: Distributed.Group? = null): MlxArray =
    Distributed.allMax(x, group)

/** Returns the minima of the arrays of all processes; see [Distributed.allMin]. */
public fun allMin(x: MlxArray, group: Distributed.Group? = null): MlxArray =
    Distributed.allMin(x, group)

/** Joins the arrays of all processes; see [Distributed.allGather]. */
public fun allGather(x: MlxArray, group: Distributed.Group? = null): MlxArray =
    Distributed.allGather(x, group)

/** Adds the arrays of all processes and returns a part for each; see [Distributed.sumScatter]. */
public fun sumScatter(x: MlxArray, group: Distributed.Group? = null): MlxArray =
    Distributed.sumScatter(x, group)

/** Sends an array to a process; see [Distributed.send]. */
public fun send(x: MlxArray, dst: Int, group: Distributed.Group? = null): MlxArray =
    Distributed.send(x, dst, group)

/** Receives an array from a process; see [Distributed.recv]. */
public fun recv(
    shape: IntArray,
    dtype: DType,
    src: Int,
    group: Distributed.Group? = null,
): MlxArray = Distributed.recv(shape, dtype, src, group)

/** Receives an array like another from a process; see [Distributed.recvLike]. */
public fun recvLike(x: MlxArray, src: Int, group: Distributed.Group? = null): MlxArray =
    Distributed.recvLike(x, src, group)

/** Averages gradients over processes; see [Nn.averageGradients]. */
public fun <P> averageGradients(
    gradients: P,
    group: Distributed.Group = Distributed.init(),
    allReduceSize: Int = 32 * 1024 * 1024,
    communicationStream: MlxStream? = null,
): P = Nn.averageGradients(gradients, group, allReduceSize, communicationStream)

/** Divides a linear layer among processes; see [Nn.shardLinear]. */
public fun shardLinear(
    layer: Layer,
    sharding: Sharding,
    segments: Int = 1,
    group: Distributed.Group = Distributed.init(),
): Layer = Nn.shardLinear(layer, sharding, segments, group)

/** Divides the parameters of a layer among processes; see [Nn.fullyShard]. */
public fun fullyShard(
    module: Layer,
    group: Distributed.Group = Distributed.init(),
    computeDtype: DType? = null,
): Layer = Nn.fullyShard(module, group, computeDtype)

/**
 * Divides the parameters of a model among all processes, or those of a group; see
 * [FullyShardedModule.of].
 */
public fun <M : Any> FullyShardedModule(
    module: M,
    group: Distributed.Group? =
        null, // can be null so that Kotlin prefers the constructor where both could be meant
    computeDtype: DType? = null,
): FullyShardedModule<M> = FullyShardedModule.of(module, group ?: Distributed.init(), computeDtype)

/** Makes a linear layer whose output is divided among processes; see [AllToShardedLinear.of]. */
public fun AllToShardedLinear(
    inputDims: Int,
    outputDims: Int,
    bias: Boolean = true,
    group: Distributed.Group = Distributed.init(),
): AllToShardedLinear = AllToShardedLinear.of(inputDims, outputDims, bias, group)

/**
 * Makes a quantized linear layer whose output is divided among processes; see
 * [QuantizedAllToShardedLinear.of].
 */
public fun QuantizedAllToShardedLinear(
    inputDims: Int,
    outputDims: Int,
    bias: Boolean = true,
    groupSize: Int? = 64,
    bits: Int? = 4,
    mode: QuantizationMode = QuantizationMode.AFFINE,
    group: Distributed.Group = Distributed.init(),
): QuantizedAllToShardedLinear =
    QuantizedAllToShardedLinear.of(inputDims, outputDims, bias, groupSize, bits, mode, group)

/** Makes a linear layer whose input is divided among processes; see [ShardedToAllLinear.of]. */
public fun ShardedToAllLinear(
    inputDims: Int,
    outputDims: Int,
    bias: Boolean = true,
    group: Distributed.Group = Distributed.init(),
): ShardedToAllLinear = ShardedToAllLinear.of(inputDims, outputDims, bias, group)

/**
 * Makes a quantized linear layer whose input is divided among processes; see
 * [QuantizedShardedToAllLinear.of].
 */
public fun QuantizedShardedToAllLinear(
    inputDims: Int,
    outputDims: Int,
    bias: Boolean = true,
    groupSize: Int? = 64,
    bits: Int? = 4,
    mode: QuantizationMode = QuantizationMode.AFFINE,
    group: Distributed.Group = Distributed.init(),
): QuantizedShardedToAllLinear =
    QuantizedShardedToAllLinear.of(inputDims, outputDims, bias, groupSize, bits, mode, group)

/** Divides a group by colors; see [Distributed.Group.split]. */
public fun Distributed.Group.split(color: Int, key: Int = -1): Distributed.Group = split(color, key)
