package org.mlx4j.internal;

import static org.mlx4j.internal.Adapters.DTYPE;
import static org.mlx4j.internal.Adapters.GROUP;
import static org.mlx4j.internal.Adapters.IN;
import static org.mlx4j.internal.Adapters.ON;
import static org.mlx4j.internal.Adapters.OUT;
import static org.mlx4j.internal.Adapters.SHAPE;

import org.bytedeco.javacpp.annotation.Cast;
import org.bytedeco.javacpp.annotation.Namespace;
import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Raw;
import org.mlx4j.MlxException;

/** Groups of processes, and communication between them. */
@Platform(include = "bridge.h", library = "jnimlx4j")
@Namespace("mlx::core::distributed")
public final class DistributedNative {
  static {
    Library.load();
  }

  private DistributedNative() {}

  public static native @Cast(OUT) long all_sum(@Cast(IN) long x, @Cast(GROUP) int group, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long all_max(@Cast(IN) long x, @Cast(GROUP) int group, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long all_min(@Cast(IN) long x, @Cast(GROUP) int group, @Cast(ON) long s) throws MlxException;

  public static native @Cast(OUT) long sum_scatter(@Cast(IN) long x, @Cast(GROUP) int group, @Cast(ON) long s) throws MlxException;

  @Namespace("::mlx4j") public static native @Cast(OUT) long all_gather(@Cast(IN) long x, @Cast(GROUP) int group, @Cast(ON) long s) throws MlxException;

  @Namespace("::mlx4j") public static native @Cast(OUT) long send(@Cast(IN) long x, int dst, @Cast(GROUP) int group, @Cast(ON) long s) throws MlxException;

  @Namespace("::mlx4j") public static native @Cast(OUT) long recv(@Raw @Cast(SHAPE) int[] shape, @Cast(DTYPE) int d, int src, @Cast(GROUP) int group, @Cast(ON) long s) throws MlxException;

  // groups

  @Namespace("::mlx4j") public static native @Cast("bool") boolean is_backend_available(@Raw byte[] backend) throws MlxException;

  @Namespace("::mlx4j") public static native int init_group(@Raw byte[] backend, @Raw byte[] hostfile, int rank, @Raw int[] ownPorts, @Raw int[] right, @Cast("jlong") long limit) throws MlxException;

  @Namespace("::mlx4j") public static native int split_group(int group, int color, int key) throws MlxException;

  @Namespace("::mlx4j") public static native int group_rank(int group) throws MlxException;

  @Namespace("::mlx4j") public static native int group_size(int group) throws MlxException;

  @Namespace("::mlx4j") public static native void set_time_limit(@Cast("jlong") long limit) throws MlxException;
}
