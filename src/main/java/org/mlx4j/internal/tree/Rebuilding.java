package org.mlx4j.internal.tree;

import org.mlx4j.MlxArray;

/** Rebuilds trees from a structure and arrays. */
final class Rebuilding {
  private final Structure structure;
  private final Object[] tokens;
  private final MlxArray[] leaves;
  private int token;
  private int leaf;

  Rebuilding(Structure structure, MlxArray[] leaves, int firstLeaf) {
    this.structure = structure;
    this.tokens = structure.tokens;
    this.leaves = leaves;
    this.leaf = firstLeaf;
  }

  /** Returns the next tree. */
  Object next() {
    Object next = tokens[token++];
    if (next == Flattening.LEAF) {
      return leaves[leaf++];
    }
    return next instanceof Node node ? node.rebuild(this) : next;
  }

  /** Fills an array with the next trees, and returns it. */
  Object[] next(Object[] trees) {
    for (int i = 0; i < trees.length; i++) {
      trees[i] = next();
    }
    return trees;
  }

  /** Returns the index of the node that is being rebuilt. */
  int token() {
    return token - 1;
  }

  IllegalArgumentException error(int token, String message) {
    return structure.error(token, message);
  }
}
