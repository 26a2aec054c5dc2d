package org.mlx4j.kotlin

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import org.mlx4j.MlxArray

class ScopesTest {
    @JvmRecord data class Moments(val mean: MlxArray, val std: MlxArray)

    private class Opaque(val array: MlxArray)

    private val x = MlxArray.of(1f, 2f, 3f, 6f)

    @Test
    fun theValueSurvivesAndTheRestIsFreed() {
        lateinit var centered: MlxArray
        val variance = scoped {
            centered = x - x.mean()
            (centered * centered).mean()
        }
        assertValues(variance, 3.5)
        assertTrue(centered.isClosed)
        assertFalse(x.isClosed)
    }

    @Test
    fun recordsPairsAndTriplesAreKept() {
        val moments = scoped { Moments(x.mean(), x.std()) }
        assertValues(moments.mean, 3)
        val (a, b) = scoped { x.min() to listOf(x.max()) }
        assertValues(a, 1)
        assertValues(b[0], 6)
        val (c, d, e) = scoped { Triple(x.sum(), "sum", x.prod() to null) }
        assertValues(c, 12)
        assertEquals("sum", d)
        assertValues(e.first, 36)
    }

    @Test
    fun aScopeMayHaveNoArrayAsItsValue() {
        assertNull(scoped { null })
        assertEquals(12f, scoped { x.sum().itemFloat() })
    }

    @Test fun whatOtherObjectsHoldIsFreed() = assertTrue(scoped { Opaque(x + 1) }.array.isClosed)

    @Test
    fun anExceptionFreesAll() {
        lateinit var y: MlxArray
        assertThrows<IllegalStateException> {
            scoped {
                y = x + 1
                error("mine")
            }
        }
        assertTrue(y.isClosed)
    }
}
