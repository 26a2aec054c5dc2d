package org.mlx4j.internal;

import java.nio.file.Path;
import java.util.Map;
import java.util.function.LongUnaryOperator;
import java.util.function.Supplier;
import org.mlx4j.ArraysFunction;
import org.mlx4j.DType;
import org.mlx4j.Device;
import org.mlx4j.MlxArray;

/**
 * The package-private parts of {@code org.mlx4j} that its other packages need. {@code org.mlx4j}
 * implements this interface and passes it to {@code internal.io}; the other packages get it from
 * {@link SharedSecrets}.
 */
public interface ArrayAccess {
  // ---- arrays and their handles ----------------------------------------------------------------

  /**
   * Returns the handle of an array. The caller must keep the array reachable while it uses the
   * handle.
   *
   * @param array an array, open or closed
   * @return its handle
   */
  long handle(MlxArray array);

  /**
   * Returns the number by which natives know a dtype.
   *
   * @param dtype a dtype
   * @return its number
   */
  int code(DType dtype);

  /**
   * Makes an array that belongs to the scope of the caller, or else to the garbage collector.
   *
   * @param function the function that messages name
   * @param creation a native that takes the handle of the caller's stream and returns that of the
   *     array
   * @return the array
   * @throws OutOfMemoryError if there is no memory for the array, even after a collection
   */
  MlxArray create(String function, LongUnaryOperator creation);

  /**
   * Runs an action that needs native memory. If there is not enough, frees the arrays that are no
   * longer reachable and runs the action once more.
   *
   * @param action an action that may run twice
   */
  void withinMemory(Runnable action);

  /**
   * Finds a closed array.
   *
   * @param arrays arrays
   * @return the index of the first that is closed, or -1
   */
  int firstClosed(MlxArray... arrays);

  /**
   * Returns the exception for the use of a closed array. It also says why the array is closed, or
   * how to find out.
   *
   * @param message the array and what it was used for
   * @param array the array
   * @param cause the exception that noticed it, or null
   * @return the exception
   */
  IllegalStateException closed(String message, MlxArray array, IllegalStateException cause);

  /**
   * Runs the operations of a method: frees all arrays except the result, and names the method in
   * exceptions.
   *
   * @param function the name of the method
   * @param body computes the result
   * @return the result, which belongs to the scope of the caller
   */
  MlxArray composed(String function, Supplier<MlxArray> body);

  /**
   * Computes what a method with more than one result is made of, as {@link #composed} does.
   *
   * @param function the name of the method
   * @param body computes the result, a tree of arrays
   * @param <T> its type
   * @return the result, whose arrays belong to the scope of the caller
   */
  <T> T composedTree(String function, Supplier<T> body);

  /**
   * Returns the device of the stream that new operations of the calling thread use.
   *
   * @return the device
   */
  Device device();

  /**
   * Tells whether the values of an array can be looked at now: they are computed, and no transform
   * records.
   *
   * @param array an open array
   * @return true if they can
   */
  boolean isKnown(MlxArray array);

  // ---- functions that belong to no scope -------------------------------------------------------

  /**
   * Makes a native function.
   *
   * @param transform the transform that messages name
   * @param f the Java function to transform; each call runs in a new scope
   * @param make makes the transformed native function from the native function
   * @return a handle, which the caller must close
   */
  long transformed(String transform, ArraysFunction f, LongUnaryOperator make);

  /**
   * Returns an operator that gives a native function rules.
   *
   * @param name what messages name
   * @param rules the rules; each runs in its own scope
   * @return an operator that makes a custom native function of a native function
   */
  LongUnaryOperator customized(String name, CustomRules rules);

  /**
   * Calls a native function.
   *
   * @param function its handle
   * @param arrays its arguments
   * @return its results, which belong to the scope of the caller
   * @throws ClosedException if the function, an argument or a result is closed
   */
  MlxArray[] call(long function, MlxArray... arrays);

  /**
   * Has the scope of the caller, or else the garbage collector, end a lease.
   *
   * @param owner the object whose lease it is
   * @param lease the lease; it must not refer to the owner
   */
  void own(Object owner, Lease lease);

  // ---- files -----------------------------------------------------------------------------------

  /**
   * Reads a file, in the npz format if its name ends with {@code .npz}, else in the safetensors
   * format.
   *
   * @param function the function that messages name
   * @param file the file
   * @return its arrays by their names
   */
  Map<String, MlxArray> loadArrays(String function, Path file);

  /**
   * Writes a file, in the npz format if its name ends with {@code .npz}, else in the safetensors
   * format.
   *
   * @param function the function that messages name
   * @param file the file
   * @param arrays its arrays by their names
   */
  void saveArrays(String function, Path file, Map<String, MlxArray> arrays);
}
