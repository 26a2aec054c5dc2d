package org.mlx4j.nn;

import java.util.Arrays;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.mlx4j.Device;
import org.mlx4j.Fast;
import org.mlx4j.Linalg;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.internal.Formula;
import org.mlx4j.internal.SharedSecrets;

/**
 * Loss functions. Mirrors {@code mlx.nn.losses}.
 *
 * <pre>{@code
 * MlxArray logits = MlxArray.of(new float[] {2, -1, -1, 2}, 2, 2);
 * MlxArray targets = MlxArray.of(0, 1);
 * MlxArray losses = Losses.crossEntropy(logits, targets);                    // one for each row
 * MlxArray loss = Losses.crossEntropy(logits, targets, Reduction.MEAN);      // a scalar
 * }</pre>
 *
 * <p>Every loss takes a {@link Reduction} as its last argument. Without it a loss has Python's
 * default: {@link #binaryCrossEntropy}, {@link #gaussianNllLoss}, {@link #l1Loss}, {@link #mseLoss}
 * and {@link #smoothL1Loss} return the mean, all others the loss of each element.
 *
 * <p>A gradient needs a scalar: choose a reduction, or take the {@link MlxArray#mean() mean} of the
 * losses.
 *
 * <p>All functions throw {@link NullPointerException} if an argument is null, except where null is
 * allowed, and {@link IllegalStateException} if an array is closed.
 */
public final class Losses {
  private static final double LEAST_LOGARITHM = -100;

  private Losses() {}

  // ---- cross entropies -------------------------------------------------------------------------

  /** Equivalent to {@link #crossEntropy(MlxArray, MlxArray, Reduction)} without reduction. */
  public static MlxArray crossEntropy(MlxArray logits, MlxArray targets) {
    return crossEntropy(logits, targets, Reduction.NONE);
  }

  /**
   * Equivalent to {@link #crossEntropy(MlxArray, MlxArray, MlxArray, int, double, Reduction)
   * crossEntropy(logits, targets, null, -1, 0, reduction)}.
   */
  public static MlxArray crossEntropy(MlxArray logits, MlxArray targets, Reduction reduction) {
    return crossEntropy(logits, targets, null, -1, 0, reduction);
  }

