package org.mlx4j.internal.tree;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;
import org.mlx4j.MlxArray;

/** Joins two trees, each of which may have null where the other one has something. */
public final class Combining {
  private final Structure first;
  private final Structure second;
  private final BinaryOperator<MlxArray> operation;
  private final List<Object> tokens = new ArrayList<>();
  private final List<MlxArray> leaves = new ArrayList<>();

  private Combining(Structure first, Structure second, BinaryOperator<MlxArray> operation) {
    this.first = first;
    this.second = second;
    this.operation = operation;
  }

  /**
   * Joins two trees.
   *
   * @param function the public function that messages name
   * @param first a tree
   * @param second another one
   * @param operation returns the array for a place where both have one; null if that is an error
   * @return a tree with the arrays of both, and with the static values of the first where both have
   *     some
   * @throws IllegalArgumentException if the trees do not fit together
   */
  public static Object of(
      String function, Object first, Object second, BinaryOperator<MlxArray> operation) {
    Flattening a = Flattening.of(function, i -> "argument 0", first);
    Flattening b = Flattening.of(function, i -> "argument 1", second);
    Combining combining = new Combining(a.structure(), b.structure(), operation);
    combining.add(Part.of(a), Part.of(b));
    MlxArray[] leaves = combining.leaves.toArray(MlxArray[]::new);
    return new Structure(
            function, Roots.RESULT, combining.tokens.toArray(), new int[] {leaves.length})
        .rebuildFirst(leaves, 0);
  }

  /**
   * A value of a tree with what is in it.
   *
   * @param token the node, the mark of an array, or the static value
   * @param place the index of the token in its structure
   * @param array the array, if it is one
   * @param children the values in it
   */
  private record Part(Object token, int place, MlxArray array, List<Part> children) {
    static Part of(Flattening flattening) {
      return new Reader(flattening.structure().tokens, flattening.leaves()).next();
    }

    /** Whether the other tree decides what is here. */
    boolean isNothing() {
      return token == null || token == OptionalShape.EMPTY;
    }

    boolean isStatic() {
      return token != Flattening.LEAF && !(token instanceof Node);
    }
  }

  /** Reads the parts of a tree. */
  private static final class Reader {
    private final Object[] tokens;
    private final MlxArray[] leaves;
    private int token;
    private int leaf;

    Reader(Object[] tokens, MlxArray... leaves) {
      this.tokens = tokens;
      this.leaves = leaves;
    }

    Part next() {
      int place = token++;
      Object next = tokens[place];
      MlxArray array = next == Flattening.LEAF ? leaves[leaf++] : null;
      List<Part> children = new ArrayList<>();
      if (next instanceof Node node) {
        for (int i = 0; i < node.children(); i++) {
          children.add(next());
        }
      }
      return new Part(next, place, array, children);
    }
  }

  private void add(Part a, Part b) {
    if (b.isNothing()) {
      add(a);
    } else if (a.isNothing()) {
      add(b);
    } else if (a.array() != null && b.array() != null) {
      tokens.add(Flattening.LEAF);
      leaves.add(combined(a, b));
    } else if (a.token() instanceof Node node) {
      tokens.add(node);
      List<Part> others = inOrderOf(a, b);
      for (int i = 0; i < others.size(); i++) {
        add(a.children().get(i), others.get(i));
      }
    } else if (a.isStatic() && b.isStatic()) {
      tokens.add(a.token());
    } else {
      throw mismatch(a, b);
    }
  }

  /** Adds a part of one of the trees. */
  private void add(Part part) {
    tokens.add(part.token());
    if (part.array() != null) {
      leaves.add(part.array());
    }
    part.children().forEach(this::add);
  }

  private MlxArray combined(Part a, Part b) {
    if (operation == null) {
      throw first.error(
          a.place(),
          "both trees have an array here; combine(first, second, operation) takes an operation that"
              + " makes one array of two");
    }
    MlxArray result = operation.apply(a.array(), b.array());
    if (result == null) {
      throw new NullPointerException(
          first.error(a.place(), "the operation returned null").getMessage());
    }
    return result;
  }

  /** The children of the second node in the order of the first one. */
  private List<Part> inOrderOf(Part a, Part b) {
    List<Part> others = b.children();
    if (!(b.token() instanceof Node node)
        || node.getClass() != a.token().getClass()
        || others.size() != a.children().size()) {
      throw mismatch(a, b);
    }
    if (a.token() instanceof RecordShape) {
      if (node != a.token()) {
        throw mismatch(a, b);
      }
    } else if (a.token() instanceof MapShape map) {
      List<Object> keys = ((MapShape) node).keys();
      if (!keys.containsAll(map.keys())) {
        throw mismatch(a, b);
      }
      return map.keys().stream().map(key -> others.get(keys.indexOf(key))).toList();
    }
    return others;
  }

  private IllegalArgumentException mismatch(Part a, Part b) {
    return second.error(
        b.place(),
        "found "
            + Matching.describeToken(b.token())
            + ", where argument 0 has "
            + Matching.describeToken(a.token()));
  }
}
