package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mlx4j.ArrayAssertions.assertShape;
import static org.mlx4j.ArrayAssertions.assertValues;

import java.lang.reflect.Modifier;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The API that programs are compiled against. Half of the test is that this class compiles, without
 * casts and without parameter types of lambdas; the other half is that every call computes.
 */
@ExtendWith(InScope.class)
class ContractTest {
  // ---- MlxArray
  // ----------------------------------------------------------------------------------

  @Test
  void numbersMakeArraysOfOneAxis() {
    assertArrayEquals(new float[] {1, 2}, MlxArray.of(1f, 2f).toFloatArray());
    assertArrayEquals(new int[] {1, 2}, MlxArray.of(1, 2).toIntArray());
    assertArrayEquals(new long[] {1, 2}, MlxArray.of(1L, 2L).toLongArray());
    assertArrayEquals(new double[] {1, 2}, MlxArray.of(1.0, 2.0).toDoubleArray());
    assertArrayEquals(new boolean[] {true, false}, MlxArray.of(true, false).toBooleanArray());
  }

  @Test
  void dtypesFollowTheJavaType() {
    assertEquals(DType.FLOAT32, MlxArray.of(1f).dtype());
    assertEquals(DType.INT32, MlxArray.of(1).dtype());
    assertEquals(DType.INT64, MlxArray.of(1L).dtype());
    assertEquals(DType.FLOAT32, MlxArray.of(1.0).dtype());
    assertEquals(DType.BOOL, MlxArray.of(true).dtype());
  }

