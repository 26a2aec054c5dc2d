package org.mlx4j;

import org.jspecify.annotations.Nullable;
import org.mlx4j.internal.DTypesNative;

/**
 * The type of an array's elements. Mirrors {@code mlx.core.Dtype}.
 *
 * <pre>{@code
 * MlxArray x = MlxArray.of(1, 2, 3);                 // int32
 * MlxArray half = x.astype(DType.FLOAT16);
 * boolean floating = half.dtype().isFloating();      // true
 * }</pre>
 *
 * <p>{@code float64} is available on the CPU only.
 */
public enum DType {
  /** True or false, one byte. */
  BOOL(1),
  /** Unsigned 8-bit integer. */
  UINT8(1),
  /** Unsigned 16-bit integer. */
  UINT16(2),
  /** Unsigned 32-bit integer; the dtype of the results of {@code argmax} and similar operations. */
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
  /** The upper half of a single-precision number. */
  BFLOAT16(2),
  /** A complex number of two single-precision parts; see {@link Complex64}. */
  COMPLEX64(8);

  /**
   * Categories of dtypes, which contain one another as classes do. Mirrors {@code
   * mlx.core.DtypeCategory}.
   *
   * <pre>{@code
   * boolean yes = Ops.issubdtype(DType.INT8, DType.Category.INTEGER); // true
   * }</pre>
   */
  public enum Category {
    /** All dtypes. */
    GENERIC(null),
    /** All but bool. */
    NUMBER(GENERIC),
    /** The integers. */
    INTEGER(NUMBER),
    /** The signed integers. */
    SIGNEDINTEGER(INTEGER),
    /** The unsigned integers. */
    UNSIGNEDINTEGER(INTEGER),
    /** Floating-point numbers, real and complex. */
    INEXACT(NUMBER),
    /** Real floating-point numbers. */
    FLOATING(INEXACT),
    /** Complex floating-point numbers. */
    COMPLEXFLOATING(INEXACT);

    private final @Nullable Category parent;

    Category(@Nullable Category parent) {
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

  /**
   * Kinds of dtypes in the Python array API, for {@link Ops#isdtype(DType, Kind...)}.
   *
   * <pre>{@code
   * boolean yes = Ops.isdtype(DType.INT8, DType.Kind.INTEGRAL, DType.Kind.BOOL); // true
   * }</pre>
   */
  public enum Kind {
    /** bool. */
    BOOL(null),
    /** The signed integers. */
    SIGNED_INTEGER(Category.SIGNEDINTEGER),
    /** The unsigned integers. */
    UNSIGNED_INTEGER(Category.UNSIGNEDINTEGER),
    /** The integers. */
    INTEGRAL(Category.INTEGER),
    /** Real floating-point numbers. */
    REAL_FLOATING(Category.FLOATING),
    /** Complex floating-point numbers. */
    COMPLEX_FLOATING(Category.COMPLEXFLOATING),
    /** All but bool. */
    NUMERIC(Category.NUMBER);

    private final @Nullable Category category;

    Kind(@Nullable Category category) {
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

  /**
   * Returns the number that natives take: the constants are in the order of MLX's own enumeration.
   */
  @SuppressWarnings("EnumOrdinal")
  int code() {
    return ordinal();
  }

  /**
   * Returns the size of an element.
   *
   * @return the size in bytes
   */
  public int itemsize() {
    return itemsize;
  }

  /**
   * Returns whether this is float16, bfloat16, float32 or float64.
   *
   * @return true for real floating-point dtypes
   */
  public boolean isFloating() {
    return this == FLOAT16 || this == BFLOAT16 || this == FLOAT32 || this == FLOAT64;
  }

  /**
   * Returns whether this is a signed or unsigned integer type; bool is not.
   *
   * @return true for integer dtypes
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

  /** Returns the dtype of the result of an operation on this and another dtype. */
  DType promotedWith(DType other) {
    return of((int) DTypesNative.promote_types(code(), other.code()));
  }

  /** The name that MLX prints, such as {@code float32}. */
  @Override
  public String toString() {
    return mlxName;
  }
}
