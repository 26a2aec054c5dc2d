package org.mlx4j;

/**
 * The normalization of a Fourier transform: whether the transform or its inverse divides by the
 * number of elements. Mirrors the {@code norm} of {@code mlx.core.fft}.
 *
 * <pre>{@code
 * MlxArray x = MlxArray.of(1f, 2f, 3f, 4f);
 * MlxArray mean = Fft.fft(x, null, -1, FftNorm.FORWARD).get(0).real(); // 2.5
 * }</pre>
 */
public enum FftNorm {
  /** The inverse transform divides by the number of elements. */
  BACKWARD(0),
  /** Both transforms divide by the square root of the number of elements. */
  ORTHO(1),
  /** The forward transform divides by the number of elements. */
  FORWARD(2);

  private final int code;

  FftNorm(int code) {
    this.code = code;
  }

  /** Returns the number by which natives know this normalization. */
  int code() {
    return code;
  }
}
