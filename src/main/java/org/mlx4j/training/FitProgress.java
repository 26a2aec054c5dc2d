package org.mlx4j.training;

import java.util.OptionalInt;

/**
 * How far a training is.
 *
 * <pre>{@code
 * FitListener printer = new FitListener() {
 *   @Override
 *   public void stepEnded(FitProgress p) {
 *     System.out.println("epoch " + p.epoch() + " of " + p.epochs() + ", batch " + p.batch());
 *   }
 * };
 * }</pre>
 *
 * @param epoch the number of the epoch to which the last step belongs; the first one is 1. Before
 *     the first step it is 1, too
 * @param epochs the number of epochs
 * @param batch how many batches of the epoch were used
 * @param batches the number of batches in each epoch, if it is known
 * @param steps the number of steps since the start of the training
 * @param loss the loss that the last step returned; NaN before the first one
 * @param history what was measured in each complete epoch
 */
public record FitProgress(
    int epoch,
    int epochs,
    int batch,
    OptionalInt batches,
    long steps,
    double loss,
    History history) {}
