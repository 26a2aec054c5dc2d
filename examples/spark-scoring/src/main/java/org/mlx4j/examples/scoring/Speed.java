package org.mlx4j.examples.scoring;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.FileUtil;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures how many rows the job scores in a second, beside a loop without Spark. */
@Command(
    name = "speed",
    description = "Measures how fast digits are scored, on Spark and in a plain loop.",
    showDefaultValues = true)
final class Speed implements Callable<Integer> {
  private static final int FILES = 8;

  @Option(names = "--copies", description = "How many times each of the 1797 digits occurs.")
  private int copies = 500;

  @Option(names = "--rounds", description = "How often each way is measured; the best one counts.")
  private int rounds = 5;

  @Option(names = "--batch", paramLabel = "ROWS", description = "How many rows a call scores.")
  private int batch = 256;

  @Option(
      names = "--master",
      paramLabel = "MASTER",
      description = "Where Spark runs; may be repeated. By default local[1] and local[2].")
  private List<String> masters = List.of("local[1]", "local[2]");

  @Spec private CommandSpec command;

  @Override
  public Integer call() throws IOException {
    SparkScoring.require(command, "--copies", copies, 1_000_000);
    SparkScoring.require(command, "--rounds", rounds, 1000);
    SparkScoring.require(command, "--batch", batch, Score.LARGEST_BATCH);
    Path folder = Files.createTempDirectory("scoring");
    try {
      Path model = folder.resolve("digits.mlxfn");
      Digits.export(model);
      Model function = Model.read(Files.readAllBytes(model));
      print("plain loop", best(() -> plain(function)));
      for (String master : masters) {
        try (SparkSession spark =
            SparkSession.builder().appName("speed").master(master).getOrCreate()) {
          String data = folder.resolve("digits.parquet").toString();
          Digits.table(spark, copies)
              .repartition(FILES)
              .write()
              .mode(SaveMode.Ignore)
              .parquet(data);
          Scoring scoring = new Scoring(model.toString(), "id", "pixels", batch);
          Dataset<Row> scored = scoring.apply(spark, spark.read().parquet(data));
          String output = folder.resolve("scored.parquet").toString();
          print(master, best(() -> scored.write().mode(SaveMode.Overwrite).parquet(output)));
        }
      }
    } finally {
      FileUtil.fullyDelete(folder.toFile());
    }
    return 0;
  }

  /** The digits are in memory already, and their scores are dropped. */
  private void plain(Model model) {
    List<Row> digits = Digits.rows();
    float[] features = new float[batch * Digits.PIXELS];
    long rows = (long) copies * digits.size();
    for (long start = 0; start < rows; start += batch) {
      for (int i = 0; i < batch; i++) {
        Float[] pixels = digits.get((int) ((start + i) % digits.size())).getAs(1);
        for (int j = 0; j < pixels.length; j++) {
          features[i * Digits.PIXELS + j] = pixels[j];
        }
      }
      model.score(features);
    }
  }

  private double best(Runnable way) {
    double best = Double.POSITIVE_INFINITY;
    for (int round = 0; round < rounds; round++) {
      long start = System.nanoTime();
      way.run();
      best = Math.min(best, (System.nanoTime() - start) / 1e9);
    }
    return best;
  }

  private void print(String way, double seconds) {
    int rows = copies * Digits.rows().size();
    System.out.printf("%-12s %,10.0f rows/s%n", way, rows / seconds);
  }
}
