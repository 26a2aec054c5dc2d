package org.mlx4j.internal;

import static org.mlx4j.internal.Adapters.DTYPE;
import static org.mlx4j.internal.Adapters.FILE;
import static org.mlx4j.internal.Adapters.FILEOUT;
import static org.mlx4j.internal.Adapters.ON;
import static org.mlx4j.internal.Adapters.OUT;
import static org.mlx4j.internal.Adapters.SHAPE;
import static org.mlx4j.internal.Adapters.UTF8_IN;

import org.bytedeco.javacpp.annotation.Cast;
import org.bytedeco.javacpp.annotation.Namespace;
import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Raw;
import org.mlx4j.MlxException;

/** Files from which arrays are read. */
@Platform(include = "bridge.h", library = "jnimlx4j")
@Namespace("mlx4j")
public final class IoNative {
  static {
    Library.load();
  }

  private IoNative() {}

  public static native @Cast(FILEOUT) long open_file(@Raw @Cast(UTF8_IN) byte[] path) throws MlxException;

  public static native void close_file(@Cast("jlong") long file) throws MlxException;

  public static native @Cast("jlong") long file_size(@Cast(FILE) long file) throws MlxException;

  public static native void read_file(@Cast(FILE) long file, @Cast("jlong") long offset, @Raw byte[] into, int at, int n) throws MlxException;

  public static native @Cast(OUT) long load(@Cast(FILE) long file, @Cast("jlong") long offset, @Raw @Cast(SHAPE) int[] shape, @Cast(DTYPE) int d, @Cast("bool") boolean swap, @Cast(ON) long s) throws MlxException;

  // for tests

  public static native int open_files() throws MlxException;
}
