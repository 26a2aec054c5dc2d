package org.mlx4j;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.mlx4j.internal.HandlesNative;
import org.mlx4j.internal.HostDataNative;

/** Where arrays are written to: numbers, texts and elements, little-endian and row-major. */
final class ArrayTarget {
  private static final int PIECE = 1 << 20;

  /** The public function that writes, as messages name it. */
  final String function;

  private final OutputStream out;
  private final byte[] number = new byte[8];
  private byte[] piece;
  private long position;

  ArrayTarget(String function, OutputStream out) {
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

  void int16(int value) throws IOException {
    ByteBuffer.wrap(number).order(ByteOrder.LITTLE_ENDIAN).putShort((short) value);
    bytes(number, 2);
  }

  void int32(int value) throws IOException {
    ByteBuffer.wrap(number).order(ByteOrder.LITTLE_ENDIAN).putInt(value);
    bytes(number, 4);
  }

  void int64(long value) throws IOException {
    ByteBuffer.wrap(number).order(ByteOrder.LITTLE_ENDIAN).putLong(value);
    bytes(number, 8);
  }

  void zeros(long n) throws IOException {
    for (long i = 0; i < n; i++) {
      number[0] = 0;
      bytes(number, 1);
    }
  }

  /** Writes the elements of an array, whatever its layout is. */
  void elements(MlxArray array) throws IOException {
    long[] rows = new long[1];
    Call.withinMemory(() -> rows[0] = HostDataNative.row_major(array.handle));
    try {
      long bytes = array.nbytes();
      if (piece == null) {
        piece = new byte[PIECE];
      }
      for (long at = 0; at < bytes; ) {
        int n = (int) Math.min(bytes - at, PIECE);
        HostDataNative.get_bytes(rows[0], at, piece, n);
        bytes(piece, n);
        at += n;
      }
    } finally {
      HandlesNative.close(rows[0]);
    }
  }

  /** The UTF-8 form of a text, which must be valid Unicode. */
  static byte[] utf8(String function, String what, String text) {
    try {
      ByteBuffer encoded =
          StandardCharsets.UTF_8
              .newEncoder()
              .encode(CharBuffer.wrap(Call.notNull(function, what, text)));
      byte[] bytes = new byte[encoded.remaining()];
      encoded.get(bytes);
      return bytes;
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(
          "[" + function + "] " + what + " is not valid Unicode: half of a surrogate pair", e);
    }
  }
}
