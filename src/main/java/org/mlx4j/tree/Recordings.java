package org.mlx4j.tree;

import java.util.HashMap;
import java.util.Map;
import org.mlx4j.internal.tree.Structure;

/**
 * What a function returned when it was recorded, for calls that do not run it.
 *
 * <p>A function may return different structures for different shapes of the same arguments, and MLX
 * does not say which recording it used. So every structure is given a number of arrays of its own,
 * by which it is known: usually the number that it has, else meaningless arrays are added.
 */
final class Recordings {
  /** Static values that are different each time would add more and more. */
  private static final int MOST_ADDED = 256;

  private final String transform;
  private final Map<Structure, Integer> counts = new HashMap<>();
  private final Map<Integer, Structure> structures = new HashMap<>();

  /** The first one, which is the only one of almost every function. */
  private volatile Structure usual;

  private volatile int usualCount;

  Recordings(String transform) {
    this.transform = transform;
  }

  /** The number of arrays to return for a result of this structure, not less than its own. */
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

  Structure of(int count) {
    Structure first = usual;
    if (first != null && usualCount == count) {
      return first;
    }
    synchronized (this) {
      return structures.get(count);
    }
  }
}
