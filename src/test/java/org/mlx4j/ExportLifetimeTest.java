package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Exporters and imported functions leave no array, function or Java reference behind. */
@ExtendWith(LifetimeBalance.class)
class ExportLifetimeTest {
  @TempDir Path folder;

  private Path export() {
    Path file = folder.resolve("function.mlxfn");
    try (Scope scope = Scope.open()) {
      MlxArray w = Ops.ones(64, 64);
      Export.exportFunction(file, xs -> new MlxArray[] {xs[0].matmul(w)}, Ops.ones(2, 64));
    }
    return file;
  }

  @Test
  void exporting() {
    for (int i = 0; i < 100; i++) {
      export();
    }
  }

  @Test
  void failedExports() {
    try (MlxArray x = MlxArray.of(1f)) {
      for (int i = 0; i < 100; i++) {
        RuntimeException mine = new RuntimeException();
        RuntimeException thrown =
            assertThrows(
                RuntimeException.class,
                () ->
                    Export.exportFunction(
                        folder.resolve("function.mlxfn"),
                        xs -> {
                          xs[0].add(1f);
                          throw mine;
                        },
                        x));
        assertEquals(mine, thrown);
      }
    }
  }

  @Test
  void importingAndCalling() {
    Path file = export();
    for (int i = 0; i < 200; i++) {
      try (ImportedFunction f = Export.importFunction(file);
          Scope scope = Scope.open()) {
        MlxArray x = Ops.ones(2, 64);
        f.apply(x)[0].eval();
        assertEquals(64, Transforms.grad(a -> f.apply(a)[0].sum()).apply(x).toFloatArray()[0]);
      }
    }
  }

  @Test
  void importedFunctionsLeftToTheCollector() {
    Path file = export();
    for (int i = 0; i < 100; i++) {
      Export.importFunction(file);
    }
  }

  @Test
  void failedImports() throws Exception {
    Path file = export();
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));
    for (int i = 0; i < 200; i++) {
      assertThrows(MlxException.class, () -> Export.importFunction(file));
    }
  }
}
