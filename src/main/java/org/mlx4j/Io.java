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
 * Arrays in files: NumPy's {@code .npy} and {@code .npz}, {@code .safetensors}, and {@code .gguf}.
 *
 * <pre>{@code
 * Io.saveSafetensors(file, Map.of("weight", w, "bias", b));
 * Map<String, MlxArray> parameters = Io.loadSafetensors(file);
 * }</pre>
 *
 * <p><b>Saving</b> evaluates. A file is written beside the one that is there and put in its place
 * when it is complete: if something fails, what was there stays. The format's extension is appended
 * to a name that does not end with it, as in Python. A stream stays open; what it received before a
 * failure stays there.
 *
 * <p><b>Loading</b> from a file describes the arrays and reads their elements when they are
 * evaluated; a {@code .npz} is read at once. Until then the file stays open. If it was replaced or
 * deleted meanwhile, the arrays have what was there; if it was written to, evaluation throws {@link
 * MlxException}. Loading from a stream reads the elements at once, and, except for {@code .npz}, no
 * byte beyond them, so that several arrays may follow one another.
 *
 * <p>A file that is damaged, or made to do damage, gives an exception that names it: {@link
 * MlxException} where its content is wrong, {@link UncheckedIOException} where it cannot be read.
 */
public final class Io {
  private static final ArrayAccess ACCESS = PackageAccess.INSTANCE;

  private Io() {}

  /** Formats of files. */
  public enum Format {
    /** NumPy's format of one array. */
    NPY,
    /** NumPy's format of several arrays with names. */
    NPZ,
    /** Hugging Face's format of arrays with names and metadata. */
    SAFETENSORS,
    /** llama.cpp's format of arrays with names and metadata. */
    GGUF;

    private final String extension = "." + name().toLowerCase(Locale.ROOT);

    /** What names of such files end with, such as {@code .npy}. */
    String extension() {
      return extension;
    }
  }

  // ---- saving: npy ------------------------------------------------------------------------------

  /**
   * Saves an array in the .npy format. A bfloat16 array gets NumPy's dtype {@code V2}, which MLX
   * loads as bfloat16. Mirrors {@code mlx.core.save}.
   *
   * @param file the file
   * @param array the array
   * @return the file, with its extension
   * @throws IllegalStateException if the array is closed
   * @throws MlxException if the array cannot be computed
   * @throws UncheckedIOException if the file cannot be written
   */
  public static Path save(Path file, MlxArray array) {
    return save("save", file, Format.NPY, out -> npy(out, array), array);
  }

  /**
   * Saves an array in the .npy format to a stream. Mirrors {@code mlx.core.save}.
   *
   * @param stream the stream
   * @param array the array
   * @throws IllegalStateException if the array is closed
   * @throws MlxException if the array cannot be computed
   * @throws UncheckedIOException if the stream cannot be written to
   */
  public static void save(OutputStream stream, MlxArray array) {
    save("save", stream, out -> npy(out, array), array);
  }

  private static void npy(OutputStream out, MlxArray array) throws IOException {
    NpyFormat.write(new ArrayTarget(ACCESS, "save", out), array);
  }

  // ---- saving: npz ------------------------------------------------------------------------------

  /**
   * Saves arrays in the .npz format under the names {@code arr_0}, {@code arr_1} and so on. Mirrors
   * {@code mlx.core.savez}.
   *
   * @param file the file
   * @param arrays the arrays
   * @return the file, with its extension
   * @throws IllegalStateException if an array is closed
   * @throws MlxException if an array cannot be computed
   * @throws UncheckedIOException if the file cannot be written
   */
  public static Path savez(Path file, MlxArray... arrays) {
    return savez(file, Map.of(), arrays);
  }

  /**
   * Saves arrays in the .npz format under their names, and further ones as {@code arr_0}, {@code
   * arr_1} and so on. Mirrors {@code mlx.core.savez}.
   *
   * @param file the file
   * @param named the arrays by their names
   * @param arrays further arrays
   * @return the file, with its extension
   * @throws IllegalArgumentException if a name is given and needed for a further array
   * @throws IllegalStateException if an array is closed
   * @throws MlxException if an array cannot be computed
   * @throws UncheckedIOException if the file cannot be written
   */
  public static Path savez(Path file, Map<String, MlxArray> named, MlxArray... arrays) {
    return savez("savez", file, named, arrays, false);
  }

