package org.mlx4j.internal;

/**
 * Thrown when a handle has been closed or was never valid. The API catches it to name the function
 * and the argument.
 */
public final class ClosedException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  public ClosedException(String message) {
    super(message);
  }
}
