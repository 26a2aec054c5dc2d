package org.mlx4j;

import java.math.BigInteger;

/**
 * The range of an integer dtype, which {@link Ops#iinfo} returns. Mirrors {@code mlx.core.iinfo}.
 *
 * <pre>{@code
 * int largest = Ops.iinfo(DType.UINT8).max().intValue(); // 255
 * }</pre>
 *
 * @param dtype the dtype
 * @param bits the size of a number in bits
 * @param min the lowest number
 * @param max the largest number; that of uint64 does not fit a {@code long}
 */
public record Iinfo(DType dtype, int bits, BigInteger min, BigInteger max) {
  static Iinfo of(DType dtype) {
    if (!Call.notNull("iinfo", "the dtype", dtype).isInteger()) {
      throw new IllegalArgumentException("[iinfo] dtype " + dtype + " is not an integer type");
    }
    int bits = 8 * dtype.itemsize();
    boolean signed = dtype.isSubdtype(DType.Category.SIGNEDINTEGER);
    BigInteger count = BigInteger.ONE.shiftLeft(signed ? bits - 1 : bits);
    return new Iinfo(
        dtype, bits, signed ? count.negate() : BigInteger.ZERO, count.subtract(BigInteger.ONE));
  }
}
