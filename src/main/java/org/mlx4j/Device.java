package org.mlx4j;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.mlx4j.internal.DevicesNative;

/**
 * A device that computes. Mirrors {@code mlx.core.Device}.
 *
 * <pre>{@code
 * Device device = Device.defaultDevice();
 * try (StreamScope onCpu = StreamScope.open(Device.cpu())) {
 *   MlxArray x = Ops.ones(3).add(1); // computed on the CPU
 * }
 * }</pre>
 *
 * <p>Every method throws {@link NullPointerException} if an argument is null.
 *
 * @param type the type of the device
 */
public record Device(Type type) {
  /** Types of devices. */
  public enum Type {
    /** The processor, which is always available. */
    CPU,
    /** The graphics processor: Metal on macOS, CUDA on Linux. */
    GPU;

    /** Returns the number that natives take. */
    int code() {
      return this == CPU ? 0 : 1;
    }
  }

  /**
   * Names a device, whether it is available or not.
   *
   * @param type the type of the device
   */
  public Device {
    Call.notNull("Device", "the type", type);
  }

  private static final Device CPU = new Device(Type.CPU);
  private static final Device GPU = new Device(Type.GPU);

  /**
   * Returns the processor.
   *
   * @return the device
   */
  public static Device cpu() {
    return CPU;
  }

  /**
   * Returns the graphics processor.
   *
   * @return the device
   * @throws IllegalStateException if no GPU is available
   */
  public static Device gpu() {
    return GPU.requireAvailable();
  }

  /**
   * Returns the device that threads use unless they choose another: the GPU if there is one, unless
   * {@link #setDefaultDevice} chose otherwise. Mirrors {@code mlx.core.default_device}.
   *
   * @return the device
   */
  public static Device defaultDevice() {
    MlxStream stream = MlxStream.chosenDefault;
    return stream != null ? stream.device() : DevicesNative.default_device() == 0 ? CPU : GPU;
  }

  /**
   * Sets the default device for all threads. Mirrors {@code mlx.core.set_default_device}.
   *
   * @param device the device
   * @throws IllegalStateException if it is not available
   */
  public static void setDefaultDevice(Device device) {
    MlxStream.setDefault(MlxStream.defaultStream(device));
  }

  /**
   * Returns whether MLX can use this device. Mirrors {@code mlx.core.is_available}.
   *
   * @return true if it can
   */
  public boolean isAvailable() {
    return DevicesNative.is_available(type.code());
  }

  /**
   * Returns the number of devices of a type that MLX can use. Mirrors {@code
   * mlx.core.device_count}.
   *
   * @param type the type of device
   * @return the number of devices, possibly 0
   */
  public static int deviceCount(Type type) {
    return DevicesNative.device_count(Call.notNull("deviceCount", "the type", type).code());
  }

  /** Equivalent to {@link #deviceInfo(Device) deviceInfo(defaultDevice())}. */
  public static Map<String, Object> deviceInfo() {
    return deviceInfo(defaultDevice());
  }

  /**
   * Returns the properties of a device. Mirrors {@code mlx.core.device_info}.
   *
   * @param device the device
   * @return the properties by name, for example {@code device_name}; each is a {@link String} or a
   *     {@link Long}
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
          "[Device] this build of MLX has no " + type + "; only the CPU is available");
    }
    return this;
  }

  /** Returns the form that MLX prints, for example {@code Device(cpu, 0)}. */
  @Override
  public String toString() {
    return "Device(" + (type == Type.CPU ? "cpu" : "gpu") + ", 0)";
  }
}
