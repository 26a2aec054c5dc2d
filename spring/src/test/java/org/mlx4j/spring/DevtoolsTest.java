package org.mlx4j.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mlx4j.Batcher;
import org.mlx4j.BatcherOptions;
import org.mlx4j.Memory;
import org.mlx4j.MlxArray;
import org.mlx4j.Scope;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.devtools.restart.Restarter;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;

/** Devtools restart an application in one process, each time with another class loader. */
class DevtoolsTest {
  /** An application that restarts itself. */
  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  public static class Application {
    private static final String COUNT = "restarts";
    private static final int MOST = 2;

    public static void main(String[] arguments) {
      SpringApplication.run(Application.class, arguments);
    }

    @Bean
    Batcher<MlxArray, MlxArray> lines(MlxModels models, BatcherOptions options) {
      return Batcher.of(models.load("line", Line::template)::apply, options);
    }

    @Bean
    Object checks(Batcher<MlxArray, MlxArray> lines) {
      return new Object() {
        @EventListener
        void ready(ApplicationReadyEvent event) {
          int restarts = Integer.getInteger(COUNT, 0);
          System.setProperty(COUNT, String.valueOf(restarts + 1));
          System.out.println("answer " + restarts + ": " + answer());
          System.out.println("arrays " + restarts + ": " + Memory.stats().arrays());
          System.out.println("application: " + loader(Application.class));
          System.out.println("library: " + loader(MlxArray.class));
          if (restarts < MOST) {
            Restarter.getInstance().restart();
          } else {
            System.exit(0);
          }
        }

        private float answer() {
          try (Scope scope = Scope.open()) {
            return lines.apply(MlxArray.scalar(2f)).itemFloat();
          }
        }
      };
    }

    private static String loader(Class<?> type) {
      return type.getClassLoader().getClass().getSimpleName()
          + "@"
          + System.identityHashCode(type.getClassLoader());
    }
  }

  @Test
  void applicationWorksAfterEachRestart(@TempDir Path folder) throws Exception {
    String printed = restarted(folder);
    for (int i = 0; i <= Application.MOST; i++) {
      assertThat(printed).contains("answer " + i + ": 10.0", "arrays " + i + ": 2");
    }
    assertEquals(1 + Application.MOST, distinct(printed, "application: RestartClassLoader@"));
    assertEquals(1, distinct(printed, "library: "));
  }

  @Test
  @Tag("thorough")
  void libraryMayBeInTheRestartedPartToo(@TempDir Path folder) throws Exception {
    Path metadata = Files.createDirectories(folder.resolve("META-INF"));
    Files.writeString(
        metadata.resolve("spring-devtools.properties"),
        "restart.include.mlx4j=/mlx4j-.*\\.jar\nrestart.include.javacpp=/javacpp-.*\\.jar\n");
    String printed = restarted(folder);
    for (int i = 0; i <= Application.MOST; i++) {
      assertThat(printed).contains("answer " + i + ": 10.0", "arrays " + i + ": 2");
    }
    assertEquals(1 + Application.MOST, distinct(printed, "library: RestartClassLoader@"));
  }

  private static long distinct(String text, String prefix) {
    return text.lines().filter(line -> line.contains(prefix)).distinct().count();
  }

  private static String restarted(Path folder) throws Exception {
    String location = Line.saved(folder.resolve("line.npz"), 3, 4).toUri().toString();
    Path output = folder.resolve("output.txt");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    command.addAll(
        List.of(
            "-cp",
            folder + java.io.File.pathSeparator + System.getProperty("java.class.path"),
            Application.class.getName(),
            "--server.port=0",
            "--server.address=127.0.0.1",
            "--spring.main.banner-mode=off",
            "--spring.devtools.livereload.enabled=false",
            "--mlx4j.models.line.location=" + location));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    int exit = process.waitFor();
    String text = Files.readString(output);
    assertEquals(0, exit, text);
    return text;
  }
}
