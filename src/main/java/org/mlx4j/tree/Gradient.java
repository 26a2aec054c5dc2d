package org.mlx4j.tree;

import java.util.Arrays;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.mlx4j.DType;
import org.mlx4j.MlxArray;
import org.mlx4j.internal.TransformsNative;
import org.mlx4j.internal.tree.Roots;
import org.mlx4j.internal.tree.Structure;

/**
 * The gradient with respect to the first argument, alone or together with the function's result.
 */
final class Gradient extends Transformed {
  enum Of {
    GRAD("grad"),
    VALUE_AND_GRAD("valueAndGrad"),
    VALUE_AUX_AND_GRAD("valueAndGradWithAux");

    private final String transform;

    Of(String transform) {
      this.transform = transform;
    }

    String transform() {
      return transform;
    }
  }

  private static final Roots VALUE_AND_AUX = i -> i == 0 ? "the value" : "the auxiliary result";

  private final Of kind;

  /** Whether there are gradients only for arrays that are not marked as {@link NotTrained}. */
  private final boolean trainedOnly;

  Gradient(Of kind, boolean trainedOnly, Callee callee) {
    super(kind.transform, callee);
    this.kind = kind;
    this.trainedOnly = trainedOnly;
  }

  /** Tells for each array of the first argument whether its gradient is wanted. */
  private boolean[] wanted(Structure arguments) {
    if (trainedOnly) {
      return Arrays.copyOf(arguments.trained(), arguments.leaves(0));
    }
    boolean[] all = new boolean[arguments.leaves(0)];
    Arrays.fill(all, true);
    return all;
  }

  private static int count(boolean... wanted) {
    int count = 0;
    for (boolean one : wanted) {
      count += one ? 1 : 0;
    }
    return count;
  }

  /** Those whose gradients are wanted come first. */
  @Override
  int @Nullable [] order(Structure arguments) {
    boolean[] wanted = wanted(arguments);
    int first = 0;
    int then = count(wanted);
    if (then == wanted.length) {
      return null;
    }
    int[] order = new int[arguments.leaves()];
    for (int i = 0; i < order.length; i++) {
      order[i < wanted.length && wanted[i] ? first++ : then++] = i;
    }
    return order;
  }

  @Override
  LongUnaryOperator transformation(Structure arguments, @Nullable Recordings recordings) {
    int count = count(wanted(arguments));
    if (count == 0 && arguments.leaves(0) > 0) {
      throw new IllegalArgumentException(
          "["
              + transform
              + "] argument 0: all of its arrays are marked as not trained, so there is nothing to"
              + " differentiate");
    }
    if (count == 0) {
      throw new IllegalArgumentException(
          "["
              + transform
              + "] argument 0: it holds no arrays, so there is nothing to differentiate; put what"
              + " you differentiate first");
    }
    return f -> TransformsNative.value_and_grad_of_first(f, count, kind != Of.GRAD, transform);
  }

  @Override
  @Nullable Object[] results(@Nullable Object returned) {
    if (kind == Of.VALUE_AUX_AND_GRAD) {
      WithAux<?> result = (WithAux<?>) notNull(returned, "a WithAux");
      return new @Nullable Object[] {notNull(result.value(), "a value"), result.aux()};
    }
    return new Object[] {notNull(returned, "a scalar array")};
  }

  private Object notNull(@Nullable Object result, String wanted) {
    if (result == null) {
      throw new NullPointerException(
          "[" + transform + "] the function returned null; it must return " + wanted);
    }
    return result;
  }

  @Override
  Roots resultNames() {
    return kind == Of.VALUE_AUX_AND_GRAD ? VALUE_AND_AUX : Roots.RESULT;
  }

  @Override
  Object answer(Structure arguments, Structure results, MlxArray... outputs) {
    if (kind == Of.GRAD) {
      return gradients(arguments, 0, outputs);
    }
    Object grad = gradients(arguments, results.leaves(), outputs);
    return kind == Of.VALUE_AND_GRAD
        ? new TreeValueAndGrad<>(outputs[0], grad)
        : new ValueAuxAndGrad<>(outputs[0], results.rebuild(outputs)[1], grad);
  }

  private Object gradients(Structure arguments, int from, MlxArray... outputs) {
    if (!trainedOnly) {
      return arguments.rebuildFirst(outputs, from);
    }
    boolean[] wanted = wanted(arguments);
    @Nullable MlxArray[] gradients = new MlxArray[wanted.length];
    int next = from;
    for (int i = 0; i < wanted.length; i++) {
      gradients[i] = wanted[i] ? outputs[next++] : null;
    }
    return arguments.rebuildFirst(gradients, 0);
  }

  @Override
  @Nullable String complaint(Structure arguments, MlxArray... leaves) {
    return withoutGradient(arguments, wanted(arguments), leaves);
  }

  /** Returns the message about an array of the first argument that has no gradient, or null. */
  static @Nullable String withoutGradient(Structure arguments, MlxArray... leaves) {
    boolean[] all = new boolean[arguments.leaves(0)];
    Arrays.fill(all, true);
    return withoutGradient(arguments, all, leaves);
  }

  private static @Nullable String withoutGradient(
      Structure arguments, boolean[] wanted, MlxArray... leaves) {
    for (int i = 0; i < wanted.length; i++) {
      DType dtype = leaves[i].dtype();
      if (wanted[i] && !dtype.isFloating() && dtype != DType.COMPLEX64) {
        return arguments.complaint(
            i,
            "an array of dtype "
                + dtype
                + " has no gradient; allowed are floating point and complex dtypes. Pass it in"
                + " another argument than the first");
      }
    }
    return null;
  }
}
