package org.mlx4j.internal.io;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.mlx4j.DType;
import org.mlx4j.MlxArray;
import org.mlx4j.MlxException;
import org.mlx4j.internal.ArrayAccess;

/**
 * A sequence of bytes from which a format reads numbers, texts and arrays. What the bytes claim is
 * checked before it is believed: no count causes an allocation until as many bytes have been read.
 */
public abstract class ArraySource implements AutoCloseable {
  private static final int MAX_AXES = 64;
  private static final int CHUNK = 1 << 16;

  final ArrayAccess access;

  /** The public function that reads; messages begin with it. */
  final String function;

  /** The file or stream, as messages name it. */
  final String name;

  private long position;
  private final byte[] number = new byte[8];

  ArraySource(ArrayAccess access, String function, String name) {
    this.access = access;
    this.function = function;
    this.name = name;
  }

  /**
   * Fills a part of an array with the next bytes.
   *
   * @throws MlxException if fewer bytes are left
   */
  abstract void fill(byte[] into, int at, int n);

  /** Returns an upper bound of the number of bytes, counted from the start. */
  abstract long size();

  /**
   * Returns the array whose elements start at a byte. The caller has checked that they end within
   * the size.
   *
   * @param swapped whether the bytes of each element are in big-endian order
   */
  abstract MlxArray elements(long offset, DType dtype, int[] shape, boolean swapped);

  /** Tells whether arrays can be read in any order. */
  abstract boolean isRandomAccess();

  @Override
  public abstract void close();

  // ---- bytes and numbers ------------------------------------------------------------------------

  final long position() {
    return position;
  }

  final long remaining() {
    return size() - position;
  }

  final void advance(long bytes) {
    position += bytes;
  }

  final byte[] bytes(long count) {
    if (count < 0 || count > remaining() || count > Integer.MAX_VALUE - 8) {
      throw truncated();
    }
    byte[] bytes = new byte[(int) Math.min(count, CHUNK)];
    int filled = 0;
    while (true) {
      fill(bytes, filled, bytes.length - filled);
      filled = bytes.length;
      if (filled == count) {
        return bytes;
      }
      bytes = Arrays.copyOf(bytes, (int) Math.min(count, 2L * filled));
    }
  }

  /** Returns the next bytes, fewer than asked for at the end. */
  abstract byte[] upTo(int n);

  final int int8() {
    return number(1).get() & 0xff;
  }

  final int int16() {
    return number(2).getShort() & 0xffff;
  }

  final long int32() {
    return number(4).getInt() & 0xffffffffL;
  }

  /** Reads an unsigned 64-bit number. Numbers of 2^63 and more are never valid. */
  final long int64(String what) {
    long value = number(8).getLong();
    if (value < 0) {
      throw corrupt(what + " is " + Long.toUnsignedString(value));
    }
    return value;
  }

  private ByteBuffer number(int bytes) {
    fill(number, 0, bytes);
    return ByteBuffer.wrap(number, 0, bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  final String text(byte[] utf8, String what) {
    try {
      CharBuffer decoded = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8));
      return decoded.toString();
    } catch (CharacterCodingException e) {
      throw corrupt(what + " is not in UTF-8", e);
    }
  }

  // ---- arrays -----------------------------------------------------------------------------------

  /**
   * Returns the number of bytes of an array.
   *
   * @throws MlxException if that number or the shape is impossible
   */
  final long bytesOf(String array, DType dtype, long[] shape) {
    if (shape.length > MAX_AXES) {
      throw corrupt(array + " has " + shape.length + " axes; at most " + MAX_AXES + " are read");
    }
    long bytes = dtype.itemsize();
    boolean empty = false;
    for (long dimension : shape) {
      if (dimension < 0 || dimension > Integer.MAX_VALUE) {
        throw corrupt(array + " has a dimension of " + Long.toUnsignedString(dimension));
      }
      empty |= dimension == 0;
    }
    for (long dimension : shape) {
      if (!empty && bytes > Long.MAX_VALUE / dimension) {
        throw corrupt(array + " has more bytes than can be counted");
      }
      bytes *= empty ? 0 : dimension;
    }
    return empty ? 0 : bytes;
  }

  /** Checks that the bytes of an array are there. */
  final void requireInside(String array, long offset, long bytes) {
    if (offset < 0 || bytes < 0 || offset > size() || bytes > size() - offset) {
      throw corrupt(array + " ends beyond the end; it is truncated or damaged");
    }
  }

  static int[] dimensions(long[] shape) {
    int[] dimensions = new int[shape.length];
    for (int i = 0; i < shape.length; i++) {
      dimensions[i] = (int) shape[i];
    }
    return dimensions;
  }

  /**
   * Returns an array of any dtype. A byte of a bool array that is neither 0 nor 1 counts as true,
   * as in C. The two parts of a complex number are swapped separately.
   */
  final MlxArray array(long offset, DType dtype, long[] shape, boolean swapped) {
    int[] dimensions = dimensions(shape);
    if (dtype == DType.BOOL) {
      try (MlxArray raw = elements(offset, DType.UINT8, dimensions, false)) {
        return raw.notEqual(0);
      }
    }
    if (dtype == DType.COMPLEX64 && swapped) {
      int[] parts = Arrays.copyOf(dimensions, dimensions.length + 1);
      parts[dimensions.length] = 2;
      try (MlxArray raw = elements(offset, DType.FLOAT32, parts, true);
          MlxArray pairs = raw.view(DType.COMPLEX64)) {
        return pairs.reshape(dimensions);
      }
    }
    return elements(offset, dtype, dimensions, swapped);
  }

  // ---- errors -----------------------------------------------------------------------------------

  final MlxException corrupt(String problem) {
    return new MlxException("[" + function + "] " + name + ": " + problem);
  }

  final MlxException corrupt(String problem, Throwable cause) {
    MlxException e = corrupt(problem);
    e.initCause(cause);
    return e;
  }

  /**
   * Returns the exception for content that does not begin as the format does.
   *
   * @param start the bytes that have been read so far
   */
  final MlxException notA(String format, byte[] start) {
    return notA(format, "", start);
  }

  final MlxException notA(String format, String why, byte[] start) {
    byte[] more = upTo(Math.max(0, Unreadable.START - start.length));
    byte[] all = Arrays.copyOf(start, start.length + more.length);
    System.arraycopy(more, 0, all, start.length, more.length);
    return corrupt("it is not a " + format + " file: " + why + Unreadable.seems(all));
  }

  final MlxException truncated() {
    return corrupt("it ends too early; it is truncated or damaged");
  }
}
