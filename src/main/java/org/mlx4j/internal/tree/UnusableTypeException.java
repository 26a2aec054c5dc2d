package org.mlx4j.internal.tree;

/** Thrown when values of a class cannot be taken apart or rebuilt; the message says why. */
final class UnusableTypeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnusableTypeException(String message, Throwable cause) {
    super(message, cause);
  }
}
