package org.mlx4j;

/**
 * Parts of an array to change, as Python's {@code x.at[…]} and {@code x[…] = value}: every method
 * answers with a new array and leaves the old one as it is.
 *
 * <pre>{@code
 * x.at(0).set(1)                                // x[0] = 1
 * x.at(of(1, 1, 2)).add(1)                      // x.at[[1, 1, 2]].add(1)
 * x.at(of(x.isnan())).set(0)                    // x[mx.isnan(x)] = 0
 * }</pre>
 *
 * <p>A value is an array of a shape that broadcasts to that of {@code x.get(…)} with the same
 * indices, or a number; it is converted to the dtype of the array. Beside a mask alone the value
 * may also have an axis more in front, with one entry for each true element of the mask (entries
 * that are left over are ignored). With an element selected several times, {@code set} leaves one
 * of the values, not defined which; the others take them all into account.
 *
 * <p>This works within functions that are transformed. Arrays of indices have gradients as MLX has
 * them: none for {@link #multiply(MlxArray)} and {@link #divide(MlxArray)}, and no forward mode. A
 * mask alone needs no values and may be traced itself; a mask beside other indices must be known.
 *
 * <p>All methods throw {@link IndexOutOfBoundsException} if an index is out of range (see {@link
 * Ops#checkIndices} for indices that are still to be computed), {@link IllegalArgumentException} if
 * the indices do not fit the array, the value cannot be broadcast or there are fewer values than a
 * mask selects, and {@link IllegalStateException} if an array is closed.
 */
public final class ArrayAt {
  /** What happens to the selected elements; the order is that of {@code Update} in C++. */
  enum Update {
    SET,
    ADD,
    SUBTRACT,
    MULTIPLY,
    DIVIDE,
    MAXIMUM,
    MINIMUM;

    @SuppressWarnings("EnumOrdinal")
    int code() {
      return ordinal();
    }
  }

  private static final String FUNCTION = "at";

  private final MlxArray array;
  private final Index[] indices;

  ArrayAt(MlxArray array, Index... indices) {
    this.array = array;
    this.indices = indices.clone();
  }

  /**
   * Replaces the selected elements. Mirrors Python's {@code x[…] = value}.
   *
   * @param value what to put there
   * @return an array of the same shape and dtype
   */
  public MlxArray set(MlxArray value) {
    return update(Update.SET, value);
  }

  /**
   * Replaces the selected elements. Mirrors Python's {@code x[…] = value}.
   *
   * @param value what to put there, a number
   * @return an array of the same shape and dtype
   */
  public MlxArray set(double value) {
    return update(Update.SET, value);
  }

  /**
   * Replaces the selected elements. Mirrors Python's {@code x[…] = value}.
   *
   * @param value what to put there, a number
   * @return an array of the same shape and dtype
   */
  public MlxArray set(long value) {
    return update(Update.SET, value);
  }

  /**
   * Replaces the selected elements. Mirrors Python's {@code x[…] = value}.
   *
   * @param value what to put there, a truth value
   * @return an array of the same shape and dtype
   */
  public MlxArray set(boolean value) {
    return set(value ? 1L : 0L);
  }

  /**
   * Adds to the selected elements. Mirrors {@code mlx.core.ArrayAt.add}.
   *
   * @param value what to add
   * @return an array of the same shape and dtype
   */
  public MlxArray add(MlxArray value) {
    return update(Update.ADD, value);
  }

  /**
   * Adds to the selected elements. Mirrors {@code mlx.core.ArrayAt.add}.
   *
   * @param value what to add, a number
   * @return an array of the same shape and dtype
   */
  public MlxArray add(double value) {
    return update(Update.ADD, value);
  }

  /**
   * Adds to the selected elements. Mirrors {@code mlx.core.ArrayAt.add}.
   *
   * @param value what to add, a number
   * @return an array of the same shape and dtype
   */
  public MlxArray add(long value) {
    return update(Update.ADD, value);
  }

  /**
   * Subtracts from the selected elements. Mirrors {@code mlx.core.ArrayAt.subtract}.
   *
   * @param value what to subtract
   * @return an array of the same shape and dtype
   * @throws IllegalArgumentException if the array is of dtype bool
   */
  public MlxArray subtract(MlxArray value) {
    return update(Update.SUBTRACT, value);
  }

  /**
   * Subtracts from the selected elements. Mirrors {@code mlx.core.ArrayAt.subtract}.
   *
   * @param value what to subtract, a number
   * @return an array of the same shape and dtype
   * @throws IllegalArgumentException if the array is of dtype bool
   */
  public MlxArray subtract(double value) {
    return update(Update.SUBTRACT, value);
  }

