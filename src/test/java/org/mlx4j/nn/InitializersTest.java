package org.mlx4j.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.mlx4j.ArrayAssertions.assertShape;
import static org.mlx4j.ArrayAssertions.assertThrowsSaying;
import static org.mlx4j.ArrayAssertions.assertValues;
import static org.mlx4j.ArrayAssertions.assertWithin;
import static org.mlx4j.ArrayAssertions.rounding;
import static org.mlx4j.nn.FanMode.FAN_IN;
import static org.mlx4j.nn.FanMode.FAN_OUT;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mlx4j.ChildJvm;
import org.mlx4j.DType;
import org.mlx4j.Device;
import org.mlx4j.InScope;
import org.mlx4j.MlxArray;
import org.mlx4j.MlxRandom;
import org.mlx4j.Ops;
import org.mlx4j.PythonMlx;
import org.mlx4j.StreamScope;

/** After the same seed initializers make the arrays that MLX's Python makes. */
@ExtendWith(InScope.class)
class InitializersTest {
  /**
   * An initializer in Java and in Python.
   *
   * @param maker the initializer in Python
   * @param options what Python gives to that
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Row(Initializer java, String maker, String options, int... shape) {
    Row(Initializer java, String maker, int... shape) {
      this(java, maker, "", shape);
    }

    String python() {
      String a = "mx.zeros(" + Arrays.toString(shape) + ")";
      return "nn.init." + maker + "(" + a + options + ")";
    }

    @Override
    public String toString() {
      return python();
    }
  }

  static Stream<Row> rows() {
    DType f16 = DType.FLOAT16;
    DType bf16 = DType.BFLOAT16;
    String toFanOut = ", mode='fan_out', gain=5";
    return Stream.of(
        new Row(Initializers.constant(0.1), "constant(0.1)", 2, 3),
        new Row(Initializers.constant(0.1, f16), "constant(0.1, mx.float16)"),
        new Row(Initializers.constant(7, DType.INT32), "constant(7, mx.int32)", 2),
        new Row(Initializers.normal(), "normal()", 5),
        new Row(Initializers.normal(3), "normal(3)", 4, 3),
        new Row(Initializers.normal(3, 0.1), "normal(3, 0.1)", 4, 3),
        new Row(Initializers.normal(0.3, 2, bf16), "normal(0.3, 2, mx.bfloat16)", 4, 3),
        new Row(Initializers.uniform(), "uniform()", 5),
        new Row(Initializers.uniform(-0.3), "uniform(-0.3)", 4, 3),
        new Row(Initializers.uniform(-0.3, 0.7), "uniform(-0.3, 0.7)", 4, 3),
        new Row(Initializers.uniform(-3, 1, f16), "uniform(-3, 1, mx.float16)", 4, 3),
        new Row(Initializers.identity(), "identity()", 3, 3),
        new Row(Initializers.identity(bf16), "identity(mx.bfloat16)", 2, 2),
        new Row(Initializers.glorotNormal(), "glorot_normal()", 4, 3),
        new Row(Initializers.glorotNormal(f16), "glorot_normal(mx.float16)", 4, 2, 3, 5),
        new Row(Initializers.glorotNormal(4), "glorot_normal()", ", gain=4", 4, 3),
        new Row(Initializers.glorotUniform(), "glorot_uniform()", 4, 3),
        new Row(Initializers.glorotUniform(bf16), "glorot_uniform(mx.bfloat16)", 4, 2, 3, 5),
        new Row(Initializers.glorotUniform(0.3), "glorot_uniform()", ", gain=0.3", 4, 3),
        new Row(Initializers.glorotUniform(3, f16), "glorot_uniform(mx.float16)", ", gain=3", 4, 3),
        new Row(Initializers.heNormal(), "he_normal()", 4, 3),
        new Row(Initializers.heNormal(bf16), "he_normal(mx.bfloat16)", 4, 2, 3, 5),
        new Row(Initializers.heNormal(FAN_OUT, 5), "he_normal()", toFanOut, 4, 2, 3),
        new Row(
            Initializers.heNormal(FAN_IN, 0.3, f16), "he_normal(mx.float16)", ", gain=0.3", 4, 3),
        new Row(Initializers.heUniform(), "he_uniform()", 4, 3),
        new Row(Initializers.heUniform(f16), "he_uniform(mx.float16)", 4, 2, 3, 5),
        new Row(Initializers.heUniform(FAN_OUT, 5), "he_uniform()", toFanOut, 4, 2, 3),
        new Row(
            Initializers.heUniform(FAN_IN, 2, bf16), "he_uniform(mx.bfloat16)", ", gain=2", 4, 3),
        new Row(Initializers.sparse(0.5), "sparse(0.5)", 6, 7),
        new Row(Initializers.sparse(0), "sparse(0)", 6, 7),
        new Row(Initializers.sparse(1), "sparse(1)", 6, 7),
        new Row(Initializers.sparse(0.3, 2), "sparse(0.3, 2)", 5, 4),
        new Row(Initializers.sparse(0.3, 2, 0.1), "sparse(0.3, 2, 0.1)", 5, 4),
        new Row(Initializers.sparse(0.3, 0, 1, f16), "sparse(0.3, dtype=mx.float16)", 5, 4),
        new Row(Initializers.orthogonal(), "orthogonal()", 5, 5),
        new Row(Initializers.orthogonal(2), "orthogonal(2)", 3, 5),
        new Row(Initializers.orthogonal(0.5, bf16), "orthogonal(0.5, mx.bfloat16)", 5, 3));
  }

  private static Map<String, MlxArray> python;

  @AfterAll
  static void closeArraysOfPython() {
    PythonMlx.close(python);
    python = null;
  }

  @BeforeAll
  static void ask() {
    StringBuilder script = new StringBuilder();
    for (Row row : rows().toList()) {
      // two arrays, one after the other: all numbers that are drawn are the same
      String text =
          "mx.random.seed(7)\nf = lambda: %s\nout['''%1$s|1'''], out['''%1$s|2'''] = f(), f()\n";
      script.append(text.formatted(row.python()));
    }
    python = PythonMlx.arrays(script.toString());
  }

  @ParameterizedTest
  @MethodSource("rows")
  void arraysArePythons(Row row) {
    try (StreamScope device = StreamScope.open(Device.cpu())) { // as Python
      MlxRandom.seed(7);
      for (int i = 1; i <= 2; i++) {
        MlxArray expected = python.get(row.python() + "|" + i);
        // decompositions are rounded as the BLAS likes; Python has another one
        double tolerance = row.maker.startsWith("orthogonal") ? rounding(expected.dtype()) : 0;
        assertWithin(tolerance, expected, row.java.apply(row.shape), row.python());
      }
    }
  }

  @Test
  void everyInitializerHasARow() {
    String rows = rows().map(Row::python).collect(Collectors.joining("\n"));
    TreeSet<String> missing = new TreeSet<>();
    for (var m : Initializers.class.getDeclaredMethods()) {
      String python = m.getName().replaceAll("([A-Z])", "_$1").toLowerCase(java.util.Locale.ROOT);
      if (java.lang.reflect.Modifier.isPublic(m.getModifiers())
          && !rows.contains("." + python + "(")) {
        missing.add(m.getName());
      }
    }
    assertEquals(new TreeSet<>(), missing);
  }

  @Test
  void orthogonalVectorsAreOrthogonal() {
    MlxArray q = Initializers.orthogonal(2).apply(3, 5);
    assertWithin(1e-5, Ops.eye(3).multiply(4), q.matmul(q.T()), "rows");
    MlxArray tall = Initializers.orthogonal().apply(5, 2);
    assertWithin(1e-5, Ops.eye(2), tall.T().matmul(tall), "columns");
  }

  @Test
  void everyRowOfASparseMatrixHasItsZeros() {
    MlxArray matrix = Initializers.sparse(0.25).apply(10, 7);
    double[] zeros = new double[10];
    Arrays.fill(zeros, 2);
    assertValues(matrix.equal(0L).sum(1), zeros);
  }

  @Test
  void emptyShapesGiveEmptyArrays() {
    assertShape(Initializers.heNormal().apply(0, 3), 0, 3);
    assertShape(Initializers.glorotUniform().apply(3, 0), 3, 0);
    assertShape(Initializers.normal().apply());
  }

  @Test
  void anInitializerMayBeUsedAgainWithAnyShape() {
    Initializer ones = Initializers.constant(1);
    for (int[] shape : List.of(new int[] {2}, new int[] {3, 1})) {
      assertShape(ones.apply(shape), shape);
    }
  }

  /** A program whose first use of the library is an initializer. */
  static final class FirstUse {
    private FirstUse() {}

