package org.mlx4j.internal.tree;

import java.util.Arrays;
import org.mlx4j.MlxArray;

/**
 * The nesting and the static values of one or more trees. Trees with equal structures differ only
 * in their arrays.
 */
public final class Structure {
  final String function;
  private final Roots roots;
  final Object[] tokens;
  private final int[] leavesOfRoots;
  private final int leaves;
  private int hash;

  Structure(String function, Roots roots, Object[] tokens, int[] leavesOfRoots) {
    this.function = function;
    this.roots = roots;
    this.tokens = tokens;
    this.leavesOfRoots = leavesOfRoots;
    int sum = 0;
    for (int count : leavesOfRoots) {
      sum += count;
    }
    this.leaves = sum;
  }

  /**
   * Returns the number of arrays in all trees.
   *
   * @return the number
   */
  public int leaves() {
    return leaves;
  }

  /**
   * Returns the number of arrays in a tree.
   *
   * @param root the index of the tree
   * @return the number
   */
  public int leaves(int root) {
    return leavesOfRoots[root];
  }

  /**
   * Rebuilds all trees.
   *
   * @param arrays their arrays, which others may follow
   * @return the trees
   */
  public Object[] rebuild(MlxArray... arrays) {
    Object[] trees = new Object[leavesOfRoots.length];
    Rebuilding rebuilding = new Rebuilding(this, arrays, 0, null);
    for (int i = 0; i < trees.length; i++) {
      trees[i] = rebuilding.next();
    }
    return trees;
  }

  /**
   * Rebuilds the first tree.
   *
   * @param arrays an array that contains its arrays
   * @param from the index of the first of them
   * @return the tree
   */
  public Object rebuildFirst(MlxArray[] arrays, int from) {
    return new Rebuilding(this, arrays, from, null).next();
  }

  /**
   * Rebuilds the first tree with other values inside.
   *
   * @param arrays its arrays
   * @param replacement what replaces its values
   * @return the tree, or what replaced it
   * @throws IllegalArgumentException if a component of a record cannot hold what replaced its value
   */
  public Object rewrite(MlxArray[] arrays, Replacement replacement) {
    return new Rebuilding(this, arrays, 0, replacement).next();
  }

  /**
   * Returns the arrays of trees that have the structures of the first trees, except for static
   * values, in the order of those.
   *
   * @param name the name of the trees in messages
   * @param trees the trees, at most as many as in this structure
   * @return their arrays
   * @throws IllegalArgumentException if a tree has another structure
   */
  public MlxArray[] match(String name, Object... trees) {
    return new Matching(this, name, false).leavesOf(trees);
  }

  /**
   * Returns the arrays of a tree that has the structure of the first tree, as far as it is there.
   *
   * @param name the name of the tree in messages
   * @param tree the tree, in which null may stand for an array, or for a part with all its arrays
   * @return its arrays, null where the tree has null
   * @throws IllegalArgumentException if it has another structure
   */
  public MlxArray[] matchPart(String name, Object tree) {
    return new Matching(this, name, true).leavesOf(tree);
  }

  /** Returns the root node of the first tree, or null if it is a leaf or a static value. */
  Node firstNode() {
    return tokens[0] instanceof Node node ? node : null;
  }

  // ---- places ----------------------------------------------------------------------------------

  /**
   * Returns a message about an array.
   *
   * @param leaf the index of the array
   * @param message the problem
   * @return a message that names the function, the tree and the path
   */
  public String complaint(int leaf, String message) {
    return "[" + function + "] " + place(leaf) + ": " + message;
  }

  /**
   * Returns the place of an array.
   *
   * @param leaf the index of the array
   * @return its tree and its path, as messages name them
   */
  public String place(int leaf) {
    return place(roots, tokens, tokenOf(leaf));
  }

  /**
   * Returns the path from the root of a tree to an array, as messages name it.
   *
   * @param leaf the index of the array
   * @return a path such as {@code layers[2].w}; empty if the tree is the array itself
   */
  public String path(int leaf) {
    return new Place(tokens, tokenOf(leaf)).path;
  }

  IllegalArgumentException error(int token, String message) {
    return new IllegalArgumentException(
        "[" + function + "] " + place(roots, tokens, token) + ": " + message);
  }

