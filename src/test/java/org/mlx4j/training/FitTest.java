package org.mlx4j.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mlx4j.DType;
import org.mlx4j.InScope;
import org.mlx4j.Index;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.Scope;
import org.mlx4j.optimizers.Optimizer;
import org.mlx4j.optimizers.OptimizerState;
import org.mlx4j.optimizers.SGD;
import org.mlx4j.tree.Trees;
import org.mlx4j.tree.WithAux;

@ExtendWith(InScope.class)
class FitTest {
  @TempDir Path folder;

  record Data(MlxArray x, MlxArray y) {}

  record Line(MlxArray slope, OptimizerState<MlxArray> optimizer) {}

  /** A training that changes nothing, and whose loss is the mean of the batch. */
  private static Fit<MlxArray, MlxArray> idle() {
    return Fit.of((MlxArray state, MlxArray batch) -> new WithAux<>(batch.mean(), state));
  }

  private static MlxArray start() {
    return MlxArray.scalar(0f);
  }

  private static MlxArray numbers(int count) {
    return Ops.arange(count).astype(DType.FLOAT32);
  }

  // ---- what is computed ------------------------------------------------------------------------

  /**
   * The loss is quadratic, so each step of gradient descent multiplies the distance to its minimum
   * by the same number.
   */
  @Test
  void gradientDescentOnAParabolaFollowsTheClosedForm() {
    Optimizer sgd = SGD.of(0.1);
    MlxArray x = MlxArray.of(1f, 2f, 3f, 4f);
    Data data = new Data(x, x.multiply(3f));
    Line start = new Line(start(), sgd.init(start()));
    Fitted<Line> fitted =
        Fit.of(
                (Line line, Data batch) -> {
                  var r =
                      Trees.valueAndGrad(
                              (MlxArray slope) ->
                                  batch.x().multiply(slope).subtract(batch.y()).square().mean())
                          .apply(line.slope());
                  var updated = sgd.update(line.slope(), r.grad(), line.optimizer());
                  return new WithAux<>(r.value(), new Line(updated.parameters(), updated.state()));
                })
            .epochs(5)
            .batches(data, 4)
            .run(start);
    // loss = 7.5 (s - 3)², so s - 3 becomes (1 - 0.1 * 15) (s - 3)
    double distance = -3;
    for (int epoch = 0; epoch < 5; epoch++) {
      assertEquals(
          7.5 * distance * distance, fitted.history().values("loss").get(epoch), 1e-3, "loss");
      distance *= -0.5;
    }
    assertEquals(3 + distance, fitted.state().slope().itemFloat(), 1e-4);
    assertEquals(5, fitted.state().optimizer().step().itemInt());
    assertEquals(5, fitted.epoch());
    assertEquals(FitEnd.EPOCHS, fitted.end());
  }

  /** Each row has the same weight, also those of a last batch that is smaller. */
  @Test
  void lossOfAnEpochIsTheMeanOverItsRows() {
    var fitted = idle().batches(MlxArray.of(1f, 2f, 4f, 8f, 16f), 2).run(start());
    assertEquals(List.of(new Epoch(1, 3, 31 / 5.0, Map.of())), fitted.history().epochs());
  }

  @Test
  void validationIsTheMeanOverItsRows() {
    var fitted =
        idle()
            .batches(numbers(2), 1)
            .validate(
                MlxArray.of(1f, 2f, 4f, 8f, 16f),
                2,
                (state, batch) -> Map.of("b", batch.mean(), "a", batch.square().mean()))
            .validate(state -> Map.of("c", 7.0))
            .epochs(2)
            .run(start());
    Map<String, Double> expected = Map.of("a", 341 / 5.0, "b", 31 / 5.0, "c", 7.0);
    assertEquals(expected, fitted.history().last().measurements());
    assertEquals(List.of(7.0, 7.0), fitted.history().values("c"));
    assertEquals(
        List.of("a", "b", "c"), List.copyOf(fitted.history().last().measurements().keySet()));
  }

