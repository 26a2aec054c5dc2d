package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mlx4j.tree.Trees;

/**
 * An interrupted thread continues its work: an interrupt asks it to stop at a place of its choice,
 * and half a file is not such a place.
 */
class InterruptedTest {
  private static final float[] VALUES = {1, 2, 3};

  @TempDir Path folder;

  /** A way to save the array {@link #VALUES} and to load it. */
  @SuppressWarnings("ImmutableEnumChecker") // the functions keep nothing
  enum Format {
    NPY("a.npy", Io::save, Io::loadNpy),
    NPZ("a.npz", (file, a) -> Io.savez(file, Map.of("a", a)), file -> Io.loadNpz(file).get("a")),
    NPZ_COMPRESSED(
        "a.npz",
        (file, a) -> Io.savezCompressed(file, Map.of("a", a)),
        file -> Io.loadNpz(file).get("a")),
    SAFETENSORS(
        "a.safetensors",
        (file, a) -> Io.saveSafetensors(file, Map.of("a", a)),
        file -> Io.load(file).arrays().get("a")),
    GGUF(
        "a.gguf",
        (file, a) -> Io.saveGguf(file, Map.of("a", a)),
        file -> Io.loadGguf(file).get("a")),
    TREE(
        "a.safetensors",
        (file, a) -> Trees.save(file, Map.of("a", a)),
        file -> Trees.load(file, Map.of("a", Ops.zeros(VALUES.length))).get("a")),
    FUNCTION(
        "f.mlxfn",
        (file, a) ->
            Export.exportFunction(
                file, xs -> new MlxArray[] {xs[0].add(a)}, Ops.zeros(VALUES.length)),
        file -> Export.importFunction(file).apply(Ops.zeros(VALUES.length))[0]),
    SAFETENSORS_STREAM(
        "a.safetensors",
        (file, a) -> {
          ByteArrayOutputStream out = new ByteArrayOutputStream();
          Io.saveSafetensors(out, Map.of("a", a), Map.of());
          Files.write(file, out.toByteArray());
        },
        file -> Io.loadSafetensors(new ByteArrayInputStream(Files.readAllBytes(file))).get("a")),
    NPY_FILE_STREAM(
        "a.npy",
        (file, a) -> {
          try (var out = Files.newOutputStream(file)) {
            Io.save(out, a);
          }
        },
        file -> {
          try (InputStream in = Files.newInputStream(file)) {
            return Io.loadNpy(in);
          }
        });

    final String file;
    private final Saving saving;
    private final Loading loading;

    Format(String file, Saving saving, Loading loading) {
      this.file = file;
      this.saving = saving;
      this.loading = loading;
    }

    void save(Path file, MlxArray a) throws IOException {
      saving.save(file, a);
    }

    MlxArray load(Path file) throws IOException {
      return loading.load(file);
    }

    private interface Saving {
      void save(Path file, MlxArray a) throws IOException;
    }

    private interface Loading {
      MlxArray load(Path file) throws IOException;
    }
  }

  @AfterEach
  void calmDown() {
    Thread.interrupted();
  }

  @ParameterizedTest
  @EnumSource
  void anInterruptedThreadSavesAndLoads(Format format) throws IOException {
    Path file = folder.resolve(format.file);
    Thread.currentThread().interrupt();
    format.save(file, MlxArray.of(VALUES));
    assertTrue(Thread.currentThread().isInterrupted(), "saving keeps the mark");
    MlxArray loaded = format.load(file);
    assertArrayEquals(VALUES, loaded.toFloatArray());
    assertTrue(Thread.currentThread().isInterrupted(), "loading keeps the mark");
    assertTrue(Thread.interrupted());
    assertArrayEquals(VALUES, format.load(file).toFloatArray());
  }

  @ParameterizedTest
  @EnumSource
  void aFileIsReplacedByAnInterruptedThread(Format format) throws IOException {
    Path file = folder.resolve(format.file);
    format.save(file, Ops.zeros(3));
    MlxArray before = format.load(file);
    before.eval();
    Thread.currentThread().interrupt();
    format.save(file, MlxArray.of(VALUES));
    assertArrayEquals(VALUES, format.load(file).toFloatArray());
    Thread.interrupted();
    try (var files = Files.list(folder)) {
      assertEquals(1, files.count(), "nothing else is left there");
    }
  }

  @Test
  void whatWasLoadedIsEvaluatedByAnInterruptedThread() {
    Path file = Io.save(folder.resolve("a.npy"), Ops.arange(1000));
    MlxArray lazy = Io.loadNpy(file).sum();
    Thread.currentThread().interrupt();
    assertEquals(499_500f, lazy.itemFloat());
    MlxArray.scalar(1f).add(1).evalAsync().join();
    assertTrue(Thread.interrupted());
  }

  @Test
  void aThreadThatIsInterruptedWhileItSavesSavesAll() throws Exception {
    Path file = folder.resolve("large.npy");
    MlxArray large = Ops.ones(4_000_000);
    large.eval();
    Thread saves = new Thread(() -> Io.save(file, large));
    saves.start();
    while (saves.isAlive()) {
      saves.interrupt();
    }
    saves.join();
    assertEquals(4_000_000f, Io.loadNpy(file).sum().itemFloat());
  }

  @Test
  void anotherFileSystemServesAnInterruptedThread() throws Exception {
    URI zip = URI.create("jar:" + folder.resolve("a.zip").toUri());
    try (FileSystem files = FileSystems.newFileSystem(zip, Map.of("create", "true"))) {
      Path file = files.getPath("a.npy");
      Thread.currentThread().interrupt();
      Io.save(file, MlxArray.of(VALUES));
      assertTrue(Thread.interrupted());
      assertFalse(Files.size(file) == 0);
      try (InputStream in = Files.newInputStream(file)) {
        assertArrayEquals(VALUES, Io.loadNpy(in).toFloatArray());
      }
    }
  }
}