    public static void main(String... arguments) {
      System.out.print(Initializers.constant(2).apply(2));
    }
  }

  @Test
  void anInitializerMayBeTheFirstUseOfTheLibrary() throws Exception {
    assertEquals("array([2, 2], dtype=float32)", ChildJvm.run(FirstUse.class));
  }

  @Test
  void whatDoesNotFitIsRefused() {
    Class<IllegalArgumentException> e = IllegalArgumentException.class;
    for (double sparsity : new double[] {-0.1, 1.1, Double.NaN}) {
      assertThrowsSaying(
          e, () -> Initializers.sparse(sparsity), "[sparse] sparsity must be in [0, 1]", "got");
    }
    assertThrowsSaying(
        e,
        () -> Initializers.identity().apply(2, 3),
        "[identity] the shape must be that of a square matrix, got [2, 3]");
    assertThrowsSaying(
        e, () -> Initializers.sparse(0.5).apply(2), "[sparse] the shape must be that of a matrix");
    assertThrowsSaying(
        e,
        () -> Initializers.orthogonal().apply(2, 3, 4),
        "[orthogonal] the shape must be that of a matrix, with 2 axes, got [2, 3, 4]");
    for (Initializer f :
        List.of(
            Initializers.glorotNormal(),
            Initializers.glorotUniform(),
            Initializers.heNormal(),
            Initializers.heUniform())) {
      assertThrowsSaying(e, () -> f.apply(3), "] the shape must have at least 2 axes", "got [3]");
    }
    assertThrowsSaying(e, () -> Initializers.normal().apply(-1), "[normal]", "-1");
    assertThrowsSaying(e, () -> Initializers.heUniform().apply(2, -1), "[heUniform]", "-1");
    assertThrowsSaying(e, () -> Initializers.orthogonal().apply(-1, -1), "[orthogonal]", "-1");
    assertThrowsSaying(
        e, () -> Initializers.normal(0, 1, DType.INT32).apply(1), "[normal]", "int32");
    Class<NullPointerException> npe = NullPointerException.class;
    assertThrowsSaying(npe, () -> Initializers.heNormal(null), "[heNormal] dtype is null");
    assertThrowsSaying(npe, () -> Initializers.heUniform(null, 1), "[heUniform] mode is null");
    assertThrowsSaying(
        npe, () -> Initializers.normal().apply((int[]) null), "[normal] shape is null");
  }
}
