package org.mlx4j.training;

/**
 * Why a training ended.
 *
 * <pre>{@code
 * var fit = Fit.of((MlxArray w, MlxArray batch) -> new WithAux<>(w.sum(), w)).batches(x, 2);
 * boolean whole = fit.run(w).end() == FitEnd.EPOCHS;       // true
 * }</pre>
 */
public enum FitEnd {
  /** All epochs were trained. */
  EPOCHS,
  /** A measurement did not improve any more: see {@link Fit#stopEarly}. */
  STOPPED_EARLY,
  /** The thread was interrupted, and still is. */
  INTERRUPTED
}
