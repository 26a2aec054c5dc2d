package org.mlx4j;

import java.lang.reflect.Modifier;
import java.security.CodeSource;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.mlx4j.internal.ClosedException;

/**
 * The exception that a user sees for an error that native code reports. It names the Java method,
 * and says what was given, what is allowed and what to do.
 *
 * <p>MLX names its own, often inner functions, and often does not show what was given.
 */
final class Explanation {
  private static final int MOST_SHOWN = 8;

  private static final Pattern NAME = Pattern.compile("^(?:\\[[a-zA-Z_][\\w:.]*\\] *)+");

  /** A shape as MLX writes it, (2,3), which is [2, 3] here. */
  private static final Pattern SHAPE_OF_MLX =
      Pattern.compile("(?<!\\w)\\(((?:-?\\d+(?:,-?\\d+)*)?)\\)");

  private static final String FULL_STOP = ".";

  /**
   * The beginning of MLX's message if a value is needed while {@code compile} or {@code vmap}
   * traces.
   */
  private static final String NO_VALUES = "Attempting to eval an array during function transf";

  private static final String NO_VALUES_ASYNC = "Not allowed inside a graph transformation";

  private static final String IN_TRACE =
      "there are no values inside a function that compile or vmap traces: it runs once, with"
          + " placeholders, for all values to come. Return the array and read it outside, choose"
          + " between arrays with where, or pass in the value that the code branches on";

  /** The beginning of MLX's message if a placeholder is evaluated whose function has returned. */
  private static final String NO_PRIMITIVE = "Attempting to eval an array without a primitive";

  private static final String LEAKED =
      "the array has no value, and none can be computed: it depends on an argument of a function"
          + " that a transform ran, which stood for a value only while the function ran, or on an"
          + " array whose evaluation failed. Return arrays from such a function instead of"
          + " storing them";

  /** A pattern of MLX's messages, and the words that replace it. */
  private record Wording(Pattern pattern, Function<MatchResult, String> words) {
    Wording(String regex, Function<MatchResult, String> words) {
      this(Pattern.compile(regex), words);
    }
  }

  private static final List<Wording> WORDINGS =
      List.of(
          new Wording(
              "Shapes (\\(.*?\\)) and (\\(.*?\\)) cannot be broadcast\\.?",
              m ->
                  "shapes "
                      + m.group(1)
                      + " and "
                      + m.group(2)
                      + " cannot be broadcast: counted from the last axis, two sizes must be equal,"
                      + " or one of them 1"),
          new Wording(
              "Invalid axis (-?\\d+) for array with (\\d+) dimensions\\.?",
              m -> outOfRange(Integer.parseInt(m.group(1)), Integer.parseInt(m.group(2)))),
          new Wording(
              "[Aa]xis (-?\\d+) is out of bounds for array with (\\d+) dimensions\\.?",
              m -> outOfRange(Integer.parseInt(m.group(1)), Integer.parseInt(m.group(2)))),
          new Wording(
              "Only inexact types are supported but (\\w+) and (\\w+) were provided which results"
                  + " in (\\w+), which is not a floating point type\\.?",
              m ->
                  "the operands must be of floating-point or complex dtype, but "
                      + m.group(1)
                      + " and "
                      + m.group(2)
                      + " give "
                      + m.group(3)
                      + "; convert them, for example with astype(DType.FLOAT32)"),
          new Wording(
              "Last dimension of first input with shape (\\([^)]*\\)) must match second to last"
                  + " dimension of second input with shape (\\([^)]*\\))\\.?",
              m ->
                  "the last axis of the first operand, of shape "
                      + m.group(1)
                      + ", must be as long as the second-to-last axis of the second, of shape "
                      + m.group(2)
                      + " (or as its only axis, if it has one)"),
          new Wording(
              "Last dimension of first input with shape \\(\\.\\.\\., ?(\\d+)\\) does not match the"
                  + " expanded quantized matrix (\\([^)]*\\)) computed from shape (\\([^)]*\\))"
                  + " with group_size=(\\d+), bits=(\\d+) and transpose=(\\w+)",
              m ->
                  "the last axis of the first operand has size "
                      + m.group(1)
                      + ", which does not fit the quantized matrix of shape "
                      + m.group(2)
                      + " that the packed matrix of shape "
                      + m.group(3)
                      + " holds with groups of "
                      + m.group(4)
                      + ", "
                      + m.group(5)
                      + " bits and transpose "
                      + m.group(6)),
          new Wording(
              "(?:Inverses are only|Only) defined for square matrices\\.?",
              m ->
                  "it is defined for square matrices only: the last two axes must have the same"
                      + " size"),
          new Wording(
              "Cannot (\\w+) reduce over axis (-?\\d+) with size 0\\.?",
              m ->
                  "axis "
                      + m.group(2)
                      + " is empty; there is no "
                      + m.group(1)
                      + " of no elements"),
          new Wording(
              "Cannot (\\w+) reduce zero size array\\.?",
              m -> "the array is empty; there is no " + m.group(1) + " of no elements"),
          new Wording(
              "Received empty array\\.?|Cannot take median along empty axis\\.?",
              m -> "the axis is empty; it must have elements"),
          new Wording(
              "Expected key (shape|type) .* but received (.*?)\\.?$",
              m ->
                  "a key has shape [2] and dtype uint32, as MlxRandom.key and MlxRandom.split"
                      + " create it; got "
                      + m.group(1).replace("type", "dtype")
                      + " "
                      + m.group(2)),
          new Wording(
              "Invalid number of subscripts (\\d+) for input (\\d+) with (\\d+) dimensions\\.?",
              m ->
                  "operand "
                      + m.group(2)
                      + " has "
                      + m.group(3)
                      + " axes, but the subscripts name "
                      + m.group(1)
                      + " for it; there must be one letter for each axis"),
          new Wording(
              "Cannot broadcast dimension (\\d+) of input (\\d+) with shape (\\([^)]*\\)) to size"
                  + " (\\d+)\\.?",
              m ->
                  "axis "
                      + m.group(1)
                      + " of operand "
                      + m.group(2)
                      + ", of shape "
                      + m.group(3)
                      + ", cannot be broadcast to size "
                      + m.group(4)
                      + ", which another axis with the same letter has; axes with one letter must"
                      + " have the same size, or size 1"),
          new Wording(
              "Only real floating types are supported but x\\.dtype\\(\\) == (\\w+)\\.?",
              m -> "it is defined for real floating-point dtypes, not for " + m.group(1)),
          new Wording("\\(\\*(\\w+)\\)", m -> "the " + m.group(1)),
          new Wording("n_fft", m -> "nFft"),
          new Wording("logical_not", m -> "logicalNot"),
          new Wording(
              "All arrays must have the same shape", m -> "all arrays must have the same shape"));

