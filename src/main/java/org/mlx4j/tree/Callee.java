package org.mlx4j.tree;

import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The function that a transform is applied to.
 *
 * @param body calls the function
 * @param handle the transform that returned the function, or null if the function is the user's
 */
record Callee(Body body, @Nullable Transformed handle) {
  /** A function of any number of arguments. */
  interface Body {
    @Nullable Object apply(@Nullable Object... arguments);
  }

  @SuppressWarnings("unchecked") // callers' types are those of the function
  static Callee of(String transform, Function<?, ?> f) {
    return of(transform, f, xs -> ((Function<Object, ?>) f).apply(xs[0]));
  }

  @SuppressWarnings("unchecked")
  static Callee of(String transform, BiFunction<?, ?, ?> f) {
    return of(transform, f, xs -> ((BiFunction<Object, Object, ?>) f).apply(xs[0], xs[1]));
  }

  @SuppressWarnings("unchecked")
  static Callee of(String transform, TriFunction<?, ?, ?, ?> f) {
    return of(
        transform,
        f,
        xs -> ((TriFunction<Object, Object, Object, ?>) f).apply(xs[0], xs[1], xs[2]));
  }

  /** A transformed function is called without its handle, which may be closed in the meantime. */
  private static Callee of(String transform, Object f, Body body) {
    if (f == null) {
      throw new NullPointerException("[" + transform + "] the function is null");
    }
    if (f instanceof TreeHandle handle) {
      Transformed function = handle.retained(transform);
      return new Callee(function::apply, function);
    }
    return new Callee(body, null);
  }

  @Nullable Object apply(@Nullable Object... arguments) {
    return body.apply(arguments);
  }

  int nesting() {
    return handle == null ? 0 : handle.nesting;
  }

  void release() {
    if (handle != null) {
      handle.release();
    }
  }
}
