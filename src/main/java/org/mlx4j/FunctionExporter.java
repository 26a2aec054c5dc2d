package org.mlx4j;

import java.io.UncheckedIOException;
import java.lang.ref.Reference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.mlx4j.internal.AnySizeTrial;
import org.mlx4j.internal.ClosedException;
import org.mlx4j.internal.ExportNative;
import org.mlx4j.internal.HandlesNative;
import org.mlx4j.internal.io.Replacement;

/**
 * Writes a function to a file for several examples. The file appears when the exporter is closed;
 * if an example failed, the previous file remains.
 *
 * <pre>{@code
 * ArraysFunction f = xs -> new MlxArray[] {xs[0].square().sum(-1)};
 * try (FunctionExporter exporter = Export.exporter(Path.of("f.mlxfn"), f)) {
 *   exporter.add(Ops.zeros(3));
 *   exporter.add(Ops.zeros(16, 3)); // a batch
 * }
 * }</pre>
 */
public final class FunctionExporter implements AutoCloseable {
  private static final String NAME = "exportFunction";

  private enum State {
    EMPTY,
    COMPLETE,
    FAILED,
    CLOSED
  }

  private final Replacement file;
  private final ArraysFunction f;
  private final boolean shapeless;
  private final long handle;

  /** Trials of the examples whose graphs may depend on their sizes. */
  private final List<AnySizeTrial> trials = new ArrayList<>();

  private @Nullable ByName byName;
  private State state = State.EMPTY;

  FunctionExporter(Path file, ArraysFunction f, boolean shapeless, String metadata) {
    this(Replacement.of(NAME, file), f, Closure.ofMany(NAME, f), shapeless, metadata);
  }

  FunctionExporter(Path file, NamedArraysFunction f, boolean shapeless, String metadata) {
    this(Replacement.of(NAME, file), new ByName(f), shapeless, metadata);
  }

  private FunctionExporter(Replacement file, ByName f, boolean shapeless, String metadata) {
    this(file, f, Closure.ofMany(NAME, f), shapeless, metadata);
    byName = f;
  }

  private FunctionExporter(
      Replacement file, ArraysFunction f, Closure closure, boolean shapeless, String metadata) {
    this.file = file;
    this.f = f;
    this.shapeless = shapeless;
    try (closure) {
      file.create();
      handle =
          ExportNative.exporter(
              NamedArrays.utf8(file.part().toString()),
              closure.handle(),
              shapeless,
              NamedArrays.utf8(Call.notNull(NAME, "the metadata", metadata)));
    } catch (ClosedException e) {
      file.discard();
      throw new IllegalStateException("[" + NAME + "] the function is closed", e);
    } catch (RuntimeException e) {
      file.discard();
      throw e;
    } finally {
      Reference.reachabilityFence(closure);
    }
    Ownership.leaveToCollector(this, handle);
  }

  /** A function of named arguments as one of arrays, for the names of the current example. */
  private static final class ByName implements ArraysFunction {
    private final NamedArraysFunction f;
    private String[] names = {};

    ByName(NamedArraysFunction f) {
      this.f = Call.notNull(NAME, "the function", f);
    }

    @Override
    public MlxArray[] apply(MlxArray... all) {
      int positional = all.length - names.length;
      Map<String, MlxArray> named = new LinkedHashMap<>();
      for (int i = 0; i < names.length; i++) {
        named.put(names[i], all[positional + i]);
      }
      return f.apply(Arrays.copyOf(all, positional), Collections.unmodifiableMap(named));
    }
  }

  /**
   * Equivalent to {@link #add(MlxArray[], Map) add(example, Map.of())}.
   *
   * @param example the positional arguments
   */
  public void add(MlxArray... example) {
    add(example, Map.of());
  }

  /**
   * Exports the function for arguments with the shapes and dtypes of an example. If this throws an
   * exception, the exporter has failed and accepts no further example.
   *
   * @param example the positional arguments, of which only shapes and dtypes matter
   * @param named the named arguments by their names, likewise
   * @throws IllegalArgumentException if the function applies an operation that cannot be exported,
   *     or reads a value
   * @throws IllegalStateException if an array or this exporter is closed, or an earlier example
   *     failed
   * @throws MlxException if an example with the same shapes and dtypes was added before, or the
   *     file cannot be written
   */
  public synchronized void add(MlxArray[] example, Map<String, MlxArray> named) {
    requireOpen();
    if (state == State.FAILED) {
      throw new IllegalStateException("[" + NAME + "] an earlier example has failed");
    }
    NamedArrays arguments = new NamedArrays(NAME, example, named);
    state = State.FAILED; // until it has succeeded
    if (byName != null) {
      byName.names = arguments.strings();
    }
    arguments.use(
        NAME,
        (names, handles) -> {
          AnySizeTrial trial =
              shapeless ? new AnySizeTrial(NAME, f, arguments.strings(), arguments.all) : null;
          boolean follows = ExportNative.export_example(handle, names, handles);
          // transformed functions may use sizes without calling Java, when differentiated for
          // instance
          if (shapeless && (!follows || f instanceof FunctionHandle)) {
            trials.add(trial);
          }
          return follows;
        });
    requireOpen(); // the function may have closed the exporter
    state = State.COMPLETE;
  }

  private void requireOpen() {
    if (state == State.CLOSED) {
      throw new IllegalStateException("[" + NAME + "] the exporter is closed");
    }
  }

  /**
   * Completes the file, or discards it if an example failed. Closing twice is a no-op.
   *
   * @throws IllegalArgumentException if the function was exported for arrays of other sizes, but
   *     depends on the sizes of an example
   * @throws IllegalStateException if no example was added
   * @throws UncheckedIOException if the file cannot be written
   */
  @Override
  public synchronized void close() {
    State was = state;
    state = State.CLOSED;
    if (was == State.CLOSED) {
      return;
    }
    ExportNative.finish_export(handle);
    HandlesNative.close(handle);
    if (was == State.COMPLETE) {
      try {
        tryOtherSizes();
      } catch (RuntimeException | Error e) {
        file.discard();
        throw e;
      }
      file.complete();
      return;
    }
    file.discard();
    if (was == State.EMPTY) {
      throw new IllegalStateException("[" + NAME + "] no example was added, so no file is written");
    }
  }

  private void tryOtherSizes() {
    if (trials.isEmpty()) {
      return;
    }
    try (ImportedFunction imported = imported()) {
      for (AnySizeTrial trial : trials) {
        if (byName != null) {
          byName.names = trial.names();
        }
        trial.run(imported);
      }
    }
  }

  private ImportedFunction imported() {
    try {
      return ImportedFunction.read(file.part());
    } catch (MlxException e) {
      throw new IllegalArgumentException(
          "["
              + NAME
              + "] whether the function depends on the sizes of the example cannot be checked: "
              + e.getMessage()
              + "; export an example of each shape, without shapeless",
          e);
    }
  }
}
