package org.mlx4j.internal.tree;

import java.util.Arrays;
import org.mlx4j.MlxArray;

/** Compares a tree with a structure, except for static values. */
final class Matching {
  private final Structure structure;
  private final String name;

  /** Whether null may stand for an array, or for a part of the tree with all its arrays. */
  private final boolean partial;

  private final MlxArray[] leaves;
  private int token;
  private int leaf;

  Matching(Structure structure, String name, boolean partial) {
    this.structure = structure;
    this.name = name;
    this.partial = partial;
    this.leaves = new MlxArray[structure.leaves()];
  }

  boolean partial() {
    return partial;
  }

  MlxArray[] leavesOf(Object... trees) {
    all(trees);
    return Arrays.copyOf(leaves, leaf);
  }

  /** Compares the next trees of the structure with values. */
  void all(Object[] others) {
    for (Object other : others) {
      next(other);
    }
  }

  /** Compares the next tree of the structure with a value. */
  void next(Object other) {
    if (partial && other == null) {
      skip();
      return;
    }
    Object wanted = structure.tokens[token++];
    if (wanted == Flattening.LEAF) {
      if (!(other instanceof MlxArray array)) {
        throw mismatch(other);
      }
      leaves[leaf++] = array;
    } else if (wanted instanceof Node node) {
      node.match(other, this);
    } else if (!bothStatic(wanted, other)) {
      throw mismatch(other);
    }
  }

  /** Passes the next tree of the structure. */
  private void skip() {
    Object skipped = structure.tokens[token++];
    if (skipped == Flattening.LEAF) {
      leaf++;
    } else if (skipped instanceof Node node) {
      for (int i = 0; i < node.children(); i++) {
        skip();
      }
    }
  }

  private static boolean bothStatic(Object wanted, Object other) {
    boolean sameClass = wanted != null && other != null && wanted.getClass() == other.getClass();
    return sameClass || (!(other instanceof MlxArray) && shape(other) == null);
  }

  /** Returns the node of a value, or null if the value is static. */
  private static Node shape(Object value) {
    return Flattening.of("flatten", Roots.TREE, value).structure().firstNode();
  }

  IllegalArgumentException mismatch(Object found) {
    return new IllegalArgumentException(
        "["
            + structure.function
            + "] "
            + name
            + structure.continued(token - 1)
            + ": found "
            + describe(found)
            + ", where "
            + structure.rootOf(token - 1)
            + " has "
            + describeToken(structure.tokens[token - 1]));
  }

  private static String describe(Object value) {
    if (value instanceof MlxArray) {
      return "an array";
    }
    Node node = shape(value);
    return node == null ? describeStatic(value) : node.description();
  }

  static String describeToken(Object token) {
    if (token == Flattening.LEAF) {
      return "an array";
    }
    return token instanceof Node node ? node.description() : describeStatic(token);
  }

  private static String describeStatic(Object value) {
    return value == null ? "null" : "the static value " + value;
  }
}