  /**
   * Saves arrays as {@link #savez(Path, Map, MlxArray...)} does, to a stream. Mirrors {@code
   * mlx.core.savez}.
   *
   * @param stream the stream
   * @param named the arrays by their names
   * @param arrays further arrays
   * @throws IllegalArgumentException if a name is given and needed for a further array
   * @throws IllegalStateException if an array is closed
   * @throws MlxException if an array cannot be computed
   * @throws UncheckedIOException if the stream cannot be written to
   */
  public static void savez(OutputStream stream, Map<String, MlxArray> named, MlxArray... arrays) {
    savez("savez", stream, named, arrays, false);
  }

  /**
   * Saves arrays as {@link #savez(Path, MlxArray...)} does, compressed. Mirrors {@code
   * mlx.core.savez_compressed}.
   *
   * @param file the file
   * @param arrays the arrays
   * @return the file, with its extension
   * @throws IllegalStateException if an array is closed
   * @throws MlxException if an array cannot be computed
   * @throws UncheckedIOException if the file cannot be written
   */
  public static Path savezCompressed(Path file, MlxArray... arrays) {
    return savezCompressed(file, Map.of(), arrays);
  }

  /**
   * Saves arrays as {@link #savez(Path, Map, MlxArray...)} does, compressed. Mirrors {@code
   * mlx.core.savez_compressed}.
   *
   * @param file the file
   * @param named the arrays by their names
   * @param arrays further arrays
   * @return the file, with its extension
   * @throws IllegalArgumentException if a name is given and needed for a further array
   * @throws IllegalStateException if an array is closed
   * @throws MlxException if an array cannot be computed
   * @throws UncheckedIOException if the file cannot be written
   */
  public static Path savezCompressed(Path file, Map<String, MlxArray> named, MlxArray... arrays) {
    return savez("savezCompressed", file, named, arrays, true);
  }

  /**
   * Saves arrays as {@link #savez(OutputStream, Map, MlxArray...)} does, compressed. Mirrors {@code
   * mlx.core.savez_compressed}.
   *
   * @param stream the stream
   * @param named the arrays by their names
   * @param arrays further arrays
   * @throws IllegalArgumentException if a name is given and needed for a further array
   * @throws IllegalStateException if an array is closed
   * @throws MlxException if an array cannot be computed
   * @throws UncheckedIOException if the stream cannot be written to
   */
  public static void savezCompressed(
      OutputStream stream, Map<String, MlxArray> named, MlxArray... arrays) {
    savez("savezCompressed", stream, named, arrays, true);
  }

