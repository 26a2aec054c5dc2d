package org.mlx4j.tree;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.mlx4j.MlxArray;
import org.mlx4j.internal.HandlesNative;
import org.mlx4j.internal.tree.Flattening;
import org.mlx4j.internal.tree.Structure;

/** The native function for arguments of one structure. */
final class Specialization {
  final Structure arguments;
  final long handle;
  private final Transformed owner;
  private final @Nullable Recordings recordings;
  private final int @Nullable [] order;
  private volatile boolean dropped;
  private volatile boolean worked;

  Specialization(Transformed owner, Structure arguments) {
    this.owner = owner;
    this.arguments = arguments;
    this.recordings = owner.records() ? new Recordings(owner.transform) : null;
    this.order = owner.order(arguments);
    this.handle =
        Core.ARRAYS.transformed(
            owner.transform, this::run, owner.transformation(arguments, recordings));
  }

  /** Returns the arrays of arguments in the order in which the native function takes them. */
  MlxArray[] ordered(MlxArray... leaves) {
    if (order == null) {
      return leaves;
    }
    MlxArray[] ordered = new MlxArray[leaves.length];
    for (int i = 0; i < order.length; i++) {
      ordered[i] = leaves[order[i]];
    }
    return ordered;
  }

  private MlxArray[] inOwnOrder(MlxArray... ordered) {
    if (order == null) {
      return ordered;
    }
    MlxArray[] leaves = new MlxArray[ordered.length];
    for (int i = 0; i < order.length; i++) {
      leaves[order[i]] = ordered[i];
    }
    return leaves;
  }

  /** The user's function as one of arrays. */
  private MlxArray[] run(MlxArray... ordered) {
    MlxArray[] leaves = inOwnOrder(ordered);
    Frame frame = Frame.of(this);
    Structure given = frame == null ? arguments : frame.arguments;
    Object returned = owner.callee.apply(given.rebuild(leaves));
    Flattening flattened =
        Flattening.of(owner.transform, owner.resultNames(), owner.results(returned));
    MlxArray[] results = flattened.leaves();
    Structure structure = flattened.structure();
    int closed = results.length > 1 ? Core.ARRAYS.firstClosed(results) : -1;
    if (closed >= 0) {
      throw Core.ARRAYS.closed(
          structure.complaint(closed, "the array is closed"), results[closed], null);
    }
    if (recordings != null) {
      return padded(results, recordings.record(structure));
    }
    Objects.requireNonNull(frame).results = structure; // only recorded functions run elsewhere
    return results;
  }

  /** Appends meaningless arrays. */
  static MlxArray[] padded(MlxArray[] results, int length) {
    if (length == results.length) {
      return results;
    }
    MlxArray[] padded = Arrays.copyOf(results, length);
    Arrays.fill(padded, results.length, length, MlxArray.scalar(false));
    return padded;
  }

  /** Returns the structure of the function's result, which has this number of arrays. */
  Structure results(Frame frame, int outputs) {
    return recordings != null ? recordings.of(outputs) : Objects.requireNonNull(frame.results);
  }

  /** Notes that a call has returned. */
  void worked() {
    worked = true;
  }

  boolean hasWorked() {
    return worked;
  }

  boolean dropped() {
    return dropped;
  }

  /** Frees the native function. Calls in progress finish. */
  void drop() {
    dropped = true;
    HandlesNative.close(handle);
  }
}
