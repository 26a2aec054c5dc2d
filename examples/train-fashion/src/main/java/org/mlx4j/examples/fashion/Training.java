package org.mlx4j.examples.fashion;

import java.util.function.DoubleConsumer;
import org.mlx4j.Index;
import org.mlx4j.MlxArray;
import org.mlx4j.MlxRandom;
import org.mlx4j.Scope;
import org.mlx4j.nn.Losses;
import org.mlx4j.nn.Nn;
import org.mlx4j.nn.Reduction;
import org.mlx4j.nn.Trained;
import org.mlx4j.optimizers.Adam;
import org.mlx4j.optimizers.Optimizer;
import org.mlx4j.optimizers.OptimizerState;
import org.mlx4j.optimizers.Schedules;
import org.mlx4j.optimizers.Updated;
import org.mlx4j.tree.TreeTriFunction;
import org.mlx4j.tree.Trees;
import org.mlx4j.tree.WithAux;

/**
 * Trains a {@link ConvNet} with Adam, whose learning rate falls to 0 along a cosine. It lives as
 * long as the scope in which it was made.
 */
final class Training {
  static final int BATCH = 128;
  private static final double LEARNING_RATE = 1e-3;

  /** What one step hands to the next. */
  record State(ConvNet network, OptimizerState<ConvNet> optimizer) {}

  private final Clothes clothes;
  private final Optimizer optimizer;
  private final TreeTriFunction<State, Clothes, MlxArray, WithAux<State>> compiledStep =
      Trees.compile(this::step);
  private State state;

  /**
   * Prepares training.
   *
   * @param clothes what to train on, at least one batch
   * @param epochs how often {@link #epoch} will be called
   */
  Training(Clothes clothes, int epochs) {
    this.clothes = clothes;
    optimizer =
        new Adam(
            Schedules.cosineDecay(LEARNING_RATE, epochs * batches()),
            0.9,
            0.999,
            1e-8,
            true); // without a correction, the first steps would be too long
    ConvNet network = ConvNet.random();
    state = new State(network, optimizer.init(network));
  }

  /** What is reached so far; the next step closes its arrays. */
  ConvNet network() {
    return state.network;
  }

  /** The number of steps in an epoch. */
  int batches() {
    // A compiled function is recorded again for every shape, so all batches are full. The few
    // images that are left over are used in another epoch.
    return clothes.count() / BATCH;
  }

  /**
   * Goes over all images once.
   *
   * @param key decides their order and what is dropped
   * @param losses takes the mean loss of each batch
   */
  void epoch(MlxArray key, DoubleConsumer losses) {
    try (Scope scope = Scope.open()) {
      MlxArray[] keys = MlxRandom.split(key, batches() + 1).unstack();
      MlxArray order = MlxRandom.permutation(clothes.count(), keys[batches()]);
      for (int i = 0; i < batches(); i++) {
        Index batch = Index.slice(i * BATCH, (i + 1) * BATCH);
        losses.accept(take(order, batch, keys[i]));
      }
      scope.keep(state);
    }
  }

  /** Takes a step along the gradient for some of the images and returns their loss. */
  private double take(MlxArray order, Index batch, MlxArray key) {
    try (Scope scope = Scope.open()) {
      WithAux<State> next = compiledStep.apply(state, clothes.select(order.get(batch)), key);
      // Loss and new state together: reading the loss alone would leave the state uncomputed.
      Trees.eval(next);
      Trees.close(state);
      state = scope.keep(next.aux());
      return next.value().itemDouble();
    }
  }

  /** The loss and the next state. It depends on nothing else, so that it can be compiled. */
  private WithAux<State> step(State state, Clothes batch, MlxArray key) {
    var loss =
        Nn.valueAndGradWithAux((ConvNet network, Clothes b) -> loss(network, b, key))
            .apply(state.network, batch);
    Updated<ConvNet> updated = optimizer.update(loss.aux(), loss.grad(), state.optimizer);
    return new WithAux<>(loss.value(), new State(updated.parameters(), updated.state()));
  }

  /** The mean cross-entropy, and the network with the statistics of the batch. */
  private static WithAux<ConvNet> loss(ConvNet network, Clothes batch, MlxArray key) {
    Trained<ConvNet> trained = network.train(batch.images(), key);
    MlxArray loss = Losses.crossEntropy(trained.output(), batch.labels(), Reduction.MEAN);
    return new WithAux<>(loss, trained.layer());
  }
}
