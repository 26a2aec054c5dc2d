package org.mlx4j;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.mlx4j.internal.io.Json;
import org.mlx4j.tree.Trees;

/**
 * Everything that reads input from other programs, with sound examples to begin with and the
 * documented exceptions.
 */
enum Parser {
  NPY {
    @Override
    List<byte[]> examples(Path scratch) {
      return List.of(
          written(out -> Io.save(out, matrix())),
          written(out -> Io.save(out, MlxArray.scalar(1f).astype(DType.COMPLEX64))),
          written(out -> Io.save(out, Ops.zeros(new int[] {2, 0, 3}, DType.BOOL))));
    }

    @Override
    void parse(Path file, byte[] content) {
      load(file, content, Io.Format.NPY);
    }
  },

  NPZ {
    @Override
    List<byte[]> examples(Path scratch) {
      return List.of(
          written(out -> Io.savez(out, arrays())),
          written(out -> Io.savezCompressed(out, arrays())));
    }

    @Override
    void parse(Path file, byte[] content) {
      load(file, content, Io.Format.NPZ);
    }
  },

  SAFETENSORS {
    @Override
    List<byte[]> examples(Path scratch) {
      return List.of(
          written(out -> Io.saveSafetensors(out, arrays(), Map.of("key", "value"))),
          written(out -> Io.saveSafetensors(out, Map.of(), Map.of())));
    }

    @Override
    void parse(Path file, byte[] content) {
      load(file, content, Io.Format.SAFETENSORS);
    }
  },

  GGUF {
    @Override
    List<byte[]> examples(Path scratch) {
      Map<String, MetadataValue> metadata =
          Map.of(
              "text", MetadataValue.of("x"),
              "texts", MetadataValue.of(List.of("x", "y")),
              "list", MetadataValue.of(MlxArray.of(1, 2)),
              "general.alignment", MetadataValue.of(MlxArray.scalar(64).astype(DType.UINT32)));
      Map<String, MlxArray> arrays = arrays();
      arrays.put("q", Ops.zeros(new int[] {2, 128}, DType.INT32)); // room for quantized blocks
      return List.of(
          written(out -> Io.saveGguf(out, arrays, metadata)),
          written(out -> Io.saveGguf(out, arrays(), Map.of())));
    }

    @Override
    void parse(Path file, byte[] content) {
      load(file, content, Io.Format.GGUF);
    }
  },

  FUNCTION {
    @Override
    List<byte[]> examples(Path scratch) {
      List<ArraysFunction> functions =
          List.of(
              xs -> new MlxArray[] {xs[0].matmul(xs[0].transpose()).softmax(-1), xs[0].sum(0)},
              xs -> new MlxArray[] {xs[0].get(Index.slice(0, 2), Index.at(1)).add(1f).square()},
              xs ->
                  new MlxArray[] {
                    xs[0].take(MlxArray.of(2, 0, 1), 0).sort(1), xs[0].argsort(0), xs[0].cumsum(1)
                  },
              xs -> new MlxArray[] {Ops.concatenate(xs[0], xs[0]).reshape(2, -1).max(1)});
      List<byte[]> examples = new ArrayList<>();
      for (ArraysFunction f : functions) {
        Export.exportFunction(scratch, f, Ops.ones(3, 4));
        examples.add(read(scratch));
      }
      return examples;
    }

    /** What can be imported may ask for as much as a program could, so a call may fail as one. */
    @Override
    void parse(Path file, byte[] content) {
      ImportedFunction f;
      try {
        f = Export.importFunction(file);
      } catch (MlxException e) {
        throw new Refused(e);
      }
      try {
        Ops.eval(f.apply(Ops.ones(3, 4)));
      } catch (MlxException
          | IllegalArgumentException
          | IndexOutOfBoundsException
          | OutOfMemoryError e) {
        throw new Refused(e);
      }
    }
  },

  JSON {
    @Override
    List<byte[]> examples(Path scratch) {
      return List.of(
          utf8("{\"a\":[1,-2.5e3,true,null,\"\\\\\"],\"b\\u00e9\\ud83d\\ude00\":{\"x\":{}}}"),
          utf8(" { \"a\" : [ [ ] , { } , \"\\n\\t\\/\" ] } "),
          utf8("{}"));
    }

    @Override
    void parse(Path file, byte[] content) {
      String text = new String(content, StandardCharsets.UTF_8);
      try (Json json = new Json(text, at -> new IllegalArgumentException("[load] at " + at))) {
        json.object(key -> json.skip());
        json.end();
      } catch (IllegalArgumentException e) {
        throw new Refused(e);
      }
    }
  },

