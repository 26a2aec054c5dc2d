package org.mlx4j.kotlin.page

import org.mlx4j.*
import org.mlx4j.kotlin.*
import org.mlx4j.nn.*
import org.mlx4j.optimizers.*
import org.mlx4j.tree.*

/** The program of docs/kotlin.md. */
internal object Page {
    @JvmRecord
    data class Line(val slope: MlxArray, val offset: MlxArray) {
        fun at(x: MlxArray) = slope * x + offset
    }

    @Suppress("UNUSED_VARIABLE") // some are there to be read
    fun run() {
        val x = MlxArray.of(1f, 2f, 3f)
        println(2 * x + 1)
        println((x gt 1) and (x lt 3))

        val table = Ops.arange(12).reshape(3, 4)
        println(table[0, 1..3])
        println(table[-1, 3 downTo 0 step 2])
        println(table[table gt 8])
        println(table[null, 0].shape().toList())

        println(table.at(0, 1..2).set(-1)[0])

        val line = Line(slope = MlxArray.scalar(2f), offset = MlxArray.scalar(1f))
        val lossAndGrad = Trees.valueAndGrad { l: Line, y: MlxArray ->
            (l.at(x) - y).square().mean()
        }
        val (loss, gradient) = lossAndGrad.apply(line, MlxArray.of(4f, 6f, 8f))
        println(loss)
        println(gradient)

        val (lowest, highest) = scoped { x.square().let { it.min() to it.max() } }
        println("$lowest $highest")

        println(table.sum(0, 1, keepdims = true))
        val network = Sequential.of(Linear(3, 8, bias = false), Activations::relu, Linear(8, 1))
        val optimizer = AdamW(learningRate = 1e-3, weightDecay = 0.1)
        println(network.apply(normal(5, 3, scale = 0.1)).shape().toList())

        val target = 3 * x - 2
        val sgd = SGD(learningRate = 0.1)
        var fitted = Line(MlxArray.scalar(0f), MlxArray.scalar(0f))
        var state = sgd.init(fitted)
        repeat(300) {
            val (next, nextState) =
                scoped {
                    val (_, g) = lossAndGrad.apply(fitted, target)
                    sgd.update(fitted, g, state)
                }
            fitted = next
            state = nextState
        }
        println("%.2f x + %.2f".format(fitted.slope.itemFloat(), fitted.offset.itemFloat()))

        val bias: MlxArray? = Linear(3, 8, bias = false).bias
        println(bias?.shape()?.toList() ?: "no bias")
    }
}
