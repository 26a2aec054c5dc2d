package org.mlx4j.examples;

import java.util.Map;
import org.mlx4j.Distributed;
import org.mlx4j.MlxArray;
import org.mlx4j.nn.Nn;
import org.mlx4j.optimizers.Optimizer;
import org.mlx4j.optimizers.OptimizerState;
import org.mlx4j.optimizers.SGD;
import org.mlx4j.optimizers.Updated;
import org.mlx4j.training.Fit;
import org.mlx4j.training.Metrics;
import org.mlx4j.tree.WithAux;

/**
 * Finds the parameters of a {@link Network} by gradient descent with momentum.
 *
 * <p>The processes of a group share the work: each takes its part of every batch, and all take the
 * same step along the mean of their gradients.
 */
final class Training {
  private static final int BATCH = 32;

  /** Gradient descent with the learning rate 0.1 and the momentum 0.9. */
  private static final Optimizer OPTIMIZER = SGD.of(0.1, 0.9);

  private Training() {}

  /** What one step hands to the next. */
  record State(Network network, OptimizerState<Network> optimizer) {
    static State start() {
      Network network = Network.random();
      return new State(network, OPTIMIZER.init(network));
    }
  }

  /** The loss and the next state. */
  static WithAux<State> step(State state, Digits batch, Distributed.Group group) {
    Digits part = batch.part(group.rank(), group.size());
    var ofPart = Nn.valueAndGrad(Network::loss).apply(state.network(), part);
    var loss = Nn.averageGradients(ofPart, group); // and the loss, in the same message
    Updated<Network> next = OPTIMIZER.update(state.network(), loss.grad(), state.optimizer());
    return new WithAux<>(loss.value(), new State(next.parameters(), next.state()));
  }

  /** What is measured on digits that are not trained on. */
  static Map<String, MlxArray> measure(State state, Digits batch) {
    return Map.of(
        "val_loss", state.network().loss(batch),
        "val_accuracy", Metrics.accuracy(state.network().apply(batch.images()), batch.labels()));
  }

  /** The training of a network. */
  static Fit<State, Digits> of(Split digits, int epochs, long seed, Distributed.Group group) {
    return Fit.of((State state, Digits batch) -> step(state, batch, group))
        .epochs(epochs)
        .batches(digits.training(), BATCH)
        .fullBatches() // so that all processes have parts of the same size
        .shuffle(seed)
        .validate(digits.heldOut(), 512, Training::measure);
  }
}
