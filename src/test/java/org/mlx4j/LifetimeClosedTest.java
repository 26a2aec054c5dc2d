package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;

/** Every use of a closed object is an IllegalStateException that says so. */
@ExtendWith(LifetimeBalance.class)
class LifetimeClosedTest {
  /** Questions that a closed array still answers. */
  private static final Set<String> ALLOWED = Set.of("close", "isClosed", "toString");

  private static MlxArray closed(MlxArray x) {
    x.close();
    return x;
  }

  private static void assertSaysClosed(Executable use) {
    IllegalStateException e = assertThrows(IllegalStateException.class, use);
    assertTrue(e.getMessage().contains("closed"), e::getMessage);
  }

  // ---- every method that is no operation; those have their rows in the table of operations
  // -------------------------------------------------------------------

  @TestFactory
  Stream<DynamicTest> everyMethodOfAClosedArrayIsRefused() {
    return Arrays.stream(MlxArray.class.getDeclaredMethods())
        .filter(m -> Modifier.isPublic(m.getModifiers()) && !Modifier.isStatic(m.getModifiers()))
        .filter(m -> !ALLOWED.contains(m.getName()))
        .map(
            m ->
                DynamicTest.dynamicTest(
                    "closed x." + signature(m),
                    () -> {
                      try (Scope scope = Scope.open()) {
                        assertRefused(m, closed(matrix()));
                      }
                    }));
  }

  private static String signature(Method m) {
    return m.getName() + Arrays.stream(m.getParameterTypes()).map(Class::getSimpleName).toList();
  }

  private static MlxArray matrix() {
    return Ops.ones(2, 2);
  }

  private static void assertRefused(Method m, MlxArray receiver) {
    MlxArray open = matrix();
    Object[] arguments = Arrays.stream(m.getParameterTypes()).map(t -> value(t, open)).toArray();
    InvocationTargetException thrown =
        assertThrows(InvocationTargetException.class, () -> m.invoke(receiver, arguments));
    Throwable cause = thrown.getCause();
    assertInstanceOf(IllegalStateException.class, cause, cause::toString);
    assertTrue(cause.getMessage().contains("closed"), cause::getMessage);
  }

  /** A valid argument for a parameter. */
  private static Object value(Class<?> type, MlxArray array) {
    Map<Class<?>, Object> values =
        Map.ofEntries(
            Map.entry(MlxArray.class, array),
            Map.entry(MlxArray[].class, new MlxArray[] {array, array}),
            Map.entry(int.class, 1),
            Map.entry(long.class, 1L),
            Map.entry(float.class, 0.5f),
            Map.entry(double.class, 0.5),
            Map.entry(boolean.class, false),
            Map.entry(int[].class, new int[] {0, 1}),
            Map.entry(Index[].class, new Index[] {Index.at(0)}),
            Map.entry(String.class, "xy"));
    Object value = values.get(type);
    if (value != null) {
      return value;
    }
    if (type.isArray()) {
      return java.lang.reflect.Array.newInstance(type.getComponentType(), 4);
    }
    return buffer(type);
  }

  private static Object buffer(Class<?> type) {
    ByteBuffer bytes = ByteBuffer.allocate(32);
    if (type == ByteBuffer.class) {
      return bytes;
    } else if (type == FloatBuffer.class) {
      return bytes.asFloatBuffer();
    } else if (type == IntBuffer.class) {
      return bytes.asIntBuffer();
    } else if (type == DoubleBuffer.class) {
      return DoubleBuffer.allocate(4);
    } else if (type == LongBuffer.class) {
      return LongBuffer.allocate(4);
    }
    throw new AssertionError("give a value for " + type);
  }

  // ---- what is allowed
  // ------------------------------------------------------------------------------

  @Test
  void closedArrayCanBeAskedWhetherItIsClosed() {
    MlxArray x = MlxArray.scalar(1);
    assertFalse(x.isClosed());
    x.close();
    assertTrue(x.isClosed());
    assertDoesNotThrow(x::close);
    assertTrue(x.toString().contains("closed"), x::toString);
  }

  @Test
  void closingTwiceDoesNotCloseWhatTookThePlace() {
    MlxArray first = MlxArray.scalar(1);
    first.close();
    try (MlxArray second = MlxArray.scalar(2)) {
      first.close();
      assertEquals(2, second.itemInt());
      assertThrows(IllegalStateException.class, first::itemInt);
    }
  }

