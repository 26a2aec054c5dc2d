package org.mlx4j;

import java.nio.file.Path;
import java.util.Map;
import org.mlx4j.internal.ExportNative;

/**
 * A function that was {@linkplain Export exported} to a file and read back.
 *
 * <pre>{@code
 * try (ImportedFunction model = Export.importFunction(Path.of("model.mlxfn"))) {
 *   MlxArray y = model.apply(Ops.ones(2, 3))[0];
 *   String configuration = model.metadata();
 * }
 * }</pre>
 *
 * <p>It accepts arguments with the shapes and dtypes of one of its examples, runs on the device of
 * the calling thread, and can be transformed like any other function. Any number of threads may use
 * it, and it is freed like any other {@link FunctionHandle}.
 *
 * <p>An index that is out of range and computed by the function selects the nearest element:
 * exported functions do not check indices.
 */
public final class ImportedFunction extends ArraysFunctionHandle {
  private static final String NAME = "ImportedFunction";
  private static final MlxArray[] NONE = {};

  private final String metadata;

  private ImportedFunction(long handle) {
    super(NAME, handle);
    metadata = NamedArrays.string(ExportNative.exported_metadata(handle));
  }

  /** Reads a function from a file; what MLX says if it cannot names no method. */
  static ImportedFunction read(Path file) {
    return new ImportedFunction(ExportNative.import_function(NamedArrays.utf8(file.toString())));
  }

  /**
   * Equivalent to {@link #apply(MlxArray[], Map) apply(xs, Map.of())}.
   *
   * @param xs the positional arguments
   * @return the results
   */
  @Override
  public MlxArray[] apply(MlxArray... xs) {
    return apply(xs, Map.of());
  }

  /** Equivalent to {@link #apply(MlxArray[], Map) apply(new MlxArray[0], named)}. */
  public MlxArray[] apply(Map<String, MlxArray> named) {
    return apply(NONE, named);
  }

  /**
   * Applies the function.
   *
   * @param xs the positional arguments
   * @param named the named arguments by their names
   * @return the results
   * @throws IllegalArgumentException if the names, shapes and dtypes of the arguments are not those
   *     of an example
   * @throws IllegalStateException if this function or an argument is closed
   * @throws NullPointerException if an argument is null
   */
  public MlxArray[] apply(MlxArray[] xs, Map<String, MlxArray> named) {
    NamedArrays arguments = new NamedArrays(NAME, xs, named);
    return call(
        handles ->
            ExportNative.call_imported(
                handle, arguments.names, handles, ThreadContext.current().streamHandle()),
        arguments.all);
  }

  /**
   * Returns the text that was kept in the file. Mirrors the result of {@code
   * mlx.core.import_function} for {@code return_metadata}.
   *
   * @return the text, empty if none was given
   */
  public String metadata() {
    return metadata;
  }
}
