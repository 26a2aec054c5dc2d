package org.mlx4j.optimizers;

import java.util.function.BiPredicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.mlx4j.MlxArray;
import org.mlx4j.internal.SharedSecrets;
import org.mlx4j.internal.tree.Flattening;
import org.mlx4j.internal.tree.Roots;
import org.mlx4j.internal.tree.Structure;

/** The arrays of a tree of parameters, and the arrays in the same places of other trees. */
final class Parameters<P extends @Nullable Object> {
  private static final Roots ROOTS = i -> "parameters";

  private final Structure structure;
  private final MlxArray[] arrays;
  private final boolean[] trained;

  /** The names of the arrays, from the first time that a filter asks for them. */
  private String @Nullable [] names;

  private Parameters(Flattening flattening) {
    structure = flattening.structure();
    arrays = flattening.leaves();
    trained = structure.trained();
  }

  static <P extends @Nullable Object> Parameters<P> of(String function, P parameters) {
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

  /**
   * Whether an array is trained. Optimizers neither change other arrays, whatever their gradients,
   * nor keep slots for them.
   */
  boolean isTrained(int i) {
    return trained[i];
  }

  boolean test(BiPredicate<String, MlxArray> filter, int i) {
    if (names == null) {
      names = structure.names();
    }
    return filter.test(names[i], arrays[i]);
  }

  /** Returns the arrays of another tree, null where it has none. */
  @Nullable MlxArray[] matching(String name, @Nullable P tree) {
    return structure.matchPart(name, tree);
  }

  /** Returns a tree of other arrays, of which some may be null. */
  @SuppressWarnings("unchecked") // it has the structure of the parameters
  P with(@Nullable MlxArray... others) {
    return (P) structure.rebuildFirst(others, 0);
  }

  /** Applies an operation to an array. */
  MlxArray computed(int i, UnaryOperator<MlxArray> operation) {
    try {
      return operation.apply(arrays[i]);
    } catch (RuntimeException e) {
      throw explained(i, e, arrays[i]);
    }
  }

  /** Returns the exception for a failure with one array of the tree, which names its place. */
  RuntimeException explained(int i, RuntimeException e, @Nullable MlxArray... given) {
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
