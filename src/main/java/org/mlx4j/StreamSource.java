package org.mlx4j;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.mlx4j.internal.HostDataNative;

/**
 * A stream of bytes. Arrays are read at once, straight into their memory, and nothing is read
 * beyond what a format needs.
 */
final class StreamSource extends ArraySource {
  private static final int PIECE = 1 << 18;

  private final InputStream in;
  private final long size;

  StreamSource(String function, String name, InputStream in, long size) {
    super(function, name);
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
      throw corrupt("data of arrays overlap, or lie before their description");
    }
    skip(offset - position());
    MlxArray array = allocate(dtype, shape);
    try {
      long bytes = array.nbytes();
      byte[] piece = new byte[(int) Math.min(bytes, PIECE)];
      for (long at = 0; at < bytes; ) {
        int n = (int) Math.min(bytes - at, piece.length);
        fill(piece, 0, n);
        if (swapped) {
          swap(piece, n, dtype.itemsize());
        }
        HostDataNative.put_bytes(array.handle, at, piece, n);
        at += n;
      }
      return array;
    } catch (Throwable e) {
      array.close();
      throw e;
    }
  }

  private MlxArray allocate(DType dtype, int[] shape) {
    long[] handle = new long[1];
    try {
      Call.withinMemory(() -> handle[0] = HostDataNative.uninitialized(shape, dtype.code()));
    } catch (OutOfMemoryError e) {
      throw corrupt("an array of shape " + Arrays.toString(shape) + " cannot be allocated", e);
    }
    return new MlxArray(handle[0], ThreadContext.current());
  }

  private void skip(long n) {
    byte[] piece = new byte[(int) Math.min(n, PIECE)];
    while (n > 0) {
      int some = (int) Math.min(n, piece.length);
      fill(piece, 0, some);
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

  /** The stream stays open: it is the caller's. */
  @Override
  public void close() {}
}
