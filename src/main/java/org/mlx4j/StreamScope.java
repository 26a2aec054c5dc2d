package org.mlx4j;

/**
 * Runs the operations of a block of code on a chosen stream or device. Mirrors {@code
 * mlx.core.stream}.
 *
 * <pre>{@code
 * try (StreamScope s = StreamScope.open(Device.cpu())) {
 *   y = x.add(1);                          // on the CPU
 * }
 * }</pre>
 *
 * <p>The choice holds for the calling thread (virtual threads included) and for what it builds, not
 * for the threads that it starts.
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
   * @return to be closed by the same thread, which ends the choice
   */
  public static StreamScope open(MlxStream stream) {
    return new StreamScope(Call.notNull("StreamScope", "the stream", stream));
  }

  /**
   * Chooses the default stream of a device for the calling thread.
   *
   * @param device the device
   * @return to be closed by the same thread, which ends the choice
   * @throws IllegalStateException if the device is not available
   */
  public static StreamScope open(Device device) {
    return new StreamScope(MlxStream.defaultStream(device));
  }

  /**
   * Restores the choice that held before. Closing twice is harmless.
   *
   * @throws IllegalStateException if called by another thread than the one that opened this scope
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
