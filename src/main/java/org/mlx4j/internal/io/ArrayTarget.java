package org.mlx4j.internal.io;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.mlx4j.MlxArray;
import org.mlx4j.internal.ArrayAccess;
import org.mlx4j.internal.HandlesNative;
import org.mlx4j.internal.HostDataNative;

/** A stream to which a format writes numbers, texts and arrays, little-endian and row-major. */
public final class ArrayTarget {
  private static final int CHUNK = 1 << 20;

  final ArrayAccess access;

  /** The public function that writes; messages begin with it. */
  final String function;

  private final OutputStream out;
  private final byte[] number = new byte[8];
  private byte[] chunk;
  private long position;

  /**
   * Prepares to write to a stream.
   *
   * @param access reads the arrays
   * @param function the public function that writes
   * @param out the stream
   */
  public ArrayTarget(ArrayAccess access, String function, OutputStream out) {
    this.access = access;
    this.function = function;
    this.out = out;
  }

  long position() {
    return position;
  }

  void bytes(byte[] bytes, int n) throws IOException {
    out.write(bytes, 0, n);
    position += n;
  }

  void bytes(byte[] bytes) throws IOException {
    bytes(bytes, bytes.length);
  }

  void int32(int value) throws IOException {
    ByteBuffer.wrap(number).order(ByteOrder.LITTLE_ENDIAN).putInt(value);
    bytes(number, 4);
  }

  void int64(long value) throws IOException {
    ByteBuffer.wrap(number).order(ByteOrder.LITTLE_ENDIAN).putLong(value);
    bytes(number, 8);
  }

  void fill(char ascii, long n) throws IOException {
    for (long i = 0; i < n; i++) {
      number[0] = (byte) ascii;
      bytes(number, 1);
    }
  }

  /** Writes the elements of an array, whatever its layout is. */
  void elements(MlxArray array) throws IOException {
    long[] rows = new long[1];
    access.withinMemory(() -> rows[0] = HostDataNative.row_major(access.handle(array)));
    try {
      long bytes = array.nbytes();
      if (chunk == null) {
        chunk = new byte[CHUNK];
      }
      for (long at = 0; at < bytes; ) {
        int n = (int) Math.min(bytes - at, CHUNK);
        HostDataNative.get_bytes(rows[0], at, chunk, n);
        bytes(chunk, n);
        at += n;
      }
    } finally {
      HandlesNative.close(rows[0]);
    }
  }

  /** Returns the UTF-8 form of a text, which must be valid Unicode. */
  static byte[] utf8(String function, String what, String text) {
    Objects.requireNonNull(text, () -> "[" + function + "] " + what + " is null");
    try {
      ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
      byte[] bytes = new byte[encoded.remaining()];
      encoded.get(bytes);
      return bytes;
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(
          "[" + function + "] " + what + " is not valid Unicode: half of a surrogate pair", e);
    }
  }
}
