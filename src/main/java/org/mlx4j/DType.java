package org.mlx4j;

import org.mlx4j.internal.DTypesNative;

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

  /**
   * The kinds of dtypes, one containing the other as classes do. Mirrors {@code
   * mlx.core.DtypeCategory}.
   */
  public enum Category {
    /** All dtypes. */
    GENERIC(null),
    /** All but bool. */
    NUMBER(GENERIC),
    /** The integers. */
    INTEGER(NUMBER),
    /** The integers with a sign. */
    SIGNEDINTEGER(INTEGER),
    /** The integers without a sign. */
    UNSIGNEDINTEGER(INTEGER),
    /** Floating point numbers, real and complex. */
    INEXACT(NUMBER),
    /** Real floating point numbers. */
    FLOATING(INEXACT),
    /** Complex floating point numbers. */
    COMPLEXFLOATING(INEXACT);

    private final Category parent;

    Category(Category parent) {
      this.parent = parent;
    }

    boolean isSubdtype(Category other) {
      return this == other || (parent != null && parent.isSubdtype(other));
    }

    /** The name that MLX uses, such as {@code floating}. */
    @Override
    public String toString() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /** The kinds of dtypes of the Python array API, for {@link Ops#isdtype(DType, Kind...)}. */
  public enum Kind {
    /** bool. */
    BOOL(null),
    /** The integers with a sign. */
    SIGNED_INTEGER(Category.SIGNEDINTEGER),
    /** The integers without a sign. */
    UNSIGNED_INTEGER(Category.UNSIGNEDINTEGER),
    /** The integers. */
    INTEGRAL(Category.INTEGER),
    /** Real floating point numbers. */
    REAL_FLOATING(Category.FLOATING),
    /** Complex floating point numbers. */
    COMPLEX_FLOATING(Category.COMPLEXFLOATING),
    /** All but bool. */
    NUMERIC(Category.NUMBER);

    private final Category category;

    Kind(Category category) {
      this.category = category;
    }

    boolean contains(DType dtype) {
      return category == null ? dtype == DType.BOOL : dtype.isSubdtype(category);
    }

    /** The name that Python takes, such as {@code real floating}. */
    @Override
    public String toString() {
      return name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
    }
  }

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

  private Category category() {
    return switch (this) {
      case BOOL -> Category.GENERIC;
      case UINT8, UINT16, UINT32, UINT64 -> Category.UNSIGNEDINTEGER;
      case INT8, INT16, INT32, INT64 -> Category.SIGNEDINTEGER;
      case FLOAT16, FLOAT32, FLOAT64, BFLOAT16 -> Category.FLOATING;
      case COMPLEX64 -> Category.COMPLEXFLOATING;
    };
  }

  boolean isSubdtype(Category of) {
    return category().isSubdtype(of);
  }

  /** The dtype of what an operation makes of this and another. */
  DType promotedWith(DType other) {
    return of(DTypesNative.promote_types(code(), other.code()));
  }

  /** The name that MLX prints, such as {@code float32}. */
  @Override
  public String toString() {
    return mlxName;
  }
}
