package org.mlx4j.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** An application says which option of Java lets mlx4j load its native code. */
class NativeAccessTest {
  /** An application with a model. */
  @Configuration(proxyBeanMethods = false)
  @ImportAutoConfiguration(MlxAutoConfiguration.class)
  static class Application {
    public static void main(String[] arguments) {
      SpringApplication.run(Application.class, arguments).close();
    }

    @Bean
    Line line(MlxModels models) {
      return models.load("line", Line::template);
    }
  }

  @Test
  void refusalIsExplained() {
    IllegalCallerException refusal = new IllegalCallerException("Illegal native access");
    StackTraceElement ours = new StackTraceElement("org.mlx4j.internal.Library", "load", "", 1);
    refusal.setStackTrace(new StackTraceElement[] {ours});
    FailureAnalysis analysis =
        new NativeAccessFailureAnalyzer().analyze(new ExceptionInInitializerError(refusal));
    assertNotNull(analysis);
    assertThat(analysis.getDescription()).contains("Illegal native access");
    assertThat(analysis.getAction()).contains("--enable-native-access=ALL-UNNAMED");
  }

  @Test
  void refusalOfAnotherLibraryIsNotOurs() {
    IllegalCallerException refusal = new IllegalCallerException("Illegal native access");
    StackTraceElement other = new StackTraceElement("com.example.Other", "load", "", 1);
    refusal.setStackTrace(new StackTraceElement[] {other});
    assertNull(new NativeAccessFailureAnalyzer().analyze(new IllegalStateException(refusal)));
  }

  @Test
  void moduleIsNamedInTheAdvice() {
    assertThat(NativeAccess.advice(Object.class.getModule()))
        .contains("--enable-native-access=java.base,org.bytedeco.javacpp,");
  }

  @Test
  void newJavaWarnsOrRefusesWithAdvice(@TempDir Path folder) throws Exception {
    Path java = newJava();
    assumeTrue(java != null, "this machine has no Java 24 or later");
    String location = Line.saved(folder.resolve("line.npz"), 1, 2).toUri().toString();

    String warned = run(java, 0, folder, "--illegal-native-access=warn", location);
    assertThat(warned).contains("loads native code without permission. Start Java with");

    String refused = run(java, 1, folder, "--illegal-native-access=deny", location);
    assertThat(refused)
        .contains("APPLICATION FAILED TO START", "Java does not let mlx4j load", "ALL-UNNAMED");

    String allowed = run(java, 0, folder, "--enable-native-access=ALL-UNNAMED", location);
    assertThat(allowed).doesNotContain("without permission");
  }

  private static String run(Path java, int code, Path folder, String option, String location)
      throws IOException, InterruptedException {
    Path output = Files.createTempFile(folder, "output", ".txt");
    Process process =
        new ProcessBuilder(
                java.toString(),
                "-XX:TieredStopAtLevel=1",
                "-Dspring.devtools.restart.enabled=false",
                option,
                "-cp",
                System.getProperty("java.class.path"),
                Application.class.getName(),
                "--spring.main.web-application-type=none",
                "--mlx4j.models.line.location=" + location)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    int exit = process.waitFor();
    String text = Files.readString(output);
    assertEquals(code, exit, text);
    return text;
  }

  /** The java command of this or another Java that warns about native code, or null. */
  private static Path newJava() throws IOException {
    if (Runtime.version().feature() >= 24) {
      return Path.of(System.getProperty("java.home"), "bin", "java");
    }
    Path all = Path.of("/usr/lib/jvm");
    if (!Files.isDirectory(all)) {
      return null;
    }
    try (DirectoryStream<Path> releases = Files.newDirectoryStream(all)) {
      for (Path home : releases) {
        if (Files.exists(home.resolve("release")) && feature(home.resolve("release")) >= 24) {
          return home.resolve("bin/java");
        }
      }
    }
    return null;
  }

  private static int feature(Path release) throws IOException {
    Properties properties = new Properties();
    try (var in = Files.newInputStream(release)) {
      properties.load(in);
    }
    return Runtime.Version.parse(properties.getProperty("JAVA_VERSION").replace("\"", ""))
        .feature();
  }
}
