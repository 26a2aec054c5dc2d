package org.mlx4j.tree;

import java.util.function.LongUnaryOperator;
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

  Gradient(Of kind, Callee callee) {
    super(kind.transform, callee);
    this.kind = kind;
  }

  @Override
  LongUnaryOperator transformation(Structure arguments, Recordings recordings) {
    int count = arguments.leaves(0);
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
  Object[] results(Object returned) {
    if (kind == Of.VALUE_AUX_AND_GRAD) {
      WithAux<?> result = (WithAux<?>) notNull(returned, "a WithAux");
      return new Object[] {notNull(result.value(), "a value"), result.aux()};
    }
    return new Object[] {notNull(returned, "a scalar array")};
  }

  private Object notNull(Object result, String wanted) {
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
      return arguments.rebuildFirst(outputs, 0);
    }
    Object grad = arguments.rebuildFirst(outputs, results.leaves());
    return kind == Of.VALUE_AND_GRAD
        ? new TreeValueAndGrad<>(outputs[0], grad)
        : new ValueAuxAndGrad<>(outputs[0], results.rebuild(outputs)[1], grad);
  }

  @Override
  String complaint(Structure arguments, MlxArray... leaves) {
    return withoutGradient(arguments, leaves);
  }

  /** Returns the message about an array of the first argument that has no gradient, or null. */
  static String withoutGradient(Structure arguments, MlxArray... leaves) {
    for (int i = 0; i < arguments.leaves(0); i++) {
      DType dtype = leaves[i].dtype();
      if (!dtype.isFloating() && dtype != DType.COMPLEX64) {
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
