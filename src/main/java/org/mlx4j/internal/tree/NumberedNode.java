package org.mlx4j.internal.tree;

/** A node whose children are known by their numbers: a list or an array. */
interface NumberedNode extends Node {
  @Override
  default String segment(int child) {
    return "[" + child + "]";
  }

  @Override
  default String name(int child) {
    return Integer.toString(child);
  }
}
