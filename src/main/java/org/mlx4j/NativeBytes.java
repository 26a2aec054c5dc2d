package org.mlx4j;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;

/** Byte buffers as native code needs them: direct, and in the machine's byte order. */
final class NativeBytes {
  private NativeBytes() {}

  /** The remaining bytes, copied if they are on the Java heap or in another order. */
  static ByteBuffer readable(ByteBuffer data, DType dtype) {
    if (data.isDirect() && isNative(data, dtype)) {
      return data;
    }
    ByteBuffer copy = direct(data.remaining());
    transfer(data.duplicate().order(data.order()), copy, dtype);
    return copy.flip();
  }

  /** Has `source` write bytes, and puts them into the destination in its order. */
  static void write(ByteBuffer destination, int bytes, DType dtype, Consumer<ByteBuffer> source) {
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

  /** The size of what the byte order turns round: an element, or a part of a complex one. */
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
