package org.mlx4j.training;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.mlx4j.MlxArray;
import org.mlx4j.tree.Trees;
import org.mlx4j.tree.WithAux;

/**
 * A training: a step, and how often and with which batches it is repeated.
 *
 * <pre>{@code
 * record State(Linear model, OptimizerState<Linear> optimizer) {}
 * record Data(MlxArray inputs, MlxArray targets) {}
 *
 * Optimizer adam = Adam.of(0.05);
 * WithAux<State> step(Optimizer optimizer, State s, Data batch) {
 *   var r = Nn.valueAndGrad((Linear m) -> Losses.mseLoss(m.apply(batch.inputs()), batch.targets()))
 *       .apply(s.model());
 *   var updated = optimizer.update(s.model(), r.grad(), s.optimizer());
 *   return new WithAux<>(r.value(), new State(updated.parameters(), updated.state()));
 * }
 *
 * Data data = new Data(MlxRandom.normal(100, 3), MlxRandom.normal(100, 1));
 * Linear model = Linear.of(3, 1);
 * Fitted<State> fitted = Fit.of((State s, Data batch) -> step(adam, s, batch))
 *     .epochs(3)
 *     .batches(data, 32)
 *     .shuffle(7)
 *     .run(new State(model, adam.init(model)));
 * fitted.history().epochs().size();                        // 3
 * }</pre>
 *
 * <p>A step is a function of the state and a batch that returns the loss and the next state. The
 * state is any tree of arrays: usually a record of the model, the state of its optimizer and, if
 * the step needs random numbers, a key. The step should depend on nothing else and change nothing
 * else. Then it can be compiled, as it is by default, and a checkpoint holds everything that the
 * rest of the training depends on.
 *
 * <p>Objects of this class never change. Every method that sets something returns another training,
 * and any number of threads may run the same one.
 *
 * <p>The arrays of the first state and of the data remain the caller's. Those of every state in
 * between are closed as soon as the next state is computed. The arrays of the result belong to the
 * scope in which the training was run, like those of any operation.
 *
 * <p><b>Interruption.</b> An interrupted thread ends its training after the current step, and
 * remains interrupted. If a function of the caller throws an exception, the training ends with it.
 * In both cases, a training with checkpoints saves the last state that a step completed, and
 * nothing is left open.
 *
 * <p>Every method throws {@link NullPointerException} if an argument is null.
 *
 * @param <S> the type of the state
 * @param <B> the type of the batches
 */
public final class Fit<S, B> {
  final BiFunction<S, B, WithAux<S>> step;
  boolean compiled = true;
  int epochs = 1;
  @Nullable Source<B> source;
  @Nullable Long seed;
  boolean fullBatches;
  List<Measure<S>> measures = List.of();
  @Nullable EarlyStopping stopping;
  @Nullable Path checkpoint;
  int checkpointSteps = Integer.MAX_VALUE;
  List<FitListener> listeners = List.of();

  private Fit(BiFunction<S, B, WithAux<S>> step) {
    this.step = step;
  }

  private Fit(Fit<S, B> other) {
    step = other.step;
    compiled = other.compiled;
    epochs = other.epochs;
    source = other.source;
    seed = other.seed;
    fullBatches = other.fullBatches;
    measures = other.measures;
    stopping = other.stopping;
    checkpoint = other.checkpoint;
    checkpointSteps = other.checkpointSteps;
    listeners = other.listeners;
  }

  /**
   * Returns a training of one epoch, without batches yet.
   *
   * @param step takes the state and a batch, and returns the loss, a scalar, and the next state
   * @param <S> the type of the state, a tree of arrays
   * @param <B> the type of the batches, trees of arrays
   * @return the training
   */
  public static <S, B> Fit<S, B> of(BiFunction<S, B, WithAux<S>> step) {
    return new Fit<>(Objects.requireNonNull(step, "[fit] the step is null"));
  }

  /**
   * Sets how often all batches are used.
   *
   * @param epochs the number of epochs
   * @return the training
   * @throws IllegalArgumentException if it is less than 1
   */
  public Fit<S, B> epochs(int epochs) {
    Fit<S, B> next = new Fit<>(this);
    next.epochs = atLeastOne("the number of epochs", epochs);
    return next;
  }

  /**
   * Sets the data. A batch consists of successive rows of all their arrays; the last one of an
   * epoch may have fewer rows than the others.
   *
   * @param data a tree of arrays, whose first axes have the same length; a batch has the same
   *     structure
   * @param size the number of rows of a batch
   * @return the training
   * @throws IllegalArgumentException if {@code size} is less than 1, or the data hold no array, a
   *     scalar, no row, or arrays of different lengths
   * @throws IllegalStateException if an array is closed
   */
  public Fit<S, B> batches(B data, int size) {
    Objects.requireNonNull(data, "[fit] the data are null");
    Fit<S, B> next = new Fit<>(this);
    next.source = new Rows<>(data, atLeastOne("the size of a batch", size));
    return next;
  }

