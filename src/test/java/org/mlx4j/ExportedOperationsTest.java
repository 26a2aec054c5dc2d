package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Java runs what Python exports, with the same results, also compiled; and Python runs with the
 * same results what Java exports again.
 */
class ExportedOperationsTest {
  @TempDir static Path folder;

  static String script() throws Exception {
    try (InputStream in =
        ExportedOperationsTest.class.getResourceAsStream("export_operations.py")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Runs the script and returns the names of the functions that are in the folder afterwards. */
  static List<String> exportedByPython(Path folder) throws Exception {
    String printed = PythonMlx.run("import sys\nsys.argv = ['', r'" + folder + "']\n" + script());
    return printed.lines().toList();
  }

  static MlxArray[] numbered(Map<String, MlxArray> arrays, String kind) {
    List<MlxArray> found = new ArrayList<>();
    while (arrays.containsKey(kind + found.size())) {
      found.add(arrays.get(kind + found.size()));
    }
    return found.toArray(MlxArray[]::new);
  }

  private static void assertSame(MlxArray[] expected, MlxArray[] actual) {
    assertEquals(expected.length, actual.length);
    for (int i = 0; i < expected.length; i++) {
      String place = "result " + i;
      assertEquals(expected[i].dtype(), actual[i].dtype(), place);
      if (expected[i].dtype() == DType.COMPLEX64) {
        assertClose(expected[i].real(), actual[i].real());
        assertClose(expected[i].imag(), actual[i].imag());
      } else {
        assertClose(expected[i], actual[i]);
      }
    }
  }

  /**
   * Python's BLAS sums in another order than ours, so small results among large numbers may differ
   * by a rounding of the large ones.
   */
  private static void assertClose(MlxArray expected, MlxArray actual) {
    ArrayAssertions.assertShape(actual, expected.shape());
    double[] values = expected.toDoubleArray();
    double largest = Arrays.stream(values).map(Math::abs).filter(Double::isFinite).max().orElse(0);
    double[] others = actual.toDoubleArray();
    for (int i = 0; i < values.length; i++) {
      double tolerance = 1e-6 * Math.max(1, largest) + 1e-5 * Math.abs(values[i]);
      assertEquals(values[i], others[i], Double.isFinite(values[i]) ? tolerance : 0);
    }
  }

  @TestFactory
  List<DynamicTest> pythonToJavaToPython() throws Exception {
    List<String> names = exportedByPython(folder);
    assertTrue(names.size() > 100, () -> names.size() + " functions");
    List<DynamicTest> tests = new ArrayList<>();
    Path again = Files.createDirectory(folder.resolve("again"));
    for (String name : names) {
      tests.add(
          DynamicTest.dynamicTest(
              name,
              () -> {
                try (Scope scope = Scope.open()) {
                  Map<String, MlxArray> arrays =
                      Io.loadSafetensors(folder.resolve(name + ".safetensors"));
                  MlxArray[] in = numbered(arrays, "in");
                  MlxArray[] out = numbered(arrays, "out");
                  ImportedFunction f = Export.importFunction(folder.resolve(name + ".mlxfn"));
                  assertSame(out, f.apply(in));
                  if (in.length > 0) {
                    assertSame(out, Transforms.compileArrays(f).apply(in));
                  }
                  Export.exportFunction(again.resolve(name + ".mlxfn"), f, in);
                }
              }));
    }
    tests.add(
        DynamicTest.dynamicTest("indices out of range", ExportedOperationsTest::indicesOutOfRange));
    tests.add(DynamicTest.dynamicTest("back to Python", () -> runInPython(names, again)));
    return tests;
  }

  /** Python does not check them: known ones are an error here, computed ones the nearest. */
  private static void indicesOutOfRange() {
    try (Scope scope = Scope.open()) {
      ImportedFunction f = Export.importFunction(folder.resolve("embedding.mlxfn"));
      MlxArray rows = f.apply(MlxArray.of(9, 0, 1, 2))[0];
      MlxArray computed = MlxArray.of(1_000_000, -1_000_000, 0, 1).add(MlxArray.of(1, 0, 1, 1));
      ArrayAssertions.assertSame(rows, f.apply(computed)[0]);
      MlxArray known = MlxArray.of(9, 0, 10, 2);
      assertThrows(IndexOutOfBoundsException.class, () -> f.apply(known));
    }
  }

  private static void runInPython(List<String> names, Path again) {
    String printed =
        PythonMlx.run(
            """
            import mlx.core as mx
            import numpy as np
            mx.set_default_device(mx.cpu)
            for name in r'''%s'''.split():
                arrays = mx.load(r'%s/' + name + '.safetensors')
                def numbered(kind):
                    found = []
                    while kind + str(len(found)) in arrays:
                        found.append(arrays[kind + str(len(found))])
                    return found
                results = mx.import_function(r'%s/' + name + '.mlxfn')(*numbered('in'))
                expected = numbered('out')
                same = len(results) == len(expected) and all(
                    x.dtype == y.dtype and x.shape == y.shape
                    and np.allclose(np.array(x.astype(mx.complex64)), np.array(y.astype(mx.complex64)), 1e-5, 1e-5, True)
                    for x, y in zip(results, expected))
                if not same:
                    print(name, results, expected)
            print('done')
            """
                .formatted(String.join(" ", names), folder, again));
    assertEquals("done", printed.strip());
  }
}
