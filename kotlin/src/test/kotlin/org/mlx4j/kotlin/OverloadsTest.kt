package org.mlx4j.kotlin

import java.io.File
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** The families, and single overloads, without a Kotlin function, and why. */
internal val withoutFunction =
    mapOf(
        "MlxArray.of" to "the type of the data decides, and the shape is of variable number",
        "MlxArray.scalar" to "the type of the number decides about the dtype",
        "Batcher.close" to "the shorter one is that of AutoCloseable",
        "Linalg.svd" to "the results are of different types",
        "MlxRandom.split" to "the results are of different types",
        "Transforms.vmap(ValueAndGradFunction f)" to
            "the number of axes is that of the function's arguments",
        "Distributed.init" to "the name says nothing without its class",
        "Distributed.isAvailable" to "the name says nothing without its class",
    )

/** Every Java method with optional parameters has a Kotlin function with default arguments. */
class OverloadsTest {
    private val functions = kotlinFunctions()
    private val families = familiesOfOverloads(File(System.getProperty("mlx4j.sources")))

    @Test
    fun everyFamilyHasAFunctionWithDefaultArguments() {
        val missing =
            families.values
                .flatMap { missing(it) }
                .filter { it.family !in withoutFunction && "$it" !in withoutFunction }
        assertEquals("", missing.joinToString("\n"))
    }

    @Test
    fun everyExceptionIsNeeded() {
        val missing = families.values.flatMap { missing(it) }
        for (name in withoutFunction.keys) {
            assertTrue(missing.any { it.family == name || "$it" == name }, name)
        }
    }

    // A form with a longer one needs a function. So does the fullest form, of which most others are
    // shorter ones; of
    // several such, which differ in types, one is enough.
    private fun missing(family: List<Overload>): List<Overload> {
        val most = family.maxOf { longer -> family.count { it.isShorterThan(longer) } }
        val (shorter, longest) =
            family.partition { overload -> family.any { overload.isShorterThan(it) } }
        val fullest = longest.filter { overload ->
            family.count { it.isShorterThan(overload) } == most
        }
        return shorter.filterNot { stands(it, typed = true) } +
            fullest.takeIf { forms -> forms.none { stands(it, typed = false) } }.orEmpty()
    }

    private fun stands(overload: Overload, typed: Boolean): Boolean =
        functionsFor(overload, functions).any { overload.standIn(it, typed) != null }
}
