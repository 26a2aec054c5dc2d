package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.mlx4j.ArrayAssertions.assertThrowsSaying;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The rules for dtypes are Python's, for all pairs of dtypes. */
@ExtendWith(InScope.class)
class DTypeTest {
  private static final List<DType> ALL = List.of(DType.values());

  /** Expressions of Python, and the corresponding results in Java. */
  private final List<String> expressions = new ArrayList<>();

  private final List<String> answers = new ArrayList<>();

  private void add(String expression, Object answer) {
    expressions.add("str(" + expression + ")");
    answers.add(String.valueOf(answer));
  }

  private void assertPythonAgrees() {
    List<String> expected = PythonMlx.reprs("D = lambda d: getattr(mx, d)\n", expressions);
    for (int i = 0; i < answers.size(); i++) {
      int at = i;
      String python = expected.get(i);
      assertEquals(
          python.substring(1, python.length() - 1).replace("mlx.core.", ""),
          answers.get(i),
          () -> expressions.get(at));
    }
  }

  private static String python(DType dtype) {
    return dtype == DType.BOOL ? "mx.bool_" : "mx." + dtype;
  }

  private static String truth(boolean value) {
    return value ? "True" : "False";
  }

  /** The JVM's compiler relies on the whole register in which a native returns an int. */
  @Test
  void compiledCodeReadsTheCodeOfADtypeOnly() {
    for (int i = 0; i < 200_000; i++) {
      DType dtype = ALL.get(i % ALL.size());
      assertEquals(dtype, Ops.resultType(DType.BOOL, dtype));
    }
  }

  @Test
  void pairsOfDtypesPromoteAsInPython() {
    for (DType x : ALL) {
      for (DType y : ALL) {
        String both = python(x) + ", " + python(y) + ")";
        add("mx.result_type(" + both, Ops.resultType(x, y));
        add("mx.can_cast(" + both, truth(Ops.canCast(x, y)));
        add("mx.issubdtype(" + both, truth(Ops.issubdtype(x, y)));
        add("mx.isdtype(" + both, truth(Ops.isdtype(x, y)));
      }
    }
    assertPythonAgrees();
  }

  @Test
  void arraysPromoteAsTheirDtypes() {
    for (DType x : ALL) {
      for (DType y : ALL) {
        MlxArray a = Ops.ones(new int[] {2}, x);
        MlxArray b = Ops.ones(new int[] {2}, y);
        assertEquals(Ops.resultType(x, y), Ops.resultType(a, b));
        assertEquals(Ops.resultType(x, y), a.multiply(b).dtype());
        assertEquals(Ops.canCast(x, y), Ops.canCast(a, y));
      }
    }
    assertEquals(DType.FLOAT32, Ops.resultType(DType.BOOL, DType.INT8, DType.FLOAT32));
  }

  @Test
  void categoriesAndKindsAreThoseOfPython() {
    for (DType.Category category : DType.Category.values()) {
      for (DType dtype : ALL) {
        add(
            "mx.issubdtype(" + python(dtype) + ", mx." + category + ")",
            truth(Ops.issubdtype(dtype, category)));
      }
      for (DType.Category other : DType.Category.values()) {
        add(
            "mx.issubdtype(mx." + category + ", mx." + other + ")",
            truth(Ops.issubdtype(category, other)));
      }
    }
    for (DType.Kind kind : DType.Kind.values()) {
      for (DType dtype : ALL) {
        add("mx.isdtype(" + python(dtype) + ", '" + kind + "')", truth(Ops.isdtype(dtype, kind)));
      }
    }
    add(
        "mx.isdtype(mx.int8, ('bool', 'integral'))",
        truth(Ops.isdtype(DType.INT8, DType.Kind.BOOL, DType.Kind.INTEGRAL)));
    add(
        "mx.isdtype(mx.int8, (mx.bool_, mx.int16))",
        truth(Ops.isdtype(DType.INT8, DType.BOOL, DType.INT16)));
    assertPythonAgrees();
  }

  /** An operation on an array and a Java number. */
  private record OfNumber(
      BiFunction<MlxArray, Double, MlxArray> ofDouble,
      BiFunction<MlxArray, Long, MlxArray> ofLong) {}

