package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/**
 * Hundreds of random mixtures of numbers, slices, new axes, ellipses, arrays of indices and masks
 * select, and change, what they do in NumPy; and what they do in MLX's Python, where that follows
 * NumPy.
 */
class RandomSelectionTest {
  private static final int CASES = 600;
  private static final int CASES_PER_SCRIPT = 100;

  /** The results of NumPy's reading, adding and writing; and whether MLX gives the same. */
  private static final String DEFINITIONS =
      """
      def text(x):
          x = numpy.array(x)
          return f"{list(x.shape)}{x.ravel().tolist()}"

      def mlx(action, index, expected):
          # MLX does not select with masks, and ends the process when it scatters nothing
          if any(isinstance(i, numpy.ndarray) and i.dtype == bool for i in index) or not expected.size:
              return "none"
          try:
              return "same" if text(action()) == text(expected) else "differs"
          except Exception:
              return "refused"

      def put(x, index, value):
          x[index] = value
          return x

      def case(shape, index, value):
          x = numpy.arange(numpy.prod(shape), dtype="int32").reshape(shape)
          value = numpy.array(value, dtype="int32")
          added = x.copy()
          numpy.add.at(added, index, value)
          written = put(x.copy(), index, value)
          to_mx = lambda i: mx.array(i) if isinstance(i, numpy.ndarray) else i
          in_mx = tuple(to_mx(i) for i in index)
          v = mx.array(value)
          return "|".join([
              text(x[index]), text(added), text(written),
              mlx(lambda: mx.array(x)[in_mx], index, x[index]),
              mlx(lambda: mx.array(x).at[in_mx].add(v), index, added) if x[index].size else "none",
              mlx(lambda: put(mx.array(x), in_mx, v), index, written) if x[index].size else "none",
          ])
      """;

  /** Indices in Java and in Python, and the value to write. */
  private static final class Case {
    final int[] shape;
    final Index[] indices;
    final String python;
    final int[] value;

    Case(int[] shape, Index[] indices, String python, int... value) {
      this.shape = shape;
      this.indices = indices;
      this.python = python;
      this.value = value;
    }

    String expression() {
      int size = Arrays.stream(value).reduce(1, (x, y) -> x * y);
      return "case(%s, (%s,), numpy.arange(100, %d).reshape(%s))"
          .formatted(tuple(shape), python, 100 + size, tuple(value));
    }

    MlxArray array() {
      return Ops.arange(Arrays.stream(shape).reduce(1, (x, y) -> x * y)).reshape(shape);
    }

    MlxArray valueArray() {
      int size = Arrays.stream(value).reduce(1, (x, y) -> x * y);
      return Ops.arange(100, 100 + size).reshape(value);
    }
  }

  @Test
  void randomIndicesSelectAndChangeWhatTheyDoInNumPy() {
    Random random = new Random(42);
    List<Case> cases = new ArrayList<>();
    try (Scope scope = Scope.open()) {
      while (cases.size() < CASES) {
        cases.add(draw(random));
      }
      List<Executable> checks = new ArrayList<>();
      int sameInMlx = 0;
      for (int i = 0; i < CASES; i += CASES_PER_SCRIPT) {
        List<Case> some = cases.subList(i, i + CASES_PER_SCRIPT);
        List<String> answers =
            PythonMlx.reprs(DEFINITIONS, some.stream().map(Case::expression).toList());
        for (int j = 0; j < some.size(); j++) {
          Case c = some.get(j);
          String answer = answers.get(j);
          String[] expected = answer.substring(1, answer.length() - 1).split("\\|", -1);
          checks.add(
              () -> assertEquals(expected[0], text(c.array().get(c.indices)), c::expression));
          checks.add(
              () ->
                  assertEquals(
                      expected[1],
                      text(c.array().at(c.indices).add(c.valueArray())),
                      () -> "add " + c.expression()));
          checks.add(
              () ->
                  assertEquals(
                      expected[2],
                      text(c.array().at(c.indices).set(c.valueArray())),
                      () -> "set " + c.expression()));
          if (!expected[3].equals("none")) {
            checks.add(
                () -> assertEquals("same", expected[3], () -> "MLX reads " + c.expression()));
            sameInMlx += expected[4].equals("same") ? 1 : 0;
          }
        }
      }
      assertAll(checks);
      int same = sameInMlx;
      assertTrue(same > CASES / 2, () -> "MLX changes the same in " + same + " cases");
    }
  }

  private static String text(MlxArray x) {
    return Arrays.toString(x.shape()) + Arrays.toString(x.toIntArray());
  }

  private static String tuple(int... numbers) {
    return Arrays.stream(numbers).mapToObj(n -> n + ",").collect(Collectors.joining("", "(", ")"));
  }

  // ---- random cases ---------------------------------------------------------------------------

