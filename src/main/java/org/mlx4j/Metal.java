package org.mlx4j;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.mlx4j.internal.DevicesNative;

/**
 * Apple's graphics processors. Mirrors {@code mlx.core.metal}, whose functions about memory are
 * those of {@link Memory}.
 */
public final class Metal {
  private Metal() {}

  /**
   * Whether this MLX uses Metal. Mirrors {@code mlx.core.metal.is_available}.
   *
   * @return true on a Mac with Apple silicon
   */
  public static boolean isAvailable() {
    return DevicesNative.metal_is_available();
  }

  /**
   * Starts to record what the GPU does, for Xcode. The environment variable {@code
   * MTL_CAPTURE_ENABLED} must be 1. Mirrors {@code mlx.core.metal.start_capture}.
   *
   * @param path where to save the record; its name ends with {@code .gputrace}, and nothing is
   *     there
   * @throws IllegalStateException if there is no Metal
   * @throws MlxException if Metal refuses
   */
  public static void startCapture(Path path) {
    Call.notNull("startCapture", "the path", path);
    require("startCapture");
    String file = path.toAbsolutePath().toString();
    DevicesNative.metal_start_capture(file.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Ends the record. Mirrors {@code mlx.core.metal.stop_capture}.
   *
   * @throws IllegalStateException if there is no Metal
   */
  public static void stopCapture() {
    require("stopCapture");
    DevicesNative.metal_stop_capture();
  }

  /**
   * What is known of the GPU. Mirrors {@code mlx.core.metal.device_info}.
   *
   * @return the properties, as {@link Device#deviceInfo(Device)} has them
   * @throws IllegalStateException if there is no Metal
   */
  public static Map<String, Object> deviceInfo() {
    require("deviceInfo");
    return Device.deviceInfo(Device.gpu());
  }

  private static void require(String function) {
    if (!isAvailable()) {
      throw new IllegalStateException(
          "["
              + function
              + "] this build of MLX has no Metal, which only Macs with Apple silicon do");
    }
  }
}
