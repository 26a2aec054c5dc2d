package org.mlx4j.examples.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged service as a process, and as the Dockerfile builds it. */
class PackagedServiceIT {
  private static final String JAR = System.getProperty("service.jar");
  private static final String JAVA_HOME = System.getProperty("java.home");

  /** A running service. */
  private record Service(Process process, BufferedReader output, int port) {
    static Service start(List<String> command) throws IOException {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      BufferedReader output = process.inputReader();
      Pattern started = Pattern.compile("Tomcat started on port (\\d+)");
      List<String> lines = new ArrayList<>();
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        lines.add(line);
        Matcher matcher = started.matcher(line);
        if (matcher.find()) {
          return new Service(process, output, Integer.parseInt(matcher.group(1)));
        }
      }
      throw new AssertionError(String.join("\n", lines));
    }

    HttpRequest request(int digit) {
      return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/digits"))
          .header("Content-Type", "application/json")
          .POST(BodyPublishers.ofString(Strokes.json(Strokes.pixels(digit))))
          .build();
    }

    /** Ends it by SIGTERM, and returns what it has printed meanwhile. */
    String end() throws IOException, InterruptedException {
      process.toHandle().destroy(); // unlike process.destroy(), it leaves the output open
      String printed = String.join("\n", output.lines().toList());
      assertTrue(process.waitFor(1, TimeUnit.MINUTES), printed);
      assertEquals(128 + 15, process.exitValue(), printed);
      return printed;
    }
  }

  @Test
  void endUnderLoadLosesNoAcceptedRequest() throws Exception {
    Service service =
        Service.start(
            List.of(
                JAVA_HOME + "/bin/java",
                "-XX:TieredStopAtLevel=1",
                "-jar",
                JAR,
                "--server.port=0"));
    HttpRequest request = service.request(4);
    AtomicInteger answered = new AtomicInteger();
    ExecutorService clients = Executors.newFixedThreadPool(16);
    for (int i = 0; i < 16; i++) {
      clients.submit(
          () -> {
            HttpClient client = HttpClient.newHttpClient();
            while (service.process.isAlive()) {
              try {
                if (client.send(request, BodyHandlers.ofString()).statusCode() == 200) {
                  answered.incrementAndGet();
                }
              } catch (IOException refused) {
                Thread.sleep(1); // it accepts no more connections
              }
            }
            return null;
          });
    }
    while (answered.get() < 500) {
      assertTrue(service.process.isAlive());
      Thread.sleep(10);
    }
    String printed = service.end();
    clients.shutdown();
    assertTrue(clients.awaitTermination(1, TimeUnit.MINUTES));

    Matcher counts =
        Pattern.compile("\"digits\" has ended: (\\d+) requests accepted, (\\d+) answered")
            .matcher(printed);
    assertTrue(counts.find(), printed);
    assertEquals(Integer.parseInt(counts.group(1)), answered.get(), printed);
    assertEquals(Integer.parseInt(counts.group(2)), answered.get(), printed);
  }

  @Test
  @Tag("thorough")
  void stepsOfTheDockerfileMakeAServiceThatWritesNothing(@TempDir Path root) throws Exception {
    List<String> steps =
        Files.readString(Path.of("Dockerfile"))
            .lines()
            .filter(line -> !line.isBlank() && !line.startsWith("#"))
            .toList();
    List<String> entry = List.of();
    Path folder = root;
    for (String step : steps) {
      String[] parts = step.split(" ", 2);
      String argument = parts[1];
      switch (parts[0]) {
        case "WORKDIR" -> folder = Files.createDirectories(Path.of(root + argument));
        case "COPY" -> {
          if (!argument.startsWith("--from=build ")) {
            String[] files = argument.split(" ");
            Files.copy(Path.of(files[0]), folder.resolve(files[1]));
          } // the folders of the first stage are those of the second
        }
        case "RUN" -> run(folder, inside(root, argument));
        case "ENTRYPOINT" ->
            entry =
                Pattern.compile("\"(.*?)\"")
                    .matcher(argument)
                    .results()
                    .map(result -> result.group(1))
                    .toList();
        case "FROM", "USER", "EXPOSE" -> {}
        default -> throw new AssertionError("no test follows " + step);
      }
    }
    assertThat(entry).contains("--server.address=0.0.0.0"); // the container's own network
    Path temporary = Files.createDirectories(root.resolve("tmp"));
    List<String> command = new ArrayList<>();
    if (mountsMayBeMade()) {
      command.addAll(
          List.of(
              "unshare",
              "--mount",
              "sh",
              "-c",
              "mount --bind '%1$s' '%1$s' && mount -o remount,bind,ro '%1$s' && mount -t tmpfs -o noexec tmpfs '%1$s/tmp' && exec \"$@\""
                  .formatted(root),
              "sh"));
    }
    entry.stream()
        .map(part -> inside(root, part))
        .map(part -> part.replace("=0.0.0.0", "=127.0.0.1"))
        .forEach(command::add);
    command.add(1 + command.indexOf(root + "/java/bin/java"), "-Djava.io.tmpdir=" + temporary);
    command.add("--server.port=0");
    List<String> before = files(root);
    Service service = Service.start(command);
    var response = HttpClient.newHttpClient().send(service.request(7), BodyHandlers.ofString());
    assertEquals(200, response.statusCode(), response.body());
    assertThat(response.body()).startsWith("{\"digit\":7,");
    String maps = Files.readString(Path.of("/proc/" + service.process.pid() + "/maps"));
    assertThat(maps).contains(root + "/natives/");
    assertFalse(maps.contains(temporary + "/"), maps);
    service.end();
    assertEquals(before, files(root));
  }

  private static String inside(Path root, String text) {
    return text.replaceAll("(^|[ =])/(java|service|natives)(?=[/ ]|$)", "$1" + root + "/$2");
  }

  private static List<String> files(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .map(Path::toString)
          .filter(file -> !file.startsWith(root + "/tmp/"))
          .sorted()
          .toList();
    }
  }

  private static void run(Path folder, String command) throws Exception {
    ProcessBuilder process = new ProcessBuilder("sh", "-e", "-c", command);
    process
        .environment()
        .merge("PATH", JAVA_HOME + "/bin", (old, java) -> java + File.pathSeparator + old);
    Process running = process.directory(folder.toFile()).redirectErrorStream(true).start();
    String printed = new String(running.getInputStream().readAllBytes());
    assertEquals(0, running.waitFor(), command + "\n" + printed);
  }

  private static boolean mountsMayBeMade() {
    try {
      return new ProcessBuilder("unshare", "--mount", "true").start().waitFor() == 0;
    } catch (IOException | InterruptedException noSuchCommand) {
      return false;
    }
  }
}
