package org.mlx4j.internal.tree;

/**
 * What holds other trees. In a {@link Structure} it stands before what it holds, and says how to
 * put it together again. Nodes of equal structures are equal.
 */
interface Node {
  /** The number of trees that it holds. */
  int children();

  /** How a path continues to a child: {@code .w} or {@code [2]}. */
  String segment(int child);

  /** Makes the value again, of children that {@code from} makes. */
  Object rebuild(Rebuilding from);

  /** Compares with a value, and goes on with the children of both. */
  void match(Object other, Matching matching);

  /** What it is, for messages: "a list of 3". */
  String description();
}
