package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mlx4j.ArrayAssertions.assertShape;
import static org.mlx4j.ArrayAssertions.assertThrowsSaying;

import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Data from Java in arrays, and back. */
@ExtendWith(InScope.class)
class HostDataTest {
  private static void assertReadOnlyIsRefused(Executable copy) {
    ReadOnlyBufferException e = assertThrows(ReadOnlyBufferException.class, copy);
    assertTrue(e.getMessage().startsWith("[copyTo] the buffer is read-only"), e.getMessage());
  }

  @Nested
  class JavaArrays {
    @Test
    void floatsKeepEveryBit() {
      float[] data = {
        0f,
        -0f,
        1f,
        Float.MIN_VALUE,
        Float.MIN_NORMAL,
        Float.MAX_VALUE,
        Float.NaN,
        Float.NEGATIVE_INFINITY,
        (float) Math.PI
      };
      assertArrayEquals(data, MlxArray.of(data).toFloatArray());
      assertEquals(
          Float.floatToRawIntBits(-0f),
          Float.floatToRawIntBits(MlxArray.of(-0f).toFloatArray()[0]));
    }

    @Test
    void doublesKeepEveryBitWhenAskedTo() {
      double[] data = {
        0, -0.0, Double.MIN_VALUE, Double.MAX_VALUE, Double.NaN, Double.POSITIVE_INFINITY, Math.PI
      };
      MlxArray x = MlxArray.of(data, DType.FLOAT64, data.length);
      assertEquals(DType.FLOAT64, x.dtype());
      assertArrayEquals(data, x.toDoubleArray());
    }

    @Test
    void doublesAreRoundedToFloats() {
      double[] data = {Math.PI, 0.1, 1e300, -1e300, 1e-300, Double.NaN, 16777217};
      float[] expected = new float[data.length];
      for (int i = 0; i < data.length; i++) {
        expected[i] = (float) data[i];
      }
      assertArrayEquals(expected, MlxArray.of(data).toFloatArray());
    }

    @Test
    void integersKeepTheirExtremes() {
      byte[] bytes = {Byte.MIN_VALUE, -1, 0, 1, Byte.MAX_VALUE};
      assertArrayEquals(bytes, MlxArray.of(bytes, 5).toByteArray());
      short[] shorts = {Short.MIN_VALUE, -1, 0, 1, Short.MAX_VALUE};
      assertArrayEquals(shorts, MlxArray.of(shorts, 5).toShortArray());
      int[] ints = {Integer.MIN_VALUE, -1, 0, 1, Integer.MAX_VALUE};
      assertArrayEquals(ints, MlxArray.of(ints).toIntArray());
      long[] longs = {Long.MIN_VALUE, -1, 0, 1, Long.MAX_VALUE, (1L << 53) + 1};
      assertArrayEquals(longs, MlxArray.of(longs).toLongArray());
    }

    @Test
    void unsignedIntegersKeepTheirBits() {
      long[] longs = {-1, Long.MIN_VALUE, 0, Long.MAX_VALUE};
      MlxArray x = MlxArray.of(longs, DType.UINT64, 4);
      assertArrayEquals(longs, x.toLongArray());
      assertEquals(
          "array([18446744073709551615, 9223372036854775808, 0, 9223372036854775807],"
              + " dtype=uint64)",
          x.toString());
      assertArrayEquals(
          new long[] {4294967295L, 0},
          MlxArray.of(new int[] {-1, 0}, DType.UINT32, 2).toLongArray());
      assertArrayEquals(
          new int[] {255, 1}, MlxArray.of(new byte[] {-1, 1}, DType.UINT8, 2).toIntArray());
      assertArrayEquals(
          new int[] {65535, 1}, MlxArray.of(new short[] {-1, 1}, DType.UINT16, 2).toIntArray());
    }

    @Test
    void booleansStayBooleans() {
      boolean[] data = {true, false, true};
      assertArrayEquals(data, MlxArray.of(data).toBooleanArray());
      assertArrayEquals(new float[] {1, 0, 1}, MlxArray.of(data, DType.FLOAT32, 3).toFloatArray());
      assertArrayEquals(new int[] {1, 0, 1}, MlxArray.of(data).toIntArray());
    }

