package org.mlx4j.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mlx4j.InScope;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.tree.WithAux;

@ExtendWith(InScope.class)
class FitListenerTest {
  /** Writes down what it is told, and throws an exception when it is told one of these things. */
  private static final class Recorder implements FitListener {
    private final String name;
    private final List<String> told;
    private final Map<String, RuntimeException> exceptions = new HashMap<>();

    Recorder(String name, List<String> told) {
      this.name = name;
      this.told = told;
    }

    private void tell(String what, FitProgress p) {
      told.add(
          "%s %s: epoch %s/%s, batch %s/%s, %s steps, loss %s, history %s"
              .formatted(
                  name,
                  what,
                  p.epoch(),
                  p.epochs(),
                  p.batch(),
                  p.batches().orElse(-1),
                  p.steps(),
                  p.loss(),
                  p.history().epochs().size()));
      if (exceptions.containsKey(what)) {
        throw exceptions.get(what);
      }
    }

    @Override
    public void started(FitProgress progress) {
      tell("started", progress);
    }

    @Override
    public void stepEnded(FitProgress progress) {
      tell("step", progress);
    }

    @Override
    public void epochEnded(FitProgress progress) {
      tell("epoch", progress);
    }

    @Override
    public void ended(FitProgress progress) {
      tell("ended", progress);
    }
  }

  private final List<String> told = new ArrayList<>();
  private final Recorder a = new Recorder("a", told);
  private final Recorder b = new Recorder("b", told);

  private static Fit<MlxArray, MlxArray> training() {
    return Fit.of((MlxArray s, MlxArray batch) -> new WithAux<>(batch.sum(), s.add(1f)))
        .batches(MlxArray.of(1f, 2f, 4f), 2);
  }

  @Test
  void listenersAreToldInOrder() {
    training().epochs(2).listener(a).run(MlxArray.scalar(0f));
    assertEquals(
        List.of(
            "a started: epoch 1/2, batch 0/2, 0 steps, loss NaN, history 0",
            "a step: epoch 1/2, batch 1/2, 1 steps, loss 3.0, history 0",
            "a step: epoch 1/2, batch 2/2, 2 steps, loss 4.0, history 0",
            "a epoch: epoch 1/2, batch 2/2, 2 steps, loss 4.0, history 1",
            "a step: epoch 2/2, batch 1/2, 3 steps, loss 3.0, history 1",
            "a step: epoch 2/2, batch 2/2, 4 steps, loss 4.0, history 1",
            "a epoch: epoch 2/2, batch 2/2, 4 steps, loss 4.0, history 2",
            "a ended: epoch 2/2, batch 2/2, 4 steps, loss 4.0, history 2"),
        told);
  }

  @Test
  void aResumedTrainingStartsWhereItStopped(@TempDir Path folder) {
    var fit = training().epochs(2).checkpoints(folder.resolve("c.safetensors"));
    a.exceptions.put("step", new IllegalStateException("mine"));
    assertThrows(IllegalStateException.class, () -> fit.listener(a).run(MlxArray.scalar(0f)));
    told.clear();
    fit.epochs(1).listener(b).resume(MlxArray.scalar(0f));
    fit.epochs(2).listener(b).resume(MlxArray.scalar(0f));
    assertEquals(
        List.of(
            "b started: epoch 1/1, batch 1/2, 1 steps, loss 3.0, history 0",
            "b step: epoch 1/1, batch 2/2, 2 steps, loss 4.0, history 0",
            "b epoch: epoch 1/1, batch 2/2, 2 steps, loss 4.0, history 1",
            "b ended: epoch 1/1, batch 2/2, 2 steps, loss 4.0, history 1",
            "b started: epoch 1/2, batch 2/2, 2 steps, loss 4.0, history 1",
            "b step: epoch 2/2, batch 1/2, 3 steps, loss 3.0, history 1",
            "b step: epoch 2/2, batch 2/2, 4 steps, loss 4.0, history 1",
            "b epoch: epoch 2/2, batch 2/2, 4 steps, loss 4.0, history 2",
            "b ended: epoch 2/2, batch 2/2, 4 steps, loss 4.0, history 2"),
        told);
  }

  private List<String> toldInShort() {
    return told.stream().map(line -> line.replaceAll(":.*", "")).toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"started", "step", "epoch", "ended"})
  void anExceptionEndsTheTraining(String where) {
    RuntimeException mine = new IllegalStateException("mine");
    b.exceptions.put(where, mine);
    var fit = training().listener(a).listener(b);
    assertSame(mine, assertThrows(RuntimeException.class, () -> fit.run(MlxArray.scalar(0f))));
    List<String> expected =
        switch (where) {
          case "started" -> List.of("a started", "b started", "b ended", "a ended");
          case "step" ->
              List.of("a started", "b started", "a step", "b step", "b ended", "a ended");
          default ->
              List.of(
                  "a started",
                  "b started",
                  "a step",
                  "b step",
                  "a step",
                  "b step",
                  "a epoch",
                  "b epoch",
                  "b ended",
                  "a ended");
        };
    assertEquals(expected, toldInShort());
  }

  @Test
  void exceptionsAtTheEndAreNotLost() {
    RuntimeException first = new IllegalStateException("first");
    RuntimeException second = new IllegalStateException("second");
    a.exceptions.put("step", first);
    a.exceptions.put("ended", second);
    var fit = training().listener(a).listener(b);
    RuntimeException thrown =
        assertThrows(RuntimeException.class, () -> fit.run(MlxArray.scalar(0f)));
    assertSame(first, thrown);
    assertSame(second, thrown.getSuppressed()[0]);
    assertTrue(toldInShort().contains("b ended"));
  }

  @Test
  void arraysOfAListenerAreFreed() {
    List<MlxArray> made = new ArrayList<>();
    FitListener listener =
        new FitListener() {
          @Override
          public void stepEnded(FitProgress progress) {
            made.forEach(x -> assertTrue(x.isClosed()));
            made.add(Ops.ones(3));
          }
        };
    training().listener(listener).run(MlxArray.scalar(0f));
    assertEquals(2, made.size());
  }
}
