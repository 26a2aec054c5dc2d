package org.mlx4j.internal.tree;

import java.util.Arrays;
import java.util.function.Consumer;
import org.mlx4j.MlxArray;

/**
 * Takes trees apart into their arrays, in order, and their structure.
 *
 * <p>The structure is a sequence of tokens in depth-first order: a {@link Node} precedes its
 * children, {@link #LEAF} stands for an array, and null and static values stand for themselves.
 */
public final class Flattening {
  /** The maximum depth of trees. Deeper ones most likely contain themselves. */
  private static final int MAX_DEPTH = 1000;

  static final Object LEAF = new Object();

  private final String function;
  private final Roots roots;

  /** Receives static values; null if nobody asks for them. */
  private final Consumer<Object> statics;

  private MlxArray[] leaves = new MlxArray[16];
  private int leafCount;
  private Object[] tokens = new Object[24];
  private int tokenCount;
  private final int[] leavesOfRoots;
  private int depth;

  private Flattening(String function, Roots roots, Consumer<Object> statics, Object[] trees) {
    this.function = function;
    this.roots = roots;
    this.statics = statics;
    leavesOfRoots = new int[trees.length];
    for (int i = 0; i < trees.length; i++) {
      int before = leafCount;
      add(trees[i]);
      leavesOfRoots[i] = leafCount - before;
    }
  }

  /**
   * Takes trees apart.
   *
   * @param function the public function that messages name
   * @param roots the names of the trees in messages
   * @param trees the trees
   * @return their parts
   * @throws IllegalArgumentException if a tree cannot be taken apart
   */
  public static Flattening of(String function, Roots roots, Object... trees) {
    return new Flattening(function, roots, null, trees);
  }

  /**
   * Finds the arrays of a tree and passes on its static values. Collections that are neither lists
   * nor maps may hold arrays here; they count as static values.
   *
   * @param function the public function that messages name
   * @param tree the tree
   * @param statics receives the static values
   * @return the arrays
   * @throws IllegalArgumentException if a tree cannot be taken apart
   */
  public static MlxArray[] visit(String function, Object tree, Consumer<Object> statics) {
    return new Flattening(function, Roots.TREE, statics, new Object[] {tree}).leaves();
  }

  /**
   * Returns the arrays.
   *
   * @return the arrays of all trees, in order
   */
  public MlxArray[] leaves() {
    return Arrays.copyOf(leaves, leafCount);
  }

  /**
   * Returns the structure, from which the trees can be rebuilt with other arrays.
   *
   * @return the structure of all trees
   */
  public Structure structure() {
    return new Structure(function, roots, Arrays.copyOf(tokens, tokenCount), leavesOfRoots);
  }

  void add(Object value) {
    if (value instanceof MlxArray leaf) {
      if (leafCount == leaves.length) {
        leaves = Arrays.copyOf(leaves, 2 * leafCount);
      }
      leaves[leafCount++] = leaf;
      addToken(LEAF);
    } else if (value == null) {
      addToken(null);
    } else {
      kind(value).flatten(value, this);
    }
  }

  private Kind kind(Object value) {
    try {
      return Kind.of(value.getClass());
    } catch (UnusableTypeException e) {
      if (!looksForArrays() && !RecordShape.mayHoldArrays(value.getClass())) {
        return Kind.STATIC;
      }
      throw error(e.getMessage());
    }
  }

  void addStatic(Object value) {
    if (statics != null) {
      statics.accept(value);
    }
    addToken(value);
  }

  boolean looksForArrays() {
    return statics == null;
  }

  /** Adds a node with its children. */
  void add(Node node, Object[] children) {
    open(node);
    for (Object child : children) {
      add(child);
    }
    close();
  }

  /** Adds a node, which its children follow. */
  void open(Node node) {
    if (++depth > MAX_DEPTH) {
      throw error("it is nested more than " + MAX_DEPTH + " deep; a tree cannot contain itself");
    }
    addToken(node);
  }

  /** Ends the node that was opened last. */
  void close() {
    depth--;
  }

  private void addToken(Object token) {
    if (tokenCount == tokens.length) {
      tokens = Arrays.copyOf(tokens, 2 * tokenCount);
    }
    tokens[tokenCount++] = token;
  }

  /** Returns the exception for the next value. */
  IllegalArgumentException error(String message) {
    String place = Structure.place(roots, tokens, tokenCount);
    return new IllegalArgumentException("[" + function + "] " + place + ": " + message);
  }
}
