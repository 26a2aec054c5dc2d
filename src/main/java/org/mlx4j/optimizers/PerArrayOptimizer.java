package org.mlx4j.optimizers;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;

/**
 * An optimizer that treats each array separately. Mirrors {@code init_single} and {@code
 * apply_single} of {@code mlx.optimizers.Optimizer}: implement {@link #applySingle} for one array
 * to write your own optimizer.
 *
 * <pre>{@code
 * record SignDescent(Schedule learningRate) implements PerArrayOptimizer {
 *   public int slotCount() {
 *     return 0;
 *   }
 *
 *   public Updated<MlxArray> applySingle(MlxArray gradient, MlxArray parameter,
 *       OptimizerState<MlxArray> state, MlxArray rate) {
 *     return new Updated<>(parameter.subtract(gradient.sign().multiply(rate)), state);
 *   }
 * }
 * }</pre>
 */
public interface PerArrayOptimizer extends Optimizer {
  /**
   * Returns the schedule of the learning rate.
   *
   * @return the schedule, or null if there is no learning rate
   */
  @Nullable Schedule learningRate();

  /**
   * Returns the number of slots of an array.
   *
   * @return the number, the same for all arrays
   */
  int slotCount();

  /**
   * Returns the initial slots of an array: zeros of its shape and dtype unless the optimizer
   * overrides this method. Mirrors {@code Optimizer.init_single}.
   *
   * @param parameter the array
   * @return its slots, {@link #slotCount} in number; a slot that the array does not need may be
   *     null
   */
  default List<@Nullable MlxArray> initSingle(MlxArray parameter) {
    return Stream.<@Nullable MlxArray>generate(() -> Ops.zerosLike(parameter))
        .limit(slotCount())
        .toList();
  }

  /**
   * Computes the next value of an array. Mirrors {@code Optimizer.apply_single}.
   *
   * @param gradient its gradient, of the same shape
   * @param parameter the array
   * @param state the number of this step, which is 1 for the first, and the slots of the array
   * @param rate the learning rate of this step, or null if {@link #learningRate()} is null; convert
   *     it to the dtype of the gradient
   * @return the next value, and a state with the next slots; its step is ignored
   */
  Updated<MlxArray> applySingle(
      MlxArray gradient,
      MlxArray parameter,
      OptimizerState<MlxArray> state,
      @Nullable MlxArray rate);

  @Override
  default <P extends @Nullable Object> OptimizerState<P> init(P parameters) {
    return new PerArray(this).init(parameters);
  }

  @Override
  default <P extends @Nullable Object> Updated<P> update(
      P parameters, @Nullable P gradients, OptimizerState<P> state) {
    return new PerArray(this).update(parameters, gradients, state);
  }
}
