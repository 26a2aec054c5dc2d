package org.mlx4j;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.ref.Reference;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.mlx4j.internal.ArrayAccess;
import org.mlx4j.internal.ClosedException;
import org.mlx4j.internal.io.ArraySource;
import org.mlx4j.internal.io.ArrayTarget;
import org.mlx4j.internal.io.FileSource;
import org.mlx4j.internal.io.FileTarget;
import org.mlx4j.internal.io.GgufFormat;
import org.mlx4j.internal.io.LoadedArrays;
import org.mlx4j.internal.io.NpyFormat;
import org.mlx4j.internal.io.NpzFormat;
import org.mlx4j.internal.io.SafetensorsFormat;
import org.mlx4j.internal.io.StreamSource;
import org.mlx4j.internal.io.Unreadable;

/**
 * Saves arrays to files and loads them: NumPy's {@code .npy} and {@code .npz}, {@code
 * .safetensors}, and {@code .gguf}.
 *
 * <pre>{@code
 * MlxArray bias = MlxArray.of(0.5f, -0.5f);
 * Path file = Io.saveSafetensors(Path.of("model"), Map.of("bias", bias)); // model.safetensors
 * MlxArray loaded = Io.loadSafetensors(file).get("bias"); // array([0.5, -0.5], dtype=float32)
 * }</pre>
 *
 * <p><b>Saving</b> evaluates the arrays. A new file replaces an existing one only when it is
 * complete, so a failure leaves the existing file as it was. As in Python, the extension of the
 * format is appended to a file name that does not end with it; the methods return the resulting
 * name. A stream stays open, and keeps the bytes that were written before a failure.
 *
 * <p><b>Loading</b> from a file reads the elements of an array when the array is evaluated, and
 * keeps the file open until then; only {@code .npz} files are read at once. If the file is replaced
 * or deleted in the meantime, the arrays have their original values; if it is modified, evaluation
 * throws {@link MlxException}. Loading from a stream reads the elements at once. It consumes no
 * byte beyond them, except for {@code .npz}, so a stream may contain several arrays in sequence.
 *
 * <p>All methods throw {@link NullPointerException} for a null argument. Methods that save throw
 *
 * <ul>
 *   <li>{@link IllegalStateException} if an array is closed,
 *   <li>{@link MlxException} if an array cannot be computed,
 *   <li>{@link UncheckedIOException} if the file or stream cannot be written to.
 * </ul>
 *
 * <p>Files may come from untrusted sources. Methods that load throw
 *
 * <ul>
 *   <li>{@link MlxException} if the content is damaged, is not of the format, or has elements of a
 *       type that MLX lacks,
 *   <li>{@link UncheckedIOException} if the file or stream cannot be read.
 * </ul>
 *
 * <p>The messages name the file.
 */
public final class Io {
  private static final ArrayAccess ACCESS = PackageAccess.INSTANCE;

  private Io() {}

  /** A file format. */
  public enum Format {
    /** NumPy's format for one array. */
    NPY,
    /** NumPy's format for several named arrays. */
    NPZ,
    /** Hugging Face's format for named arrays, with texts as metadata. */
    SAFETENSORS,
    /** llama.cpp's format for named arrays, with metadata. */
    GGUF;

    private final String extension = "." + name().toLowerCase(Locale.ROOT);

    /** Returns the end of the names of such files, such as {@code .npy}. */
    String extension() {
      return extension;
    }
  }

  // ---- saving: npy ------------------------------------------------------------------------------

  /**
   * Saves an array in the {@code .npy} format. A bfloat16 array gets NumPy's dtype {@code V2},
   * which MLX loads as bfloat16. Mirrors {@code mlx.core.save}.
   *
   * @param file the file; {@code .npy} is appended if its name does not end with it
   * @param array an array of any shape and dtype
   * @return the file, with its extension
   */
  public static Path save(Path file, MlxArray array) {
    return save("save", file, Format.NPY, out -> npy(out, array), array);
  }

  /**
   * Writes what {@link #save(Path, MlxArray)} saves to a stream.
   *
   * @param stream the stream, which stays open
   * @param array an array of any shape and dtype
   */
  public static void save(OutputStream stream, MlxArray array) {
    save("save", stream, out -> npy(out, array), array);
  }

  private static void npy(OutputStream out, MlxArray array) throws IOException {
    NpyFormat.write(new ArrayTarget(ACCESS, "save", out), array);
  }

