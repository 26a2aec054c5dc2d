package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Processes that unpack the natives of a jar under difficult conditions. */
@EnabledOnOs(OS.LINUX)
class UnpackingTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir static Path jars;

  private static String classPath;

  @TempDir Path folder;

  private Path cache;
  private Path temporary;

  /** Computes, and ends without cleaning up. */
  static final class Program {
    public static void main(String[] arguments) {
      System.out.println(MlxArray.of(1f, 2f).sum().itemFloat());
      System.out.flush();
      Runtime.getRuntime().halt(0);
    }
  }

  private record Run(int code, String printed) {}

  /** The class path of the tests, with the natives in a jar and not in a folder. */
  @BeforeAll
  static void makeAJarOfTheNatives() throws IOException {
    Path jar = jars.resolve("natives.jar");
    List<String> entries = new ArrayList<>(List.of(jar.toString()));
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      if (Files.isDirectory(Path.of(entry, "org/mlx4j/internal")) && holdsNatives(Path.of(entry))) {
        write(jar, Path.of(entry));
      } else {
        entries.add(entry);
      }
    }
    assertTrue(Files.exists(jar), classPath);
    classPath = String.join(File.pathSeparator, entries);
  }

  private static boolean holdsNatives(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files.anyMatch(file -> file.endsWith("natives.txt"));
    }
  }

  private static void write(Path jar, Path root) throws IOException {
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(jar));
        Stream<Path> files = Files.walk(root)) {
      out.setLevel(Deflater.NO_COMPRESSION);
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        out.putNextEntry(new ZipEntry(root.relativize(file).toString()));
        Files.copy(file, out);
      }
    }
  }

  @BeforeEach
  void makePlaces() throws IOException {
    cache = folder.resolve("cache");
    temporary = Files.createDirectory(folder.resolve("temporary"));
  }

  private Run run(String preparation, Path cache) throws IOException, InterruptedException {
    List<String> java =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xshare:auto",
            "-Dmlx4j.cache=" + cache,
            "-Djava.io.tmpdir=" + temporary,
            "-cp",
            classPath,
            Program.class.getName());
    if (preparation.isEmpty()) {
      return run(java);
    }
    String quoted = java.stream().map(word -> "'" + word + "'").collect(Collectors.joining(" "));
    return run(List.of("unshare", "-m", "sh", "-c", preparation + " && exec " + quoted));
  }

  private static Run run(List<String> command) throws IOException, InterruptedException {
    Path output = Files.createTempFile("mlx4j", ".out");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      boolean ended = process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      process.destroyForcibly().waitFor();
      String printed = Files.readString(output);
      assertTrue(ended, printed);
      return new Run(process.exitValue(), printed);
    } finally {
      Files.delete(output);
    }
  }

  /** A file system that only the process sees, as root can create one. */
  private void assumeMountsMayBeMade() throws IOException, InterruptedException {
    Path there = Files.createDirectories(cache);
    try {
      Run run = run(List.of("unshare", "-m", "mount", "-t", "tmpfs", "tmpfs", there.toString()));
      assumeTrue(run.code() == 0, run.printed());
    } catch (IOException noCommand) {
      assumeTrue(false, noCommand.toString());
    }
  }

  private void assertFallsBack(Run run, String... reasons) throws IOException {
    assertEquals(0, run.code(), run.printed());
    assertTrue(run.printed().endsWith("3.0\n"), run.printed());
    assertTrue(run.printed().contains("mlx4j cannot keep its native library in"), run.printed());
    assertTrue(Arrays.stream(reasons).anyMatch(run.printed()::contains), run.printed());
    assertNothingIsLeft();
  }

  private void assertNothingIsLeft() throws IOException {
    try (Stream<Path> files = Files.list(temporary)) {
      List<String> left =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> !name.startsWith("hsperfdata"))
              .toList();
      assertEquals(List.of(), left);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "size=20m, No space left on device",
    "'noexec,size=200m', noexec",
    "'ro,size=200m', Read-only file system",
    "'size=200m,mode=0777', other users can write to it",
    "'size=200m,uid=65534', it belongs to "
  })
  void aFileSystemThatDoesNotServeIsPassedBy(String options, String reason) throws Exception {
    assumeMountsMayBeMade();
    String mount = "mount -t tmpfs -o " + options + " tmpfs '" + cache + "'";
    assertFallsBack(run(mount, cache), reason);
  }

  @ParameterizedTest
  @CsvSource({"size=20m, No space left on device", "'noexec,size=200m', noexec"})
  void withoutAnyPlaceTheCausesAndThePropertiesAreTold(String options, String reason)
      throws Exception {
    assumeMountsMayBeMade();
    String mounts =
        Stream.of(cache, temporary)
            .map(place -> "mount -t tmpfs -o " + options + " tmpfs '" + place + "'")
            .collect(Collectors.joining(" && "));
    Run run = run(mounts, cache);
    assertNotEquals(0, run.code());
    String error =
        run.printed()
            .lines()
            .filter(line -> line.contains("UnsatisfiedLinkError"))
            .findFirst()
            .orElse(run.printed());
    for (String part :
        List.of(reason, "-Dmlx4j.cache=", "-Djava.io.tmpdir=", cache + " (", temporary + " (")) {
      assertTrue(error.contains(part), run.printed());
    }
  }

  @Test
  void aProcessThatIsKilledLeavesNothing() throws Exception {
    assertFallsBack(run("", Path.of("/proc/mlx4j")), "/proc");
  }

  @Test
  void theCacheIsMadeOnceAndOnlyForTheUser() throws Exception {
    for (int i = 0; i < 2; i++) {
      Run run = run("", cache);
      assertEquals(new Run(0, "3.0\n"), run);
    }
    try (Stream<Path> files = Files.list(cache)) {
      assertEquals(1, files.count());
    }
    assertNothingIsLeft();
  }
}
