package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** The bridge under ThreadSanitizer, in a separate program: {@code -Dnative.build=TSan}. */
@EnabledIfSystemProperty(named = "mlx4j.native.build", matches = "TSan")
class BridgeRacesTest {
  private static final String SECONDS = System.getProperty("races.seconds", "10");
  private static final long PATIENCE = 5;

  @TempDir Path folder;

  @Test
  void threadsAtTheBridgeDoNotRace() throws Exception {
    ChildJvm.Ended ended = run(SECONDS);
    assertEquals(0, ended.exitCode(), ended.printed());
    assertTrue(ended.printed().matches("\\d{3,} steps\n"), ended.printed());
  }

  @Test
  void plantedRaceIsReported() throws Exception {
    ChildJvm.Ended ended = run("planted");
    assertNotEquals(0, ended.exitCode());
    assertTrue(ended.printed().contains("data race"), ended.printed());
    assertTrue(ended.printed().contains("SlotTable"), ended.printed());
  }

  /** Exceptions go through code that is not instrumented, so races are not looked for. */
  @Test
  void failureOfAComputationIsReportedOnceAndToTheRightCaller() throws Exception {
    ChildJvm.Ended ended = run("failing", Map.of("TSAN_OPTIONS", "report_bugs=0"));
    assertEquals(0, ended.exitCode(), ended.printed());
    assertEquals("failed and went on\n", ended.printed());
  }

  private ChildJvm.Ended run(String argument) throws Exception {
    return run(argument, Map.of());
  }

  private ChildJvm.Ended run(String argument, Map<String, String> environment) throws Exception {
    Path program = Path.of(System.getProperty("mlx4j.native.stage"), "bridge_races");
    File output = folder.resolve("output").toFile();
    ProcessBuilder builder =
        new ProcessBuilder(program.toString(), argument)
            .redirectErrorStream(true)
            .redirectOutput(output);
    builder.environment().putAll(environment);
    Process process = builder.start();
    long seconds = PATIENCE * 60 + Long.parseLong(SECONDS);
    boolean ended = process.waitFor(seconds, TimeUnit.SECONDS);
    if (!ended) {
      process.destroyForcibly().waitFor();
    }
    String printed = Files.readString(output.toPath());
    assertTrue(ended, () -> "did not end: " + printed);
    return new ChildJvm.Ended(process.exitValue(), printed);
  }
}
