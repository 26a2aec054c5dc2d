package org.mlx4j.training;

/**
 * Is told how a training goes on: the base of progress bars, logs and metrics.
 *
 * <pre>{@code
 * FitListener printer = new FitListener() {
 *   @Override
 *   public void epochEnded(FitProgress progress) {
 *     System.out.println(progress.history().last());
 *   }
 * };
 * Fit.of((MlxArray w, MlxArray batch) -> new WithAux<>(batch.matmul(w).sum(), w))
 *     .batches(x, 2)
 *     .listener(printer)
 *     .run(w);
 * }</pre>
 *
 * <p>The thread that trains calls the methods, in the order {@code started}, then {@code stepEnded}
 * after each step and {@code epochEnded} after each epoch, and {@code ended}. An exception that one
 * of them throws ends the training. Arrays that they make are freed when they return. A listener
 * that interrupts the thread ends the training as any interrupt does.
 */
public interface FitListener {
  /**
   * Is called before the first step.
   *
   * @param progress how far the training is: not at its start if it was resumed
   */
  default void started(FitProgress progress) {}

  /**
   * Is called after each step.
   *
   * @param progress how far the training is
   */
  default void stepEnded(FitProgress progress) {}

  /**
   * Is called after each epoch, after the measurements and the checkpoint.
   *
   * @param progress how far the training is; its history contains the epoch
   */
  default void epochEnded(FitProgress progress) {}

  /**
   * Is called once for each call of {@link #started}, at the end of the training, even if that is
   * an exception. The listeners are called in the reverse order.
   *
   * @param progress how far the training came
   */
  default void ended(FitProgress progress) {}
}
