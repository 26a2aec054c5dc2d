package org.mlx4j.training;

/**
 * What a training led to.
 *
 * <pre>{@code
 * record Line(MlxArray slope) {}
 *
 * Fitted<Line> fitted = Fit.of((Line line, MlxArray batch) -> new WithAux<>(
 *         batch.multiply(line.slope()).mean(), new Line(line.slope().multiply(0.5f))))
 *     .batches(x, 4)
 *     .epochs(2)
 *     .run(new Line(MlxArray.scalar(8f)));
 * fitted.state().slope().itemFloat();                      // 2
 * fitted.epoch();                                          // 2
 * }</pre>
 *
 * @param state the last state or, if the training may stop early, the state after the epoch with
 *     the best measurement
 * @param epoch the number of epochs that led to that state, without one that was interrupted
 * @param history what was measured in each epoch
 * @param end why the training ended
 * @param <S> the type of the state
 */
public record Fitted<S>(S state, int epoch, History history, FitEnd end) {}
