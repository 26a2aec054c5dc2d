package org.mlx4j.examples.scoring;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.mlx4j.MlxException;

/**
 * How a data set is scored.
 *
 * @param model the file of the function, by a path or URL that Spark reads
 * @param id the column that identifies rows
 * @param features a column of arrays with all features, or null if each feature is a column
 * @param batch how many rows are scored at once
 */
record Scoring(String model, String id, String features, int batch) {
  /** A column of a data set that may say that a row is malformed, by its text. */
  static final String MALFORMED = "_malformed";

  /**
   * Returns the scores of a data set, which Spark computes when they are used.
   *
   * @return for each row its identifier, {@code prediction} and {@code probability}, or null for
   *     both and a {@code problem}
   * @throws IllegalArgumentException if the model cannot be used for this data set
   */
  Dataset<Row> apply(SparkSession spark, Dataset<Row> rows) {
    byte[] contents = read(spark);
    Broadcast<byte[]> file = new JavaSparkContext(spark.sparkContext()).broadcast(contents);
    String digest = DigestUtils.sha256Hex(contents);
    List<String> inputs = inputs(digest, file);
    requireColumns(rows.schema(), inputs);
    StructType scored =
        new StructType()
            .add(id, rows.schema().apply(id).dataType())
            .add("prediction", DataTypes.IntegerType)
            .add("probability", DataTypes.FloatType)
            .add("problem", DataTypes.StringType);
    return rows.select(quoted(id), featuresOf(inputs), malformed(rows.schema()))
        .mapPartitions(new Scorer(file, digest, batch), Encoders.row(scored));
  }

  private byte[] read(SparkSession spark) {
    Path path = new Path(model);
    try (InputStream in =
        path.getFileSystem(spark.sparkContext().hadoopConfiguration()).open(path)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "[score] the model %s cannot be read: %s".formatted(model, e.getMessage()), e);
    }
  }

  /** Tries the model here, so what is wrong with it is found before there are tasks. */
  private List<String> inputs(String digest, Broadcast<byte[]> file) {
    try {
      Model tried = Model.shared(digest, file);
      tried.requireBatchesOf(batch);
      return tried.inputs();
    } catch (IllegalArgumentException | MlxException e) {
      throw new IllegalArgumentException(
          "[score] the model %s cannot be used: %s".formatted(model, e.getMessage()), e);
    }
  }

  private void requireColumns(StructType schema, List<String> inputs) {
    List<String> present = Arrays.asList(schema.fieldNames());
    List<String> missing =
        Stream.concat(Stream.of(id), features == null ? inputs.stream() : Stream.of(features))
            .filter(column -> !present.contains(column))
            .toList();
    if (!missing.isEmpty()) {
      throw new IllegalArgumentException(
          "[score] the data set has no columns %s; it has %s".formatted(missing, present));
    }
    DataType type = features == null ? null : schema.apply(features).dataType();
    if (type != null && !(type instanceof ArrayType)) {
      throw new IllegalArgumentException(
          "[score] the column %s must have arrays of features, its type is %s"
              .formatted(features, type.simpleString()));
    }
  }

  /** What is no number becomes null. */
  private Column featuresOf(List<String> inputs) {
    return features != null
        ? quoted(features).try_cast("array<float>")
        : array(inputs.stream().map(name -> quoted(name).try_cast("float")).toArray(Column[]::new));
  }

  private static Column malformed(StructType schema) {
    Column none = lit(null).cast("string");
    return Arrays.asList(schema.fieldNames()).contains(MALFORMED)
        ? concat(lit("malformed: "), col(MALFORMED))
        : none;
  }

  private static Column quoted(String column) {
    return col("`" + column.replace("`", "``") + "`");
  }
}
