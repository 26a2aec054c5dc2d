package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mlx4j.internal.Library;

/**
 * A run under the sanitizers without a report is meaningful, because deliberate faults are
 * reported.
 */
class SanitizersTest {
  private static final String BUILD = "mlx4j.native.build";

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "useAfterFree, heap-use-after-free",
    "readBeyondAnArray, heap-buffer-overflow",
    "overflow, signed integer overflow",
    "castWhatDoesNotFit, is outside the range of representable values",
  })
  @EnabledIfSystemProperty(named = BUILD, matches = "ASan")
  void plantedFaultEndsTheProcessWithAReport(String fault, String report) throws Exception {
    assertNotEquals(0, run(fault).exitCode());
    String reports = reports();
    assertTrue(reports.contains(report), reports);
    assertTrue(reports.contains("Java_org_mlx4j_PlantedFaults_" + fault), reports);
  }

  @Test
  @EnabledIfSystemProperty(named = BUILD, matches = "ASan")
  void whatIsSoundIsNotReported() throws Exception {
    ChildJvm.Ended ended = run("none");
    assertEquals(0, ended.exitCode(), ended.printed());
    assertEquals("", reports());
  }

  @Test
  @DisabledIfSystemProperty(named = BUILD, matches = "ASan")
  void otherNativesHaveNoPlantedFaults() {
    Library.load();
    assertThrows(UnsatisfiedLinkError.class, () -> PlantedFaults.overflow(1));
  }

  private ChildJvm.Ended run(String fault) throws Exception {
    return ChildJvm.end(
        PlantedFaults.class,
        List.of(),
        Duration.ofMinutes(2),
        Map.of(
            "ASAN_OPTIONS", withReportsHere("ASAN_OPTIONS"),
            "UBSAN_OPTIONS", withReportsHere("UBSAN_OPTIONS")),
        List.of(),
        fault);
  }

  /** Later options override earlier ones. */
  private String withReportsHere(String options) {
    return System.getenv(options) + ":log_path=" + folder.resolve("report");
  }

  private String reports() throws IOException {
    StringBuilder all = new StringBuilder();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        all.append(Files.readString(file));
      }
    }
    return all.toString();
  }
}
