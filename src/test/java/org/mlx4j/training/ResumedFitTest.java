package org.mlx4j.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.mlx4j.DType;
import org.mlx4j.InScope;
import org.mlx4j.Io;
import org.mlx4j.MetadataValue;
import org.mlx4j.MlxArray;
import org.mlx4j.MlxException;
import org.mlx4j.MlxRandom;
import org.mlx4j.nn.Dropout;
import org.mlx4j.nn.Linear;
import org.mlx4j.nn.Losses;
import org.mlx4j.nn.Nn;
import org.mlx4j.optimizers.Adam;
import org.mlx4j.optimizers.Optimizer;
import org.mlx4j.optimizers.OptimizerState;
import org.mlx4j.optimizers.Schedules;
import org.mlx4j.tree.Trees;
import org.mlx4j.tree.WithAux;

/**
 * A training that ends early, wherever that is, and is resumed computes the same bits as one
 * without a break. Everything that the resumed training has is new except the files.
 */
@ExtendWith(InScope.class)
class ResumedFitTest {
  private static final int EPOCHS = 6;
  private static final int STEPS_PER_EPOCH = 4;

  record Model(Linear hidden, Dropout dropout, Linear output) {
    MlxArray apply(MlxArray x, MlxArray key) {
      return output.apply(dropout.apply(hidden.apply(x).tanh(), key));
    }
  }

  record State(Model model, OptimizerState<Model> optimizer, MlxArray key) {}

  record Data(MlxArray x, MlxArray y) {
    MlxArray loss(Model model, MlxArray key) {
      return Losses.mseLoss(model.apply(x, key), y);
    }
  }

  @TempDir Path folder;
  private Path checkpoint;
  private Path log;

  @BeforeEach
  void nameFiles() {
    checkpoint = folder.resolve("checkpoint.safetensors");
    log = folder.resolve("log.csv");
  }

  @AfterEach
  void calmDown() {
    Thread.interrupted();
  }

  // ---- the training ----------------------------------------------------------------------------

  private static Optimizer optimizer() {
    return Adam.of(Schedules.cosineDecay(0.1, EPOCHS * STEPS_PER_EPOCH));
  }

  private static State start(long seed) {
    MlxRandom.seed(seed);
    Model model = new Model(Linear.of(3, 16), Dropout.of(0.3), Linear.of(16, 1));
    return new State(model, optimizer().init(model), MlxRandom.key(seed));
  }

  private static Data data(long seed, int rows) {
    MlxArray x = MlxRandom.normal(new int[] {rows, 3}, MlxRandom.key(seed));
    MlxArray noise = MlxRandom.normal(new int[] {rows, 1}, MlxRandom.key(seed + 1));
    return new Data(x, x.sum(1, true).sin().add(noise));
  }

  private static WithAux<State> step(Optimizer optimizer, State s, Data batch) {
    MlxArray[] keys = MlxRandom.split(s.key());
    var r = Nn.valueAndGrad((Model m) -> batch.loss(m, keys[0])).apply(s.model());
    var updated = optimizer.update(s.model(), r.grad(), s.optimizer());
    return new WithAux<>(r.value(), new State(updated.parameters(), updated.state(), keys[1]));
  }

  /** A training of four steps for each epoch, which stops early. */
  private Fit<State, Data> training() {
    return training(state -> {});
  }

  private Fit<State, Data> training(Consumer<State> inStep) {
    Optimizer optimizer = optimizer();
    return Fit.of(
            (State s, Data batch) -> {
              inStep.accept(s);
              return step(optimizer, s, batch);
            })
        .epochs(EPOCHS)
        .batches(data(5, 20), 6)
        .shuffle(11)
        .validate(data(7, 10), 4, (s, batch) -> Map.of("val_loss", batch.loss(s.model(), null)))
        .stopEarly(EarlyStopping.lowest("val_loss", 2))
        .checkpoints(checkpoint);
  }

  private Fit<State, Data> logged(Fit<State, Data> fit) {
    return fit.listener(CsvLog.of(log));
  }

  private record Whole(Fitted<State> fitted, String log) {}

