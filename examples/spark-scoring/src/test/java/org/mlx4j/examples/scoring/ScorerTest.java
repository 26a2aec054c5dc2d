package org.mlx4j.examples.scoring;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Test;
import org.mlx4j.ArraysFunction;
import org.mlx4j.Memory;
import org.mlx4j.MlxArray;
import org.mlx4j.Scope;

/** Batches of rows, without Spark. */
class ScorerTest {
  private static final List<String> NAMES = List.of("a", "b");
  private static final ArraysFunction SOFTMAX = xs -> new MlxArray[] {xs[0].softmax(1)};

  private static Model model(ArraysFunction function) {
    return Scope.detached(() -> new Model(NAMES, function));
  }

  private static Row row(Object id, Float... features) {
    return RowFactory.create(id, Plain.features(features), null);
  }

  private static List<Row> scored(List<Row> rows, Model model, int batch) {
    List<Row> scored = new ArrayList<>();
    Scorer.scored(rows.iterator(), model, batch).forEachRemaining(scored::add);
    return scored;
  }

  @Test
  void likeliestClassAndItsProbability() {
    List<Row> rows = List.of(row("x", 1f, 1f), row("y", 0f, (float) Math.log(3)), row("z", 2f, 0f));
    List<Row> scored = scored(rows, model(SOFTMAX), 2);
    assertEquals(List.of("x", "y", "z"), scored.stream().map(row -> row.getString(0)).toList());
    assertEquals(List.of(0, 1, 0), scored.stream().map(row -> row.getInt(1)).toList());
    assertEquals(0.5, scored.get(0).getFloat(2), 1e-6);
    assertEquals(0.75, scored.get(1).getFloat(2), 1e-6);
    assertEquals(1 / (1 + Math.exp(-2)), scored.get(2).getFloat(2), 1e-6);
  }

  @Test
  void partitionsOfAnySizeAreRecordedOnce() {
    AtomicInteger recordings = new AtomicInteger();
    Model model =
        model(
            xs -> {
              recordings.incrementAndGet();
              return SOFTMAX.apply(xs);
            });
    for (int size : new int[] {0, 1, 7, 8, 9, 23}) {
      List<Row> rows = IntStream.range(0, size).mapToObj(i -> row(i, i + 0f, 3f)).toList();
      List<Row> scored = scored(rows, model, 8);
      assertArrayEquals(
          IntStream.range(0, size).toArray(), scored.stream().mapToInt(r -> r.getInt(0)).toArray());
    }
    assertEquals(1, recordings.get());
  }

  @Test
  void batchesLeaveNoArraysBehind() {
    Model model = model(SOFTMAX);
    List<Row> rows = IntStream.range(0, 500).mapToObj(i -> row(i, i + 0f, 3f)).toList();
    scored(rows.subList(0, 10), model, 10); // what the compiled function keeps
    long before = Memory.stats().arrays();
    Iterator<Row> abandoned = Scorer.scored(rows.iterator(), model, 10);
    abandoned.next();
    assertEquals(before, Memory.stats().arrays(), "between batches");
    scored(rows, model, 10);
    assertEquals(before, Memory.stats().arrays());
  }

  @Test
  void rowsAreReadWhenTheyAreNeeded() {
    AtomicInteger read = new AtomicInteger();
    Iterator<Row> rows =
        IntStream.range(0, 100)
            .mapToObj(i -> row(i, 1f, 2f))
            .peek(row -> read.incrementAndGet())
            .iterator();
    Iterator<Row> scored = Scorer.scored(rows, model(SOFTMAX), 10);
    assertTrue(scored.hasNext());
    scored.next();
    assertTrue(read.get() <= 11, read + " rows read for a batch of 10");
    scored.forEachRemaining(row -> {});
    assertFalse(scored.hasNext());
    assertThrows(NoSuchElementException.class, scored::next);
  }

  @Test
  void batchThatIsTooLargeForAnArrayIsRefused() {
    Model wide = Scope.detached(() -> new Model(Collections.nCopies(5000, "a"), SOFTMAX));
    String message =
        assertThrows(IllegalArgumentException.class, () -> wide.requireBatchesOf(1 << 20))
            .getMessage();
    assertEquals(
        "it cannot score 1048576 rows of the 5000 features that it names: integer overflow",
        message);
  }

  @Test
  void malformedRowsSayWhyAndSpareTheOthers() {
    List<Row> rows =
        List.of(
            row(0, 1f, 2f),
            RowFactory.create(1, null, null),
            row(2, 1f),
            row(3, 1f, 2f, 3f),
            row(4, 1f, null),
            row(5, Float.NaN, 2f),
            row(6, 1f, Float.NEGATIVE_INFINITY),
            RowFactory.create(7, Plain.features(1f, 2f), "malformed: 1,2,,"),
            row(8, 1f, 2f));
    List<Row> scored = scored(rows, model(SOFTMAX), 4);
    List<String> problems = new ArrayList<>();
    for (Row row : scored) {
      assertEquals(row.isNullAt(3), !row.isNullAt(1) && !row.isNullAt(2), row.toString());
      if (!row.isNullAt(3)) {
        problems.add(row.get(0) + ": " + row.getString(3));
      }
    }
    assertEquals(
        List.of(
            "1: the features are missing",
            "2: 1 features instead of 2",
            "3: 3 features instead of 2",
            "4: b is missing or no number",
            "5: a is NaN",
            "6: b is -Infinity",
            "7: malformed: 1,2,,"),
        problems);
    assertEquals(scored.get(0).getFloat(2), scored.get(8).getFloat(2));
  }
}
