package org.mlx4j.internal.io;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;
import org.mlx4j.DType;

/** Converts byte buffers to the form that native code needs: direct, in native byte order. */
public final class NativeBytes {
  private NativeBytes() {}

  /**
   * Returns the remaining bytes of a buffer, copied if they are on the Java heap or in the other
   * byte order.
   *
   * @param data elements in the buffer's own order
   * @param dtype the dtype of the elements
   * @return a direct buffer in native order
   */
  public static ByteBuffer readable(ByteBuffer data, DType dtype) {
    if (data.isDirect() && isNative(data, dtype)) {
      return data;
    }
    ByteBuffer copy = direct(data.remaining());
    transfer(data.duplicate().order(data.order()), copy, dtype);
    return copy.flip();
  }

  /**
   * Has bytes written to a direct buffer, and transfers them to the destination in the order of the
   * destination.
   *
   * @param destination the buffer to fill; its position moves behind the bytes
   * @param bytes the number of bytes
   * @param dtype the dtype of the elements
   * @param source writes the bytes in native order and leaves the position where it is
   */
  public static void write(
      ByteBuffer destination, int bytes, DType dtype, Consumer<ByteBuffer> source) {
    if (destination.isDirect() && isNative(destination, dtype)) {
      source.accept(destination);
      destination.position(destination.position() + bytes);
      return;
    }
    ByteBuffer copy = direct(bytes);
    source.accept(copy);
    transfer(copy, destination, dtype);
  }

  private static ByteBuffer direct(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
  }

  private static boolean isNative(ByteBuffer buffer, DType dtype) {
    return unit(dtype) == 1 || buffer.order() == ByteOrder.nativeOrder();
  }

  /** Returns the size of the units that a byte order reverses: elements, or complex parts. */
  private static int unit(DType dtype) {
    return dtype == DType.COMPLEX64 ? 4 : dtype.itemsize();
  }

  private static void transfer(ByteBuffer from, ByteBuffer to, DType dtype) {
    if (from.order() == to.order()) {
      to.put(from);
      return;
    }
    while (from.hasRemaining()) {
      switch (unit(dtype)) {
        case 1 -> to.put(from.get());
        case 2 -> to.putShort(from.getShort());
        case 4 -> to.putInt(from.getInt());
        default -> to.putLong(from.getLong());
      }
    }
  }
}
