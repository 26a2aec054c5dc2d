package org.mlx4j;

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

/** Hugging Face's format: the length of a header, the header in JSON, the elements. */
final class SafetensorsFormat {
  private static final String METADATA = "__metadata__";

  /** What every other reader allows. */
  private static final long LONGEST_HEADER = 100_000_000;

  private SafetensorsFormat() {}

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Tensor(String name, DType dtype, long[] shape, long start, long end) {}

  // ---- writing ----------------------------------------------------------------------------------

  /** Makes sure that the format can hold these. */
  static void check(String function, Map<String, MlxArray> arrays, Map<String, String> metadata) {
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

  static void write(ArrayTarget target, Map<String, MlxArray> arrays, Map<String, String> metadata)
      throws IOException {
    StringBuilder header = new StringBuilder("{");
    if (!metadata.isEmpty()) {
      header.append('"').append(METADATA).append("\":{");
      String separator = "";
      for (Map.Entry<String, String> each : new TreeMap<>(metadata).entrySet()) {
        header.append(separator);
        Json.quote(each.getKey(), header);
        header.append(':');
        Json.quote(each.getValue(), header);
        separator = ",";
      }
      header.append('}');
    }
    // the largest elements first, so that all are aligned
    List<Map.Entry<String, MlxArray>> order = new ArrayList<>(arrays.entrySet());
    order.sort(
        Comparator.comparing(
                (Map.Entry<String, MlxArray> each) -> -each.getValue().dtype().itemsize())
            .thenComparing(Map.Entry::getKey));
    long at = 0;
    for (Map.Entry<String, MlxArray> each : order) {
      MlxArray array = each.getValue();
      header.append(header.length() > 1 ? "," : "");
      Json.quote(each.getKey(), header);
      header.append(":{\"dtype\":\"").append(name(array.dtype())).append("\",\"shape\":[");
      for (int axis = 0; axis < array.ndim(); axis++) {
        header.append(axis > 0 ? "," : "").append(array.dim(axis));
      }
      header.append("],\"data_offsets\":[").append(at).append(',');
      at += array.nbytes();
      header.append(at).append("]}");
    }
    header.append('}');
    byte[] utf8 = ArrayTarget.utf8(target.function, "the header", header.toString());
    int padding = (8 - utf8.length % 8) % 8;
    if (utf8.length + padding >= LONGEST_HEADER) {
      throw new IllegalArgumentException(
          "["
              + target.function
              + "] names and metadata need "
              + utf8.length
              + " bytes, at most "
              + LONGEST_HEADER
              + " are allowed");
    }
    target.int64(utf8.length + padding);
    target.bytes(utf8);
    target.bytes("        ".getBytes(java.nio.charset.StandardCharsets.US_ASCII), padding);
    for (Map.Entry<String, MlxArray> each : order) {
      target.elements(each.getValue());
    }
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

  static void read(ArraySource source, LoadedArrays into) {
    byte[] start = source.upTo(Long.BYTES);
    long length =
        start.length < Long.BYTES
            ? -1
            : ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).getLong();
    if (length < 2 || length >= LONGEST_HEADER) {
      throw source.notA(
          ".safetensors",
          length == -1
              ? "it has no header; "
              : "its header would have " + Long.toUnsignedString(length) + " bytes; ",
          start);
    }
    if (length > source.remaining()) {
      throw source.corrupt(
          "it should have a header of "
              + length
              + " bytes, but has only "
              + source.remaining()
              + " more; it is truncated or damaged");
    }
    long data = 8 + length;
    byte[] text = source.bytes(length);
    List<Tensor> tensors = new ArrayList<>();
    Set<String> names = new HashSet<>();
    Json json =
        new Json(text, at -> source.corrupt("its header cannot be understood at byte " + (8 + at)));
    json.object(
        name -> {
          if (!names.add(name)) {
            throw source.corrupt("the name \"" + name + "\" is there twice");
          }
          if (!name.equals(METADATA)) {
            tensors.add(tensor(source, json, name));
          } else if (!json.nextNull()) {
            json.object(key -> into.addMetadata(source, key, MetadataValue.of(json.string())));
          }
        });
    json.end();
    for (Tensor each : tensors) {
      String what = "array \"" + each.name + "\"";
      long bytes = source.bytesOf(what, each.dtype, each.shape);
      if (each.end < each.start || each.end - each.start != bytes) {
        throw source.corrupt(
            what
                + " needs "
                + bytes
                + " bytes, but has those from "
                + each.start
                + " to "
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

  private static Tensor tensor(ArraySource source, Json json, String name) {
    String[] dtype = new String[1];
    List<Long> shape = new ArrayList<>();
    List<Long> offsets = new ArrayList<>();
    boolean[] shaped = new boolean[1];
    json.object(
        key -> {
          switch (key) {
            case "dtype" -> dtype[0] = json.string();
            case "shape" -> {
              json.list(() -> shape.add(json.integer()));
              shaped[0] = true;
            }
            case "data_offsets" -> json.list(() -> offsets.add(json.integer()));
            default -> json.skip();
          }
        });
    if (dtype[0] == null || !shaped[0] || offsets.size() != 2) {
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