  private Explanation() {}

  /** Returns the message about an axis that is out of range. */
  static String outOfRange(int axis, int ndim) {
    return "axis "
        + axis
        + " is out of range for an array with "
        + ndim
        + " axes; "
        + (ndim == 0 ? "a scalar has no axes" : "it must be from " + -ndim + " to " + (ndim - 1));
  }

  /**
   * Returns the exception for one that the native of an operation threw.
   *
   * @param function the name of the Java method
   * @param e the exception thrown
   * @param xs the arrays that were passed
   */
  static RuntimeException of(String function, RuntimeException e, @Nullable MlxArray... xs) {
    if (e instanceof ClosedException || !isNative(e)) {
      return named(function, e, xs);
    }
    String message = String.valueOf(e.getMessage());
    return withMessage(e, "[" + function + "] " + withGiven(inOurWords(message), xs));
  }

  /**
   * Returns the exception for one that was thrown during evaluation; it names the method that
   * evaluated.
   */
  static RuntimeException named(String function, RuntimeException e, @Nullable MlxArray... xs) {
    String message = String.valueOf(e.getMessage());
    if (message.contains(NO_VALUES) || message.contains(NO_VALUES_ASYNC)) {
      return withMessage(e, "[" + function + "] " + IN_TRACE);
    }
    if (message.contains(NO_PRIMITIVE)) {
      return withMessage(e, "[" + function + "] " + LEAKED);
    }
    if (e instanceof ClosedException closed) {
      for (int i = 0; i < xs.length; i++) {
        if (xs[i] != null && xs[i].isClosed()) {
          return closed(
              "[" + function + "] array argument " + i + " is closed", xs[i].handle, closed);
        }
      }
      return new IllegalStateException("[" + function + "] " + message, e);
    }
    return message.startsWith("[") ? e : withMessage(e, "[" + function + "] " + message);
  }

  /**
   * Returns the exception for the use of a closed array or function. It tells why the object is
   * closed, as far as that is known, or how to find out.
   */
  static IllegalStateException closed(String message, long handle, IllegalStateException e) {
    String reason =
        Scope.isOfFunction(handle) && !Scope.isInFunction()
            ? ": it was created inside a function that a transform ran, and was closed when that"
                + " function returned; return it from the function instead of storing it, or create"
                + " it in Scope.detached if it must live on"
            : ": by close(), or by the scope in which it was created; Scope.keep and"
                + " Scope.detached prevent the latter";
    Throwable history = Tracking.history(handle);
    if (history != null) {
      return new IllegalStateException(message + reason, history);
    }
    return new IllegalStateException(
        message
            + reason
            + (Tracking.ON
                ? ""
                : "; run with -Dmlx4j.track=true to see where it was created and where it was"
                    + " closed"),
        e);
  }

