package org.mlx4j;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.mlx4j.internal.ExportNative;
import org.mlx4j.internal.io.FileTarget;
import org.mlx4j.internal.io.Unreadable;

/**
 * Writes functions to files and reads them back. A file holds a computation with its constants,
 * such as the weights of a model; it can be run by programs in any language that MLX supports.
 *
 * <pre>{@code
 * Path file = Path.of("model.mlxfn");
 * MlxArray weight = MlxArray.of(2f, 3f);
 * Export.exportFunction(file, xs -> new MlxArray[] {xs[0].multiply(weight)}, Ops.zeros(2));
 * try (ImportedFunction model = Export.importFunction(file)) {
 *   MlxArray y = model.apply(MlxArray.of(10f, 20f))[0]; // array([20, 60], dtype=float32)
 * }
 * }</pre>
 *
 * <p>The Java code of a function runs once for each example; the file contains the operations that
 * it applied, for arrays with the shapes and dtypes of the example. Captured arrays become
 * constants. A {@link CustomFunction} or checkpointed function is written as the operations that it
 * computes, without its rules.
 *
 * <p>A new file replaces an existing one only when it is complete, so a failure leaves the existing
 * file as it was. Files may come from untrusted sources: when a file is read, every number and
 * operation is checked, and a damaged or hostile file causes an exception.
 *
 * <p>All methods throw {@link NullPointerException} for a null argument.
 */
public final class Export {
  private Export() {}

  // ---- one example ------------------------------------------------------------------------------

  /**
   * Equivalent to {@link #exportFunction(Path, ArraysFunction, MlxArray[], boolean, Map, String)
   * exportFunction(file, f, example, false, Map.of(), "")}.
   */
  public static void exportFunction(Path file, ArraysFunction f, MlxArray... example) {
    exportFunction(file, f, example, false);
  }

  /**
   * Equivalent to {@link #exportFunction(Path, ArraysFunction, MlxArray[], boolean, Map, String)
   * exportFunction(file, f, example, shapeless, Map.of(), "")}.
   */
  public static void exportFunction(
      Path file, ArraysFunction f, MlxArray[] example, boolean shapeless) {
    exportFunction(file, f, example, shapeless, Map.of());
  }

  /**
   * Equivalent to {@link #exportFunction(Path, ArraysFunction, MlxArray[], boolean, Map, String)
   * exportFunction(file, f, example, shapeless, named, "")}.
   */
  public static void exportFunction(
      Path file,
      ArraysFunction f,
      MlxArray[] example,
      boolean shapeless,
      Map<String, MlxArray> named) {
    exportFunction(file, f, example, shapeless, named, "");
  }

  /**
   * Exports a function for arguments with the shapes and dtypes of an example. Mirrors {@code
   * mlx.core.export_function}.
   *
   * <p>With {@code shapeless}, the exported function also accepts arrays of other sizes, with the
   * numbers of axes and the dtypes of the example. Many operations write sizes of the example to
   * the file: slices, broadcasts, gradients, and numbers that {@code f} computes from {@link
   * MlxArray#dim}. If {@code f} applies one of them, {@code f} and the file are called several
   * times for each size and axis of the example, with random arguments of other sizes (larger ones,
   * and 1), and must give the same results. Sizes for which {@code f} throws an exception are
   * skipped. A branch that is only taken for sizes that are not tried remains unnoticed.
   *
   * @param file the file to write, which replaces an existing one
   * @param f the function; it gets the positional arguments, followed by the named ones in
   *     ascending order of their names
   * @param example the positional arguments, of which only shapes and dtypes matter
   * @param shapeless whether the exported function accepts arrays of other sizes
   * @param named the named arguments by their names, of which only shapes and dtypes matter
   * @param metadata a text to keep in the file, such as the configuration of a model; {@link
   *     ImportedFunction#metadata} returns it
   * @throws IllegalArgumentException if the function applies an operation that cannot be exported,
   *     or reads a value; or if {@code shapeless} and the file would not give the results of {@code
   *     f} for other sizes: then export an example of each shape without {@code shapeless}
   * @throws IllegalStateException if an array is closed
   * @throws MlxException if the disk is full
   * @throws UncheckedIOException if the file cannot be written
   */
  public static void exportFunction(
      Path file,
      ArraysFunction f,
      MlxArray[] example,
      boolean shapeless,
      Map<String, MlxArray> named,
      String metadata) {
    export(exporter(file, f, shapeless, metadata), example, named);
  }

  /**
   * Exports a function that gets its named arguments by name; otherwise like {@link
   * #exportFunction(Path, ArraysFunction, MlxArray[], boolean, Map, String)}.
   *
   * @param file the file to write, which replaces an existing one
   * @param f the function
   * @param example the positional arguments, of which only shapes and dtypes matter
   * @param shapeless whether the exported function accepts arrays of other sizes
   * @param named the named arguments by their names, of which only shapes and dtypes matter
   * @param metadata a text to keep in the file
   * @throws IllegalArgumentException if the function cannot be exported, as above
   * @throws IllegalStateException if an array is closed
   * @throws MlxException if the disk is full
   * @throws UncheckedIOException if the file cannot be written
   */
  public static void exportFunction(
      Path file,
      NamedArraysFunction f,
      MlxArray[] example,
      boolean shapeless,
      Map<String, MlxArray> named,
      String metadata) {
    export(exporter(file, f, shapeless, metadata), example, named);
  }

  /**
   * Equivalent to {@link #exportFunction(Path, NamedArraysFunction, MlxArray[], boolean, Map,
   * String) exportFunction(file, f, example, false, named, "")}.
   */
  public static void exportFunction(
      Path file, NamedArraysFunction f, MlxArray[] example, Map<String, MlxArray> named) {
    exportFunction(file, f, example, false, named, "");
  }

