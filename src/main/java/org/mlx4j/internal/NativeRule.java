package org.mlx4j.internal;

/** A Java function of arrays and numbers as C++ calls it. */
@FunctionalInterface
public interface NativeRule {
  /**
   * Runs the rule.
   *
   * @param args handles of the arrays, which now belong to the callee
   * @param numbers what else the rule is told
   * @return the number of results, the results' handles, the number of numbers, the numbers, then
   *     every handle that is to be closed once the results are copied
   * @throws Throwable whatever the Java code throws; the outermost call into MLX throws the same
   *     object
   */
  long[] call(long[] args, int[] numbers) throws Throwable;
}
