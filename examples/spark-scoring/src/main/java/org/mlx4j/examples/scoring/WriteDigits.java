package org.mlx4j.examples.scoring;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes a model and a data set to try the job with. */
@Command(
    name = "digits",
    description = "Writes a classifier of handwritten digits, and digits as Parquet.",
    showDefaultValues = true)
final class WriteDigits implements Callable<Integer> {
  @Parameters(
      arity = "0..1",
      paramLabel = "FOLDER",
      defaultValue = "target/scoring",
      description = "The folder for digits.mlxfn and digits.parquet.")
  private Path folder;

  @Option(names = "--copies", description = "How many times each of the 1797 digits occurs.")
  private int copies = 1;

  @Spec private CommandSpec command;

  @Override
  public Integer call() throws IOException {
    SparkScoring.require(command, "--copies", copies, 1_000_000);
    Path model = folder.resolve("digits.mlxfn");
    Path data = folder.resolve("digits.parquet");
    Files.createDirectories(folder);
    Digits.export(model);
    try (SparkSession spark = SparkSession.builder().appName("digits").getOrCreate()) {
      Digits.table(spark, copies).write().parquet(data.toString());
    }
    System.out.printf("Model: %s%nData set: %s%n", model, data);
    return 0;
  }
}
