package org.mlx4j.internal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.mlx4j.ArraysFunction;
import org.mlx4j.DType;
import org.mlx4j.ImportedFunction;
import org.mlx4j.MlxArray;
import org.mlx4j.MlxRandom;
import org.mlx4j.Ops;
import org.mlx4j.Scope;

/**
 * Checks that the file of a function gives what the function gives, for arguments of other sizes
 * than those of the example. It tries sizes that the function accepts: it changes each size that
 * occurs, wherever it occurs, then all sizes together, then each axis alone.
 */
public final class AnySizeTrial {
  /**
   * The limits between which integers are drawn. They are small, so that they are valid indices of
   * most arrays; a function that rejects the integers of one pair may accept those of the next.
   */
  private static final int[][] INTEGERS = {{0, 2}, {0, 1}, {1, 2}};

  private final String function;
  private final ArraysFunction f;
  private final int[][] shapes;
  private final DType[] dtypes;
  private final String[] names;

  /** Whether the function accepts the shapes that have been tried. */
  private final Map<String, Boolean> tried = new HashMap<>();

  /**
   * Prepares a trial.
   *
   * @param function the public function that messages name
   * @param f the function
   * @param names the names of the last arguments
   * @param example the arguments for which the function was exported
   */
  public AnySizeTrial(String function, ArraysFunction f, String[] names, MlxArray... example) {
    this.function = function;
    this.f = f;
    this.names = names.clone();
    shapes = Stream.of(example).map(MlxArray::shape).toArray(int[][]::new);
    dtypes = Stream.of(example).map(MlxArray::dtype).toArray(DType[]::new);
  }

  /**
   * Returns the names of the last arguments.
   *
   * @return the names
   */
  public String[] names() {
    return names.clone();
  }

  private interface Axes {
    boolean contain(int argument, int axis);
  }

  /**
   * Compares the function with its file.
   *
   * @param file the function as read from the file
   * @throws IllegalArgumentException if they differ for sizes that the function accepts
   */
  public void run(ImportedFunction file) {
    boolean any = false;
    for (Axes axes : axesToChange()) {
      any |=
          agree(file, changed(axes, n -> n + 2))
              || agree(file, changed(axes, n -> 2 * n)); // for sizes that must be divisible
      any |= agree(file, changed(axes, n -> 1));
    }
    if (!any && !agree(file, shapes)) {
      throw new IllegalArgumentException(
          "["
              + function
              + "] whether the function depends on the sizes of the example cannot be checked: it"
              + " throws an exception for all random arguments; export an example of each shape,"
              + " without shapeless");
    }
  }

  private List<Axes> axesToChange() {
    List<Axes> all = new ArrayList<>();
    int[] sizes = Stream.of(shapes).flatMapToInt(IntStream::of).toArray();
    for (int size : IntStream.of(sizes).distinct().toArray()) {
      all.add((argument, axis) -> shapes[argument][axis] == size);
    }
    all.add((argument, axis) -> true);
    for (int i = 0; i < shapes.length; i++) {
      for (int k = 0; k < shapes[i].length; k++) {
        int only = i;
        int alone = k;
        all.add((argument, axis) -> argument == only && axis == alone);
      }
    }
    return all;
  }

  private int[][] changed(Axes axes, IntUnaryOperator change) {
    int[][] others = new int[shapes.length][];
    for (int i = 0; i < shapes.length; i++) {
      others[i] = shapes[i].clone();
      for (int k = 0; k < others[i].length; k++) {
        if (axes.contain(i, k)) {
          others[i][k] = change.applyAsInt(others[i][k]);
        }
      }
    }
    return others;
  }

  /** Tells whether the function accepts such arguments; if it does, the file must agree. */
  private boolean agree(ImportedFunction file, int[][] others) {
    Boolean known = tried.get(Arrays.deepToString(others));
    if (known == null) {
      known = Stream.of(INTEGERS).anyMatch(limits -> agree(file, others, limits));
      tried.put(Arrays.deepToString(others), known);
    }
    return known;
  }