  private static Case draw(Random random) {
    int[] shape = random.ints(1 + random.nextInt(4), 1, 5).toArray();
    boolean withArrays = random.nextInt(4) > 0;
    int[] common = random.ints(random.nextInt(3), 1, 4).toArray();
    List<Index> indices = new ArrayList<>();
    List<String> python = new ArrayList<>();
    int masked = 0;
    int axis = 0;
    int used = random.nextInt(shape.length + 1);
    boolean ellipsis = random.nextBoolean();
    while (axis < used) {
      if (ellipsis && random.nextInt(3) == 0) {
        // what follows is about the last axes
        ellipsis = false;
        indices.add(Index.ellipsis());
        python.add("...");
        axis += shape.length - used;
        used = shape.length;
        continue;
      }
      int size = shape[axis];
      switch (random.nextInt(withArrays ? 7 : 4)) {
        case 0 -> {
          int i = random.nextInt(2 * size) - size;
          indices.add(Index.at(i));
          python.add("" + i);
          axis++;
        }
        case 1, 2 -> {
          Integer from = random.nextBoolean() ? null : random.nextInt(2 * size + 2) - size - 1;
          Integer to = random.nextBoolean() ? null : random.nextInt(2 * size + 2) - size - 1;
          int step = random.nextBoolean() ? 1 : new int[] {2, 3, -1, -2}[random.nextInt(4)];
          indices.add(Index.slice(from, to, step));
          python.add("slice(%s, %s, %d)".formatted(none(from), none(to), step));
          axis++;
        }
        case 3 -> {
          indices.add(Index.newAxis());
          python.add("None");
        }
        case 4 -> {
          if (common.length > 1 || (masked > 0 && common.length == 0)) {
            continue;
          }
          int axes = 1 + random.nextInt(Math.min(2, used - axis));
          int[] sizes = Arrays.copyOfRange(shape, axis, axis + axes);
          int count = Arrays.stream(sizes).reduce(1, (x, y) -> x * y);
          boolean[] truths = mask(random, count, common.length == 1 ? common[0] : -1);
          if (truths == null) {
            continue;
          }
          if (common.length == 0) {
            // a single mask determines its own size
            common = new int[] {(int) IntStream.range(0, count).filter(i -> truths[i]).count()};
          }
          masked++;
          indices.add(Index.of(MlxArray.of(truths, sizes)));
          python.add(
              "numpy.array(["
                  + IntStream.range(0, count)
                      .mapToObj(i -> truths[i] ? "True" : "False")
                      .collect(Collectors.joining(", "))
                  + "]).reshape("
                  + tuple(sizes)
                  + ")");
          axis += axes;
        }
        default -> {
          int[] arrayShape = broadcastable(random, common);
          int count = Arrays.stream(arrayShape).reduce(1, (x, y) -> x * y);
          int[] numbers = distinct(random, size, count);
          if (numbers == null) {
            continue;
          }
          indices.add(Index.of(MlxArray.of(numbers, arrayShape)));
          python.add(
              "numpy.array("
                  + Arrays.toString(numbers)
                  + ", dtype='int32').reshape("
                  + tuple(arrayShape)
                  + ")");
          axis++;
        }
      }
    }
    Index[] all = indices.toArray(Index[]::new);
    Case c = new Case(shape, all, String.join(", ", python), new int[0]);
    if (python.isEmpty()) {
      return draw(random);
    }
    int[] selected = c.array().get(all).shape();
    return new Case(shape, all, c.python, broadcastable(random, selected));
  }

  private static String none(Integer number) {
    return number == null ? "None" : number.toString();
  }

  /** A shape that broadcasts to another: some sizes are 1, some first axes are missing. */
  private static int[] broadcastable(Random random, int... shape) {
    int[] result = Arrays.copyOfRange(shape, random.nextInt(shape.length + 1), shape.length);
    for (int i = 0; i < result.length; i++) {
      result[i] = random.nextInt(4) == 0 ? 1 : result[i];
    }
    return result;
  }

  /** Different indices, so that the order of writing does not matter; null if there are too few. */
  private static int[] distinct(Random random, int size, int count) {
    if (count > size) {
      return null;
    }
    List<Integer> all = new ArrayList<>(IntStream.range(0, size).boxed().toList());
    Collections.shuffle(all, random);
    return all.stream().limit(count).mapToInt(i -> random.nextBoolean() ? i : i - size).toArray();
  }

  /** Truth values, as many true as asked for unless that is -1; null if there are too few. */
  private static boolean[] mask(Random random, int count, int trues) {
    if (trues > count) {
      return null;
    }
    boolean[] result = new boolean[count];
    if (trues < 0) {
      for (int i = 0; i < count; i++) {
        result[i] = random.nextBoolean();
      }
    } else {
      List<Integer> all = new ArrayList<>(IntStream.range(0, count).boxed().toList());
      Collections.shuffle(all, random);
      all.stream().limit(trues).forEach(i -> result[i] = true);
    }
    return result;
  }
}
