package org.mlx4j;

import java.util.function.LongUnaryOperator;

/**
 * A function of any number of arrays to any number of arrays that is native already. Transforms
 * accept it as it is, however many arguments it takes.
 *
 * <pre>{@code
 * ArraysFunctionHandle gradients = Transforms.grad((x, y) -> x.multiply(y).square(), 0, 1);
 * MlxArray[] mixed = Transforms.grad(Transforms.grad((x, y) -> x.multiply(y).square(), 0), 1)
 *     .apply(MlxArray.scalar(2f), MlxArray.scalar(3f));     // 4xy = 24
 * }</pre>
 */
public abstract sealed class ArraysFunctionHandle extends FunctionHandle implements ArraysFunction
    permits TransformedArraysFunction, ImportedFunction {
  ArraysFunctionHandle(Closure closure, LongUnaryOperator transform) {
    super(closure, transform);
  }

  ArraysFunctionHandle(String function, long handle) {
    super(function, handle);
  }
}
