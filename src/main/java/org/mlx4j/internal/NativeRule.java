package org.mlx4j.internal;

/** A Java function of arrays and numbers that C++ calls. */
@FunctionalInterface
public interface NativeRule {
  /**
   * Runs the rule.
   *
   * @param args handles of the arrays, which the callee must close
   * @param numbers further arguments
   * @return the number of results, the results' handles, the number of numbers, the numbers, then
   *     all handles to close once the results have been copied
   * @throws Throwable any exception of the Java code; the outermost call into MLX throws the same
   *     object
   */
  long[] call(long[] args, int[] numbers) throws Throwable;
}
