package org.mlx4j.examples.scoring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged job, given to a cluster of this machine by spark-submit. */
class SubmitIT {
  private static final String JAR = System.getProperty("job.jar");
  private static final String JAVA = System.getProperty("java.home") + "/bin/java";

  /** Runs a command and returns what it has printed on both outputs. */
  private static String run(Path output, List<String> command) throws Exception {
    Path errors = output.resolveSibling(output.getFileName() + ".err");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(output.toFile())
            .redirectError(errors.toFile())
            .start();
    try {
      assertTrue(process.waitFor(5, TimeUnit.MINUTES), "it hangs");
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    String printed = Files.readString(output);
    assertEquals(0, process.exitValue(), () -> printed + read(errors));
    return printed;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /**
   * Does what the script spark-submit does: runs the launcher, which answers with the command to
   * run, its parts separated by zero bytes.
   */
  private static List<String> sparkSubmit(Path folder, List<String> arguments) throws Exception {
    List<String> launcher =
        List.of(
            JAVA,
            "-cp",
            SparkHome.FOLDER.resolve("jars") + "/*",
            "org.apache.spark.launcher.Main",
            "org.apache.spark.deploy.SparkSubmit");
    String answer =
        run(
            folder.resolve("launcher"),
            Stream.concat(launcher.stream(), arguments.stream()).toList());
    return Arrays.stream(answer.split("\0"))
        .map(String::strip)
        .filter(part -> !part.isEmpty())
        .toList();
  }

  @Test
  @Tag("thorough")
  void submittedJobScoresDigits(@TempDir Path folder) throws Exception {
    SparkHome.create();
    List<Path> jars =
        SparkHome.classPath(true).stream()
            .filter(path -> path.toString().endsWith(".jar") && !path.equals(Path.of(JAR)))
            .toList();
    assertEquals(3, jars.size(), "mlx4j, JavaCPP and picocli: " + jars);
    Path model = folder.resolve("digits.mlxfn");
    Path data = folder.resolve("digits.parquet");
    Path output = folder.resolve("scored.parquet");
    Digits.export(model);
    try (SparkSession spark = SparkHome.session("local[1]")) {
      Digits.table(spark, 1).repartition(4).write().parquet(data.toString());

      List<String> submit =
          List.of(
              "--master",
              "local-cluster[2,1,1024]",
              "--driver-memory",
              "512m",
              "--driver-java-options",
              "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Dlog4j2.configurationFile="
                  + Path.of("log4j2.properties").toAbsolutePath(),
              "--conf",
              "spark.executor.extraJavaOptions=-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
              "--conf",
              "spark.ui.enabled=false",
              "--conf",
              "spark.sql.files.minPartitionNum=4",
              "--jars",
              SparkHome.joined(",", jars),
              "--class",
              "org.mlx4j.examples.scoring.SparkScoring",
              JAR);
      List<String> job =
          List.of(
              "score",
              "--model",
              model.toString(),
              "--input",
              data.toString(),
              "--features",
              "pixels",
              "--output",
              output.toString());
      List<String> command =
          sparkSubmit(folder, Stream.concat(submit.stream(), job.stream()).toList());
      assertEquals(
          "Rows scored: 1797, with a problem: 0, in %s%n".formatted(output),
          run(folder.resolve("job"), command));
      List<?> rows = Plain.sorted(spark.read().parquet(output.toString()));
      assertEquals(Plain.scores(model, 256), rows);
    }
  }
}
