package org.mlx4j;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.mlx4j.internal.DevicesNative;
import org.mlx4j.internal.EvaluationNative;

/**
 * A queue of work on a device. Operations on one stream run one after another; those on different
 * streams may run at the same time, and MLX preserves their order where one needs the result of
 * another. Mirrors {@code mlx.core.Stream}.
 *
 * <pre>{@code
 * MlxStream stream = MlxStream.newStream(Device.cpu());
 * try (StreamScope scope = StreamScope.open(stream)) {
 *   Ops.ones(1000, 1000).sum().evalAsync(); // computed on the new stream
 * }
 * stream.synchronize();
 * }</pre>
 *
 * <p>Every thread may use every stream. Streams live as long as the process, so they should be
 * shared.
 */
public final class MlxStream {
  private static final int MOST = 64;
  private static final Map<Device.Type, MlxStream> DEFAULTS = new EnumMap<>(Device.Type.class);
  private static int made;

  /** The stream that {@link #setDefault} chose, or null. */
  static volatile @Nullable MlxStream chosenDefault;

  /** The devices of all streams by their handles; streams live as long as the process. */
  private static final Map<Long, Device> DEVICES = new ConcurrentHashMap<>();

  final long handle;
  private final Device device;

  private MlxStream(Device device, long handle) {
    this.device = device;
    this.handle = handle;
    DEVICES.put(handle, device);
  }

  /** Returns the device of the stream that new operations of this thread use. */
  static Device currentDevice() {
    long current = ThreadContext.current().streamHandle();
    return current == 0 ? Device.defaultDevice() : Objects.requireNonNull(DEVICES.get(current));
  }

  /**
   * Returns the default stream of a device, which is the same for all threads. Mirrors {@code
   * mlx.core.default_stream}.
   *
   * <p>On the CPU of Linux it computes the work of several threads at the same time, as far as the
   * threads do not use one another's results. Other streams compute one operation after another.
   *
   * @param device the device
   * @return its default stream
   * @throws IllegalStateException if the device is not available
   */
  public static MlxStream defaultStream(Device device) {
    Call.notNull("defaultStream", "the device", device).requireAvailable();
    synchronized (DEFAULTS) {
      return DEFAULTS.computeIfAbsent(
          device.type(), type -> new MlxStream(device, DevicesNative.default_stream(type.code())));
    }
  }

  /**
   * Creates a stream. On the CPU, a stream is a thread that lives as long as the process, so at
   * most 64 streams can be created. Mirrors {@code mlx.core.new_stream}.
   *
   * @param device the device
   * @return a new stream
   * @throws IllegalStateException if the device is not available, or 64 streams have been created
   */
  public static MlxStream newStream(Device device) {
    Call.notNull("newStream", "the device", device).requireAvailable();
    synchronized (DEFAULTS) {
      if (made == MOST) {
        throw new IllegalStateException(
            "[newStream] " + MOST + " streams have been created, which is the maximum; share them");
      }
      MlxStream stream = new MlxStream(device, DevicesNative.new_stream(device.type().code()));
      made++;
      return stream;
    }
  }

  /**
   * Makes a stream the default stream of its device, for all threads. The default device does not
   * change. Mirrors {@code mlx.core.set_default_stream}.
   *
   * @param stream the stream
   */
  public static void setDefaultStream(MlxStream stream) {
    Call.notNull("setDefaultStream", "the stream", stream);
    synchronized (DEFAULTS) {
      Device ofAll = Device.defaultDevice();
      DEFAULTS.put(stream.device.type(), stream);
      if (stream.device.equals(ofAll)) {
        setDefault(stream);
      }
    }
  }

  static void setDefault(MlxStream stream) {
    chosenDefault = stream;
    ThreadContext.defaultStream = stream.handle;
  }

  /**
   * Returns the device of this stream.
   *
   * @return the device
   */
  public Device device() {
    return device;
  }

  /**
   * Waits until all work scheduled on this stream is done. Mirrors {@code mlx.core.synchronize}.
   *
   * @throws MlxException if an operation on this stream failed
   */
  public void synchronize() {
    EvaluationNative.synchronize(handle);
  }

  /** Returns the form that MLX prints, for example {@code Stream(Device(cpu, 0), 1)}. */
  @Override
  public String toString() {
    return "Stream(" + device + ", " + DevicesNative.stream_index(handle) + ")";
  }
}
