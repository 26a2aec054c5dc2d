package org.mlx4j.internal;

/**
 * A handle was closed, or never was one. The API catches it to say which argument of which
 * function.
 */
public final class ClosedException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  public ClosedException(String message) {
    super(message);
  }
}
