package org.mlx4j.tree;

import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.mlx4j.internal.TreeAccess;

/** Gradients of functions of models, for those arrays that are not marked as {@link NotTrained}. */
final class TrainedGradients implements TreeAccess {
  @Override
  public <A extends @Nullable Object, R extends @Nullable Object> TreeFunction<A, R> valueAndGrad(
      boolean withAux, Function<A, ?> f) {
    return new TreeFunction<>(gradient(withAux, Callee.of(name(withAux), f)));
  }

  @Override
  public <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object>
      TreeBiFunction<A, B, R> valueAndGrad(boolean withAux, BiFunction<A, B, ?> f) {
    return new TreeBiFunction<>(gradient(withAux, Callee.of(name(withAux), f)));
  }

  @Override
  public <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          R extends @Nullable Object>
      TreeTriFunction<A, B, C, R> valueAndGrad(boolean withAux, TriFunction<A, B, C, ?> f) {
    return new TreeTriFunction<>(gradient(withAux, Callee.of(name(withAux), f)));
  }

  private static Gradient.Of kind(boolean withAux) {
    return withAux ? Gradient.Of.VALUE_AUX_AND_GRAD : Gradient.Of.VALUE_AND_GRAD;
  }

  private static String name(boolean withAux) {
    return kind(withAux).transform();
  }

  private static Transformed gradient(boolean withAux, Callee f) {
    return new Gradient(kind(withAux), true, f);
  }
}
