package org.mlx4j.tree;

import org.mlx4j.internal.tree.Structure;

/**
 * A call that is under way on this thread. By it the user's function gets the very static values of
 * the call, and the call the structure of what the function returned.
 */
final class Frame {
  private static final ThreadLocal<Calls> CALLS = ThreadLocal.withInitial(Calls::new);

  /** The calls of a thread, one inside the other. */
  private static final class Calls {
    private Frame innermost;
  }

  private final Calls calls;
  private final Frame outer;
  private final Specialization function;
  final Structure arguments;
  Structure results;

  private Frame(Specialization function, Structure arguments) {
    this.calls = CALLS.get();
    this.outer = calls.innermost;
    this.function = function;
    this.arguments = arguments;
    calls.innermost = this;
  }

  static Frame enter(Specialization function, Structure arguments) {
    return new Frame(function, arguments);
  }

  /**
   * The call in which a function runs, or null: a checkpointed function runs again in the calls of
   * others.
   */
  static Frame of(Specialization function) {
    Frame frame = CALLS.get().innermost;
    return frame != null && frame.function == function ? frame : null;
  }

  void leave() {
    calls.innermost = outer;
  }
}
