package org.mlx4j.nn;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.mlx4j.DType;
import org.mlx4j.MlxArray;
import org.mlx4j.MlxRandom;

/** Checks of the arguments of layers. */
final class Arguments {
  private Arguments() {}

  static IllegalArgumentException refused(String layer, String problem) {
    return new IllegalArgumentException("[" + layer + "] " + problem);
  }

  static int positive(String layer, String parameter, int value) {
    if (value < 1) {
      throw refused(layer, parameter + " must be positive, got " + value);
    }
    return value;
  }

  /** Checks the sizes of the last axes of an input and an output. */
  static void sizes(String layer, int inputDims, int outputDims) {
    positive(layer, "inputDims", inputDims);
    positive(layer, "outputDims", outputDims);
  }

  /** The added constant of a normalization. */
  static float eps(String layer, double eps) {
    if (!(eps > 0) || Double.isInfinite(eps)) {
      throw refused(layer, "eps must be positive, got " + eps);
    }
    return (float) eps;
  }

  static void divides(String layer, String divisor, int by, String parameter, int value) {
    if (value % by != 0) {
      throw refused(
          layer, parameter + " (" + value + ") must be a multiple of " + divisor + " (" + by + ")");
    }
  }

  static <T> T notNull(String layer, String parameter, @Nullable T value) {
    return Objects.requireNonNull(value, () -> "[" + layer + "] " + parameter + " is null");
  }

  /** Numbers for all spatial axes, from one number for all or one for each. */
  static List<Integer> each(
      String layer, String parameter, int axes, int least, List<Integer> given) {
    notNull(layer, parameter, given);
    if (given.size() != 1 && given.size() != axes) {
      throw refused(
          layer,
          parameter
              + " must have 1 number"
              + (axes == 1 ? "" : " or " + axes + " numbers")
              + ", got "
              + given);
    }
    for (Integer number : given) {
      if (notNull(layer, "a number of " + parameter, number) < least) {
        throw refused(
            layer,
            parameter + " must be " + (least == 0 ? "at least 0" : "positive") + ", got " + given);
      }
    }
    return given.size() == axes ? List.copyOf(given) : Collections.nCopies(axes, given.get(0));
  }

  static List<Integer> list(String layer, String parameter, int... numbers) {
    return Arrays.stream(notNull(layer, parameter, numbers)).boxed().toList();
  }

  static int[] array(List<Integer> numbers) {
    return numbers.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Checks the input of a layer, before its shape is read. */
  static MlxArray input(String layer, String parameter, MlxArray x) {
    return notNull(layer, parameter, x);
  }

  /** Refuses what is not a key, such as a mask that was given in the place of one. */
  static void key(String layer, @Nullable MlxArray key) {
    if (key != null
        && (key.dtype() != DType.UINT32 || !Arrays.equals(key.shape(), new int[] {2}))) {
      throw refused(
          layer,
          "key must be a PRNG key, a uint32 array of shape [2], got "
              + key.dtype()
              + " of shape "
              + Arrays.toString(key.shape()));
    }
  }

  /** Keys for several random layers; nulls if there is no key. */
  static MlxArray[] keys(String layer, @Nullable MlxArray key, int count) {
    key(layer, key);
    return key == null || count == 0 ? new MlxArray[count] : MlxRandom.split(key, count).unstack();
  }

  /** Draws parameters from a uniform distribution that is symmetric about 0. */
  static MlxArray uniform(double scale, int... shape) {
    return MlxRandom.uniform(-scale, scale, shape);
  }
}