  private static final Map<String, OfNumber> OPERATORS =
      Map.of(
          "+", new OfNumber(MlxArray::add, MlxArray::add),
          "-", new OfNumber(MlxArray::subtract, MlxArray::subtract),
          "*", new OfNumber(MlxArray::multiply, MlxArray::multiply),
          "/", new OfNumber(MlxArray::divide, MlxArray::divide),
          "//", new OfNumber(MlxArray::floorDivide, MlxArray::floorDivide),
          "%", new OfNumber(MlxArray::remainder, MlxArray::remainder),
          "**", new OfNumber(MlxArray::power, MlxArray::power),
          "<", new OfNumber(MlxArray::less, MlxArray::less),
          "==", new OfNumber(MlxArray::equal, MlxArray::equal));

  /** A Java number takes the dtype that one of Python takes beside an array. */
  @Test
  void numbersAreWeakAsInPython() {
    for (DType dtype : ALL) {
      MlxArray one = Ops.ones(new int[] {2}, dtype);
      String a = "mx.ones((2,), " + python(dtype) + ")";
      OPERATORS.forEach(
          (operator, ofNumber) -> {
            if (dtype == DType.COMPLEX64 && (operator.equals("//") || operator.equals("%"))) {
              return;
            }
            add("(" + a + operator + "2).dtype", ofNumber.ofLong().apply(one, 2L).dtype());
            add("(" + a + operator + "2.5).dtype", ofNumber.ofDouble().apply(one, 2.5).dtype());
          });
      add("mx.maximum(" + a + ", 2).dtype", one.maximum(2).dtype());
      add("mx.minimum(2.5, " + a + ").dtype", Ops.minimum(2.5, one).dtype());
      add("mx.where(" + a + ", " + a + ", 2.5).dtype", one.where(one, 2.5).dtype());
      add("mx.where(" + a + ", 2, " + a + ").dtype", one.where(2, one).dtype());
      add("mx.where(" + a + ", 2, 3).dtype", one.where(2, 3).dtype());
      add("mx.where(" + a + ", 2.0, 3.0).dtype", one.where(2.0, 3.0).dtype());
    }
    assertPythonAgrees();
  }

  @Test
  void limitsAreThoseOfPython() {
    for (DType dtype : ALL) {
      if (dtype.isInteger()) {
        Iinfo info = Ops.iinfo(dtype);
        String python = "mx.iinfo(" + python(dtype) + ")";
        add(python + ".min", info.min());
        add(python + ".max", info.max());
        add(python + ".dtype", info.dtype());
        assertEquals(8 * dtype.itemsize(), info.bits());
        assertThrowsSaying(
            IllegalArgumentException.class, () -> Ops.finfo(dtype), "[finfo]", dtype.toString());
      } else if (dtype != DType.BOOL) {
        Finfo info = Ops.finfo(dtype);
        String python = "mx.finfo(" + python(dtype) + ")";
        add(python + ".dtype", info.dtype());
        add(python + ".bits", info.bits());
        addExact(python + ".min", info.min());
        addExact(python + ".max", info.max());
        addExact(python + ".eps", info.eps());
        addExact(python + ".smallest_normal", info.smallestNormal());
        assertThrowsSaying(
            IllegalArgumentException.class, () -> Ops.iinfo(dtype), "[iinfo]", dtype.toString());
      }
    }
    assertThrows(IllegalArgumentException.class, () -> Ops.iinfo(DType.BOOL));
    assertThrows(IllegalArgumentException.class, () -> Ops.finfo(DType.BOOL));
    assertPythonAgrees();
  }

  private void addExact(String expression, double answer) {
    add("numpy.float64(" + expression + ").view(numpy.int64)", Double.doubleToLongBits(answer));
  }

  @Test
  void nothingHasNoDtype() {
    assertThrowsSaying(
        IllegalArgumentException.class, () -> Ops.resultType(new DType[0]), "[resultType]");
    assertThrowsSaying(
        IllegalArgumentException.class, () -> Ops.resultType(new MlxArray[0]), "[resultType]");
    assertThrowsSaying(
        NullPointerException.class, () -> Ops.resultType((DType) null), "[resultType]");
    assertThrowsSaying(
        NullPointerException.class, () -> Ops.canCast((MlxArray) null, DType.INT8), "[canCast]");
    assertThrowsSaying(NullPointerException.class, () -> Ops.finfo(null), "[finfo]");
    assertThrowsSaying(NullPointerException.class, () -> Ops.iinfo(null), "[iinfo]");
  }
}
