package org.mlx4j.training;

import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.mlx4j.MlxArray;
import org.mlx4j.Scope;
import org.mlx4j.internal.tree.Flattening;
import org.mlx4j.tree.Trees;
import org.mlx4j.tree.WithAux;

/**
 * One run of a {@link Fit}. Everything that it makes belongs to the scope of {@link #run}; what has
 * become garbage is closed earlier.
 */
final class Training<S, B> {
  private final Fit<S, B> fit;
  private final Source<B> source;
  private final BiFunction<S, B, WithAux<S>> step;
  private final List<Function<S, Map<String, Double>>> measures;
  private final Source.Options options;
  private final OptionalInt batches;

  /** The state after the last step, and that after the best epoch; each has other handles. */
  private S state;

  private @Nullable S best;
  private int bestEpoch;
  private History history = History.EMPTY;

  // the position in the epoch that follows the history
  private int batch;
  private long rows;
  private double lossSum;

  private long steps;
  private double loss = Double.NaN;

  /** Whether the last checkpoint is older than the state. */
  private boolean unsaved;

  private Training(Fit<S, B> fit, Source<B> source, S start) {
    this.fit = fit;
    this.source = source;
    this.step = fit.compiled ? Trees.compile(fit.step) : this::uncompiled;
    this.measures = fit.measures.stream().map(m -> m.prepared(fit.compiled)).toList();
    this.options = new Source.Options(fit.seed, fit.fullBatches);
    this.batches = source.count(options);
    this.state = sameArrays(start);
  }

  static <S, B> Fitted<S> run(Fit<S, B> fit, S start, boolean resume) {
    Source<B> source = fit.source;
    if (source == null) {
      throw new IllegalStateException("[fit] there are no batches: call batches before run");
    }
    source.check(new Source.Options(fit.seed, fit.fullBatches));
    fit.measures.forEach(Measure::check);
    openArrays("the state", Objects.requireNonNull(start, "[fit] the state is null"));
    try (Scope scope = Scope.open()) {
      Training<S, B> training = new Training<>(fit, source, start);
      if (resume && fit.checkpoint != null && Files.exists(fit.checkpoint)) {
        training.continueFrom(Checkpoint.load(fit.checkpoint, start));
      }
      Fitted<S> fitted = training.tellingFrom(0);
      scope.keep(fitted.state());
      return fitted;
    }
  }

  /** Returns the parts of a tree whose arrays are open. */
  static Flattening openArrays(String name, Object tree) {
    Flattening parts = Flattening.of("fit", i -> name, tree);
    MlxArray[] arrays = parts.leaves();
    for (int i = 0; i < arrays.length; i++) {
      if (arrays[i].isClosed()) {
        throw new IllegalStateException(parts.structure().complaint(i, "the array is closed"));
      }
    }
    return parts;
  }

  /** Other handles of the same arrays, so that closing one state leaves the others alone. */
  private static <S> S sameArrays(S state) {
    return Trees.map(state, x -> x.astype(x.dtype()));
  }

  /** Calls a step that may return arrays that it was given, as a compiled one does not. */
  private WithAux<S> uncompiled(S state, B batch) {
    WithAux<S> result = fit.step.apply(state, batch);
    if (result == null || result.aux() == null) {
      return result;
    }
    openArrays("the result of the step", result);
    return new WithAux<>(result.value(), sameArrays(result.aux()));
  }

  private void continueFrom(Checkpoint<S> checkpoint) {
    String order = source.order(options);
    if (checkpoint.batch() > 0 && !checkpoint.order().equals(order)) {
      throw new IllegalArgumentException(
          "[fit] the checkpoint %s was saved in the middle of an epoch of other batches: %s; now they are %s"
              .formatted(fit.checkpoint, checkpoint.order(), order));
    }
    Trees.close(state);
    state = checkpoint.state();
    history = checkpoint.history();
    if (fit.stopping != null) {
      best = checkpoint.best();
      bestEpoch = checkpoint.bestEpoch();
      int expected = fit.stopping.best(history);
      if (bestEpoch != expected && expected > 0) {
        throw new IllegalArgumentException(
            "[fit] by %s, the state after epoch %s is the best, but the checkpoint %s holds %s: it was saved with another early stopping"
                .formatted(
                    fit.stopping.measurement(),
                    expected,
                    fit.checkpoint,
                    bestEpoch == 0 ? "none" : "that after epoch " + bestEpoch));
      }
    }
    batch = checkpoint.batch();
    rows = checkpoint.rows();
    lossSum = checkpoint.lossSum();
    steps = checkpoint.steps();
    loss = checkpoint.loss();
  }

  // ---- listeners -------------------------------------------------------------------------------

  private interface Ending extends AutoCloseable {
    @Override
    void close();
  }