  /**
   * Sets the source of batches, from which each epoch takes a new iterator: a collection of
   * batches, or anything that reads or makes them one at a time.
   *
   * <p>An iterator is used by the thread that trains, within the scope of a step. So the arrays
   * that {@code hasNext} or {@code next} makes for a batch are closed after its step. Arrays that
   * the iterator keeps for later calls must be made in {@link
   * org.mlx4j.Scope#detached(java.util.function.Supplier) Scope.detached}. An iterator that is
   * {@link AutoCloseable} is closed when its epoch ends.
   *
   * <p>A training that continues in the middle of an epoch skips the batches that were used before,
   * so the source must return them again in the same order.
   *
   * @param source the batches of an epoch
   * @return the training
   */
  public Fit<S, B> batches(Iterable<? extends B> source) {
    Objects.requireNonNull(source, "[fit] the source of batches is null");
    Fit<S, B> next = new Fit<>(this);
    next.source = new Streamed<>(source);
    return next;
  }

  /**
   * Shuffles the rows of the data differently in each epoch. The order depends only on the seed,
   * the number of the epoch and the number of rows.
   *
   * @param seed decides the orders
   * @return the training
   */
  public Fit<S, B> shuffle(long seed) {
    Fit<S, B> next = new Fit<>(this);
    next.seed = seed;
    return next;
  }

  /**
   * Leaves out the last batch of an epoch if it would have fewer rows than the others. If the rows
   * are shuffled, each epoch leaves out different rows.
   *
   * @return the training
   */
  public Fit<S, B> fullBatches() {
    Fit<S, B> next = new Fit<>(this);
    next.fullBatches = true;
    return next;
  }

  /**
   * Sets whether the step is compiled, as it is by default. The functions of {@link
   * #validate(Object, int, BiFunction)} are compiled in the same case.
   *
   * @param compiled false for a step that reads values of arrays, or for one that is compiled
   *     already
   * @return the training
   */
  public Fit<S, B> compiled(boolean compiled) {
    Fit<S, B> next = new Fit<>(this);
    next.compiled = compiled;
    return next;
  }

  /**
   * Adds measurements on data that are not trained on, which are made after each epoch. A
   * measurement is the mean over all rows of a value that the function returns for each batch.
   *
   * <pre>{@code
   * Linear start = Linear.of(3, 2);
   * MlxArray inputs = MlxRandom.normal(64, 3);
   * var fit = Fit.of((Linear m, MlxArray batch) -> new WithAux<>(m.apply(batch).square().mean(), m))
   *     .batches(inputs, 16)
   *     .validate(inputs, 32, (m, batch) -> Map.of("val_loss", m.apply(batch).square().mean()));
   * fit.run(start).history().last().measurements().keySet();    // [val_loss]
   * }</pre>
   *
   * @param data a tree of arrays, whose first axes have the same length
   * @param size the largest number of rows of a batch
   * @param means takes the state and a batch of the data, and returns scalars by their names, each
   *     a mean over the rows of the batch
   * @param <V> the type of the data
   * @return the training
   * @throws IllegalArgumentException if {@code size} is less than 1, or the data are not as {@link
   *     #batches(Object, int)} demands
   * @throws IllegalStateException if an array is closed
   */
  public <V> Fit<S, B> validate(V data, int size, BiFunction<S, V, Map<String, MlxArray>> means) {
    Objects.requireNonNull(data, "[fit] the data are null");
    Objects.requireNonNull(means, "[fit] the function of means is null");
    Rows<V> rows = new Rows<>(data, atLeastOne("the size of a batch", size));
    return measuring(new Measure.OfMeans<>(rows, means));
  }

  /**
   * Adds measurements that are made after each epoch. Arrays that the function makes are freed when
   * it returns.
   *
   * @param measure takes the state, and returns numbers by their names
   * @return the training
   */
  public Fit<S, B> validate(Function<S, Map<String, Double>> measure) {
    return measuring(
        new Measure.OfNumbers<>(Objects.requireNonNull(measure, "[fit] the function is null")));
  }

  private Fit<S, B> measuring(Measure<S> measure) {
    Fit<S, B> next = new Fit<>(this);
    next.measures = appended(measures, measure);
    return next;
  }

  /**
   * Ends a training before its last epoch if a measurement no longer improves. The result is the
   * state after the epoch in which the measurement was best.
   *
   * @param stopping which measurement, and how long to wait
   * @return the training
   */
  public Fit<S, B> stopEarly(EarlyStopping stopping) {
    Fit<S, B> next = new Fit<>(this);
    next.stopping = Objects.requireNonNull(stopping, "[fit] the early stopping is null");
    return next;
  }