  /**
   * Subtracts from the selected elements. Mirrors {@code mlx.core.ArrayAt.subtract}.
   *
   * @param value what to subtract, a number
   * @return an array of the same shape and dtype
   * @throws IllegalArgumentException if the array is of dtype bool
   */
  public MlxArray subtract(long value) {
    return update(Update.SUBTRACT, value);
  }

  /**
   * Multiplies the selected elements. Mirrors {@code mlx.core.ArrayAt.multiply}.
   *
   * @param value by what to multiply
   * @return an array of the same shape and dtype
   */
  public MlxArray multiply(MlxArray value) {
    return update(Update.MULTIPLY, value);
  }

  /**
   * Multiplies the selected elements. Mirrors {@code mlx.core.ArrayAt.multiply}.
   *
   * @param value by what to multiply, a number
   * @return an array of the same shape and dtype
   */
  public MlxArray multiply(double value) {
    return update(Update.MULTIPLY, value);
  }

  /**
   * Multiplies the selected elements. Mirrors {@code mlx.core.ArrayAt.multiply}.
   *
   * @param value by what to multiply, a number
   * @return an array of the same shape and dtype
   */
  public MlxArray multiply(long value) {
    return update(Update.MULTIPLY, value);
  }

  /**
   * Divides the selected elements. Mirrors {@code mlx.core.ArrayAt.divide}, which leaves zeros in
   * an array of integers; here that is refused.
   *
   * @param value by what to divide
   * @return an array of the same shape and dtype
   * @throws IllegalArgumentException if the array is of integer or bool dtype
   */
  public MlxArray divide(MlxArray value) {
    return update(Update.DIVIDE, value);
  }

  /**
   * Divides the selected elements. Mirrors {@code mlx.core.ArrayAt.divide}, which leaves zeros in
   * an array of integers; here that is refused.
   *
   * @param value by what to divide, a number
   * @return an array of the same shape and dtype
   * @throws IllegalArgumentException if the array is of integer or bool dtype
   */
  public MlxArray divide(double value) {
    return update(Update.DIVIDE, value);
  }

  /**
   * Divides the selected elements. Mirrors {@code mlx.core.ArrayAt.divide}, which leaves zeros in
   * an array of integers; here that is refused.
   *
   * @param value by what to divide, a number
   * @return an array of the same shape and dtype
   * @throws IllegalArgumentException if the array is of integer or bool dtype
   */
  public MlxArray divide(long value) {
    return update(Update.DIVIDE, value);
  }

  /**
   * Replaces selected elements that are smaller than the value by it. Mirrors {@code
   * mlx.core.ArrayAt.maximum}.
   *
   * @param value the lower limit
   * @return an array of the same shape and dtype
   */
  public MlxArray maximum(MlxArray value) {
    return update(Update.MAXIMUM, value);
  }

  /**
   * Replaces selected elements that are smaller than the value by it. Mirrors {@code
   * mlx.core.ArrayAt.maximum}.
   *
   * @param value the lower limit, a number
   * @return an array of the same shape and dtype
   */
  public MlxArray maximum(double value) {
    return update(Update.MAXIMUM, value);
  }

  /**
   * Replaces selected elements that are smaller than the value by it. Mirrors {@code
   * mlx.core.ArrayAt.maximum}.
   *
   * @param value the lower limit, a number
   * @return an array of the same shape and dtype
   */
  public MlxArray maximum(long value) {
    return update(Update.MAXIMUM, value);
  }

  /**
   * Replaces selected elements that are larger than the value by it. Mirrors {@code
   * mlx.core.ArrayAt.minimum}.
   *
   * @param value the upper limit
   * @return an array of the same shape and dtype
   */
  public MlxArray minimum(MlxArray value) {
    return update(Update.MINIMUM, value);
  }

  /**
   * Replaces selected elements that are larger than the value by it. Mirrors {@code
   * mlx.core.ArrayAt.minimum}.
   *
   * @param value the upper limit, a number
   * @return an array of the same shape and dtype
   */
  public MlxArray minimum(double value) {
    return update(Update.MINIMUM, value);
  }

  /**
   * Replaces selected elements that are larger than the value by it. Mirrors {@code
   * mlx.core.ArrayAt.minimum}.
   *
   * @param value the upper limit, a number
   * @return an array of the same shape and dtype
   */
  public MlxArray minimum(long value) {
    return update(Update.MINIMUM, value);
  }

  private MlxArray update(Update update, MlxArray value) {
    return Selection.update(FUNCTION, array, indices, value, update);
  }

  private MlxArray update(Update update, double value) {
    try (MlxArray number = Call.weak(FUNCTION, array, value)) {
      return update(update, number);
    }
  }

  private MlxArray update(Update update, long value) {
    try (MlxArray number = Call.weak(FUNCTION, array, value)) {
      return update(update, number);
    }
  }
}
