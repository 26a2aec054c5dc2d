package org.mlx4j.internal;

import java.lang.invoke.MethodHandles;
import java.nio.file.Path;
import java.util.Map;
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
   * The exception for the use of a closed array.
   *
   * @param message what was asked of which array
   * @param array the array
   * @param cause what noticed it, or null
   * @return the exception, which also says why the array is closed, or how to find out
   */
  public abstract IllegalStateException closed(
      String message, MlxArray array, IllegalStateException cause);

  /**
   * Reads a file.
   *
   * @param function what messages name
   * @param file a file in the format safetensors
   * @return its arrays by their names
   */
  public abstract Map<String, MlxArray> loadSafetensors(String function, Path file);

  /**
   * Writes a file.
   *
   * @param function what messages name
   * @param file the file, in the format safetensors
   * @param arrays its arrays by their names
   */
  public abstract void saveSafetensors(String function, Path file, Map<String, MlxArray> arrays);

  /**
   * Lets the scope of the caller or else the collector end a lease.
   *
   * @param owner whose lease it is
   * @param lease what to end; it must not refer to the owner
   */
  public abstract void own(Object owner, Lease lease);
}