  @Test
  void theStepIsRecordedOnceForEachShape() {
    List<Integer> rows = new ArrayList<>();
    Fit<MlxArray, MlxArray> fit =
        Fit.of(
                (MlxArray state, MlxArray batch) -> {
                  rows.add(batch.dim(0));
                  return new WithAux<>(batch.mean(), state.add(batch.sum()));
                })
            .batches(numbers(10), 4)
            .epochs(3);
    assertEquals(3 * 45f, fit.run(start()).state().itemFloat());
    assertEquals(List.of(4, 2), rows);
    rows.clear();
    assertEquals(3 * 45f, fit.compiled(false).run(start()).state().itemFloat());
    assertEquals(List.of(4, 4, 2, 4, 4, 2, 4, 4, 2), rows);
  }

  // ---- batches ---------------------------------------------------------------------------------

  /** The rows of each batch, for each epoch. */
  private static List<List<List<Integer>>> rows(Fit<MlxArray, Data> fit, int epochs) {
    List<List<List<Integer>>> seen = new ArrayList<>();
    FitListener perEpoch =
        new FitListener() {
          @Override
          public void started(FitProgress progress) {
            seen.add(new ArrayList<>());
          }

          @Override
          public void epochEnded(FitProgress progress) {
            seen.add(new ArrayList<>());
          }
        };
    recording(seen, fit).epochs(epochs).listener(perEpoch).run(start());
    seen.remove(seen.size() - 1);
    return seen;
  }

  private static Fit<MlxArray, Data> recording(
      List<List<List<Integer>>> seen, Fit<MlxArray, Data> fit) {
    Fit<MlxArray, Data> recording =
        Fit.of(
                (MlxArray state, Data batch) -> {
                  int[] rows = batch.x().toIntArray();
                  assertArrayEquals(
                      IntStream.of(rows).map(i -> 10 * i).toArray(),
                      batch.y().get(Index.all(), Index.at(1)).toIntArray());
                  seen.get(seen.size() - 1).add(IntStream.of(rows).boxed().toList());
                  return new WithAux<>(state, state);
                })
            .compiled(false);
    recording.source = fit.source;
    recording.seed = fit.seed;
    recording.fullBatches = fit.fullBatches;
    return recording;
  }

  private static Fit<MlxArray, Data> overRows(int count, int size) {
    MlxArray x = Ops.arange(count).astype(DType.INT32);
    Data data = new Data(x, Ops.stack(new MlxArray[] {x, x.multiply(10)}, 1));
    return Fit.of((MlxArray state, Data batch) -> new WithAux<>(state, state)).batches(data, size);
  }

  @Test
  void rowsComeInTheirOrder() {
    List<List<Integer>> epoch = List.of(List.of(0, 1, 2), List.of(3, 4, 5), List.of(6));
    assertEquals(List.of(epoch, epoch), rows(overRows(7, 3), 2));
    assertEquals(
        List.of(List.of(List.of(0, 1, 2), List.of(3, 4, 5))),
        rows(overRows(7, 3).fullBatches(), 1));
    assertEquals(List.of(List.of(List.of(0, 1))), rows(overRows(2, 2), 1));
    assertEquals(List.of(List.of(List.of(0, 1))), rows(overRows(2, 99), 1));
  }

  @Test
  void shufflingUsesEachRowOnceAnEpochInAnotherOrder() {
    List<List<List<Integer>>> epochs = rows(overRows(50, 8).shuffle(3), 4);
    List<List<Integer>> orders =
        epochs.stream().map(e -> e.stream().flatMap(List::stream).toList()).toList();
    List<Integer> all = IntStream.range(0, 50).boxed().toList();
    for (List<Integer> order : orders) {
      assertEquals(all, order.stream().sorted().toList());
    }
    assertEquals(5, Stream.concat(orders.stream(), Stream.of(all)).distinct().count());
    assertEquals(epochs, rows(overRows(50, 8).shuffle(3), 4));
    assertEquals(epochs.subList(0, 2), rows(overRows(50, 8).shuffle(3), 2));
    List<List<List<Integer>>> others = rows(overRows(50, 8).shuffle(4), 4);
    assertTrue(Collections.disjoint(epochs, others), "another seed gives an order again");
    List<List<Integer>> full = rows(overRows(50, 8).shuffle(3).fullBatches(), 1).get(0);
    assertEquals(epochs.get(0).subList(0, 6), full);
  }

