/** Losses with default arguments: `crossEntropy(logits, targets, reduction = Reduction.MEAN)`. */
package org.mlx4j.kotlin

import org.mlx4j.MlxArray
import org.mlx4j.nn.Losses
import org.mlx4j.nn.Reduction

/** Returns the cross entropy of logits and classes or probabilities; see [Losses.crossEntropy]. */
public fun crossEntropy(
    logits: MlxArray,
    targets: MlxArray,
    weights: MlxArray? = null,
    axis: Int = -1,
    labelSmoothing: Double = 0.0,
    reduction: Reduction = Reduction.NONE,
): MlxArray = Losses.crossEntropy(logits, targets, weights, axis, labelSmoothing, reduction)

/** Returns the binary cross entropy; see [Losses.binaryCrossEntropy]. */
public fun binaryCrossEntropy(
    inputs: MlxArray,
    targets: MlxArray,
    weights: MlxArray? = null,
    withLogits: Boolean = true,
    reduction: Reduction = Reduction.MEAN,
): MlxArray = Losses.binaryCrossEntropy(inputs, targets, weights, withLogits, reduction)

/** Returns the negative log likelihoods of classes; see [Losses.nllLoss]. */
public fun nllLoss(
    inputs: MlxArray,
    targets: MlxArray,
    axis: Int = -1,
    reduction: Reduction = Reduction.NONE,
): MlxArray = Losses.nllLoss(inputs, targets, axis, reduction)

/** Returns the negative log likelihood of normal distributions; see [Losses.gaussianNllLoss]. */
public fun gaussianNllLoss(
    inputs: MlxArray,
    targets: MlxArray,
    vars: MlxArray,
    full: Boolean = false,
    eps: Double = 1e-6,
    reduction: Reduction = Reduction.MEAN,
): MlxArray = Losses.gaussianNllLoss(inputs, targets, vars, full, eps, reduction)

/** Returns the Kullback-Leibler divergences of log probabilities; see [Losses.klDivLoss]. */
public fun klDivLoss(
    inputs: MlxArray,
    targets: MlxArray,
    axis: Int = -1,
    reduction: Reduction = Reduction.NONE,
): MlxArray = Losses.klDivLoss(inputs, targets, axis, reduction)

/** Returns the absolute errors; see [Losses.l1Loss]. */
public fun l1Loss(
    predictions: MlxArray,
    targets: MlxArray,
    reduction: Reduction = Reduction.MEAN,
): MlxArray = Losses.l1Loss(predictions, targets, reduction)

/** Returns the squared errors; see [Losses.mseLoss]. */
public fun mseLoss(
    predictions: MlxArray,
    targets: MlxArray,
    reduction: Reduction = Reduction.MEAN,
): MlxArray = Losses.mseLoss(predictions, targets, reduction)

/** Returns errors that are squared where they are small; see [Losses.smoothL1Loss]. */
public fun smoothL1Loss(
    predictions: MlxArray,
    targets: MlxArray,
    beta: Double = 1.0,
    reduction: Reduction = Reduction.MEAN,
): MlxArray = Losses.smoothL1Loss(predictions, targets, beta, reduction)

/** Returns the Huber losses; see [Losses.huberLoss]. */
public fun huberLoss(
    inputs: MlxArray,
    targets: MlxArray,
    delta: Double = 1.0,
    reduction: Reduction = Reduction.NONE,
): MlxArray = Losses.huberLoss(inputs, targets, delta, reduction)

/** Returns the logarithms of the hyperbolic cosines of errors; see [Losses.logCoshLoss]. */
public fun logCoshLoss(
    inputs: MlxArray,
    targets: MlxArray,
    reduction: Reduction = Reduction.NONE,
): MlxArray = Losses.logCoshLoss(inputs, targets, reduction)

/** Returns the cosine similarities of vectors; see [Losses.cosineSimilarityLoss]. */
public fun cosineSimilarityLoss(
    x1: MlxArray,
    x2: MlxArray,
    axis: Int = 1,
    eps: Double = 1e-8,
    reduction: Reduction = Reduction.NONE,
): MlxArray = Losses.cosineSimilarityLoss(x1, x2, axis, eps, reduction)

/** Returns the hinge losses; see [Losses.hingeLoss]. */
public fun hingeLoss(
    inputs: MlxArray,
    targets: MlxArray,
    reduction: Reduction = Reduction.NONE,
): MlxArray = Losses.hingeLoss(inputs, targets, reduction)

/** Returns the losses of wrong or narrow rankings; see [Losses.marginRankingLoss]. */
public fun marginRankingLoss(
    inputs1: MlxArray,
    inputs2: MlxArray,
    targets: MlxArray,
    margin: Double = 0.0,
    reduction: Reduction = Reduction.NONE,
): MlxArray = Losses.marginRankingLoss(inputs1, inputs2, targets, margin, reduction)

/** Returns the triplet losses; see [Losses.tripletLoss]. */
public fun tripletLoss(
    anchors: MlxArray,
    positives: MlxArray,
    negatives: MlxArray,
    axis: Int = -1,
    p: Int = 2,
    margin: Double = 1.0,
    eps: Double = 1e-6,
    reduction: Reduction = Reduction.NONE,
): MlxArray = Losses.tripletLoss(anchors, positives, negatives, axis, p, margin, eps, reduction)
