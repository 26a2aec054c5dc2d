package org.mlx4j.examples.scoring;

import static org.apache.spark.sql.functions.col;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.mlx4j.Export;
import org.mlx4j.Io;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.Scope;
import org.mlx4j.nn.Activations;
import org.mlx4j.nn.Linear;

/** Handwritten digits, and the classifier that the example train-digits has trained. */
final class Digits {
  static final int PIXELS = 64;

  private static final float INK = 16;

  private Digits() {}

  /** The parameters of the classifier by their names. */
  static Map<String, MlxArray> parameters() {
    return Io.loadSafetensors(resource("digits.safetensors"));
  }

  /** Exports the classifier for any number of images at once. */
  static void export(Path file) {
    String names =
        IntStream.range(0, PIXELS)
            .mapToObj("\"pixel%d\""::formatted)
            .collect(Collectors.joining(", "));
    try (Scope scope = Scope.open()) {
      Map<String, MlxArray> parameters = parameters();
      Linear hidden = new Linear(parameters.get("hidden.weight"), parameters.get("hidden.bias"));
      Linear output = new Linear(parameters.get("output.weight"), parameters.get("output.bias"));
      Export.exportFunction(
          file,
          images -> {
            MlxArray logits = output.apply(Activations.relu(hidden.apply(images[0])));
            return new MlxArray[] {logits.softmax(1)};
          },
          new MlxArray[] {Ops.zeros(1, PIXELS)},
          true,
          Map.of(),
          "{\"inputs\": [" + names + "]}");
    }
  }

  /** The digits, each as many times as {@code copies} says. */
  static Dataset<Row> table(SparkSession spark, int copies) {
    StructType columns =
        new StructType()
            .add("digit", DataTypes.LongType)
            .add("pixels", DataTypes.createArrayType(DataTypes.FloatType))
            .add("label", DataTypes.IntegerType);
    List<Row> digits = rows();
    return spark
        .createDataFrame(digits, columns)
        .crossJoin(spark.range(copies).toDF("copy"))
        .select(
            col("copy").multiply(digits.size()).plus(col("digit")).as("id"),
            col("pixels"),
            col("label"));
  }

  /** Each with its number, its pixels from 0 (paper) to 1 (ink), and what it shows. */
  static List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(resource("digits.csv.gz")), StandardCharsets.US_ASCII))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] fields = line.split(",", -1);
        Float[] pixels = new Float[PIXELS];
        for (int i = 0; i < PIXELS; i++) {
          pixels[i] = Integer.parseInt(fields[i]) / INK;
        }
        rows.add(RowFactory.create((long) rows.size(), pixels, Integer.valueOf(fields[PIXELS])));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return rows;
  }

  private static InputStream resource(String name) {
    return Digits.class.getResourceAsStream(name);
  }
}
