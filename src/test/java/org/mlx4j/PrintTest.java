package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/** Arrays print as they do in Python. */
@ExtendWith(InScope.class)
class PrintTest {
  /** A Python expression, and the same array created in Java. */
  private static Map<String, Supplier<MlxArray>> samples() {
    Map<String, Supplier<MlxArray>> samples = new LinkedHashMap<>();
    for (DType dtype : DType.values()) {
      String python = dtype == DType.BOOL ? "bool_" : dtype.toString();
      samples.put(
          "mx.array([0, 1, 2, 100]).astype(mx." + python + ")",
          () -> MlxArray.of(0, 1, 2, 100).astype(dtype));
      samples.put("mx.array(1).astype(mx." + python + ")", () -> MlxArray.scalar(1).astype(dtype));
      samples.put("mx.zeros((0,), mx." + python + ")", () -> Ops.zeros(new int[] {0}, dtype));
    }
    samples.put(
        "mx.array([0.5, -1.25, 3.1415927, 1e10, 1e-10])",
        () -> MlxArray.of(0.5f, -1.25f, 3.1415927f, 1e10f, 1e-10f));
    samples.put(
        "mx.array([1/3, 2/3]).astype(mx.float16)",
        () -> MlxArray.of(1.0 / 3, 2.0 / 3).astype(DType.FLOAT16));
    samples.put(
        "mx.array([1/3, 2/3]).astype(mx.bfloat16)",
        () -> MlxArray.of(1.0 / 3, 2.0 / 3).astype(DType.BFLOAT16));
    samples.put(
        "mx.array([float('nan'), float('inf'), -float('inf'), -0.0])",
        () -> MlxArray.of(Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, -0f));
    samples.put(
        "mx.array([1+2j, -0.5-1j, 3])",
        () -> MlxArray.of(new Complex64(1, 2), new Complex64(-0.5f, -1), new Complex64(3, 0)));
    samples.put(
        "mx.array([-2**63, 2**63 - 1], mx.int64)",
        () -> MlxArray.of(Long.MIN_VALUE, Long.MAX_VALUE));
    samples.put(
        "mx.zeros((1,), mx.uint64) - 1", () -> MlxArray.of(new long[] {-1}, DType.UINT64, 1));
    samples.put("mx.array([-128, 127], mx.int8)", () -> MlxArray.of(new byte[] {-128, 127}, 2));
    samples.put("mx.array([True, False])", () -> MlxArray.of(true, false));
    samples.put("mx.array([[1, 2], [3, 4]])", () -> MlxArray.of(new int[] {1, 2, 3, 4}, 2, 2));
    samples.put(
        "mx.array([[1, 2], [3, 4]]).T",
        () -> MlxArray.of(new int[] {1, 2, 3, 4}, 2, 2).transpose());
    samples.put("mx.zeros((2, 2, 2))", () -> Ops.zeros(2, 2, 2));
    samples.put("mx.zeros((1, 1, 1, 1))", () -> Ops.zeros(1, 1, 1, 1));
    samples.put("mx.zeros((2, 0))", () -> Ops.zeros(2, 0));
    samples.put("mx.zeros((0, 2))", () -> Ops.zeros(0, 2));
    samples.put("mx.arange(1000)", () -> Ops.arange(1000));
    samples.put("mx.arange(1000.0) / 7", () -> Ops.arange(1000.0).divide(7));
    samples.put("mx.arange(10000).reshape(100, 100)", () -> Ops.arange(10000).reshape(100, 100));
    samples.put("mx.arange(100).reshape(2, 50)", () -> Ops.arange(100).reshape(2, 50));
    samples.put("mx.arange(8000).reshape(20, 20, 20)", () -> Ops.arange(8000).reshape(20, 20, 20));
    return samples;
  }

  @TestFactory
  Stream<DynamicTest> arraysPrintAsInPython() {
    Map<String, Supplier<MlxArray>> samples = samples();
    return PythonMlx.prints(samples, expression -> expression);
  }

  @Test
  void aClosedArrayPrintsThatItIsClosed() {
    MlxArray x = MlxArray.of(1f);
    x.close();
    assertEquals("array(closed)", x.toString());
  }

