package org.mlx4j;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportHostileTest {
  /** Every operation that a file can name, cut at every length and damaged at every third byte. */
  @Test
  void damagedFilesAreExceptions(@TempDir Path folder) throws Exception {
    ExportedOperationsTest.exportedByPython(folder);
    ChildJvm.run(
        ExportHostile.class,
        Duration.ofMinutes(4),
        Map.of(),
        List.of("-Xmx1g"),
        folder.toString(),
        "5000",
        "3",
        "200");
  }
}
