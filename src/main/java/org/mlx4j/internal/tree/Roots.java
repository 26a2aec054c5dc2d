package org.mlx4j.internal.tree;

/** What trees are to a function, for messages. */
@FunctionalInterface
public interface Roots {
  /** The arguments. */
  Roots ARGUMENTS = i -> "argument " + i;

  /** What the function returned. */
  Roots RESULT = i -> "the result";

  /** The only tree. */
  Roots TREE = i -> "the tree";

  /**
   * What one of the trees is.
   *
   * @param i its index
   * @return a noun
   */
  String name(int i);
}
