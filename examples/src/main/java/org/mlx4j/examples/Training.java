package org.mlx4j.examples;

import java.util.Arrays;
import org.mlx4j.Distributed;
import org.mlx4j.Index;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.Random;
import org.mlx4j.Scope;
import org.mlx4j.TransformedArraysFunction;
import org.mlx4j.Transforms;
import org.mlx4j.ValueAndGrad;

/**
 * Finds the parameters of a {@link Classifier} by gradient descent with momentum. Like a classifier
 * it lives as long as the scope in which it was made.
 *
 * <p>The processes of a group share the work: each takes its part of every batch, and all take the
 * same step along the mean of their gradients.
 */
final class Training {
  private static final int BATCH = 32;
  private static final double LEARNING_RATE = 0.1;
  private static final double MOMENTUM = 0.9;
  private static final int PARAMETERS = Classifier.PARAMETERS;

  private final Digits digits;
  private final Distributed.Group group;
  private final TransformedArraysFunction step = Transforms.compileArrays(this::step);

  /** The parameters, then the velocity of each of them: what one step hands to the next. */
  private MlxArray[] state = new MlxArray[2 * PARAMETERS];

  Training(Digits digits, MlxArray key) {
    this(digits, key, Distributed.init());
  }

  Training(Digits digits, MlxArray key, Distributed.Group group) {
    this.digits = digits;
    this.group = group;
    MlxArray[] parameters = Classifier.randomParameters(key);
    for (int i = 0; i < PARAMETERS; i++) {
      state[i] = parameters[i];
      state[PARAMETERS + i] = Ops.zerosLike(parameters[i]);
    }
  }

  /** What is reached so far; the next epoch closes these arrays. */
  MlxArray[] parameters() {
    return Arrays.copyOf(state, PARAMETERS);
  }

  /** The loss on other digits than those trained on. */
  double loss(Digits others) {
    try (Scope scope = Scope.open()) {
      return Classifier.loss(others, parameters()).itemDouble();
    }
  }

  /**
   * Goes over all digits once, in an order that {@code key} decides, and changes the parameters
   * after every {@value #BATCH}.
   *
   * @return the mean loss
   */
  double epoch(MlxArray key) {
    // A compiled function is recorded anew for every shape, so batches are full: the few digits
    // left over have their turn in another epoch.
    int batches = digits.count() / BATCH;
    int part = BATCH / group.size();
    double loss = 0;
    MlxArray[] current = state;
    try (Scope scope = Scope.open()) {
      MlxArray order = Random.permutation(digits.count(), key);
      for (int i = 0; i < batches; i++) {
        int first = i * BATCH + group.rank() * part;
        Digits batch = digits.select(order.get(Index.slice(first, first + part)));
        MlxArray[] arguments = Arrays.copyOf(current, current.length + 2);
        arguments[current.length] = batch.images();
        arguments[current.length + 1] = batch.labels();
        MlxArray[] results = step.apply(arguments);
        // Loss and new state together: reading the loss alone would leave the state uncomputed.
        Ops.eval(results);
        loss += results[current.length].itemDouble();
        current = Arrays.copyOf(results, current.length);
      }
      scope.keep(current);
    }
    for (MlxArray old : state) {
      old.close(); // they were made outside the scope above
    }
    state = current;
    return loss / batches;
  }

  /**
   * From the state, images and their labels to the next state and the loss. It depends on nothing
   * else, so that it can be compiled.
   */
  private MlxArray[] step(MlxArray... xs) {
    Digits batch = new Digits(xs[2 * PARAMETERS], xs[2 * PARAMETERS + 1]);
    ValueAndGrad loss =
        Transforms.valueAndGrad(parameters -> Classifier.loss(batch, parameters), 0, 1, 2, 3)
            .apply(Arrays.copyOf(xs, PARAMETERS));
    MlxArray[] means = Arrays.copyOf(loss.grads(), PARAMETERS + 1);
    means[PARAMETERS] = loss.value();
    means = meansOfRanks(means);
    MlxArray[] results = new MlxArray[2 * PARAMETERS + 1];
    for (int i = 0; i < PARAMETERS; i++) {
      MlxArray velocity = xs[PARAMETERS + i].multiply(MOMENTUM).add(means[i]);
      results[i] = xs[i].subtract(velocity.multiply(LEARNING_RATE));
      results[PARAMETERS + i] = velocity;
    }
    results[2 * PARAMETERS] = means[PARAMETERS];
    return results;
  }

  /** One message for all of them: most of what a small one costs is the way. */
  private MlxArray[] meansOfRanks(MlxArray... xs) {
    if (group.size() == 1) {
      return xs;
    }
    MlxArray[] flat = Arrays.stream(xs).map(MlxArray::flatten).toArray(MlxArray[]::new);
    MlxArray means = Distributed.allSum(Ops.concatenate(flat), group).divide(group.size());
    MlxArray[] results = new MlxArray[xs.length];
    int start = 0;
    for (int i = 0; i < xs.length; i++) {
      int stop = start + (int) xs[i].size();
      results[i] = means.get(Index.slice(start, stop)).reshape(xs[i].shape());
      start = stop;
    }
    return results;
  }
}
