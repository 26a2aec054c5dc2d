package org.mlx4j.internal.io;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.mlx4j.DType;
import org.mlx4j.MlxArray;
import org.mlx4j.internal.ArrayAccess;
import org.mlx4j.internal.HostDataNative;

/**
 * A stream of bytes. Arrays are read immediately, into the memory in which they stay, and no byte
 * is read beyond those that the format needs.
 */
public final class StreamSource extends ArraySource {
  private static final int CHUNK = 1 << 18;

  private final InputStream in;
  private final long size;

  /**
   * Prepares to read a stream.
   *
   * @param access makes the arrays
   * @param function the public function that reads
   * @param name the stream, as messages name it
   * @param in the stream
   * @param size the number of its bytes, or {@link Long#MAX_VALUE} if that is not known
   */
  public StreamSource(ArrayAccess access, String function, String name, InputStream in, long size) {
    super(access, function, name);
    this.in = in;
    this.size = size;
  }

  @Override
  long size() {
    return size;
  }

  @Override
  void fill(byte[] into, int at, int n) {
    if (read(into, at, n) < n) {
      throw truncated();
    }
  }

  @Override
  byte[] upTo(int n) {
    byte[] some = new byte[n];
    return Arrays.copyOf(some, read(some, 0, n));
  }

  private int read(byte[] into, int at, int n) {
    try {
      int got = in.readNBytes(into, at, n);
      advance(got);
      return got;
    } catch (EOFException e) {
      throw corrupt("it ends too early", e);
    } catch (IOException e) {
      throw new UncheckedIOException("[" + function + "] " + name + " cannot be read", e);
    }
  }

  @Override
  MlxArray elements(long offset, DType dtype, int[] shape, boolean swapped) {
    if (offset < position()) {
      throw corrupt("data of arrays overlap, or precede their description");
    }
    skip(offset - position());
    MlxArray array = allocate(dtype, shape);
    try {
      long bytes = array.nbytes();
      byte[] chunk = new byte[(int) Math.min(bytes, CHUNK)];
      for (long at = 0; at < bytes; ) {
        int n = (int) Math.min(bytes - at, chunk.length);
        fill(chunk, 0, n);
        if (swapped) {
          swap(chunk, n, dtype.itemsize());
        }
        HostDataNative.put_bytes(access.handle(array), at, chunk, n);
        at += n;
      }
      return array;
    } catch (Throwable e) {
      array.close();
      throw e;
    }
  }

  private MlxArray allocate(DType dtype, int[] shape) {
    try {
      return access.create(
          function, stream -> HostDataNative.uninitialized(shape, access.code(dtype)));
    } catch (OutOfMemoryError e) {
      throw corrupt("an array of shape " + Arrays.toString(shape) + " cannot be allocated", e);
    }
  }

  private void skip(long n) {
    byte[] chunk = new byte[(int) Math.min(n, CHUNK)];
    while (n > 0) {
      int some = (int) Math.min(n, chunk.length);
      fill(chunk, 0, some);
      n -= some;
    }
  }

  private static void swap(byte[] bytes, int n, int unit) {
    for (int at = 0; at < n; at += unit) {
      for (int low = at, high = at + unit - 1; low < high; low++, high--) {
        byte kept = bytes[low];
        bytes[low] = bytes[high];
        bytes[high] = kept;
      }
    }
  }

  @Override
  boolean isRandomAccess() {
    return false;
  }

  /** Does nothing: the stream belongs to the caller. */
  @Override
  public void close() {}
}
