package org.mlx4j.optimizers;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mlx4j.MlxArray;

/**
 * The state of an optimizer between steps. Mirrors {@code Optimizer.state}.
 *
 * <p>It is a tree like any other, so compiled functions take and return it and files hold it.
 * Together with the parameters it is all that is needed to resume training:
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
 * <p>Python's state also holds the learning rate. Here the rate belongs to the optimizer: it is a
 * constant or a {@link Schedule}, which depends only on the step. An optimizer with the same
 * options therefore continues exactly where the saved one stopped.
 *
 * @param step the number of steps so far, a uint64 scalar
 * @param slots the values kept for each array, such as running averages: trees like the parameters,
 *     with null where an array has none. Each optimizer documents its slots
 * @param <P> the type of the parameters
 */
public record OptimizerState<P extends @Nullable Object>(MlxArray step, List<@Nullable P> slots) {
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
  Updated<P> updated(P parameter, List<@Nullable P> nextSlots) {
    return new Updated<>(parameter, new OptimizerState<>(step, nextSlots));
  }
}
