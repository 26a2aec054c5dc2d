package org.mlx4j.tree;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.mlx4j.internal.tree.Structure;

/**
 * The structures of the results that a function returned while it was recorded, for calls that do
 * not run it.
 *
 * <p>A function may return different structures for different shapes of the same arguments, and MLX
 * does not tell which recording it used. Every structure is therefore identified by a different
 * number of arrays: usually the number that it has, otherwise meaningless arrays are appended.
 */
final class Recordings {
  /** A bound for results whose static values differ in every call. */
  private static final int MOST_ADDED = 256;

  private final String transform;
  private final Map<Structure, Integer> counts = new HashMap<>();
  private final Map<Integer, Structure> structures = new HashMap<>();

  /** The first structure, which for almost every function is the only one. */
  private volatile @Nullable Structure usual;

  private volatile int usualCount;

  Recordings(String transform) {
    this.transform = transform;
  }

  /** Returns the number of arrays that stands for this structure, which is at least its own. */
  synchronized int record(Structure results) {
    Integer known = counts.get(results);
    if (known != null) {
      return known;
    }
    int count = results.leaves();
    while (structures.containsKey(count)) {
      count++;
    }
    if (count - results.leaves() > MOST_ADDED) {
      throw new IllegalStateException(
          "["
              + transform
              + "] the function returned more than "
              + MOST_ADDED
              + " different results for arguments of the same structure; static values that it"
              + " returns must follow from its arguments");
    }
    counts.put(results, count);
    structures.put(count, results);
    if (usual == null) {
      usualCount = count;
      usual = results;
    }
    return count;
  }

  /** Returns the structure that a number of arrays stands for. */
  Structure of(int count) {
    Structure first = usual;
    if (first != null && usualCount == count) {
      return first;
    }
    synchronized (this) {
      return Objects.requireNonNull(structures.get(count));
    }
  }
}
