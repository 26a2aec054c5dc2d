package org.mlx4j.kotlin

import java.math.BigInteger
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import org.mlx4j.DType
import org.mlx4j.MlxArray

class OperatorsTest {
    private val x = MlxArray.of(1f, 2f, 5f)
    private val y = MlxArray.of(2f, 2f, -3f)

    @Test
    fun arraysAreCombinedElementByElement() {
        assertValues(x + y, 3, 4, 2)
        assertValues(x - y, -1, 0, 8)
        assertValues(x * y, 2, 4, -15)
        assertValues(x / y, 0.5, 1, -5.0 / 3)
        assertValues(x % y, 1, 0, -1) // the sign of the divisor
        assertValues(-x, -1, -2, -5)
    }

    @Test
    fun numbersStandOnBothSides() {
        assertValues(x + 1, 2, 3, 6)
        assertValues(1 + x, 2, 3, 6)
        assertValues(x - 0.5, 0.5, 1.5, 4.5)
        assertValues(10 - x, 9, 8, 5)
        assertValues(x * 2f, 2, 4, 10)
        assertValues(2.5 * x, 2.5, 5, 12.5)
        assertValues(x / 2L, 0.5, 1, 2.5)
        assertValues(10.0 / x, 10, 5, 2)
        assertValues(x % 2, 1, 0, 1)
        assertValues(7 % x, 0, 1, 2)
        assertValues(2 * x + 3 * y - 1, 7, 9, 0)
    }

    @Test
    fun numbersTakeTheDtypeOfTheArrayThatCanHoldThem() {
        val ints = MlxArray.of(7, 8)
        assertEquals(DType.INT32, (ints + 1).dtype())
        assertEquals(DType.INT32, (3.toShort() * ints).dtype())
        assertEquals(DType.FLOAT32, (ints * 0.5).dtype())
        assertValues(ints / 2, 3.5, 4)
        assertEquals(DType.FLOAT16, (x.astype(DType.FLOAT16) * 2.0).dtype())
    }

    @Test
    fun comparisonsHaveNames() {
        assertBools(x eq y, false, true, false)
        assertBools(x ne y, true, false, true)
        assertBools(x lt y, true, false, false)
        assertBools(x le y, true, true, false)
        assertBools(x gt y, false, false, true)
        assertBools(x ge y, false, true, true)
        assertBools(x eq 2, false, true, false)
        assertBools(x ne 2.0, true, false, true)
        assertBools(x lt 2, true, false, false)
        assertBools(x le 2f, true, true, false)
        assertBools(x gt 2L, false, false, true)
        assertBools(x ge 2, false, true, true)
        assertBools((x gt 1) and (x lt 5), false, true, false)
        assertBools((x lt 2) or (x gt 2), true, false, true)
        assertBools(!(x gt 1), true, false, false)
    }

    @Test
    fun otherNumbersAreRefused() {
        val e = assertThrows<IllegalArgumentException> { x + BigInteger.TEN }
        assertEquals(
            "[plus] the number 10 is of java.math.BigInteger; it must be an Int, Long, Short, Byte, Double or Float",
            e.message,
        )
    }
}
