package org.mlx4j;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Loads files that are cut off at every length, that have every byte changed in several ways, and
 * that have several changes by chance. Whatever is not an exception of the documented types ends
 * this program with an error.
 */
final class IoFuzz {
  private static final int BY_CHANCE = 2000;

  private final Path file;
  private final Io.Format format;
  private int loads;
  private int exceptions;

  private IoFuzz(Path folder, Io.Format format) {
    this.file = folder.resolve("fuzz" + format.extension());
    this.format = format;
  }

  public static void main(String[] args) throws IOException {
    for (Io.Format format : Io.Format.values()) {
      for (boolean compressed :
          format == Io.Format.NPZ ? new boolean[] {false, true} : new boolean[1]) {
        IoFuzz fuzz = new IoFuzz(Path.of(args[0]), format);
        fuzz.run(content(format, compressed));
        System.out.println(
            format + ": " + fuzz.loads + " loads, " + fuzz.exceptions + " exceptions");
        if (fuzz.exceptions < fuzz.loads / 10 || fuzz.exceptions == fuzz.loads) {
          System.out.println("unexpected: all or hardly any are exceptions");
        }
      }
    }
  }

  private static byte[] content(Io.Format format, boolean compressed) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (Scope scope = Scope.open()) {
      Map<String, MlxArray> arrays = new TreeMap<>();
      arrays.put("a", MlxArray.of(1f, 2f, 3f));
      arrays.put("b.weight", MlxArray.of(new int[] {1, 2, 3, 4, 5, 6}, 2, 3));
      arrays.put("c", MlxArray.scalar(1).astype(DType.INT8));
      switch (format) {
        case NPY -> Io.save(out, arrays.get("b.weight"));
        case NPZ -> {
          if (compressed) {
            Io.savezCompressed(out, arrays);
          } else {
            Io.savez(out, arrays);
          }
        }
        case SAFETENSORS -> Io.saveSafetensors(out, arrays, Map.of("key", "value"));
        case GGUF -> {
          arrays.put("q", Ops.zeros(new int[] {2, 128}, DType.INT32)); // room for blocks
          Io.saveGguf(
              out,
              arrays,
              Map.of(
                  "text",
                  MetadataValue.of("x"),
                  "texts",
                  MetadataValue.of(List.of("x", "y")),
                  "list",
                  MetadataValue.of(MlxArray.of(1, 2)),
                  "general.alignment",
                  MetadataValue.of(MlxArray.scalar(64).astype(DType.UINT32))));
        }
      }
    }
    return out.toByteArray();
  }

  private void run(byte[] good) throws IOException {
    for (int length = 0; length < good.length; length++) {
      load(Arrays.copyOf(good, length));
    }
    int interesting = Math.min(good.length, 1200);
    for (int at = 0; at < interesting; at++) {
      for (int value : new int[] {0, 1, 2, 12, 0x7f, 0x80, 0xff, good[at] ^ 1, good[at] + 1, '9'}) {
        byte[] bad = good.clone();
        bad[at] = (byte) value;
        load(bad);
      }
    }
    SplittableRandom random = new SplittableRandom(11);
    for (int i = 0; i < BY_CHANCE; i++) {
      byte[] bad = good.clone();
      for (int changes = random.nextInt(1, 9); changes > 0; changes--) {
        int at = random.nextInt(bad.length);
        int n = Math.min(random.nextInt(1, 9), bad.length - at);
        switch (random.nextInt(3)) {
          case 0 -> Arrays.fill(bad, at, at + n, (byte) (random.nextBoolean() ? 0xff : 0));
          case 1 -> bad[at] = (byte) random.nextInt();
          default -> System.arraycopy(bad, random.nextInt(bad.length - n + 1), bad, at, n);
        }
      }
      load(bad);
    }
  }

  private void load(byte[] content) throws IOException {
    Files.write(file, content);
    attempt(() -> Io.load(file));
    attempt(() -> Io.load(new ByteArrayInputStream(content), format));
  }

  private void attempt(java.util.function.Supplier<Loaded> loading) {
    loads++;
    try (Scope scope = Scope.open()) {
      for (MlxArray array : loading.get().arrays().values()) {
        if (array.size() < 1 << 20) {
          array.eval();
          String unused = array.toString();
        }
      }
    } catch (MlxException | UncheckedIOException e) {
      exceptions++;
      if (!e.getMessage().contains("[load]")) {
        System.out.println("unexpected: no function in " + e);
      }
    } catch (Throwable e) {
      System.out.println("unexpected: " + e);
      e.printStackTrace(System.out);
      System.exit(1);
    }
  }
}
