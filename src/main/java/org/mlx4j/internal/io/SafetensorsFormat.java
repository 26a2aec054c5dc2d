package org.mlx4j.internal.io;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.mlx4j.DType;
import org.mlx4j.MetadataValue;
import org.mlx4j.MlxArray;

/** Hugging Face's format: the length of a header, the header in JSON, the elements. */
public final class SafetensorsFormat {
  private static final String METADATA = "__metadata__";

  /** The limit of every other reader. */
  private static final long MAX_HEADER = 100_000_000;

  private SafetensorsFormat() {}

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Tensor(String name, DType dtype, long[] shape, long start, long end) {}

  // ---- writing ----------------------------------------------------------------------------------

  /**
   * Checks that the format can hold the names and texts.
   *
   * @param function the public function that writes
   * @param arrays the arrays by their names
   * @param metadata the texts by their keys
   * @throws IllegalArgumentException if one of them is not valid
   */
  public static void check(
      String function, Map<String, MlxArray> arrays, Map<String, String> metadata) {
    for (String name : arrays.keySet()) {
      ArrayTarget.utf8(function, "the name of an array", name);
      if (name.equals(METADATA)) {
        throw new IllegalArgumentException(
            "[" + function + "] an array cannot have the name " + METADATA);
      }
    }
    metadata.forEach(
        (key, value) -> {
          ArrayTarget.utf8(function, "a key of the metadata", key);
          ArrayTarget.utf8(function, "the metadata of " + key, value);
        });
  }

  /**
   * Writes arrays and texts that have been checked.
   *
   * @param target where to write
   * @param arrays the arrays by their names, evaluated
   * @param metadata the texts by their keys
   * @throws IOException if the target cannot be written to
   */
  public static void write(
      ArrayTarget target, Map<String, MlxArray> arrays, Map<String, String> metadata)
      throws IOException {
    // the largest elements first, so that all are aligned
    List<Map.Entry<String, MlxArray>> order = new ArrayList<>(arrays.entrySet());
    order.sort(
        Comparator.comparing(
                (Map.Entry<String, MlxArray> each) -> -each.getValue().dtype().itemsize())
            .thenComparing(Map.Entry::getKey));
    byte[] header = header(order, metadata);
    int padding = (8 - header.length % 8) % 8;
    if (header.length + padding >= MAX_HEADER) {
      throw new IllegalArgumentException(
          "["
              + target.function
              + "] names and metadata need "
              + header.length
              + " bytes; at most "
              + MAX_HEADER
              + " are allowed");
    }
    target.int64(header.length + padding);
    target.bytes(header);
    target.fill(' ', padding);
    for (Map.Entry<String, MlxArray> each : order) {
      target.elements(each.getValue());
    }
  }

  private static byte[] header(
      List<Map.Entry<String, MlxArray>> arrays, Map<String, String> metadata) throws IOException {
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    try (JsonGenerator json = Json.writer(header)) {
      json.writeStartObject();
      if (!metadata.isEmpty()) {
        json.writeObjectFieldStart(METADATA);
        for (Map.Entry<String, String> each : new TreeMap<>(metadata).entrySet()) {
          json.writeStringField(each.getKey(), each.getValue());
        }
        json.writeEndObject();
      }
      long at = 0;
      for (Map.Entry<String, MlxArray> each : arrays) {
        MlxArray array = each.getValue();
        int[] shape = array.shape();
        json.writeObjectFieldStart(each.getKey());
        json.writeStringField("dtype", name(array.dtype()));
        json.writeFieldName("shape");
        json.writeArray(shape, 0, shape.length);
        json.writeFieldName("data_offsets");
        json.writeArray(new long[] {at, at + array.nbytes()}, 0, 2);
        json.writeEndObject();
        at += array.nbytes();
      }
      json.writeEndObject();
    }
    return header.toByteArray();
  }

  private static String name(DType dtype) {
    return switch (dtype) {
      case BOOL -> "BOOL";
      case UINT8 -> "U8";
      case UINT16 -> "U16";
      case UINT32 -> "U32";
      case UINT64 -> "U64";
      case INT8 -> "I8";
      case INT16 -> "I16";
      case INT32 -> "I32";
      case INT64 -> "I64";
      case FLOAT16 -> "F16";
      case FLOAT32 -> "F32";
      case FLOAT64 -> "F64";
      case BFLOAT16 -> "BF16";
      case COMPLEX64 -> "C64";
    };
  }

