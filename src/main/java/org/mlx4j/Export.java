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
 * Functions in files: a computation with its constants (the weights of a model), written by one
 * program and run by another, in any language that MLX has.
 *
 * <pre>{@code
 * Export.exportFunction(file, xs -> new MlxArray[] {model(xs[0])}, example);
 * try (ImportedFunction model = Export.importFunction(file)) {
 *   MlxArray y = model.apply(x)[0];
 * }
 * }</pre>
 *
 * <p>The Java code of a function runs once for each example; a file has the operations that it
 * applied, for arrays of the example's shapes and dtypes. What it captured becomes a constant. A
 * {@link CustomFunction} and a checkpointed function are written as what they compute, without
 * their rules.
 *
 * <p>A file is written beside its destination and moved there when it is complete, so a failure
 * leaves what was there before. When a file is read, every number and every operation is checked,
 * so that a damaged or hostile one is an exception.
 */
public final class Export {
  private Export() {}

  // ---- one example ------------------------------------------------------------------------------

  /**
   * Exports a function for arguments of the shapes and dtypes of the example. Mirrors {@code
   * mlx.core.export_function}.
   *
   * @param file where to write; a file that is there is replaced
   * @param f the function
   * @param example arguments, of which only shapes and dtypes matter
   * @throws IllegalArgumentException if the function applies an operation that cannot be exported,
   *     or reads a value
   * @throws IllegalStateException if an array is closed
   * @throws MlxException if the disk is full
   * @throws NullPointerException if an argument is null
   * @throws UncheckedIOException if the file cannot be written
   */
  public static void exportFunction(Path file, ArraysFunction f, MlxArray... example) {
    exportFunction(file, f, example, false);
  }

  /**
   * As {@link #exportFunction(Path, ArraysFunction, MlxArray...)}.
   *
   * @param file where to write
   * @param f the function
   * @param example arguments
   * @param shapeless when true the exported function takes arrays of other sizes too, with the
   *     example's numbers of dimensions and dtypes. Many operations write the example's sizes into
   *     the file (slices, broadcasts, gradients, numbers that {@code f} computes from {@link
   *     MlxArray#dim}). If {@code f} applies one of them, {@code f} and the file are called a few
   *     times for each size and axis of the example, with random arguments of other sizes (larger
   *     ones and 1), and must give the same; sizes for which {@code f} throws an exception do not
   *     count. A branch that only sizes take which are not among them is not seen.
   * @throws IllegalArgumentException also if the file would not give what {@code f} gives for other
   *     sizes; export an example of each shape then, without {@code shapeless}
   */
  public static void exportFunction(
      Path file, ArraysFunction f, MlxArray[] example, boolean shapeless) {
    exportFunction(file, f, example, shapeless, Map.of());
  }

  /**
   * As {@link #exportFunction(Path, ArraysFunction, MlxArray[], boolean)}, with named arguments.
   *
   * @param file where to write
   * @param f the function; it gets the positional arguments, then those that are named, in
   *     ascending order of their names
   * @param example positional arguments
   * @param shapeless whether it takes arrays of other sizes too
   * @param named named arguments
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
   * As {@link #exportFunction(Path, ArraysFunction, MlxArray[], boolean, Map)}, with a text to keep
   * in the file.
   *
   * @param file where to write
   * @param f the function
   * @param example positional arguments
   * @param shapeless whether it takes arrays of other sizes too
   * @param named named arguments
   * @param metadata any text, for instance the model's configuration; see {@link
   *     ImportedFunction#metadata}
   */
  public static void exportFunction(
      Path file,
      ArraysFunction f,
      MlxArray[] example,
      boolean shapeless,
      Map<String, MlxArray> named,
      String metadata) {
    try (FunctionExporter exporter = exporter(file, f, shapeless, metadata)) {
      exporter.add(example, named);
    }
  }

  /**
   * As {@link #exportFunction(Path, ArraysFunction, MlxArray[], boolean, Map, String)}, for a
   * function that gets its named arguments by name.
   *
   * @param file where to write
   * @param f the function
   * @param example positional arguments
   * @param shapeless whether it takes arrays of other sizes too
   * @param named named arguments
   * @param metadata any text
   */
  public static void exportFunction(
      Path file,
      NamedArraysFunction f,
      MlxArray[] example,
      boolean shapeless,
      Map<String, MlxArray> named,
      String metadata) {
    try (FunctionExporter exporter = exporter(file, f, shapeless, metadata)) {
      exporter.add(example, named);
    }
  }

