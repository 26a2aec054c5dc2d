package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files of Python MLX and NumPy are read as they were written, and Python reads ours, bit by bit.
 */
@ExtendWith(InScope.class)
class IoOracleTest {
  /** Prints every array of the files: name, dtype, shape, bytes. */
  private static final String DESCRIBE =
      """
      import atexit, os, sys
      import mlx.core as mx
      import numpy as np
      mx.set_default_device(mx.cpu)
      @atexit.register
      def end():  # MLX's threads that read from Python's files make the interpreter end badly
          sys.stdout.flush()
          os._exit(0)
      def describe(name, a):
          if isinstance(a, str): return f"{name} {a}"
          if isinstance(a, list): return f"{name} {a}"
          raw = b'' if a.size == 0 else bytes(memoryview(mx.contiguous(a.flatten()).view(mx.uint8)))
          return f"{name} {str(a.dtype)[9:].rstrip('_')} {list(a.shape)} {raw.hex()}"
      def show(arrays):
          for name in sorted(arrays): print(describe(name, arrays[name]))
      def show_file(file):
          if file.endswith('.npy'): show({'': mx.load(file)})
          elif file.endswith('.npz'): show(mx.load(file))
          else:
              arrays, metadata = mx.load(file, return_metadata=True)
              show(arrays)
              show(metadata)
      """;

  @TempDir Path folder;

  private static String describe(Loaded loaded) {
    StringBuilder lines = new StringBuilder();
    loaded.arrays().forEach((name, array) -> lines.append(describe(name, array)));
    loaded
        .metadata()
        .forEach(
            (name, value) -> {
              if (value instanceof MetadataValue.Array array) {
                lines.append(describe(name, array.value()));
              } else if (value instanceof MetadataValue.Text text) {
                lines.append(name + " " + text.value() + "\n");
              } else {
                lines.append(
                    value.texts().stream()
                        .collect(Collectors.joining("', '", name + " ['", "']\n")));
              }
            });
    return lines.toString();
  }

