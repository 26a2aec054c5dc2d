package org.mlx4j;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Where arrays are read from: bytes one after the other, of which a format makes numbers, texts and
 * arrays. What a file says of itself is not believed: a count is no reason to allocate before as
 * many bytes are there.
 */
abstract class ArraySource implements AutoCloseable {
  private static final int MOST_AXES = 64;
  private static final int PIECE = 1 << 16;

  /** The public function that reads, and what it reads, as messages name them. */
  final String function;

  final String name;

  private long position;
  private final byte[] number = new byte[8];

  ArraySource(String function, String name) {
    this.function = function;
    this.name = name;
  }

  /** Fills a part of an array with the next bytes; a format error if there are not as many. */
  abstract void fill(byte[] into, int at, int n);

  /** How many bytes there can be from the start on, at most. */
  abstract long size();

  /**
   * The array whose elements start at this byte; the caller has made sure that they lie within the
   * size.
   *
   * @param swapped whether the bytes of each element are in the other order
   */
  abstract MlxArray elements(long offset, DType dtype, int[] shape, boolean swapped);

  /** Whether arrays can be read in any order. */
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
    byte[] bytes = new byte[(int) Math.min(count, PIECE)];
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

  /** The next bytes, fewer where it ends. */
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

  /** An unsigned number of 64 bits; none as large as 2^63 is ever right. */
  final long int64(String what) {
    long value = number(8).getLong();
    if (value < 0) {
      throw corrupt(what + " is " + Long.toUnsignedString(value));
    }
    return value;
  }

  final ByteBuffer number(int bytes) {
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

  /** The number of bytes of an array; a format error if that or the shape is impossible. */
  final long bytesOf(String array, DType dtype, long[] shape) {
    if (shape.length > MOST_AXES) {
      throw corrupt(array + " has " + shape.length + " axes; at most " + MOST_AXES + " are read");
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

  /** Makes sure that these bytes are there. */
  final void requireInside(String array, long offset, long bytes) {
    if (offset < 0 || bytes < 0 || offset > size() || bytes > size() - offset) {
      throw corrupt(array + " ends behind the end; it is truncated or damaged");
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
   * The array of any dtype. A byte that is neither 0 nor 1 counts as true, as in C. The two parts
   * of a complex number are turned round each by itself.
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

  // ---- what is wrong ----------------------------------------------------------------------------

  final MlxException corrupt(String what) {
    return new MlxException("[" + function + "] " + name + ": " + what);
  }

  final MlxException corrupt(String what, Throwable cause) {
    MlxException e = corrupt(what);
    e.initCause(cause);
    return e;
  }

  /** For what does not begin as the format does; {@code start} was read of it so far. */
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
