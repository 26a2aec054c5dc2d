package org.mlx4j.tree;

import org.jspecify.annotations.Nullable;
import org.mlx4j.internal.tree.Structure;

/**
 * A call in progress on this thread. It gives the user's function the static values of this very
 * call, and gives the call the structure of the function's result.
 */
final class Frame {
  /** Empty outside calls, since a thread may outlive the class loader of this class. */
  private static final ThreadLocal<Frame> INNERMOST = new ThreadLocal<>();

  private final @Nullable Frame outer;
  private final Specialization function;
  final Structure arguments;
  @Nullable Structure results;

  private Frame(Specialization function, Structure arguments) {
    this.outer = INNERMOST.get();
    this.function = function;
    this.arguments = arguments;
  }

  static Frame enter(Specialization function, Structure arguments) {
    Frame frame = new Frame(function, arguments);
    INNERMOST.set(frame);
    return frame;
  }

  /**
   * Returns the call in which a function runs, or null: a checkpointed function runs again inside
   * calls of other functions.
   */
  static @Nullable Frame of(Specialization function) {
    Frame frame = INNERMOST.get();
    return frame != null && frame.function == function ? frame : null;
  }

  void leave() {
    if (outer == null) {
      INNERMOST.remove();
    } else {
      INNERMOST.set(outer);
    }
  }
}