  /** Returns the exception for a method that is composed of others; it names that method. */
  static RuntimeException renamed(String function, RuntimeException e) {
    String message = String.valueOf(e.getMessage());
    Matcher name = NAME.matcher(message);
    return name.find() ? withMessage(e, "[" + function + "] " + message.substring(name.end())) : e;
  }

  /** Returns the text that stands for the elements of an array that cannot be evaluated. */
  static String ofPrinting(RuntimeException e, MlxArray x) {
    String message = String.valueOf(e.getMessage());
    return message.contains(NO_VALUES)
        ? "traced, shape=" + Arrays.toString(x.shape()) + ", dtype=" + x.dtype()
        : message.contains(NO_PRIMITIVE) ? LEAKED : message;
  }

  /**
   * Returns the name of the method of this library that the program called. Operations ask for
   * shapes before they call native code, each in other places.
   *
   * @param otherwise the name to return if the program called the inner method itself
   */
  static String calledMethod(String otherwise) {
    return StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE)
        .walk(
            frames ->
                frames
                    .skip(1)
                    .takeWhile(
                        frame ->
                            isOurs(frame.getDeclaringClass()) || isOfJava(frame.getClassName()))
                    .filter(frame -> isOurs(frame.getDeclaringClass()))
                    .filter(frame -> Modifier.isPublic(frame.getDeclaringClass().getModifiers()))
                    .reduce((inner, outer) -> outer))
        .filter(frame -> frame.getDeclaringClass() != MlxArray.class)
        .map(StackWalker.StackFrame::getMethodName)
        .filter(name -> name.indexOf('$') < 0)
        .orElse(otherwise);
  }

  private static boolean isOurs(Class<?> type) {
    CodeSource ours = Explanation.class.getProtectionDomain().getCodeSource();
    CodeSource its = type.getProtectionDomain().getCodeSource();
    return type.getName().startsWith("org.mlx4j.")
        && (ours == null || (its != null && ours.getLocation().equals(its.getLocation())));
  }

  private static boolean isOfJava(String className) {
    return className.startsWith("java.") || className.startsWith("jdk.");
  }

  static boolean isNative(RuntimeException e) {
    StackTraceElement[] trace = e.getStackTrace();
    return trace.length > 0
        && trace[0].isNativeMethod()
        && trace[0].getClassName().startsWith("org.mlx4j.internal.");
  }

  private static String inOurWords(String message) {
    String text = NAME.matcher(message).replaceFirst("");
    for (Wording wording : WORDINGS) {
      Matcher matcher = wording.pattern().matcher(text);
      if (matcher.find()) {
        text = matcher.replaceAll(m -> Matcher.quoteReplacement(wording.words().apply(m)));
        break;
      }
    }
    text =
        SHAPE_OF_MLX
            .matcher(text.strip())
            .replaceAll(m -> "[" + m.group(1).replace(",", ", ") + "]");
    return text.endsWith(FULL_STOP) ? text.substring(0, text.length() - 1) : text;
  }

  private static String withGiven(String text, @Nullable MlxArray... xs) {
    StringBuilder given = new StringBuilder();
    boolean told = true;
    for (int i = 0; i < xs.length; i++) {
      if (i == MOST_SHOWN) {
        given.append(" and ").append(xs.length - i).append(" more");
        break;
      }
      MlxArray x = xs[i];
      given.append(i == 0 ? "" : ", ");
      if (x == null || x.isClosed()) {
        given.append("none");
      } else {
        String shape = Arrays.toString(x.shape());
        told &= text.contains(shape);
        given.append(x.dtype()).append(' ').append(shape);
      }
    }
    return told ? text : text + "; given: " + given;
  }

  private static RuntimeException withMessage(RuntimeException e, String message) {
    RuntimeException explained;
    if (e instanceof IllegalArgumentException) {
      explained = new IllegalArgumentException(message);
    } else if (e instanceof IndexOutOfBoundsException) {
      explained = new IndexOutOfBoundsException(message);
    } else if (e instanceof NullPointerException) {
      explained = new NullPointerException(message);
    } else if (e instanceof IllegalStateException) {
      explained = new IllegalStateException(message);
    } else if (e instanceof MlxException) {
      explained = new MlxException(message);
    } else {
      return e;
    }
    explained.initCause(e);
    return explained;
  }
}
