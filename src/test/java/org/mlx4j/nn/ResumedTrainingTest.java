package org.mlx4j.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mlx4j.DType;
import org.mlx4j.InScope;
import org.mlx4j.MlxArray;
import org.mlx4j.MlxRandom;
import org.mlx4j.optimizers.Adafactor;
import org.mlx4j.optimizers.Adam;
import org.mlx4j.optimizers.Lion;
import org.mlx4j.optimizers.MultiOptimizer;
import org.mlx4j.optimizers.Muon;
import org.mlx4j.optimizers.Optimizer;
import org.mlx4j.optimizers.OptimizerState;
import org.mlx4j.optimizers.Schedule;
import org.mlx4j.optimizers.Schedules;
import org.mlx4j.tree.TreeTriFunction;
import org.mlx4j.tree.Trees;
import org.mlx4j.tree.WithAux;

/**
 * A training that is saved and resumed computes the same bits as one without a break. Everything
 * that a resumed program has is new except the file: its model, optimizer and compiled step.
 */
@ExtendWith(InScope.class)
class ResumedTrainingTest {
  private static final int BREAK = 4;
  private static final int END = 8;

  /** The rate rises before the break and changes its formula after it. */
  private static Schedule schedule() {
    return Schedules.joinSchedules(
        List.of(Schedules.linearSchedule(1e-4, 1e-2, 6), Schedules.cosineDecay(1e-2, 8)), 6);
  }

  static Stream<Named<Supplier<Optimizer>>> optimizers() {
    return Stream.of(
        Named.of("Adam", () -> Adam.of(schedule())),
        Named.of("corrected Adam", () -> Adam.of(schedule(), 0.9, 0.999, 1e-8, true)),
        Named.of("Lion", () -> Lion.of(schedule(), 0.9, 0.99, 0.1)),
        Named.of("Adafactor", () -> Adafactor.of(schedule()).withBeta1(0.9)),
        Named.of(
            "Muon and Adam",
            () ->
                MultiOptimizer.of(
                    List.of(Muon.of(schedule()), Adam.of(schedule())),
                    List.of((path, x) -> x.ndim() >= 2 && !path.startsWith("head")))));
  }

  // ---- a transformer with dropout --------------------------------------------------------------

  record Classifier(Embedding embedding, TransformerEncoder encoder, Linear head) {
    static Classifier of() {
      return new Classifier(
          Embedding.of(11, 8), TransformerEncoder.of(2, 8, 2, 16, 0.2), Linear.of(8, 2));
    }

    MlxArray loss(MlxArray tokens, MlxArray labels, MlxArray key) {
      MlxArray features = encoder.apply(embedding.apply(tokens), key).mean(1);
      return Losses.crossEntropy(head.apply(features), labels, Reduction.MEAN);
    }
  }

  record Training(Classifier model, OptimizerState<Classifier> optimizer, MlxArray key) {
    static Training start(Optimizer optimizer) {
      Classifier model = Classifier.of();
      return new Training(model, optimizer.init(model), MlxRandom.key(1));
    }

    static WithAux<Training> next(
        Optimizer optimizer, Training t, MlxArray tokens, MlxArray labels) {
      MlxArray[] keys = MlxRandom.split(t.key());
      var r = Nn.valueAndGrad((Classifier m) -> m.loss(tokens, labels, keys[0])).apply(t.model());
      var updated = optimizer.update(t.model(), r.grad(), t.optimizer());
      return new WithAux<>(r.value(), new Training(updated.parameters(), updated.state(), keys[1]));
    }
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void aTransformerWithDropoutGoesOn(Supplier<Optimizer> optimizer, @TempDir Path folder) {
    Supplier<Program<Training>> programs =
        () ->
            new Program<>(
                optimizer.get(),
                Training::start,
                Training::next,
                t -> t.optimizer().step(),
                key -> MlxRandom.randint(0, 11, new int[] {6, 5}, key));
    assertGoesOn(programs, folder.resolve("training.safetensors"));
  }

  // ---- a convolutional network with running statistics -----------------------------------------