  // ---- saving: npz ------------------------------------------------------------------------------

  /** Equivalent to {@link #savez(Path, Map, MlxArray...) savez(file, Map.of(), arrays)}. */
  public static Path savez(Path file, MlxArray... arrays) {
    return savez(file, Map.of(), arrays);
  }

  /**
   * Saves named arrays in the {@code .npz} format, and further arrays under the names {@code
   * arr_0}, {@code arr_1} and so on. Mirrors {@code mlx.core.savez}.
   *
   * @param file the file; {@code .npz} is appended if its name does not end with it
   * @param named arrays of any shape and dtype by their names
   * @param arrays further arrays
   * @return the file, with its extension
   * @throws IllegalArgumentException if {@code named} has a name that a further array gets, or a
   *     name is longer than the format allows
   */
  public static Path savez(Path file, Map<String, MlxArray> named, MlxArray... arrays) {
    return savez("savez", file, named, arrays, false);
  }

  /**
   * Writes what {@link #savez(Path, Map, MlxArray...)} saves to a stream.
   *
   * @param stream the stream, which stays open
   * @param named arrays of any shape and dtype by their names
   * @param arrays further arrays
   * @throws IllegalArgumentException if a name is not valid, as for {@code savez} to a file
   */
  public static void savez(OutputStream stream, Map<String, MlxArray> named, MlxArray... arrays) {
    savez("savez", stream, named, arrays, false);
  }

  /**
   * Equivalent to {@link #savezCompressed(Path, Map, MlxArray...) savezCompressed(file, Map.of(),
   * arrays)}.
   */
  public static Path savezCompressed(Path file, MlxArray... arrays) {
    return savezCompressed(file, Map.of(), arrays);
  }

  /**
   * Saves arrays as {@link #savez(Path, Map, MlxArray...)} does, and compresses them. Mirrors
   * {@code mlx.core.savez_compressed}.
   *
   * @param file the file; {@code .npz} is appended if its name does not end with it
   * @param named arrays of any shape and dtype by their names
   * @param arrays further arrays
   * @return the file, with its extension
   * @throws IllegalArgumentException if a name is not valid, as for {@code savez}
   */
  public static Path savezCompressed(Path file, Map<String, MlxArray> named, MlxArray... arrays) {
    return savez("savezCompressed", file, named, arrays, true);
  }

  /**
   * Writes what {@link #savezCompressed(Path, Map, MlxArray...)} saves to a stream.
   *
   * @param stream the stream, which stays open
   * @param named arrays of any shape and dtype by their names
   * @param arrays further arrays
   * @throws IllegalArgumentException if a name is not valid, as for {@code savez}
   */
  public static void savezCompressed(
      OutputStream stream, Map<String, MlxArray> named, MlxArray... arrays) {
    savez("savezCompressed", stream, named, arrays, true);
  }

  static Path savez(
      String function,
      Path file,
      Map<String, MlxArray> named,
      MlxArray[] arrays,
      boolean compressed) {
    Map<String, MlxArray> all = withNames(function, named, arrays);
    return save(
        function,
        file,
        Format.NPZ,
        out -> NpzFormat.write(ACCESS, function, out, all, compressed),
        values(all));
  }

  private static void savez(
      String function,
      OutputStream stream,
      Map<String, MlxArray> named,
      MlxArray[] arrays,
      boolean compressed) {
    Map<String, MlxArray> all = withNames(function, named, arrays);
    save(
        function,
        stream,
        out -> NpzFormat.write(ACCESS, function, out, all, compressed),
        values(all));
  }

  private static Map<String, MlxArray> withNames(
      String function, Map<String, MlxArray> named, MlxArray[] arrays) {
    Map<String, MlxArray> all = copy(function, named);
    Call.handles(function, arrays);
    for (int i = 0; i < arrays.length; i++) {
      String name = "arr_" + i;
      if (all.putIfAbsent(name, arrays[i]) != null) {
        throw new IllegalArgumentException(
            "["
                + function
                + "] the name "
                + name
                + " is given to an array without a name; choose another");
      }
    }
    all.keySet().forEach(name -> NpzFormat.check(function, name));
    return all;
  }

  // ---- saving: safetensors ----------------------------------------------------------------------

  /**
   * Equivalent to {@link #saveSafetensors(Path, Map, Map) saveSafetensors(file, arrays, Map.of())}.
   */
  public static Path saveSafetensors(Path file, Map<String, MlxArray> arrays) {
    return saveSafetensors(file, arrays, Map.of());
  }

