package org.mlx4j.internal.tree;

import org.mlx4j.MlxArray;

/** Rebuilds trees from a structure and arrays. */
final class Rebuilding {
  private final Structure structure;
  private final Object[] tokens;
  private final MlxArray[] leaves;

  /** Replaces values; null if nobody does. */
  private final Replacement replacement;

  private int token;
  private int leaf;

  Rebuilding(Structure structure, MlxArray[] leaves, int firstLeaf, Replacement replacement) {
    this.structure = structure;
    this.replacement = replacement;
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
    if (!(next instanceof Node node)) {
      return next;
    }
    int place = token();
    Object rebuilt = node.rebuild(this);
    return replacement == null
        ? rebuilt
        : replacement.of(() -> structure.nameOfToken(place), rebuilt);
  }

  /**
   * Returns a value for a record whose components have been replaced and do not fit any longer, or
   * null if there is none.
   */
  Object another(Class<?> type, Object... components) {
    return replacement == null ? null : replacement.another(type, components);
  }

  boolean replaces() {
    return replacement != null;
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
