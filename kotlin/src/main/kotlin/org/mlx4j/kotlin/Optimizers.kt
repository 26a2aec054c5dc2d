/**
 * Optimizers with default arguments: `AdamW(1e-3, weightDecay = 0.1)`. The learning rate is a
 * number or a schedule, such as `cosineDecay(1e-3, 1000)`, or a lambda behind the name of its type:
 * `Schedule { step -> 1e-3 / (step + 1) }`.
 *
 * The type of a schedule is a type parameter, and that of Adafactor's `beta1` is `Number`, so that
 * Kotlin prefers the constructor of a record where all arguments are given and both could be meant.
 */
package org.mlx4j.kotlin

import java.util.function.BiPredicate
import org.mlx4j.MlxArray
import org.mlx4j.optimizers.AdaDelta
import org.mlx4j.optimizers.Adafactor
import org.mlx4j.optimizers.Adagrad
import org.mlx4j.optimizers.Adam
import org.mlx4j.optimizers.AdamW
import org.mlx4j.optimizers.Adamax
import org.mlx4j.optimizers.Lion
import org.mlx4j.optimizers.MultiOptimizer
import org.mlx4j.optimizers.Muon
import org.mlx4j.optimizers.Optimizer
import org.mlx4j.optimizers.RMSprop
import org.mlx4j.optimizers.SGD
import org.mlx4j.optimizers.Schedule
import org.mlx4j.optimizers.Schedules

/** Makes an optimizer of gradient descent, with or without momentum; see [SGD.of]. */
public fun SGD(
    learningRate: Double,
    momentum: Double = 0.0,
    weightDecay: Double = 0.0,
    dampening: Double = 0.0,
    nesterov: Boolean = false,
): SGD = SGD.of(learningRate, momentum, weightDecay, dampening, nesterov)

/**
 * Makes an optimizer of gradient descent, with or without momentum, with a schedule; see [SGD.of].
 */
public fun <S : Schedule> SGD(
    learningRate: S,
    momentum: Double = 0.0,
    weightDecay: Double = 0.0,
    dampening: Double = 0.0,
    nesterov: Boolean = false,
): SGD = SGD.of(learningRate, momentum, weightDecay, dampening, nesterov)

/** Makes the optimizer Adam; see [Adam.of]. */
public fun Adam(
    learningRate: Double,
    beta1: Double = 0.9,
    beta2: Double = 0.999,
    eps: Double = 1e-8,
    biasCorrection: Boolean = false,
): Adam = Adam.of(learningRate, beta1, beta2, eps, biasCorrection)

/** Makes the optimizer Adam, with a schedule; see [Adam.of]. */
public fun <S : Schedule> Adam(
    learningRate: S,
    beta1: Double = 0.9,
    beta2: Double = 0.999,
    eps: Double = 1e-8,
    biasCorrection: Boolean = false,
): Adam = Adam.of(learningRate, beta1, beta2, eps, biasCorrection)

/** Makes the optimizer AdamW, which is Adam with decaying parameters; see [AdamW.of]. */
public fun AdamW(
    learningRate: Double,
    beta1: Double = 0.9,
    beta2: Double = 0.999,
    eps: Double = 1e-8,
    weightDecay: Double = 0.01,
    biasCorrection: Boolean = false,
): AdamW = AdamW.of(learningRate, beta1, beta2, eps, weightDecay, biasCorrection)

/**
 * Makes the optimizer AdamW, which is Adam with decaying parameters, with a schedule; see
 * [AdamW.of].
 */
public fun <S : Schedule> AdamW(
    learningRate: S,
    beta1: Double = 0.9,
    beta2: Double = 0.999,
    eps: Double = 1e-8,
    weightDecay: Double = 0.01,
    biasCorrection: Boolean = false,
): AdamW = AdamW.of(learningRate, beta1, beta2, eps, weightDecay, biasCorrection)

/** Makes the optimizer Adamax; see [Adamax.of]. */
public fun Adamax(
    learningRate: Double,
    beta1: Double = 0.9,
    beta2: Double = 0.999,
    eps: Double = 1e-8,
): Adamax = Adamax.of(learningRate, beta1, beta2, eps)

/** Makes the optimizer Adamax, with a schedule; see [Adamax.of]. */
public fun <S : Schedule> Adamax(
    learningRate: S,
    beta1: Double = 0.9,
    beta2: Double = 0.999,
    eps: Double = 1e-8,
): Adamax = Adamax.of(learningRate, beta1, beta2, eps)

/** Makes the optimizer AdaDelta; see [AdaDelta.of]. */
public fun AdaDelta(learningRate: Double, rho: Double = 0.9, eps: Double = 1e-6): AdaDelta =
    AdaDelta.of(learningRate, rho, eps)

