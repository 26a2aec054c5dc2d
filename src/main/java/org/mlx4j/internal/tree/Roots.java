package org.mlx4j.internal.tree;

/** The names of trees in messages. */
@FunctionalInterface
public interface Roots {
  /** The arguments. */
  Roots ARGUMENTS = i -> "argument " + i;

  /** The result of the function. */
  Roots RESULT = i -> "the result";

  /** The only tree. */
  Roots TREE = i -> "the tree";

  /**
   * Returns the name of a tree.
   *
   * @param i the index of the tree
   * @return a noun, such as "argument 1"
   */
  String name(int i);
}
