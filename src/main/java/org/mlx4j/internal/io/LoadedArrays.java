package org.mlx4j.internal.io;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.mlx4j.Loaded;
import org.mlx4j.MetadataValue;
import org.mlx4j.MlxArray;

/** The arrays and metadata that have been read from a file so far. */
public final class LoadedArrays {
  private final Map<String, MlxArray> arrays = new TreeMap<>();
  private final Map<String, MetadataValue> metadata = new TreeMap<>();

  private LoadedArrays() {}

  /**
   * Collects what is read. If reading fails, all arrays read so far are closed.
   *
   * @param reading reads a file
   * @return what was read
   */
  public static Loaded collect(Consumer<LoadedArrays> reading) {
    LoadedArrays loaded = new LoadedArrays();
    boolean complete = false;
    try {
      reading.accept(loaded);
      complete = true;
    } finally {
      if (!complete) {
        loaded.closeAll();
      }
    }
    return new Loaded(loaded.arrays, loaded.metadata);
  }

  void add(ArraySource source, String name, MlxArray array) {
    MlxArray before = arrays.put(name, array);
    if (before != null) {
      before.close();
      throw source.corrupt("the name \"" + name + "\" occurs twice");
    }
  }

  void addMetadata(ArraySource source, String key, MetadataValue value) {
    MetadataValue before = metadata.put(key, value);
    if (before != null) {
      close(before);
      throw source.corrupt("the metadata key \"" + key + "\" occurs twice");
    }
  }

  private void closeAll() {
    arrays.values().forEach(MlxArray::close);
    metadata.values().forEach(LoadedArrays::close);
  }

  private static void close(MetadataValue value) {
    if (value instanceof MetadataValue.Array array) {
      array.value().close();
    }
  }
}
