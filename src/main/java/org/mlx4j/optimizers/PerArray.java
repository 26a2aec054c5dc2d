package org.mlx4j.optimizers;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mlx4j.DType;
import org.mlx4j.MlxArray;
import org.mlx4j.Scope;
import org.mlx4j.internal.Formula;

/**
 * Applies an optimizer of single arrays to trees. Intermediate arrays are freed at once, because
 * MLX cannot reuse the memory of an array that Java holds.
 */
record PerArray(PerArrayOptimizer optimizer) {
  <P extends @Nullable Object> OptimizerState<P> init(P parameters) {
    return Scope.run(
        () -> {
          Parameters<P> all = Parameters.of(function("init"), parameters);
          @Nullable MlxArray[][] slots = new MlxArray[optimizer.slotCount()][all.count()];
          for (int i = 0; i < all.count(); i++) {
            if (all.isTrained(i)) {
              put(slots, i, firstSlots(all, i));
            }
          }
          return new OptimizerState<>(MlxArray.scalar(0L, DType.UINT64), trees(all, slots));
        });
  }

  private List<@Nullable MlxArray> firstSlots(Parameters<?> all, int i) {
    try {
      return counted("initSingle", optimizer.initSingle(all.array(i)));
    } catch (RuntimeException e) {
      throw all.explained(i, e, all.array(i));
    }
  }

  <P extends @Nullable Object> Updated<P> update(
      P parameters, @Nullable P gradients, OptimizerState<P> state) {
    requireFits(state);
    return Scope.run(
        () -> {
          Parameters<P> all = Parameters.of(function("update"), parameters);
          @Nullable MlxArray[] gradient = all.matching("gradients", gradients);
          @Nullable MlxArray[][] slots = new MlxArray[optimizer.slotCount()][];
          for (int k = 0; k < slots.length; k++) {
            slots[k] = all.matching("slot " + k + " of the state", state.slots().get(k));
          }
          MlxArray step = Formula.of(function("update"), () -> state.step().add(1L));
          MlxArray rate = rate(state.step());
          MlxArray[] updated = new MlxArray[all.count()];
          for (int i = 0; i < updated.length; i++) {
            updated[i] = all.array(i);
            if (gradient[i] != null && all.isTrained(i)) {
              Updated<MlxArray> one = updated(all, i, gradient[i], slots, step, rate);
              updated[i] = one.parameters();
              put(slots, i, one.state().slots());
            }
          }
          return new Updated<>(all.with(updated), new OptimizerState<>(step, trees(all, slots)));
        });
  }

  private void requireFits(OptimizerState<?> state) {
    Formula.notNull(function("update"), "state", state);
    Formula.notNull(function("update"), "the step of the state", state.step());
    if (state.slots().size() != optimizer.slotCount()) {
      throw new IllegalArgumentException(
          "["
              + function("update")
              + "] the state has "
              + state.slots().size()
              + " slots, but with its options this optimizer has "
              + optimizer.slotCount());
    }
  }

  private @Nullable MlxArray rate(MlxArray step) {
    Schedule schedule = optimizer.learningRate();
    return schedule == null
        ? null
        : Formula.notNull(function("update"), "what the schedule returned", schedule.apply(step));
  }

  private Updated<MlxArray> updated(
      Parameters<?> all,
      int i,
      MlxArray gradient,
      @Nullable MlxArray[][] slots,
      MlxArray step,
      @Nullable MlxArray rate) {
    @Nullable MlxArray[] own = Arrays.stream(slots).map(slot -> slot[i]).toArray(MlxArray[]::new);
    try {
      requireSameShape(gradient, all.array(i));
      OptimizerState<MlxArray> state = new OptimizerState<>(step, Arrays.asList(own));
      Updated<MlxArray> one = optimizer.applySingle(gradient, all.array(i), state, rate);
      counted("applySingle", one.state().slots());
      return one;
    } catch (RuntimeException e) {
      @Nullable MlxArray[] given = Arrays.copyOf(own, own.length + 2);
      given[own.length] = gradient;
      given[own.length + 1] = all.array(i);
      throw all.explained(i, e, given);
    }
  }

  private static void requireSameShape(MlxArray gradient, MlxArray parameter) {
    if (!Arrays.equals(gradient.shape(), parameter.shape())) {
      throw new IllegalArgumentException(
          "the gradient has shape "
              + Arrays.toString(gradient.shape())
              + ", the parameter has shape "
              + Arrays.toString(parameter.shape()));
    }
  }

  private List<@Nullable MlxArray> counted(String method, List<@Nullable MlxArray> slots) {
    if (slots.size() != optimizer.slotCount()) {
      throw new IllegalStateException(
          "["
              + function(method)
              + "] returned "
              + slots.size()
              + " slots, where slotCount is "
              + optimizer.slotCount());
    }
    return slots;
  }

  private static void put(@Nullable MlxArray[][] slots, int i, List<@Nullable MlxArray> ofArray) {
    for (int k = 0; k < slots.length; k++) {
      slots[k][i] = ofArray.get(k);
    }
  }

  private static <P extends @Nullable Object> List<@Nullable P> trees(
      Parameters<P> all, @Nullable MlxArray[][] slots) {
    List<@Nullable P> trees = new ArrayList<>();
    for (@Nullable MlxArray[] slot : slots) {
      trees.add(all.with(slot));
    }
    return trees;
  }

  private String function(String method) {
    String name = optimizer.getClass().getSimpleName();
    return (name.isEmpty() ? "Optimizer" : name) + "." + method;
  }
}