  /**
   * Saves named arrays in the safetensors format, with texts as metadata. Mirrors {@code
   * mlx.core.save_safetensors}.
   *
   * @param file the file; {@code .safetensors} is appended if its name does not end with it
   * @param arrays arrays of any shape and dtype by their names
   * @param metadata texts by their keys
   * @return the file, with its extension
   * @throws IllegalArgumentException if a name, key or text is not valid Unicode, an array is named
   *     {@code __metadata__}, or names and metadata exceed 100 MB
   */
  public static Path saveSafetensors(
      Path file, Map<String, MlxArray> arrays, Map<String, String> metadata) {
    return saveSafetensors("saveSafetensors", file, arrays, metadata);
  }

  static Path saveSafetensors(
      String function, Path file, Map<String, MlxArray> arrays, Map<String, String> metadata) {
    Map<String, MlxArray> all = copy(function, arrays);
    Map<String, String> texts = texts(function, all, metadata);
    return save(
        function, file, Format.SAFETENSORS, out -> safetensors(out, all, texts), values(all));
  }

  /**
   * Writes what {@link #saveSafetensors(Path, Map, Map)} saves to a stream.
   *
   * @param stream the stream, which stays open
   * @param arrays arrays of any shape and dtype by their names
   * @param metadata texts by their keys
   * @throws IllegalArgumentException if a name or text is not valid, as for {@code saveSafetensors}
   *     to a file
   */
  public static void saveSafetensors(
      OutputStream stream, Map<String, MlxArray> arrays, Map<String, String> metadata) {
    String function = "saveSafetensors";
    Map<String, MlxArray> all = copy(function, arrays);
    Map<String, String> texts = texts(function, all, metadata);
    save(function, stream, out -> safetensors(out, all, texts), values(all));
  }

  private static Map<String, String> texts(
      String function, Map<String, MlxArray> arrays, Map<String, String> metadata) {
    Map<String, String> texts =
        new LinkedHashMap<>(Call.notNull(function, "the metadata", metadata));
    SafetensorsFormat.check(function, arrays, texts);
    return texts;
  }

  private static void safetensors(
      OutputStream out, Map<String, MlxArray> arrays, Map<String, String> metadata)
      throws IOException {
    SafetensorsFormat.write(new ArrayTarget(ACCESS, "saveSafetensors", out), arrays, metadata);
  }

  // ---- saving: gguf -----------------------------------------------------------------------------

  /** Equivalent to {@link #saveGguf(Path, Map, Map) saveGguf(file, arrays, Map.of())}. */
  public static Path saveGguf(Path file, Map<String, MlxArray> arrays) {
    return saveGguf(file, arrays, Map.of());
  }

  /**
   * Saves named arrays in the gguf format, with metadata. Mirrors {@code mlx.core.save_gguf}.
   *
   * @param file the file; {@code .gguf} is appended if its name does not end with it
   * @param arrays arrays by their names, of dtype float16, float32, float64, int8, int16, int32 or
   *     int64, with at most 8 axes
   * @param metadata texts, lists of texts, and non-empty arrays with at most one axis of dtype
   *     bool, float32 or an integer dtype, by their keys
   * @return the file, with its extension
   * @throws IllegalArgumentException if a name, key, text, dtype or shape is not valid, or {@code
   *     general.alignment} is not a uint32 scalar that is a multiple of 8
   */
  public static Path saveGguf(
      Path file, Map<String, MlxArray> arrays, Map<String, MetadataValue> metadata) {
    Gguf gguf = gguf(arrays, metadata);
    return save("saveGguf", file, Format.GGUF, gguf::write, gguf.values());
  }

  /**
   * Writes what {@link #saveGguf(Path, Map, Map)} saves to a stream.
   *
   * @param stream the stream, which stays open
   * @param arrays arrays by their names
   * @param metadata metadata by their keys
   * @throws IllegalArgumentException if an argument is not valid, as for {@code saveGguf} to a file
   */
  public static void saveGguf(
      OutputStream stream, Map<String, MlxArray> arrays, Map<String, MetadataValue> metadata) {
    Gguf gguf = gguf(arrays, metadata);
    save("saveGguf", stream, gguf::write, gguf.values());
  }

