package org.mlx4j.tree;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.mlx4j.internal.tree.Structure;

/**
 * The native functions of a transform, one for each structure of arguments. A static value that
 * changes in every call needs a new one each time, so the least recently used ones are dropped.
 */
final class Specializations {
  private static final int MOST = 64;

  private final Transformed owner;

  /** In the order of their last use; null once closed. */
  private @Nullable Map<Structure, Specialization> recent = new LinkedHashMap<>(16, 0.75f, true);

  /** The function of the last call, which the next call almost always needs, too. */
  private volatile @Nullable Specialization last;

  Specializations(Transformed owner) {
    this.owner = owner;
  }

  Specialization of(Structure arguments) {
    Specialization f = last;
    if (f == null || f.dropped() || !f.arguments.equals(arguments)) {
      f = lookUp(arguments);
      last = f;
    }
    return f;
  }

  private synchronized Specialization lookUp(Structure arguments) {
    if (recent == null) {
      throw owner.closed();
    }
    Specialization f = recent.get(arguments);
    if (f == null) {
      f = new Specialization(owner, arguments);
      recent.put(arguments, f);
      if (recent.size() > MOST) {
        Iterator<Specialization> oldestFirst = recent.values().iterator();
        oldestFirst.next().drop();
        oldestFirst.remove();
      }
    }
    return f;
  }

  /**
   * Drops a function if no call of it has returned, so that a refused call leaves nothing behind.
   */
  void forgetFailed(Specialization f) {
    if (!f.hasWorked()) {
      forget(f);
    }
  }

  private synchronized void forget(Specialization f) {
    if (!f.hasWorked() && recent != null && recent.remove(f.arguments, f)) {
      f.drop();
    }
    if (last == f) {
      last = null;
    }
  }

  synchronized boolean closed() {
    return recent == null;
  }

  synchronized void close() {
    if (recent != null) {
      recent.values().forEach(Specialization::drop);
      recent = null;
    }
    last = null;
  }
}
