package org.mlx4j.internal;

import static org.mlx4j.internal.Adapters.STREAM;
import static org.mlx4j.internal.Adapters.STREAMOUT;
import static org.mlx4j.internal.Adapters.UTF8;
import static org.mlx4j.internal.Adapters.UTF8_IN;

import org.bytedeco.javacpp.annotation.Cast;
import org.bytedeco.javacpp.annotation.Namespace;
import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Raw;
import org.mlx4j.MlxException;

/** Devices and streams. */
@Platform(include = "bridge.h", library = "jnimlx4j")
@Namespace("mlx4j")
public final class DevicesNative {
  static {
    Library.load();
  }

  private DevicesNative() {}

  public static native @Cast("bool") boolean is_available(int deviceType) throws MlxException;

  public static native int device_count(int deviceType) throws MlxException;

  public static native int default_device() throws MlxException;

  public static native @Cast(STREAMOUT) long default_stream(int deviceType) throws MlxException;

  public static native @Cast(STREAMOUT) long new_stream(int deviceType) throws MlxException;

  public static native @Raw @Cast(UTF8) byte[] device_info(int deviceType) throws MlxException;

  public static native @Cast("bool") boolean metal_is_available() throws MlxException;

  public static native void metal_start_capture(@Raw @Cast(UTF8_IN) byte[] path) throws MlxException;

  public static native void metal_stop_capture() throws MlxException;

  public static native int stream_index(@Cast(STREAM) long s) throws MlxException;
}
