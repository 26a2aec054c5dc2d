package org.mlx4j;

/**
 * Which of two Fourier transforms that are each other's inverse divides by the number of elements.
 * Mirrors the {@code norm} of {@code mlx.core.fft}.
 */
public enum FftNorm {
  /** The inverse one divides. */
  BACKWARD(0),
  /** Both divide by the root. */
  ORTHO(1),
  /** The forward one divides. */
  FORWARD(2);

  private final int code;

  FftNorm(int code) {
    this.code = code;
  }

  /** What natives take. */
  int code() {
    return code;
  }
}