    @Test
    void complexNumbersKeepBothParts() {
      Complex64[] data = {
        new Complex64(1, -2), new Complex64(-0f, Float.NaN), new Complex64(Float.MAX_VALUE, 0)
      };
      MlxArray x = MlxArray.of(data);
      assertEquals(DType.COMPLEX64, x.dtype());
      assertArrayEquals(data, x.toComplexArray());
      assertArrayEquals(data, MlxArray.of(data, 3, 1).toComplexArray());
      assertEquals(data[0], MlxArray.scalar(data[0]).itemComplex());
    }

    @Test
    void realNumbersAreReadAsComplexOnes() {
      assertArrayEquals(
          new Complex64[] {new Complex64(1, 0), new Complex64(2, 0)},
          MlxArray.of(1, 2).toComplexArray());
    }

    /** 1, 2 and 5 are exact in every dtype that is not bool. */
    @ParameterizedTest
    @EnumSource(
        mode = EnumSource.Mode.EXCLUDE,
        names = {"BOOL", "COMPLEX64"})
    void everyDtypeComesInFromEveryJavaTypeAndGoesOutToEvery(DType dtype) {
      List<MlxArray> made =
          List.of(
              MlxArray.of(new float[] {1, 2, 5}, dtype, 3),
              MlxArray.of(new double[] {1, 2, 5}, dtype, 3),
              MlxArray.of(new int[] {1, 2, 5}, dtype, 3),
              MlxArray.of(new long[] {1, 2, 5}, dtype, 3),
              MlxArray.of(new short[] {1, 2, 5}, dtype, 3),
              MlxArray.of(new byte[] {1, 2, 5}, dtype, 3));
      for (MlxArray x : made) {
        assertEquals(dtype, x.dtype());
        assertArrayEquals(new float[] {1, 2, 5}, x.toFloatArray());
        assertArrayEquals(new double[] {1, 2, 5}, x.toDoubleArray());
        assertArrayEquals(new int[] {1, 2, 5}, x.toIntArray());
        assertArrayEquals(new long[] {1, 2, 5}, x.toLongArray());
        assertArrayEquals(new short[] {1, 2, 5}, x.toShortArray());
        assertArrayEquals(new byte[] {1, 2, 5}, x.toByteArray());
        assertArrayEquals(new boolean[] {true, true, true}, x.toBooleanArray());
      }
    }

    @Test
    void theDataIsCopied() {
      float[] data = {1, 2};
      MlxArray x = MlxArray.of(data);
      data[0] = 7;
      assertArrayEquals(new float[] {1, 2}, x.toFloatArray());
      x.toFloatArray()[0] = 7;
      assertArrayEquals(new float[] {1, 2}, x.toFloatArray());
    }

    @Test
    void noElementsMakeEmptyArrays() {
      assertShape(MlxArray.of(new float[0]), 0);
      assertShape(MlxArray.of(new int[0], 3, 0, 2), 3, 0, 2);
      assertEquals(0, MlxArray.of(new boolean[0]).toBooleanArray().length);
      assertEquals(0, MlxArray.of(new Complex64[0]).toComplexArray().length);
      assertEquals(0, MlxArray.of(new double[0], DType.FLOAT64, 0).toDoubleArray().length);
      MlxArray.of(new long[0]).copyTo(new long[0]);
      MlxArray.of(new long[0]).copyTo(ByteBuffer.allocate(0));
      assertEquals(0, MlxArray.of(ByteBuffer.allocate(0), DType.FLOAT16, 2, 0).size());
    }

    @Test
    void anEmptyShapeMakesAScalar() {
      assertShape(MlxArray.of(new float[] {2}, new int[0]));
      assertShape(MlxArray.of(ByteBuffer.allocate(4), DType.INT32));
    }

    @Test
    void aMillionElementsArrive() {
      int n = 1_000_000;
      int[] ints = new int[n];
      float[] floats = new float[n];
      double[] doubles = new double[n];
      for (int i = 0; i < n; i++) {
        ints[i] = 31 * i;
        floats[i] = i * 0.5f;
        doubles[i] = i / 3.0;
      }
      assertArrayEquals(ints, MlxArray.of(ints).toIntArray());
      assertArrayEquals(floats, MlxArray.of(floats, 1000, 1000).toFloatArray());
      assertArrayEquals(doubles, MlxArray.of(doubles, DType.FLOAT64, n).toDoubleArray());
      assertEquals(doubles[n - 1], MlxArray.of(doubles).toFloatArray()[n - 1], 0.1);
    }

