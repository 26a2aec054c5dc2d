package org.mlx4j.examples;

import org.mlx4j.Distributed;
import org.mlx4j.Index;
import org.mlx4j.MlxArray;
import org.mlx4j.MlxRandom;
import org.mlx4j.Scope;
import org.mlx4j.nn.Nn;
import org.mlx4j.optimizers.Optimizer;
import org.mlx4j.optimizers.OptimizerState;
import org.mlx4j.optimizers.SGD;
import org.mlx4j.optimizers.Updated;
import org.mlx4j.tree.TreeBiFunction;
import org.mlx4j.tree.Trees;
import org.mlx4j.tree.WithAux;

/**
 * Finds the parameters of a {@link Network} by gradient descent with momentum. It lives as long as
 * the scope in which it was made.
 *
 * <p>The processes of a group share the work: each takes its part of every batch, and all take the
 * same step along the mean of their gradients.
 */
final class Training {
  private static final int BATCH = 32;

  /** Gradient descent with the learning rate 0.1 and the momentum 0.9. */
  private static final Optimizer OPTIMIZER = SGD.of(0.1, 0.9);

  /** What one step hands to the next. */
  private record State(Network network, OptimizerState<Network> optimizer) {}

  private final Digits digits;
  private final Distributed.Group group;
  private final TreeBiFunction<State, Digits, WithAux<State>> step = Trees.compile(this::step);
  private State state;

  Training(Digits digits) {
    this(digits, Distributed.init());
  }

  Training(Digits digits, Distributed.Group group) {
    this.digits = digits;
    this.group = group;
    Network network = Network.random();
    state = new State(network, OPTIMIZER.init(network));
  }

  /** What is reached so far; the next epoch closes its arrays. */
  Network network() {
    return state.network;
  }

  /** The loss on other digits than those trained on. */
  double loss(Digits others) {
    try (Scope scope = Scope.open()) {
      return state.network.loss(others).itemDouble();
    }
  }

  /**
   * Goes over all digits once, in an order that {@code key} decides, and changes the parameters
   * after every {@value #BATCH}.
   *
   * @return the mean loss
   */
  double epoch(MlxArray key) {
    // A compiled function is recorded again for every shape, so all batches are full. The few
    // digits that are left over are used in another epoch.
    int batches = digits.count() / BATCH;
    int part = BATCH / group.size();
    double loss = 0;
    State current = state;
    try (Scope scope = Scope.open()) {
      MlxArray order = MlxRandom.permutation(digits.count(), key);
      for (int i = 0; i < batches; i++) {
        int first = i * BATCH + group.rank() * part;
        Digits batch = digits.select(order.get(Index.slice(first, first + part)));
        WithAux<State> result = step.apply(current, batch);
        // Loss and new state together: reading the loss alone would leave the state uncomputed.
        Trees.eval(result);
        loss += result.value().itemDouble();
        current = result.aux();
      }
      scope.keep(current);
    }
    Trees.close(state); // it was made outside the scope above
    state = current;
    return loss / batches;
  }

  /** The loss and the next state. It depends on nothing else, so that it can be compiled. */
  private WithAux<State> step(State state, Digits batch) {
    var ofRank = Nn.valueAndGrad(Network::loss).apply(state.network, batch);
    var loss = Nn.averageGradients(ofRank, group); // and the loss, in the same message
    Updated<Network> updated = OPTIMIZER.update(state.network, loss.grad(), state.optimizer);
    return new WithAux<>(loss.value(), new State(updated.parameters(), updated.state()));
  }
}
