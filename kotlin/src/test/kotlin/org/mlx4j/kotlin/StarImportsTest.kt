package org.mlx4j.programs

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.mlx4j.DType
import org.mlx4j.MlxArray
import org.mlx4j.kotlin.*
import org.mlx4j.optimizers.*
import java.util.function.BiPredicate

/** Functions that are named like records compile beside the constructors of those, with imports of all names. */
class StarImportsTest {
    @Test
    fun optimizersAreNotAmbiguous() {
        val schedule = Schedule { it.astype(DType.FLOAT32) }
        assertEquals(Adam.of(0.001), Adam(0.001))
        assertEquals(Adam.of(schedule, 0.8, 0.99, 1e-7, true), Adam(schedule, 0.8, 0.99, 1e-7, true))
        assertEquals(SGD.of(schedule, 0.5, 0.1, 0.0, true), SGD(schedule, 0.5, 0.1, 0.0, true))
        val optimizers = listOf(SGD(0.1), Adam(schedule, eps = 1e-7))
        val filters = listOf(BiPredicate<String, MlxArray> { path, _ -> path == "bias" })
        assertEquals(MultiOptimizer.of(optimizers, filters), MultiOptimizer(optimizers, filters))
    }
}
