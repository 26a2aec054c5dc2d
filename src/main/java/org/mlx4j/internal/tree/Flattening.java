package org.mlx4j.internal.tree;

import java.util.Arrays;
import java.util.function.Consumer;
import org.mlx4j.MlxArray;

/**
 * Takes trees apart: their arrays, in order, and their structure.
 *
 * <p>The structure is the sequence of all nodes, each before what it holds. An array is {@link
 * #LEAF} in it, null and static values are themselves.
 */
public final class Flattening {
  /** How deep trees may be. What is deeper most likely contains itself. */
  private static final int DEEPEST = 1000;

  static final Object LEAF = new Object();

  private final String function;
  private final Roots roots;

  /** Who else wants to see static values; null for nobody. */
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
   * @param function what messages name
   * @param roots what the trees are to that function
   * @param trees the trees
   * @return their parts
   * @throws IllegalArgumentException if a tree cannot be taken apart
   */
  public static Flattening of(String function, Roots roots, Object... trees) {
    return new Flattening(function, roots, null, trees);
  }

  /**
   * Finds the arrays of a tree, and shows its static values. Collections of any kind may hold
   * arrays; they are shown as static values.
   *
   * @param function what messages name
   * @param tree the tree
   * @param statics what takes the static values
   * @return the arrays
   * @throws IllegalArgumentException if a tree cannot be taken apart
   */
  public static MlxArray[] visit(String function, Object tree, Consumer<Object> statics) {
    return new Flattening(function, Roots.TREE, statics, new Object[] {tree}).leaves();
  }

  /**
   * The arrays.
   *
   * @return the arrays of all trees, in order
   */
  public MlxArray[] leaves() {
    return Arrays.copyOf(leaves, leafCount);
  }

  /**
   * All but the arrays.
   *
   * @return what the trees can be made from, together with arrays
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

  /** Adds a node; its children come next. */
  void open(Node node) {
    if (++depth > DEEPEST) {
      throw error("it is nested more than " + DEEPEST + " deep; a tree cannot contain itself");
    }
    addToken(node);
  }

  /** All children of the node that was opened last were added. */
  void close() {
    depth--;
  }

  private void addToken(Object token) {
    if (tokenCount == tokens.length) {
      tokens = Arrays.copyOf(tokens, 2 * tokenCount);
    }
    tokens[tokenCount++] = token;
  }

  /** Says what is wrong with the value that comes next. */
  IllegalArgumentException error(String message) {
    String place = Structure.place(roots, tokens, tokenCount);
    return new IllegalArgumentException("[" + function + "] " + place + ": " + message);
  }
}
