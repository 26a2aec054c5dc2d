package org.mlx4j.internal.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.mlx4j.DType;
import org.mlx4j.Index;
import org.mlx4j.MetadataValue;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.Scope;

/** The format of llama.cpp: metadata, descriptions of the arrays, the elements. */
public final class GgufFormat {
  private static final byte[] MAGIC = {'G', 'G', 'U', 'F'};
  private static final int VERSION = 3;
  private static final int MAX_AXES = 8;
  private static final int ALIGNMENT = 32;
  private static final String ALIGNMENT_KEY = "general.alignment";

  private GgufFormat() {}

  // ---- values of the metadata -------------------------------------------------------------------

  private static final int STRING = 8;
  private static final int LIST = 9;
  private static final int FLOAT64 = 12;

  /** The types of numbers by their codes; null where a code means something else. */
  private static final DType[] NUMBERS = {
    DType.UINT8,
    DType.INT8,
    DType.UINT16,
    DType.INT16,
    DType.UINT32,
    DType.INT32,
    DType.FLOAT32,
    DType.BOOL,
    null,
    null,
    DType.UINT64,
    DType.INT64,
    DType.FLOAT64
  };

  // ---- types of arrays --------------------------------------------------------------------------

  /** The types of elements in a file, and their counterparts in MLX. */
  private enum Type {
    F32(0, DType.FLOAT32),
    F16(1, DType.FLOAT16),
    Q4_0(2, 32, 18),
    Q4_1(3, 32, 20),
    Q8_0(8, 32, 34),
    Q2_K(10, 256, 84),
    Q4_K(12, 256, 144),
    Q6_K(14, 256, 210),
    I8(24, DType.INT8),
    I16(25, DType.INT16),
    I32(26, DType.INT32),
    I64(27, DType.INT64),
    F64(28, DType.FLOAT64),
    BF16(30, DType.BFLOAT16);

    final int code;

    /** The dtype of elements that are not quantized, otherwise null. */
    final DType dtype;

    /** The number of elements of a block, and the number of its bytes. */
    final int elements;

    final int bytes;

    Type(int code, DType dtype) {
      this.code = code;
      this.dtype = dtype;
      this.elements = 1;
      this.bytes = dtype.itemsize();
    }

    Type(int code, int elements, int bytes) {
      this.code = code;
      this.dtype = null;
      this.elements = elements;
      this.bytes = bytes;
    }

