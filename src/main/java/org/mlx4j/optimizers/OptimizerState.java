package org.mlx4j.optimizers;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.mlx4j.MlxArray;

/**
 * What an optimizer remembers between steps. Mirrors {@code Optimizer.state}.
 *
 * <p>It is a tree like any other: a compiled function takes and returns it, and a file keeps it.
 * Together with the parameters it is all that a training needs to go on after a break:
 *
 * <pre>{@code
 * record Training(List<MlxArray> weights, OptimizerState<List<MlxArray>> state) {}
 *
 * Path file = Path.of("training.safetensors");
 * Optimizer adam = Adam.of(Schedules.cosineDecay(1e-3, 10_000));
 * List<MlxArray> weights = List.of(MlxArray.of(1f, 2f));
 * Trees.save(file, new Training(weights, adam.init(weights)));
 * Training resumed = Trees.load(file, new Training(weights, adam.init(weights)));
 * }</pre>
 *
 * <p>Python's state also has the learning rate. Here the rate belongs to the optimizer: it is a
 * constant or a {@link Schedule}, which depends on nothing but the step. An optimizer made with the
 * same options goes on exactly where the saved one was.
 *
 * @param step how many steps were made, a uint64 scalar
 * @param slots what is remembered for each array, such as running averages: trees like the
 *     parameters, with null where nothing is remembered. Each optimizer says what its slots are
 * @param <P> the type of the parameters
 */
public record OptimizerState<P>(MlxArray step, List<P> slots) {
  /**
   * Makes a state.
   *
   * @throws NullPointerException if {@code slots} is null
   */
  public OptimizerState {
    if (slots == null) {
      throw new NullPointerException("[OptimizerState] slots is null");
    }
    slots = Collections.unmodifiableList(new ArrayList<>(slots)); // there may be null among them
  }

  /** A slot of an array that has a gradient. */
  P slot(int k) {
    P slot = slots.get(k);
    if (slot == null) {
      throw new IllegalArgumentException(
          "it has a gradient, but the state has no slot "
              + k
              + " for it; take one from the state that init makes of these parameters");
    }
    return slot;
  }

  /** The next value of an array, and its next slots. */
  Updated<P> updated(P parameter, List<P> nextSlots) {
    return new Updated<>(parameter, new OptimizerState<>(step, nextSlots));
  }
}