  private Whole whole(Fit<State, Data> fit) throws IOException {
    Fitted<State> fitted = logged(fit).run(start(1));
    assertEquals(FitEnd.STOPPED_EARLY, fitted.end());
    assertTrue(fitted.epoch() > 1, "the first epoch is not the best");
    Whole whole = new Whole(fitted, Files.readString(log));
    Files.delete(log);
    Files.delete(checkpoint);
    return whole;
  }

  private void assertSameAs(Whole whole, Fitted<State> fitted) throws IOException {
    assertEquals(whole.fitted().history(), fitted.history());
    assertEquals(whole.fitted().epoch(), fitted.epoch());
    assertEquals(whole.fitted().end(), fitted.end());
    assertEquals(List.of(), differences(whole.fitted().state(), fitted.state()));
    assertEquals(whole.log(), Files.readString(log));
  }

  /** The paths of the arrays that do not have the same dtype, shape and bits. */
  private static List<String> differences(Object expected, Object actual) {
    Map<String, MlxArray> ours = Trees.flattenWithPaths(actual);
    Map<String, MlxArray> theirs = Trees.flattenWithPaths(expected);
    assertEquals(theirs.keySet(), ours.keySet());
    return theirs.keySet().stream()
        .filter(
            path ->
                theirs.get(path).dtype() != ours.get(path).dtype()
                    || !Arrays.equals(bytes(theirs.get(path)), bytes(ours.get(path))))
        .toList();
  }

  private static byte[] bytes(MlxArray x) {
    return x.flatten().view(DType.INT8).toByteArray();
  }

  private static FitListener after(int step, Consumer<FitProgress> action) {
    return new FitListener() {
      @Override
      public void stepEnded(FitProgress progress) {
        if (progress.steps() == step) {
          action.accept(progress);
        }
      }
    };
  }

  private static RuntimeException mine() {
    return new IllegalStateException("mine");
  }

  // ---- breaks ----------------------------------------------------------------------------------

  static IntStream steps() {
    return IntStream.of(1, 3, STEPS_PER_EPOCH, STEPS_PER_EPOCH + 1, 3 * STEPS_PER_EPOCH - 1);
  }

  @ParameterizedTest
  @MethodSource("steps")
  void anInterruptedTrainingGoesOn(int step) throws IOException {
    Whole whole = whole(training());
    Fitted<State> first =
        logged(training())
            .listener(after(step, progress -> Thread.currentThread().interrupt()))
            .run(start(1));
    assertTrue(Thread.interrupted(), "the mark remains");
    assertEquals(FitEnd.INTERRUPTED, first.end());
    assertEquals((step - 1) / STEPS_PER_EPOCH, first.history().epochs().size());
    assertSameAs(whole, logged(training()).resume(start(2)));
  }

  @ParameterizedTest
  @MethodSource("steps")
  void aTrainingGoesOnAfterAnExceptionOfAListener(int step) throws IOException {
    Whole whole = whole(training());
    RuntimeException mine = mine();
    FitListener failing =
        after(
            step,
            progress -> {
              throw mine;
            });
    Fit<State, Data> fit = logged(training()).listener(failing);
    assertSame(mine, assertThrows(RuntimeException.class, () -> fit.run(start(1))));
    assertSameAs(whole, logged(training()).resume(start(2)));
  }

  @Test
  void aTrainingGoesOnAfterExceptionsOfTheStep() throws IOException {
    Whole whole = whole(training().compiled(false));
    int[] calls = new int[1];
    Fit<State, Data> fit =
        logged(
            training(
                    state -> {
                      if (++calls[0] % 3 == 0) {
                        throw mine();
                      }
                    })
                .compiled(false));
    assertThrows(IllegalStateException.class, () -> fit.run(start(1)));
    Fitted<State> fitted = null;
    int exceptions = 1;
    while (fitted == null) {
      try {
        fitted = fit.resume(start(2));
      } catch (IllegalStateException e) {
        exceptions++;
      }
    }
    assertTrue(exceptions > 5, () -> "tried again " + calls[0]);
    assertSameAs(whole, fitted);
  }

  @Test
  void aTrainingGoesOnAfterAnExceptionOfAMeasurement() throws IOException {
    Whole whole = whole(training().validate(s -> Map.of("one", 1.0)));
    int[] calls = new int[1];
    Fit<State, Data> fit =
        logged(
            training()
                .validate(
                    s -> {
                      if (calls[0]++ == 1) {
                        throw mine();
                      }
                      return Map.of("one", 1.0);
                    }));
    assertThrows(IllegalStateException.class, () -> fit.run(start(1)));
    assertSameAs(whole, fit.resume(start(2)));
  }