  @Test
  void batchesOfASourceAreUsedAsTheyAre() {
    List<MlxArray> batches = List.of(numbers(3), numbers(1).add(7f), MlxArray.scalar(4f));
    List<FitProgress> steps = new ArrayList<>();
    FitListener listener =
        new FitListener() {
          @Override
          public void stepEnded(FitProgress progress) {
            steps.add(progress);
          }
        };
    var fitted = idle().batches(batches).epochs(2).listener(listener).run(start());
    assertEquals(List.of(14 / 5.0, 14 / 5.0), fitted.history().values("loss"));
    assertEquals(OptionalInt.of(3), steps.get(0).batches());
    assertEquals(List.of(1, 2, 3, 1, 2, 3), steps.stream().map(FitProgress::batch).toList());
    assertFalse(batches.get(0).isClosed());

    steps.clear();
    Iterable<MlxArray> unknown = () -> List.copyOf(batches).iterator();
    idle().batches(unknown).listener(listener).run(start());
    assertEquals(OptionalInt.empty(), steps.get(0).batches());
  }

  /** An iterator that makes arrays in {@code hasNext}, as that of a stream does. */
  private static final class Made implements Iterator<MlxArray>, AutoCloseable {
    private final List<MlxArray> made;
    private final int count;
    private MlxArray next;
    int closed;

    Made(int count, List<MlxArray> made) {
      this.count = count;
      this.made = made;
    }

    @Override
    public boolean hasNext() {
      if (next == null && made.size() < count) {
        next = Ops.full(new int[] {2}, (float) made.size());
        made.add(next);
      }
      return next != null;
    }

    @Override
    public MlxArray next() {
      MlxArray result = next;
      next = null;
      return result;
    }

    @Override
    public void close() {
      closed++;
    }
  }

  @Test
  void batchesThatASourceMakesAreClosedAfterTheirStep() {
    List<MlxArray> made = new ArrayList<>();
    Made iterator = new Made(4, made);
    List<Long> open = new ArrayList<>();
    FitListener counting =
        new FitListener() {
          @Override
          public void stepEnded(FitProgress progress) {
            open.add(made.stream().filter(x -> !x.isClosed()).count());
          }
        };
    var fitted = idle().batches(() -> iterator).listener(counting).run(start());
    assertEquals(List.of(1.5), fitted.history().values("loss"));
    assertEquals(List.of(0L, 0L, 0L, 0L), open);
    assertEquals(1, iterator.closed);
  }

  @Test
  void anIteratorIsClosedAfterAFailure() {
    Made iterator = new Made(4, new ArrayList<>());
    IllegalStateException failure = new IllegalStateException("mine");
    Fit<MlxArray, MlxArray> fit =
        Fit.of(
                (MlxArray state, MlxArray batch) -> {
                  throw failure;
                })
            .compiled(false)
            .batches(() -> iterator);
    assertSame(failure, assertThrows(IllegalStateException.class, () -> fit.run(start())));
    assertEquals(1, iterator.closed);
  }

  @Test
  void anIteratorThatCannotBeClosedIsReported() {
    Iterator<MlxArray> one = List.of(numbers(1)).iterator();
    class Stuck implements Iterator<MlxArray>, AutoCloseable {
      private final Exception problem;

      Stuck(Exception problem) {
        this.problem = problem;
      }

      @Override
      public boolean hasNext() {
        return false;
      }

      @Override
      public MlxArray next() {
        return one.next();
      }

      @Override
      public void close() throws Exception {
        throw problem;
      }
    }

    Exception checked = new IOException("mine");
    assertRefused(
        "[fit] the source of batches cannot be closed",
        () -> idle().batches(() -> new Stuck(checked)).run(start()));
    RuntimeException unchecked = new ArithmeticException("mine");
    assertSame(
        unchecked,
        assertThrows(
            ArithmeticException.class,
            () -> idle().batches(() -> new Stuck(unchecked)).run(start())));
  }

  // ---- arrays ----------------------------------------------------------------------------------

