package org.mlx4j.internal.io;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.mlx4j.DType;
import org.mlx4j.MlxArray;
import org.mlx4j.MlxException;

/** NumPy's format of one array: a magic number, a Python dictionary, the elements. */
public final class NpyFormat {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int MAX_HEADER = 1 << 20;

  private NpyFormat() {}

  // ---- writing ----------------------------------------------------------------------------------

  /** Returns the bytes before the elements. */
  static byte[] header(DType dtype, int[] shape) {
    String dimensions =
        Arrays.stream(shape).mapToObj(d -> d + ", ").collect(Collectors.joining("", "(", ")"));
    String dictionary =
        "{'descr': '" + descr(dtype) + "', 'fortran_order': False, 'shape': " + dimensions + ", }";
    int start = MAGIC.length + 4;
    int end = (start + dictionary.length() + 1 + 63) / 64 * 64; // as NumPy aligns
    byte[] header = new byte[end];
    Arrays.fill(header, (byte) ' ');
    System.arraycopy(MAGIC, 0, header, 0, MAGIC.length);
    header[6] = 1;
    header[7] = 0;
    header[8] = (byte) (end - start);
    header[9] = (byte) ((end - start) >> 8);
    byte[] ascii = dictionary.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(ascii, 0, header, start, ascii.length);
    header[end - 1] = '\n';
    return header;
  }

  /**
   * Writes an array.
   *
   * @param target where to write
   * @param array the array, evaluated
   * @throws IOException if the target cannot be written to
   */
  public static void write(ArrayTarget target, MlxArray array) throws IOException {
    target.bytes(header(array.dtype(), array.shape()));
    target.elements(array);
  }

  private static String descr(DType dtype) {
    char kind =
        switch (dtype) {
          case BOOL -> 'b';
          case UINT8, UINT16, UINT32, UINT64 -> 'u';
          case INT8, INT16, INT32, INT64 -> 'i';
          case FLOAT16, FLOAT32, FLOAT64 -> 'f';
          case BFLOAT16 -> 'V'; // unknown to NumPy; MLX and others write it as "void"
          case COMPLEX64 -> 'c';
        };
    return (dtype.itemsize() == 1 ? "|" : "<") + kind + dtype.itemsize();
  }

  // ---- reading ----------------------------------------------------------------------------------

  /**
   * Reads an array and no byte beyond it.
   *
   * @param source where to read
   * @param into takes the array, with an empty name
   */
  public static void read(ArraySource source, LoadedArrays into) {
    into.add(source, "", read(source));
  }

  static MlxArray read(ArraySource source) {
    byte[] magic = source.upTo(MAGIC.length);
    if (!Arrays.equals(magic, MAGIC)) {
      throw source.notA(".npy", magic);
    }
    int version = source.int8();
    source.int8();
    if (version < 1 || version > 3) {
      throw source.corrupt(
          "version " + version + " of the .npy format is not supported; versions 1, 2 and 3 are");
    }
    long length = version == 1 ? source.int16() : source.int32();
    if (length > MAX_HEADER) {
      throw source.corrupt(
          "its header has " + length + " bytes; at most " + MAX_HEADER + " are read");
    }
    Dictionary dictionary =
        new Dictionary(source, new String(source.bytes(length), StandardCharsets.ISO_8859_1));
    dictionary.parse();
    return dictionary.array();
  }

  /** A header: a Python dictionary with three entries. */
  private static final class Dictionary {
    private final ArraySource source;
    private final String text;
    private int at;
    private String descr;
    private Boolean fortranOrder;
    private long[] shape;

    Dictionary(ArraySource source, String text) {
      this.source = source;
      this.text = text;
    }

    MlxArray array() {
      boolean swapped = descr.charAt(0) == '>';
      DType dtype = dtype(descr);
      long bytes = source.bytesOf("the array", dtype, shape);
      source.requireInside("the array", source.position(), bytes);
      if (!fortranOrder || shape.length < 2) {
        return source.array(source.position(), dtype, shape, swapped);
      }
      long[] reversed = new long[shape.length];
      for (int i = 0; i < shape.length; i++) {
        reversed[i] = shape[shape.length - 1 - i];
      }
      try (MlxArray columns = source.array(source.position(), dtype, reversed, swapped)) {
        return columns.transpose();
      }
    }

    private DType dtype(String given) {
      String type = "<>|=".indexOf(given.charAt(0)) >= 0 ? given.substring(1) : given;
      if (type.equals("?")) {
        return DType.BOOL;
      }
      for (DType dtype : DType.values()) {
        if (descr(dtype).substring(1).equals(type)) {
          return dtype;
        }
      }
      throw source.corrupt(
          "elements of type '"
              + given
              + "' are not supported"
              + (type.startsWith("O")
                  ? ": they are Python objects, and reading those may run any program; save arrays"
                      + " of numbers instead"
                  : "; convert them with astype in Python to bool, an integer type, float16,"
                      + " float32, float64 or complex64"));
    }

    void parse() {
      expect('{');
      while (!next('}')) {
        String key = string();
        expect(':');
        switch (key) {
          case "descr" -> descr = string();
          case "fortran_order" -> fortranOrder = bool();
          case "shape" -> shape = tuple();
          default -> throw wrong();
        }
        if (!next(',')) {
          expect('}');
          break;
        }
      }
      spaces();
      if (at < text.length()
          || descr == null
          || descr.isEmpty()
          || fortranOrder == null
          || shape == null) {
        throw wrong();
      }
    }

    private void spaces() {
      while (at < text.length() && " \n\t\r".indexOf(text.charAt(at)) >= 0) {
        at++;
      }
    }

    private boolean next(char c) {
      spaces();
      if (at < text.length() && text.charAt(at) == c) {
        at++;
        return true;
      }
      return false;
    }

    private void expect(char c) {
      if (!next(c)) {
        throw wrong();
      }
    }

    private String string() {
      char quote = next('"') ? '"' : '\'';
      if (quote == '\'') {
        expect('\'');
      }
      int end = text.indexOf(quote, at);
      if (end < 0) {
        throw wrong();
      }
      String string = text.substring(at, end);
      at = end + 1;
      return string;
    }

    private boolean bool() {
      spaces();
      for (String word : List.of("True", "False")) {
        if (text.startsWith(word, at)) {
          at += word.length();
          return word.equals("True");
        }
      }
      throw wrong();
    }

    private long[] tuple() {
      List<Long> values = new ArrayList<>();
      expect('(');
      while (!next(')')) {
        values.add(integer());
        if (!next(',')) {
          expect(')');
          break;
        }
      }
      return values.stream().mapToLong(Long::longValue).toArray();
    }

    private long integer() {
      spaces();
      int start = at;
      while (at < text.length() && Character.digit(text.charAt(at), 10) >= 0) {
        at++;
      }
      if (at == start || at - start > 18) {
        throw wrong();
      }
      long value = Long.parseLong(text.substring(start, at));
      next('L'); // written by Python 2
      return value;
    }

    private MlxException wrong() {
      return source.corrupt("its header cannot be understood at " + at + ": " + text.strip());
    }
  }
}
