package org.mlx4j;

import org.jspecify.annotations.Nullable;

/**
 * An error that MLX reports and that no standard Java exception fits.
 *
 * <p>Invalid arguments cause an {@link IllegalArgumentException}, closed arrays and functions an
 * {@link IllegalStateException}, an index out of range an {@link IndexOutOfBoundsException}, and
 * exhausted native memory an {@link OutOfMemoryError}.
 *
 * <pre>{@code
 * try {
 *   Linalg.cholesky(MlxArray.of(1f, 2f, 2f, 1f).reshape(2, 2)).eval(); // not positive definite
 * } catch (MlxException e) {
 *   System.out.println(e.getMessage());
 * }
 * }</pre>
 */
public class MlxException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception with a message.
   *
   * @param message what went wrong
   */
  public MlxException(@Nullable String message) {
    super(message);
  }
}
