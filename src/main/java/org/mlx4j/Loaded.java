package org.mlx4j;

import java.util.Map;

/**
 * The content of a file.
 *
 * <pre>{@code
 * Map<String, MlxArray> arrays = Map.of("bias", MlxArray.of(1f, 2f));
 * Path file = Io.saveSafetensors(Path.of("model"), arrays, Map.of("author", "me"));
 * Loaded model = Io.load(file);
 * MlxArray bias = model.arrays().get("bias"); // array([1, 2], dtype=float32)
 * String author = model.metadata().get("author").text(); // "me"
 * }</pre>
 *
 * @param arrays the arrays, sorted by name; a {@code .npy} file has one, whose name is empty
 * @param metadata the metadata, sorted by key; {@code .npy} and {@code .npz} files have none
 */
public record Loaded(Map<String, MlxArray> arrays, Map<String, MetadataValue> metadata) {
  /**
   * Returns the array of a file that has only one.
   *
   * @return the array
   * @throws IllegalStateException if the file has no array or several
   */
  public MlxArray array() {
    if (arrays.size() != 1) {
      throw new IllegalStateException(
          "[Loaded] the file has " + arrays.size() + " arrays, not one: " + arrays.keySet());
    }
    return arrays.values().iterator().next();
  }
}
