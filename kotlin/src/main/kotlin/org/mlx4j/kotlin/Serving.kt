/** Batching of requests, checkpoints and devices with default arguments. */
package org.mlx4j.kotlin

import java.nio.file.Path
import java.time.Duration
import java.util.concurrent.CompletableFuture
import java.util.function.Function
import org.mlx4j.Batcher
import org.mlx4j.BatcherOptions
import org.mlx4j.Device
import org.mlx4j.training.Fit

/** Makes a batcher, which answers requests of any thread together; see [Batcher.of]. */
public fun <A : Any, R : Any> Batcher(
    model: Function<A, R>,
    options: BatcherOptions = BatcherOptions.defaults(),
): Batcher<A, R> = Batcher.of(model, options)

/** Asks for an answer, by a deadline or whenever it comes; see [Batcher.submit]. */
public fun <A : Any, R : Any> Batcher<A, R>.submit(
    request: A,
    deadline: Duration? = null,
): CompletableFuture<R> = if (deadline == null) submit(request) else submit(request, deadline)

/** Makes options of a batcher; see [BatcherOptions]. */
public fun BatcherOptions(
    largestBatch: Int = 64,
    longestWait: Duration = Duration.ZERO,
    sizes: Collection<Int> =
        emptyList(), // not List, so that Kotlin prefers the constructor where both could be meant
    queueCapacity: Int = 1024,
): BatcherOptions = BatcherOptions(largestBatch, longestWait, sizes.toList(), queueCapacity)

/** Writes a checkpoint after each epoch, and after numbers of steps; see [Fit.checkpoints]. */
public fun <S : Any, B : Any> Fit<S, B>.checkpoints(
    file: Path,
    steps: Int = Int.MAX_VALUE,
): Fit<S, B> = checkpoints(file, steps)

/** Describes a device; see [Device.deviceInfo]. */
public fun deviceInfo(device: Device = Device.defaultDevice()): Map<String, Any> =
    Device.deviceInfo(device)
