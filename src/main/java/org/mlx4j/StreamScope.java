package org.mlx4j;

/**
 * A block of code whose operations run on a chosen stream or device. Mirrors {@code
 * mlx.core.stream}.
 *
 * <pre>{@code
 * try (StreamScope s = StreamScope.open(Device.cpu())) {
 *   MlxArray y = Ops.ones(3).add(1);       // on the CPU
 * }
 * }</pre>
 *
 * <p>The choice applies to the operations that the calling thread, which may be virtual, adds to
 * graphs. It does not apply to threads that it starts.
 */
public final class StreamScope implements AutoCloseable {
  private final ThreadContext context = ThreadContext.current();
  private final long before = context.stream;
  private boolean closed;

  private StreamScope(MlxStream stream) {
    context.stream = stream.handle;
  }

  /**
   * Chooses a stream for the calling thread.
   *
   * @param stream the stream
   * @return a scope that ends the choice when the same thread closes it
   */
  public static StreamScope open(MlxStream stream) {
    return new StreamScope(Call.notNull("StreamScope", "the stream", stream));
  }

  /**
   * Chooses the default stream of a device for the calling thread.
   *
   * @param device the device
   * @return a scope that ends the choice when the same thread closes it
   * @throws IllegalStateException if the device is not available
   */
  public static StreamScope open(Device device) {
    return new StreamScope(MlxStream.defaultStream(device));
  }

  /**
   * Restores the previous choice. Closing a second time is a no-op.
   *
   * @throws IllegalStateException if another thread than the one that opened this scope calls it
   */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    if (ThreadContext.current() != context) {
      throw new IllegalStateException("[StreamScope] this scope belongs to another thread");
    }
    closed = true;
    context.stream = before;
  }
}