  /**
   * Equivalent to {@link #checkpoints(Path, int)}, with a checkpoint after each epoch and when a
   * training ends early.
   */
  public Fit<S, B> checkpoints(Path file) {
    return checkpoints(file, Integer.MAX_VALUE);
  }

  /**
   * Saves everything that {@link #resume} needs to a file: after each epoch, after every {@code
   * steps} steps, and when an interrupt or an exception ends the training. The file is replaced as
   * a whole, so it is complete at any moment, even if the process is killed.
   *
   * <p>Its format is safetensors. The names of the arrays are those of {@link
   * Trees#flattenWithPaths} with a prefix, so a program that needs only the model of a state can
   * load it from there:
   *
   * <pre>{@code
   * record State(Linear model, MlxArray key) {}
   *
   * Path checkpoint = Path.of("checkpoint.safetensors");
   * State start = new State(Linear.of(3, 1), MlxRandom.key(0));
   * Fit.of((State s, MlxArray batch) -> new WithAux<>(s.model().apply(batch).sum(), s))
   *     .batches(x, 2)
   *     .checkpoints(checkpoint)
   *     .run(start);
   * Linear model = Trees.load(checkpoint, Linear.of(3, 1), name -> "state.model." + name, false);
   * }</pre>
   *
   * <p>The prefix {@code best.} is that of the state that {@link #stopEarly} keeps.
   *
   * @param file the file, in an existing folder; its name ends with {@code .safetensors}
   * @param steps after how many steps to save, besides the ends of epochs
   * @return the training
   * @throws IllegalArgumentException if {@code steps} is less than 1, the name ends with something
   *     else, or the folder does not exist
   */
  public Fit<S, B> checkpoints(Path file, int steps) {
    Objects.requireNonNull(file, "[fit] the checkpoint file is null");
    atLeastOne("the number of steps between checkpoints", steps);
    if (!file.toString().endsWith(".safetensors")) {
      throw new IllegalArgumentException(
          "[fit] the name of the checkpoint file must end with .safetensors, got " + file);
    }
    Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent()); // it is no root
    if (!Files.isDirectory(folder)) {
      throw new IllegalArgumentException("[fit] there is no folder " + folder + " for checkpoints");
    }
    Fit<S, B> next = new Fit<>(this);
    next.checkpoint = file;
    next.checkpointSteps = steps;
    return next;
  }

  /**
   * Adds a listener, which is told of steps and epochs after those that were added before.
   *
   * @param listener the listener
   * @return the training
   */
  public Fit<S, B> listener(FitListener listener) {
    Objects.requireNonNull(listener, "[fit] the listener is null");
    Fit<S, B> next = new Fit<>(this);
    next.listeners = appended(listeners, listener);
    return next;
  }

  /**
   * Trains from the first epoch to the last.
   *
   * @param start the state before the first step
   * @return what the training led to
   * @throws IllegalArgumentException if {@code start} or a batch is not a tree; if the step does
   *     not return a scalar; if a measurement has a reserved name (see {@link Epoch}) or that of
   *     another one, or does not occur in every epoch; if {@link #stopEarly} names a measurement
   *     that is not made; or if a source has no batches, or its batches are to be shuffled or to be
   *     full
   * @throws IllegalStateException if there are no batches, or an array is closed
   * @throws NullPointerException if the step, its loss or its state is null
   * @throws org.mlx4j.MlxException if an array cannot be computed
   * @throws java.io.UncheckedIOException if a checkpoint cannot be written
   */
  public Fitted<S> run(S start) {
    return Training.run(this, start, false);
  }

  /**
   * Continues a training where its last checkpoint was saved, or trains from the first epoch if
   * there is no checkpoint. The result has the same bits as that of a training without a break. A
   * training that was complete is not continued, unless it now has more epochs.
   *
   * @param start the state before the first step; if there is a checkpoint, it only says what a
   *     state looks like
   * @return what the training led to
   * @throws IllegalArgumentException as for {@link #run}; and if the checkpoint does not hold
   *     states like {@code start}, or was saved in the middle of an epoch with other batches
   * @throws IllegalStateException as for {@link #run}; and if {@link #checkpoints} was not called
   * @throws NullPointerException as for {@link #run}
   * @throws org.mlx4j.MlxException as for {@link #run}; and if the file is not a checkpoint
   * @throws java.io.UncheckedIOException if a checkpoint cannot be read or written
   */
  public Fitted<S> resume(S start) {
    if (checkpoint == null) {
      throw new IllegalStateException(
          "[fit] there is nothing to resume from: call checkpoints before resume");
    }
    return Training.run(this, start, true);
  }

  private static int atLeastOne(String what, int number) {
    if (number < 1) {
      throw new IllegalArgumentException("[fit] " + what + " must be at least 1, got " + number);
    }
    return number;
  }

  private static <T> List<T> appended(List<T> list, T last) {
    List<T> longer = new ArrayList<>(list);
    longer.add(last);
    return List.copyOf(longer);
  }
}
