/** Linear layers, normalization and others with default arguments: `LayerNorm(512, eps = 1e-6)`. */
package org.mlx4j.kotlin

import java.util.function.Predicate
import org.mlx4j.DType
import org.mlx4j.MlxArray
import org.mlx4j.Ops
import org.mlx4j.nn.BatchNorm
import org.mlx4j.nn.Bilinear
import org.mlx4j.nn.Dropout
import org.mlx4j.nn.Dropout2d
import org.mlx4j.nn.Dropout3d
import org.mlx4j.nn.GroupNorm
import org.mlx4j.nn.InstanceNorm
import org.mlx4j.nn.LayerNorm
import org.mlx4j.nn.Linear
import org.mlx4j.nn.Nn
import org.mlx4j.nn.PReLU
import org.mlx4j.nn.RMSNorm
import org.mlx4j.nn.RandomLayer
import org.mlx4j.nn.Upsample

/** Makes a layer that multiplies by a matrix; see [Linear.of]. */
public fun Linear(inputDims: Int, outputDims: Int, bias: Boolean = true): Linear =
    Linear.of(inputDims, outputDims, bias)

/** Makes a layer that multiplies two inputs; see [Bilinear.of]. */
public fun Bilinear(
    input1Dims: Int,
    input2Dims: Int,
    outputDims: Int,
    bias: Boolean = true,
): Bilinear = Bilinear.of(input1Dims, input2Dims, outputDims, bias)

/** Makes a layer of batch normalization; see [BatchNorm.of]. */
public fun BatchNorm(
    numFeatures: Int,
    eps: Double = 1e-5,
    momentum: Double = 0.1,
    affine: Boolean = true,
    trackRunningStats: Boolean = true,
): BatchNorm = BatchNorm.of(numFeatures, eps, momentum, affine, trackRunningStats)

/** Makes a layer of layer normalization; see [LayerNorm.of]. */
public fun LayerNorm(
    dims: Int,
    eps: Double = 1e-5,
    affine: Boolean = true,
    bias: Boolean = true,
): LayerNorm = LayerNorm.of(dims, eps, affine, bias)

/** Makes a layer of root mean square normalization; see [RMSNorm.of]. */
public fun RMSNorm(dims: Int, eps: Double = 1e-5): RMSNorm = RMSNorm.of(dims, eps)

/** Makes a layer of group normalization; see [GroupNorm.of]. */
public fun GroupNorm(
    numGroups: Int,
    dims: Int,
    eps: Double = 1e-5,
    affine: Boolean = true,
    pytorchCompatible: Boolean = false,
): GroupNorm = GroupNorm.of(numGroups, dims, eps, affine, pytorchCompatible)

/** Makes a layer of instance normalization; see [InstanceNorm.of]. */
public fun InstanceNorm(dims: Int, eps: Double = 1e-5, affine: Boolean = false): InstanceNorm =
    InstanceNorm.of(dims, eps, affine)

/** Makes a layer that replaces elements by 0; see [Dropout.of]. */
public fun Dropout(p: Double = 0.5): Dropout = Dropout.of(p)

/** Makes a layer that replaces channels of images by 0; see [Dropout2d.of]. */
public fun Dropout2d(p: Double = 0.5): Dropout2d = Dropout2d.of(p)

/** Makes a layer that replaces channels of volumes by 0; see [Dropout3d.of]. */
public fun Dropout3d(p: Double = 0.5): Dropout3d = Dropout3d.of(p)

/** Makes a layer with trained slopes of negative elements; see [PReLU.of]. */
public fun PReLU(numParameters: Int = 1, init: Double = 0.25): PReLU = PReLU.of(numParameters, init)

/** Makes a layer that enlarges the spatial axes; see [Upsample.of]. */
public fun Upsample(
    scaleFactor: Double,
    mode: Upsample.Mode = Upsample.Mode.NEAREST,
    alignCorners: Boolean = false,
    antialias: Boolean = false,
): Upsample = Upsample.of(scaleFactor, mode, alignCorners, antialias)

/** Makes a layer that enlarges each spatial axis by a factor; see [Upsample.of]. */
public fun Upsample(
    scaleFactor: DoubleArray,
    mode: Upsample.Mode = Upsample.Mode.NEAREST,
    alignCorners: Boolean = false,
    antialias: Boolean = false,
): Upsample = Upsample.of(scaleFactor, mode, alignCorners, antialias)

/** Applies a layer that draws random numbers; see [RandomLayer.apply]. */
public fun RandomLayer.apply(x: MlxArray, key: MlxArray? = null): MlxArray = apply(x, key)

/** Converts the parameters of a model to another dtype; see [Nn.setDtype]. */
public fun <M> setDtype(
    model: M,
    dtype: DType,
    predicate: Predicate<DType> = Predicate { Ops.issubdtype(it, DType.Category.FLOATING) },
): M = Nn.setDtype(model, dtype, predicate)
