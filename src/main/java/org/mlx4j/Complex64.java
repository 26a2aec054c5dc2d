package org.mlx4j;

/**
 * A complex number with two single-precision parts: the Java value of an element of dtype {@link
 * DType#COMPLEX64}.
 *
 * <pre>{@code
 * MlxArray z = MlxArray.scalar(new Complex64(1, 2));
 * Complex64 conjugate = z.conjugate().itemComplex(); // 1.0-2.0j
 * }</pre>
 *
 * @param real the real part
 * @param imag the imaginary part
 */
public record Complex64(float real, float imag) {
  /** Returns the number as Python prints it, for example {@code 1.0+2.0j}. */
  @Override
  public String toString() {
    String part = Float.toString(imag);
    return real + (part.startsWith("-") ? "" : "+") + part + "j";
  }
}