  /**
   * As {@link #exportFunction(Path, NamedArraysFunction, MlxArray[], boolean, Map, String)}, for
   * arguments of the example's shapes, without metadata.
   *
   * @param file where to write
   * @param f the function
   * @param example positional arguments
   * @param named named arguments
   */
  public static void exportFunction(
      Path file, NamedArraysFunction f, MlxArray[] example, Map<String, MlxArray> named) {
    exportFunction(file, f, example, false, named, "");
  }

  // ---- several examples -------------------------------------------------------------------------

  /**
   * Begins a file of one function for several examples. Mirrors {@code mlx.core.exporter}.
   *
   * @param file where to write; nothing is there before the exporter is closed
   * @param f the function
   * @return what takes the examples
   * @throws NullPointerException if an argument is null
   * @throws UncheckedIOException if the file cannot be written
   */
  public static FunctionExporter exporter(Path file, ArraysFunction f) {
    return exporter(file, f, false);
  }

  /**
   * As {@link #exporter(Path, ArraysFunction)}.
   *
   * @param file where to write
   * @param f the function
   * @param shapeless whether it takes arrays of other sizes than the examples' too
   * @return what takes the examples
   */
  public static FunctionExporter exporter(Path file, ArraysFunction f, boolean shapeless) {
    return exporter(file, f, shapeless, "");
  }

  /**
   * As {@link #exporter(Path, ArraysFunction, boolean)}, with a text to keep in the file.
   *
   * @param file where to write
   * @param f the function
   * @param shapeless whether it takes arrays of other sizes than the examples' too
   * @param metadata any text
   * @return what takes the examples
   */
  public static FunctionExporter exporter(
      Path file, ArraysFunction f, boolean shapeless, String metadata) {
    return new FunctionExporter(file, f, shapeless, metadata);
  }

  /**
   * As {@link #exporter(Path, ArraysFunction, boolean, String)}, for a function that gets its named
   * arguments by name.
   *
   * @param file where to write
   * @param f the function
   * @param shapeless whether it takes arrays of other sizes than the examples' too
   * @param metadata any text
   * @return what takes the examples
   */
  public static FunctionExporter exporter(
      Path file, NamedArraysFunction f, boolean shapeless, String metadata) {
    return new FunctionExporter(file, f, shapeless, metadata);
  }

  // ---- import -----------------------------------------------------------------------------------

  /**
   * Reads a function with all its constants from a file. Mirrors {@code mlx.core.import_function}.
   *
   * @param file a file that any MLX program exported
   * @return the function, to be closed
   * @throws MlxException if the file cannot be read, is damaged, or has an operation that cannot be
   *     run: kernels of the user's own, or parts of a training step that MLX fused on a GPU
   * @throws NullPointerException if {@code file} is null
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
      return new ImportedFunction(
          ExportNative.import_function(NamedArrays.utf8(file.toAbsolutePath().toString())));
    } catch (MlxException e) {
      throw new MlxException(
          "[importFunction] " + file + " has no function that can be run: " + e.getMessage());
    }
  }

  /**
   * Reads a function from a stream to its end, as {@link #importFunction(Path)} does from a file.
   * Needs room for it among the temporary files meanwhile.
   *
   * @param in what any MLX program exported; it is left open
   * @return the function, to be closed
   * @throws MlxException if the content is damaged or has an operation that cannot be run
   * @throws NullPointerException if {@code in} is null
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

  // ---- pictures ---------------------------------------------------------------------------------

  /**
   * Writes the graph of what is not computed yet in the DOT language of Graphviz. Mirrors {@code
   * mlx.core.export_to_dot}.
   *
   * @param file where to write; a file that is there is replaced
   * @param outputs the arrays whose graph is wanted
   * @throws IllegalStateException if an array is closed
   * @throws NullPointerException if an argument is null
   * @throws StackOverflowError if the graph is millions of operations deep
   * @throws UncheckedIOException if the file cannot be written
   */
  public static void exportToDot(Path file, MlxArray... outputs) {
    exportToDot(file, Map.of(), outputs);
  }

  /**
   * As {@link #exportToDot(Path, MlxArray...)}, with names for some of the arrays in the graph.
   *
   * @param file where to write
   * @param names arrays by the names that they shall have
   * @param outputs the arrays whose graph is wanted
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
