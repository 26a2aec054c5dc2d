package org.mlx4j.examples.fashion;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import org.mlx4j.DType;
import org.mlx4j.MlxArray;

/** A file of the format in which MNIST and Fashion-MNIST are published. */
final class IdxFile {
  private static final int UNSIGNED_BYTES = 0x08;

  private IdxFile() {}

  /**
   * Reads a compressed file of unsigned bytes. It begins with their type, the number of axes and
   * the size of each axis.
   *
   * @return a uint8 array with {@code ndim} axes
   * @throws IOException if the file cannot be read or is not of this kind
   */
  static MlxArray read(Path file, int ndim) throws IOException {
    ByteBuffer bytes;
    try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      bytes = ByteBuffer.wrap(in.readAllBytes());
    }
    if (bytes.remaining() < Integer.BYTES * (1 + ndim)
        || bytes.getInt() != (UNSIGNED_BYTES << 8 | ndim)) {
      throw new IOException(
          "[IdxFile.read] %s is not an idx file of unsigned bytes with %d axes"
              .formatted(file, ndim));
    }
    int[] shape = new int[ndim];
    long size = 1;
    for (int axis = 0; axis < ndim; axis++) {
      shape[axis] = bytes.getInt();
      size *= shape[axis];
    }
    if (bytes.remaining() != size) {
      throw new IOException(
          "[IdxFile.read] %s has %d elements, but its header gives the shape %s"
              .formatted(file, bytes.remaining(), Arrays.toString(shape)));
    }
    return MlxArray.of(bytes, DType.UINT8, shape);
  }
}