/** Makes the optimizer AdaDelta, with a schedule; see [AdaDelta.of]. */
public fun <S : Schedule> AdaDelta(
    learningRate: S,
    rho: Double = 0.9,
    eps: Double = 1e-6,
): AdaDelta = AdaDelta.of(learningRate, rho, eps)

/** Makes the optimizer Adagrad; see [Adagrad.of]. */
public fun Adagrad(learningRate: Double, eps: Double = 1e-8): Adagrad =
    Adagrad.of(learningRate, eps)

/** Makes the optimizer Adagrad, with a schedule; see [Adagrad.of]. */
public fun <S : Schedule> Adagrad(learningRate: S, eps: Double = 1e-8): Adagrad =
    Adagrad.of(learningRate, eps)

/** Makes the optimizer RMSprop; see [RMSprop.of]. */
public fun RMSprop(learningRate: Double, alpha: Double = 0.99, eps: Double = 1e-8): RMSprop =
    RMSprop.of(learningRate, alpha, eps)

/** Makes the optimizer RMSprop, with a schedule; see [RMSprop.of]. */
public fun <S : Schedule> RMSprop(
    learningRate: S,
    alpha: Double = 0.99,
    eps: Double = 1e-8,
): RMSprop = RMSprop.of(learningRate, alpha, eps)

/** Makes the optimizer Lion; see [Lion.of]. */
public fun Lion(
    learningRate: Double,
    beta1: Double = 0.9,
    beta2: Double = 0.99,
    weightDecay: Double = 0.0,
): Lion = Lion.of(learningRate, beta1, beta2, weightDecay)

/** Makes the optimizer Lion, with a schedule; see [Lion.of]. */
public fun <S : Schedule> Lion(
    learningRate: S,
    beta1: Double = 0.9,
    beta2: Double = 0.99,
    weightDecay: Double = 0.0,
): Lion = Lion.of(learningRate, beta1, beta2, weightDecay)

/** Makes the optimizer Muon; see [Muon.of]. */
public fun Muon(
    learningRate: Double,
    momentum: Double = 0.95,
    weightDecay: Double = 0.01,
    nesterov: Boolean = true,
    nsSteps: Int = 5,
): Muon = Muon.of(learningRate, momentum, weightDecay, nesterov, nsSteps)

/** Makes the optimizer Muon, with a schedule; see [Muon.of]. */
public fun <S : Schedule> Muon(
    learningRate: S,
    momentum: Double = 0.95,
    weightDecay: Double = 0.01,
    nesterov: Boolean = true,
    nsSteps: Int = 5,
): Muon = Muon.of(learningRate, momentum, weightDecay, nesterov, nsSteps)

/**
 * Makes the optimizer Adafactor; see [Adafactor.of]. Without a learning rate, it follows from the
 * step.
 */
public fun Adafactor(
    learningRate: Schedule? = null,
    eps1: Double = 1e-30,
    eps2: Double = 1e-3,
    clipThreshold: Double = 1.0,
    decayRate: Double = -0.8,
    beta1: Number? = null,
    weightDecay: Double = 0.0,
    scaleParameter: Boolean = true,
    relativeStep: Boolean = true,
    warmupInit: Boolean = false,
): Adafactor =
    Adafactor(
        learningRate,
        eps1,
        eps2,
        clipThreshold,
        decayRate,
        beta1?.toDouble(),
        weightDecay,
        scaleParameter,
        relativeStep,
        warmupInit,
    )

/** Makes the optimizer Adafactor with a constant learning rate; see [Adafactor.of]. */
public fun Adafactor(
    learningRate: Double,
    eps1: Double = 1e-30,
    eps2: Double = 1e-3,
    clipThreshold: Double = 1.0,
    decayRate: Double = -0.8,
    beta1: Double? = null,
    weightDecay: Double = 0.0,
    scaleParameter: Boolean = true,
    relativeStep: Boolean = true,
    warmupInit: Boolean = false,
): Adafactor =
    Adafactor(
        Adafactor.of(learningRate).learningRate,
        eps1,
        eps2,
        clipThreshold,
        decayRate,
        beta1,
        weightDecay,
        scaleParameter,
        relativeStep,
        warmupInit,
    )

/**
 * Makes an optimizer of several, of which filters choose one for each parameter; see
 * [MultiOptimizer.of].
 */
public fun <O : Optimizer> MultiOptimizer(
    optimizers: List<O>,
    filters: List<BiPredicate<String, MlxArray>> = emptyList(),
): MultiOptimizer = MultiOptimizer.of(optimizers, filters)

/** Makes a schedule that falls along half a cosine; see [Schedules.cosineDecay]. */
public fun cosineDecay(init: Double, decaySteps: Int, end: Double = 0.0): Schedule =
    Schedules.cosineDecay(init, decaySteps, end)