  /**
   * Computes the cross entropy of classes, {@code logsumexp(logits) - logits[target]}, or, for
   * targets that are probabilities, {@code logsumexp(logits) - sum(logits * targets)}. Mirrors
   * {@code mlx.nn.losses.cross_entropy}.
   *
   * <p>With label smoothing {@code s}, {@code (1 - s) * score + s * mean(logits)} is subtracted
   * instead of the score of the target.
   *
   * @param logits for each class the logarithm of its probability, up to a constant; the classes
   *     are along {@code axis}
   * @param targets the indices of the classes, of the shape of {@code logits} without {@code axis};
   *     or probabilities of the shape of {@code logits}
   * @param weights a factor for each loss, of the shape of {@code logits} without {@code axis}; or
   *     null
   * @param axis the axis of the classes; counts from the end when negative
   * @param labelSmoothing the share of the target's probability that is spread over all classes, in
   *     {@code [0, 1)}
   * @param reduction how to combine the losses
   * @return the losses, of the shape of {@code logits} without {@code axis}, or a scalar
   * @throws IllegalArgumentException if the shapes do not fit, the axis is out of range, or the
   *     label smoothing is not in {@code [0, 1)}
   * @throws IndexOutOfBoundsException if a target is not the index of a class. Targets that have
   *     not been computed yet are not checked here; {@link MlxArray#takeAlongAxis(MlxArray, int)}
   *     says how they are treated
   */
  public static MlxArray crossEntropy(
      MlxArray logits,
      MlxArray targets,
      @Nullable MlxArray weights,
      int axis,
      double labelSmoothing,
      Reduction reduction) {
    notNull("crossEntropy", "logits", logits, "targets", targets);
    if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
      throw new IllegalArgumentException(
          "[crossEntropy] labelSmoothing must be in [0, 1), got " + labelSmoothing);
    }
    return reduced(
        "crossEntropy",
        reduction,
        () ->
            weighted(
                "crossEntropy", crossEntropies(logits, targets, axis, labelSmoothing), weights));
  }

  private static MlxArray crossEntropies(
      MlxArray logits, MlxArray targets, int axis, double labelSmoothing) {
    boolean probabilities = targets.ndim() == logits.ndim();
    int[] fitting = probabilities ? logits.shape() : without("crossEntropy", logits, axis);
    if (!Arrays.equals(targets.shape(), fitting)) {
      throw new IllegalArgumentException(
          ("[crossEntropy] targets have shape %s, logits have shape %s; indices of classes have"
                  + " that shape without axis %s, probabilities have that shape")
              .formatted(Arrays.toString(targets.shape()), Arrays.toString(logits.shape()), axis));
    }
    boolean lastAxis = axis == -1 || axis == logits.ndim() - 1;
    if (Device.defaultDevice().type() == Device.Type.GPU
        && !probabilities
        && labelSmoothing == 0
        && lastAxis
        && logits.dtype().isFloating()
        && targets.dtype().isInteger()) {
      return Fast.crossEntropy(logits, targets).astype(logits.dtype());
    }
    MlxArray x = logits.subtract(logits.max(axis, true).stopGradient());
    MlxArray score = probabilities ? x.multiply(targets).sum(axis) : taken(x, targets, axis);
    MlxArray normalizer = x.logsumexp(axis);
    if (labelSmoothing == 0) {
      return normalizer.subtract(score);
    }
    return normalizer
        .subtract(score.multiply(1 - labelSmoothing))
        .add(x.mean(axis).negative().multiply(labelSmoothing));
  }

  /** Equivalent to {@link #binaryCrossEntropy(MlxArray, MlxArray, Reduction)} with the mean. */
  public static MlxArray binaryCrossEntropy(MlxArray inputs, MlxArray targets) {
    return binaryCrossEntropy(inputs, targets, Reduction.MEAN);
  }

  /**
   * Equivalent to {@link #binaryCrossEntropy(MlxArray, MlxArray, MlxArray, boolean, Reduction)
   * binaryCrossEntropy(inputs, targets, null, true, reduction)}.
   */
  public static MlxArray binaryCrossEntropy(
      MlxArray inputs, MlxArray targets, Reduction reduction) {
    return binaryCrossEntropy(inputs, targets, null, true, reduction);
  }

  /**
   * Computes the cross entropy of two classes: {@code log(1 + exp(inputs)) - inputs * targets} of
   * logits, {@code -(targets * log(inputs) + (1 - targets) * log(1 - inputs))} of probabilities,
   * whose logarithms are limited to at least -100. Mirrors {@code
   * mlx.nn.losses.binary_cross_entropy}.
   *
   * @param inputs logits, or probabilities
   * @param targets the target probabilities, of the same shape, usually 0 and 1
   * @param weights a factor for each loss, of the same shape; or null
   * @param withLogits whether {@code inputs} are logits, which is faster and more accurate
   * @param reduction how to combine the losses
   * @return the losses, of the same shape, or a scalar
   * @throws IllegalArgumentException if the shapes differ
   */
  public static MlxArray binaryCrossEntropy(
      MlxArray inputs,
      MlxArray targets,
      @Nullable MlxArray weights,
      boolean withLogits,
      Reduction reduction) {
    return reduced(
        "binaryCrossEntropy",
        reduction,
        () -> {
          requireSameShape("binaryCrossEntropy", "inputs", inputs, "targets", targets);
          MlxArray losses =
              withLogits
                  ? Ops.logaddexp(0.0, inputs).subtract(inputs.multiply(targets))
                  : ofProbabilities(inputs, targets);
          return weighted("binaryCrossEntropy", losses, weights);
        });
  }

  private static MlxArray ofProbabilities(MlxArray inputs, MlxArray targets) {
    MlxArray log = inputs.log().maximum(LEAST_LOGARITHM);
    MlxArray logOfOther = Ops.subtract(1L, inputs).log().maximum(LEAST_LOGARITHM);
    return targets.multiply(log).add(Ops.subtract(1L, targets).multiply(logOfOther)).negative();
  }

  /** Equivalent to {@link #nllLoss(MlxArray, MlxArray, Reduction)} without reduction. */
  public static MlxArray nllLoss(MlxArray inputs, MlxArray targets) {
    return nllLoss(inputs, targets, Reduction.NONE);
  }

  /**
   * Equivalent to {@link #nllLoss(MlxArray, MlxArray, int, Reduction) nllLoss(inputs, targets, -1,
   * reduction)}.
   */
  public static MlxArray nllLoss(MlxArray inputs, MlxArray targets, Reduction reduction) {
    return nllLoss(inputs, targets, -1, reduction);
  }

  /**
   * Computes the negative log likelihood of classes, {@code -inputs[target]}. Mirrors {@code
   * mlx.nn.losses.nll_loss}.
   *
   * @param inputs for each class the logarithm of its probability; the classes are along {@code
   *     axis}
   * @param targets the indices of the classes, of the shape of {@code inputs} without {@code axis}
   * @param axis the axis of the classes; counts from the end when negative
   * @param reduction how to combine the losses
   * @return the losses, of the shape of {@code targets}, or a scalar
   * @throws IllegalArgumentException if the shapes do not fit, or the axis is out of range
   * @throws IndexOutOfBoundsException if a target is not the index of a class. Targets that have
   *     not been computed yet are not checked here; {@link MlxArray#takeAlongAxis(MlxArray, int)}
   *     says how they are treated
   */
  public static MlxArray nllLoss(MlxArray inputs, MlxArray targets, int axis, Reduction reduction) {
    notNull("nllLoss", "inputs", inputs, "targets", targets);
    return reduced("nllLoss", reduction, () -> taken(inputs, targets, axis).negative());
  }

  /**
   * Equivalent to {@link #gaussianNllLoss(MlxArray, MlxArray, MlxArray, Reduction)} with the mean.
   */
  public static MlxArray gaussianNllLoss(MlxArray inputs, MlxArray targets, MlxArray vars) {
    return gaussianNllLoss(inputs, targets, vars, Reduction.MEAN);
  }

  /**
   * Equivalent to {@link #gaussianNllLoss(MlxArray, MlxArray, MlxArray, boolean, double, Reduction)
   * gaussianNllLoss(inputs, targets, vars, false, 1e-6, reduction)}.
   */
  public static MlxArray gaussianNllLoss(
      MlxArray inputs, MlxArray targets, MlxArray vars, Reduction reduction) {
    return gaussianNllLoss(inputs, targets, vars, false, 1e-6, reduction);
  }

  /**
   * Computes the negative log likelihood of normal distributions, {@code (log(v) + (targets -
   * inputs)^2 / v) / 2} with {@code v = max(vars, eps)}. Mirrors {@code
   * mlx.nn.losses.gaussian_nll_loss}.
   *
   * @param inputs the predicted means
   * @param targets the values, of the same shape
   * @param vars the predicted variances, of the same shape
   * @param full whether to add the constant {@code log(2 * pi) / 2}
   * @param eps the least variance
   * @param reduction how to combine the losses
   * @return the losses, of the same shape, or a scalar
   * @throws IllegalArgumentException if the shapes differ
   */
  public static MlxArray gaussianNllLoss(
      MlxArray inputs,
      MlxArray targets,
      MlxArray vars,
      boolean full,
      double eps,
      Reduction reduction) {
    return reduced(
        "gaussianNllLoss",
        reduction,
        () -> {
          requireSameShape("gaussianNllLoss", "inputs", inputs, "targets", targets);
          requireSameShape("gaussianNllLoss", "inputs", inputs, "vars", vars);
          MlxArray v = vars.maximum(eps);
          MlxArray loss = v.log().add(targets.subtract(inputs).square().divide(v)).multiply(0.5);
          return full ? loss.add(0.5 * Math.log(2 * Math.PI)) : loss;
        });
  }

  /** Equivalent to {@link #klDivLoss(MlxArray, MlxArray, Reduction)} without reduction. */
  public static MlxArray klDivLoss(MlxArray inputs, MlxArray targets) {
    return klDivLoss(inputs, targets, Reduction.NONE);
  }

  /**
   * Equivalent to {@link #klDivLoss(MlxArray, MlxArray, int, Reduction) klDivLoss(inputs, targets,
   * -1, reduction)}.
   */
  public static MlxArray klDivLoss(MlxArray inputs, MlxArray targets, Reduction reduction) {
    return klDivLoss(inputs, targets, -1, reduction);
  }

  /**
   * Computes the Kullback-Leibler divergence, {@code sum(exp(targets) * (targets - inputs))}.
   * Mirrors {@code mlx.nn.losses.kl_div_loss}.
   *
   * @param inputs the logarithms of the predicted probabilities
   * @param targets the logarithms of the target probabilities, of a shape that broadcasts with that
   *     of {@code inputs}
   * @param axis the axis of the distribution; counts from the end when negative
   * @param reduction how to combine the losses
   * @return the losses, of the broadcast shape without {@code axis}, or a scalar
   * @throws IllegalArgumentException if the shapes cannot be broadcast, or the axis is out of range
   */
  public static MlxArray klDivLoss(
      MlxArray inputs, MlxArray targets, int axis, Reduction reduction) {
    notNull("klDivLoss", "inputs", inputs, "targets", targets);
    return reduced(
        "klDivLoss", reduction, () -> targets.exp().multiply(targets.subtract(inputs)).sum(axis));
  }

  // ---- distances -------------------------------------------------------------------------------

  /** Equivalent to {@link #l1Loss(MlxArray, MlxArray, Reduction)} with the mean. */
  public static MlxArray l1Loss(MlxArray predictions, MlxArray targets) {
    return l1Loss(predictions, targets, Reduction.MEAN);
  }

  /**
   * Computes {@code |predictions - targets|}. Mirrors {@code mlx.nn.losses.l1_loss}.
   *
   * @param predictions the predicted values
   * @param targets the target values, of the same shape
   * @param reduction how to combine the losses
   * @return the losses, of the same shape, or a scalar
   * @throws IllegalArgumentException if the shapes differ
   */
  public static MlxArray l1Loss(MlxArray predictions, MlxArray targets, Reduction reduction) {
    return reduced("l1Loss", reduction, () -> errors("l1Loss", predictions, targets).abs());
  }

  /** Equivalent to {@link #mseLoss(MlxArray, MlxArray, Reduction)} with the mean. */
  public static MlxArray mseLoss(MlxArray predictions, MlxArray targets) {
    return mseLoss(predictions, targets, Reduction.MEAN);
  }

  /**
   * Computes {@code (predictions - targets)^2}. Mirrors {@code mlx.nn.losses.mse_loss}.
   *
   * @param predictions the predicted values
   * @param targets the target values, of the same shape
   * @param reduction how to combine the losses
   * @return the losses, of the same shape, or a scalar
   * @throws IllegalArgumentException if the shapes differ
   */
  public static MlxArray mseLoss(MlxArray predictions, MlxArray targets, Reduction reduction) {
    return reduced("mseLoss", reduction, () -> errors("mseLoss", predictions, targets).square());
  }

  /** Equivalent to {@link #smoothL1Loss(MlxArray, MlxArray, Reduction)} with the mean. */
  public static MlxArray smoothL1Loss(MlxArray predictions, MlxArray targets) {
    return smoothL1Loss(predictions, targets, Reduction.MEAN);
  }

  /**
   * Equivalent to {@link #smoothL1Loss(MlxArray, MlxArray, double, Reduction)
   * smoothL1Loss(predictions, targets, 1, reduction)}.
   */
  public static MlxArray smoothL1Loss(MlxArray predictions, MlxArray targets, Reduction reduction) {
    return smoothL1Loss(predictions, targets, 1, reduction);
  }

  /**
   * Computes {@code d^2 / (2 * beta)} where the distance {@code d = |predictions - targets|} is
   * less than {@code beta}, and {@code d - beta / 2} elsewhere. Mirrors {@code
   * mlx.nn.losses.smooth_l1_loss}.
   *
   * @param predictions the predicted values
   * @param targets the target values, of the same shape
   * @param beta the distance beyond which the loss is linear
   * @param reduction how to combine the losses
   * @return the losses, of the same shape, or a scalar
   * @throws IllegalArgumentException if the shapes differ
   */
  public static MlxArray smoothL1Loss(
      MlxArray predictions, MlxArray targets, double beta, Reduction reduction) {
    return reduced(
        "smoothL1Loss",
        reduction,
        () -> {
          MlxArray d = errors("smoothL1Loss", predictions, targets).abs();
          return d.less(beta)
              .where(d.square().multiply(0.5).divide(beta), d.abs().subtract(0.5 * beta));
        });
  }

  /** Equivalent to {@link #huberLoss(MlxArray, MlxArray, Reduction)} without reduction. */
  public static MlxArray huberLoss(MlxArray inputs, MlxArray targets) {
    return huberLoss(inputs, targets, Reduction.NONE);
  }

  /**
   * Equivalent to {@link #huberLoss(MlxArray, MlxArray, double, Reduction) huberLoss(inputs,
   * targets, 1, reduction)}.
   */
  public static MlxArray huberLoss(MlxArray inputs, MlxArray targets, Reduction reduction) {
    return huberLoss(inputs, targets, 1, reduction);
  }

  /**
   * Computes {@code d^2 / 2} where the distance {@code d = |inputs - targets|} is at most {@code
   * delta}, and {@code delta * (d - delta / 2)} elsewhere. Mirrors {@code
   * mlx.nn.losses.huber_loss}.
   *
   * @param inputs the predicted values
   * @param targets the target values, of a shape that broadcasts with that of {@code inputs}
   * @param delta the distance beyond which the loss is linear
   * @param reduction how to combine the losses
   * @return the losses, of the broadcast shape, or a scalar
   * @throws IllegalArgumentException if the shapes cannot be broadcast
   */
  public static MlxArray huberLoss(
      MlxArray inputs, MlxArray targets, double delta, Reduction reduction) {
    notNull("huberLoss", "inputs", inputs, "targets", targets);
    return reduced(
        "huberLoss",
        reduction,
        () -> {
          MlxArray d = inputs.subtract(targets).abs();
          MlxArray quadratic = d.minimum(delta);
          MlxArray linear = d.subtract(quadratic);
          return quadratic.power(2L).multiply(0.5).add(linear.multiply(delta));
        });
  }

  /** Equivalent to {@link #logCoshLoss(MlxArray, MlxArray, Reduction)} without reduction. */
  public static MlxArray logCoshLoss(MlxArray inputs, MlxArray targets) {
    return logCoshLoss(inputs, targets, Reduction.NONE);
  }

  /**
   * Computes {@code log(cosh(inputs - targets))}, which is almost quadratic for small errors and
   * linear for large ones. Mirrors {@code mlx.nn.losses.log_cosh_loss}.
   *
   * @param inputs the predicted values
   * @param targets the target values, of a shape that broadcasts with that of {@code inputs}
   * @param reduction how to combine the losses
   * @return the losses, of the broadcast shape, or a scalar
   * @throws IllegalArgumentException if the shapes cannot be broadcast
   */
  public static MlxArray logCoshLoss(MlxArray inputs, MlxArray targets, Reduction reduction) {
    notNull("logCoshLoss", "inputs", inputs, "targets", targets);
    return reduced(
        "logCoshLoss",
        reduction,
        () -> {
          MlxArray errors = inputs.subtract(targets);
          return errors.logaddexp(errors.negative()).subtract(Math.log(2));
        });
  }

  // ---- similarities and margins ----------------------------------------------------------------

  /**
   * Equivalent to {@link #cosineSimilarityLoss(MlxArray, MlxArray, Reduction)} without reduction.
   */
  public static MlxArray cosineSimilarityLoss(MlxArray x1, MlxArray x2) {
    return cosineSimilarityLoss(x1, x2, Reduction.NONE);
  }

  /**
   * Equivalent to {@link #cosineSimilarityLoss(MlxArray, MlxArray, int, double, Reduction)
   * cosineSimilarityLoss(x1, x2, 1, 1e-8, reduction)}.
   */
  public static MlxArray cosineSimilarityLoss(MlxArray x1, MlxArray x2, Reduction reduction) {
    return cosineSimilarityLoss(x1, x2, 1, 1e-8, reduction);
  }

  /**
   * Computes the cosine of the angle between vectors, {@code sum(x1 * x2) / max(|x1| * |x2|, eps)}:
   * 1 for vectors with the same direction, -1 for opposite ones. Mirrors {@code
   * mlx.nn.losses.cosine_similarity_loss}.
   *
   * @param x1 vectors along {@code axis}
   * @param x2 vectors along {@code axis}, of a shape that broadcasts with that of {@code x1}
   * @param axis the axis of the vectors; counts from the end when negative
   * @param eps the least denominator
   * @param reduction how to combine the cosines
   * @return the cosines, of the broadcast shape without {@code axis}, or a scalar
   * @throws IllegalArgumentException if the shapes cannot be broadcast, or the axis is out of range
   */
  public static MlxArray cosineSimilarityLoss(
      MlxArray x1, MlxArray x2, int axis, double eps, Reduction reduction) {
    notNull("cosineSimilarityLoss", "x1", x1, "x2", x2);
    return reduced(
        "cosineSimilarityLoss",
        reduction,
        () -> {
          int[] axes = {axis};
          MlxArray lengths = Linalg.norm(x1, axes).multiply(Linalg.norm(x2, axes));
          return x1.multiply(x2).sum(axis).divide(lengths.maximum(eps));
        });
  }

  /** Equivalent to {@link #hingeLoss(MlxArray, MlxArray, Reduction)} without reduction. */
  public static MlxArray hingeLoss(MlxArray inputs, MlxArray targets) {
    return hingeLoss(inputs, targets, Reduction.NONE);
  }

  /**
   * Computes {@code max(1 - inputs * targets, 0)}. Mirrors {@code mlx.nn.losses.hinge_loss}.
   *
   * @param inputs the predicted values
   * @param targets -1 or 1, of a shape that broadcasts with that of {@code inputs}
   * @param reduction how to combine the losses
   * @return the losses, of the broadcast shape, or a scalar
   * @throws IllegalArgumentException if the shapes cannot be broadcast
   */
  public static MlxArray hingeLoss(MlxArray inputs, MlxArray targets, Reduction reduction) {
    notNull("hingeLoss", "inputs", inputs, "targets", targets);
    return reduced(
        "hingeLoss", reduction, () -> Ops.subtract(1L, inputs.multiply(targets)).maximum(0L));
  }

  /**
   * Equivalent to {@link #marginRankingLoss(MlxArray, MlxArray, MlxArray, Reduction)} without
   * reduction.
   */
  public static MlxArray marginRankingLoss(MlxArray inputs1, MlxArray inputs2, MlxArray targets) {
    return marginRankingLoss(inputs1, inputs2, targets, Reduction.NONE);
  }

  /**
   * Equivalent to {@link #marginRankingLoss(MlxArray, MlxArray, MlxArray, double, Reduction)
   * marginRankingLoss(inputs1, inputs2, targets, 0, reduction)}.
   */
  public static MlxArray marginRankingLoss(
      MlxArray inputs1, MlxArray inputs2, MlxArray targets, Reduction reduction) {
    return marginRankingLoss(inputs1, inputs2, targets, 0, reduction);
  }

  /**
   * Computes {@code max(-targets * (inputs1 - inputs2) + margin, 0)}. Mirrors {@code
   * mlx.nn.losses.margin_ranking_loss}.
   *
   * @param inputs1 the scores of the first items
   * @param inputs2 the scores of the second items, of the same shape
   * @param targets 1 where the first item should have the higher score, -1 where the second should;
   *     of the same shape
   * @param margin the margin by which the scores should differ
   * @param reduction how to combine the losses
   * @return the losses, of the same shape, or a scalar
   * @throws IllegalArgumentException if the shapes differ
   */
  public static MlxArray marginRankingLoss(
      MlxArray inputs1, MlxArray inputs2, MlxArray targets, double margin, Reduction reduction) {
    return reduced(
        "marginRankingLoss",
        reduction,
        () -> {
          requireSameShape("marginRankingLoss", "inputs1", inputs1, "inputs2", inputs2);
          requireSameShape("marginRankingLoss", "inputs1", inputs1, "targets", targets);
          MlxArray differences = inputs1.subtract(inputs2);
          return Ops.maximum(0L, targets.negative().multiply(differences).add(margin));
        });
  }

  /**
   * Equivalent to {@link #tripletLoss(MlxArray, MlxArray, MlxArray, Reduction)} without reduction.
   */
  public static MlxArray tripletLoss(MlxArray anchors, MlxArray positives, MlxArray negatives) {
    return tripletLoss(anchors, positives, negatives, Reduction.NONE);
  }

  /**
   * Equivalent to {@link #tripletLoss(MlxArray, MlxArray, MlxArray, int, int, double, double,
   * Reduction) tripletLoss(anchors, positives, negatives, -1, 2, 1, 1e-6, reduction)}.
   */
  public static MlxArray tripletLoss(
      MlxArray anchors, MlxArray positives, MlxArray negatives, Reduction reduction) {
    return tripletLoss(anchors, positives, negatives, -1, 2, 1, 1e-6, reduction);
  }

  /**
   * Computes {@code max(d(anchors, positives) - d(anchors, negatives) + margin, 0)} with the
   * distance {@code d(x, y) = (sum(|x - y|^p) + eps)^(1 / p)}. Mirrors {@code
   * mlx.nn.losses.triplet_loss}.
   *
   * @param anchors vectors along {@code axis}
   * @param positives vectors that should be near to the anchors, of a shape that broadcasts with
   *     that of {@code anchors}
   * @param negatives vectors that should be far from the anchors, of a shape that broadcasts with
   *     that of {@code anchors}
   * @param axis the axis of the vectors; counts from the end when negative
   * @param p the degree of the distance, positive
   * @param margin the margin by which the distances should differ
   * @param eps a constant added to the sum, which gives the distance a gradient at 0
   * @param reduction how to combine the losses
   * @return the losses, of the broadcast shape without {@code axis}, or a scalar
   * @throws IllegalArgumentException if the shapes cannot be broadcast, the axis is out of range,
   *     or {@code p} is not positive
   */
  public static MlxArray tripletLoss(
      MlxArray anchors,
      MlxArray positives,
      MlxArray negatives,
      int axis,
      int p,
      double margin,
      double eps,
      Reduction reduction) {
    notNull("tripletLoss", "anchors", anchors, "positives", positives);
    Formula.notNull("tripletLoss", "negatives", negatives);
    if (p <= 0) {
      throw new IllegalArgumentException("[tripletLoss] p must be positive, got " + p);
    }
    return reduced(
        "tripletLoss",
        reduction,
        () ->
            distance(anchors, positives, axis, p, eps)
                .subtract(distance(anchors, negatives, axis, p, eps))
                .add(margin)
                .maximum(0L));
  }

  private static MlxArray distance(MlxArray x, MlxArray y, int axis, int p, double eps) {
    return x.subtract(y).abs().power((long) p).sum(axis).add(eps).power(1.0 / p);
  }

  // ---- what they share -------------------------------------------------------------------------

  private static MlxArray reduced(String function, Reduction reduction, Supplier<MlxArray> losses) {
    Formula.notNull(function, "reduction", reduction);
    return Formula.of(function, () -> reduction.of(losses.get()));
  }

  private static MlxArray errors(String function, MlxArray predictions, MlxArray targets) {
    requireSameShape(function, "predictions", predictions, "targets", targets);
    return predictions.subtract(targets);
  }

  private static MlxArray weighted(String function, MlxArray losses, @Nullable MlxArray weights) {
    if (weights == null) {
      return losses;
    }
    if (!Arrays.equals(weights.shape(), losses.shape())) {
      throw new IllegalArgumentException(
          ("[%s] weights have shape %s, the losses have shape %s; there must be one weight for each"
                  + " loss")
              .formatted(
                  function, Arrays.toString(weights.shape()), Arrays.toString(losses.shape())));
    }
    return losses.multiply(weights);
  }

  /** The elements at one index along an axis for each place of the others. */
  private static MlxArray taken(MlxArray x, MlxArray indices, int axis) {
    MlxArray expanded = indices.expandDims(axis);
    if (SharedSecrets.arrayAccess().isKnown(indices)) {
      expanded.eval(); // so that takeAlongAxis can look for indices that are out of range
    }
    return x.takeAlongAxis(expanded, axis).squeeze(axis);
  }

  private static int[] without(String function, MlxArray x, int axis) {
    int[] shape = x.shape();
    if (axis < -shape.length || axis >= shape.length) {
      throw new IllegalArgumentException(
          "["
              + function
              + "] axis "
              + axis
              + " is out of range for logits of shape "
              + Arrays.toString(shape));
    }
    int dropped = axis < 0 ? axis + shape.length : axis;
    int[] rest = new int[shape.length - 1];
    System.arraycopy(shape, 0, rest, 0, dropped);
    System.arraycopy(shape, dropped + 1, rest, dropped, rest.length - dropped);
    return rest;
  }

  private static void notNull(
      String function, String name1, MlxArray x1, String name2, MlxArray x2) {
    Formula.notNull(function, name1, x1);
    Formula.notNull(function, name2, x2);
  }

  private static void requireSameShape(
      String function, String name1, MlxArray x1, String name2, MlxArray x2) {
    notNull(function, name1, x1, name2, x2);
    if (!Arrays.equals(x1.shape(), x2.shape())) {
      throw new IllegalArgumentException(
          "["
              + function
              + "] "
              + name1
              + " and "
              + name2
              + " must have one shape, got "
              + Arrays.toString(x1.shape())
              + " and "
              + Arrays.toString(x2.shape()));
    }
  }
}
