package org.mlx4j.internal;

import java.lang.invoke.MethodHandles;
import java.util.function.LongUnaryOperator;
import org.mlx4j.ArraysFunction;
import org.mlx4j.FunctionHandle;
import org.mlx4j.MlxArray;

/**
 * What {@code org.mlx4j} lends to {@code org.mlx4j.tree} and to nobody else: native functions of
 * arrays that belong to no scope.
 */
public abstract class FlatFunctions {
  private static volatile FlatFunctions provided;

  /** There is one, which {@code org.mlx4j} makes. */
  protected FlatFunctions() {}

  /**
   * Offers the functions of {@code org.mlx4j}.
   *
   * @param functions what {@link #get} shall return
   */
  public static void provide(FlatFunctions functions) {
    provided = functions;
  }

  /**
   * The functions of {@code org.mlx4j}.
   *
   * @return the only object of this class
   */
  public static FlatFunctions get() {
    if (provided == null) {
      try {
        MethodHandles.lookup().ensureInitialized(FunctionHandle.class); // it provides them
      } catch (IllegalAccessException e) {
        throw new IllegalStateException(e);
      }
    }
    return provided;
  }

  /**
   * Makes a native function.
   *
   * @param transform what messages name
   * @param f the function to transform, in Java; it runs in a scope of its own
   * @param make makes the transformed native function of the native function
   * @return a handle, to be closed by the caller
   */
  public abstract long transformed(String transform, ArraysFunction f, LongUnaryOperator make);

  /**
   * Calls a native function.
   *
   * @param function its handle
   * @param arrays its arguments
   * @return its results, which belong to the scope of the caller
   * @throws ClosedException if the function, an argument or a result is closed
   */
  public abstract MlxArray[] call(long function, MlxArray... arrays);

  /**
   * Looks for a closed array.
   *
   * @param arrays arrays
   * @return the index of the first that is closed, or -1
   */
  public abstract int firstClosed(MlxArray... arrays);

  /**
   * Lets the scope of the caller or else the collector end a lease.
   *
   * @param owner whose lease it is
   * @param lease what to end; it must not refer to the owner
   */
  public abstract void own(Object owner, Lease lease);
}
