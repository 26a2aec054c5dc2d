package org.mlx4j.internal.tree;

/**
 * An inner node of a tree. In a {@link Structure} it precedes its children and knows how to rebuild
 * the value from them. Nodes of equal structures are equal.
 */
interface Node {
  /** Returns the number of children. */
  int children();

  /** Returns the part of a path that leads to a child, such as {@code .w} or {@code [2]}. */
  String segment(int child);

  /** Returns the part of a name in files that leads to a child, or null if there is none. */
  String name(int child);

  /** Tells whether the arrays of a child are trained, as far as this node says. */
  default boolean isTrained(int child) {
    return true;
  }

  /** Rebuilds the value from children that {@code from} rebuilds. */
  Object rebuild(Rebuilding from);

  /** Compares this node with a value, and then their children. */
  void match(Object other, Matching matching);

  /** Returns a description for messages, such as "a list of 3". */
  String description();
}
