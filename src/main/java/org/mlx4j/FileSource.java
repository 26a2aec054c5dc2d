package org.mlx4j;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.nio.file.Path;
import org.mlx4j.internal.IoNative;

/** A file. Its arrays are read when they are evaluated, and keep it open until then. */
final class FileSource extends ArraySource {
  /** How the names of files become bytes, which is not for Java programs to choose. */
  private static final Charset NAMES = charsetOfNames();

  private final long file;
  private final long size;
  private final byte[] ahead = new byte[1 << 13];
  private int aheadAt;
  private int aheadEnd;

  FileSource(String function, Path path) {
    super(function, path.toString());
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
      if (aheadAt == aheadEnd) {
        aheadAt = 0;
        aheadEnd = (int) Math.min(ahead.length, size - from);
        IoNative.read_file(file, from, ahead, 0, aheadEnd);
      }
      int some = Math.min(n, aheadEnd - aheadAt);
      System.arraycopy(ahead, aheadAt, into, at, some);
      aheadAt += some;
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
    return Call.creation(
        function, s -> IoNative.load(file, offset, shape, dtype.code(), swapped, s));
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
