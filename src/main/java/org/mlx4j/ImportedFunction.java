package org.mlx4j;

import java.util.Map;
import org.mlx4j.internal.ExportNative;

/**
 * A function that was {@linkplain Export exported} and read back. It takes arguments of the shapes
 * and dtypes of one of its examples, runs on the caller's device, and can be transformed as any
 * function. It is safe for use by any number of threads, and freed as any other {@link
 * FunctionHandle}.
 *
 * <p>An index that is out of range selects the nearest element, as far as it is known only when it
 * is computed: the exported program did not check it.
 */
public final class ImportedFunction extends FunctionHandle implements ArraysFunction {
  private static final String NAME = "ImportedFunction";
  private static final MlxArray[] NONE = {};

  private final String metadata;

  ImportedFunction(long handle) {
    super(NAME, handle);
    metadata = NamedArrays.string(ExportNative.exported_metadata(handle));
  }

  /**
   * Applies the function to positional arguments.
   *
   * @param xs the arguments
   * @return the results
   * @throws IllegalArgumentException if the number, shapes and dtypes of the arguments are not
   *     those of an example
   * @throws IllegalStateException if this function or an argument is closed
   * @throws NullPointerException if an argument is null
   */
  @Override
  public MlxArray[] apply(MlxArray... xs) {
    return apply(xs, Map.of());
  }

  /**
   * Applies the function to named arguments.
   *
   * @param named the arguments by their names
   * @return the results
   * @throws IllegalArgumentException if the names, shapes and dtypes of the arguments are not those
   *     of an example
   * @throws IllegalStateException if this function or an argument is closed
   * @throws NullPointerException if an argument is null
   */
  public MlxArray[] apply(Map<String, MlxArray> named) {
    return apply(NONE, named);
  }

  /**
   * Applies the function to positional and named arguments.
   *
   * @param xs the positional arguments
   * @param named the named arguments
   * @return the results
   * @throws IllegalArgumentException if the arguments are not as those of an example
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
   * Returns the text that was kept in the file. Mirrors what {@code mlx.core.import_function}
   * returns for {@code return_metadata}.
   *
   * @return the text, empty when none was given
   */
  public String metadata() {
    return metadata;
  }
}