  static String describe(String name, MlxArray array) {
    byte[] bytes = new byte[(int) array.nbytes()];
    array.copyTo(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
    String shape = java.util.Arrays.toString(array.shape());
    return name + " " + array.dtype() + " " + shape + " " + HexFormat.of().formatHex(bytes) + "\n";
  }

  /** Arrays of every dtype and of many layouts. */
  static Map<String, MlxArray> samples() {
    Map<String, MlxArray> samples = new LinkedHashMap<>();
    for (DType dtype : DType.values()) {
      MlxArray x = Ops.arange(24).subtract(5).reshape(2, 3, 4).astype(dtype);
      samples.put(dtype + ".dense", x);
      samples.put(dtype + ".scalar", MlxArray.scalar(3).astype(dtype));
      samples.put(dtype + ".empty", Ops.zeros(new int[] {2, 0, 3}, dtype));
      samples.put(dtype + ".transposed", x.transpose());
      samples.put(dtype + ".strided", x.get(Index.all(), Index.all(), Index.slice(null, null, 2)));
      samples.put(dtype + ".broadcast", x.get(Index.all(), Index.to(1)).add(0).astype(dtype));
    }
    samples.put("Grüße/weiß \"x\" 数", MlxArray.of(1f, Float.NaN, Float.NEGATIVE_INFINITY, -0f));
    samples.put("wide", MlxArray.of(1f, 2f).broadcastTo(3, 2));
    return samples;
  }

  private static Map<String, MlxArray> only(Map<String, MlxArray> samples, String... dtypes) {
    Map<String, MlxArray> chosen = new TreeMap<>();
    samples.forEach(
        (name, array) -> {
          if (java.util.List.of(dtypes).contains(array.dtype().toString())) {
            chosen.put(name, array);
          }
        });
    return chosen;
  }

  private static String expected(Map<String, MlxArray> arrays) {
    return describe(new Loaded(new TreeMap<>(arrays), Map.of()));
  }

  private static String inPython(Path file) {
    return PythonMlx.run(DESCRIBE + "show_file(sys.argv[1])", file.toString());
  }

  // ---- from Java to Python ----------------------------------------------------------------------

  @Test
  void pythonReadsOurNpz() {
    Map<String, MlxArray> samples = samples();
    assertEquals(
        expected(samples), inPython(Io.savez(folder.resolve("ä b.npz"), samples)), "stored");
    assertEquals(expected(samples), inPython(Io.savezCompressed(folder.resolve("c.npz"), samples)));
    assertEquals(expected(samples), describe(Io.load(folder.resolve("ä b.npz"))));
    assertEquals(expected(samples), describe(Io.load(folder.resolve("c.npz"))));
  }

  @Test
  void numpyReadsOurNpz() {
    Map<String, MlxArray> samples = samples();
    samples.values().removeIf(a -> a.dtype() == DType.BFLOAT16);
    Path file = Io.savezCompressed(folder.resolve("c.npz"), samples);
    String script =
        """
        import numpy as np, sys
        z = np.load(sys.argv[1])
        for name in sorted(z.files):
            a = z[name]
            print(name, a.dtype, list(a.shape), a.tobytes().hex())
        """;
    assertEquals(expected(samples), PythonMlx.run(script, file.toString()));
  }

  @Test
  void pythonReadsOurNpy() {
    Map<String, MlxArray> some = only(samples(), "bool", "bfloat16", "complex64", "float64");
    some.forEach(
        (name, array) -> {
          Path file = Io.save(folder.resolve("x"), array);
          assertEquals(describe("", array), inPython(file), name);
          assertEquals(describe("", array), describe(Io.load(file)), name);
        });
  }

  @Test
  void pythonReadsOurSafetensors() {
    Map<String, MlxArray> samples = samples();
    samples.values().removeIf(a -> a.dtype() == DType.FLOAT64); // MLX has it not in this format
    Map<String, String> metadata = Map.of("format", "mlx", "ein \"Schlüssel\"\n", "\t\u0001ü\\ 数");
    Path file = Io.saveSafetensors(folder.resolve("x.safetensors"), samples, metadata);
    String expected = expected(samples) + "ein \"Schlüssel\"\n \t\u0001ü\\ 数\nformat mlx\n";
    assertEquals(expected, inPython(file));
    assertEquals(expected, describe(Io.load(file)));
  }

  @Test
  void pythonReadsOurGguf() {
    Map<String, MlxArray> some = only(samples(), "float16", "float32", "int8", "int16", "int32");
    Map<String, MetadataValue> metadata = new TreeMap<>();
    metadata.put("a text", MetadataValue.of("Grüße"));
    metadata.put("no text", MetadataValue.of(""));
    metadata.put("texts", MetadataValue.of(java.util.List.of("eins", "zwei", "")));
    for (DType dtype : DType.values()) {
      if (dtype.isInteger() || dtype == DType.BOOL || dtype == DType.FLOAT32) {
        metadata.put("list " + dtype, MetadataValue.of(MlxArray.of(1, 0, 2).astype(dtype)));
        metadata.put("number " + dtype, MetadataValue.of(MlxArray.scalar(1).astype(dtype)));
      }
    }
    Path file = Io.saveGguf(folder.resolve("x.gguf"), some, metadata);
    String expected = describe(new Loaded(some, metadata));
    assertEquals(expected, inPython(file));
    assertEquals(expected, describe(Io.load(file)));
  }

  // ---- from Python to Java ----------------------------------------------------------------------

  @Test
  void filesOfPythonAreRead() throws IOException {
    String script =
        DESCRIBE
            + """
            folder = sys.argv[1]
            dtypes = [mx.bool_, mx.uint8, mx.uint16, mx.uint32, mx.uint64, mx.int8, mx.int16, mx.int32,
                      mx.int64, mx.float16, mx.float32, mx.float64, mx.bfloat16, mx.complex64]
            def some(dtypes):
                arrays = {}
                for d in dtypes:
                    x = (mx.arange(24) - 5).reshape(2, 3, 4).astype(d)
                    name = str(d)[9:]
                    arrays[name + '.dense'] = x
                    arrays[name + '.scalar'] = mx.array(3).astype(d)
                    arrays[name + '.empty'] = mx.zeros((2, 0, 3), d)
                    arrays[name + '.transposed'] = x[0].T
                return arrays
            files = []
            def file(name):
                files.append(folder + '/' + name)
                return files[-1]
            mx.savez(file('a.npz'), *some(dtypes).values())
            mx.savez_compressed(file('b.npz'), **some(dtypes))
            np.savez(file('numpy.npz'), big=np.arange(6, dtype='>i4').reshape(2, 3),
                     fortran=np.asfortranarray(np.arange(6, dtype='f4').reshape(2, 3)),
                     complex=np.array([1 + 2j, 3 - 4j], dtype='>c8'),
                     double=np.array(3.5, dtype='>f8'), half=np.array([1, 2], dtype='>f2'))
            del files[-1]
            mx.save(file('c.npy'), mx.arange(6).reshape(2, 3).T)
            np.save(file('d.npy'), np.asfortranarray(np.arange(24, dtype='>i2').reshape(2, 3, 4)))
            np.lib.format.write_array(open(file('e.npy'), 'wb'), np.arange(5.0), version=(2, 0))
            np.lib.format.write_array(open(folder + '/f.npy', 'wb'), np.arange(5), version=(3, 0))
            mx.save_safetensors(file('g.safetensors'), some([d for d in dtypes if d != mx.float64]),
                                {'a': 'b', 'ü': 'ä "'})
            mx.save_safetensors(file('h.safetensors'), {})
            mx.save_gguf(file('i.gguf'), some([mx.int8, mx.int16, mx.int32, mx.float16, mx.float32]),
                         {'text': 'ü', 'texts': ['a', ''], 'one': mx.array(1, mx.uint16),
                          'list': mx.array([1.5, 2.5]), 'yes': mx.array(True)})
            for f in files:
                print('file', f)
                show_file(f)
            """;
    String printed = PythonMlx.run(script, folder.toString());
    StringBuilder ours = new StringBuilder();
    for (String name : printed.lines().filter(l -> l.startsWith("file ")).toList()) {
      Path file = Path.of(name.substring(5));
      ours.append(name).append('\n').append(describe(Io.load(file)));
      try (var stream = Files.newInputStream(file)) { // the same from a stream
        String extension = name.substring(name.lastIndexOf('.') + 1);
        Io.Format format = Io.Format.valueOf(extension.toUpperCase(java.util.Locale.ROOT));
        assertEquals(describe(Io.load(file)), describe(Io.load(stream, format)), name);
      }
    }
    assertEquals(printed, ours.toString());
    assertEquals(
        "big int32 [2, 3] 000000000100000002000000030000000400000005000000\n"
            + "complex complex64 [2] 0000803f0000004000004040000080c0\n"
            + "double float64 [] 0000000000000c40\n"
            + "fortran float32 [2, 3] 000000000000803f000000400000404000008040 0000a040\n"
                .replace("8040 ", "8040")
            + "half float16 [2] 003c0040\n",
        describe(Io.load(folder.resolve("numpy.npz"))));
    assertEquals(
        describe("", Ops.arange(5).astype(DType.INT64)),
        describe(Io.load(folder.resolve("f.npy"))));
  }

  @Test
  void quantizedArraysAreReadAsPythonReadsThem() {
    String script =
        DESCRIBE
            + """
            import struct
            rng = np.random.default_rng(7)
            types = {'f32': (0, 1, 4), 'q4_0.weight': (2, 32, 18), 'q4_1.weight': (3, 32, 20),
                     'q8_0.weight': (8, 32, 34), 'q2_k': (10, 256, 84), 'q4_k': (12, 256, 144), 'q6_k': (14, 256, 210),
                     'bf16': (30, 1, 2)}
            halves = {'q4_0.weight': [0], 'q4_1.weight': [0, 2], 'q8_0.weight': [0], 'q2_k': [80, 82],
                      'q4_k': [0, 2], 'q6_k': [208]}
            header = b'GGUF' + struct.pack('<IQQ', 3, len(types), 0)
            data = b''
            for name, (code, elements, size) in types.items():
                dims = (2 * elements, 3)
                header += struct.pack('<Q', len(name)) + name.encode() + struct.pack('<I', 2)
                header += struct.pack('<QQIQ', *dims, code, len(data))
                raw = rng.integers(0, 256, (6, size), dtype=np.uint8)
                for at in halves.get(name, []):
                    half = rng.uniform(-2, 2, 6).astype('<f2')
                    raw[:, at:at + 2] = half.view(np.uint8).reshape(6, 2)
                if name in ('f32', 'bf16'):
                    raw = rng.uniform(-2, 2, 6).astype('<f4').view(np.uint8).reshape(6, 4)
                    raw = raw if name == 'f32' else raw[:, 2:]
                if name == 'q4_k': k_blocks = raw
                data += raw.tobytes()
                data += bytes(-len(data) % 32)
            header += bytes(-len(header) % 32)
            open(sys.argv[1], 'wb').write(header + data)
            # MLX takes one scale for every two groups of Q4_K; llama.cpp, whose format it is, does not
            def scale_and_minimum(sc, j):
                if j < 4: return sc[j] & 63, sc[j + 4] & 63
                return (sc[j + 4] & 15) | (sc[j - 4] >> 6 << 4), (sc[j + 4] >> 4) | (sc[j] >> 6 << 4)
            values = []
            for block in k_blocks:
                d, dmin = block[:4].view('<f2').astype(np.float32)
                for j in range(8):
                    scale, minimum = scale_and_minimum(block[4:16], j)
                    q = block[16 + j // 2 * 32:48 + j // 2 * 32]
                    q = q >> 4 if j % 2 else q & 15
                    values.append(q * (d * np.float32(scale)) - dmin * np.float32(minimum))
            arrays = mx.load(sys.argv[1])
            arrays['q4_k'] = mx.array(np.concatenate(values).astype(np.float16).reshape(3, 512))
            show(arrays)
            """;
    Path file = folder.resolve("q.gguf");
    String printed = PythonMlx.run(script, file.toString());
    assertEquals(printed, describe(Io.load(file)));
  }
}