  /** The arrays of the caller stay open, and the result belongs to the caller. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void arraysOfTheCallerStayOpen(boolean compiled) {
    record State(MlxArray given, MlxArray constant, MlxArray batch, MlxArray sum) {}

    MlxArray constant = MlxArray.scalar(5f);
    List<MlxArray> batches = List.of(numbers(2), numbers(2).add(1f));
    State start = new State(start(), constant, numbers(2), start());
    Fitted<State> fitted =
        Fit.of(
                (State s, MlxArray batch) ->
                    new WithAux<>(
                        batch.mean(),
                        new State(s.given(), constant, batch, s.sum().add(batch.sum()))))
            .compiled(compiled)
            .batches(batches)
            .epochs(3)
            .validate(s -> Map.of("sum", s.sum().itemDouble()))
            .stopEarly(EarlyStopping.highest("sum", 2))
            .run(start);
    for (MlxArray array : Trees.flatten(List.of(start, batches, constant, fitted.state()))) {
      array.eval();
    }
    Trees.close(fitted.state());
    for (MlxArray array : Trees.flatten(List.of(start, batches, constant))) {
      array.eval();
    }
    assertEquals(List.of(4.0, 8.0, 12.0), fitted.history().values("sum"));
  }

  @Test
  void aTrainingWithoutAStepReturnsOtherHandles() {
    MlxArray start = start();
    Thread.currentThread().interrupt();
    Fitted<MlxArray> fitted = idle().batches(numbers(2), 1).run(start);
    assertTrue(Thread.interrupted());
    assertEquals(FitEnd.INTERRUPTED, fitted.end());
    assertEquals(0, fitted.epoch());
    fitted.state().close();
    start.eval();
  }

  @Test
  void theResultBelongsToTheScopeOfTheCaller() {
    Fitted<MlxArray> fitted;
    try (Scope scope = Scope.open()) {
      fitted = idle().batches(numbers(2), 1).run(start());
      fitted.state().eval();
    }
    assertTrue(fitted.state().isClosed());
  }

  // ---- early stopping --------------------------------------------------------------------------

  /** A training whose state counts its epochs and whose measurement is taken from a list. */
  private static Fitted<MlxArray> measuring(EarlyStopping stopping, double... values) {
    return Fit.of((MlxArray s, MlxArray batch) -> new WithAux<>(batch.mean(), s.add(1f)))
        .batches(numbers(1), 1)
        .epochs(values.length)
        .validate(s -> Map.of("v", values[(int) s.itemFloat() - 1]))
        .stopEarly(stopping)
        .run(start());
  }

  private static void assertStops(
      int epochs, int best, FitEnd end, EarlyStopping stopping, double... values) {
    Fitted<MlxArray> fitted = measuring(stopping, values);
    assertEquals(epochs, fitted.history().epochs().size());
    assertEquals(best, fitted.epoch());
    assertEquals(best, fitted.state().itemFloat());
    assertEquals(end, fitted.end());
  }

  @Test
  void theBestEpochIsReturned() {
    EarlyStopping lowest = EarlyStopping.lowest("v", 2);
    assertStops(5, 3, FitEnd.STOPPED_EARLY, lowest, 5, 6, 4, 4, 4.5, 1, 0);
    assertStops(4, 4, FitEnd.EPOCHS, lowest, 5, 4, 3, 2);
    assertStops(4, 3, FitEnd.EPOCHS, lowest, 5, 4, 3, 3);
    assertStops(3, 1, FitEnd.STOPPED_EARLY, lowest, 1, 2, 3, 4);
    assertStops(2, 1, FitEnd.STOPPED_EARLY, EarlyStopping.lowest("v", 1), 1, 1, 0);
    EarlyStopping highest = EarlyStopping.highest("v", 2);
    assertStops(4, 2, FitEnd.STOPPED_EARLY, highest, 1, 2, 1, 2, 9);
    assertStops(3, 1, FitEnd.STOPPED_EARLY, highest, 5, 4, 3, 9);
  }

  @Test
  void aSmallChangeIsNoImprovement() {
    EarlyStopping lowest = EarlyStopping.lowest("v", 2).withLeastChange(0.5);
    assertStops(3, 1, FitEnd.STOPPED_EARLY, lowest, 5, 4.5, 4.5, 0);
    assertStops(5, 3, FitEnd.STOPPED_EARLY, lowest, 5, 4.75, 4.25, 4, 3.9, 0);
    EarlyStopping highest = EarlyStopping.highest("v", 2).withLeastChange(0.5);
    assertStops(3, 1, FitEnd.STOPPED_EARLY, highest, 5, 5.25, 5.5, 9);
  }

