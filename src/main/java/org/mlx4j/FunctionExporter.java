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
import org.mlx4j.internal.ClosedException;
import org.mlx4j.internal.ExportNative;
import org.mlx4j.internal.HandlesNative;
import org.mlx4j.internal.io.Replacement;

/**
 * Writes a function for several examples to one file. The file is in its place once this is closed,
 * or, if an example failed, what was there before stays.
 *
 * <pre>{@code
 * try (FunctionExporter exporter = Export.exporter(file, f)) {
 *   exporter.add(one);
 *   exporter.add(batch);
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

  /** Of the examples whose graphs may keep their sizes. */
  private final List<AnySizeTrial> trials = new ArrayList<>();

  private ByName byName;
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

  /** A function by names as one of arrays, for the names of the current example. */
  private static final class ByName implements ArraysFunction {
    private final NamedArraysFunction f;
    private Object[] names = {};

    ByName(NamedArraysFunction f) {
      this.f = Call.notNull(NAME, "the function", f);
    }

    @Override
    public MlxArray[] apply(MlxArray... all) {
      int positional = all.length - names.length;
      Map<String, MlxArray> named = new LinkedHashMap<>();
      for (int i = 0; i < names.length; i++) {
        named.put(NamedArrays.string((byte[]) names[i]), all[positional + i]);
      }
      return f.apply(Arrays.copyOf(all, positional), Collections.unmodifiableMap(named));
    }
  }

  /**
   * Exports the function for arguments of the shapes and dtypes of the example.
   *
   * @param example arguments, of which only shapes and dtypes matter
   * @throws IllegalArgumentException if the function applies an operation that cannot be exported,
   *     or reads a value
   * @throws IllegalStateException if an array is closed, this is closed, or an example before
   *     failed
   * @throws MlxException if the example was exported before, or the file cannot be written
   * @throws NullPointerException if an argument is null
   */
  public void add(MlxArray... example) {
    add(example, Map.of());
  }

  /**
   * As {@link #add(MlxArray...)}, with named arguments.
   *
   * @param example positional arguments
   * @param named named arguments
   */
  public synchronized void add(MlxArray[] example, Map<String, MlxArray> named) {
    requireOpen();
    if (state == State.FAILED) {
      throw new IllegalStateException("[" + NAME + "] the exporter has failed");
    }
    NamedArrays arguments = new NamedArrays(NAME, example, named);
    state = State.FAILED; // until it has not
    if (byName != null) {
      byName.names = arguments.names;
    }
    arguments.<Void>use(
        NAME,
        (names, handles) -> {
          AnySizeTrial trial = shapeless ? new AnySizeTrial(NAME, f, arguments) : null;
          boolean follows = ExportNative.export_example(handle, names, handles);
          // what a transform made is differentiated, say, without passing through Java
          if (shapeless && (!follows || f instanceof FunctionHandle)) {
            trials.add(trial);
          }
          return null;
        });
    requireOpen(); // the function may have closed it
    state = State.COMPLETE;
  }

  private void requireOpen() {
    if (state == State.CLOSED) {
      throw new IllegalStateException("[" + NAME + "] the exporter is closed");
    }
  }

  /**
   * Completes the file and moves it to its place; discards it if an example failed. Closing twice
   * is harmless.
   *
   * @throws IllegalArgumentException if the file is to take other sizes, but keeps an example's
   * @throws IllegalStateException if there was no example
   * @throws UncheckedIOException if the file cannot be moved to its place
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
      throw new IllegalStateException("[" + NAME + "] there was no example, nothing is written");
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
      return new ImportedFunction(
          ExportNative.import_function(NamedArrays.utf8(file.part().toString())));
    } catch (MlxException e) {
      throw new IllegalArgumentException(
          "["
              + NAME
              + "] whether the function keeps the sizes of the example cannot be tried: "
              + e.getMessage()
              + "; export an example of each shape, without shapeless",
          e);
    }
  }
}
