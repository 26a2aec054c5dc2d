package org.mlx4j;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Damages every exported function of a folder in every place, imports it, and calls what could be
 * imported. Only exceptions may come of it.
 */
final class ExportHostile {
  private static final int[] FLIPS = {0x01, 0x80, 0xFF};

  private static int refused;
  private static int imported;
  private static int failed;

  private ExportHostile() {}

  /** Arguments: the folder, the size of the largest file to damage, every how many-th byte. */
  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]);
    int largest = Integer.parseInt(args[1]);
    int step = Integer.parseInt(args[2]);
    Path damaged = folder.resolve("damaged");
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files = all.filter(f -> f.toString().endsWith(".mlxfn")).sorted().toList();
    }
    for (Path file : files) {
      byte[] bytes = Files.readAllBytes(file);
      if (bytes.length > largest) {
        continue;
      }
      String name = file.getFileName().toString().replace(".mlxfn", "");
      Map<String, MlxArray> arrays = Io.loadSafetensors(folder.resolve(name + ".safetensors"));
      MlxArray[] in = ExportedOperationsTest.numbered(arrays, "in");
      for (int length = 0; length < bytes.length; length++) {
        if (attempt(damaged, Arrays.copyOf(bytes, length), in)) {
          throw new AssertionError(name + " can be imported when cut to " + length);
        }
      }
      if (attempt(damaged, Arrays.copyOf(bytes, bytes.length + 1), in)) {
        throw new AssertionError(name + " can be imported with a byte more");
      }
      for (int i = 0; i < bytes.length; i += step) {
        for (int flip : FLIPS) {
          byte[] other = bytes.clone();
          other[i] ^= (byte) flip;
          attempt(damaged, other, in);
        }
      }
    }
    System.out.println(files.size() + " files, " + refused + " " + imported + " " + failed);
  }

  /** Whether it can be imported. */
  private static boolean attempt(Path file, byte[] bytes, MlxArray[] in) throws IOException {
    Files.write(file, bytes);
    try (Scope scope = Scope.open()) {
      ImportedFunction f;
      try {
        f = Export.importFunction(file);
        imported++;
      } catch (MlxException e) {
        refused++;
        return false;
      }
      try {
        Ops.eval(f.apply(in));
      } catch (MlxException
          | IllegalArgumentException
          | IndexOutOfBoundsException
          | OutOfMemoryError e) {
        failed++;
      }
      return true;
    }
  }
}
