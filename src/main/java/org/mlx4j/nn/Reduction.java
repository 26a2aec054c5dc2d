package org.mlx4j.nn;

import org.mlx4j.MlxArray;

/**
 * The way in which a loss combines the losses of its elements. Mirrors the argument {@code
 * reduction} of {@code mlx.nn.losses}.
 *
 * <pre>{@code
 * MlxArray x = MlxArray.of(1f, 2f);
 * MlxArray y = MlxArray.of(1f, 4f);
 * MlxArray mean = Losses.mseLoss(x, y);                    // 2
 * MlxArray each = Losses.mseLoss(x, y, Reduction.NONE);    // [0, 4]
 * }</pre>
 */
public enum Reduction {
  /** Returns the losses unchanged; Python's {@code "none"}. */
  NONE,
  /** Returns their mean, a scalar; Python's {@code "mean"}. */
  MEAN,
  /** Returns their sum, a scalar; Python's {@code "sum"}. */
  SUM;

  MlxArray of(MlxArray losses) {
    return switch (this) {
      case NONE -> losses;
      case MEAN -> losses.mean();
      case SUM -> losses.sum();
    };
  }
}