    static Type of(ArraySource source, String array, long code) {
      for (Type type : values()) {
        if (type.code == code) {
          return type;
        }
      }
      throw source.corrupt(array + " is of type " + code + ", which is not supported");
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Tensor(String name, Type type, long[] shape, long offset) {}

  // ---- writing ----------------------------------------------------------------------------------

  /**
   * Checks that the format can hold arrays and metadata.
   *
   * @param function the public function that writes
   * @param arrays the arrays by their names
   * @param metadata the metadata by their keys
   * @throws IllegalArgumentException if one of them is not valid
   */
  public static void check(
      String function, Map<String, MlxArray> arrays, Map<String, MetadataValue> metadata) {
    arrays.forEach(
        (name, array) -> {
          ArrayTarget.utf8(function, "the name of an array", name);
          typeOf(function, name, array);
          if (array.ndim() > MAX_AXES) {
            throw new IllegalArgumentException(
                "["
                    + function
                    + "] array \""
                    + name
                    + "\" has "
                    + array.ndim()
                    + " axes; arrays in .gguf files have at most "
                    + MAX_AXES);
          }
        });
    metadata.forEach(
        (key, value) -> {
          ArrayTarget.utf8(function, "a key of the metadata", key);
          if (value instanceof MetadataValue.Array array) {
            checkNumbers(function, key, array.value());
          } else if (value instanceof MetadataValue.Text text) {
            ArrayTarget.utf8(function, "the metadata of " + key, text.value());
          } else if (value instanceof MetadataValue.Texts texts) {
            texts.value().forEach(t -> ArrayTarget.utf8(function, "the metadata of " + key, t));
          } else {
            Objects.requireNonNull(
                value, () -> "[" + function + "] the metadata of " + key + " is null");
          }
        });
    alignment(function, metadata);
  }

  private static void checkNumbers(String function, String key, MlxArray array) {
    int code = Arrays.asList(NUMBERS).indexOf(array.dtype());
    if (code < 0 || code == FLOAT64 || array.ndim() > 1 || array.size() == 0) {
      throw new IllegalArgumentException(
          "["
              + function
              + "] the metadata of "
              + key
              + " has dtype "
              + array.dtype()
              + " and shape "
              + Arrays.toString(array.shape())
              + "; it must be a bool, integer or float32 array of at most one axis that is not"
              + " empty");
    }
  }

  private static Type typeOf(String function, String name, MlxArray array) {
    DType dtype = array.dtype();
    for (Type type : Type.values()) {
      // MLX reads bfloat16 as float16, so the array that is read would differ
      if (type.dtype == dtype && dtype != DType.BFLOAT16) {
        return type;
      }
    }
    throw new IllegalArgumentException(
        "["
            + function
            + "] array \""
            + name
            + "\" has dtype "
            + dtype
            + "; .gguf files hold float16, float32, float64, int8, int16, int32 and int64");
  }

  private static int alignment(String function, Map<String, MetadataValue> metadata) {
    MetadataValue value = metadata.get(ALIGNMENT_KEY);
    if (value == null) {
      return ALIGNMENT;
    }
    if (value instanceof MetadataValue.Array array
        && array.value().dtype() == DType.UINT32
        && array.value().ndim() == 0) {
      long alignment = array.value().itemLong();
      if (alignment >= 8 && alignment <= 1 << 20 && alignment % 8 == 0) {
        return (int) alignment;
      }
    }
    throw new IllegalArgumentException(
        "["
            + function
            + "] the metadata of "
            + ALIGNMENT_KEY
            + " must be a uint32 scalar, a multiple of 8 from 8 to 1048576");
  }

  /**
   * Writes arrays and metadata that have been checked.
   *
   * @param target where to write
   * @param arrays the arrays by their names, evaluated
   * @param metadata the metadata by their keys
   * @throws IOException if the target cannot be written to
   */
  public static void write(
      ArrayTarget target, Map<String, MlxArray> arrays, Map<String, MetadataValue> metadata)
      throws IOException {
    int alignment = alignment(target.function, metadata);
    target.bytes(MAGIC);
    target.int32(VERSION);
    target.int64(arrays.size());
    target.int64(metadata.size());
    for (Map.Entry<String, MetadataValue> each : metadata.entrySet()) {
      writeText(target, each.getKey());
      writeValue(target, each.getValue());
    }
    long offset = 0;
    for (Map.Entry<String, MlxArray> each : arrays.entrySet()) {
      MlxArray array = each.getValue();
      writeText(target, each.getKey());
      target.int32(array.ndim());
      for (int axis = array.ndim() - 1; axis >= 0; axis--) {
        target.int64(array.dim(axis));
      }
      target.int32(typeOf(target.function, each.getKey(), array).code);
      target.int64(offset);
      offset += array.nbytes() + padding(array.nbytes(), alignment);
    }
    target.fill('\0', padding(target.position(), alignment));
    for (MlxArray array : arrays.values()) {
      target.elements(array);
      target.fill('\0', padding(array.nbytes(), alignment));
    }
  }

  private static long padding(long position, long alignment) {
    return (alignment - position % alignment) % alignment;
  }

  private static void writeText(ArrayTarget target, String text) throws IOException {
    byte[] utf8 = ArrayTarget.utf8(target.function, "a text", text);
    target.int64(utf8.length);
    target.bytes(utf8);
  }

  private static void writeValue(ArrayTarget target, MetadataValue value) throws IOException {
    if (value instanceof MetadataValue.Text text) {
      target.int32(STRING);
      writeText(target, text.value());
    } else if (value instanceof MetadataValue.Texts texts) {
      target.int32(LIST);
      target.int32(STRING);
      target.int64(texts.value().size());
      for (String text : texts.value()) {
        writeText(target, text);
      }
    } else {
      MlxArray array = value.array();
      if (array.ndim() == 1) {
        target.int32(LIST);
      }
      target.int32(Arrays.asList(NUMBERS).indexOf(array.dtype()));
      if (array.ndim() == 1) {
        target.int64(array.size());
      }
      target.elements(array);
    }
  }

  // ---- reading ----------------------------------------------------------------------------------

  /**
   * Reads arrays and metadata.
   *
   * @param source where to read
   * @param into takes what is read
   */
  public static void read(ArraySource source, LoadedArrays into) {
    byte[] magic = source.upTo(MAGIC.length);
    if (!Arrays.equals(magic, MAGIC)) {
      throw source.notA(".gguf", magic);
    }
    int version = (int) source.int32();
    int reversed = Integer.reverseBytes(version);
    if (reversed == 2 || reversed == VERSION) {
      throw source.corrupt(
          "it is big-endian, and only little-endian files are read; convert it with llama.cpp's"
              + " gguf_convert_endian.py");
    }
    if (version != 2 && version != VERSION) {
      throw source.corrupt(
          "version "
              + Integer.toUnsignedString(version)
              + " of the .gguf format is not supported; versions 2 and 3 are");
    }
    long arrays = source.int64("the number of arrays");
    long values = source.int64("the number of metadata entries");
    long alignment = ALIGNMENT;
    for (long i = 0; i < values; i++) {
      String key = readText(source);
      MetadataValue value = readValue(source, key);
      into.addMetadata(source, key, value);
      if (key.equals(ALIGNMENT_KEY)
          && value instanceof MetadataValue.Array array
          && array.value().dtype() == DType.UINT32
          && array.value().ndim() == 0) {
        alignment = array.value().itemLong();
        if (alignment == 0) {
          throw source.corrupt("its alignment is 0");
        }
      }
    }
    List<Tensor> tensors = new ArrayList<>();
    for (long i = 0; i < arrays; i++) {
      tensors.add(readTensor(source));
    }
    long data = source.position() + padding(source.position(), alignment);
    for (Tensor each : tensors) {
      check(source, each, data);
    }
    if (!source.isRandomAccess()) {
      tensors.sort(Comparator.comparingLong(Tensor::offset));
    }
    for (Tensor each : tensors) {
      readElements(source, each, data + each.offset, into);
    }
  }

  private static String readText(ArraySource source) {
    return source.text(source.bytes(source.int64("the length of a text")), "a text");
  }

  private static MetadataValue readValue(ArraySource source, String key) {
    long type = source.int32();
    if (type == STRING) {
      return MetadataValue.of(readText(source));
    }
    if (type != LIST) {
      return MetadataValue.of(numbers(source, key, type, 1));
    }
    type = source.int32();
    long count = source.int64("the length of a list");
    if (type != STRING) {
      return MetadataValue.of(numbers(source, key, type, count, (int) count));
    }
    if (count > source.remaining() / 8) {
      throw source.truncated();
    }
    List<String> texts = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      texts.add(readText(source));
    }
    return MetadataValue.of(texts);
  }

