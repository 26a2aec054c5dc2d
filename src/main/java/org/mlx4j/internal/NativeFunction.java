package org.mlx4j.internal;

/** A Java function as C++ calls it. */
@FunctionalInterface
public interface NativeFunction {
  /**
   * Runs the function.
   *
   * @param args handles of the arguments, which now belong to the callee
   * @return the number of results, the results' handles, then every handle that is to be closed
   *     once the results are copied
   * @throws Throwable whatever the Java code throws; the outermost call into MLX throws the same
   *     object
   */
  long[] call(long[] args) throws Throwable;
}
