package org.mlx4j.kotlin

import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.mlx4j.MlxArray

internal fun assertValues(x: MlxArray, vararg expected: Number) {
    val found = x.flatten().astype(org.mlx4j.DType.FLOAT32).toFloatArray()
    assertArrayEquals(expected.map { it.toFloat() }.toFloatArray(), found, 1e-5f)
}

internal fun assertBools(x: MlxArray, vararg expected: Boolean) {
    assertEquals(org.mlx4j.DType.BOOL, x.dtype())
    assertValues(x, *expected.map { if (it) 1 else 0 }.toTypedArray())
}

internal fun assertShape(x: MlxArray, vararg expected: Int) =
    assertEquals(expected.toList(), x.shape().toList())
