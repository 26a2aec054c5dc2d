package org.mlx4j;

/**
 * The type of an array's elements, as in MLX.
 *
 * <p>Mirrors {@code mlx.core.Dtype}. {@code float64} exists on the CPU only.
 */
public enum DType {
  /** True or false, one byte. */
  BOOL(1),
  /** Unsigned 8-bit integer. */
  UINT8(1),
  /** Unsigned 16-bit integer. */
  UINT16(2),
  /** Unsigned 32-bit integer; what {@code argmax} and its like return. */
  UINT32(4),
  /** Unsigned 64-bit integer. */
  UINT64(8),
  /** Signed 8-bit integer, a Java {@code byte}. */
  INT8(1),
  /** Signed 16-bit integer, a Java {@code short}. */
  INT16(2),
  /** Signed 32-bit integer, a Java {@code int}. */
  INT32(4),
  /** Signed 64-bit integer, a Java {@code long}. */
  INT64(8),
  /** IEEE half precision. */
  FLOAT16(2),
  /** IEEE single precision, a Java {@code float}; MLX's default. */
  FLOAT32(4),
  /** IEEE double precision, a Java {@code double}; on the CPU only. */
  FLOAT64(8),
  /** The upper half of a single precision number. */
  BFLOAT16(2),
  /** A complex number of two single precision parts; see {@link Complex64}. */
  COMPLEX64(8);

  private static final DType[] ALL = values();

  private final int itemsize;
  private final String mlxName =
      name().equals("BOOL") ? "bool" : name().toLowerCase(java.util.Locale.ROOT);

  DType(int itemsize) {
    this.itemsize = itemsize;
  }

  static DType of(int code) {
    return ALL[code];
  }

  /** What natives take: the order of the constants is that of MLX's own enumeration. */
  @SuppressWarnings("EnumOrdinal")
  int code() {
    return ordinal();
  }

  /**
   * The size of an element.
   *
   * @return the size in bytes
   */
  public int itemsize() {
    return itemsize;
  }

  /**
   * Whether this is one of float16, bfloat16, float32 and float64.
   *
   * @return true for real floating point types
   */
  public boolean isFloating() {
    return this == FLOAT16 || this == BFLOAT16 || this == FLOAT32 || this == FLOAT64;
  }

  /**
   * Whether this is a signed or unsigned integer type; bool is none.
   *
   * @return true for integer types
   */
  public boolean isInteger() {
    return compareTo(UINT8) >= 0 && compareTo(INT64) <= 0;
  }

  /** The name that MLX prints, such as {@code float32}. */
  @Override
  public String toString() {
    return mlxName;
  }
}
