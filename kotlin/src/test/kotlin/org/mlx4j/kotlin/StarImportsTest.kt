package org.mlx4j.programs

import java.time.Duration
import java.util.function.BiPredicate
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.mlx4j.*
import org.mlx4j.kotlin.*
import org.mlx4j.nn.*
import org.mlx4j.optimizers.*

/**
 * Functions that are named like records compile beside the constructors of those, with imports of
 * all names, also where all arguments are given. It is the compiler that finds what is ambiguous.
 */
class StarImportsTest {
    private val schedule = Schedule { it.astype(DType.FLOAT32) }

    @Test
    fun optimizersAreNotAmbiguous() {
        assertEquals(Adam.of(0.001), Adam(0.001))
        assertEquals(SGD.of(schedule, 0.5, 0.1, 0.0, true), SGD(schedule, 0.5, 0.1, 0.0, true))
        assertEquals(
            Adam.of(schedule, 0.8, 0.99, 1e-7, true),
            Adam(schedule, 0.8, 0.99, 1e-7, true),
        )
        assertEquals(
            AdamW.of(schedule, 0.8, 0.99, 1e-7, 0.1, true),
            AdamW(schedule, 0.8, 0.99, 1e-7, 0.1, true),
        )
        assertEquals(Adamax.of(schedule, 0.8, 0.99, 1e-7), Adamax(schedule, 0.8, 0.99, 1e-7))
        assertEquals(AdaDelta.of(schedule, 0.8, 1e-7), AdaDelta(schedule, 0.8, 1e-7))
        assertEquals(Adagrad.of(schedule, 1e-7), Adagrad(schedule, 1e-7))
        assertEquals(RMSprop.of(schedule, 0.9, 1e-7), RMSprop(schedule, 0.9, 1e-7))
        assertEquals(Lion.of(schedule, 0.8, 0.99, 0.1), Lion(schedule, 0.8, 0.99, 0.1))
        assertEquals(Muon.of(schedule, 0.9, 0.1, true, 4), Muon(schedule, 0.9, 0.1, true, 4))
        val lambda = Adam(Schedule { step -> 0.1 / (step + 1) })
        assertEquals(0.025f, lambda.learningRate.apply(MlxArray.scalar(3)).itemFloat())
        val optimizers = listOf(SGD(0.1), Adam(schedule, eps = 1e-7))
        val filters = listOf(BiPredicate<String, MlxArray> { path, _ -> path == "bias" })
        assertEquals(MultiOptimizer.of(optimizers, filters), MultiOptimizer(optimizers, filters))
    }

    @Test
    fun adafactorIsNotAmbiguous() {
        assertEquals(Adafactor.of(), Adafactor())
        assertEquals(Adafactor.of(schedule), Adafactor(schedule))
        assertEquals(
            Adafactor.of(),
            Adafactor(null, 1e-30, 1e-3, 1.0, -0.8, null, 0.0, true, true, false),
        )
        val all = Adafactor(schedule, 1e-30, 1e-3, 1.0, -0.8, 0.5, 0.1, true, false, false)
        assertEquals(all, Adafactor(schedule, beta1 = 0.5, weightDecay = 0.1, relativeStep = false))
        val constant = Adafactor(0.1, 1e-30, 1e-3, 1.0, -0.8, 0.5, 0.1, true, false, false)
        assertEquals(0.5, constant.beta1)
    }

    @Test
    fun optionsAndLayersAreNotAmbiguous() {
        val options = BatcherOptions(8, Duration.ofMillis(1), listOf(2, 8), 100)
        assertEquals(
            options,
            BatcherOptions(
                8,
                sizes = listOf(2, 8),
                longestWait = Duration.ofMillis(1),
                queueCapacity = 100,
            ),
        )
        assertEquals(BatcherOptions.defaults(), BatcherOptions())
        val linear = Linear(3, 2)
        val group = Distributed.init()
        assertEquals(DType.FLOAT16, FullyShardedModule(linear, group, DType.FLOAT16).computeDtype)
        assertEquals(group.size(), FullyShardedModule(linear).group.size())
        assertEquals(8, SinusoidalPositionalEncoding(8, 1e-4, 1.0, 0.5, true, false).dims)
    }
}