  @Test
  void notANumberIsNoImprovement() {
    EarlyStopping lowest = EarlyStopping.lowest("v", 2);
    double nan = Double.NaN;
    assertStops(4, 2, FitEnd.STOPPED_EARLY, lowest, nan, 4, nan, nan, 1);
    assertStops(2, 1, FitEnd.STOPPED_EARLY, lowest, nan, nan, 1);
    assertStops(2, 2, FitEnd.EPOCHS, lowest, nan, Double.POSITIVE_INFINITY);
  }

  @Test
  void theTrainingLossCanBeWatched() {
    Fitted<MlxArray> fitted =
        idle()
            .batches(numbers(2), 1)
            .epochs(9)
            .stopEarly(EarlyStopping.lowest("loss", 3))
            .run(start());
    assertEquals(4, fitted.history().epochs().size());
    assertEquals(1, fitted.epoch());
  }

  // ---- mistakes --------------------------------------------------------------------------------

  private static void assertRefused(String message, Executable call) {
    RuntimeException e = assertThrows(RuntimeException.class, call);
    assertEquals(message, e.getMessage());
  }

  @Test
  void badOptionsAreRefused() {
    var fit = idle();
    assertRefused("[fit] the step is null", () -> Fit.of(null));
    assertRefused("[fit] the number of epochs must be at least 1, got 0", () -> fit.epochs(0));
    assertRefused(
        "[fit] the size of a batch must be at least 1, got 0", () -> fit.batches(numbers(2), 0));
    assertRefused(
        "[fit] the size of a batch must be at least 1, got -3",
        () -> fit.validate(numbers(2), -3, (s, b) -> Map.of()));
    assertRefused(
        "[fit] the number of steps between checkpoints must be at least 1, got 0",
        () -> fit.checkpoints(folder.resolve("a.safetensors"), 0));
    assertRefused(
        "[fit] the name of the checkpoint file must end with .safetensors, got a.npz",
        () -> fit.checkpoints(Path.of("a.npz")));
    assertRefused(
        "[fit] there is no folder " + folder.resolve("no") + " for checkpoints",
        () -> fit.checkpoints(folder.resolve("no/a.safetensors")));
    assertRefused(
        "[EarlyStopping] patience must be at least 1, got 0",
        () -> EarlyStopping.lowest("loss", 0));
    for (double change : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertRefused(
          "[EarlyStopping] leastChange must be at least 0 and finite, got " + change,
          () -> EarlyStopping.lowest("loss", 1).withLeastChange(change));
    }
  }

