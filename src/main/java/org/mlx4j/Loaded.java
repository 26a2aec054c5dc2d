package org.mlx4j;

import java.util.Map;

/**
 * What a file holds.
 *
 * @param arrays the arrays by their names, in the order of the names; a .npy file has one, without
 *     a name
 * @param metadata what the file says beside them, which .npy and .npz never do
 */
public record Loaded(Map<String, MlxArray> arrays, Map<String, MetadataValue> metadata) {
  /**
   * The only array.
   *
   * @return the array
   * @throws IllegalStateException if there is not exactly one
   */
  public MlxArray array() {
    if (arrays.size() != 1) {
      throw new IllegalStateException(
          "[Loaded] there are " + arrays.size() + " arrays: " + arrays.keySet());
    }
    return arrays.values().iterator().next();
  }
}