  private static void export(
      FunctionExporter exporter, MlxArray[] example, Map<String, MlxArray> named) {
    try (exporter) {
      exporter.add(example, named);
    }
  }

  // ---- several examples -------------------------------------------------------------------------

  /**
   * Equivalent to {@link #exporter(Path, ArraysFunction, boolean, String) exporter(file, f, false,
   * "")}.
   */
  public static FunctionExporter exporter(Path file, ArraysFunction f) {
    return exporter(file, f, false);
  }

  /**
   * Equivalent to {@link #exporter(Path, ArraysFunction, boolean, String) exporter(file, f,
   * shapeless, "")}.
   */
  public static FunctionExporter exporter(Path file, ArraysFunction f, boolean shapeless) {
    return exporter(file, f, shapeless, "");
  }

  /**
   * Begins to export a function for several examples. Mirrors {@code mlx.core.exporter}.
   *
   * @param file the file to write, which appears when the exporter is closed
   * @param f the function; it gets the positional arguments, followed by the named ones in
   *     ascending order of their names
   * @param shapeless whether the exported function accepts arrays of other sizes than the examples,
   *     as in {@link #exportFunction(Path, ArraysFunction, MlxArray[], boolean, Map, String)}
   * @param metadata a text to keep in the file
   * @return an exporter to which examples are added
   * @throws UncheckedIOException if the file cannot be written
   */
  public static FunctionExporter exporter(
      Path file, ArraysFunction f, boolean shapeless, String metadata) {
    return new FunctionExporter(file, f, shapeless, metadata);
  }

  /**
   * Begins to export a function that gets its named arguments by name; otherwise like {@link
   * #exporter(Path, ArraysFunction, boolean, String)}.
   *
   * @param file the file to write, which appears when the exporter is closed
   * @param f the function
   * @param shapeless whether the exported function accepts arrays of other sizes than the examples
   * @param metadata a text to keep in the file
   * @return an exporter to which examples are added
   * @throws UncheckedIOException if the file cannot be written
   */
  public static FunctionExporter exporter(
      Path file, NamedArraysFunction f, boolean shapeless, String metadata) {
    return new FunctionExporter(file, f, shapeless, metadata);
  }

  // ---- import -----------------------------------------------------------------------------------

  /**
   * Reads a function with all its constants from a file. Mirrors {@code mlx.core.import_function}.
   *
   * @param file a file that any program with MLX exported
   * @return the function, which must be closed
   * @throws MlxException if the file cannot be read, is damaged, or has an operation that cannot be
   *     run: a user's kernel, or a part of a training step that MLX fused on a GPU
   */
  public static ImportedFunction importFunction(Path file) {
    Call.notNull("importFunction", "the file", file);
    try {
      Unreadable.require("importFunction", file);
    } catch (UncheckedIOException e) {
      MlxException unreadable = new MlxException(e.getMessage());
      unreadable.initCause(e.getCause());
      throw unreadable;
    }
    try {
      return ImportedFunction.read(file.toAbsolutePath());
    } catch (MlxException e) {
      throw new MlxException(
          "[importFunction] "
              + file
              + " does not contain a function that can be run: "
              + e.getMessage());
    }
  }

  /**
   * Reads a function from a stream to its end, as {@link #importFunction(Path)} does from a file.
   * This needs space for the content in the folder of temporary files.
   *
   * @param in a stream of what any program with MLX exported; it stays open
   * @return the function, which must be closed
   * @throws MlxException if the content is damaged or has an operation that cannot be run
   * @throws UncheckedIOException if the stream cannot be read
   */
  public static ImportedFunction importFunction(InputStream in) {
    Call.notNull("importFunction", "the stream", in);
    try {
      Path file = Files.createTempFile("mlx4j", ".mlxfn");
      try {
        Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
        return importFunction(file);
      } finally {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("[importFunction] the stream cannot be read", e);
    }
  }

  // ---- graphs -----------------------------------------------------------------------------------

  /**
   * Equivalent to {@link #exportToDot(Path, Map, MlxArray...) exportToDot(file, Map.of(),
   * outputs)}.
   */
  public static void exportToDot(Path file, MlxArray... outputs) {
    exportToDot(file, Map.of(), outputs);
  }

  /**
   * Writes the graph of arrays that have not been evaluated, in the DOT language of Graphviz.
   * Mirrors {@code mlx.core.export_to_dot}.
   *
   * @param file the file to write, which replaces an existing one
   * @param names labels for some of the arrays in the graph, as keys
   * @param outputs the arrays whose graph to write
   * @throws IllegalStateException if an array is closed
   * @throws StackOverflowError if the graph is millions of operations deep
   * @throws UncheckedIOException if the file cannot be written
   */
  public static void exportToDot(Path file, Map<String, MlxArray> names, MlxArray... outputs) {
    Call.notNull("exportToDot", "the file", file);
    Map<String, MlxArray> quoted = new LinkedHashMap<>();
    Call.notNull("exportToDot", "the map of names", names)
        .forEach(
            (name, array) ->
                quoted.put(
                    Call.notNull("exportToDot", "a name", name)
                        .replace("\\", "\\\\")
                        .replace("\"", "\\\""),
                    array));
    NamedArrays all = new NamedArrays("exportToDot", outputs, quoted);
    byte[] dot =
        all.use(
            "exportToDot",
            (labels, handles) ->
                ExportNative.export_to_dot(
                    Arrays.copyOf(handles, outputs.length),
                    labels,
                    Arrays.copyOfRange(handles, outputs.length, handles.length)));
    FileTarget.write("exportToDot", file, "", out -> out.write(dot));
  }
}
