package org.mlx4j.kotlin

import java.nio.file.Path
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import org.junit.jupiter.api.io.TempDir
import org.mlx4j.MlxArray
import org.mlx4j.Ops
import org.mlx4j.Transforms
import org.mlx4j.nn.Linear
import org.mlx4j.nn.Nn
import org.mlx4j.tree.Name
import org.mlx4j.tree.NotTrained
import org.mlx4j.tree.Trees
import org.mlx4j.tree.WithAux

/** Transforms with Kotlin's lambdas, and data classes as trees. */
class TreesTest {
    @JvmRecord
    data class Line(val slope: MlxArray, val offset: MlxArray, val name: String = "line") {
        fun at(x: MlxArray): MlxArray = slope * x + offset
    }

    /** Its components may be null, so that it can hold gradients and parts. */
    @JvmRecord
    data class Centered(@NotTrained val mean: MlxArray?, @Name("W") val factor: MlxArray?)

    private val x = MlxArray.of(1f, 2f, 3f)
    private val line = Line(MlxArray.scalar(2f), MlxArray.scalar(1f))

    @Test
    fun functionsOfArraysAreTransformed() {
        Transforms.grad { a -> (a * a).sum() }.use { assertValues(it.apply(x), 2, 4, 6) }
        Transforms.vmap { a -> a * a.sum() }
            .use { assertValues(it.apply(Ops.ones(2, 3)), 3, 3, 3, 3, 3, 3) }
        Transforms.compile { a, b -> a * b + 1 }.use { assertValues(it.apply(x, x), 2, 5, 10) }
        Transforms.checkpoint { a -> a.exp() - 1 }
            .use { assertValues(it.apply(Ops.zeros(2)), 0, 0) }
        Transforms.valueAndGrad { a -> (3 * a).sum() }.use { assertValues(it.apply(x).value, 18) }
        assertValues(Transforms.vjp({ a -> a * a }, x, Ops.ones(3)).vjps[0], 2, 4, 6)
        assertValues(Transforms.jvp({ a -> a * a }, x, x).jvps[0], 2, 8, 18)
    }

    @Test
    fun gradientsOfDataClasses() {
        Trees.grad { l: Line, a: MlxArray -> l.at(a).sum() }
            .use { grad ->
                val gradient = grad.apply(line, x)
                assertValues(gradient.slope, 6)
                assertValues(gradient.offset, 3)
                assertEquals("line", gradient.name)
            }
    }

    @Test
    fun resultsAreDestructured() {
        Trees.valueAndGrad { l: Line -> l.at(x).sum() }
            .use {
                val (value, gradient) = it.apply(line)
                assertValues(value, 15)
                assertValues(gradient.slope, 6)
            }
        Trees.valueAndGradWithAux { l: Line -> l.at(x).let { y -> WithAux(y.sum(), y) } }
            .use {
                val (value, y, gradient) = it.apply(line)
                assertValues(value, 15)
                assertValues(y, 3, 5, 7)
                assertValues(gradient.offset, 3)
            }
    }

    @Test
    fun dataClassesAreCompiledMappedAndVectorized() {
        Trees.compile { l: Line -> l.copy(slope = l.slope * 2) }
            .use { assertValues(it.apply(line).slope, 4) }
        Trees.vmap { l: Line -> l.at(x) }
            .use {
                val y = it.apply(Line(MlxArray.of(1f, 2f), MlxArray.of(0f, 10f)))
                assertValues(y, 1, 2, 3, 12, 14, 16)
            }
        assertValues(Trees.map(line) { a -> a + 1 }.offset, 2)
        assertEquals(listOf("slope", "offset"), Trees.flattenWithPaths(line).keys.toList())
        assertEquals(2L, Trees.reduce(line, 0L) { n, a -> n + a.size() })
    }

    @Test
    fun annotationsOfComponentsAreThoseOfTheField() {
        val model = Centered(Ops.ones(3), 2 * Ops.ones(3))
        assertEquals(setOf("mean", "W"), Trees.flattenWithPaths(model).keys)
        Nn.valueAndGrad { m: Centered -> (m.mean!! * m.factor!!).sum() }
            .use {
                val (loss, gradient) = it.apply(model)
                assertValues(loss, 6)
                assertNull(gradient.mean)
                assertValues(gradient.factor!!, 1, 1, 1)
                val (next, state) =
                    SGD(learningRate = 0.5).let { sgd ->
                        sgd.update(model, gradient, sgd.init(model))
                    }
                assertSame(model.mean, next.mean)
                assertValues(next.factor!!, 1.5, 1.5, 1.5)
                assertValues(state.step, 1)
            }
    }

    @Test
    fun partsNeedComponentsThatMayBeNull() {
        val model = Centered(Ops.ones(3), Ops.zeros(3))
        val (selected, rest) = Trees.partition(model) { path, _ -> path == "W" }
        assertNull(selected.mean)
        assertNull(rest.factor)
        assertSame(model.factor, Trees.combine(selected, rest).factor)
        val e =
            assertThrows<NullPointerException> {
                Trees.partition(line) { path, _ -> path == "slope" }
            }
        assertTrue(e.message!!.endsWith("parameter offset"), e.message) // Kotlin's own words
    }

    @Test
    fun dataClassesAreSavedAndLoaded(@TempDir folder: Path) {
        val file = folder.resolve("line.safetensors")
        Trees.save(file, line)
        val loaded = Trees.load(file, Line(Ops.zeros(), Ops.zeros(), "other"))
        assertValues(loaded.slope, 2)
        assertEquals("other", loaded.name)
    }

    private inline fun <reified T> isNullable(@Suppress("unused") x: T) = null is T

    /** Null as the compiler sees it. */
    @Test
    fun theCompilerKnowsWhereNullIsAllowed() {
        val linear = Linear.of(2, 3, false)
        assertTrue(isNullable(linear.bias))
        assertFalse(isNullable(linear.weight))
        assertTrue(isNullable(SGD(0.1, momentum = 0.9).init(linear).slots[0]))
        assertFalse(isNullable(scoped { linear.weight + 1 }))
        assertTrue(isNullable(scoped { linear.bias?.negative() }))
        assertTrue(isNullable(Trees.map(linear.bias) { it + 1 }))
    }
}