  @Test
  void anArrayWithoutValuesPrintsWhyInsteadOfThrowing() {
    List<String> printed = new ArrayList<>();
    Transforms.vmap(
            x -> {
              printed.add(x.toString());
              return x;
            })
        .apply(MlxArray.of(1f));
    assertEquals("array(traced, shape=[], dtype=float32)", printed.get(0));
  }

  @Test
  void aComplexNumberPrintsBothPartsAndOneSign() {
    assertEquals("1.0+2.0j", new Complex64(1, 2).toString());
    assertEquals("1.0-2.0j", new Complex64(1, -2).toString());
    assertEquals("-1.5+0.0j", new Complex64(-1.5f, 0).toString());
    assertEquals("0.0-0.0j", new Complex64(0, -0f).toString());
    assertEquals("0.0+NaNj", new Complex64(0, Float.NaN).toString());
  }

  @Test
  void dtypesPrintTheirNames() {
    assertEquals("float32", DType.FLOAT32.toString());
    assertEquals("bfloat16", DType.BFLOAT16.toString());
    assertEquals("bool", DType.BOOL.toString());
  }

  @Test
  void precisionIsAsInPython() {
    List<Integer> precisions = List.of(-1, 0, 1, 3, 12, 30);
    List<String> arrays =
        List.of(
            "mx.array([1/3, -2.5, 1e10, 1e-10, float('nan'), float('inf')])",
            "mx.array([1/3, 2/3]).astype(mx.float16)",
            "mx.array([1/3, 2/3]).astype(mx.bfloat16)",
            "mx.array([1+2j, -0.5-1j, 3])",
            "mx.array([1, 2])",
            "mx.array([True])");
    List<Supplier<MlxArray>> ours =
        List.of(
            () -> MlxArray.of(1f / 3, -2.5f, 1e10f, 1e-10f, Float.NaN, Float.POSITIVE_INFINITY),
            () -> MlxArray.of(1.0 / 3, 2.0 / 3).astype(DType.FLOAT16),
            () -> MlxArray.of(1.0 / 3, 2.0 / 3).astype(DType.BFLOAT16),
            () -> MlxArray.of(new Complex64(1, 2), new Complex64(-0.5f, -1), new Complex64(3, 0)),
            () -> MlxArray.of(1, 2),
            () -> MlxArray.of(true));
    List<String> expressions = new ArrayList<>();
    for (int precision : precisions) {
      for (String array : arrays) {
        expressions.add("(mx.set_printoptions(precision=" + precision + "), " + array + ")[1]");
      }
    }
    List<String> expected = PythonMlx.reprs(expressions);
    List<String> actual = new ArrayList<>();
    for (int precision : precisions) {
      try (PrintScope scope = Ops.printoptions(precision)) {
        assertEquals(new PrintOptions(precision), Ops.getPrintoptions());
        ours.forEach(array -> actual.add(array.get().toString()));
      }
    }
    assertEquals(expected, actual);
  }

  @Test
  void printOptionsNestAndReturn() {
    PrintOptions before = Ops.getPrintoptions();
    MlxArray x = MlxArray.of(1f / 3);
    String usual = x.toString();
    try (PrintScope outer = Ops.printoptions(2)) {
      try (PrintScope inner = Ops.printoptions(4)) {
        assertEquals("array([0.3333], dtype=float32)", x.toString());
        inner.close(); // twice in all
        Ops.setPrintoptions(1);
      }
      assertEquals("array([0.3], dtype=float32)", x.toString());
    }
    assertEquals(before, Ops.getPrintoptions());
    assertEquals(usual, x.toString());
    for (int precision : new int[] {-2, 1075, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
      ArrayAssertions.assertThrowsSaying(
          IllegalArgumentException.class,
          () -> Ops.setPrintoptions(precision),
          "[printoptions]",
          Integer.toString(precision));
    }
    ArrayAssertions.assertThrowsSaying(
        IllegalArgumentException.class, () -> Ops.printoptions(-5), "-5");
    try (PrintScope most = Ops.printoptions(1074)) {
      assertTrue(x.toString().length() > 1074);
    }
  }
}
