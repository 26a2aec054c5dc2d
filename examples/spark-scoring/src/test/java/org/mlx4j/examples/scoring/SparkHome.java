package org.mlx4j.examples.scoring;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.fs.FileUtil;
import org.apache.spark.sql.SparkSession;

/** The folder of a Spark distribution, as far as executors and submitted jobs need it. */
final class SparkHome {
  /** SPARK_HOME of the tests' environment. */
  static final Path FOLDER = Path.of(System.getenv("SPARK_HOME"));

  private static final List<String> OF_THE_JOB =
      List.of("classes", "test-classes", "spark-scoring-", "mlx4j-", "javacpp-", "picocli-");

  private SparkHome() {}

  /** Makes the folder, with links to the jars of Spark and of what it depends on. */
  static void create() throws IOException {
    Path jars = FOLDER.resolve("jars");
    FileUtil.fullyDelete(jars.toFile()); // links only
    Files.createDirectories(jars);
    for (Path jar : classPath(false)) {
      if (!jar.toString().endsWith(".jar")) {
        continue;
      }
      Path link = jars.resolve(jar.getFileName());
      Files.createSymbolicLink(link, jar);
    }
  }

  /** The part of the class path that belongs to the job, or the rest, which a cluster has. */
  static List<Path> classPath(boolean ofTheJob) {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(Path::of)
        .filter(
            entry ->
                OF_THE_JOB.stream().anyMatch(entry.getFileName().toString()::startsWith)
                    == ofTheJob)
        .toList();
  }

  /**
   * A session whose executors start before the first task, and which reads each file as a
   * partition.
   */
  static SparkSession session(String master) throws IOException {
    create();
    return SparkSession.builder()
        .master(master)
        .config("spark.executor.extraClassPath", joined(File.pathSeparator, classPath(true)))
        .config(
            "spark.executor.extraJavaOptions",
            "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Dlog4j2.configurationFile="
                + Path.of("log4j2.properties").toAbsolutePath())
        .config("spark.scheduler.minRegisteredResourcesRatio", "1")
        .config("spark.scheduler.maxRegisteredResourcesWaitingTime", "2m")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.sql.files.minPartitionNum", "64")
        .getOrCreate();
  }

  static String joined(String separator, List<Path> paths) {
    return String.join(separator, paths.stream().map(Path::toString).toList());
  }
}
