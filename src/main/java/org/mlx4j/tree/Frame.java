package org.mlx4j.tree;

import org.mlx4j.internal.tree.Structure;

/**
 * A call that is under way on this thread. By it the user's function gets the very static values of
 * the call, and the call the structure of what the function returned.
 */
final class Frame {
  /** Empty outside of calls: a thread may outlive the class loader of this class. */
  private static final ThreadLocal<Frame> INNERMOST = new ThreadLocal<>();

  private final Frame outer;
  private final Specialization function;
  final Structure arguments;
  Structure results;

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
   * The call in which a function runs, or null: a checkpointed function runs again in the calls of
   * others.
   */
  static Frame of(Specialization function) {
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