  @Test
  void closedArgumentIsNamed() {
    try (MlxArray open = MlxArray.scalar(1);
        MlxArray closed = closed(MlxArray.scalar(2))) {
      IllegalStateException first =
          assertThrows(IllegalStateException.class, () -> closed.add(open));
      IllegalStateException second =
          assertThrows(IllegalStateException.class, () -> open.add(closed));
      assertTrue(first.getMessage().startsWith("[add] array argument 0 is closed:"));
      assertTrue(second.getMessage().startsWith("[add] array argument 1 is closed:"));
    }
  }

  @Test
  void graphKeepsWhatItNeedsOfAClosedArray() {
    MlxArray x = MlxArray.of(1f, 2f);
    MlxArray[] parts = x.split(2);
    MlxArray sum = parts[0].add(parts[1]);
    x.close();
    parts[0].close();
    assertEquals(3f, sum.itemFloat());
    assertEquals(2f, parts[1].itemFloat());
    parts[1].close();
    sum.close();
  }

  // ---- functions
  // ------------------------------------------------------------------------------------

  @Test
  void closedFunctionsAreRefused() {
    try (Scope scope = Scope.open()) {
      MlxArray x = MlxArray.scalar(2f);
      TransformedFunction one = Transforms.grad(v -> v.square());
      TransformedBiFunction two = Transforms.compile((a, b) -> a.add(b));
      TransformedArraysFunction many = Transforms.compileArrays(xs -> xs);
      ValueAndGradFunction valueAndGrad = Transforms.valueAndGrad(v -> v.square());
      for (FunctionHandle f : List.of(one, two, many, valueAndGrad)) {
        f.close();
        f.close();
        assertTrue(f.isClosed());
      }
      assertSaysClosed(() -> one.apply(x));
      assertSaysClosed(() -> two.apply(x, x));
      assertSaysClosed(() -> many.apply(x));
      assertSaysClosed(() -> valueAndGrad.apply(x));
    }
  }

  @Test
  void closedFunctionCannotBeTransformed() {
    try (Scope scope = Scope.open()) {
      MlxArray x = MlxArray.scalar(2f);
      TransformedFunction f = Transforms.grad(v -> v.square());
      f.close();
      assertSaysClosed(() -> Transforms.grad(f));
      assertSaysClosed(() -> Transforms.valueAndGrad(f));
      assertSaysClosed(() -> Transforms.vmap(f));
      assertSaysClosed(() -> Transforms.compile(f));
      assertSaysClosed(() -> Transforms.checkpoint(f));
      assertSaysClosed(() -> Transforms.vjp(f, x, x));
      assertSaysClosed(() -> Transforms.jvp(f, x, x));
    }
  }

  @Test
  void closedArraysGivenToTransformsAreRefused() {
    try (Scope scope = Scope.open()) {
      MlxArray x = MlxArray.of(1f, 2f);
      MlxArray gone = closed(MlxArray.of(1f, 2f));
      TransformedFunction f = Transforms.vmap(v -> v.square());
      ValueAndGradFunction valueAndGrad = Transforms.valueAndGrad(v -> v.square().sum());
      assertSaysClosed(() -> f.apply(gone));
      assertSaysClosed(() -> valueAndGrad.apply(gone));
      assertSaysClosed(() -> Transforms.vjp(v -> v.square(), gone, x));
      assertSaysClosed(() -> Transforms.vjp(v -> v.square(), x, gone));
      assertSaysClosed(() -> Transforms.jvp(v -> v.square(), gone, x));
      assertSaysClosed(() -> Transforms.jvp(v -> v.square(), x, gone));
      assertFalse(f.isClosed());
    }
  }

  @Test
  void callbackThatReturnsAClosedArrayIsRefused() {
    try (Scope scope = Scope.open()) {
      MlxArray x = MlxArray.scalar(2f);
      assertSaysClosed(() -> Transforms.compile(v -> closed(v.square())).apply(x));
      assertSaysClosed(() -> Transforms.compile(v -> closed(v)).apply(x));
      assertSaysClosed(
          () ->
              Transforms.grad(
                      v -> {
                        try (Scope inner = Scope.open()) {
                          return v.square();
                        }
                      })
                  .apply(x));
    }
  }

  @Test
  void functionMayCloseItselfWhileItRuns() {
    try (Scope scope = Scope.open()) {
      MlxArray x = MlxArray.scalar(3f);
      TransformedFunction[] self = new TransformedFunction[1];
      self[0] =
          Transforms.grad(
              v -> {
                self[0].close();
                return v.square();
              });
      assertEquals(6f, self[0].apply(x).itemFloat());
      assertSaysClosed(() -> self[0].apply(x));
    }
  }
}