  HOSTS {
    @Override
    List<byte[]> examples(Path scratch) {
      return List.of(
          utf8("[[\"10.0.0.1:5000\"], [\"10.0.0.2:5000\"]]"),
          utf8("[[\"a:1\",\"b:2\"],[\"c:3\",\"d:4\"]]"));
    }

    @Override
    void parse(Path file, byte[] content) {
      try {
        RingConfiguration.fromEnvironment(Map.of("MLX_RANK", "0", "MLX_HOSTFILE", file.toString()));
      } catch (IllegalArgumentException e) {
        throw new Refused(e);
      }
    }
  },

  EINSUM {
    @Override
    List<byte[]> examples(Path scratch) {
      return List.of(
          utf8("ij,jk->ik"),
          utf8("...i,...i->..."),
          utf8("ii"),
          utf8("ij,ij"),
          utf8("i j , j k -> k i"));
    }

    @Override
    void parse(Path file, byte[] content) {
      try {
        MlxArray x = Ops.ones(3, 3);
        String subscripts = new String(content, StandardCharsets.ISO_8859_1);
        int operands = 1 + (int) subscripts.chars().filter(c -> c == ',').count();
        MlxArray[] xs = new MlxArray[Math.min(operands, 8)];
        Arrays.fill(xs, x);
        Ops.einsumPath(subscripts, xs);
        Ops.einsum(subscripts, xs).eval();
      } catch (IllegalArgumentException | OutOfMemoryError e) { // 8 operands: up to 3^16 elements
        throw new Refused(e);
      }
    }
  },

  TREE {
    @Override
    List<byte[]> examples(Path scratch) {
      Trees.save(scratch, tree());
      return List.of(read(scratch));
    }

    @Override
    void parse(Path file, byte[] content) {
      try {
        Trees.eval(Trees.load(file, tree()));
      } catch (MlxException | UncheckedIOException | IllegalArgumentException e) {
        throw new Refused(e);
      }
    }

    @Override
    String extension() {
      return Io.Format.SAFETENSORS.extension();
    }

    private Map<String, Object> tree() {
      return Map.of("layers", List.of(matrix(), MlxArray.of(1f, 2f)), "scale", MlxArray.scalar(3));
    }
  };

  /** A documented exception, which says that the content is not sound. */
  static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;

    Refused(Throwable cause) {
      super(cause);
    }
  }

  /**
   * Creates sound contents.
   *
   * @param scratch a file that may be written
   */
  abstract List<byte[]> examples(Path scratch);

  /**
   * Reads what is in the file, and everything that can be had of it.
   *
   * @param content the same as in the file
   * @throws Refused if that is refused in a documented way
   */
  abstract void parse(Path file, byte[] content);

  /** The extension of the names of such files. */
  String extension() {
    return "." + name().toLowerCase(Locale.ROOT);
  }

  private static void load(Path file, byte[] content, Io.Format format) {
    RuntimeException refused = null;
    try {
      readAll(Io.load(file, format));
    } catch (MlxException | UncheckedIOException e) {
      refused = documented(e);
    }
    try {
      readAll(Io.load(new ByteArrayInputStream(content), format));
    } catch (MlxException | UncheckedIOException e) {
      refused = documented(e);
    }
    if (refused != null) {
      throw refused;
    }
  }

  private static void readAll(Loaded loaded) {
    for (MlxArray array : loaded.arrays().values()) {
      if (array.size() < 1 << 20) {
        array.eval();
        String unused = array.toString();
      }
    }
  }

  private static Refused documented(RuntimeException e) {
    if (!e.getMessage().contains("[load]")) {
      throw new AssertionError("no function in the message", e);
    }
    return new Refused(e);
  }

  private static MlxArray matrix() {
    return MlxArray.of(new int[] {1, 2, 3, 4, 5, 6}, 2, 3);
  }

  private static Map<String, MlxArray> arrays() {
    Map<String, MlxArray> arrays = new TreeMap<>();
    arrays.put("a", MlxArray.of(1f, 2f, 3f));
    arrays.put("b.weight", matrix());
    arrays.put("c", MlxArray.scalar(1).astype(DType.INT8));
    return arrays;
  }

  private static byte[] written(Consumer<ByteArrayOutputStream> writer) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    writer.accept(out);
    return out.toByteArray();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
