package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** What compilers of other languages, and tools, are told about null. */
class NullMarkedTest {
  @Test
  void everyExportedPackageIsMarked() throws Exception {
    List<String> packages = exported();
    assertTrue(packages.contains("org.mlx4j"), packages::toString);
    List<String> unmarked =
        packages.stream()
            .filter(name -> !type(name + ".package-info").isAnnotationPresent(NullMarked.class))
            .toList();
    assertEquals(List.of(), unmarked);
  }

  private static List<String> exported() throws Exception {
    Path classes =
        Path.of(MlxArray.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    try (InputStream module = Files.newInputStream(classes.resolve("module-info.class"))) {
      return ModuleDescriptor.read(module).exports().stream()
          .map(ModuleDescriptor.Exports::source)
          .toList();
    }
  }

  private static Class<?> type(String name) {
    try {
      return Class.forName(name);
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }
}