    /** The copy goes in pieces of 2^20 elements. */
    @ParameterizedTest
    @ValueSource(ints = {(1 << 20) - 1, 1 << 20, (1 << 20) + 1})
    void noElementIsLostWhereTheCopyIsCut(int n) {
      byte[] data = new byte[n];
      for (int i = 0; i < n; i++) {
        data[i] = (byte) (i ^ (i >> 8) ^ (i >> 16));
      }
      assertArrayEquals(data, MlxArray.of(data, n).toByteArray());
    }
  }

  /** Elements are read in row-major order, however they lie in memory. */
  @Nested
  class Views {
    private final MlxArray x = Ops.arange(6).reshape(2, 3);

    @Test
    void transposed() {
      assertArrayEquals(new int[] {0, 3, 1, 4, 2, 5}, x.transpose().toIntArray());
      assertArrayEquals(new float[] {0, 3, 1, 4, 2, 5}, x.transpose().toFloatArray());
      int[] copied = new int[6];
      x.transpose().copyTo(copied);
      assertArrayEquals(new int[] {0, 3, 1, 4, 2, 5}, copied);
    }

    @Test
    void sliced() {
      assertArrayEquals(new int[] {1, 4}, x.get(Index.all(), Index.slice(1, 2)).toIntArray());
      assertArrayEquals(
          new int[] {5, 3, 2, 0},
          x.slice(new int[] {1, 2}, new int[] {-3, -4}, new int[] {-1, -2}).toIntArray());
    }

    @Test
    void broadcast() {
      assertArrayEquals(new int[] {7, 7, 7, 7}, MlxArray.scalar(7).broadcastTo(2, 2).toIntArray());
      assertArrayEquals(
          new int[] {1, 1, 2, 2},
          MlxArray.of(new int[] {1, 2}, 2, 1).broadcastTo(2, 2).toIntArray());
    }

    @Test
    void withAnOffset() {
      assertArrayEquals(new int[] {3, 4, 5}, x.get(1).toIntArray());
      assertEquals(5, x.get(1, 2).itemInt());
    }

    @Test
    void asBytes() {
      ByteBuffer bytes = ByteBuffer.allocate(24).order(ByteOrder.nativeOrder());
      x.transpose().copyTo(bytes);
      bytes.flip();
      int[] read = new int[6];
      bytes.asIntBuffer().get(read);
      assertArrayEquals(new int[] {0, 3, 1, 4, 2, 5}, read);
    }

    @Test
    void asComplexNumbers() {
      MlxArray z =
          MlxArray.of(
              new Complex64[] {
                new Complex64(1, 1), new Complex64(2, 2), new Complex64(3, 3), new Complex64(4, 4)
              },
              2,
              2);
      assertEquals(new Complex64(3, 3), z.transpose().toComplexArray()[1]);
    }
  }

  @Nested
  class Items {
    @ParameterizedTest
    @EnumSource(
        mode = EnumSource.Mode.EXCLUDE,
        names = {"BOOL", "COMPLEX64"})
    void everyDtypeConvertsToEveryJavaType(DType dtype) {
      MlxArray x = MlxArray.scalar(3L, dtype);
      assertEquals(dtype, x.dtype());
      assertEquals(3f, x.itemFloat());
      assertEquals(3.0, x.itemDouble());
      assertEquals(3, x.itemInt());
      assertEquals(3L, x.itemLong());
      assertTrue(x.itemBoolean());
      assertEquals(new Complex64(3, 0), x.itemComplex());
      assertFalse(MlxArray.scalar(0L, dtype).itemBoolean());
    }

    @Test
    void booleansAreZeroOrOne() {
      assertEquals(1f, MlxArray.scalar(true).itemFloat());
      assertEquals(1L, MlxArray.scalar(true).itemLong());
      assertEquals(0, MlxArray.scalar(false).itemInt());
    }

