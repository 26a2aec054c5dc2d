package org.mlx4j.examples.scoring;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.broadcast.Broadcast;
import org.mlx4j.ArraysFunction;
import org.mlx4j.Export;
import org.mlx4j.ImportedFunction;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.Scope;
import org.mlx4j.TransformedArraysFunction;
import org.mlx4j.Transforms;

/**
 * A function of rows of features that returns a row of probabilities for each, and the names of its
 * features. It does not change, so all tasks of an executor share one.
 */
final class Model {
  private static final Map<String, Model> READ = new ConcurrentHashMap<>();
  private static final AtomicInteger READS = new AtomicInteger();

  private final List<String> inputs;
  private final TransformedArraysFunction likeliest;

  /** The likeliest class of each row of a batch, and its probability. */
  record Scores(int[] classes, float[] probabilities) {}

  Model(List<String> inputs, ArraysFunction probabilities) {
    this.inputs = List.copyOf(inputs);
    this.likeliest =
        Transforms.compileArrays(
            features -> {
              MlxArray p = probabilities.apply(features)[0];
              return new MlxArray[] {p.argmax(1), p.max(1)};
            });
  }

  /**
   * Returns the model of a file, which this JVM reads only once.
   *
   * @param digest tells files apart
   */
  static Model shared(String digest, Broadcast<byte[]> file) {
    return READ.computeIfAbsent(digest, d -> Scope.detached(() -> read(file.value())));
  }

  /** How many models this JVM has read. */
  static int reads() {
    return READS.get();
  }

  static Model read(byte[] file) {
    READS.incrementAndGet();
    ImportedFunction function = Export.importFunction(new ByteArrayInputStream(file));
    return new Model(inputs(function.metadata()), function);
  }

  private static List<String> inputs(String metadata) {
    List<String> names = new ArrayList<>();
    try {
      for (JsonNode name : new ObjectMapper().readTree(metadata).path("inputs")) {
        names.add(name.textValue());
      }
    } catch (JsonProcessingException noJson) {
      names.clear();
    }
    if (names.isEmpty() || names.contains(null)) {
      throw new IllegalArgumentException(
          "it does not name its features: its metadata must be like"
              + " {\"inputs\": [\"age\", \"income\"]}, got \"%s\"".formatted(metadata));
    }
    return names;
  }

  /** The names of the features, in the order of the columns of a batch. */
  List<String> inputs() {
    return inputs;
  }

  /**
   * Scores a batch.
   *
   * @param features the features of the first row, then those of the second, and so on
   */
  Scores score(float[] features) {
    try (Scope scope = Scope.open()) { // frees the arrays of the batch
      MlxArray rows = MlxArray.of(features, features.length / inputs.size(), inputs.size());
      MlxArray[] scores = likeliest.apply(rows);
      Ops.eval(scores);
      return new Scores(scores[0].toIntArray(), scores[1].toFloatArray());
    }
  }

  /** Fails unless the function takes batches of this size and returns probabilities for them. */
  void requireBatchesOf(int rows) {
    Scores scores;
    try {
      scores = score(new float[Math.multiplyExact(rows, inputs.size())]);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new IllegalArgumentException(
          "it cannot score %d rows of the %d features that it names: %s"
              .formatted(rows, inputs.size(), e.getMessage()),
          e);
    }
    if (scores.classes().length != rows) {
      throw new IllegalArgumentException(
          "it must return a row of probabilities for each of %d rows, and returned %d rows"
              .formatted(rows, scores.classes().length));
    }
  }
}