  @Test
  void badDataAreRefused() {
    Fit<MlxArray, Data> fit =
        Fit.of((MlxArray state, Data batch) -> new WithAux<>(batch.x().mean(), state));
    assertRefused(
        "[fit] the data, y: all arrays of the data must have the same number of rows, got 4 here"
            + " and 5 in the first one",
        () -> fit.batches(new Data(numbers(5), numbers(4)), 2));
    assertRefused(
        "[fit] the data, y: the array is a scalar, but data need rows",
        () -> fit.batches(new Data(numbers(5), start()), 2));
    assertRefused(
        "[fit] the data have no rows; at least one is needed",
        () -> fit.batches(new Data(Ops.zeros(0), Ops.zeros(0, 3)), 2));
    assertRefused("[fit] the data hold no array", () -> fit.batches(new Data(null, null), 2));
    MlxArray closed = numbers(3);
    closed.close();
    assertRefused(
        "[fit] the data, x: the array is closed",
        () -> fit.batches(new Data(closed, numbers(3)), 2));
    MlxArray later = numbers(3);
    var closedLater = idle().batches(later, 1);
    var measuredLater =
        idle().batches(numbers(2), 1).validate(later, 1, (s, b) -> Map.of("v", b.mean()));
    later.close();
    assertRefused("[fit] the data: the array is closed", () -> closedLater.run(start()));
    int[] steps = new int[1];
    assertRefused(
        "[fit] the data: the array is closed",
        () ->
            measuredLater
                .listener(
                    new FitListener() {
                      @Override
                      public void stepEnded(FitProgress progress) {
                        steps[0]++;
                      }
                    })
                .run(start()));
    assertEquals(0, steps[0]);
    assertRefused(
        "[fit] the batch, y: the array is closed",
        () -> fit.batches(List.of(new Data(numbers(3), closed))).run(start()));
    assertThrowsSaying(
        "[fit] the batch: the class org.mlx4j.training.FitTest$Holder is not a record",
        () ->
            Fit.of((MlxArray state, Holder batch) -> new WithAux<>(batch.x.mean(), state))
                .batches(List.of(new Holder(numbers(2))))
                .run(start()));
    assertRefused(
        "[fit] there is no full batch: the data have 3 rows, a batch has 4",
        () -> idle().batches(numbers(3), 4).fullBatches().run(start()));
    assertRefused("[fit] there are no batches: call batches before run", () -> idle().run(start()));
    assertRefused(
        "[fit] the source of batches has none", () -> idle().batches(List.of()).run(start()));
    assertRefused(
        "[fit] the source returned no iterator", () -> idle().batches(() -> null).run(start()));
    assertRefused(
        "[fit] the source returned a batch that is null",
        () -> idle().batches(Arrays.asList((MlxArray) null)).run(start()));
    assertRefused(
        "[fit] the batches of a source cannot be shuffled: leave out shuffle, or shuffle them in"
            + " the source",
        () -> idle().batches(List.of(numbers(1))).shuffle(1).run(start()));
    assertRefused(
        "[fit] the batches of a source are used as they are: leave out fullBatches",
        () -> idle().batches(List.of(numbers(1))).fullBatches().run(start()));
  }

  /** An object that is not a tree, although it holds an array. */
  private static final class Holder {
    final MlxArray x;

    Holder(MlxArray x) {
      this.x = x;
    }
  }

  private static void assertThrowsSaying(String part, Executable call) {
    String message = assertThrows(RuntimeException.class, call).getMessage();
    assertTrue(message.contains(part), message);
  }

  @Test
  void badStatesAreRefused() {
    var fit = idle().batches(numbers(2), 1);
    assertRefused("[fit] the state is null", () -> fit.run(null));
    MlxArray closed = start();
    closed.close();
    assertRefused("[fit] the state: the array is closed", () -> fit.run(closed));
  }

  private static void assertStepRefused(
      String message, Function<MlxArray, WithAux<MlxArray>> result) {
    assertRefused(
        message,
        () ->
            Fit.of((MlxArray state, MlxArray batch) -> result.apply(state))
                .batches(numbers(2), 1)
                .run(start()));
    assertRefused(
        message,
        () ->
            Fit.of((MlxArray state, MlxArray batch) -> result.apply(state))
                .compiled(false)
                .batches(numbers(2), 1)
                .run(start()));
  }

  @Test
  void badResultsOfAStepAreRefused() {
    assertStepRefused("[fit] the step returned null", s -> null);
    assertStepRefused("[fit] the loss is null", s -> new WithAux<>(null, s));
    assertStepRefused(
        "[fit] the step returned null instead of a state", s -> new WithAux<>(s, null));
    assertStepRefused(
        "[fit] the loss must be a real scalar, got an array of shape [2] and dtype float32",
        s -> new WithAux<>(numbers(2), s));
    assertStepRefused(
        "[fit] the loss must be a real scalar, got an array of shape [] and dtype complex64",
        s -> new WithAux<>(s.astype(DType.COMPLEX64), s));
    MlxArray closed = start();
    closed.close();
    for (boolean compiled : new boolean[] {true, false}) {
      assertThrowsSaying(
          compiled
              ? "[compile] the result, aux: the array is closed"
              : "[fit] the result of the step, aux: the array is closed",
          () ->
              Fit.of((MlxArray state, MlxArray batch) -> new WithAux<>(batch.mean(), closed))
                  .compiled(compiled)
                  .batches(numbers(2), 1)
                  .run(start()));
    }
  }