    @Test
    void oneElementOfAnyShapeWillDo() {
      assertEquals(4, MlxArray.of(new int[] {4}, 1, 1, 1).itemInt());
    }

    @Test
    void theElementOfAViewIsTheRightOne() {
      assertEquals(2, MlxArray.of(1, 2, 3).get(1).itemInt());
      assertEquals(3, MlxArray.of(1, 2, 3).get(Index.slice(null, null, -2)).get(0).itemInt());
    }

    @ParameterizedTest
    @CsvSource({
      "2.9, 2",
      "-2.9, -2",
      "1e20, 2147483647",
      "-1e20, -2147483648",
      "NaN, 0",
      "Infinity, 2147483647"
    })
    void fractionsAreCutOffAndHugeNumbersSaturate(float value, int expected) {
      assertEquals(expected, MlxArray.scalar(value).itemInt());
      assertEquals((long) value, MlxArray.scalar(value).itemLong());
    }

    @Test
    void notANumberIsTrueAsInPython() {
      assertTrue(MlxArray.scalar(Float.NaN).itemBoolean());
      assertTrue(Double.isNaN(MlxArray.scalar(Float.NaN).itemDouble()));
    }

    @Test
    void largeIntegersStayExact() {
      assertEquals(Long.MAX_VALUE, MlxArray.scalar(Long.MAX_VALUE).itemLong());
      assertEquals(Long.MIN_VALUE, MlxArray.scalar(Long.MIN_VALUE).itemLong());
      assertEquals(0x1p63, MlxArray.scalar(Long.MIN_VALUE, DType.UINT64).itemDouble());
      assertEquals(-1L, MlxArray.scalar(-1L, DType.UINT64).itemLong());
    }

    @Test
    void integersThatDoNotFitAnIntAreRefused() {
      assertThrowsSaying(ArithmeticException.class, () -> MlxArray.scalar(1L << 31).itemInt());
      assertThrowsSaying(
          ArithmeticException.class, () -> MlxArray.scalar(Long.MIN_VALUE).itemInt());
      assertThrowsSaying(
          ArithmeticException.class, () -> MlxArray.scalar(1L << 31, DType.UINT32).itemInt());
      assertThrowsSaying(
          ArithmeticException.class, () -> MlxArray.scalar(-1L, DType.UINT64).itemInt());
      assertEquals(Integer.MIN_VALUE, MlxArray.scalar((long) Integer.MIN_VALUE).itemInt());
    }

    /** Rounding to double first and to float then would give 2^60. */
    @Test
    void longsAreRoundedToFloatsOnce() {
      long value = (1L << 60) + (1L << 36) + 1;
      assertEquals((float) value, MlxArray.scalar(value).itemFloat());
    }

    @Test
    void moreOrFewerElementsAreRefused() {
      MlxArray two = MlxArray.of(1f, 2f);
      MlxArray none = MlxArray.of(new float[0]);
      for (MlxArray x : List.of(two, none)) {
        assertThrowsSaying(
            IllegalArgumentException.class, x::itemFloat, "[item]", "exactly one element");
        assertThrowsSaying(IllegalArgumentException.class, x::itemDouble, "[item]");
        assertThrowsSaying(IllegalArgumentException.class, x::itemInt, "[item]");
        assertThrowsSaying(IllegalArgumentException.class, x::itemLong, "[item]");
        assertThrowsSaying(IllegalArgumentException.class, x::itemBoolean, "[item]");
        assertThrowsSaying(IllegalArgumentException.class, x::itemComplex, "[item]");
      }
    }

    @Test
    void complexNumbersHaveNoRealValue() {
      MlxArray z = MlxArray.scalar(new Complex64(1, 2));
      assertThrowsSaying(IllegalArgumentException.class, z::itemFloat, "complex64");
      assertThrowsSaying(IllegalArgumentException.class, z::itemDouble, "complex64");
      assertThrowsSaying(IllegalArgumentException.class, z::itemInt, "complex64");
      assertThrowsSaying(IllegalArgumentException.class, z::itemLong, "complex64");
      assertThrowsSaying(IllegalArgumentException.class, z::itemBoolean, "complex64");
      assertThrowsSaying(IllegalArgumentException.class, z::toFloatArray, "complex64");
      assertThrowsSaying(IllegalArgumentException.class, z::toDoubleArray, "complex64");
      assertThrowsSaying(IllegalArgumentException.class, z::toIntArray, "complex64");
      assertThrowsSaying(IllegalArgumentException.class, z::toLongArray, "complex64");
      assertThrowsSaying(IllegalArgumentException.class, z::toBooleanArray, "complex64");
      assertThrowsSaying(IllegalArgumentException.class, z::toByteArray, "complex64");
      assertThrowsSaying(IllegalArgumentException.class, z::toShortArray, "complex64");
    }
  }