  private record Gguf(Map<String, MlxArray> arrays, Map<String, MetadataValue> metadata) {
    void write(OutputStream out) throws IOException {
      GgufFormat.write(new ArrayTarget(ACCESS, "saveGguf", out), arrays, metadata);
    }

    MlxArray[] values() {
      return arrays.values().toArray(MlxArray[]::new);
    }
  }

  private static Gguf gguf(Map<String, MlxArray> arrays, Map<String, MetadataValue> metadata) {
    String function = "saveGguf";
    Gguf gguf =
        new Gguf(
            copy(function, arrays),
            new LinkedHashMap<>(Call.notNull(function, "the metadata", metadata)));
    GgufFormat.check(function, gguf.arrays, gguf.metadata);
    return gguf;
  }

  // ---- saving -----------------------------------------------------------------------------------

  private static Map<String, MlxArray> copy(String function, Map<String, MlxArray> arrays) {
    Map<String, MlxArray> copy = new LinkedHashMap<>(Call.notNull(function, "the map", arrays));
    copy.forEach(
        (name, array) -> {
          Call.notNull(function, "the name of an array", name);
          Call.notNull(function, "array \"" + name + "\"", array);
        });
    return copy;
  }

  private static MlxArray[] values(Map<String, MlxArray> arrays) {
    return arrays.values().toArray(MlxArray[]::new);
  }

  private static Path save(
      String function,
      Path file,
      Format format,
      FileTarget.Content content,
      MlxArray... evaluated) {
    Call.evaluate(function, evaluated);
    try {
      return FileTarget.write(function, file, format.extension(), content);
    } catch (ClosedException e) {
      throw Call.explained(function, e, evaluated);
    } finally {
      Reference.reachabilityFence(evaluated);
    }
  }

  private static void save(
      String function, OutputStream stream, FileTarget.Content content, MlxArray... evaluated) {
    Call.notNull(function, "the stream", stream);
    Call.evaluate(function, evaluated);
    try {
      BufferedOutputStream out = new BufferedOutputStream(stream, 1 << 16);
      content.write(out);
      out.flush();
    } catch (ClosedException e) {
      throw Call.explained(function, e, evaluated);
    } catch (IOException e) {
      throw new UncheckedIOException("[" + function + "] the stream cannot be written to", e);
    } finally {
      Reference.reachabilityFence(evaluated);
    }
  }

  // ---- loading ----------------------------------------------------------------------------------

  /**
   * Loads a file whose extension names its format: {@code .npy}, {@code .npz}, {@code .safetensors}
   * or {@code .gguf}. Mirrors {@code mlx.core.load}.
   *
   * @param file the file
   * @return the arrays and the metadata
   * @throws IllegalArgumentException if the name ends with none of these extensions
   */
  public static Loaded load(Path file) {
    String name = Call.notNull("load", "the file", file).toString();
    for (Format format : Format.values()) {
      if (name.endsWith(format.extension())) {
        return load(file, format);
      }
    }
    throw new IllegalArgumentException(
        "[load] the name "
            + file
            + " does not tell the format: it must end with .npy, .npz, .safetensors or .gguf, or a"
            + " format must be given");
  }

  /**
   * Loads a file of a given format, whatever its name. Mirrors {@code mlx.core.load}.
   *
   * @param file the file
   * @param format its format
   * @return the arrays and the metadata
   */
  public static Loaded load(Path file, Format format) {
    return load("load", file, format);
  }

  /**
   * Loads arrays from a stream. Mirrors {@code mlx.core.load}.
   *
   * @param stream the stream, which stays open; for {@link Format#NPZ} it is read to its end
   * @param format its format
   * @return the arrays and the metadata
   */
  public static Loaded load(InputStream stream, Format format) {
    return load("load", stream, format);
  }

  /**
   * Loads the array of a {@code .npy} file, written by NumPy or MLX. Mirrors {@code mlx.core.load}.
   *
   * @param file the file
   * @return the array
   */
  public static MlxArray loadNpy(Path file) {
    return load("loadNpy", file, Format.NPY).array();
  }

  /**
   * Loads an array in the {@code .npy} format from a stream, which may contain more behind it.
   * Mirrors {@code mlx.core.load}.
   *
   * @param stream the stream, which stays open
   * @return the array
   */
  public static MlxArray loadNpy(InputStream stream) {
    return load("loadNpy", stream, Format.NPY).array();
  }