  String rootOf(int token) {
    return roots.name(new Place(tokens, token).root);
  }

  /** Returns the path to a token as a continuation of the name of its tree. */
  String continued(int token) {
    String path = new Place(tokens, token).path;
    return path.isEmpty() ? "" : ", " + path;
  }

  /** Returns the place of a token, or the place of the next one at the end. */
  static String place(Roots roots, Object[] tokens, int token) {
    Place place = new Place(tokens, token);
    String root = roots.name(place.root);
    return place.path.isEmpty() ? root : root + ", " + place.path;
  }

  private int tokenOf(int leaf) {
    int token = -1;
    for (int found = -1; found < leaf; ) {
      if (tokens[++token] == Flattening.LEAF) {
        found++;
      }
    }
    return token;
  }

  /** The tree of a token and the path to it, computed only for messages. */
  private static final class Place {
    final int root;
    final String path;
    final String name;

    Place(Object[] tokens, int token) {
      Node[] open = new Node[token + 1];
      int[] next = new int[token + 1];
      int depth = 0;
      int trees = 0;
      for (int i = 0; ; i++) {
        while (depth > 0 && next[depth - 1] == open[depth - 1].children()) {
          depth--;
        }
        if (depth == 0) {
          trees++;
        } else {
          next[depth - 1]++;
        }
        if (i == token) {
          break;
        }
        if (tokens[i] instanceof Node node) {
          open[depth] = node;
          next[depth++] = 0;
        }
      }
      root = trees - 1;
      StringBuilder text = new StringBuilder();
      String above = null;
      for (int i = 0; i < depth; i++) {
        text.append(open[i].segment(next[i] - 1));
        above = joined(above, open[i].name(next[i] - 1));
      }
      name = above == null ? "" : above;
      path = text.indexOf(".") == 0 ? text.substring(1) : text.toString();
    }
  }

  // ---- names -----------------------------------------------------------------------------------

  /**
   * Returns the names of all arrays in files.
   *
   * @return for each array a name such as {@code layers.2.weight}; empty if a tree is the array
   *     itself
   */
  public String[] names() {
    String[] names = new String[leaves];
    new Walk(names, null).run();
    return names;
  }

  /**
   * Tells which arrays are trained.
   *
   * @return false for each array inside a component that is marked as not trained
   */
  public boolean[] trained() {
    boolean[] trained = new boolean[leaves];
    new Walk(null, trained).run();
    return trained;
  }

  /** Returns the name of a node or an array in files. */
  String nameOfToken(int token) {
    return new Place(tokens, token).name;
  }

  private static String joined(String above, String name) {
    if (name == null) {
      return above;
    }
    return above == null ? name : above + "." + name;
  }

  /** Passes all arrays with what the nodes above them say. */
  private final class Walk {
    private final String[] names;
    private final boolean[] trained;
    private int token;
    private int leaf;

    Walk(String[] names, boolean[] trained) {
      this.names = names;
      this.trained = trained;
    }

    void run() {
      for (int i = 0; i < leavesOfRoots.length; i++) {
        next(null, true);
      }
    }

    private void next(String name, boolean isTrained) {
      Object next = tokens[token++];
      if (next == Flattening.LEAF) {
        if (names != null) {
          names[leaf] = name == null ? "" : name;
        } else {
          trained[leaf] = isTrained;
        }
        leaf++;
      } else if (next instanceof Node node) {
        for (int i = 0; i < node.children(); i++) {
          next(names == null ? null : joined(name, node.name(i)), isTrained && node.isTrained(i));
        }
      }
    }
  }

  // ---- comparison ------------------------------------------------------------------------------

  /**
   * Tells whether trees of this and another structure differ only in their arrays.
   *
   * @param other another structure
   * @return true if nesting and static values are equal
   */
  @Override
  public boolean equals(Object other) {
    return this == other
        || (other instanceof Structure s
            && hashCode() == s.hashCode()
            && Arrays.equals(tokens, s.tokens));
  }

  @Override
  public int hashCode() {
    if (hash == 0) {
      hash = Arrays.hashCode(tokens);
    }
    return hash;
  }
}
