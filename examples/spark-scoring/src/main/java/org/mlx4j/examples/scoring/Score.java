package org.mlx4j.examples.scoring;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Observation;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The job: reads a data set, scores it, and writes the scores. */
@Command(
    name = "score",
    description = "Scores the rows of a data set with an exported function.",
    sortOptions = false,
    showDefaultValues = true)
final class Score implements Callable<Integer> {
  /** How a data set is stored. */
  enum Format {
    PARQUET,
    CSV
  }

  static final int LARGEST_BATCH = 1 << 20;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "FILE",
      description = {
        "The exported function (.mlxfn). It gets float32 of shape (rows, features) and returns"
            + " probabilities of shape (rows, classes). Its metadata names the features:"
            + " {\"inputs\": [\"age\", \"income\"]}."
      })
  private String model;

  @Option(names = "--input", required = true, paramLabel = "PATH", description = "The data set.")
  private String input;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "PATH",
      description =
          "A new folder for Parquet files with the columns ID, prediction, probability and problem,"
              + " of which the last says why a row has no prediction.")
  private String output;

  @Option(
      names = "--format",
      description =
          "The format of the data set: ${COMPLETION-CANDIDATES}. CSV begins with a line of names.")
  private Format format = Format.PARQUET;

  @Option(names = "--id", paramLabel = "COLUMN", description = "The column that identifies rows.")
  private String id = "id";

  @Option(
      names = "--features",
      paramLabel = "COLUMN",
      description = "A column with arrays of all features, if each feature has no column.")
  private String features;

  @Option(names = "--batch", paramLabel = "ROWS", description = "How many rows a call scores.")
  private int batch = 256;

  @Spec private CommandSpec command;

  @Override
  public Integer call() throws InterruptedException, IOException {
    SparkScoring.require(command, "--batch", batch, LARGEST_BATCH);
    try (SparkSession spark = SparkSession.builder().appName("score " + input).getOrCreate()) {
      Observation counts = new Observation();
      new Scoring(model, id, features, batch)
          .apply(spark, read(spark))
          .observe(counts, count(lit(1)).as("rows"), count(col("problem")).as("problems"))
          .write()
          .parquet(output);
      Map<String, Object> counted = counts.getAsJava();
      System.out.printf(
          "Rows scored: %s, with a problem: %s, in %s%n",
          counted.get("rows"), counted.get("problems"), output);
    }
    return 0;
  }

  /** In CSV, lines with too few or too many fields are kept, as malformed. */
  private Dataset<Row> read(SparkSession spark) {
    if (format == Format.PARQUET) {
      return spark.read().parquet(input);
    }
    DataFrameReader csv = spark.read().option("header", true);
    StructType columns = csv.csv(input).schema();
    return csv.option("columnPruning", false) // it would overlook fields at the end of a line
        .option("columnNameOfCorruptRecord", Scoring.MALFORMED)
        .schema(columns.add(Scoring.MALFORMED, DataTypes.StringType))
        .csv(input);
  }
}
