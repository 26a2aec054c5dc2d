package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.Array;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a snippet may use without declaring it: it becomes a method of a subclass. */
public abstract class SnippetBase {
  /** Where snippets read and write files. */
  static Path folder;

  /** A batch of four points with three coordinates. */
  protected static final MlxArray x =
      MlxArray.of(new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, 4, 3);

  /** One number for each point. */
  protected static final MlxArray y = MlxArray.of(1f, 2f, 3f, 4f);

  /** The weight and the bias of a linear layer from three features to two. */
  protected static final MlxArray w =
      MlxArray.of(new float[] {0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f}, 3, 2);

  protected static final MlxArray b = MlxArray.of(0.5f, -0.5f);

  /** A symmetric positive definite matrix. */
  protected static final MlxArray a = MlxArray.of(new float[] {3, 1, 1, 2}, 2, 2);

  /** A PRNG key. */
  protected static final MlxArray key = MlxArray.of(0, 7).astype(DType.UINT32);

  /** Indices of two points. */
  protected static final MlxArray indices = MlxArray.of(2, 0);

  /** The points that count. */
  protected static final MlxArray mask = y.greater(1);

  /** A sine wave. */
  protected static final MlxArray signal = Ops.arange(16).multiply(0.5).sin();

  /** A batch of one image with three channels. */
  protected static final MlxArray image = Ops.arange(192).reshape(1, 8, 8, 3).divide(192);

  /** The rank of this process. */
  protected static final int rank = 0;

  /** A file. */
  protected final Path file = inFolder("arrays.safetensors");

  /** The mean squared value of a linear layer's output. */
  protected static MlxArray loss(MlxArray w) {
    return x.matmul(w).square().mean();
  }

  /** The file that {@code Path.of(name)} stands for in a snippet. */
  protected static Path inFolder(String name) {
    return folder.resolve(name);
  }

  /** True; the compiler does not know, so a snippet may end with {@code return}. */
  protected static boolean isOn() {
    return x != null;
  }

  /** Runs the statements of the snippet. */
  public abstract Object run() throws Exception;

  private static final Pattern NUMBER =
      Pattern.compile("[-+]?(?:\\d+\\.?\\d*(?:[eE][-+]?\\d+)?|inf|nan)");

  /** Fails unless a value is what the comment behind its statement says. */
  protected static <T> T shows(T value, String comment) {
    String expected = comment.replaceAll("\\s", "");
    Matcher shape = Pattern.compile("(?:of)?shape\\(([\\d,]*)\\)").matcher(expected);
    if (shape.matches()) {
      int[] actual = ((MlxArray) value).shape();
      assertEquals("[" + shape.group(1) + "]", text(actual).replaceAll("\\s", ""));
      return value;
    }
    boolean inFull = value instanceof MlxArray && !expected.startsWith("array(");
    String actual = (inFull ? elements((MlxArray) value) : text(value)).replaceAll("\\s", "");
    List<Double> expectedNumbers = numbers(expected);
    List<Double> actualNumbers = numbers(actual);
    if (expected.equals(actual)) {
      return value;
    }
    assertEquals(
        NUMBER.matcher(expected).replaceAll("#"), NUMBER.matcher(actual).replaceAll("#"), comment);
    for (int i = 0; i < expectedNumbers.size(); i++) {
      double wanted = expectedNumbers.get(i);
      assertEquals(wanted, actualNumbers.get(i), 1e-3 * (Math.abs(wanted) + 1e-6), comment);
    }
    return value;
  }

  private static List<Double> numbers(String text) {
    List<Double> numbers = new ArrayList<>();
    Matcher matcher = NUMBER.matcher(text);
    while (matcher.find()) {
      String number = matcher.group().replace("inf", "Infinity").replace("nan", "NaN");
      numbers.add(Double.parseDouble(number));
    }
    return numbers;
  }

  /** All elements, which {@code toString} abbreviates, nested as the axes are. */
  private static String elements(MlxArray x) {
    if (x.ndim() > 0) {
      return Stream.of(x.unstack()).map(SnippetBase::elements).toList().toString();
    }
    return switch (x.dtype()) {
      case BOOL -> x.itemBoolean() ? "True" : "False";
      case COMPLEX64 -> x.itemComplex().toString();
      default -> String.valueOf(x.itemDouble());
    };
  }

  private static String text(Object value) {
    if (value == null || !value.getClass().isArray()) {
      return String.valueOf(value);
    }
    List<String> elements = new ArrayList<>();
    for (int i = 0; i < Array.getLength(value); i++) {
      elements.add(text(Array.get(value, i)));
    }
    return elements.toString();
  }
}
