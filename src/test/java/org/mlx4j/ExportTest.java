package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mlx4j.ArrayAssertions.assertSame;
import static org.mlx4j.ArrayAssertions.assertThrowsSaying;
import static org.mlx4j.ArrayAssertions.assertValues;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Functions are written to files and read again; a failure leaves no file. */
@ExtendWith(InScope.class)
class ExportTest {
  @TempDir Path folder;

  private final MlxArray x = MlxArray.of(1f, 2f, 3f);
  private final MlxArray y = MlxArray.of(4f, 5f, 6f);

  private static MlxArray[] arrays(MlxArray... xs) {
    return xs;
  }

  private Path file() {
    return folder.resolve("function.mlxfn");
  }

  private void assertNothingButTheFile() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(List.of(), files.filter(f -> !f.equals(file())).toList());
    }
  }

  private ImportedFunction roundTrip(ArraysFunction f, MlxArray... example) {
    Export.exportFunction(file(), f, example);
    return Export.importFunction(file());
  }

  // ---- there and back ---------------------------------------------------------------------------

  @Test
  void aFunctionComesBack() throws IOException {
    ImportedFunction f = roundTrip(xs -> arrays(xs[0].add(xs[1]).sin(), xs[1]), x, y);
    MlxArray[] r = f.apply(x, y);
    assertSame(x.add(y).sin(), r[0]);
    assertSame(y, r[1]);
    assertEquals("", f.metadata());
    assertNothingButTheFile();
  }

  @Test
  void capturedArraysBecomeConstantsHoweverTheyLie() {
    MlxArray w = MlxArray.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
    MlxArray transposed = w.transpose();
    MlxArray broadcast = MlxArray.scalar(2f).broadcastTo(3, 2);
    MlxArray reversed = x.slice(new int[] {2}, new int[] {-4}, new int[] {-1});
    Ops.eval(transposed, broadcast, reversed);
    ImportedFunction f =
        roundTrip(
            xs -> arrays(xs[0].matmul(transposed), xs[0].matmul(broadcast), xs[0].add(reversed)),
            x);
    MlxArray[] r = f.apply(x);
    assertValues(r[0], 14, 32);
    assertValues(r[1], 12, 12);
    assertValues(r[2], 4, 4, 4);
  }

  @Test
  void capturedArraysOfAFile() {
    Path weights = folder.resolve("weights.safetensors");
    Io.saveSafetensors(weights, Map.of("w", y));
    MlxArray w = Io.loadSafetensors(weights).get("w");
    assertValues(roundTrip(xs -> arrays(xs[0].multiply(w)), x).apply(x)[0], 4, 10, 18);
  }

  @Test
  void otherSizesWhenShapeless() {
    Export.exportFunction(
        file(), xs -> arrays(xs[0].softmax(-1).sum(), xs[0].add(1f)), arrays(x), true);
    ImportedFunction f = Export.importFunction(file());
    assertValues(f.apply(MlxArray.of(1f, 2f))[1], 2, 3);
    assertValues(f.apply(MlxArray.of(1f, 2f, 3f, 4f, 5f))[0], 1);
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> f.apply(MlxArray.scalar(1f)),
        "float32 []",
        "(float32 [3]), with axes of any size");
  }

  @Test
  void namedArguments() {
    Map<String, MlxArray> named = Map.of("scale", y, "bias", MlxArray.scalar(1f));
    Export.exportFunction(
        file(),
        xs -> arrays(xs[0].multiply(xs[2]).add(xs[1])), // bias comes before scale
        arrays(x),
        false,
        named,
        "{\"größe\": 3}");
    ImportedFunction f = Export.importFunction(file());
    assertEquals("{\"größe\": 3}", f.metadata());
    assertValues(f.apply(arrays(x), named)[0], 5, 11, 19);
    Export.exportFunction(
        file(),
        (xs, by) -> arrays(xs[0].multiply(by.get("scale")).add(by.get("bias"))),
        arrays(x),
        named);
    assertValues(Export.importFunction(file()).apply(arrays(x), named)[0], 5, 11, 19);
    Export.exportFunction(
        file(), (xs, by) -> arrays(by.get("scale").add(xs.length)), arrays(), Map.of("scale", y));
    assertValues(Export.importFunction(file()).apply(Map.of("scale", y))[0], 4, 5, 6);
  }

  @Test
  void severalShapesInOneFile() {
    MlxArray rows = MlxArray.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
    ArraysFunction f = xs -> arrays(xs.length == 1 ? xs[0].sum(-1) : xs[0].add(xs[1]).add(y));
    try (FunctionExporter exporter = Export.exporter(file(), f)) {
      exporter.add(x);
      exporter.add(rows);
      exporter.add(x, x);
      assertFalse(Files.exists(file()));
    }
    ImportedFunction imported = Export.importFunction(file());
    assertValues(imported.apply(x)[0], 6);
    assertValues(imported.apply(rows)[0], 6, 15);
    assertValues(imported.apply(x, x)[0], 6, 9, 12);
  }

  @Test
  void fromAStream() throws IOException {
    roundTrip(xs -> arrays(xs[0].exp()), x);
    try (InputStream in = Files.newInputStream(file());
        ImportedFunction f = Export.importFunction(in)) {
      assertSame(x.exp(), f.apply(x)[0]);
    }
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("broken");
          }

          @Override
          public int read(byte[] to, int from, int length) throws IOException {
            throw new IOException("broken");
          }
        };
    assertThrowsSaying(
        UncheckedIOException.class, () -> Export.importFunction(broken), "[importFunction]");
  }

  @Test
  void constantsOutliveTheFile() throws IOException {
    ImportedFunction f = roundTrip(xs -> arrays(xs[0].add(y)), x);
    Files.write(file(), new byte[10]);
    assertValues(f.apply(x)[0], 5, 7, 9);
    Files.delete(file());
    assertValues(f.apply(x)[0], 5, 7, 9);
  }

  @Test
  void customAndCheckpointedFunctionsAreWrittenAsWhatTheyCompute() {
    TransformedArraysFunction custom =
        CustomFunction.ofArrays(xs -> arrays(xs[0].square(), xs[0].exp()))
            .vjp((p, c, o) -> arrays(c[0].multiply(100f)))
            .build();
    TransformedFunction checkpointed = Transforms.checkpoint((MlxArray a) -> a.sin());
    ImportedFunction f =
        roundTrip(
            xs ->
                arrays(
                    checkpointed.apply(custom.apply(xs[0])[0]),
                    custom.apply(custom.apply(xs[0])[1])[0],
                    Transforms.grad(a -> custom.apply(a)[0].sum()).apply(xs[0])),
            x);
    MlxArray[] r = f.apply(x);
    assertSame(x.square().sin(), r[0]);
    assertSame(x.exp().square(), r[1]);
    assertValues(r[2], 100, 100, 100);
  }

  // ---- under transforms -------------------------------------------------------------------------

  @Test
  void underEveryTransform() {
    ArraysFunction plain = xs -> arrays(xs[0].multiply(y).sin());
    ImportedFunction f = roundTrip(plain, x);
    ArrayFunction loss = a -> f.apply(a)[0].sum();
    ArrayFunction plainLoss = a -> plain.apply(a)[0].sum();
    assertSame(Transforms.grad(plainLoss).apply(x), Transforms.grad(loss).apply(x));
    ArrayFunction first = Transforms.grad(loss);
    ArrayFunction plainFirst = Transforms.grad(plainLoss);
    assertSame(
        Transforms.grad(a -> plainFirst.apply(a).sum()).apply(x),
        Transforms.grad(a -> first.apply(a).sum()).apply(x));
    assertSame(
        Transforms.jvp(plain, arrays(x), arrays(y)).jvps()[0],
        Transforms.jvp(f, arrays(x), arrays(y)).jvps()[0]);
    assertSame(plain.apply(x)[0], Transforms.compileArrays(f).apply(x)[0]);
    assertSame(
        Transforms.grad(plainLoss).apply(x),
        Transforms.grad(a -> Transforms.checkpointArrays(f).apply(a)[0].sum()).apply(x));
    MlxArray rows = Ops.stack(x, y);
    assertSame(
        Transforms.vmap(plain, new int[] {0}, new int[] {0}).apply(rows)[0],
        Transforms.vmap(f, new int[] {0}, new int[] {0}).apply(rows)[0]);
    assertValues(
        CustomFunction.ofArrays(f).vjp((p, c, o) -> c).build().apply(x)[0],
        f.apply(x)[0].toDoubleArray());
  }

  @Test
  void manyThreadsUseOneFunction() throws Exception {
    ImportedFunction f = roundTrip(xs -> arrays(xs[0].multiply(y)), x);
    ManyThreads.run(v -> assertValues(f.apply(MlxArray.of(v, v, v))[0], 4 * v, 5 * v, 6 * v));
  }

  @Test
  void manyThreadsImportAndExport() throws Exception {
    roundTrip(xs -> arrays(xs[0].multiply(y).sin()), x);
    double[] expected = x.multiply(y).sin().toDoubleArray();
    ManyThreads.run(
        v -> {
          assertValues(Export.importFunction(file()).apply(x)[0], expected);
          if (v % 10 == 0) {
            Path own = folder.resolve(Thread.currentThread().getId() + ".mlxfn");
            Export.exportFunction(own, xs -> arrays(xs[0].add(v)), x);
            assertValues(Export.importFunction(own).apply(x)[0], 1 + v, 2 + v, 3 + v);
          }
        });
  }

  // ---- wrong calls ------------------------------------------------------------------------------

  @Test
  void wrongArguments() {
    Export.exportFunction(
        file(), xs -> arrays(xs[0].add(xs[1])), arrays(x), false, Map.of("bias", y));
    ImportedFunction f = Export.importFunction(file());
    Class<IllegalArgumentException> illegal = IllegalArgumentException.class;
    String wanted = "it was for (float32 [3], bias = float32 [3])";
    assertThrowsSaying(illegal, () -> f.apply(x), "[ImportedFunction]", "(float32 [3])", wanted);
    assertThrowsSaying(illegal, f::apply, "()", wanted);
    assertThrowsSaying(illegal, () -> f.apply(x, y), "(float32 [3], float32 [3])", wanted);
    assertThrowsSaying(illegal, () -> f.apply(Map.of("bias", y)), "(bias = float32 [3])", wanted);
    assertThrowsSaying(
        illegal, () -> f.apply(arrays(x), Map.of("scale", y)), "scale = float32 [3]", wanted);
    assertThrowsSaying(
        illegal,
        () -> f.apply(arrays(x), Map.of("bias", MlxArray.of(1f, 2f))),
        "bias = float32 [2]",
        wanted);
    assertThrowsSaying(
        illegal,
        () -> f.apply(arrays(x.astype(DType.INT32)), Map.of("bias", y)),
        "int32 [3]",
        wanted);
    assertThrowsSaying(NullPointerException.class, () -> f.apply((MlxArray) null), "argument 0");
    assertThrowsSaying(
        NullPointerException.class,
        () -> f.apply((Map<String, MlxArray>) null),
        "[ImportedFunction]");
    MlxArray closed = MlxArray.of(1f, 2f, 3f);
    closed.close();
    assertThrowsSaying(
        IllegalStateException.class,
        () -> f.apply(arrays(closed), Map.of("bias", y)),
        "[ImportedFunction] array argument 0 is closed");
    f.close();
    f.close();
    assertTrue(f.isClosed());
    assertThrowsSaying(
        IllegalStateException.class, () -> f.apply(x), "[ImportedFunction] the function is closed");
  }

  @Test
  void indicesThatAreOutOfRangeSelectTheNearest() {
    MlxArray table = Ops.arange(0, 10, 1, DType.FLOAT32);
    ImportedFunction f = roundTrip(xs -> arrays(table.take(xs[0], 0)), MlxArray.of(1, 2, 3));
    assertValues(f.apply(MlxArray.of(1, -1, 9))[0], 1, 9, 9);
    MlxArray computed = MlxArray.of(1, 100, -100).add(MlxArray.of(0, 1_000_000, -1_000_000));
    assertValues(f.apply(computed)[0], 1, 9, 0);
  }

  // ---- failures ---------------------------------------------------------------------------------

  @Test
  void aFailedExportLeavesWhatWasThere() throws IOException {
    roundTrip(xs -> arrays(xs[0].exp()), x);
    byte[] before = Files.readAllBytes(file());
    RuntimeException mine = new RuntimeException();
    assertEquals(
        mine,
        assertThrows(
            RuntimeException.class,
            () ->
                Export.exportFunction(
                    file(),
                    xs -> {
                      throw mine;
                    },
                    x)));
    assertThrowsSaying(
        NullPointerException.class,
        () -> Export.exportFunction(file(), xs -> null, x),
        "[exportFunction]");
    assertThrows(
        IllegalArgumentException.class,
        () ->
            Export.exportFunction(
                file(), xs -> arrays(xs[0].add(xs[0].itemFloat())), MlxArray.scalar(1f)));
    assertThrowsSaying( // MLX has no name for it in files
        IllegalArgumentException.class,
        () -> Export.exportFunction(file(), xs -> arrays(xs[0].logcumsumexp(0)), x),
        "[exportFunction]");
    assertArrayEquals(before, Files.readAllBytes(file()));
    assertNothingButTheFile();
  }

  @Test
  void anExporterThatFailedWritesNothing() throws IOException {
    FunctionExporter exporter = Export.exporter(file(), xs -> arrays(xs[0].add(xs[1])));
    exporter.add(x, y);
    assertThrows(IndexOutOfBoundsException.class, () -> exporter.add(x));
    assertThrowsSaying(
        IllegalStateException.class, () -> exporter.add(x), "[exportFunction]", "has failed");
    exporter.close();
    exporter.close();
    assertThrowsSaying(IllegalStateException.class, () -> exporter.add(x), "is closed");
    assertFalse(Files.exists(file()));
    assertNothingButTheFile();
  }

  @Test
  void theFunctionThatIsExportedCannotDisturbItsExporter() throws IOException {
    List<FunctionExporter> own = new ArrayList<>();
    ArraysFunction closing =
        xs -> {
          own.get(0).close();
          return xs;
        };
    own.add(Export.exporter(file(), closing));
    assertThrowsSaying(IllegalStateException.class, () -> own.get(0).add(x), "is closed");
    ArraysFunction adding =
        xs -> {
          own.get(1).add(y);
          return xs;
        };
    own.add(Export.exporter(file(), adding));
    assertThrowsSaying(IllegalStateException.class, () -> own.get(1).add(x), "has failed");
    own.get(1).close();
    assertFalse(Files.exists(file()));
    assertNothingButTheFile();
  }

  @Test
  void anExporterNeedsAnExample() throws IOException {
    FunctionExporter exporter = Export.exporter(file(), xs -> xs);
    assertThrowsSaying(
        IllegalStateException.class, exporter::close, "[exportFunction] no example was added");
    assertNothingButTheFile();
    try (FunctionExporter twice = Export.exporter(file(), xs -> xs)) {
      twice.add(x);
      assertThrowsSaying(MlxException.class, () -> twice.add(y), "twice");
    }
    assertFalse(Files.exists(file()));
  }

  @Test
  void wrongFiles() throws IOException {
    ArraysFunction f = xs -> xs;
    assertThrowsSaying(
        UncheckedIOException.class,
        () -> Export.exportFunction(folder.resolve("missing/f.mlxfn"), f, x),
        "[exportFunction]",
        "cannot be written");
    assertThrowsSaying(
        UncheckedIOException.class,
        () -> Export.exportFunction(folder, f, x),
        "[exportFunction]",
        folder.toString());
    assertThrowsSaying(
        MlxException.class,
        () -> Export.importFunction(file()),
        "[importFunction]",
        file().toString(),
        "does not exist");
    assertThrowsSaying(MlxException.class, () -> Export.importFunction(folder), "[importFunction]");
    assertThrowsSaying(
        MlxException.class,
        () -> Export.importFunction(new ByteArrayInputStream(new byte[0])),
        "[importFunction]",
        "it ends where");
  }

  @Test
  void nulls() {
    ArraysFunction f = xs -> xs;
    Class<NullPointerException> type = NullPointerException.class;
    assertThrowsSaying(type, () -> Export.exportFunction(null, f, x), "[exportFunction]");
    assertThrowsSaying(
        type, () -> Export.exportFunction(file(), (ArraysFunction) null, x), "[exportFunction]");
    assertThrowsSaying(
        type,
        () -> Export.exportFunction(file(), (NamedArraysFunction) null, arrays(), Map.of()),
        "[exportFunction]");
    assertThrowsSaying(
        type, () -> Export.exportFunction(file(), f, (MlxArray) null), "[exportFunction]");
    assertThrowsSaying(
        type, () -> Export.exportFunction(file(), f, arrays(x), false, null), "[exportFunction]");
    assertThrowsSaying(
        type,
        () -> Export.exportFunction(file(), f, arrays(x), false, Map.of(), null),
        "[exportFunction]");
    assertThrowsSaying(type, () -> Export.importFunction((Path) null), "[importFunction]");
    assertThrowsSaying(type, () -> Export.importFunction((InputStream) null), "[importFunction]");
    assertThrowsSaying(type, () -> Export.exportToDot(null, x), "[exportToDot]");
    assertThrowsSaying(type, () -> Export.exportToDot(file(), (MlxArray) null), "[exportToDot]");
    assertFalse(Files.exists(file()));
  }

  // ---- pictures ---------------------------------------------------------------------------------

  @Test
  void aGraphAsAPicture() throws IOException {
    MlxArray sum = x.add(y);
    Path dot = folder.resolve("graph.dot");
    Export.exportToDot(dot, Map.of("the \"left\"", x, "right", y), sum.exp(), sum.matmul(y));
    String text = Files.readString(dot);
    assertTrue(text.startsWith("digraph {") && text.endsWith("}"), text);
    for (String part :
        List.of("label =\"Add\"", "label =\"Exp\"", "\"the \\\"left\\\"\"", "\"right\" -> ")) {
      assertTrue(text.contains(part), part + " in " + text);
    }
    Export.exportToDot(dot, x);
    assertTrue(Files.readString(dot).contains("rank=source"));
    assertThrowsSaying(
        UncheckedIOException.class,
        () -> Export.exportToDot(folder.resolve("missing/graph.dot"), x),
        "[exportToDot]");
  }

  @Test
  void deepGraphs() throws IOException {
    MlxArray deep = x;
    for (int i = 0; i < 100_000; i++) {
      deep = deep.add(1f);
    }
    Path dot = folder.resolve("deep.dot");
    Export.exportToDot(dot, deep);
    assertEquals(100_000, Files.readString(dot).split("label =\"Add\"", -1).length - 1);
  }

  @Test
  void aGraphThatIsTooDeepForAPicture() {
    MlxArray deep = x;
    for (int i = 0; i < 2_500_000; i++) {
      try (MlxArray last = deep) {
        deep = last.negative();
      }
    }
    MlxArray last = deep;
    assertThrows(StackOverflowError.class, () -> Export.exportToDot(folder.resolve("g.dot"), last));
  }
}
