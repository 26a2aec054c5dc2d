package org.mlx4j;

/**
 * An error that MLX reports and that no standard Java exception fits.
 *
 * <p>Bad arguments arrive as {@link IllegalArgumentException}, closed arrays and functions as
 * {@link IllegalStateException}, an index out of range as {@link IndexOutOfBoundsException} and
 * exhausted native memory as {@link OutOfMemoryError}.
 */
public class MlxException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception with MLX's message.
   *
   * @param message what went wrong
   */
  public MlxException(String message) {
    super(message);
  }
}
