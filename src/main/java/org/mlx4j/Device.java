package org.mlx4j;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.mlx4j.internal.DevicesNative;

/**
 * A device that computes. Mirrors {@code mlx.core.Device}.
 *
 * @param type the kind of device
 */
public record Device(Type type) {
  /** Kinds of devices. */
  public enum Type {
    /** The processor; always there. */
    CPU,
    /** The graphics processor: Metal on macOS, CUDA on Linux. */
    GPU;

    /** What natives take. */
    int code() {
      return this == CPU ? 0 : 1;
    }
  }

  /**
   * Names a device, whether it is there or not.
   *
   * @param type the kind of device
   * @throws NullPointerException if {@code type} is null
   */
  public Device {
    Call.notNull("Device", "the type", type);
  }

  private static final Device CPU = new Device(Type.CPU);
  private static final Device GPU = new Device(Type.GPU);

  /**
   * The processor.
   *
   * @return the device
   */
  public static Device cpu() {
    return CPU;
  }

  /**
   * The graphics processor.
   *
   * @return the device
   * @throws IllegalStateException if this MLX has none
   */
  public static Device gpu() {
    return GPU.requireAvailable();
  }

  /**
   * The device of operations whose thread chose none: the GPU where there is one, unless {@link
   * #setDefaultDevice} chose another. Mirrors {@code mlx.core.default_device}.
   *
   * @return the device
   */
  public static Device defaultDevice() {
    MlxStream stream = MlxStream.chosenDefault;
    return stream != null ? stream.device() : DevicesNative.default_device() == 0 ? CPU : GPU;
  }

  /**
   * Chooses the default device for all threads. Mirrors {@code mlx.core.set_default_device}.
   *
   * @param device the device
   * @throws IllegalStateException if it is not available
   */
  public static void setDefaultDevice(Device device) {
    MlxStream.setDefault(MlxStream.defaultStream(device));
  }

  /**
   * Whether this MLX can use the device. Mirrors {@code mlx.core.is_available}.
   *
   * @return true if it can
   */
  public boolean isAvailable() {
    return DevicesNative.is_available(type.code());
  }

  /**
   * How many devices of a kind this MLX can use. Mirrors {@code mlx.core.device_count}.
   *
   * @param type the kind of device
   * @return the number, 0 where there is none
   */
  public static int deviceCount(Type type) {
    return DevicesNative.device_count(Call.notNull("deviceCount", "the type", type).code());
  }

  /**
   * What is known of the default device. Mirrors {@code mlx.core.device_info}.
   *
   * @return the properties, as {@link #deviceInfo(Device)} has them
   */
  public static Map<String, Object> deviceInfo() {
    return deviceInfo(defaultDevice());
  }

  /**
   * What is known of a device. Mirrors {@code mlx.core.device_info}.
   *
   * @param device the device
   * @return the properties by their names, such as {@code device_name}; each is a {@link String} or
   *     a {@link Long}
   * @throws IllegalStateException if the device is not available
   */
  public static Map<String, Object> deviceInfo(Device device) {
    Call.notNull("deviceInfo", "the device", device).requireAvailable();
    byte[] lines = DevicesNative.device_info(device.type().code());
    Map<String, Object> properties = new TreeMap<>();
    for (String line : new String(lines, StandardCharsets.UTF_8).lines().toList()) {
      int end = line.indexOf('=');
      String value = line.substring(end + 1);
      properties.put(
          line.substring(1, end), line.charAt(0) == 'n' ? (Object) Long.valueOf(value) : value);
    }
    return properties;
  }

  Device requireAvailable() {
    if (!isAvailable()) {
      throw new IllegalStateException(
          "[Device] this build of MLX has no " + type + "; available is CPU");
    }
    return this;
  }

  /** The form that MLX prints, such as {@code Device(cpu, 0)}. */
  @Override
  public String toString() {
    return "Device(" + (type == Type.CPU ? "cpu" : "gpu") + ", 0)";
  }
}
