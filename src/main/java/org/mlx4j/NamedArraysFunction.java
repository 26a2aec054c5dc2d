package org.mlx4j;

import java.util.Map;

/**
 * A function of positional and named arrays that can be {@linkplain Export exported}.
 *
 * <pre>{@code
 * NamedArraysFunction f = (xs, named) -> new MlxArray[] {xs[0].multiply(named.get("scale"))};
 * Export.exportFunction(
 *     Path.of("f.mlxfn"), f, new MlxArray[] {Ops.ones(3)}, Map.of("scale", MlxArray.scalar(2f)));
 * }</pre>
 */
@FunctionalInterface
public interface NamedArraysFunction {
  /**
   * Applies the function.
   *
   * @param xs the positional arguments
   * @param named the named arguments by their names, sorted by name
   * @return the results
   */
  MlxArray[] apply(MlxArray[] xs, Map<String, MlxArray> named);
}
