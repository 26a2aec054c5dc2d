package org.mlx4j.examples.scoring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The job on a cluster of this machine: a master, two workers and their executors, which are
 * processes.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ClusterTest {
  private static final int PARTITIONS = 8;
  private static final int BATCH = 32;

  // 127.0.0.1 as Linux writes it, and the same for sockets of IPv6
  private static final String LOOPBACK = "0100007F";
  private static final String MAPPED_LOOPBACK = "0000000000000000FFFF00000100007F";

  @TempDir private Path folder;
  private Path model;

  @BeforeEach
  void exportModel() {
    model = folder.resolve("digits.mlxfn");
    Digits.export(model);
  }

  private Dataset<Row> digits(SparkSession spark) {
    String data = folder.resolve("digits.parquet").toString();
    Digits.table(spark, 1).repartition(PARTITIONS).write().parquet(data);
    return spark.read().parquet(data);
  }

  private Scoring scoring() {
    return new Scoring(model.toString(), "id", "pixels", BATCH);
  }

  /** Which executors have scored the partitions, and how many models each has read. */
  private static Set<String> reads(Dataset<Row> scored) {
    return new TreeSet<>(
        scored
            .mapPartitions(
                (MapPartitionsFunction<Row, String>)
                    rows -> {
                      rows.forEachRemaining(row -> {});
                      String executor = SparkEnv.get().executorId();
                      return List.of(executor + ": " + Model.reads()).iterator();
                    },
                Encoders.STRING())
            .collectAsList());
  }

  @Test
  void killedExecutorLeavesTheSameRows() throws Exception {
    try (SparkSession spark = SparkHome.session("local-cluster[2,1,1024]")) {
      Dataset<Row> digits = digits(spark);
      Dataset<Row> scored = scoring().apply(spark, digits);
      assertEquals(PARTITIONS, scored.rdd().getNumPartitions());
      String undisturbed = folder.resolve("undisturbed").toString();
      scored.write().parquet(undisturbed);
      List<Row> expected = Plain.sorted(spark.read().parquet(undisturbed));
      Plain.assertScoresOfDigits(expected);
      assertEquals(Plain.scores(model, BATCH), expected);
      assertEquals(Set.of("0: 1", "1: 1"), reads(scored));
      if (OS.LINUX.isCurrentOs()) {
        Set<String> addresses = Listeners.addresses();
        assertFalse(addresses.isEmpty());
        addresses.removeAll(Set.of(LOOPBACK, MAPPED_LOOPBACK));
        assertEquals(Set.of(), addresses, "reached by others");
      }

      Path victim = folder.resolve("victim");
      Dataset<Row> hanging =
          digits.mapPartitions(new HangingOnce(victim.toString()), Encoders.row(digits.schema()));
      String disturbed = folder.resolve("disturbed").toString();
      CompletableFuture<Void> job =
          CompletableFuture.runAsync(
              () -> scoring().apply(spark, hanging).write().parquet(disturbed));
      String[] pidAndExecutor = contents(victim, job).split(" ");
      kill(Long.parseLong(pidAndExecutor[0]));
      job.get();
      assertEquals(expected, Plain.sorted(spark.read().parquet(disturbed)));
      assertFalse(reads(scored).contains(pidAndExecutor[1] + ": 1"), "it lives");
    }
  }

  @Test
  void tasksOfAnExecutorShareOneModel() throws Exception {
    try (SparkSession spark = SparkHome.session("local-cluster[2,2,1024]")) {
      Dataset<Row> digits = Digits.table(spark, 1).repartition(PARTITIONS);
      Dataset<Row> scored = scoring().apply(spark, digits);
      assertEquals(Set.of("0: 1", "1: 1"), reads(scored));
      assertEquals(Plain.scores(model, BATCH), Plain.sorted(scored));
    }
  }

  private static String contents(Path file, CompletableFuture<Void> job) throws Exception {
    while (!job.isDone()) {
      if (Files.exists(file) && Files.size(file) > 0) {
        return Files.readString(file);
      }
      Thread.sleep(10);
    }
    throw new AssertionError("no task hung", job.handle((done, problem) -> problem).get());
  }

  private static void kill(long pid) {
    ProcessHandle executor =
        ProcessHandle.current().descendants().filter(p -> p.pid() == pid).findFirst().orElseThrow();
    assertTrue(executor.destroyForcibly());
  }
}
