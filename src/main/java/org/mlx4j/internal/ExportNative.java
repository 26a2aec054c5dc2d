package org.mlx4j.internal;

import static org.mlx4j.internal.Adapters.ARRAYS;
import static org.mlx4j.internal.Adapters.FN;
import static org.mlx4j.internal.Adapters.FNOUT;
import static org.mlx4j.internal.Adapters.HANDLES;
import static org.mlx4j.internal.Adapters.NAMES;
import static org.mlx4j.internal.Adapters.ON;
import static org.mlx4j.internal.Adapters.UTF8;
import static org.mlx4j.internal.Adapters.UTF8_IN;

import org.bytedeco.javacpp.annotation.Cast;
import org.bytedeco.javacpp.annotation.Namespace;
import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Raw;
import org.mlx4j.MlxException;

/** Functions in files. */
@Platform(include = "bridge.h", library = "jnimlx4j")
@Namespace("mlx4j")
public final class ExportNative {
  static {
    Library.load();
  }

  private ExportNative() {}

  public static native @Cast(FNOUT) long exporter(@Raw @Cast(UTF8_IN) byte[] path, @Cast(FN) long f, @Cast("bool") boolean shapeless, @Raw @Cast(UTF8_IN) byte[] metadata) throws MlxException;

  public static native @Cast("bool") boolean export_example(@Cast(FN) long exporter, @Raw @Cast(NAMES) Object[] names, @Raw @Cast(ARRAYS) long[] arguments) throws MlxException;

  public static native void finish_export(@Cast(FN) long exporter) throws MlxException;

  public static native @Cast(FNOUT) long import_function(@Raw @Cast(UTF8_IN) byte[] path) throws MlxException;

  public static native @Raw @Cast(UTF8) byte[] exported_metadata(@Cast(FN) long imported) throws MlxException;

  public static native @Raw @Cast(HANDLES) long[] call_imported(@Cast(FN) long imported, @Raw @Cast(NAMES) Object[] names, @Raw @Cast(ARRAYS) long[] arguments, @Cast(ON) long s) throws MlxException;

  public static native @Raw @Cast(UTF8) byte[] export_to_dot(@Raw @Cast(ARRAYS) long[] outputs, @Raw @Cast(NAMES) Object[] names, @Raw @Cast(ARRAYS) long[] named) throws MlxException;
}