  @Test
  void aMisspeltMeasurementCostsNothing() throws IOException {
    Whole whole = whole(training());
    Fit<State, Data> wrong = logged(training()).stopEarly(EarlyStopping.lowest("val_los", 2));
    assertThrows(IllegalArgumentException.class, () -> wrong.run(start(1)));
    assertSameAs(whole, logged(training()).resume(start(2)));
  }

  /** What is on the disk when the process is killed is the last checkpoint. */
  @ParameterizedTest
  @MethodSource("steps")
  void aTrainingGoesOnAfterAKill(int step) throws IOException {
    Whole whole = whole(training());
    Path copy = folder.resolve("copy.safetensors");
    FitListener killed =
        after(
            step,
            progress -> {
              if (Files.exists(checkpoint)) {
                copy(checkpoint, copy);
              }
            });
    logged(training()).checkpoints(checkpoint, 3).listener(killed).run(start(1));
    assertEquals(step >= 3, Files.exists(copy));
    Fit<State, Data> second = logged(training()).checkpoints(copy, 3);
    assertSameAs(whole, step >= 3 ? second.resume(start(2)) : second.resume(start(1)));
  }

  private static void copy(Path from, Path to) {
    try {
      Files.copy(from, to);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Each array of the file and each number in it matters. */
  @Test
  void nothingInTheCheckpointIsIdle() throws IOException {
    Whole whole = whole(training());
    Fit<State, Data> interrupted =
        logged(training()).listener(after(9, progress -> Thread.currentThread().interrupt()));
    interrupted.run(start(1));
    Thread.interrupted();
    var saved = Io.load(checkpoint);
    for (String name : saved.arrays().keySet()) {
      Map<String, MlxArray> arrays = new HashMap<>(saved.arrays());
      arrays.computeIfPresent(
          name, (n, x) -> x.dtype().isInteger() ? x.add(1) : x.multiply(1.5f).add(0.5f));
      Io.saveSafetensors(checkpoint, arrays, texts(saved.metadata()));
      Fitted<State> resumed = training().resume(start(2));
      boolean ofBest = name.startsWith("best.") && resumed.epoch() > 2;
      assertEquals(
          ofBest,
          differences(whole.fitted().state(), resumed.state()).isEmpty()
              && whole.fitted().history().equals(resumed.history()),
          name);
    }
  }

  private static Map<String, String> texts(Map<String, MetadataValue> metadata) {
    Map<String, String> texts = new HashMap<>();
    metadata.forEach((key, value) -> texts.put(key, value.text()));
    return texts;
  }

  // ---- what is not continued -------------------------------------------------------------------

  @Test
  void aCompleteTrainingIsNotContinued() throws IOException {
    Fitted<State> whole = training().run(start(1));
    byte[] before = Files.readAllBytes(checkpoint);
    Fitted<State> again =
        training(
                state -> {
                  throw mine();
                })
            .resume(start(2));
    assertEquals(whole.history(), again.history());
    assertEquals(whole.epoch(), again.epoch());
    assertEquals(List.of(), differences(whole.state(), again.state()));
    assertArrayEquals(before, Files.readAllBytes(checkpoint));
  }

  @Test
  void moreEpochsContinueACompleteTraining() {
    Fit<MlxArray, MlxArray> fit =
        Fit.of((MlxArray s, MlxArray batch) -> new WithAux<>(batch.sum(), s.add(batch.sum())))
            .batches(MlxArray.of(1f, 2f, 4f), 2)
            .checkpoints(checkpoint);
    MlxArray start = MlxArray.scalar(0f);
    assertEquals(14f, fit.epochs(2).run(start).state().itemFloat());
    Fitted<MlxArray> fitted = fit.epochs(3).resume(start);
    assertEquals(21f, fitted.state().itemFloat());
    assertEquals(3, fitted.history().epochs().size());
    assertEquals(9, fitted.history().last().steps() + 3);
    assertEquals(7f, fit.epochs(1).run(start).state().itemFloat(), "run starts at the beginning");
  }

  @Test
  void aResumedSourceSkipsItsBatches() {
    List<MlxArray> batches = List.of(MlxArray.of(1f), MlxArray.of(2f), MlxArray.of(4f));
    Fit<MlxArray, MlxArray> fit =
        Fit.of((MlxArray s, MlxArray batch) -> new WithAux<>(batch.sum(), s.add(batch.sum())))
            .batches(batches)
            .checkpoints(checkpoint);
    fit.listener(after(2, p -> Thread.currentThread().interrupt())).run(MlxArray.scalar(0f));
    Thread.interrupted();
    Fitted<MlxArray> fitted = fit.resume(MlxArray.scalar(9f));
    assertEquals(7f, fitted.state().itemFloat());
    assertEquals(List.of(7 / 3.0), fitted.history().values("loss"));
  }

  @Test
  void anExceptionWhileBatchesAreSkippedLeavesTheCheckpoint() throws IOException {
    List<MlxArray> batches = List.of(MlxArray.of(1f), MlxArray.of(2f));
    Fit<MlxArray, MlxArray> fit =
        Fit.of((MlxArray s, MlxArray batch) -> new WithAux<>(batch.sum(), s))
            .checkpoints(checkpoint);
    fit.batches(batches)
        .listener(after(1, p -> Thread.currentThread().interrupt()))
        .run(MlxArray.scalar(0f));
    Thread.interrupted();
    byte[] before = Files.readAllBytes(checkpoint);
    Fit<MlxArray, MlxArray> broken = fit.batches(Arrays.asList((MlxArray) null));
    assertThrows(NullPointerException.class, () -> broken.resume(MlxArray.scalar(0f)));
    assertArrayEquals(before, Files.readAllBytes(checkpoint));
  }

  // ---- what is refused -------------------------------------------------------------------------

  private void interruptedAfter(int step) {
    training().listener(after(step, p -> Thread.currentThread().interrupt())).run(start(1));
    assertTrue(Thread.interrupted());
  }

  private static void assertRefused(
      Class<? extends RuntimeException> type, String message, Fit<State, Data> fit) {
    RuntimeException e = assertThrows(type, () -> fit.resume(start(1)));
    assertTrue(e.getMessage().startsWith(message), e.getMessage());
  }

  @Test
  void otherBatchesAreRefusedOnlyInTheMiddleOfAnEpoch() {
    interruptedAfter(3);
    String message =
        "[fit] the checkpoint "
            + checkpoint
            + " was saved in the middle of an epoch of other"
            + " batches: all batches of 6 of 20 rows, shuffled with the seed 11; now they are ";
    Class<IllegalArgumentException> type = IllegalArgumentException.class;
    assertRefused(
        type,
        message + "all batches of 6 of 20 rows, shuffled with the seed 12",
        training().shuffle(12));
    assertRefused(
        type,
        message + "all batches of 5 of 20 rows, shuffled with the seed 11",
        training().batches(data(5, 20), 5));
    assertRefused(
        type,
        message + "the full batches of 6 of 20 rows, shuffled with the seed 11",
        training().fullBatches());
    Optimizer optimizer = optimizer();
    assertRefused(
        type,
        message + "the batches of a source",
        Fit.of((State s, Data batch) -> step(optimizer, s, batch))
            .batches(List.of(data(5, 6)))
            .checkpoints(checkpoint));

    training().epochs(1).run(start(1));
    assertEquals(2, training().epochs(2).shuffle(12).resume(start(1)).history().epochs().size());
  }

  @Test
  void anotherEarlyStoppingIsRefused() {
    Fit<State, Data> measured =
        training().validate(s -> Map.of("n", s.optimizer().step().itemDouble()));
    measured.epochs(3).run(start(1));
    assertRefused(
        IllegalArgumentException.class,
        "[fit] by n, the state after epoch 1 is the best, but the checkpoint "
            + checkpoint
            + " holds that after epoch ",
        measured.stopEarly(EarlyStopping.lowest("n", 9)));
    Fit<State, Data> without =
        Fit.of((State s, Data b) -> step(optimizer(), s, b))
            .batches(data(5, 20), 6)
            .epochs(2)
            .checkpoints(checkpoint);
    History whole = without.run(start(1)).history();
    String best = whole.values("loss").get(0) <= whole.values("loss").get(1) ? "1" : "2";
    assertRefused(
        IllegalArgumentException.class,
        "[fit] by loss, the state after epoch "
            + best
            + " is the best, but the checkpoint "
            + checkpoint
            + " holds none: it was saved with another early stopping",
        without.stopEarly(EarlyStopping.lowest("loss", 9)));
    measured.epochs(3).run(start(1));
    assertFalse(without.epochs(3).resume(start(1)).history().epochs().isEmpty());
  }

  @Test
  void otherFilesAreRefused() throws IOException {
    assertThrows(
        IllegalStateException.class,
        () ->
            Fit.of((MlxArray s, MlxArray b) -> new WithAux<>(s, s))
                .batches(MlxArray.of(1f), 1)
                .resume(MlxArray.scalar(1f)));

    Trees.save(checkpoint, start(1));
    assertRefused(
        MlxException.class,
        "[fit] " + checkpoint + " is not a checkpoint: its metadata have no text fit.best_epoch",
        training());
    interruptedAfter(3);
    var saved = Io.load(checkpoint);
    Trees.eval(saved.arrays());
    Map<String, String> texts = texts(saved.metadata());
    texts.put("fit.history", "x");
    Io.saveSafetensors(checkpoint, saved.arrays(), texts);
    assertRefused(
        MlxException.class, "[fit] " + checkpoint + " is not a checkpoint: [ofCsv]", training());
    texts.put("fit.history", History.EMPTY.csv());
    texts.put("fit.steps", "many");
    Io.saveSafetensors(checkpoint, saved.arrays(), texts);
    assertRefused(
        MlxException.class,
        "[fit] " + checkpoint + " is not a checkpoint: For input string: \"many\"",
        training());
    Files.writeString(checkpoint, "nothing");
    assertThrows(MlxException.class, () -> training().resume(start(1)));
  }

  @Test
  void checkpointsOfOtherStatesAreRefused() {
    Fit<List<MlxArray>, MlxArray> fit =
        Fit.of((List<MlxArray> s, MlxArray batch) -> new WithAux<>(batch.sum(), s))
            .batches(MlxArray.of(1f), 1)
            .checkpoints(checkpoint);
    fit.run(List.of(MlxArray.of(1f), MlxArray.of(1f)));
    String start = "[fit] the checkpoint " + checkpoint + " does not fit the state";
    record Case(List<MlxArray> state, String message) {}
    Stream.of(
            new Case(
                List.of(MlxArray.of(1f), MlxArray.of(1f, 2f)),
                ": it has the shape [1] for state.1, which has the shape [2]"),
            new Case(
                List.of(MlxArray.of(1f), MlxArray.of(1f), MlxArray.of(1f)),
                ": it has no array for state.2, which has the shape [1]"),
            new Case(List.of(MlxArray.of(1f)), ", which has no place for [state.1]"))
        .forEach(
            c ->
                assertEquals(
                    start + c.message(),
                    assertThrows(IllegalArgumentException.class, () -> fit.resume(c.state()))
                        .getMessage()));
  }

  @Test
  void aCheckpointThatCannotBeWrittenEndsTheTraining() throws IOException {
    Path gone = Files.createDirectory(folder.resolve("gone"));
    Fit<State, Data> fit = training().checkpoints(gone.resolve("c.safetensors"));
    Files.delete(gone);
    RuntimeException e = assertThrows(UncheckedIOException.class, () -> fit.run(start(1)));
    assertEquals(1, e.getSuppressed().length, "it is tried again");
  }

  /** A part of the state can be loaded from a checkpoint, as the documentation says. */
  @ParameterizedTest
  @EnumSource
  void aModelIsLoadedFromACheckpoint(Prefix prefix) {
    Fitted<State> fitted = training().run(start(1));
    Model loaded =
        Trees.load(
            checkpoint,
            start(2).model(),
            name -> prefix.name().toLowerCase(Locale.ROOT) + ".model." + name,
            false);
    assertEquals(prefix == Prefix.BEST, differences(fitted.state().model(), loaded).isEmpty());
  }

  enum Prefix {
    STATE,
    BEST
  }
}
