package org.mlx4j;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.mlx4j.internal.DevicesNative;

/**
 * Apple's graphics processors. Mirrors {@code mlx.core.metal}, whose memory functions are in {@link
 * Memory}.
 *
 * <pre>{@code
 * if (Metal.isAvailable()) {
 *   Metal.startCapture(Path.of("/tmp/sum.gputrace"));
 *   Ops.ones(1000, 1000).sum().eval();
 *   Metal.stopCapture();
 * }
 * }</pre>
 */
public final class Metal {
  private Metal() {}

  /**
   * Returns whether this build of MLX uses Metal. Mirrors {@code mlx.core.metal.is_available}.
   *
   * @return true on a Mac with Apple silicon
   */
  public static boolean isAvailable() {
    return DevicesNative.metal_is_available();
  }

  /**
   * Starts to record the GPU's work for Xcode. The environment variable {@code MTL_CAPTURE_ENABLED}
   * must be 1. Mirrors {@code mlx.core.metal.start_capture}.
   *
   * @param path the file to write, whose name ends with {@code .gputrace} and which does not exist
   * @throws IllegalStateException if Metal is not available
   * @throws MlxException if Metal refuses
   */
  public static void startCapture(Path path) {
    Call.notNull("startCapture", "the path", path);
    require("startCapture");
    String file = path.toAbsolutePath().toString();
    DevicesNative.metal_start_capture(file.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Ends the recording. Mirrors {@code mlx.core.metal.stop_capture}.
   *
   * @throws IllegalStateException if Metal is not available
   */
  public static void stopCapture() {
    require("stopCapture");
    DevicesNative.metal_stop_capture();
  }

  /**
   * Returns the properties of the GPU. Mirrors {@code mlx.core.metal.device_info}.
   *
   * @return the properties, as {@link Device#deviceInfo(Device)} returns them
   * @throws IllegalStateException if Metal is not available
   */
  public static Map<String, Object> deviceInfo() {
    require("deviceInfo");
    return Device.deviceInfo(Device.gpu());
  }

  private static void require(String function) {
    if (!isAvailable()) {
      throw new IllegalStateException(
          "[" + function + "] Metal is not available; it requires a Mac with Apple silicon");
    }
  }
}
