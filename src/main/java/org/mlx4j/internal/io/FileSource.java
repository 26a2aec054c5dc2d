package org.mlx4j.internal.io;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.nio.file.Path;
import org.mlx4j.DType;
import org.mlx4j.MlxArray;
import org.mlx4j.internal.ArrayAccess;
import org.mlx4j.internal.IoNative;

/** A file. Its arrays are read when they are evaluated, and keep it open until then. */
public final class FileSource extends ArraySource {
  /** The encoding of file names, which belongs to the system and not to the Java program. */
  private static final Charset NAMES = charsetOfNames();

  private final long file;
  private final long size;
  private final byte[] buffer = new byte[1 << 13];
  private int bufferAt;
  private int bufferEnd;

  /**
   * Opens a file.
   *
   * @param access makes the arrays
   * @param function the public function that reads
   * @param path the file
   */
  public FileSource(ArrayAccess access, String function, Path path) {
    super(access, function, path.toString());
    file = IoNative.open_file(path.toAbsolutePath().toString().getBytes(NAMES));
    size = IoNative.file_size(file);
  }

  private static Charset charsetOfNames() {
    String name = System.getProperty("sun.jnu.encoding");
    try {
      return name == null ? StandardCharsets.UTF_8 : Charset.forName(name);
    } catch (UnsupportedCharsetException e) {
      return StandardCharsets.UTF_8;
    }
  }

  @Override
  long size() {
    return size;
  }

  @Override
  void fill(byte[] into, int at, int n) {
    if (n > remaining()) {
      throw truncated();
    }
    long from = position();
    advance(n);
    while (n > 0) {
      if (bufferAt == bufferEnd) {
        bufferAt = 0;
        bufferEnd = (int) Math.min(buffer.length, size - from);
        IoNative.read_file(file, from, buffer, 0, bufferEnd);
      }
      int some = Math.min(n, bufferEnd - bufferAt);
      System.arraycopy(buffer, bufferAt, into, at, some);
      bufferAt += some;
      at += some;
      from += some;
      n -= some;
    }
  }

  @Override
  byte[] upTo(int n) {
    return bytes(Math.min(n, remaining()));
  }

  @Override
  MlxArray elements(long offset, DType dtype, int[] shape, boolean swapped) {
    return access.create(
        function,
        stream -> IoNative.load(file, offset, shape, access.code(dtype), swapped, stream));
  }

  @Override
  boolean isRandomAccess() {
    return true;
  }

  @Override
  public void close() {
    IoNative.close_file(file);
  }
}