  private static Path savez(
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
            "[" + function + "] the name " + name + " is needed for an array without a name");
      }
    }
    all.keySet().forEach(name -> NpzFormat.check(function, name));
    return all;
  }

  // ---- saving: safetensors ----------------------------------------------------------------------

  /**
   * Saves arrays with their names in the safetensors format. Mirrors {@code
   * mlx.core.save_safetensors}.
   *
   * @param file the file
   * @param arrays the arrays by their names
   * @return the file, with its extension
   * @throws IllegalArgumentException if a name is not valid
   * @throws IllegalStateException if an array is closed
   * @throws MlxException if an array cannot be computed
   * @throws UncheckedIOException if the file cannot be written
   */
  public static Path saveSafetensors(Path file, Map<String, MlxArray> arrays) {
    return saveSafetensors(file, arrays, Map.of());
  }

  /**
   * Saves arrays with their names, and texts beside them, in the safetensors format. Mirrors {@code
   * mlx.core.save_safetensors}.
   *
   * @param file the file
   * @param arrays the arrays by their names
   * @param metadata the texts by their keys
   * @return the file, with its extension
   * @throws IllegalArgumentException if a name or a text is not valid
   * @throws IllegalStateException if an array is closed
   * @throws MlxException if an array cannot be computed
   * @throws UncheckedIOException if the file cannot be written
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
   * Saves arrays as {@link #saveSafetensors(Path, Map, Map)} does, to a stream. Mirrors {@code
   * mlx.core.save_safetensors}.
   *
   * @param stream the stream
   * @param arrays the arrays by their names
   * @param metadata the texts by their keys
   * @throws IllegalArgumentException if a name or a text is not valid
   * @throws IllegalStateException if an array is closed
   * @throws MlxException if an array cannot be computed
   * @throws UncheckedIOException if the stream cannot be written to
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

  /**
   * Saves arrays with their names in the gguf format, which has float16, float32, float64, int8,
   * int16, int32 and int64. Mirrors {@code mlx.core.save_gguf}.
   *
   * @param file the file
   * @param arrays the arrays by their names
   * @return the file, with its extension
   * @throws IllegalArgumentException if a name or dtype is not valid, or an array has more than 8
   *     axes
   * @throws IllegalStateException if an array is closed
   * @throws MlxException if an array cannot be computed
   * @throws UncheckedIOException if the file cannot be written
   */
  public static Path saveGguf(Path file, Map<String, MlxArray> arrays) {
    return saveGguf(file, arrays, Map.of());
  }

  /**
   * Saves arrays with their names, and metadata, in the gguf format. Mirrors {@code
   * mlx.core.save_gguf}.
   *
   * @param file the file
   * @param arrays the arrays by their names, as for {@link #saveGguf(Path, Map)}
   * @param metadata values by their keys; arrays of at most one axis that are not empty and have a
   *     bool, integer or float32 dtype
   * @return the file, with its extension
   * @throws IllegalArgumentException if a name, a dtype or a value is not valid, or an array has
   *     more than 8 axes
   * @throws IllegalStateException if an array is closed
   * @throws MlxException if an array cannot be computed
   * @throws UncheckedIOException if the file cannot be written
   */
  public static Path saveGguf(
      Path file, Map<String, MlxArray> arrays, Map<String, MetadataValue> metadata) {
    Gguf gguf = gguf(arrays, metadata);
    return save("saveGguf", file, Format.GGUF, gguf::write, gguf.values());
  }

  /**
   * Saves arrays as {@link #saveGguf(Path, Map, Map)} does, to a stream. Mirrors {@code
   * mlx.core.save_gguf}.
   *
   * @param stream the stream
   * @param arrays the arrays by their names
   * @param metadata values by their keys
   * @throws IllegalArgumentException if a name, a dtype or a value is not valid, or an array has
   *     more than 8 axes
   * @throws IllegalStateException if an array is closed
   * @throws MlxException if an array cannot be computed
   * @throws UncheckedIOException if the stream cannot be written to
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
   * Loads a file of the format that its extension says: {@code .npy}, {@code .npz}, {@code
   * .safetensors} or {@code .gguf}. Mirrors {@code mlx.core.load}.
   *
   * @param file the file
   * @return the arrays and the metadata
   * @throws IllegalArgumentException if the extension is none of these
   * @throws MlxException if the file is damaged or not of the format
   * @throws UncheckedIOException if the file cannot be read
   */
  public static Loaded load(Path file) {
    String name = Call.notNull("load", "the file", file).toString();
    for (Format format : Format.values()) {
      if (name.endsWith(format.extension())) {
        return load(file, format);
      }
    }
    throw new IllegalArgumentException(
        "[load] the extension of "
            + file
            + " says no format; give one, or a name that ends with .npy, .npz, .safetensors or"
            + " .gguf");
  }

  /**
   * Loads a file of a format. Mirrors {@code mlx.core.load}.
   *
   * @param file the file
   * @param format its format, whatever its name is
   * @return the arrays and the metadata
   * @throws MlxException if the file is damaged or not of the format
   * @throws UncheckedIOException if the file cannot be read
   */
  public static Loaded load(Path file, Format format) {
    return load("load", file, format);
  }

  /**
   * Loads arrays from a stream. Mirrors {@code mlx.core.load}.
   *
   * @param stream the stream
   * @param format its format
   * @return the arrays and the metadata
   * @throws MlxException if the content is damaged or not of the format
   * @throws UncheckedIOException if the stream cannot be read
   */
  public static Loaded load(InputStream stream, Format format) {
    return load("load", stream, format);
  }

  /**
   * Loads the array of a .npy file, of NumPy or MLX. Mirrors {@code mlx.core.load}.
   *
   * @param file the file
   * @return the array
   * @throws MlxException if the file is damaged, not of the format, or of a dtype that MLX lacks
   * @throws UncheckedIOException if the file cannot be read
   */
  public static MlxArray loadNpy(Path file) {
    return load("loadNpy", file, Format.NPY).array();
  }

  /**
   * Loads an array in the .npy format from a stream, which may hold others behind it. Mirrors
   * {@code mlx.core.load}.
   *
   * @param stream the stream
   * @return the array
   * @throws MlxException if the content is damaged, not of the format, or of a dtype that MLX lacks
   * @throws UncheckedIOException if the stream cannot be read
   */
  public static MlxArray loadNpy(InputStream stream) {
    return load("loadNpy", stream, Format.NPY).array();
  }

  /**
   * Loads the arrays of a .npz file, compressed or not. Mirrors {@code mlx.core.load}.
   *
   * @param file the file
   * @return the arrays by their names, in the order of the names
   * @throws MlxException if the file is damaged, not of the format, or of a dtype that MLX lacks
   * @throws UncheckedIOException if the file cannot be read
   */
  public static Map<String, MlxArray> loadNpz(Path file) {
    return load("loadNpz", file, Format.NPZ).arrays();
  }

  /**
   * Loads arrays in the .npz format from a stream, which is read to its end. Mirrors {@code
   * mlx.core.load}.
   *
   * @param stream the stream
   * @return the arrays by their names, in the order of the names
   * @throws MlxException if the content is damaged, not of the format, or of a dtype that MLX lacks
   * @throws UncheckedIOException if the stream cannot be read
   */
  public static Map<String, MlxArray> loadNpz(InputStream stream) {
    return load("loadNpz", stream, Format.NPZ).arrays();
  }

  /**
   * Loads the arrays of a file in the safetensors format; {@link #load(Path)} has the metadata too.
   * Numbers of 8 bits with a floating point come as uint8. Mirrors {@code mlx.core.load}.
   *
   * @param file the file
   * @return the arrays by their names, in the order of the names
   * @throws MlxException if the file is damaged, not of the format, or of a dtype that MLX lacks
   * @throws UncheckedIOException if the file cannot be read
   */
  public static Map<String, MlxArray> loadSafetensors(Path file) {
    return load("loadSafetensors", file, Format.SAFETENSORS).arrays();
  }

  /**
   * Loads arrays in the safetensors format from a stream. Mirrors {@code mlx.core.load}.
   *
   * @param stream the stream
   * @return the arrays by their names, in the order of the names
   * @throws MlxException if the content is damaged, not of the format, or of a dtype that MLX lacks
   * @throws UncheckedIOException if the stream cannot be read
   */
  public static Map<String, MlxArray> loadSafetensors(InputStream stream) {
    return load("loadSafetensors", stream, Format.SAFETENSORS).arrays();
  }

  /**
   * Loads the arrays of a .gguf file; {@link #load(Path)} has the metadata too. An array of type
   * Q4_0, Q4_1 or Q8_0 comes as MLX quantizes: {@code x.weight} as uint32, with {@code x.scales}
   * and {@code x.biases}. Those of type Q2_K, Q4_K, Q6_K and BF16 come as float16; other quantized
   * types are not supported. Mirrors {@code mlx.core.load}.
   *
   * @param file the file
   * @return the arrays by their names, in the order of the names
   * @throws MlxException if the file is damaged, not of the format, or of a type that MLX lacks
   * @throws UncheckedIOException if the file cannot be read
   */
  public static Map<String, MlxArray> loadGguf(Path file) {
    return load("loadGguf", file, Format.GGUF).arrays();
  }

  /**
   * Loads arrays in the gguf format from a stream. Mirrors {@code mlx.core.load}.
   *
   * @param stream the stream
   * @return the arrays by their names, as {@link #loadGguf(Path)} has them
   * @throws MlxException if the content is damaged, not of the format, or of a type that MLX lacks
   * @throws UncheckedIOException if the stream cannot be read
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
            case NPZ -> throw new IllegalStateException("a .npz is read in another way");
          }
        });
  }
}
