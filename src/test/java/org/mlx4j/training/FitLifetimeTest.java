package org.mlx4j.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mlx4j.LifetimeBalance;
import org.mlx4j.Memory;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.Scope;
import org.mlx4j.optimizers.Adam;
import org.mlx4j.optimizers.Optimizer;
import org.mlx4j.optimizers.OptimizerState;
import org.mlx4j.tree.Trees;
import org.mlx4j.tree.WithAux;

/** A training holds no more than its states, and leaves nothing behind, however it ends. */
@ExtendWith(LifetimeBalance.class)
class FitLifetimeTest {
  @TempDir Path folder;

  record State(MlxArray weights, OptimizerState<MlxArray> optimizer) {}

  /** A training with everything that holds arrays. */
  private Fit<State, MlxArray> training(MlxArray data) {
    Optimizer adam = Adam.of(0.1);
    return Fit.of(
            (State s, MlxArray batch) -> {
              var r =
                  Trees.valueAndGrad((MlxArray w) -> batch.matmul(w).square().mean())
                      .apply(s.weights());
              var updated = adam.update(s.weights(), r.grad(), s.optimizer());
              return new WithAux<>(r.value(), new State(updated.parameters(), updated.state()));
            })
        .epochs(30)
        .batches(data, 4)
        .shuffle(1)
        .validate(data, 3, (s, batch) -> Map.of("v", batch.matmul(s.weights()).mean()))
        .validate(s -> Map.of("sum", s.weights().sum().itemDouble()))
        .stopEarly(EarlyStopping.lowest("v", 30))
        .checkpoints(folder.resolve("c.safetensors"), 2);
  }

  private static State start() {
    MlxArray weights = Ops.ones(3, 2);
    return new State(weights, Adam.of(0.1).init(weights));
  }

  private static MlxArray data() {
    return Ops.arange(30).reshape(10, 3).divide(30f);
  }

  /** Counts live arrays after each epoch. */
  private static final class Counter implements FitListener {
    private final List<Long> arrays = new ArrayList<>();
    private final List<Long> functions = new ArrayList<>();

    @Override
    public void epochEnded(FitProgress progress) {
      arrays.add(Memory.stats().arrays());
      functions.add(Memory.stats().functions());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void noEpochAddsArrays(boolean compiled) {
    Counter counter = new Counter();
    try (Scope scope = Scope.open()) {
      training(data()).compiled(compiled).listener(counter).run(start());
    }
    assertEquals(30, counter.arrays.size());
    assertEquals(1, counter.arrays.stream().distinct().count(), () -> counter.arrays.toString());
    assertEquals(1, counter.functions.stream().distinct().count());
  }

  /** Without a scope, what a training made is freed at once, except the result. */
  @Test
  void onlyTheResultIsLeftWithoutAScope() {
    MlxArray data = data();
    State start = start();
    Trees.eval(data, start);
    training(data).epochs(1).run(start).state().weights().eval(); // for what is made once
    LifetimeBalance.Live before = LifetimeBalance.settled();
    Fitted<State> fitted = training(data).run(start);
    Memory.stats();
    long open = Memory.stats().arrays() - before.arrays();
    assertEquals(Trees.flatten(fitted.state()).size(), open);
    Trees.close(fitted.state());
    Trees.close(data);
    Trees.close(start);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void nothingIsLeftAfterAnExceptionOfAListener(boolean inEpoch) {
    MlxArray data = data();
    State start = start();
    FitListener failing =
        new FitListener() {
          @Override
          public void stepEnded(FitProgress progress) {
            Ops.ones(7).add(1f);
            if (inEpoch && progress.steps() == 5) {
              throw new IllegalStateException("mine");
            }
          }

          @Override
          public void epochEnded(FitProgress progress) {
            throw new IllegalStateException("mine");
          }
        };
    assertThrows(IllegalStateException.class, () -> training(data).listener(failing).run(start));
    Trees.close(data);
    Trees.close(start);
  }

  @Test
  void nothingIsLeftAfterAnExceptionOfTheStep() {
    MlxArray data = data();
    State start = start();
    int[] calls = new int[1];
    Fit<State, MlxArray> fit =
        Fit.of(
                (State s, MlxArray batch) -> {
                  State next = new State(s.weights().add(batch.sum()), s.optimizer());
                  if (++calls[0] == 4) {
                    throw new IllegalStateException("mine");
                  }
                  return new WithAux<>(next.weights().mean(), next);
                })
            .compiled(false)
            .epochs(3)
            .batches(data, 4)
            .checkpoints(folder.resolve("c.safetensors"));
    assertThrows(IllegalStateException.class, () -> fit.run(start));
    assertThrows(
        IllegalArgumentException.class, () -> fit.resume(new State(null, start.optimizer())));
    Trees.close(fit.resume(start).state());
    Trees.close(data);
    Trees.close(start);
  }

  @Test
  void nothingIsLeftAfterAnInterrupt() {
    MlxArray data = data();
    State start = start();
    FitListener interrupting =
        new FitListener() {
          @Override
          public void stepEnded(FitProgress progress) {
            if (progress.steps() == 5) {
              Thread.currentThread().interrupt();
            }
          }
        };
    Fitted<State> fitted = training(data).listener(interrupting).run(start);
    assertTrue(Thread.interrupted());
    Trees.close(fitted.state());
    Trees.close(data);
    Trees.close(start);
  }
}