  @Test
  void dataAndShapeMakeArraysOfAnyShape() {
    assertShape(MlxArray.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3), 2, 3);
    assertShape(MlxArray.of(new int[] {1, 2, 3, 4, 5, 6}, 3, 2), 3, 2);
    assertShape(MlxArray.of(new long[] {1, 2}, 2, 1), 2, 1);
    assertShape(MlxArray.of(new double[] {1, 2}, 1, 2), 1, 2);
    assertShape(MlxArray.of(new boolean[] {true}, 1, 1, 1), 1, 1, 1);
    MlxArray bytes = MlxArray.of(new byte[] {1, -1}, 2);
    assertEquals(DType.INT8, bytes.dtype());
    assertArrayEquals(new int[] {1, -1}, bytes.toIntArray());
  }

  @Test
  void scalarsHaveNoAxes() {
    assertEquals(DType.FLOAT32, MlxArray.scalar(1.5f).dtype());
    assertEquals(DType.INT32, MlxArray.scalar(1).dtype());
    assertEquals(DType.FLOAT32, MlxArray.scalar(1.5).dtype());
    assertEquals(DType.BOOL, MlxArray.scalar(true).dtype());
    assertShape(MlxArray.scalar(1.5f));
    assertEquals(0, MlxArray.scalar(1).ndim());
  }

  @Test
  void anArrayDescribesItself() {
    MlxArray x = MlxArray.of(new float[24], 2, 3, 4);
    assertArrayEquals(new int[] {2, 3, 4}, x.shape());
    assertEquals(3, x.dim(1));
    assertEquals(4, x.dim(-1));
    assertEquals(3, x.ndim());
    assertEquals(24, x.size());
    assertEquals(96, x.nbytes());
    assertEquals(DType.FLOAT32, x.dtype());
  }

  @Test
  void theShapeIsACopy() {
    MlxArray x = MlxArray.of(1f, 2f);
    x.shape()[0] = 7;
    assertShape(x, 2);
  }

  @Test
  void itemsAreOfTheTypeAskedFor() {
    float f = MlxArray.scalar(2.5f).itemFloat();
    double d = MlxArray.scalar(2.5f).itemDouble();
    int i = MlxArray.scalar(2.5f).itemInt();
    long l = MlxArray.scalar(2.5f).itemLong();
    boolean b = MlxArray.scalar(2.5f).itemBoolean();
    assertEquals(2.5f, f);
    assertEquals(2.5, d);
    assertEquals(2, i);
    assertEquals(2L, l);
    assertTrue(b);
  }

  @Test
  void arraysAreOfTheTypeAskedFor() {
    MlxArray x = MlxArray.of(0f, 1.5f, -2.5f);
    assertArrayEquals(new float[] {0, 1.5f, -2.5f}, x.toFloatArray());
    assertArrayEquals(new double[] {0, 1.5, -2.5}, x.toDoubleArray());
    assertArrayEquals(new int[] {0, 1, -2}, x.toIntArray());
    assertArrayEquals(new long[] {0, 1, -2}, x.toLongArray());
    assertArrayEquals(new boolean[] {false, true, true}, x.toBooleanArray());
  }

  @Test
  void valuesAreCopiedIntoArraysOfTheCaller() {
    MlxArray x = MlxArray.of(1f, 2f);
    float[] floats = new float[2];
    double[] doubles = new double[2];
    int[] ints = new int[2];
    long[] longs = new long[2];
    x.copyTo(floats);
    x.copyTo(doubles);
    x.copyTo(ints);
    x.copyTo(longs);
    assertArrayEquals(new float[] {1, 2}, floats);
    assertArrayEquals(new double[] {1, 2}, doubles);
    assertArrayEquals(new int[] {1, 2}, ints);
    assertArrayEquals(new long[] {1, 2}, longs);
  }

  @Test
  void evaluationComputes() {
    MlxArray x = MlxArray.of(1f).add(1f);
    assertFalse(x.isAvailable());
    x.eval();
    assertTrue(x.isAvailable());

    MlxArray y = MlxArray.of(1f).add(2f);
    MlxArray z = MlxArray.of(1f).add(3f);
    Ops.eval(y, z);
    assertTrue(y.isAvailable() && z.isAvailable());

    MlxArray w = MlxArray.of(1f).add(4f);
    Ops.asyncEval(w);
    assertEquals(5f, w.itemFloat());
  }

  @Test
  void evaluatingNothingIsHarmless() {
    Ops.eval();
    Ops.asyncEval();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sum",
        "prod",
        "mean",
        "max",
        "min",
        "all",
        "any",
        "logsumexp",
        "median",
        "countNonzero",
        "var",
        "std"
      })
  void everyReductionHasTheSameForms(String name) throws ReflectiveOperationException {
    MlxArray x = MlxArray.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
    assertShape(reduced(x, name));
    assertShape(reduced(x, name, 0), 3);
    assertShape(reduced(x, name, -1, true), 2, 1);
    assertShape(reduced(x, name, new int[] {0, 1}));
    assertShape(reduced(x, name, new int[] {1, 0}, true), 1, 1);
    assertEquals(reduced(x, name).itemDouble(), reduced(x, name, new int[] {0, 1}).itemDouble());
    assertEquals(
        reduced(x, name).itemDouble(), reduced(x, name, new int[] {-1, -2}, true).itemDouble());
  }

  private static MlxArray reduced(MlxArray x, String name, Object... arguments)
      throws ReflectiveOperationException {
    Class<?>[] types =
        Arrays.stream(arguments)
            .map(
                a ->
                    a instanceof Integer
                        ? int.class
                        : a instanceof Boolean ? boolean.class : a.getClass())
            .toArray(Class<?>[]::new);
    return (MlxArray) MlxArray.class.getMethod(name, types).invoke(x, arguments);
  }

  @Test
  void sumsOverAxes() {
    MlxArray x = MlxArray.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
    assertValues(x.sum(), 21);
    assertValues(x.sum(0), 5, 7, 9);
    assertValues(x.sum(1, true), 6, 15);
    assertValues(x.sum(new int[] {0, 1}), 21);
    assertValues(x.sum(new int[] {0}, true), 5, 7, 9);
  }

  @Test
  void aNumberTakesTheDtypeOfTheArray() {
    assertEquals(DType.FLOAT32, MlxArray.of(1f).add(MlxArray.of(2f)).dtype());
    assertEquals(DType.FLOAT32, MlxArray.of(1f).add(2f).dtype());
    assertEquals(DType.FLOAT32, MlxArray.of(1f).add(2.0).dtype());
    assertEquals(DType.FLOAT16, MlxArray.of(1f).astype(DType.FLOAT16).add(2.5).dtype());
    assertEquals(DType.BFLOAT16, MlxArray.of(1f).astype(DType.BFLOAT16).multiply(2).dtype());
    assertEquals(DType.INT32, MlxArray.of(1).add(2).dtype());
    assertEquals(DType.INT8, MlxArray.of(new byte[] {1}, 1).add(2).dtype());
    assertEquals(DType.FLOAT32, MlxArray.of(1).add(2.5f).dtype());
    assertValues(MlxArray.of(1).add(2.5f), 3.5);
  }

  @Test
  void methodsServeAsFunctions() {
    ArrayFunction sine = MlxArray::sin;
    assertEquals(Math.sin(1), sine.apply(MlxArray.scalar(1f)).itemFloat(), 1e-6);
  }

  @Test
  void aClosedArraySaysSo() {
    MlxArray x = MlxArray.of(1f);
    assertFalse(x.isClosed());
    x.close();
    assertTrue(x.isClosed());
    x.close();
    assertTrue(x.isClosed());
  }

  @Test
  @SuppressWarnings("SelfAssertion")
  void equalsIsIdentity() {
    MlxArray x = MlxArray.of(1f);
    assertEquals(x, x);
    assertNotEquals(x, MlxArray.of(1f));
  }

  @Test
  void toStringIsThatOfPython() {
    assertEquals("array([1, 2, 3], dtype=float32)", MlxArray.of(1f, 2f, 3f).toString());
  }

  // ---- functions
  // ---------------------------------------------------------------------------------

  @Test
  void functionTypesAreInterfacesOfOneMethod() {
    ArrayFunction one = x -> x;
    ArrayBiFunction two = (x, y) -> x.add(y);
    ArraysToArrayFunction toOne = xs -> xs[0];
    ArraysFunction many = xs -> xs;
    MlxArray x = MlxArray.of(1f);
    assertSame(x, one.apply(x));
    assertValues(two.apply(x, x), 2);
    assertSame(x, toOne.apply(x, x));
    assertEquals(2, many.apply(x, x).length);
  }

  @ParameterizedTest
  @ValueSource(
      classes = {
        TransformedFunction.class,
        TransformedBiFunction.class,
        TransformedArraysFunction.class,
        ValueAndGradFunction.class
      })
  void transformedFunctionsAreFinalAndCloseable(Class<?> type) {
    assertTrue(Modifier.isFinal(type.getModifiers()));
    assertTrue(AutoCloseable.class.isAssignableFrom(type));
  }

  @Test
  void transformedFunctionsAreFunctions() {
    ArrayFunction one = Transforms.vmap(x -> x);
    ArrayBiFunction two = Transforms.vmap((x, y) -> x.add(y));
    ArraysFunction many = Transforms.compileArrays(xs -> xs);
    MlxArray x = MlxArray.of(1f);
    assertValues(one.apply(x), 1);
    assertValues(two.apply(x, x), 2);
    assertEquals(1, many.apply(x).length);
  }

  @Test
  void closingNeedsNoCatch() {
    try (TransformedFunction f = Transforms.compile(x -> x);
        TransformedBiFunction g = Transforms.compile((x, y) -> x);
        TransformedArraysFunction h = Transforms.compileArrays(xs -> xs);
        ValueAndGradFunction v = Transforms.valueAndGrad(x -> x);
        MlxArray x = MlxArray.scalar(1f)) {
      assertValues(f.apply(x), 1);
      assertValues(g.apply(x, x), 1);
      assertValues(h.apply(x)[0], 1);
      assertValues(v.apply(x).value(), 1);
    }
  }

  // ---- transforms
  // --------------------------------------------------------------------------------

  private final MlxArray x = MlxArray.of(1f, 2f, 3f);
  private final MlxArray w = MlxArray.of(4f, 5f, 6f);

  @Test
  void gradTakesLambdasAsWritten() {
    TransformedFunction one = Transforms.grad(x -> x.square().sum());
    assertValues(one.apply(x), 2, 4, 6);
    TransformedArraysFunction two = Transforms.grad((x, w) -> x.multiply(w).sum(), 0, 1);
    assertValues(two.apply(x, w)[1], 1, 2, 3);
    TransformedArraysFunction first = Transforms.grad((x, w) -> x.multiply(w).sum(), 0);
    assertValues(first.apply(x, w)[0], 4, 5, 6);
    TransformedArraysFunction many =
        Transforms.grad(xs -> xs[0].multiply(xs[1]).multiply(xs[2]).sum(), 0, 2);
    assertValues(many.apply(x, x, w)[1], 1, 4, 9);
  }

  @Test
  void valueAndGradTakesLambdasAsWritten() {
    ValueAndGradFunction one = Transforms.valueAndGrad(x -> x.square().sum());
    ValueAndGrad result = one.apply(x);
    assertValues(result.value(), 14);
    assertValues(result.grad(), 2, 4, 6);
    ValueAndGradFunction two = Transforms.valueAndGrad((x, w) -> x.multiply(w).sum(), 1);
    assertValues(two.apply(x, w).grad(), 1, 2, 3);
    ValueAndGradFunction many = Transforms.valueAndGrad(xs -> xs[0].multiply(xs[1]).sum(), 0, 1);
    MlxArray[] grads = many.apply(x, w).grads();
    assertValues(grads[0], 4, 5, 6);
    assertValues(grads[1], 1, 2, 3);
  }

  @Test
  void vmapTakesLambdasAsWritten() {
    TransformedFunction one = Transforms.vmap(x -> x.square());
    assertValues(one.apply(x), 1, 4, 9);
    TransformedBiFunction two = Transforms.vmap((a, b) -> a.add(b));
    assertValues(two.apply(x, w), 5, 7, 9);
    TransformedFunction withAxes = Transforms.vmap(x -> x.square(), 0, -1);
    assertValues(withAxes.apply(x), 1, 4, 9);
    TransformedBiFunction partly =
        Transforms.vmap((a, b) -> a.add(b.sum()), new int[] {0, Transforms.NOT_MAPPED}, 0);
    assertValues(partly.apply(x, w), 16, 17, 18);
    TransformedArraysFunction many =
        Transforms.vmap(xs -> new MlxArray[] {xs[0].square()}, new int[] {0}, new int[] {0});
    assertValues(many.apply(x)[0], 1, 4, 9);
  }

  @Test
  void compileTakesLambdasAsWritten() {
    TransformedFunction one = Transforms.compile(x -> x.square());
    assertValues(one.apply(x), 1, 4, 9);
    TransformedFunction shapeless = Transforms.compile(x -> x.square(), true);
    assertValues(shapeless.apply(x), 1, 4, 9);
    TransformedBiFunction two = Transforms.compile((x, w) -> x.multiply(w));
    assertValues(two.apply(x, w), 4, 10, 18);
    TransformedBiFunction shapelessTwo = Transforms.compile((x, w) -> x.multiply(w), true);
    assertValues(shapelessTwo.apply(x, w), 4, 10, 18);
    TransformedArraysFunction many =
        Transforms.compileArrays(xs -> new MlxArray[] {xs[0].add(xs[1])});
    assertValues(many.apply(x, w)[0], 5, 7, 9);
    TransformedArraysFunction shapelessMany =
        Transforms.compileArrays(xs -> new MlxArray[] {xs[0].add(xs[1])}, true);
    assertValues(shapelessMany.apply(x, w)[0], 5, 7, 9);
  }

  @Test
  void checkpointTakesLambdasAsWritten() {
    TransformedFunction one = Transforms.checkpoint(x -> x.square());
    assertValues(one.apply(x), 1, 4, 9);
    TransformedBiFunction two = Transforms.checkpoint((x, w) -> x.multiply(w));
    assertValues(two.apply(x, w), 4, 10, 18);
    TransformedArraysFunction many =
        Transforms.checkpointArrays(xs -> new MlxArray[] {xs[0].add(xs[1])});
    assertValues(many.apply(x, w)[0], 5, 7, 9);
  }

  @Test
  void vjpAndJvpTakeLambdasAsWritten() {
    Vjp vjps =
        Transforms.vjp(
            xs -> new MlxArray[] {xs[0].square()}, new MlxArray[] {x}, new MlxArray[] {w});
    assertValues(vjps.outputs()[0], 1, 4, 9);
    assertValues(vjps.vjps()[0], 8, 20, 36);
    Jvp jvps =
        Transforms.jvp(
            xs -> new MlxArray[] {xs[0].square()}, new MlxArray[] {x}, new MlxArray[] {w});
    assertValues(jvps.outputs()[0], 1, 4, 9);
    assertValues(jvps.jvps()[0], 8, 20, 36);
    Vjp vjp = Transforms.vjp(x -> x.square(), x, w);
    assertValues(vjp.vjps()[0], 8, 20, 36);
    Jvp jvp = Transforms.jvp(x -> x.square(), x, w);
    assertValues(jvp.jvps()[0], 8, 20, 36);
  }

  @Test
  void compilationIsSwitchedAndItsModeChosen() {
    try {
      Transforms.disableCompile();
      Transforms.enableCompile();
      Transforms.setCompileMode(CompileMode.NO_SIMPLIFY);
    } finally {
      Transforms.enableCompile();
    }
  }

  @Test
  void transformsTakeMethodReferences() {
    assertValues(Transforms.grad(MlxArray::sum).apply(x), 1, 1, 1);
    assertValues(Transforms.compile(MlxArray::square).apply(x), 1, 4, 9);
    assertValues(Transforms.vmap(MlxArray::square).apply(x), 1, 4, 9);
    assertValues(Transforms.checkpoint(MlxArray::square).apply(x), 1, 4, 9);
  }
}