  private boolean agree(ImportedFunction file, int[][] others, int[] limits) {
    try (Scope scope = Scope.open()) {
      MlxArray[] expected = plain(others, limits);
      if (expected == null) {
        return false;
      }
      MlxArray[] actual;
      try {
        actual = computed(callFile(file, draw(others, limits)));
      } catch (RuntimeException e) {
        throw refusal(others, "throw an exception: " + e.getMessage(), e);
      }
      if (actual.length != expected.length) {
        throw refusal(
            others,
            "give " + actual.length + " results where the function gives " + expected.length,
            null);
      }
      for (int i = 0; i < expected.length; i++) {
        String is = actual[i].dtype() + Arrays.toString(actual[i].shape());
        String right = expected[i].dtype() + Arrays.toString(expected[i].shape());
        if (!is.equals(right)) {
          throw refusal(others, "give " + is + " where the function gives " + right, null);
        }
      }
      if (!same(expected, actual) && same(expected, plain(others, limits))) {
        throw refusal(others, "give other numbers than the function", null);
      }
      return true;
    }
  }

  /** Returns the results of the function, or null if it does not accept such arguments. */
  private MlxArray[] plain(int[][] others, int[] limits) {
    try {
      return computed(f.apply(draw(others, limits)));
    } catch (RuntimeException | AssertionError refused) {
      return null;
    }
  }

  private static MlxArray[] computed(MlxArray... results) {
    Ops.eval(results);
    return results;
  }

  private MlxArray[] callFile(ImportedFunction file, MlxArray... all) {
    int positional = all.length - names.length;
    Map<String, MlxArray> named = new LinkedHashMap<>();
    for (int i = 0; i < names.length; i++) {
      named.put(names[i], all[positional + i]);
    }
    return file.apply(Arrays.copyOf(all, positional), named);
  }

  /** Draws the same arguments each time, without touching the global random state. */
  private MlxArray[] draw(int[][] others, int[] limits) {
    MlxArray[] all = new MlxArray[others.length];
    for (int i = 0; i < all.length; i++) {
      MlxArray key = MlxRandom.key(i);
      boolean whole = dtypes[i] == DType.BOOL || dtypes[i].isInteger();
      MlxArray numbers =
          whole
              ? MlxRandom.uniform(limits[0], limits[1], others[i], key).floor()
              : MlxRandom.uniform(0.25, 1, others[i], key); // the domain of most functions
      all[i] = numbers.astype(dtypes[i]);
    }
    return all;
  }

  private static boolean same(MlxArray[] expected, MlxArray[] actual) {
    return actual != null
        && actual.length == expected.length
        && IntStream.range(0, expected.length).allMatch(i -> same(expected[i], actual[i]));
  }

  private static boolean same(MlxArray expected, MlxArray actual) {
    DType dtype = expected.dtype();
    if (!Arrays.equals(expected.shape(), actual.shape()) || actual.dtype() != dtype) {
      return false;
    }
    if (expected.size() == 0) {
      return true;
    }
    if (dtype == DType.COMPLEX64) {
      return same(expected.real(), actual.real()) && same(expected.imag(), actual.imag());
    }
    if (!dtype.isFloating()) {
      return expected.arrayEqual(actual).itemBoolean();
    }
    double tolerance = tolerance(dtype);
    DType wide = dtype == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32;
    MlxArray x = expected.astype(wide);
    MlxArray finite = x.isfinite().where(x.abs(), 0.0);
    double largest = finite.max().astype(DType.FLOAT32).itemFloat();
    return actual
        .astype(wide)
        .allclose(x, tolerance, tolerance * Math.min(largest, Float.MAX_VALUE), true)
        .itemBoolean();
  }

  private static double tolerance(DType dtype) {
    return switch (dtype) {
      case FLOAT64 -> 1e-10;
      case FLOAT32 -> 1e-4;
      case FLOAT16 -> 1e-2;
      default -> 5e-2;
    };
  }

  private IllegalArgumentException refusal(int[][] others, String what, RuntimeException cause) {
    return new IllegalArgumentException(
        "["
            + function
            + "] the function depends on the sizes of the example: for arguments of shape "
            + listed(others)
            + " instead of "
            + listed(shapes)
            + " the file would "
            + what
            + "; export an example of each shape, without shapeless",
        cause);
  }

  private static String listed(int[]... all) {
    return String.join(", ", Stream.of(all).map(Arrays::toString).toList());
  }
}
