package org.mlx4j.kotlin

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import org.mlx4j.Index
import org.mlx4j.MlxArray
import org.mlx4j.Ops

class IndexingTest {
    /** Element (i, j) is 10 * i + j. */
    private val x = 10 * Ops.arange(3)[Index.all(), null] + Ops.arange(4)

    @Test
    fun numbersRangesAndNull() {
        assertShape(x, 3, 4)
        assertValues(x[1], 10, 11, 12, 13)
        assertValues(x[-1, 2], 22)
        assertValues(x[0, 1..3], 1, 2, 3)
        assertValues(x[1..2, 0], 10, 20)
        assertValues(x[0..<2, 3], 3, 13)
        assertValues(x[0, 1..100], 1, 2, 3) // as slices of Python
        assertShape(x[null, 0], 1, 4)
        assertShape(x[Index.ellipsis(), 1..2, null], 3, 2, 1)
        assertValues(x[Index.from(1), Index.all()], 10, 11, 12, 13, 20, 21, 22, 23)
    }

    @Test
    fun negativeNumbersOfRangesCountFromTheEnd() {
        val row = x[2]
        assertValues(row[-2..-1], 22, 23)
        assertValues(row[-4..-3], 20, 21)
        assertValues(row[-1 downTo -3], 23, 22, 21)
        assertValues(row[-1 downTo -4], 23, 22, 21, 20)
    }

    @Test
    fun progressionsHaveSteps() {
        val row = Ops.arange(10)
        assertValues(row[1..8 step 3], 1, 4, 7)
        assertValues(row[8 downTo 0 step 4], 8, 4, 0)
        assertValues(row[3 downTo 1], 3, 2, 1)
        assertValues(row[0..Int.MAX_VALUE step 9], 0, 9)
    }

    @Test
    fun emptyRangesSelectNothing() {
        val n = 0
        assertShape(x[0..<n], 0, 4)
        assertShape(x[2..1, 0], 0)
    }

    @Test
    fun arraysOfIndicesAndMasks() {
        assertValues(x[MlxArray.of(2, 0), 1], 21, 1)
        assertValues(x[x gt 20], 21, 22, 23)
        assertValues(x[1, x[1] ge 12], 12, 13)
    }

    @Test
    fun selectionsAreReplacedInACopy() {
        val y = x.at(0, 1..2).set(7)
        assertValues(y[0], 0, 7, 7, 3)
        assertValues(x[0], 0, 1, 2, 3)
        assertValues(x.at(-1, null, 2..3).add(MlxArray.of(100, 200))[2], 20, 21, 122, 223)
        assertValues(
            x.at(1..2, MlxArray.of(0, 3)).multiply(0).sum(),
            (0 + 1 + 2 + 3) + 11 + 12 + 21 + 22,
        )
    }

    @Test
    fun whatIsNoIndexIsRefused() {
        assertEquals(
            "[get] index 1 is of java.lang.String; it must be an Int, a range of Ints, null, an MlxArray or an Index",
            assertThrows<IllegalArgumentException> { x[0, "1"] }.message,
        )
        assertEquals(
            "[at] the range -1..2 has negative and other numbers; negative ones count from the end. " +
                "For what lies between two places use Index.slice, Index.from or Index.to",
            assertThrows<IllegalArgumentException> { x.at(-1..2) }.message,
        )
        assertThrows<IndexOutOfBoundsException> { x[1..2, 4] }
    }
}
