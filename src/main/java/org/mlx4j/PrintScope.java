package org.mlx4j;

/**
 * Holds a choice of how arrays print, of all threads, until it is closed. Made by {@link
 * Ops#printoptions}.
 */
public final class PrintScope implements AutoCloseable {
  private final PrintOptions before = Ops.getPrintoptions();
  private boolean closed;

  PrintScope(PrintOptions options) {
    Ops.setPrintoptions(options.precision());
  }

  /** Restores the options that held before. Closing twice is harmless. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      Ops.setPrintoptions(before.precision());
    }
  }
}
