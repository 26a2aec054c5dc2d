package org.mlx4j;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Damages every exported function of a folder in every place, imports it, and calls it if it could
 * be imported. Only exceptions may result.
 */
final class ExportHostile {
  private static final int[] FLIPS = {0x01, 0x80, 0xFF};
  private static final long[] NUMBERS = {
    0, 1, 2, 3, 7, 100, -1, -2, Integer.MIN_VALUE, Integer.MAX_VALUE, 1L << 40, Long.MIN_VALUE
  };

  private static int refused;
  private static int imported;
  private static int failed;

  private ExportHostile() {}

  /**
   * Arguments: the folder, the size of the largest file to damage, every how many-th byte to
   * damage, how often to write numbers into a file.
   */
  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]);
    int largest = Integer.parseInt(args[1]);
    int step = Integer.parseInt(args[2]);
    int overwritten = Integer.parseInt(args[3]);
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
      Random random = new Random(bytes.length);
      for (int i = 0; i < overwritten && bytes.length >= 16; i++) {
        ByteBuffer other = ByteBuffer.wrap(bytes.clone()).order(ByteOrder.LITTLE_ENDIAN);
        for (int n = random.nextInt(3); n >= 0; n--) {
          int at = random.nextInt(bytes.length - 7);
          long number = NUMBERS[random.nextInt(NUMBERS.length)];
          if (random.nextBoolean()) {
            other.putInt(at, (int) number);
          } else {
            other.putLong(at, number);
          }
        }
        attempt(damaged, other.array(), in);
      }
    }
    System.out.printf(
        "%d files, damaged and refused %d times, imported %d times, of which %d could not be run%n",
        files.size(), refused, imported, failed);
  }

  /** Whether it can be imported. */
  private static boolean attempt(Path file, byte[] bytes, MlxArray[] in) throws IOException {
    Files.deleteIfExists(file); // some file systems write a replaced file to the disk at once
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
