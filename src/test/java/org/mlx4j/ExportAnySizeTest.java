package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mlx4j.ArrayAssertions.assertSame;
import static org.mlx4j.ArrayAssertions.assertThrowsSaying;
import static org.mlx4j.ArrayAssertions.assertValues;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A file for arrays of any size gives the function's results for each size, or is not written. */
@ExtendWith(LifetimeBalance.class)
@ExtendWith(InScope.class)
class ExportAnySizeTest {
  @TempDir Path folder;

  private Path file() {
    return folder.resolve("function.mlxfn");
  }

  private static MlxArray numbers(int... shape) {
    int size = 1;
    for (int n : shape) {
      size *= n;
    }
    return Ops.arange(1, size + 1, 1, DType.FLOAT32).multiply(0.37).sin().reshape(shape);
  }

  private static MlxArray[] arrays(MlxArray... xs) {
    return xs;
  }

  private static ArraysFunction of(ArrayFunction f) {
    return xs -> arrays(f.apply(xs[0]));
  }

  private void assertNoFileIsLeft() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(List.of(), files.toList());
    }
  }

  /** What was exported has the function's results for these arguments. */
  private void assertImportedIsSame(ArraysFunction f, MlxArray... arguments) {
    try (ImportedFunction imported = Export.importFunction(file())) {
      for (MlxArray x : arguments) {
        assertSame(f.apply(x)[0], imported.apply(x)[0]);
      }
    }
  }

  private void assertRefused(ArraysFunction f, MlxArray example, String... parts)
      throws IOException {
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Export.exportFunction(file(), f, arrays(example), true),
        parts);
    assertNoFileIsLeft();
  }

  static Stream<Arguments> functions() {
    ArrayFunction mean = x -> x.square().mean();
    ArrayFunction norm = x -> x.subtract(x.mean(0)).square().sum();
    return Stream.of(
        Arguments.of("sum", of(x -> x.sum(0))),
        Arguments.of("softmax", of(x -> x.softmax(-1))),
        Arguments.of("mean", of(x -> x.mean(0))),
        Arguments.of("mean of all", of(mean)),
        Arguments.of("max", of(x -> x.max(1))),
        Arguments.of("tail", of(x -> x.get(Index.from(1)))),
        Arguments.of("head", of(x -> x.get(Index.to(-1)))),
        Arguments.of("reversed", of(x -> x.flip(0))),
        Arguments.of("fullLike", of(x -> Ops.fullLike(x, 3f))),
        Arguments.of("onesLike", of(x -> Ops.onesLike(x).add(x))),
        Arguments.of("flat", of(x -> x.reshape(-1))),
        Arguments.of("rows", of(x -> x.reshape(-1, 2))),
        Arguments.of("transpose", of(MlxArray::transpose)),
        Arguments.of("gram", of(x -> x.matmul(x.transpose()))),
        Arguments.of("concatenated", of(x -> Ops.concatenate(arrays(x, x), 0))),
        Arguments.of("padded", of(x -> x.pad(1))),
        Arguments.of("repeated", of(x -> x.repeat(2, 0))),
        Arguments.of("cumulative", of(x -> x.cumsum(0))),
        Arguments.of("sorted", of(x -> x.sort(0))),
        Arguments.of("variance", of(x -> x.var(0))),
        Arguments.of("gradient", of(x -> Transforms.grad(mean).apply(x))),
        Arguments.of("gradient of a difference", of(x -> Transforms.grad(norm).apply(x))),
        Arguments.of("times a size", of(x -> x.multiply(x.dim(0)))),
        Arguments.of("broadcast", of(x -> x.sum(0).broadcastTo(x.dim(0), x.dim(1)))),
        Arguments.of("mapped", of(x -> Transforms.vmap((MlxArray r) -> r.sum()).apply(x))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("functions")
  void rightOrRefused(String name, ArraysFunction f) throws IOException {
    try {
      Export.exportFunction(file(), f, arrays(numbers(4, 6)), true);
    } catch (IllegalArgumentException refused) {
      String start = "[exportFunction] the function depends on the sizes of the example";
      assertTrue(refused.getMessage().startsWith(start), refused::toString);
      assertNoFileIsLeft();
      return;
    }
    assertImportedIsSame(
        f,
        Stream.of(new int[][] {{4, 6}, {1, 6}, {4, 1}, {7, 6}, {4, 8}, {9, 2}, {2, 40}})
            .map(shape -> numbers(shape))
            .toArray(MlxArray[]::new));
  }

  /** The rules of its derivatives run without passing through Java. */
  @Test
  void functionsThatTransformsMake() throws IOException {
    try (TransformedArraysFunction gradient =
            Transforms.grad((MlxArray... xs) -> xs[0].square().mean(), 0);
        TransformedArraysFunction compiled = Transforms.compileArrays(of(x -> x.sum(0)))) {
      rightOrRefused("gradient", gradient);
      rightOrRefused("compiled", compiled);
    }
    try (TransformedArraysFunction gradient =
        Transforms.grad((MlxArray... xs) -> xs[0].square().sum(), 0)) {
      rightOrRefused("gradient of a sum", gradient);
    }
  }

  @Test
  void whatFollowsSizesIsNotCalled() {
    int[] calls = {0};
    MlxArray w = numbers(3, 2);
    ArraysFunction f =
        xs -> {
          calls[0]++;
          return arrays(xs[0].matmul(w).softmax(-1).sum(0));
        };
    Export.exportFunction(file(), f, arrays(numbers(4, 3)), true);
    assertEquals(1, calls[0]);
    assertImportedIsSame(f, numbers(9, 3));
  }

  @Test
  void capturedWeightsFixSomeSizes() {
    MlxArray w = numbers(3, 2);
    ArraysFunction f = of(x -> x.matmul(w).cumsum(0));
    Export.exportFunction(file(), f, arrays(numbers(4, 3)), true);
    assertImportedIsSame(f, numbers(9, 3));
  }

  @Test
  void numbersComputedFromSizes() throws IOException {
    assertRefused(
        of(x -> x.multiply(x.dim(0))),
        numbers(3, 4),
        "[exportFunction] the function depends on the sizes of the example",
        "for arguments of shape [5, 4] instead of [3, 4]",
        "other numbers",
        "export an example of each shape");
    assertRefused(
        of(x -> x.sum(0).broadcastTo(x.dim(0), 4)),
        numbers(3, 4),
        "[5, 4]",
        "float32[3, 4] where the function gives float32[5, 4]");
    assertRefused(of(x -> x.astype(DType.INT32).add(x.dim(0))), numbers(3), "other numbers");
    assertRefused(
        of(x -> x.astype(DType.COMPLEX64).multiply(x.dim(0))), numbers(3), "other numbers");
    assertRefused(of(x -> x.multiply(x.dim(0))), numbers(3).astype(DType.BFLOAT16), "other numb");
    // only one of two axes of one size, and where the other has to keep it
    MlxArray w = numbers(4, 2);
    assertRefused(of(x -> x.matmul(w).multiply(x.dim(0))), numbers(4, 4), "[6, 4]");
    // where sizes must divide
    assertRefused(of(x -> x.reshape(4, -1).multiply(x.dim(0))), numbers(8), "[16]");
    // where the number of results is another
    assertRefused(
        xs -> xs[0].split(xs[0].dim(0), 0), numbers(3), "3 results where the function gives 5");
  }

  @Test
  void indicesAreValid() throws IOException {
    MlxArray table = numbers(5, 3);
    MlxArray indices = MlxArray.of(4, 0, 1);
    assertRefused(of(i -> table.take(i, 0).multiply(i.dim(0))), indices, "[5] instead of [3]");
    MlxArray row = numbers(1, 3); // 1 is no index of it
    assertRefused(of(i -> row.take(i, 0).multiply(i.dim(0))), MlxArray.of(0, 0, 0), "[5]");
  }

  @Test
  void namedArgumentsAreTriedByName() throws IOException {
    assertThrowsSaying(
        IllegalArgumentException.class,
        () ->
            Export.exportFunction(
                file(),
                (xs, by) -> arrays(xs[0].multiply(by.get("a")).add(by.get("b").dim(0))),
                arrays(numbers(3)),
                true,
                Map.of("a", numbers(3), "b", numbers(7)),
                ""),
        "[3], [3], [9] instead of [3], [3], [7]",
        "other numbers");
    assertNoFileIsLeft();
  }

  @Test
  void aRefusedFileLeavesWhatWasThere() throws IOException {
    Export.exportFunction(file(), of(MlxArray::exp), numbers(3));
    byte[] before = Files.readAllBytes(file());
    assertThrows(
        IllegalArgumentException.class,
        () ->
            Export.exportFunction(file(), of(x -> x.multiply(x.dim(0))), arrays(numbers(3)), true));
    assertArrayEquals(before, Files.readAllBytes(file()));
    FunctionExporter exporter = Export.exporter(file(), of(x -> x.add(x.dim(0))), true);
    exporter.add(numbers(3));
    assertThrows(IllegalArgumentException.class, exporter::close);
    exporter.close();
    assertArrayEquals(before, Files.readAllBytes(file()));
  }

  @Test
  void anErrorWhileSizesAreTriedLeavesNoFile() throws IOException {
    int[] calls = {0};
    ArraysFunction f =
        xs -> {
          if (calls[0]++ > 0) {
            throw new OutOfMemoryError();
          }
          return arrays(xs[0].add(xs[0].dim(0)));
        };
    MlxArray x = numbers(3);
    assertThrows(OutOfMemoryError.class, () -> Export.exportFunction(file(), f, arrays(x), true));
    assertNoFileIsLeft();
  }

  @Test
  void sizesThatTheFunctionRefusesDoNotCount() {
    ArraysFunction f =
        xs -> {
          if (xs[0].dim(0) != 3) {
            throw new IllegalArgumentException("three are needed");
          }
          return arrays(xs[0].multiply(3f));
        };
    Export.exportFunction(file(), f, arrays(numbers(3, 2)), true);
    assertImportedIsSame(f, numbers(3, 7));
  }

  @Test
  void whatCannotBeTriedIsRefused() throws IOException {
    int[] calls = {0};
    assertRefused(
        xs -> {
          if (calls[0]++ > 0) {
            throw new IllegalStateException("once only");
          }
          return arrays(xs[0].multiply(xs[0].dim(0)));
        },
        numbers(3),
        "[exportFunction] whether the function depends on the sizes of the example cannot be"
            + " checked");
  }

  @Test
  void randomNumbersAreNotCompared() throws IOException {
    ArraysFunction f = of(x -> x.cumsum(0).add(MlxRandom.uniform()));
    Export.exportFunction(file(), f, arrays(numbers(3)), true);
    try (ImportedFunction imported = Export.importFunction(file())) {
      assertArrayEquals(new int[] {5}, imported.apply(numbers(5))[0].shape());
    }
    Files.delete(file());
    assertRefused(of(x -> x.add(MlxRandom.uniform(x.dim(0)))), numbers(3), "throw an exception");
    MlxArray key = MlxRandom.key(1);
    assertRefused(
        xs -> arrays(MlxRandom.uniform(0, 1, new int[] {xs[0].dim(0)}, key)),
        numbers(3),
        "float32[3] where the function gives float32[5]");
  }

  @Test
  void undefinedValuesAreEqual() {
    ArraysFunction f = of(x -> x.cumsum(0).negative().log());
    Export.exportFunction(file(), f, arrays(numbers(3)), true);
    try (ImportedFunction imported = Export.importFunction(file())) {
      assertValues(imported.apply(MlxArray.of(-1f, 0f))[0], 0, 0);
    }
  }

  @Test
  void randomNumbersOfTheProcessStay() {
    MlxRandom.seed(7);
    float expected = MlxRandom.uniform().itemFloat();
    MlxRandom.seed(7);
    Export.exportFunction(file(), of(x -> x.cumsum(0)), arrays(numbers(3)), true);
    assertEquals(expected, MlxRandom.uniform().itemFloat());
  }
}
