package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many threads do everything for a while; {@code -Dsoak.seconds=1800} makes it long. */
class SoakTest {
  private static final long SECONDS = Long.getLong("soak.seconds", 24);

  /** A Java heap of constant size, so that only native memory can make the process grow. */
  private static final List<String> CONSTANT_HEAP =
      List.of(
          "-Xms192m",
          "-Xmx192m",
          "-XX:+AlwaysPreTouch",
          "-Xss1m",
          "-XX:-UseDynamicNumberOfCompilerThreads");

  /** As few arenas as threads would share on a small machine; a new one is no leak. */
  private static final Map<String, String> FEW_ARENAS = Map.of("MALLOC_ARENA_MAX", "2");

  @Test
  void nothingGrows(@TempDir Path folder) throws Exception {
    ChildJvm.Ended ended = soak(folder, SECONDS);
    assertEquals(0, ended.exitCode(), ended.printed());
    System.out.print(ended.printed());
  }

  /** Otherwise the soak would prove nothing. */
  @Test
  void growthIsNoticed(@TempDir Path folder) throws Exception {
    ChildJvm.Ended ended = soak(folder, 6, "leaking");
    assertEquals(1, ended.exitCode(), ended.printed());
    for (String what :
        List.of(
            "arrays",
            "functions",
            "Java objects",
            "bytes of arrays",
            "global references",
            "threads",
            "open files",
            "mappings",
            "bytes of memory")) {
      assertTrue(ended.printed().contains("grown: " + what + ":"), ended.printed());
    }
  }

  private static ChildJvm.Ended soak(Path folder, long seconds, String... more) throws Exception {
    List<String> arguments = new ArrayList<>(List.of(folder.toString(), Long.toString(seconds)));
    arguments.addAll(List.of(more));
    return ChildJvm.end(
        Soak.class,
        List.of(),
        Duration.ofSeconds(2 * seconds).plusMinutes(5),
        FEW_ARENAS,
        CONSTANT_HEAP,
        arguments.toArray(String[]::new));
  }
}
