package org.mlx4j.operations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.mlx4j.DType;
import org.mlx4j.MlxArray;
import org.mlx4j.MlxException;
import org.mlx4j.Ops;
import org.mlx4j.PublicMethods;
import org.mlx4j.operations.Operation.Variant;

/**
 * Every operation of the table is called with one argument of an unexpected rank, shape or dtype: a
 * refusal names a Java method and shows what was given.
 */
class BadArgumentsTest {
  /** One change of an array, which most operations do not expect. */
  private interface Change {
    MlxArray of(MlxArray x);
  }

  private static final Map<String, Change> CHANGES = new LinkedHashMap<>();

  static {
    CHANGES.put("a scalar", x -> Ops.zeros(new int[0], x.dtype()));
    CHANGES.put("one axis more", x -> x.expandDims(0));
    CHANGES.put("one axis less", x -> Ops.zeros(rest(x.shape()), x.dtype()));
    CHANGES.put("two axes more", x -> Ops.zeros(appended(x.shape(), 2, 3), x.dtype()));
    CHANGES.put("a larger first axis", x -> Ops.zeros(grown(x.shape(), 0), x.dtype()));
    CHANGES.put("a larger last axis", x -> Ops.zeros(grown(x.shape(), -1), x.dtype()));
    CHANGES.put("an empty first axis", x -> Ops.zeros(emptied(x.shape(), 0), x.dtype()));
    CHANGES.put("an empty last axis", x -> Ops.zeros(emptied(x.shape(), -1), x.dtype()));
    for (DType dtype :
        List.of(DType.BOOL, DType.INT32, DType.UINT8, DType.FLOAT32, DType.COMPLEX64)) {
      CHANGES.put(dtype.toString(), x -> x.astype(dtype));
    }
  }

  private static int[] appended(int[] shape, int... more) {
    int[] longer = Arrays.copyOf(shape, shape.length + more.length);
    System.arraycopy(more, 0, longer, shape.length, more.length);
    return longer;
  }

  private static int[] rest(int[] shape) {
    return shape.length == 0 ? new int[] {1} : Arrays.copyOfRange(shape, 1, shape.length);
  }

  private static int[] grown(int[] shape, int axis) {
    int[] other = shape.length == 0 ? new int[] {1} : shape.clone();
    other[axis < 0 ? other.length - 1 : axis]++;
    return other;
  }

  private static int[] emptied(int[] shape, int axis) {
    int[] other = shape.length == 0 ? new int[] {1} : shape.clone();
    other[axis < 0 ? other.length - 1 : axis] = 0;
    return other;
  }

  private static final Pattern METHOD = Pattern.compile("^\\[(\\w+)\\] ");

  /** Some rows of the table combine several methods. */
  private static final Set<String> NAMES =
      PublicMethods.all().stream().map(Method::getName).collect(Collectors.toSet());

  /** Prints all messages for a reader. */
  private static final boolean SHOW_ALL = Boolean.getBoolean("show.messages");

  private static final Pattern INNER_NAME = Pattern.compile("\\[[a-zA-Z_]+\\]|[a-zA-Z]::|\\w_\\w");

  @Test
  void refusalsNameTheMethodAndShowWhatWasGiven() {
    TreeSet<String> wrong = new TreeSet<>();
    int[] refused = new int[1];
    Operations.all()
        .forEach(
            operation -> {
              for (int i = 0; i < operation.inputs(); i++) {
                for (Map.Entry<String, Change> change : CHANGES.entrySet()) {
                  String complaint = complaint(operation, i, change.getValue(), refused);
                  if (complaint != null) {
                    wrong.add(
                        operation + ", argument " + i + " " + change.getKey() + ": " + complaint);
                  }
                }
              }
            });
    assertTrue(refused[0] > 1000, () -> refused[0] + " calls were refused");
    assertEquals(List.of(), new ArrayList<>(wrong), () -> String.join("\n", wrong));
  }

  /** Returns what is wrong with the way in which an operation refuses an argument, or null. */
  private static String complaint(Operation operation, int at, Change change, int[] refused) {
    Variant variant = operation.main();
    return variant.run(
        () -> {
          MlxArray[] arguments = HostArray.allToMlx(variant.draw(0));
          arguments[at] = change.of(arguments[at]);
          try {
            operation.apply(arguments);
            return null;
          } catch (IllegalArgumentException | IndexOutOfBoundsException | MlxException e) {
            refused[0]++;
            String message = String.valueOf(e.getMessage());
            Matcher name = METHOD.matcher(message);
            String text = name.replaceFirst("");
            String what =
                !name.lookingAt() || !NAMES.contains(name.group(1))
                    ? "does not begin with the name of a method"
                    : INNER_NAME.matcher(text).find()
                        ? "has an inner name"
                        : showsOneOf(text, arguments) ? null : "does not show what was given";
            if (SHOW_ALL) {
              System.out.println(operation + ", argument " + at + " | " + message);
            }
            return what == null ? null : what + " | " + e;
          } catch (RuntimeException e) {
            return "is a " + e;
          }
        });
  }

  private static String asInPython(int... shape) {
    return Arrays.toString(shape).replace(" ", "").replace('[', '(').replace(']', ')');
  }

  private static boolean showsOneOf(String text, MlxArray... arguments) {
    return Arrays.stream(arguments)
            .anyMatch(
                x ->
                    text.contains(Arrays.toString(x.shape()))
                        || text.contains(asInPython(x.shape()))
                        || text.contains(x.dtype().toString())
                        || text.contains(x.ndim() + " axes")
                        || text.contains("size")
                        || text.contains("empty"))
        || text.startsWith("shapes ") // of a row that is made of several methods
        || text.contains("one for each spatial axis");
  }
}
