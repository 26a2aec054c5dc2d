package org.mlx4j.examples.scoring;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.mlx4j.MlxArray;
import org.mlx4j.Scope;
import scala.jdk.javaapi.CollectionConverters;

/** The scores of the digits without Spark. */
final class Plain {
  private Plain() {}

  static Model model(Path file) throws IOException {
    byte[] contents = Files.readAllBytes(file);
    return Scope.detached(() -> Model.read(contents));
  }

  /** By the model, in one process. */
  static List<Row> scores(Path file, int batch) throws IOException {
    List<Row> scores = new ArrayList<>();
    List<Row> input =
        Digits.rows().stream()
            .map(digit -> RowFactory.create(digit.get(0), features((Float[]) digit.get(1)), null))
            .toList();
    Scorer.scored(input.iterator(), model(file), batch).forEachRemaining(scores::add);
    return scores;
  }

  /** An array as Spark hands it over. */
  static Object features(Float... values) {
    return CollectionConverters.asScala(Arrays.asList(values));
  }

  /** The rows of a data set in the order of their identifiers. */
  static List<Row> sorted(Dataset<Row> scores) {
    List<Row> rows = new ArrayList<>(scores.collectAsList());
    rows.sort(Comparator.comparing((Row row) -> row.getLong(0)));
    return rows;
  }

  /** By Java's doubles alone: for each digit the probabilities of the ten classes. */
  static double[][] probabilities() {
    try (Scope scope = Scope.open()) {
      Map<String, MlxArray> parameters = Digits.parameters();
      float[] weight = parameters.get("hidden.weight").toFloatArray();
      float[] bias = parameters.get("hidden.bias").toFloatArray();
      float[] outputWeight = parameters.get("output.weight").toFloatArray();
      float[] outputBias = parameters.get("output.bias").toFloatArray();
      return Digits.rows().stream()
          .map(
              digit -> {
                Float[] pixels = digit.getAs(1);
                double[] x = new double[pixels.length];
                for (int i = 0; i < x.length; i++) {
                  x[i] = pixels[i];
                }
                double[] hidden = linear(weight, bias, x);
                for (int i = 0; i < hidden.length; i++) {
                  hidden[i] = Math.max(0, hidden[i]);
                }
                return softmax(linear(outputWeight, outputBias, hidden));
              })
          .toArray(double[][]::new);
    }
  }

  private static double[] linear(float[] weight, float[] bias, double[] x) {
    double[] y = new double[bias.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = bias[i];
      for (int j = 0; j < x.length; j++) {
        y[i] += weight[i * x.length + j] * x[j];
      }
    }
    return y;
  }

  private static double[] softmax(double[] logits) {
    double sum = 0;
    for (double logit : logits) {
      sum += Math.exp(logit);
    }
    double[] p = new double[logits.length];
    for (int i = 0; i < p.length; i++) {
      p[i] = Math.exp(logits[i]) / sum;
    }
    return p;
  }

  /** Fails unless the rows, in the order of their identifiers, are the scores of all digits. */
  static void assertScoresOfDigits(List<Row> rows) {
    double[][] probabilities = probabilities();
    assertEquals(probabilities.length, rows.size());
    for (int i = 0; i < probabilities.length; i++) {
      Row row = rows.get(i);
      assertEquals(i, row.getLong(0));
      int likeliest = row.getInt(1);
      for (double p : probabilities[i]) {
        assertEquals(Math.max(p, probabilities[i][likeliest]), probabilities[i][likeliest], 1e-6);
      }
      assertEquals(probabilities[i][likeliest], row.getFloat(2), 1e-5, () -> row.toString());
      assertEquals(null, row.getString(3));
    }
  }
}
