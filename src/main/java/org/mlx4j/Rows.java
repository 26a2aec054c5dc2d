package org.mlx4j;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import org.mlx4j.internal.HostDataNative;
import org.mlx4j.internal.ShapesNative;

/**
 * The rows of a stacked array. Small ones are copied through a buffer: for each row, MLX would
 * schedule several operations, which takes longer than computing a small model. The buffers must be
 * direct and may be used again.
 *
 * @param dtype the dtype
 * @param shape the shape of one row
 */
record Rows(DType dtype, List<Integer> shape) {
  /** Copying more bytes than this takes longer than scheduling. */
  private static final long MOST_BYTES_OF_A_ROW = 1 << 16;

  private static final long MOST_BYTES = 1 << 22;

  /** Rows with the dtype and the shape of an array, without its first axes. */
  static Rows like(MlxArray x, int axes) {
    int[] sizes = x.shape();
    List<Integer> shape = new ArrayList<>(sizes.length);
    for (int axis = axes; axis < sizes.length; axis++) {
      shape.add(sizes[axis]);
    }
    return new Rows(x.dtype(), shape);
  }

  private int[] shapeAfter(int... first) {
    int[] all = Arrays.copyOf(first, first.length + shape.size());
    for (int i = 0; i < shape.size(); i++) {
      all[first.length + i] = shape.get(i);
    }
    return all;
  }

  private long bytes() {
    long bytes = dtype.itemsize();
    for (int size : shape) {
      bytes *= size;
    }
    return bytes;
  }

  private boolean areSmall(int count) {
    return bytes() <= MOST_BYTES_OF_A_ROW && count * bytes() <= MOST_BYTES;
  }

  private static void copy(long from, ByteBuffer to, long offset) {
    Call.withinMemory(() -> HostDataNative.to_buffer(from, to, offset));
  }

  private MlxArray copied(ByteBuffer from, long offset, int... shape) {
    return Call.creation(
        "Batcher", s -> HostDataNative.from_buffer(from, offset, shape, dtype.code()));
  }

  /** Stacks arrays, given as handles, along a new first axis. */
  MlxArray stacked(IntFunction<ByteBuffer> buffers, long... rows) {
    if (rows.length == 1) {
      return Call.creation("Batcher", s -> ShapesNative.expand_dims(rows[0], new int[] {0}, s));
    }
    if (!areSmall(rows.length)) {
      return Call.creation("Batcher", s -> ShapesNative.stack(rows, 0, s));
    }
    int bytes = (int) bytes();
    ByteBuffer buffer = buffers.apply(rows.length * bytes);
    try {
      for (int i = 0; i < rows.length; i++) {
        copy(rows[i], buffer, (long) i * bytes);
      }
      return copied(buffer, 0, shapeAfter(rows.length));
    } catch (RuntimeException e) {
      throw Call.explained("Batcher", e);
    } finally {
      Reference.reachabilityFence(buffer);
    }
  }

  /** Returns the first rows of an array, which are independent of its memory. */
  MlxArray[] unstacked(IntFunction<ByteBuffer> buffers, MlxArray x, int count) {
    if (x.dim(0) == 1) {
      return new MlxArray[] {x.squeeze(0)};
    }
    MlxArray[] rows = new MlxArray[count];
    if (!areSmall(x.dim(0))) {
      MlxArray[] views = Call.unaryToMany("Batcher", (a, s) -> ShapesNative.unstack(a, 0, s), x);
      for (int i = 0; i < count; i++) {
        rows[i] = views[i].contiguous();
      }
      return rows;
    }
    int bytes = (int) bytes();
    ByteBuffer buffer = buffers.apply(x.dim(0) * bytes);
    try {
      copy(x.handle, buffer, 0);
      for (int i = 0; i < count; i++) {
        rows[i] = copied(buffer, (long) i * bytes, shapeAfter());
      }
      return rows;
    } catch (RuntimeException e) {
      throw Call.explained("Batcher", e, x);
    } finally {
      Reference.reachabilityFence(buffer);
      Reference.reachabilityFence(x);
    }
  }
}