  /**
   * Loads the arrays of a {@code .npz} file, compressed or not. Mirrors {@code mlx.core.load}.
   *
   * @param file the file
   * @return the arrays by their names, sorted by name
   */
  public static Map<String, MlxArray> loadNpz(Path file) {
    return load("loadNpz", file, Format.NPZ).arrays();
  }

  /**
   * Loads arrays in the {@code .npz} format from a stream. Mirrors {@code mlx.core.load}.
   *
   * @param stream the stream, which is read to its end and stays open
   * @return the arrays by their names, sorted by name
   */
  public static Map<String, MlxArray> loadNpz(InputStream stream) {
    return load("loadNpz", stream, Format.NPZ).arrays();
  }

  /**
   * Loads the arrays of a {@code .safetensors} file. To get the metadata too, use {@link
   * #load(Path)}. 8-bit floating point numbers are loaded as uint8. Mirrors {@code mlx.core.load}.
   *
   * @param file the file
   * @return the arrays by their names, sorted by name
   */
  public static Map<String, MlxArray> loadSafetensors(Path file) {
    return load("loadSafetensors", file, Format.SAFETENSORS).arrays();
  }

  /**
   * Loads arrays in the safetensors format from a stream, as {@link #loadSafetensors(Path)} does
   * from a file. Mirrors {@code mlx.core.load}.
   *
   * @param stream the stream, which stays open
   * @return the arrays by their names, sorted by name
   */
  public static Map<String, MlxArray> loadSafetensors(InputStream stream) {
    return load("loadSafetensors", stream, Format.SAFETENSORS).arrays();
  }

  /**
   * Loads the arrays of a {@code .gguf} file. To get the metadata too, use {@link #load(Path)}. An
   * array {@code x.weight} of type Q4_0, Q4_1 or Q8_0 is loaded in MLX's own quantization: {@code
   * x.weight} of dtype uint32, {@code x.scales} and {@code x.biases}. Arrays of type Q2_K, Q4_K,
   * Q6_K and BF16 are loaded as float16. Other quantized types are not supported. Mirrors {@code
   * mlx.core.load}.
   *
   * @param file the file
   * @return the arrays by their names, sorted by name
   */
  public static Map<String, MlxArray> loadGguf(Path file) {
    return load("loadGguf", file, Format.GGUF).arrays();
  }

  /**
   * Loads arrays in the gguf format from a stream, as {@link #loadGguf(Path)} does from a file.
   * Mirrors {@code mlx.core.load}.
   *
   * @param stream the stream, which stays open
   * @return the arrays by their names, sorted by name
   */
  public static Map<String, MlxArray> loadGguf(InputStream stream) {
    return load("loadGguf", stream, Format.GGUF).arrays();
  }

  static Loaded load(String function, Path file, Format format) {
    Call.notNull(function, "the file", file);
    Call.notNull(function, "the format", format);
    Unreadable.require(function, file);
    try {
      boolean onDisk =
          file.getFileSystem().equals(FileSystems.getDefault()) && Files.isRegularFile(file);
      if (!onDisk) {
        try (InputStream stream = Files.newInputStream(file)) {
          return load(function, file.toString(), stream, format);
        }
      }
      if (format == Format.NPZ) {
        return LoadedArrays.collect(into -> NpzFormat.read(ACCESS, function, file.toFile(), into));
      }
    } catch (IOException e) {
      throw Unreadable.exception(function, file, e);
    }
    try (FileSource source = new FileSource(ACCESS, function, file)) {
      return load(source, format);
    }
  }

  private static Loaded load(String function, InputStream stream, Format format) {
    Call.notNull(function, "the stream", stream);
    Call.notNull(function, "the format", format);
    return load(function, "the stream", stream, format);
  }

  private static Loaded load(String function, String name, InputStream stream, Format format) {
    if (format == Format.NPZ) {
      return LoadedArrays.collect(into -> NpzFormat.read(ACCESS, function, name, stream, into));
    }
    return load(new StreamSource(ACCESS, function, name, stream, Long.MAX_VALUE), format);
  }

  private static Loaded load(ArraySource source, Format format) {
    return LoadedArrays.collect(
        into -> {
          switch (format) {
            case NPY -> NpyFormat.read(source, into);
            case SAFETENSORS -> SafetensorsFormat.read(source, into);
            case GGUF -> GgufFormat.read(source, into);
            case NPZ -> throw new IllegalStateException("zip archives have no ArraySource");
          }
        });
  }
}