  /** Trains, and tells the listeners from the given one on that it starts and ends. */
  private Fitted<S> tellingFrom(int first) {
    if (first == fit.listeners.size()) {
      return train();
    }
    FitListener listener = fit.listeners.get(first);
    try (Ending ending = () -> tell(listener, FitListener::ended)) {
      tell(listener, FitListener::started);
      return tellingFrom(first + 1);
    }
  }

  private void tell(FitListener listener, BiConsumer<FitListener, FitProgress> what) {
    int complete = history.epochs().size();
    boolean between = batch == 0 && complete > 0;
    long before = complete > 1 ? history.epochs().get(complete - 2).steps() : 0;
    FitProgress progress =
        new FitProgress(
            between ? complete : complete + 1,
            fit.epochs,
            between ? (int) (steps - before) : batch,
            batches,
            steps,
            loss,
            history);
    Scope.run(() -> what.accept(listener, progress));
  }

  private void tellAll(BiConsumer<FitListener, FitProgress> what) {
    fit.listeners.forEach(listener -> tell(listener, what));
  }

  // ---- epochs ----------------------------------------------------------------------------------

  private Fitted<S> train() {
    try {
      while (true) {
        FitEnd end = end();
        if (end != null) {
          return fitted(end);
        }
        epoch();
      }
    } catch (Throwable e) {
      try {
        save();
      } catch (RuntimeException notSaved) {
        e.addSuppressed(notSaved);
      }
      throw e;
    }
  }

  private @Nullable FitEnd end() {
    if (fit.stopping != null && fit.stopping.stops(history)) {
      return FitEnd.STOPPED_EARLY;
    }
    if (history.epochs().size() >= fit.epochs) {
      return FitEnd.EPOCHS;
    }
    return Thread.currentThread().isInterrupted() ? FitEnd.INTERRUPTED : null;
  }

  private Fitted<S> fitted(FitEnd end) {
    return best == null
        ? new Fitted<>(state, history.epochs().size(), history, end)
        : new Fitted<>(best, bestEpoch, history, end);
  }

  private void epoch() {
    try (Source.Batches<B> all = source.open(options, history.epochs().size(), batch)) {
      do {
        if (Thread.currentThread().isInterrupted()) {
          save();
          return;
        }
      } while (step(all));
    }
    if (batch == 0) {
      throw new IllegalArgumentException("[fit] the source of batches has none");
    }
    // until everything is measured, the epoch has not ended: after an exception, it is measured
    // again
    int number = history.epochs().size() + 1;
    History next = history.plus(new Epoch(number, steps, lossSum / rows, measured()));
    boolean isBest = fit.stopping != null && fit.stopping.best(next) == number;
    history = next;
    batch = 0;
    rows = 0;
    lossSum = 0;
    unsaved = true;
    if (isBest || (fit.stopping != null && best == null)) {
      keepAsBest(number);
    }
    save();
    tellAll(FitListener::epochEnded);
  }

  private Map<String, Double> measured() {
    Map<String, Double> all = new TreeMap<>();
    for (Function<S, Map<String, Double>> measure : measures) {
      Map<String, Double> numbers = Scope.run(() -> measure.apply(state));
      Objects.requireNonNull(numbers, "[fit] a function that measures returned null")
          .forEach(
              (name, value) -> {
                Objects.requireNonNull(name, "[fit] the name of a measurement is null");
                if (all.put(name, value) != null) {
                  throw new IllegalArgumentException(
                      "[fit] two functions measure \""
                          + name
                          + "\"; give one of them another name");
                }
              });
    }
    return all;
  }

  private void keepAsBest(int epoch) {
    if (best != null) {
      Trees.close(best);
    }
    best = sameArrays(state);
    bestEpoch = epoch;
  }

  // ---- steps -----------------------------------------------------------------------------------

  private boolean step(Source.Batches<B> all) {
    S previous = state;
    try (Scope scope = Scope.open()) {
      B next = all.next();
      if (next == null) {
        return false;
      }
      WithAux<S> result =
          Objects.requireNonNull(step.apply(state, next), "[fit] the step returned null");
      Objects.requireNonNull(result.aux(), "[fit] the step returned null instead of a state");
      Trees.eval(result); // the loss alone would leave the state uncomputed
      loss = Scalars.value("the loss", result.value());
      state = scope.keep(result.aux());
    }
    Trees.close(previous);
    batch++;
    steps++;
    rows += all.rows();
    lossSum += all.rows() * loss;
    unsaved = true;
    if (steps % fit.checkpointSteps == 0) {
      save();
    }
    tellAll(FitListener::stepEnded);
    return true;
  }

  private void save() {
    if (fit.checkpoint != null && unsaved) {
      new Checkpoint<>(
              state,
              best,
              bestEpoch,
              batch,
              steps,
              rows,
              lossSum,
              loss,
              source.order(options),
              history)
          .save(fit.checkpoint);
      unsaved = false;
    }
  }
}