  @Nested
  class ScalarsOfADtype {
    @Test
    void convertAsAstypeDoes() {
      assertEquals(300, MlxArray.scalar(300.7, DType.INT32).itemInt());
      assertEquals(255, MlxArray.scalar(-1L, DType.UINT8).itemInt());
      assertTrue(MlxArray.scalar(0.5, DType.BOOL).itemBoolean());
      assertFalse(MlxArray.scalar(0.0, DType.BOOL).itemBoolean());
      assertEquals(new Complex64(2.5f, 0), MlxArray.scalar(2.5, DType.COMPLEX64).itemComplex());
      assertEquals(0.1, MlxArray.scalar(0.1, DType.FLOAT64).itemDouble());
      assertEquals(0.1f, MlxArray.scalar(0.1).itemFloat());
    }

    @ParameterizedTest
    @EnumSource
    void haveTheDtypeAskedFor(DType dtype) {
      assertEquals(dtype, MlxArray.scalar(1L, dtype).dtype());
      assertEquals(dtype, MlxArray.scalar(1.0, dtype).dtype());
      assertEquals(dtype.itemsize(), MlxArray.scalar(1L, dtype).nbytes());
      assertEquals(dtype.itemsize(), MlxArray.scalar(1L, dtype).itemsize());
    }
  }

  @Nested
  class ByteBuffers {
    /**
     * The same bits by other means: half precision is S EEEEE MMMMMMMMMM, bfloat16 the upper half
     * of a float.
     */
    @ParameterizedTest
    @CsvSource({
      "FLOAT16, 0x3C00, 1", "FLOAT16, 0xC000, -2", "FLOAT16, 0x7BFF, 65504",
          "FLOAT16, 0x0001, 5.9604644775390625e-8",
      "FLOAT16, 0x7C00, Infinity", "BFLOAT16, 0x3F80, 1", "BFLOAT16, 0xC000, -2",
          "BFLOAT16, 0x4049, 3.140625"
    })
    void bitsOfSmallFloatsGoInAndOut(DType dtype, String hexBits, double value) {
      short bits = (short) (int) Integer.decode(hexBits);
      for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
        ByteBuffer in = ByteBuffer.allocate(2).order(order).putShort(0, bits);
        MlxArray x = MlxArray.of(in, dtype, 1);
        assertEquals(value, x.itemDouble());
        ByteBuffer out = ByteBuffer.allocate(2).order(order);
        x.copyTo(out);
        assertEquals(bits, out.getShort(0));
      }
    }

