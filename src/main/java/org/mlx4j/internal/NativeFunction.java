package org.mlx4j.internal;

/** A Java function that C++ calls. */
@FunctionalInterface
public interface NativeFunction {
  /**
   * Runs the function.
   *
   * @param args handles of the arguments, which the callee must close
   * @return the number of results, the results' handles, then all handles to close once the results
   *     have been copied
   * @throws Throwable any exception of the Java code; the outermost call into MLX throws the same
   *     object
   */
  long[] call(long[] args) throws Throwable;
}
