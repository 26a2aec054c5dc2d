/**
 * The loop that repeats a training step, and measures of how good a model is.
 *
 * <p>{@link org.mlx4j.training.Fit} repeats a function that takes the state and a batch and returns
 * the loss and the next state: in batches of the data, over several epochs, with measurements on
 * other data, early stopping, checkpoints and listeners. It adds no hidden state to what the
 * packages {@code nn}, {@code optimizers} and {@code tree} offer. The same step can be repeated by
 * a loop of one's own.
 *
 * <pre>{@code
 * record State(Linear model, OptimizerState<Linear> optimizer) {}
 *
 * Path folder = Path.of("");
 * Optimizer sgd = SGD.of(0.01);
 * Linear model = Linear.of(3, 1);
 * Fitted<State> fitted = Fit.of((State s, MlxArray batch) -> {
 *       var r = Nn.valueAndGrad((Linear m) -> m.apply(batch).square().mean()).apply(s.model());
 *       var updated = sgd.update(s.model(), r.grad(), s.optimizer());
 *       return new WithAux<>(r.value(), new State(updated.parameters(), updated.state()));
 *     })
 *     .epochs(20)
 *     .batches(x, 2)
 *     .shuffle(1)
 *     .validate(x, 64, (s, batch) -> Map.of("val_loss", s.model().apply(batch).square().mean()))
 *     .stopEarly(EarlyStopping.lowest("val_loss", 3))
 *     .checkpoints(folder.resolve("checkpoint.safetensors"))
 *     .listener(CsvLog.of(folder.resolve("log.csv")))
 *     .resume(new State(model, sgd.init(model)));
 * }</pre>
 *
 * <p>{@link org.mlx4j.training.ConfusionMatrix} and {@link org.mlx4j.training.Metrics} tell how
 * good classifications are.
 */
@NullMarked
package org.mlx4j.training;

import org.jspecify.annotations.NullMarked;
