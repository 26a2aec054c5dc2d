package org.example

import org.mlx4j.{MlxArray, Scope}
import org.mlx4j.Transforms.{grad, vmap}
import scala.util.Using

given Using.Releasable[Scope] = _.close()

extension (x: MlxArray)
  def +(y: MlxArray): MlxArray = x.add(y)
  def *(factor: Float): MlxArray = x.multiply(factor)

@main def consumer(): Unit =
  Using.resource(Scope.open()) { _ =>
    val derivative = grad((x: MlxArray) => x.square().sum())
    println(derivative.apply(MlxArray.of(1f, 2f, 3f)))
    val affine = vmap((x: MlxArray, y: MlxArray) => x * 2f + y)
    println(affine.apply(MlxArray.of(1f, 2f), MlxArray.of(3f, 4f)))
  }
