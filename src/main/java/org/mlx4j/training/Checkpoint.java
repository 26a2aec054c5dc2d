package org.mlx4j.training;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.mlx4j.Io;
import org.mlx4j.Loaded;
import org.mlx4j.MetadataValue;
import org.mlx4j.MlxArray;
import org.mlx4j.MlxException;
import org.mlx4j.tree.Trees;

/**
 * What a file holds: everything on which the rest of a training depends.
 *
 * @param state the state after the last step
 * @param best the state after the best epoch, or null
 * @param bestEpoch the number of that epoch, or 0
 * @param batch how many batches of the epoch that follows the history were used
 * @param steps the number of steps so far
 * @param rows the number of rows in those batches
 * @param lossSum the sum of their losses, with the weight of their rows
 * @param loss the loss of the last step
 * @param order which rows are in which batch
 * @param history the complete epochs
 */
record Checkpoint<S>(
    S state,
    @Nullable S best,
    int bestEpoch,
    int batch,
    long steps,
    long rows,
    double lossSum,
    double loss,
    String order,
    History history) {
  private static final String STATE = "state";
  private static final String BEST = "best";

  void save(Path file) {
    Map<String, MlxArray> arrays = new LinkedHashMap<>(named(STATE, state));
    if (best != null) {
      arrays.putAll(named(BEST, best));
    }
    Map<String, String> numbers = new LinkedHashMap<>();
    numbers.put("fit.best_epoch", Integer.toString(bestEpoch));
    numbers.put("fit.batch", Integer.toString(batch));
    numbers.put("fit.steps", Long.toString(steps));
    numbers.put("fit.rows", Long.toString(rows));
    numbers.put("fit.loss_sum", Double.toString(lossSum));
    numbers.put("fit.loss", Double.toString(loss));
    numbers.put("fit.order", order);
    numbers.put("fit.history", history.csv());
    Io.saveSafetensors(file, arrays, numbers);
  }

  private static Map<String, MlxArray> named(String prefix, Object tree) {
    Map<String, MlxArray> named = new LinkedHashMap<>();
    Trees.flattenWithPaths(tree).forEach((path, x) -> named.put(name(prefix, path), x));
    return named;
  }

  private static String name(String prefix, String path) {
    return path.isEmpty() ? prefix : prefix + "." + path;
  }

  /** Loads a checkpoint with states like another one. */
  static <S> Checkpoint<S> load(Path file, S like) {
    Loaded loaded = Io.load(file);
    Checkpoint<S> numbers;
    try {
      numbers =
          new Checkpoint<>(
              like,
              null,
              Integer.parseInt(text(loaded, "fit.best_epoch")),
              Integer.parseInt(text(loaded, "fit.batch")),
              Long.parseLong(text(loaded, "fit.steps")),
              Long.parseLong(text(loaded, "fit.rows")),
              Double.parseDouble(text(loaded, "fit.loss_sum")),
              Double.parseDouble(text(loaded, "fit.loss")),
              text(loaded, "fit.order"),
              History.ofCsv(text(loaded, "fit.history")));
    } catch (IllegalArgumentException e) { // also a NumberFormatException
      throw new MlxException("[fit] " + file + " is not a checkpoint: " + e.getMessage());
    }
    S state = tree(file, loaded, STATE, like);
    @Nullable S best = numbers.bestEpoch == 0 ? null : tree(file, loaded, BEST, like);
    Trees.eval(state, best); // the file is replaced soon
    return numbers.with(state, best);
  }

  private Checkpoint<S> with(S states, @Nullable S bests) {
    return new Checkpoint<>(
        states, bests, bestEpoch, batch, steps, rows, lossSum, loss, order, history);
  }

  private static String text(Loaded loaded, String key) {
    MetadataValue value = loaded.metadata().get(key);
    if (value == null) {
      throw new IllegalArgumentException("its metadata have no text " + key);
    }
    return value.text();
  }

  private static boolean belongs(String prefix, String name) {
    return name.equals(prefix) || name.startsWith(prefix + ".");
  }

  private static <S> S tree(Path file, Loaded loaded, String prefix, S like) {
    Map<String, MlxArray> found = new LinkedHashMap<>();
    Set<String> others = new TreeSet<>(loaded.arrays().keySet());
    others.removeIf(name -> !belongs(prefix, name));
    Trees.flattenWithPaths(like)
        .forEach(
            (path, x) -> {
              String name = name(prefix, path);
              MlxArray array = loaded.arrays().get(name);
              if (array == null || !Arrays.equals(array.shape(), x.shape())) {
                throw new IllegalArgumentException(
                    "[fit] the checkpoint %s does not fit the state: it has %s for %s, which has the shape %s"
                        .formatted(
                            file,
                            array == null
                                ? "no array"
                                : "the shape " + Arrays.toString(array.shape()),
                            name,
                            Arrays.toString(x.shape())));
              }
              found.put(path, array);
              others.remove(name);
            });
    if (!others.isEmpty()) {
      throw new IllegalArgumentException(
          "[fit] the checkpoint %s does not fit the state, which has no place for %s"
              .formatted(file, others));
    }
    return Trees.unflatten(like, found);
  }
}
