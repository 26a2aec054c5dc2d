package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertThrowsExactly;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.function.Executable;

/** Assertions about arrays and about exceptions. */
public final class ArrayAssertions {
  private ArrayAssertions() {}

  /** The elements equal these up to the rounding of single precision; the shape is not checked. */
  public static void assertValues(MlxArray actual, double... expected) {
    assertClose(expected, actual.toDoubleArray(), actual);
  }

  /**
   * Both arrays have the same shape and, up to the rounding of single precision, the same elements.
   */
  public static void assertSame(MlxArray expected, MlxArray actual) {
    assertShape(actual, expected.shape());
    assertClose(expected.toDoubleArray(), actual.toDoubleArray(), actual);
  }

  /**
   * Both arrays have one dtype, one shape and one content up to rounding.
   *
   * @param tolerance how much an element may differ, relative to the largest finite one; 0 for not
   *     at all
   */
  public static void assertWithin(
      double tolerance, MlxArray expected, MlxArray actual, String what) {
    assertEquals(expected.dtype(), actual.dtype(), () -> "dtype of " + what);
    assertArrayEquals(expected.shape(), actual.shape(), () -> "shape of " + what);
    double[] theirs = doubles(expected);
    double[] ours = doubles(actual);
    double unit = Arrays.stream(theirs).map(Math::abs).filter(Double::isFinite).max().orElse(0);
    for (int i = 0; i < theirs.length; i++) {
      int at = i;
      double delta = tolerance * unit;
      boolean same = Double.compare(theirs[i], ours[i]) == 0;
      assertTrue(
          same || Math.abs(theirs[i] - ours[i]) <= delta,
          () ->
              "element "
                  + at
                  + " of "
                  + what
                  + ": expected "
                  + theirs[at]
                  + " but was "
                  + ours[at]);
    }
  }

  private static double[] doubles(MlxArray x) {
    try (StreamScope device = StreamScope.open(Device.cpu());
        Scope scope = Scope.open()) {
      return x.astype(DType.FLOAT64).toDoubleArray();
    }
  }

  /** What rounding makes of results of a few operations in a dtype, for {@link #assertWithin}. */
  public static double rounding(DType dtype) {
    return switch (dtype) {
      case FLOAT64 -> 1e-13;
      case FLOAT16 -> 2e-3;
      case BFLOAT16 -> 1.6e-2;
      default -> 1e-5;
    };
  }

  public static void assertShape(MlxArray actual, int... shape) {
    assertArrayEquals(shape, actual.shape());
  }

  private static void assertClose(double[] expected, double[] actual, MlxArray shown) {
    assertEquals(expected.length, actual.length, () -> "number of elements of " + shown);
    for (int i = 0; i < expected.length; i++) {
      int at = i;
      double tolerance = Double.isFinite(expected[i]) ? 1e-6 + 1e-5 * Math.abs(expected[i]) : 0;
      assertEquals(expected[i], actual[i], tolerance, () -> "element " + at + " of " + shown);
    }
  }

  /** The action throws an exception of exactly this type, whose message has all of these parts. */
  public static void assertThrowsSaying(
      Class<? extends Throwable> type, Executable action, String... parts) {
    assertSays(assertThrowsExactly(type, action), parts);
  }

  /** A transform refuses, in each of these calls, a function that is null. */
  static void assertNullFunctionIsRefused(String transform, Executable... calls) {
    for (Executable call : calls) {
      assertThrowsSaying(
          NullPointerException.class, call, "[" + transform + "]", "the function is null");
    }
  }

  /** The same for this type and its subclasses. */
  public static void assertThrowsOfKindSaying(
      Class<? extends Throwable> type, Executable action, String... parts) {
    assertSays(assertThrows(type, action), parts);
  }

  private static void assertSays(Throwable thrown, String... parts) {
    for (String part : parts) {
      String message = String.valueOf(thrown.getMessage());
      assertTrue(
          message.contains(part), () -> "\"" + part + "\" is missing in \"" + message + "\"");
    }
  }
}
