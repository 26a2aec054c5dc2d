package org.mlx4j;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.mlx4j.internal.ClosedException;
import org.mlx4j.internal.IoNative;

/** Arrays in files. */
public final class Io {
  private Io() {}

  /**
   * Saves arrays with their names in a file of the safetensors format. A file that is there is
   * replaced as a whole or, if something fails, not at all. Evaluates. Mirrors {@code
   * mlx.core.save_safetensors}.
   *
   * @param file the file
   * @param arrays the arrays by their names
   * @throws IllegalStateException if an array is closed
   * @throws MlxException if an array cannot be computed or written
   * @throws UncheckedIOException if the file cannot be written
   */
  public static void saveSafetensors(Path file, Map<String, MlxArray> arrays) {
    MlxArray[] values = arrays.values().toArray(MlxArray[]::new);
    Object[] names =
        arrays.keySet().stream().map(name -> name.getBytes(StandardCharsets.UTF_8)).toArray();
    long[] handles = Call.handles("saveSafetensors", values);
    try {
      Path target = file.toAbsolutePath();
      Path part =
          target.resolveSibling(
              "." + target.getFileName() + "." + UUID.randomUUID() + ".safetensors");
      try {
        IoNative.save_safetensors(bytes(part), names, handles);
        Files.move(
            part, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(part);
      }
    } catch (ClosedException e) {
      throw Call.explained("saveSafetensors", e, values);
    } catch (IOException e) {
      throw new UncheckedIOException("[saveSafetensors] " + file + " cannot be written", e);
    } finally {
      Reference.reachabilityFence(values);
    }
  }

  /**
   * Loads the arrays of a file in the safetensors format. Their values are read when they are first
   * needed. Mirrors {@code mlx.core.load}.
   *
   * @param file the file
   * @return the arrays by their names, in the order of the names
   * @throws MlxException if the file cannot be read or is not of the format
   */
  public static Map<String, MlxArray> loadSafetensors(Path file) {
    Object[] loaded = IoNative.load_safetensors(bytes(file.toAbsolutePath()));
    Object[] names = (Object[]) loaded[0];
    MlxArray[] values = Call.wrap((long[]) loaded[1], ThreadContext.current());
    Map<String, MlxArray> arrays = new TreeMap<>();
    for (int i = 0; i < values.length; i++) {
      arrays.put(new String((byte[]) names[i], StandardCharsets.UTF_8), values[i]);
    }
    return arrays;
  }

  private static byte[] bytes(Path path) {
    return path.toString().getBytes(StandardCharsets.UTF_8);
  }
}
