package org.mlx4j;

import org.jspecify.annotations.Nullable;
import org.mlx4j.internal.HandlesNative;
import org.mlx4j.internal.NativeFunction;
import org.mlx4j.internal.TransformsNative;

/**
 * A user's function as a native one, for as long as a transform needs it.
 *
 * <p>A function that a transform returned stays native: nested transforms do not call Java between
 * one another, and the outer native function holds the inner one.
 */
final class Closure implements AutoCloseable {
  final String transform;
  final int nesting;

  /** The native function, or 0 until one is made of the body. */
  private long handle;

  /** The user's function, or null if the function is native already. */
  private final @Nullable NativeFunction body;

  /** Keeps a function that is native already from being collected, and so closed, meanwhile. */
  @SuppressWarnings({"unused", "FieldCanBeLocal"})
  private final Object function;

  private Closure(String transform, Object function, @Nullable NativeFunction body) {
    if (function == null) {
      throw new NullPointerException("[" + transform + "] the function is null");
    }
    this.transform = transform;
    this.function = function;
    if (function instanceof FunctionHandle f) {
      this.body = null;
      nesting = f.nesting;
      handle = f.handle;
    } else {
      this.body = body;
      nesting = 0;
    }
  }

  /**
   * Returns the native function. It is made by the first call, which is inside the {@code try} that
   * closes this, so that a call that is refused before leaves nothing behind.
   */
  long handle() {
    if (handle == 0) {
      handle = TransformsNative.function(body);
    }
    return handle;
  }

  /** Of a function that is native already. */
  static Closure of(String transform, FunctionHandle f) {
    return new Closure(transform, f, null);
  }

  static Closure ofOne(String transform, ArrayFunction f) {
    return new Closure(
        transform, f, args -> run(transform, 1, args, xs -> one(transform, f.apply(xs[0]))));
  }

  static Closure ofTwo(String transform, ArrayBiFunction f) {
    return new Closure(
        transform, f, args -> run(transform, 2, args, xs -> one(transform, f.apply(xs[0], xs[1]))));
  }

  static Closure toOne(String transform, ArraysToArrayFunction f) {
    return new Closure(
        transform, f, args -> run(transform, args.length, args, xs -> one(transform, f.apply(xs))));
  }

  static Closure ofMany(String transform, ArraysFunction f) {
    return new Closure(transform, f, args -> run(transform, args.length, args, f));
  }

  private static MlxArray[] one(String transform, MlxArray result) {
    if (result == null) {
      throw nullResult(transform);
    }
    return new MlxArray[] {result};
  }

  private static long[] run(String transform, int arity, long[] args, ArraysFunction f) {
    ThreadContext context = ThreadContext.current();
    try (Scope scope = Scope.ofFunction(context)) {
      MlxArray[] xs = Call.wrap(args, context);
      if (xs.length != arity) {
        throw new IllegalArgumentException(
            "["
                + transform
                + "] the function takes "
                + arity
                + " arguments, "
                + xs.length
                + " were given");
      }
      MlxArray[] results = f.apply(xs);
      if (results == null) {
        throw nullResult(transform);
      }
      for (MlxArray result : results) {
        if (result == null) {
          throw nullResult(transform);
        }
      }
      return scope.handOver(results);
    }
  }

  private static NullPointerException nullResult(String transform) {
    return new NullPointerException(
        "["
            + transform
            + "] the function returned null; it must return an MlxArray for each result");
  }

  /** Closes the handle of the native function, which the transform holds from then on. */
  @Override
  public void close() {
    if (body != null && handle != 0) {
      HandlesNative.close(handle);
    }
  }
}
