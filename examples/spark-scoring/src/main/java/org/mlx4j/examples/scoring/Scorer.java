package org.mlx4j.examples.scoring;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * Scores the rows of a partition in batches. Spark sends it to the executors with every task, but
 * the broadcast file only once.
 *
 * @param file the exported function
 * @param digest tells files apart
 * @param batch how many rows the function gets at once
 */
record Scorer(Broadcast<byte[]> file, String digest, int batch)
    implements MapPartitionsFunction<Row, Row> {
  @Override
  public Iterator<Row> call(Iterator<Row> rows) {
    return scored(rows, Model.shared(digest, file), batch);
  }

  /**
   * Scores rows.
   *
   * @param rows each an identifier, an array of features, and null or why the row is malformed
   * @return for each row, in this order, the identifier, a class and its probability, or null for
   *     both and what is wrong with the row
   */
  static Iterator<Row> scored(Iterator<Row> rows, Model model, int batch) {
    return new Iterator<>() {
      private Iterator<Row> ready = List.<Row>of().iterator();

      @Override
      public boolean hasNext() {
        return ready.hasNext() || rows.hasNext();
      }

      @Override
      public Row next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        if (!ready.hasNext()) {
          ready = nextBatch(rows, model, batch).iterator();
        }
        return ready.next();
      }
    };
  }

  /** A batch is always of the same size, so the compiled function is recorded only once. */
  private static List<Row> nextBatch(Iterator<Row> rows, Model model, int batch) {
    int width = model.inputs().size();
    float[] features = new float[batch * width]; // zeros where rows are missing or malformed
    List<Object> ids = new ArrayList<>(batch);
    List<String> problems = new ArrayList<>(batch);
    while (ids.size() < batch && rows.hasNext()) {
      Row row = rows.next();
      problems.add(copy(row, model.inputs(), features, ids.size() * width));
      ids.add(row.get(0));
    }
    Model.Scores scores = model.score(features);
    List<Row> scored = new ArrayList<>(ids.size());
    for (int i = 0; i < ids.size(); i++) {
      String problem = problems.get(i);
      scored.add(
          problem == null
              ? RowFactory.create(ids.get(i), scores.classes()[i], scores.probabilities()[i], null)
              : RowFactory.create(ids.get(i), null, null, problem));
    }
    return scored;
  }

  /** Copies the features of a row, or leaves zeros and returns what is wrong with the row. */
  private static String copy(Row row, List<String> inputs, float[] features, int start) {
    if (!row.isNullAt(2)) {
      return row.getString(2);
    }
    if (row.isNullAt(1)) {
      return "the features are missing";
    }
    List<Float> values = row.getList(1);
    if (values.size() != inputs.size()) {
      return "%d features instead of %d".formatted(values.size(), inputs.size());
    }
    int i = start;
    for (Float value : values) {
      if (value == null || !Float.isFinite(value)) {
        Arrays.fill(features, start, i, 0);
        return "%s is %s"
            .formatted(inputs.get(i - start), value == null ? "missing or no number" : value);
      }
      features[i++] = value;
    }
    return null;
  }
}
