package org.mlx4j.internal;

/**
 * Counts the static initializers of classes that a thread is running.
 *
 * <p>What an initializer makes must live as long as its class, although the class may be used for
 * the first time inside a scope. A look at the stack takes microseconds, so a thread looks only
 * when the virtual machine has prepared a class since its last look: it prepares each class before
 * it runs the initializer.
 */
public final class ClassInitializers {
  private static final StackWalker STACK = StackWalker.getInstance();

  private long seen = -1;
  private int running;

  /**
   * Returns how many initializers are running.
   *
   * @return the number
   */
  public int running() {
    if (running > 0 || PreparedClasses.count() != seen) {
      look();
    }
    return running;
  }

  /**
   * Tells whether at most a number of initializers are running.
   *
   * @param count the number
   * @return true if so
   */
  public boolean atMost(int count) {
    if (running > count
        || PreparedClasses.count() != seen) { // initializers that have ended need no look
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
      // Endless recursion; the caller must not fail before its array has an owner.
    }
  }
}
