package org.mlx4j.optimizers;

import java.util.function.BiPredicate;
import java.util.function.UnaryOperator;
import org.mlx4j.MlxArray;
import org.mlx4j.internal.SharedSecrets;
import org.mlx4j.internal.tree.Flattening;
import org.mlx4j.internal.tree.Roots;
import org.mlx4j.internal.tree.Structure;

/** The arrays of a tree of parameters, and what other trees have in their places. */
final class Parameters<P> {
  private static final Roots ROOTS = i -> "parameters";

  private final Structure structure;
  private final MlxArray[] arrays;

  private Parameters(Flattening flattening) {
    structure = flattening.structure();
    arrays = flattening.leaves();
  }

  static <P> Parameters<P> of(String function, P parameters) {
    return new Parameters<>(Flattening.of(function, ROOTS, parameters));
  }

  int count() {
    return arrays.length;
  }

  MlxArray array(int i) {
    return arrays[i];
  }

  MlxArray[] arrays() {
    return arrays;
  }

  /** Whether an array is one to be trained: no optimizer changes another, whatever its gradient. */
  boolean isTrained(int i) {
    return i >= 0;
  }

  boolean test(BiPredicate<String, MlxArray> filter, int i) {
    return filter.test(structure.path(i), arrays[i]);
  }

  /** The arrays of another tree, null where it has none. */
  MlxArray[] matching(String name, P tree) {
    return structure.matchPart(name, tree);
  }

  /** A tree of other arrays, of which some may be null. */
  @SuppressWarnings("unchecked") // it has the structure of the parameters
  P with(MlxArray... others) {
    return (P) structure.rebuildFirst(others, 0);
  }

  /** What an operation makes of an array. */
  MlxArray computed(int i, UnaryOperator<MlxArray> operation) {
    try {
      return operation.apply(arrays[i]);
    } catch (RuntimeException e) {
      throw explained(i, e, arrays[i]);
    }
  }

  /** The exception for what was thrown when something was computed of arrays. */
  RuntimeException explained(int i, RuntimeException e, MlxArray... given) {
    for (MlxArray x : given) {
      if (x != null && x.isClosed()) {
        IllegalStateException cause = e instanceof IllegalStateException closed ? closed : null;
        return SharedSecrets.arrayAccess()
            .closed(structure.complaint(i, "an array of it is closed"), x, cause);
      }
    }
    if (e instanceof IllegalArgumentException) {
      return new IllegalArgumentException(structure.complaint(i, e.getMessage()), e);
    }
    return e;
  }
}
