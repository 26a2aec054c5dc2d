package org.mlx4j;

import java.util.Map;

/** A function of positional and of named arrays, to be {@linkplain Export exported}. */
@FunctionalInterface
public interface NamedArraysFunction {
  /**
   * Applies the function.
   *
   * @param xs the positional arguments
   * @param named the named arguments, in the order of their names
   * @return the results
   */
  MlxArray[] apply(MlxArray[] xs, Map<String, MlxArray> named);
}
