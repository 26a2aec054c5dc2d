package org.mlx4j;

/**
 * A change of the format in which arrays are printed, which applies to all threads until it is
 * closed. {@link Ops#printoptions} opens one.
 *
 * <pre>{@code
 * try (PrintScope two = Ops.printoptions(2)) {
 *   System.out.println(MlxArray.of(0.125f)); // array([0.12], dtype=float32)
 * }
 * }</pre>
 */
public final class PrintScope implements AutoCloseable {
  private final PrintOptions before = Ops.getPrintoptions();
  private boolean closed;

  PrintScope(PrintOptions options) {
    Ops.setPrintoptions(options.precision());
  }

  /** Restores the previous options. Closing a second time is a no-op. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      Ops.setPrintoptions(before.precision());
    }
  }
}
