package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Runs a main class in a separate virtual machine, with the options of the one that runs the tests.
 * For programs that would disturb, or end, that one.
 */
public final class ChildJvm {
  /** Options for a program that is over before the optimizing compiler could speed it up. */
  static final List<String> SHORT_LIVED = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private ChildJvm() {}

  /** Runs to the end; fails unless the exit code is 0. Returns what the program printed. */
  public static String run(Class<?> main) throws IOException, InterruptedException {
    return run(main, Map.of());
  }

  /** As {@link #run(Class)}, with these variables added to the environment. */
  static String run(Class<?> main, Map<String, String> environment)
      throws IOException, InterruptedException {
    return run(main, PATIENCE, environment, List.of());
  }

  /**
   * Runs to the end; fails unless the exit code is 0.
   *
   * @param main what to run
   * @param patience how long it may take
   * @param environment variables to add
   * @param options of the virtual machine, which override those of the tests
   * @param arguments of the program
   * @return what it printed
   */
  static String run(
      Class<?> main,
      Duration patience,
      Map<String, String> environment,
      List<String> options,
      String... arguments)
      throws IOException, InterruptedException {
    Ended ended = end(main, List.of(), patience, environment, options, arguments);
    assertEquals(0, ended.exitCode(), ended.printed());
    return ended.printed();
  }

  /**
   * How a process ended.
   *
   * @param exitCode its exit code
   * @param printed what it wrote to its standard output and to its standard error
   */
  record Ended(int exitCode, String printed) {}

  /**
   * Runs to the end, whatever the exit code; fails if that takes longer than the patience.
   *
   * @param starter a command to which that of the virtual machine is appended; may be empty
   */
  static Ended end(
      Class<?> main,
      List<String> starter,
      Duration patience,
      Map<String, String> environment,
      List<String> options,
      String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(starter);
    command.addAll(command(main, options, List.of(arguments)));
    Path output = Files.createTempFile("mlx4j", ".out");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
      builder.environment().putAll(environment);
      Process process = builder.start();
      boolean ended = process.waitFor(patience.toSeconds(), TimeUnit.SECONDS);
      if (!ended) {
        process.destroyForcibly().waitFor();
      }
      String printed = Files.readString(output);
      assertTrue(ended, () -> "did not end within " + patience + ": " + printed);
      return new Ended(process.exitValue(), printed);
    } finally {
      Files.delete(output);
    }
  }

  /** The command that runs a main class, with options and arguments as {@code run} takes them. */
  static List<String> command(Class<?> main, List<String> options, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(options);
    command.add(main.getName());
    command.addAll(arguments);
    return command;
  }
}