  @Test
  void badMeasurementsAreRefused() {
    var fit = idle().batches(numbers(2), 1).epochs(2);
    assertRefused(
        "[Epoch] a measurement cannot be named \"loss\"; choose a name such as \"val_loss\"",
        () -> fit.validate(s -> Map.of("loss", 1.0)).run(start()));
    assertRefused(
        "[fit] two functions measure \"v\"; give one of them another name",
        () -> fit.validate(s -> Map.of("v", 1.0)).validate(s -> Map.of("v", 1.0)).run(start()));
    assertRefused(
        "[fit] a function that measures returned null", () -> fit.validate(s -> null).run(start()));
    assertRefused(
        "[fit] the name of a measurement is null",
        () -> fit.validate(s -> Collections.singletonMap(null, 1.0)).run(start()));
    assertRefused(
        "[Epoch] the measurement v is null",
        () -> fit.validate(s -> Collections.singletonMap("v", null)).run(start()));
    int[] calls = new int[1];
    assertRefused(
        "[History] all epochs must have the same measurements, got [v0] in epoch 1 and [v1] in"
            + " epoch 2",
        () -> fit.validate(s -> Map.of("v" + calls[0]++, 1.0)).run(start()));
    assertRefused(
        "[fit] stopEarly names the measurement \"v\", which is not made; there are the loss and"
            + " [w]",
        () ->
            fit.validate(s -> Map.of("w", 1.0))
                .stopEarly(EarlyStopping.lowest("v", 1))
                .run(start()));
    assertRefused(
        "[fit] the function of means returned null",
        () -> fit.validate(numbers(2), 1, (s, b) -> null).run(start()));
    assertRefused(
        "[fit] the measurement v must be a real scalar, got an array of shape [1] and dtype"
            + " float32",
        () -> fit.validate(numbers(2), 1, (s, b) -> Map.of("v", b)).run(start()));
    assertRefused(
        "[fit] the measurement v is null",
        () ->
            fit.validate(numbers(2), 1, (s, b) -> Collections.singletonMap("v", null))
                .run(start()));
    assertRefused(
        "[fit] the function of means must return the same names for every batch, got [v2] and [v1]",
        () -> fit.validate(numbers(3), 2, (s, b) -> Map.of("v" + b.dim(0), b.mean())).run(start()));
  }

  @Test
  void anExceptionOfTheStepReachesTheCaller() {
    IllegalStateException mine = new IllegalStateException("mine");
    for (boolean compiled : new boolean[] {true, false}) {
      assertSame(
          mine,
          assertThrows(
              IllegalStateException.class,
              () ->
                  Fit.of(
                          (MlxArray s, MlxArray batch) -> {
                            throw mine;
                          })
                      .compiled(compiled)
                      .batches(numbers(2), 1)
                      .run(start())));
    }
  }

  @Test
  void manyThreadsRunTheSameTraining() throws Exception {
    Fit<MlxArray, MlxArray> fit =
        Fit.of((MlxArray s, MlxArray batch) -> new WithAux<>(batch.mean(), s.add(batch.sum())))
            .batches(numbers(10), 3)
            .shuffle(1)
            .epochs(5);
    Callable<Float> run =
        () -> {
          try (Scope scope = Scope.open()) {
            return fit.run(start()).state().itemFloat();
          }
        };
    ExecutorService pool = Executors.newFixedThreadPool(4);
    try {
      for (Future<Float> sum : pool.invokeAll(Collections.nCopies(8, run))) {
        assertEquals(5 * 45f, sum.get());
      }
    } finally {
      pool.shutdown();
    }
  }

  /** Each method returns another training and leaves the first one alone. */
  @Test
  void trainingsAreValues() {
    Fit<MlxArray, MlxArray> fit = idle().batches(numbers(4), 2);
    assertNotEquals(fit, fit.epochs(3));
    fit.epochs(3);
    fit.fullBatches();
    fit.shuffle(1);
    fit.batches(numbers(9), 1);
    fit.stopEarly(EarlyStopping.lowest("nothing", 1));
    fit.validate(s -> Map.of("v", 1.0));
    fit.checkpoints(folder.resolve("a.safetensors"));
    fit.listener(CsvLog.of(folder.resolve("a.csv")));
    assertEquals(List.of(new Epoch(1, 2, 1.5, Map.of())), fit.run(start()).history().epochs());
    assertFalse(Files.exists(folder.resolve("a.safetensors")));
    assertFalse(Files.exists(folder.resolve("a.csv")));
  }
}
