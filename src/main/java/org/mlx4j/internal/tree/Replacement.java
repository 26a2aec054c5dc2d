package org.mlx4j.internal.tree;

import java.util.function.Supplier;

/** Replaces values inside a tree while it is rebuilt, from the inside to the outside. */
@FunctionalInterface
public interface Replacement {
  /**
   * Returns what takes the place of a record, list, map, Java array or optional.
   *
   * @param path its path as in files, which is computed when it is asked for
   * @param value the rebuilt value, with replacements inside
   * @return the value itself, or another one
   */
  Object of(Supplier<String> path, Object value);

  /**
   * Returns a value for a record whose constructor does not take the replaced components.
   *
   * @param type the class of the record
   * @param components its components, some of which have been replaced
   * @return the value, or null if there is none
   */
  default Object another(Class<?> type, Object... components) {
    return null;
  }
}
