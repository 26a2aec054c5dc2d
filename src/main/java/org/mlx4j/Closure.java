package org.mlx4j;

import org.mlx4j.internal.HandlesNative;
import org.mlx4j.internal.NativeFunction;
import org.mlx4j.internal.TransformsNative;

/**
 * A user's function as a native one, for the time that a transform needs it.
 *
 * <p>A function that a transform made stays native: transforms of transforms never come back to
 * Java in between, and the outer one holds the inner one by itself.
 */
final class Closure implements AutoCloseable {
  final String transform;
  final int nesting;

  /** The native function, or 0 as long as none was made of the body. */
  private long handle;

  /** The user's function, or null if a transform made the function. */
  private final NativeFunction body;

  /** Keeps a function that a transform made from being collected, and so closed, meanwhile. */
  @SuppressWarnings({"unused", "FieldCanBeLocal"})
  private final Object function;

  private Closure(String transform, Object function, NativeFunction body) {
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
   * The native function. It is made when it is first asked for, which is inside the {@code try}
   * that closes this, so a call that is refused before has made nothing.
   */
  long handle() {
    if (handle == 0) {
      handle = TransformsNative.function(body);
    }
    return handle;
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

  /** Lets go of the native function; the transform that took it holds it by itself. */
  @Override
  public void close() {
    if (body != null && handle != 0) {
      HandlesNative.close(handle);
    }
  }
}
