package org.mlx4j.optimizers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.mlx4j.ArrayAssertions.assertThrowsSaying;
import static org.mlx4j.ArrayAssertions.assertValues;
import static org.mlx4j.ArrayAssertions.assertWithin;
import static org.mlx4j.ArrayAssertions.rounding;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mlx4j.InScope;
import org.mlx4j.MlxArray;
import org.mlx4j.PythonMlx;
import org.mlx4j.tree.Trees;

/** Gradients are clipped as MLX's Python clips them. */
@ExtendWith(InScope.class)
class GradientsTest {
  record Pair(MlxArray a, MlxArray b) {}

  /** Two gradients in Python, and the largest norm. */
  private record Row(String a, String b, double maxNorm) {
    @Override
    public String toString() {
      return a + ", " + b + ", " + maxNorm;
    }
  }

  static Stream<Row> rows() {
    String any = "mx.random.normal((3, 2))";
    return Stream.of(
        new Row(any, any, 1),
        new Row(any, any, 100),
        new Row(any, any, 0),
        new Row(any + ".astype(mx.float16)", any + ".astype(mx.float16)", 1),
        new Row(any + ".astype(mx.bfloat16)", any + ".astype(mx.bfloat16)", 1),
        new Row(any + ".astype(mx.float16)", any + ".astype(mx.bfloat16)", 1),
        new Row(any, any + ".astype(mx.float16)", 1),
        new Row("mx.full((3,), 3e4, mx.float16)", "mx.full((2,), 3e4, mx.float16)", 1),
        new Row("mx.array([3, 4])", any, 1),
        new Row("mx.zeros((2,))", "mx.zeros(())", 1));
  }

  private static Map<String, MlxArray> python;

  @AfterAll
  static void closeArraysOfPython() {
    PythonMlx.close(python);
    python = null;
  }

  @BeforeAll
  static void ask() {
    StringBuilder script = new StringBuilder("mx.random.seed(5)\n");
    for (Row row : rows().toList()) {
      script.append(
          """
          g = {"a": %s, "b": %s}
          c, norm = optim.clip_grad_norm(g, %s)
          for n in "ab":
              out["%4$s|" + n] = g[n]
              out["%4$s|clipped " + n] = c[n]
          out["%4$s|norm"] = norm
          """
              .formatted(row.a, row.b, row.maxNorm, row));
    }
    python = PythonMlx.arrays(script.toString());
  }

  @ParameterizedTest
  @MethodSource("rows")
  void clippedGradientsArePythons(Row row) {
    Pair gradients = new Pair(python.get(row + "|a"), python.get(row + "|b"));
    assertIsPythons(row, Gradients.clipGradNorm(gradients, row.maxNorm));
    try (var compiled = Trees.compile((Pair g) -> Gradients.clipGradNorm(g, row.maxNorm))) {
      assertIsPythons(row, compiled.apply(gradients));
    }
  }

  private static void assertIsPythons(Row row, Clipped<Pair> clipped) {
    assertSame(row + "|norm", clipped.norm());
    assertSame(row + "|clipped a", clipped.gradients().a);
    assertSame(row + "|clipped b", clipped.gradients().b);
  }

  private static void assertSame(String name, MlxArray actual) {
    MlxArray expected = python.get(name);
    assertWithin(rounding(expected.dtype()), expected, actual, name);
  }

  @Test
  void nullIsNoGradient() {
    Clipped<Pair> clipped = Gradients.clipGradNorm(new Pair(MlxArray.of(3f, 4f), null), 1);
    assertValues(clipped.norm(), 5);
    assertValues(clipped.gradients().a, 0.6, 0.8);
    assertNull(clipped.gradients().b);
  }

  @Test
  void thereMayBeNoGradients() {
    Clipped<List<MlxArray>> clipped = Gradients.clipGradNorm(List.of(), 1);
    assertValues(clipped.norm(), 0);
    assertEquals(List.of(), clipped.gradients());
  }

  @Test
  void impossibleNormsAndClosedArraysAreRefused() {
    for (double norm : new double[] {-1, Double.NaN}) {
      assertThrowsSaying(
          IllegalArgumentException.class,
          () -> Gradients.clipGradNorm(MlxArray.of(1f), norm),
          "[clipGradNorm] maxNorm must be at least 0, got " + norm);
    }
    MlxArray closed = MlxArray.of(1f);
    closed.close();
    assertThrowsSaying(
        IllegalStateException.class,
        () -> Gradients.clipGradNorm(new Pair(MlxArray.of(1f), closed), 1),
        "[clipGradNorm]",
        "b",
        "closed");
  }
}
