package org.mlx4j;

/**
 * Selected elements of an array, as Python's {@code x.at[…]}: each method returns a copy of the
 * array in which the selected elements are changed.
 *
 * <pre>{@code
 * MlxArray x = MlxArray.of(1f, 2f, Float.NaN);
 * MlxArray a = x.at(0).set(1);                             // x[0] = 1
 * MlxArray b = x.at(Index.of(1, 1, 2)).add(1);             // x.at[[1, 1, 2]].add(1)
 * MlxArray c = x.at(x.isnan()).set(0);                     // x[mx.isnan(x)] = 0
 * }</pre>
 *
 * <p><b>Values.</b> A value is a number, or an array whose shape broadcasts to that of {@code
 * x.get(…)} with the same indices; it is converted to the dtype of the array. If the only index is
 * a mask, the value may instead have an additional first axis with one entry for each true element
 * of the mask (surplus entries are ignored). If an element is selected several times, {@code set}
 * stores one of the values, and it is not defined which; the other methods take all of them into
 * account.
 *
 * <p><b>Transforms.</b> These methods work inside functions that are transformed. Gradients with
 * respect to arrays of indices follow MLX: {@link #multiply(MlxArray)} and {@link
 * #divide(MlxArray)} have none, and there is no forward mode. A mask that is the only index may be
 * traced itself; beside other indices its values must be known.
 *
 * <p>All methods return an array of the same shape and dtype. They throw {@link
 * IndexOutOfBoundsException} if a known index is out of range (see {@link Ops#checkIndices} for the
 * others), {@link IllegalArgumentException} if the indices do not fit the array, the value cannot
 * be broadcast, or a mask selects more elements than there are values, and {@link
 * IllegalStateException} if an array is closed.
 */
public final class ArrayAt {
  /** The change of the selected elements; the order is that of {@code Update} in C++. */
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
   * @param value the new values
   * @return an array of the same shape and dtype
   */
  public MlxArray set(MlxArray value) {
    return update(Update.SET, value);
  }

  /** Replaces the selected elements by a number; see {@link #set(MlxArray)}. */
  public MlxArray set(double value) {
    return update(Update.SET, value);
  }

  /** Replaces the selected elements by a number; see {@link #set(MlxArray)}. */
  public MlxArray set(long value) {
    return update(Update.SET, value);
  }

  /** Replaces the selected elements by a truth value; see {@link #set(MlxArray)}. */
  public MlxArray set(boolean value) {
    return set(value ? 1L : 0L);
  }

  /**
   * Adds to the selected elements. Mirrors {@code mlx.core.ArrayAt.add}.
   *
   * @param value the summands
   * @return an array of the same shape and dtype
   */
  public MlxArray add(MlxArray value) {
    return update(Update.ADD, value);
  }

  /** Adds a number to the selected elements; see {@link #add(MlxArray)}. */
  public MlxArray add(double value) {
    return update(Update.ADD, value);
  }

  /** Adds a number to the selected elements; see {@link #add(MlxArray)}. */
  public MlxArray add(long value) {
    return update(Update.ADD, value);
  }

  /**
   * Subtracts from the selected elements. Mirrors {@code mlx.core.ArrayAt.subtract}.
   *
   * @param value the subtrahends
   * @return an array of the same shape and dtype
   * @throws IllegalArgumentException if the array is of dtype bool
   */
  public MlxArray subtract(MlxArray value) {
    return update(Update.SUBTRACT, value);
  }

  /** Subtracts a number from the selected elements; see {@link #subtract(MlxArray)}. */
  public MlxArray subtract(double value) {
    return update(Update.SUBTRACT, value);
  }

  /** Subtracts a number from the selected elements; see {@link #subtract(MlxArray)}. */
  public MlxArray subtract(long value) {
    return update(Update.SUBTRACT, value);
  }

  /**
   * Multiplies the selected elements. Mirrors {@code mlx.core.ArrayAt.multiply}.
   *
   * @param value the factors
   * @return an array of the same shape and dtype
   */
  public MlxArray multiply(MlxArray value) {
    return update(Update.MULTIPLY, value);
  }

  /** Multiplies the selected elements by a number; see {@link #multiply(MlxArray)}. */
  public MlxArray multiply(double value) {
    return update(Update.MULTIPLY, value);
  }

  /** Multiplies the selected elements by a number; see {@link #multiply(MlxArray)}. */
  public MlxArray multiply(long value) {
    return update(Update.MULTIPLY, value);
  }

  /**
   * Divides the selected elements. Mirrors {@code mlx.core.ArrayAt.divide}, which leaves zeros in
   * an array of integers; here that is an error.
   *
   * @param value the divisors
   * @return an array of the same shape and dtype
   * @throws IllegalArgumentException if the array is of integer or bool dtype
   */
  public MlxArray divide(MlxArray value) {
    return update(Update.DIVIDE, value);
  }

  /** Divides the selected elements by a number; see {@link #divide(MlxArray)}. */
  public MlxArray divide(double value) {
    return update(Update.DIVIDE, value);
  }

  /** Divides the selected elements by a number; see {@link #divide(MlxArray)}. */
  public MlxArray divide(long value) {
    return update(Update.DIVIDE, value);
  }

  /**
   * Replaces selected elements that are smaller than the value by the value. Mirrors {@code
   * mlx.core.ArrayAt.maximum}.
   *
   * @param value the lower limits
   * @return an array of the same shape and dtype
   */
  public MlxArray maximum(MlxArray value) {
    return update(Update.MAXIMUM, value);
  }

  /**
   * Replaces selected elements that are smaller than a number by it; see {@link
   * #maximum(MlxArray)}.
   */
  public MlxArray maximum(double value) {
    return update(Update.MAXIMUM, value);
  }

  /**
   * Replaces selected elements that are smaller than a number by it; see {@link
   * #maximum(MlxArray)}.
   */
  public MlxArray maximum(long value) {
    return update(Update.MAXIMUM, value);
  }

  /**
   * Replaces selected elements that are larger than the value by the value. Mirrors {@code
   * mlx.core.ArrayAt.minimum}.
   *
   * @param value the upper limits
   * @return an array of the same shape and dtype
   */
  public MlxArray minimum(MlxArray value) {
    return update(Update.MINIMUM, value);
  }

  /**
   * Replaces selected elements that are larger than a number by it; see {@link #minimum(MlxArray)}.
   */
  public MlxArray minimum(double value) {
    return update(Update.MINIMUM, value);
  }

  /**
   * Replaces selected elements that are larger than a number by it; see {@link #minimum(MlxArray)}.
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
