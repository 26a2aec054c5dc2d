package org.mlx4j.optimizers;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;
import org.mlx4j.MlxArray;
import org.mlx4j.Scope;
import org.mlx4j.internal.Formula;

/**
 * An optimizer that assigns each array to one of several optimizers. Mirrors {@code
 * mlx.optimizers.MultiOptimizer}.
 *
 * <pre>{@code
 * Optimizer optimizer = MultiOptimizer.of(
 *     List.of(Muon.of(0.02), AdamW.of(1e-3)),
 *     List.of((path, array) -> array.ndim() == 2 && !path.startsWith("head")));
 * var parameters = Map.of("hidden", Ops.eye(3), "head", Ops.eye(3));
 * var state = optimizer.init(parameters);
 * }</pre>
 *
 * <p>An array belongs to the first optimizer whose filter accepts its path and itself, or else to
 * the last optimizer, which has no filter. A filter must give the same answer for an array each
 * time; a compiled function calls it only while it is recorded.
 *
 * <p>All optimizers share one step count. The slots of the state are those of the first optimizer,
 * followed by those of the second and so on; each has null for the arrays of the others.
 *
 * @param optimizers the optimizers, of any kind
 * @param filters a filter for each optimizer but the last
 */
public record MultiOptimizer(
    List<Optimizer> optimizers, List<BiPredicate<String, MlxArray>> filters) implements Optimizer {
  /**
   * Makes an optimizer from others.
   *
   * @throws IllegalArgumentException if there is no optimizer, or the number of filters is not one
   *     less than that of optimizers
   * @throws NullPointerException if a list is or contains null
   */
  public MultiOptimizer {
    optimizers = copy("optimizer", Formula.notNull("MultiOptimizer", "optimizers", optimizers));
    filters = copy("filter", Formula.notNull("MultiOptimizer", "filters", filters));
    int given = filters.size();
    new Options("MultiOptimizer")
        .separated("optimizer", optimizers.size(), "filters", given, given);
  }

  private static <T> List<T> copy(String what, List<T> list) {
    for (int i = 0; i < list.size(); i++) {
      Formula.notNull("MultiOptimizer", what + " " + i, list.get(i));
    }
    return List.copyOf(list);
  }

  /**
   * Equivalent to {@link #MultiOptimizer(List, List) new MultiOptimizer(optimizers, List.of())},
   * for a list of one optimizer.
   */
  public static MultiOptimizer of(List<? extends Optimizer> optimizers) {
    return of(optimizers, List.of());
  }

  /** Equivalent to {@link #MultiOptimizer(List, List) new MultiOptimizer(optimizers, filters)}. */
  public static MultiOptimizer of(
      List<? extends Optimizer> optimizers, List<BiPredicate<String, MlxArray>> filters) {
    return new MultiOptimizer(
        new ArrayList<>(Formula.notNull("MultiOptimizer", "optimizers", optimizers)), filters);
  }

  @Override
  public <P extends @Nullable Object> OptimizerState<P> init(P parameters) {
    return Scope.run(
        () -> {
          Parameters<P> all = Parameters.of("MultiOptimizer.init", parameters);
          int[] owners = owners(all);
          List<@Nullable P> slots = new ArrayList<>();
          List<OptimizerState<P>> states = new ArrayList<>();
          for (int k = 0; k < optimizers.size(); k++) {
            OptimizerState<P> state =
                optimizers.get(k).init(all.with(ofOwner(k, owners, all.arrays())));
            slots.addAll(state.slots());
            states.add(state);
          }
          return new OptimizerState<>(states.get(states.size() - 1).step(), slots);
        });
  }

  @Override
  public <P extends @Nullable Object> Updated<P> update(
      P parameters, @Nullable P gradients, OptimizerState<P> state) {
    Formula.notNull("MultiOptimizer.update", "state", state);
    int[] counts = slotCounts(state.slots().size());
    return Scope.run(
        () -> {
          Parameters<P> all = Parameters.of("MultiOptimizer.update", parameters);
          @Nullable MlxArray[] gradient = all.matching("gradients", gradients);
          int[] owners = owners(all);
          Updated<P> updated = new Updated<>(parameters, state);
          List<@Nullable P> slots = new ArrayList<>();
          for (int k = 0; k < counts.length; k++) {
            List<@Nullable P> own = state.slots().subList(slots.size(), slots.size() + counts[k]);
            updated =
                optimizers
                    .get(k)
                    .update(
                        updated.parameters(),
                        all.with(ofOwner(k, owners, gradient)),
                        new OptimizerState<>(state.step(), own));
            slots.addAll(updated.state().slots());
          }
          return new Updated<>(
              updated.parameters(), new OptimizerState<>(updated.state().step(), slots));
        });
  }

  /** For each array the index of its optimizer. */
  private int[] owners(Parameters<?> all) {
    int[] owners = new int[all.count()];
    for (int i = 0; i < owners.length; i++) {
      while (owners[i] < filters.size() && !all.test(filters.get(owners[i]), i)) {
        owners[i]++;
      }
    }
    return owners;
  }

  private static @Nullable MlxArray[] ofOwner(
      int owner, int[] owners, @Nullable MlxArray... arrays) {
    @Nullable MlxArray[] own = new MlxArray[arrays.length];
    for (int i = 0; i < own.length; i++) {
      own[i] = owners[i] == owner ? arrays[i] : null;
    }
    return own;
  }

  /** How many slots each optimizer has, which does not depend on parameters. */
  private int[] slotCounts(int given) {
    int[] counts = new int[optimizers.size()];
    int sum = 0;
    for (int k = 0; k < counts.length; k++) {
      Optimizer optimizer = optimizers.get(k);
      counts[k] = Scope.run(() -> optimizer.init(List.of()).slots().size());
      sum += counts[k];
    }
    if (given != sum) {
      throw new IllegalArgumentException(
          "[MultiOptimizer.update] the state has "
              + given
              + " slots, but these optimizers have "
              + sum
              + " together");
    }
    return counts;
  }
}
