package org.mlx4j.examples;

import java.util.List;
import org.mlx4j.Distributed;
import org.mlx4j.Index;
import org.mlx4j.MlxArray;
import org.mlx4j.MlxRandom;
import org.mlx4j.Ops;
import org.mlx4j.Scope;
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
  private static final double LEARNING_RATE = 0.1;
  private static final double MOMENTUM = 0.9;

  /** What one step hands to the next. */
  private record State(Network network, Network velocity) {}

  private final Digits digits;
  private final Distributed.Group group;
  private final TreeBiFunction<State, Digits, WithAux<State>> step = Trees.compile(this::step);
  private State state;

  Training(Digits digits, MlxArray key) {
    this(digits, key, Distributed.init());
  }

  Training(Digits digits, MlxArray key, Distributed.Group group) {
    this.digits = digits;
    this.group = group;
    Network network = Network.random(key);
    state = new State(network, Trees.map(network, Ops::zerosLike));
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
    var loss = meanOfRanks(Trees.valueAndGrad(Network::loss).apply(state.network, batch));
    Network velocity =
        Trees.map(state.velocity, loss.grad(), (v, g) -> v.multiply(MOMENTUM).add(g));
    Network network =
        Trees.map(state.network, velocity, (p, v) -> p.subtract(v.multiply(LEARNING_RATE)));
    return new WithAux<>(loss.value(), new State(network, velocity));
  }

  /** One message for all of them: most of what a small one costs is the way. */
  private <T> T meanOfRanks(T tree) {
    if (group.size() == 1) {
      return tree;
    }
    List<MlxArray> leaves = Trees.flatten(tree);
    MlxArray[] flat = leaves.stream().map(MlxArray::flatten).toArray(MlxArray[]::new);
    MlxArray means = Distributed.allSum(Ops.concatenate(flat), group).divide(group.size());
    int[] start = {0};
    return Trees.map(
        tree,
        leaf -> {
          int stop = start[0] + (int) leaf.size();
          MlxArray mean = means.get(Index.slice(start[0], stop)).reshape(leaf.shape());
          start[0] = stop;
          return mean;
        });
  }
}