  private static MlxArray numbers(
      ArraySource source, String key, long type, long count, int... shape) {
    DType dtype = type >= 0 && type < NUMBERS.length ? NUMBERS[(int) type] : null;
    if (dtype == null) {
      throw source.corrupt(
          "the metadata of " + key + " is of type " + type + ", which is not supported");
    }
    if (count > Integer.MAX_VALUE / dtype.itemsize()) {
      throw source.corrupt("the metadata of " + key + " has " + count + " numbers");
    }
    byte[] bytes = source.bytes(count * dtype.itemsize());
    if (dtype == DType.FLOAT64) { // as MLX does
      float[] values = new float[(int) count];
      ByteBuffer doubles = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) doubles.getDouble();
      }
      return MlxArray.of(values, shape);
    }
    if (dtype == DType.BOOL) {
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) (bytes[i] == 0 ? 0 : 1);
      }
    }
    return MlxArray.of(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN), dtype, shape);
  }

  private static Tensor readTensor(ArraySource source) {
    String name = readText(source);
    long axes = source.int32();
    if (axes > MAX_AXES) {
      throw source.corrupt(
          "array \"" + name + "\" has " + axes + " axes; at most " + MAX_AXES + " are read");
    }
    long[] shape = new long[(int) axes];
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      shape[axis] = source.int64("a dimension of array \"" + name + "\"");
    }
    Type type = Type.of(source, "array \"" + name + "\"", source.int32());
    return new Tensor(name, type, shape, source.int64("the offset of array \"" + name + "\""));
  }

  private static void check(ArraySource source, Tensor tensor, long data) {
    String what = "array \"" + tensor.name + "\"";
    if (tensor.offset > Long.MAX_VALUE - data) {
      throw source.corrupt(what + " has the offset " + tensor.offset);
    }
    if (tensor.type.elements > 1) {
      int axes = tensor.shape.length;
      if (axes == 0
          || tensor.shape[axes - 1] % tensor.type.elements != 0
          || Arrays.stream(tensor.shape).anyMatch(d -> d == 0)) {
        throw source.corrupt(
            what
                + " of shape "
                + Arrays.toString(tensor.shape)
                + " does not consist of blocks of "
                + tensor.type.elements
                + " elements");
      }
    }
    DType unit = tensor.type.dtype == null ? DType.UINT8 : tensor.type.dtype;
    long bytes = source.bytesOf(what, unit, stored(tensor));
    source.requireInside(what, data + tensor.offset, bytes);
  }

  /** Returns the shape of the stored bytes: each row is a sequence of blocks. */
  private static long[] stored(Tensor tensor) {
    if (tensor.type.elements == 1) {
      return tensor.shape;
    }
    long[] shape = Arrays.copyOf(tensor.shape, tensor.shape.length + 1);
    shape[shape.length - 2] /= tensor.type.elements;
    shape[shape.length - 1] = tensor.type.bytes;
    return shape;
  }

  private static void readElements(
      ArraySource source, Tensor tensor, long offset, LoadedArrays into) {
    if (tensor.type == Type.BF16) { // as MLX does
      try (MlxArray raw = source.array(offset, DType.BFLOAT16, tensor.shape, false)) {
        into.add(source, tensor.name, raw.astype(DType.FLOAT16));
      }
      return;
    }
    if (tensor.type.dtype != null) {
      into.add(source, tensor.name, source.array(offset, tensor.type.dtype, tensor.shape, false));
      return;
    }
    MlxArray[] parts = Scope.run(() -> unpacked(source, tensor, offset));
    into.add(source, tensor.name, parts[0]);
    if (parts.length > 1) {
      String suffix = ".weight";
      String prefix =
          tensor.name.endsWith(suffix)
              ? tensor.name.substring(0, tensor.name.length() - suffix.length())
              : tensor.name;
      into.add(source, prefix + ".scales", parts[1]);
      into.add(source, prefix + ".biases", parts[2]);
    }
  }

  // ---- quantized arrays -------------------------------------------------------------------------

  /** Returns weights, scales and biases as MLX quantizes, or only the values as float16. */
  private static MlxArray[] unpacked(ArraySource source, Tensor tensor, long offset) {
    int[] stored = ArraySource.dimensions(stored(tensor));
    int[] shape = ArraySource.dimensions(tensor.shape);
    MlxArray blocks = source.elements(offset, DType.UINT8, stored, false);
    return switch (tensor.type) {
      case Q4_0 -> {
        MlxArray scales = half(blocks, 0);
        yield quantized(shape, nibbles(part(blocks, 2, 18)), scales, scales.multiply(-8));
      }
      case Q4_1 -> quantized(shape, nibbles(part(blocks, 4, 20)), half(blocks, 0), half(blocks, 2));
      case Q8_0 -> {
        MlxArray scales = half(blocks, 0);
        MlxArray unsigned = part(blocks, 2, 34).bitwiseXor(0x80);
        yield quantized(shape, unsigned, scales, scales.multiply(-128));
      }
      case Q2_K -> new MlxArray[] {values(shape, twoBits(blocks))};
      case Q4_K -> new MlxArray[] {values(shape, fourBits(blocks))};
      case Q6_K -> new MlxArray[] {values(shape, sixBits(blocks))};
      default -> throw new IllegalStateException(tensor.type + " is not quantized");
    };
  }

  private static MlxArray[] quantized(
      int[] shape, MlxArray packed, MlxArray scales, MlxArray biases) {
    int[] rows = shape.clone();
    int blocks = rows[rows.length - 1] / 32;
    rows[rows.length - 1] = blocks * packed.dim(-1);
    int[] perBlock = shape.clone();
    perBlock[perBlock.length - 1] = blocks;
    return new MlxArray[] {
      packed.reshape(rows).view(DType.UINT32), scales.reshape(perBlock), biases.reshape(perBlock)
    };
  }

  private static MlxArray values(int[] shape, MlxArray values) {
    return values.reshape(shape).astype(DType.FLOAT16);
  }

  /** Returns a range of bytes of every block. */
  private static MlxArray part(MlxArray blocks, int from, int to) {
    return blocks.get(Index.ellipsis(), Index.slice(from, to));
  }

  /** Returns the float16 at a byte of every block. */
  private static MlxArray half(MlxArray blocks, int at) {
    return part(blocks, at, at + 2).view(DType.FLOAT16);
  }

  private static MlxArray single(MlxArray x) {
    return x.astype(DType.FLOAT32);
  }

  /** Splits the last axis. */
  private static MlxArray split(MlxArray x, int... last) {
    int[] shape = Arrays.copyOf(x.shape(), x.ndim() - 1 + last.length);
    System.arraycopy(last, 0, shape, x.ndim() - 1, last.length);
    return x.reshape(shape);
  }

  /** Packs four bits as MLX does: neighbors share a byte, rather than elements i and i + 16. */
  private static MlxArray nibbles(MlxArray bytes) {
    MlxArray[] halves = {bytes.bitwiseAnd(15), bytes.rightShift(4)};
    for (int i = 0; i < 2; i++) {
      MlxArray even = halves[i].get(Index.ellipsis(), Index.slice(null, null, 2));
      MlxArray odd = halves[i].get(Index.ellipsis(), Index.slice(1, null, 2));
      halves[i] = even.bitwiseOr(odd.leftShift(4));
    }
    return Ops.concatenate(halves, -1);
  }

  /** Returns the bit fields of all bytes: first the lowest of every byte, then the next. */
  private static MlxArray fields(MlxArray bytes, int bits) {
    return Ops.concatenate(
        IntStream.range(0, 8 / bits)
            .mapToObj(i -> bytes.rightShift((long) i * bits).bitwiseAnd((1L << bits) - 1))
            .toArray(MlxArray[]::new),
        -1);
  }

  /** 16 groups of 16: scale (4 bits) times value (2 bits) minus minimum (4 bits). */
  private static MlxArray twoBits(MlxArray blocks) {
    MlxArray both = part(blocks, 0, 16);
    MlxArray scales = single(both.bitwiseAnd(15)).multiply(single(half(blocks, 80)));
    MlxArray minima = single(both.rightShift(4)).multiply(single(half(blocks, 82)));
    MlxArray values = fields(split(part(blocks, 16, 80), 2, 32), 2);
    return scaled(split(values.flatten(-2, -1), 16, 16), scales).subtract(minima.expandDims(-1));
  }

  /** 8 groups of 32: scale (6 bits) times value (4 bits) minus minimum (6 bits). */
  private static MlxArray fourBits(MlxArray blocks) {
    MlxArray first = part(blocks, 4, 8);
    MlxArray second = part(blocks, 8, 12);
    MlxArray third = part(blocks, 12, 16);
    MlxArray scales =
        Ops.concatenate(
            new MlxArray[] {
              first.bitwiseAnd(63), third.bitwiseAnd(15).bitwiseOr(first.rightShift(6).leftShift(4))
            },
            -1);
    MlxArray minima =
        Ops.concatenate(
            new MlxArray[] {
              second.bitwiseAnd(63),
              third.rightShift(4).bitwiseOr(second.rightShift(6).leftShift(4))
            },
            -1);
    MlxArray values = split(fields(split(part(blocks, 16, 144), 4, 32), 4).flatten(-2, -1), 8, 32);
    return scaled(values, single(scales).multiply(single(half(blocks, 0))))
        .subtract(single(minima).multiply(single(half(blocks, 2))).expandDims(-1));
  }

  /** 16 groups of 16: scale (8 bits) times value (6 bits, less 32). */
  private static MlxArray sixBits(MlxArray blocks) {
    MlxArray low = fields(split(part(blocks, 0, 128), 2, 64), 4);
    MlxArray high = fields(split(part(blocks, 128, 192), 2, 32), 2);
    MlxArray scales = single(part(blocks, 192, 208).view(DType.INT8));
    MlxArray values = single(low.bitwiseOr(high.leftShift(4))).subtract(32);
    return scaled(
        split(values.flatten(-2, -1), 16, 16), scales.multiply(single(half(blocks, 208))));
  }

  private static MlxArray scaled(MlxArray values, MlxArray scales) {
    return single(values).multiply(scales.expandDims(-1));
  }
}