  // ---- reading ----------------------------------------------------------------------------------

  /**
   * Reads arrays and metadata.
   *
   * @param source where to read
   * @param into takes what is read
   */
  public static void read(ArraySource source, LoadedArrays into) {
    byte[] start = source.upTo(Long.BYTES);
    long length =
        start.length < Long.BYTES
            ? -1
            : ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).getLong();
    if (length < 2 || length >= MAX_HEADER) {
      throw source.notA(
          ".safetensors",
          length == -1
              ? "it has no header; "
              : "its header would have " + Long.toUnsignedString(length) + " bytes; ",
          start);
    }
    if (length > source.remaining()) {
      throw source.corrupt(
          "its header has "
              + length
              + " bytes, but only "
              + source.remaining()
              + " bytes follow; it is truncated or damaged");
    }
    long data = Long.BYTES + length;
    List<Tensor> tensors = tensors(source, source.text(source.bytes(length), "its header"), into);
    for (Tensor each : tensors) {
      String what = "array \"" + each.name + "\"";
      long bytes = source.bytesOf(what, each.dtype, each.shape);
      if (each.end < each.start || each.end - each.start != bytes) {
        throw source.corrupt(
            what
                + " needs "
                + bytes
                + " bytes, but its data_offsets are "
                + each.start
                + " and "
                + each.end);
      }
      source.requireInside(what, data + each.start, bytes);
    }
    if (!source.isRandomAccess()) {
      tensors.sort(Comparator.comparingLong(Tensor::start).thenComparingLong(Tensor::end));
    }
    for (Tensor each : tensors) {
      into.add(source, each.name, source.array(data + each.start, each.dtype, each.shape, false));
    }
  }

  private static List<Tensor> tensors(ArraySource source, String header, LoadedArrays into) {
    List<Tensor> tensors = new ArrayList<>();
    Set<String> names = new HashSet<>();
    try (Json json =
        new Json(
            header,
            at -> source.corrupt("its header cannot be understood at byte " + (Long.BYTES + at)))) {
      json.object(
          name -> {
            if (!names.add(name)) {
              throw source.corrupt("the name \"" + name + "\" occurs twice");
            }
            if (!name.equals(METADATA)) {
              tensors.add(tensor(source, json, name));
            } else if (!json.nextNull()) {
              json.object(key -> into.addMetadata(source, key, MetadataValue.of(json.string())));
            }
          });
      json.end();
    }
    return tensors;
  }

  private static Tensor tensor(ArraySource source, Json json, String name) {
    String[] dtype = new String[1];
    List<Long> shape = new ArrayList<>();
    List<Long> offsets = new ArrayList<>();
    Set<String> keys = new HashSet<>();
    json.object(
        key -> {
          if (!keys.add(key)) {
            throw source.corrupt("array \"" + name + "\" has the key \"" + key + "\" twice");
          }
          switch (key) {
            case "dtype" -> dtype[0] = json.string();
            case "shape" -> json.list(() -> shape.add(json.integer()));
            case "data_offsets" -> json.list(() -> offsets.add(json.integer()));
            default -> json.skip();
          }
        });
    if (dtype[0] == null || !keys.contains("shape") || offsets.size() != 2) {
      throw source.corrupt("array \"" + name + "\" lacks its dtype, shape or data_offsets");
    }
    return new Tensor(
        name,
        dtype(source, name, dtype[0]),
        shape.stream().mapToLong(Long::longValue).toArray(),
        offsets.get(0),
        offsets.get(1));
  }

  private static DType dtype(ArraySource source, String array, String given) {
    if (given.equals("F8_E4M3") || given.equals("F8_E8M0")) {
      return DType.UINT8; // as MLX does
    }
    for (DType dtype : DType.values()) {
      if (name(dtype).equals(given)) {
        return dtype;
      }
    }
    throw source.corrupt(
        "array \"" + array + "\" has the dtype " + given + ", which is not supported");
  }
}
