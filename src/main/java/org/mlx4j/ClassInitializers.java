package org.mlx4j;

import org.mlx4j.internal.PreparedClasses;

/**
 * How many static initializers of classes a thread is running.
 *
 * <p>What an initializer makes lives as long as its class, although the class may be used for the
 * first time inside a scope. To look at the stack takes microseconds, so a thread looks only when
 * the virtual machine has prepared a class since it looked last, which it does before it runs an
 * initializer.
 */
final class ClassInitializers {
  private static final StackWalker STACK = StackWalker.getInstance();

  private long seen = -1;
  private int running;

  /** How many run now. */
  int running() {
    if (running > 0 || PreparedClasses.count() != seen) {
      look();
    }
    return running;
  }

  /** Whether at most so many run now. */
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