    static Stream<Arguments> everyKindOfBuffer() {
      return Stream.of(DType.values())
          .flatMap(
              dtype ->
                  Stream.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)
                      .flatMap(
                          order ->
                              Stream.of("heap", "direct", "read-only", "slice")
                                  .map(kind -> Arguments.of(dtype, order, kind))));
    }

    private static ByteBuffer buffer(String kind, int size) {
      return switch (kind) {
        case "direct" -> ByteBuffer.allocateDirect(size);
        case "slice" -> ByteBuffer.allocate(size + 5).position(5).slice();
        default -> ByteBuffer.allocate(size);
      };
    }

    /** Numbers 1 to 4 pass through a buffer with other bytes on both sides, at an odd position. */
    @ParameterizedTest
    @MethodSource("everyKindOfBuffer")
    void everyDtypePassesFromPositionToLimit(DType dtype, ByteOrder order, String kind) {
      MlxArray x = MlxArray.of(new int[] {1, 0, 3, 4}, dtype, 2, 2);
      int bytes = 4 * dtype.itemsize();
      ByteBuffer buffer = buffer(kind, bytes + 6).order(order);
      buffer.position(3);
      x.copyTo(buffer);
      assertEquals(3 + bytes, buffer.position());
      assertEquals(0, buffer.get(2));
      assertEquals(0, buffer.get(3 + bytes));

      buffer.position(3).limit(3 + bytes);
      ByteBuffer source =
          kind.equals("read-only") ? buffer.asReadOnlyBuffer().order(order) : buffer;
      MlxArray y = MlxArray.of(source, dtype, 4);
      assertEquals(3, source.position());
      assertEquals(3 + bytes, source.limit());
      assertEquals(dtype, y.dtype());
      assertArrayEquals(x.toComplexArray(), y.toComplexArray());
    }

    @Test
    void theBytesOfAComplexNumberAreItsParts() {
      ByteBuffer parts = ByteBuffer.allocate(8).putFloat(0, 1.5f).putFloat(4, -2f);
      assertEquals(new Complex64(1.5f, -2f), MlxArray.of(parts, DType.COMPLEX64).itemComplex());
    }

    @Test
    void theDataIsCopied() {
      ByteBuffer data = ByteBuffer.allocateDirect(4).order(ByteOrder.nativeOrder()).putInt(0, 5);
      MlxArray x = MlxArray.of(data, DType.INT32, 1);
      data.putInt(0, 6);
      assertEquals(5, x.itemInt());
    }

    @Test
    void aWrongNumberOfBytesIsRefused() {
      assertThrowsSaying(
          IllegalArgumentException.class,
          () -> MlxArray.of(ByteBuffer.allocate(3), DType.FLOAT16, 2),
          "[array]",
          "3 bytes",
          "4");
      assertThrowsSaying(
          IllegalArgumentException.class,
          () -> MlxArray.of(ByteBuffer.allocate(5), DType.FLOAT16, 2),
          "[array]",
          "5 bytes",
          "4");
      assertThrowsSaying(
          IllegalArgumentException.class,
          () -> MlxArray.of(ByteBuffer.allocate(4), DType.FLOAT16, -2),
          "[array]",
          "[-2]",
          "negative");
    }

    @Test
    void tooLittleRoomIsRefused() {
      ByteBuffer small = ByteBuffer.allocate(8).position(1);
      assertThrowsSaying(
          IllegalArgumentException.class,
          () -> MlxArray.of(1f, 2f).copyTo(small),
          "[copyTo]",
          "7",
          "8");
      assertEquals(1, small.position());
    }

    @Test
    void moreRoomIsLeftAsItIs() {
      ByteBuffer large = ByteBuffer.allocate(8).order(ByteOrder.nativeOrder()).putInt(4, 77);
      MlxArray.of(5).copyTo(large);
      assertEquals(5, large.getInt(0));
      assertEquals(77, large.getInt(4));
      assertEquals(4, large.position());
    }

    @Test
    void readOnlyDestinationsAreRefused() {
      ByteBuffer heap = ByteBuffer.allocate(4).asReadOnlyBuffer();
      ByteBuffer direct =
          ByteBuffer.allocateDirect(4).asReadOnlyBuffer().order(ByteOrder.nativeOrder());
      assertReadOnlyIsRefused(() -> MlxArray.of(5).copyTo(heap));
      assertReadOnlyIsRefused(() -> MlxArray.of(5).copyTo(direct));
      assertEquals(0, direct.getInt(0));
    }
  }

  @Nested
  class TypedBuffers {
    @Test
    void areReadFromPositionToLimit() {
      assertArrayEquals(
          new float[] {2, 3},
          MlxArray.of(FloatBuffer.wrap(new float[] {1, 2, 3, 4}, 1, 2), 2).toFloatArray());
      assertArrayEquals(
          new float[] {2, 3},
          MlxArray.of(DoubleBuffer.wrap(new double[] {1, 2, 3, 4}, 1, 2), 2, 1).toFloatArray());
      assertArrayEquals(
          new int[] {2, 3},
          MlxArray.of(IntBuffer.wrap(new int[] {1, 2, 3, 4}, 1, 2), 1, 2).toIntArray());
      assertArrayEquals(
          new long[] {2, 3},
          MlxArray.of(LongBuffer.wrap(new long[] {1, 2, 3, 4}, 1, 2), 2).toLongArray());
    }

    @Test
    void keepTheirPosition() {
      IntBuffer data = IntBuffer.wrap(new int[] {1, 2, 3}).position(1);
      assertShape(MlxArray.of(data, 2), 2);
      assertEquals(1, data.position());
    }

    @Test
    void mayHaveAnyByteOrder() {
      FloatBuffer big =
          ByteBuffer.allocateDirect(8)
              .order(ByteOrder.BIG_ENDIAN)
              .asFloatBuffer()
              .put(0, 1.5f)
              .put(1, 2.5f);
      assertArrayEquals(new float[] {1.5f, 2.5f}, MlxArray.of(big, 2).toFloatArray());
      LongBuffer little = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer();
      MlxArray.of(-5L).copyTo(little);
      assertEquals(-5L, little.get(0));
    }

    @Test
    void areWrittenFromTheirPosition() {
      FloatBuffer floats = FloatBuffer.allocate(3).position(1);
      DoubleBuffer doubles = DoubleBuffer.allocate(3).position(1);
      IntBuffer ints = IntBuffer.allocate(3).position(1);
      LongBuffer longs = LongBuffer.allocate(3).position(1);
      MlxArray x = MlxArray.of(7);
      x.copyTo(floats);
      x.copyTo(doubles);
      x.copyTo(ints);
      x.copyTo(longs);
      assertArrayEquals(new float[] {0, 7, 0}, floats.array());
      assertArrayEquals(new double[] {0, 7, 0}, doubles.array());
      assertArrayEquals(new int[] {0, 7, 0}, ints.array());
      assertArrayEquals(new long[] {0, 7, 0}, longs.array());
      for (Buffer buffer : List.of(floats, doubles, ints, longs)) {
        assertEquals(2, buffer.position());
      }
    }

    @Test
    void mustHaveRoom() {
      MlxArray x = MlxArray.of(1, 2);
      assertThrowsSaying(
          IllegalArgumentException.class,
          () -> x.copyTo(FloatBuffer.allocate(1)),
          "[copyTo]",
          "1",
          "2");
      assertThrowsSaying(
          IllegalArgumentException.class,
          () -> x.copyTo(DoubleBuffer.allocate(1)),
          "[copyTo]",
          "1",
          "2");
      assertThrowsSaying(
          IllegalArgumentException.class,
          () -> x.copyTo(IntBuffer.allocate(1)),
          "[copyTo]",
          "1",
          "2");
      assertThrowsSaying(
          IllegalArgumentException.class,
          () -> x.copyTo(LongBuffer.allocate(1)),
          "[copyTo]",
          "1",
          "2");
      assertReadOnlyIsRefused(() -> x.copyTo(FloatBuffer.allocate(2).asReadOnlyBuffer()));
      assertReadOnlyIsRefused(() -> x.copyTo(DoubleBuffer.allocate(2).asReadOnlyBuffer()));
      assertReadOnlyIsRefused(() -> x.copyTo(IntBuffer.allocate(2).asReadOnlyBuffer()));
      assertReadOnlyIsRefused(() -> x.copyTo(LongBuffer.allocate(2).asReadOnlyBuffer()));
    }
  }

  @Nested
  class WrongSizes {
    static Stream<Function<int[], MlxArray>> makersFromThreeElements() {
      return Stream.of(
          shape -> MlxArray.of(new float[3], shape),
          shape -> MlxArray.of(new double[3], shape),
          shape -> MlxArray.of(new int[3], shape),
          shape -> MlxArray.of(new long[3], shape),
          shape -> MlxArray.of(new short[3], shape),
          shape -> MlxArray.of(new byte[3], shape),
          shape -> MlxArray.of(new boolean[3], shape),
          shape -> MlxArray.of(new float[3], DType.FLOAT16, shape),
          shape -> MlxArray.of(new double[3], DType.FLOAT16, shape),
          shape -> MlxArray.of(new int[3], DType.FLOAT16, shape),
          shape -> MlxArray.of(new long[3], DType.FLOAT16, shape),
          shape -> MlxArray.of(new short[3], DType.FLOAT16, shape),
          shape -> MlxArray.of(new byte[3], DType.FLOAT16, shape),
          shape -> MlxArray.of(new boolean[3], DType.FLOAT16, shape),
          shape -> MlxArray.of(FloatBuffer.allocate(3), shape),
          shape -> MlxArray.of(DoubleBuffer.allocate(3), shape),
          shape -> MlxArray.of(IntBuffer.allocate(3), shape),
          shape -> MlxArray.of(LongBuffer.allocate(3), shape));
    }

    @ParameterizedTest
    @MethodSource("makersFromThreeElements")
    void theShapeMustHaveAsManyElementsAsTheData(Function<int[], MlxArray> make) {
      assertThrowsSaying(
          IllegalArgumentException.class,
          () -> make.apply(new int[] {2, 2}),
          "[array]",
          "3 elements",
          "[2, 2]");
      assertThrowsSaying(
          IllegalArgumentException.class, () -> make.apply(new int[0]), "[array]", "3 elements");
      assertThrowsSaying(
          IllegalArgumentException.class,
          () -> make.apply(new int[] {-1, -3}),
          "[array]",
          "[-1, -3]");
      assertThrowsSaying(
          IllegalArgumentException.class, () -> make.apply(new int[] {-1}), "[array]", "[-1]");
      assertThrowsSaying(
          IllegalArgumentException.class, () -> make.apply(new int[] {0}), "[array]", "[0]");
      // 2^64 + 3 and 2^32 + 3 elements would look like 3 to a counter that wraps around
      assertThrowsSaying(
          IllegalArgumentException.class,
          () -> make.apply(new int[] {65536, 65536, 65536, 65536}),
          "[array]");
      assertThrowsSaying(
          IllegalArgumentException.class,
          () -> make.apply(new int[] {Integer.MAX_VALUE, Integer.MAX_VALUE}),
          "[array]");
      assertShape(make.apply(new int[] {3, 1}), 3, 1);
    }

    @Test
    void complexDataMustFillTheShape() {
      Complex64[] two = {new Complex64(1, 2), new Complex64(3, 4)};
      assertThrowsSaying(
          IllegalArgumentException.class,
          () -> MlxArray.of(two, 3),
          "[array]",
          "2 elements",
          "[3]");
      assertThrowsSaying(
          IllegalArgumentException.class, () -> MlxArray.of(two, -2), "[array]", "[-2]");
    }

    @Test
    void moreElementsThanAJavaArrayHoldsAreRefused() {
      MlxArray many = MlxArray.scalar(true).broadcastTo(1 << 16, 1 << 16);
      assertEquals(1L << 32, many.size());
      for (Executable read :
          List.<Executable>of(
              many::toFloatArray,
              many::toDoubleArray,
              many::toIntArray,
              many::toLongArray,
              many::toBooleanArray,
              many::toByteArray,
              many::toShortArray,
              many::toComplexArray,
              () -> many.copyTo(ByteBuffer.allocate(8)),
              () -> many.copyTo(new float[8]))) {
        assertThrowsSaying(IllegalArgumentException.class, read, "4294967296");
      }
      MlxArray half = MlxArray.scalar(true).broadcastTo(3 << 14, 1 << 15);
      assertThrowsSaying(IllegalArgumentException.class, half::toComplexArray, "1610612736");
    }

    static Stream<Consumer<MlxArray>> destinationsOfThree() {
      return Stream.of(
          x -> x.copyTo(new float[3]),
          x -> x.copyTo(new double[3]),
          x -> x.copyTo(new int[3]),
          x -> x.copyTo(new long[3]),
          x -> x.copyTo(new short[3]),
          x -> x.copyTo(new byte[3]),
          x -> x.copyTo(new boolean[3]));
    }

    @ParameterizedTest
    @MethodSource("destinationsOfThree")
    void theDestinationMustHaveTheSizeOfTheArray(Consumer<MlxArray> copy) {
      assertThrowsSaying(
          IllegalArgumentException.class,
          () -> copy.accept(MlxArray.of(1f, 2f)),
          "[copyTo]",
          "3 elements",
          "[2]",
          "2");
      assertThrowsSaying(
          IllegalArgumentException.class,
          () -> copy.accept(Ops.ones(2, 2)),
          "[copyTo]",
          "3 elements",
          "4");
      copy.accept(Ops.ones(3, 1));
    }
  }
}