  @ParameterizedTest
  @MethodSource("optimizers")
  void aNetworkWithRunningStatisticsGoesOn(Supplier<Optimizer> optimizer, @TempDir Path folder) {
    Supplier<Program<NnTest.State>> programs =
        () ->
            new Program<>(
                optimizer.get(),
                NnTest.State::start,
                NnTest::step,
                s -> s.optimizer().step(),
                key -> MlxRandom.normal(new int[] {6, 8, 8, 1}, key).add(0.5));
    assertGoesOn(programs, folder.resolve("training.safetensors"));
  }

  // ---- a break ---------------------------------------------------------------------------------

  private interface Step<S> {
    WithAux<S> apply(Optimizer optimizer, S state, MlxArray x, MlxArray labels);
  }

  /** A program that trains. */
  private static final class Program<S> {
    private final Supplier<S> start;
    private final TreeTriFunction<S, MlxArray, MlxArray, WithAux<S>> step;
    private final Function<S, MlxArray> count;
    private final UnaryOperator<MlxArray> batch;

    /**
     * @param start returns the state before the first step, from MLX's global sequence of random
     *     numbers
     * @param count returns how many steps led to a state
     * @param batch returns the inputs of a batch
     */
    Program(
        Optimizer optimizer,
        Function<Optimizer, S> start,
        Step<S> step,
        Function<S, MlxArray> count,
        UnaryOperator<MlxArray> batch) {
      this.start = () -> start.apply(optimizer);
      this.step = Trees.compile((S s, MlxArray x, MlxArray y) -> step.apply(optimizer, s, x, y));
      this.count = count;
      this.batch = batch;
    }

    S start(long seed) {
      MlxRandom.seed(seed);
      return start.get();
    }

    /** Trains until this number of steps led to the state, which says which batch comes next. */
    S train(S state, int until, List<MlxArray> losses) {
      for (int i = (int) count.apply(state).itemLong(); i < until; i++) {
        MlxArray[] keys = MlxRandom.split(MlxRandom.key(i));
        MlxArray labels = MlxRandom.randint(0, 2, new int[] {6}, keys[0]);
        WithAux<S> result = step.apply(state, batch.apply(keys[1]), labels);
        Trees.eval(result);
        losses.add(result.value());
        state = result.aux();
      }
      return state;
    }
  }

  private static <S> void assertGoesOn(Supplier<Program<S>> programs, Path file) {
    Program<S> program = programs.get();
    List<MlxArray> losses = new ArrayList<>();
    S whole = program.train(program.start(1), END, losses);

    Program<S> first = programs.get();
    List<MlxArray> lossesWithBreak = new ArrayList<>();
    Trees.save(file, first.train(first.start(1), BREAK, lossesWithBreak));

    Program<S> second = programs.get();
    S fresh = second.start(2);
    S loaded = Trees.load(file, fresh);
    S resumed = second.train(loaded, END, lossesWithBreak);

    assertEquals(List.of(), differences(losses, lossesWithBreak));
    assertEquals(List.of(), differences(whole, resumed));

    for (String path : Trees.flattenWithPaths(loaded).keySet()) {
      S lacking = Trees.mapWithPath(loaded, fresh, (p, x, y) -> p.equals(path) ? y : x);
      List<String> differences = differences(whole, second.train(lacking, END, new ArrayList<>()));
      assertNotEquals(List.of(), differences, () -> path + " makes no difference");
    }
  }

  /** The paths of the arrays that do not have the same dtype, shape and bits. */
  private static List<String> differences(Object expected, Object actual) {
    Map<String, MlxArray> ours = new HashMap<>(Trees.flattenWithPaths(actual));
    List<String> different = new ArrayList<>();
    Trees.flattenWithPaths(expected)
        .forEach(
            (path, x) -> {
              MlxArray y = ours.remove(path);
              if (y == null
                  || x.dtype() != y.dtype()
                  || !Arrays.equals(x.shape(), y.shape())
                  || !Arrays.equals(bytes(x), bytes(y))) {
                different.add(path);
              }
            });
    different.addAll(ours.keySet());
    return different;
  }

  private static byte[] bytes(MlxArray x) {
    return x.flatten().view(DType.INT8).toByteArray();
  }
}
