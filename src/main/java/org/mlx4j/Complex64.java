package org.mlx4j;

/**
 * A complex number of two single precision parts, the Java value of an element of {@link
 * DType#COMPLEX64}.
 *
 * @param real the real part
 * @param imag the imaginary part
 */
public record Complex64(float real, float imag) {
  /** The form that Python prints, such as {@code 1.0+2.0j}. */
  @Override
  public String toString() {
    String part = Float.toString(imag);
    return real + (part.startsWith("-") ? "" : "+") + part + "j";
  }
}
