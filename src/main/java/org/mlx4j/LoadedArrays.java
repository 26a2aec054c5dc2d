package org.mlx4j;

import java.util.Map;
import java.util.TreeMap;

/** The arrays of a file while it is read; if that fails, none of them remains. */
final class LoadedArrays {
  final Map<String, MlxArray> byName = new TreeMap<>();
  final Map<String, MetadataValue> metadata = new TreeMap<>();

  void add(ArraySource source, String name, MlxArray array) {
    MlxArray before = byName.put(name, array);
    if (before != null) {
      before.close();
      throw source.corrupt("the name \"" + name + "\" is there twice");
    }
  }

  void addMetadata(ArraySource source, String name, MetadataValue value) {
    MetadataValue before = metadata.put(name, value);
    if (before != null) {
      close(before);
      throw source.corrupt("the metadata \"" + name + "\" is there twice");
    }
  }

  void closeAll() {
    byName.values().forEach(MlxArray::close);
    metadata.values().forEach(LoadedArrays::close);
  }

  private static void close(MetadataValue value) {
    if (value instanceof MetadataValue.Array array) {
      array.value().close();
    }
  }
}
