package org.mlx4j.examples.fashion;

import java.util.Map;
import org.mlx4j.MlxArray;
import org.mlx4j.MlxRandom;
import org.mlx4j.nn.Losses;
import org.mlx4j.nn.Nn;
import org.mlx4j.nn.Reduction;
import org.mlx4j.nn.Trained;
import org.mlx4j.optimizers.Adam;
import org.mlx4j.optimizers.Optimizer;
import org.mlx4j.optimizers.OptimizerState;
import org.mlx4j.optimizers.Schedules;
import org.mlx4j.optimizers.Updated;
import org.mlx4j.training.Fit;
import org.mlx4j.training.FitListener;
import org.mlx4j.training.Fitted;
import org.mlx4j.tree.WithAux;

/** Trains a {@link ConvNet} with Adam, whose learning rate falls to 0 along a cosine. */
final class Training {
  static final int BATCH = 128;
  private static final double LEARNING_RATE = 1e-3;

  private Training() {}

  /** What one step hands to the next; the key decides what is dropped. */
  record State(ConvNet network, OptimizerState<ConvNet> optimizer, MlxArray key) {}

  /**
   * Trains a network that knows nothing yet. Everything random follows from the seed: the same seed
   * gives the same network.
   *
   * @param clothes what to train on, at least one batch
   * @param test what the loss is measured on after each epoch
   */
  static Fitted<State> run(
      Clothes clothes, Clothes test, long seed, int epochs, FitListener... listeners) {
    int steps = epochs * (clothes.count() / BATCH);
    Optimizer adam =
        new Adam(
            Schedules.cosineDecay(LEARNING_RATE, steps),
            0.9,
            0.999,
            1e-8,
            true); // without a correction, the first steps would be too long
    Fit<State, Clothes> fit =
        Fit.of((State state, Clothes batch) -> step(adam, state, batch))
            .epochs(epochs)
            .batches(clothes, BATCH)
            .fullBatches() // a compiled step is recorded again for every shape
            .shuffle(seed)
            .validate(test, ConvNet.BATCH, Training::measure);
    for (FitListener listener : listeners) {
      fit = fit.listener(listener);
    }
    MlxRandom.seed(seed); // for the parameters
    ConvNet network = ConvNet.random();
    return fit.run(new State(network, adam.init(network), MlxRandom.key(seed)));
  }

  /** The loss and the next state. */
  private static WithAux<State> step(Optimizer optimizer, State state, Clothes batch) {
    MlxArray[] keys = MlxRandom.split(state.key);
    var loss =
        Nn.valueAndGradWithAux((ConvNet network, Clothes b) -> loss(network, b, keys[0]))
            .apply(state.network, batch);
    Updated<ConvNet> updated = optimizer.update(loss.aux(), loss.grad(), state.optimizer);
    return new WithAux<>(loss.value(), new State(updated.parameters(), updated.state(), keys[1]));
  }

  /** The mean cross-entropy, and the network with the statistics of the batch. */
  private static WithAux<ConvNet> loss(ConvNet network, Clothes batch, MlxArray key) {
    Trained<ConvNet> trained = network.train(batch.images(), key);
    MlxArray loss = Losses.crossEntropy(trained.output(), batch.labels(), Reduction.MEAN);
    return new WithAux<>(loss, trained.layer());
  }

  private static Map<String, MlxArray> measure(State state, Clothes batch) {
    MlxArray logits = state.network.apply(batch.images());
    return Map.of("test_loss", Losses.crossEntropy(logits, batch.labels(), Reduction.MEAN));
  }
}
