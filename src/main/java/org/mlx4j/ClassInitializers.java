package org.mlx4j;

import org.mlx4j.internal.PreparedClasses;

/**
 * The number of static initializers of classes that a thread is running.
 *
 * <p>What an initializer creates lives as long as its class, although the class may be used for the
 * first time inside a scope. Walking the stack takes microseconds, so a thread does it only if the
 * virtual machine has prepared a class since the last time; it prepares a class before it runs the
 * initializer.
 */
final class ClassInitializers {
  private static final StackWalker STACK = StackWalker.getInstance();

  private long seen = -1;
  private int running;

  /** Returns how many are running now. */
  int running() {
    if (running > 0 || PreparedClasses.count() != seen) {
      look();
    }
    return running;
  }

  /** Returns whether at most so many are running now. */
  boolean atMost(int count) {
    if (running > count
        || PreparedClasses.count() != seen) { // those that are over are no reason to look
      look();
    }
    return running <= count;
  }

  private void look() {
    seen = PreparedClasses.count();
    try {
      running =
          STACK
              .walk(all -> all.filter(f -> f.getMethodName().equals("<clinit>")).count())
              .intValue();
    } catch (StackOverflowError e) {
      // Endless recursion; whoever makes an array must not fail before the array has an owner.
    }
  }
}
