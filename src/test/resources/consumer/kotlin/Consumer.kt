package org.example

import org.mlx4j.MlxArray
import org.mlx4j.Scope
import org.mlx4j.Transforms.grad
import org.mlx4j.Transforms.vmap

operator fun MlxArray.plus(other: MlxArray): MlxArray = add(other)

operator fun MlxArray.times(factor: Double): MlxArray = multiply(factor)

fun main() {
    Scope.open().use {
        val derivative = grad { x -> x.square().sum() }
        println(derivative.apply(MlxArray.of(1f, 2f, 3f)))
        val affine = vmap { x, y -> x * 2.0 + y }
        println(affine.apply(MlxArray.of(1f, 2f), MlxArray.of(3f, 4f)))
    }
}
