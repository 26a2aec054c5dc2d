package org.mlx4j;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * JSON as the header of a safetensors file has it. Reading takes no more memory than what its
 * caller keeps.
 */
final class Json {
  private static final int DEEPEST = 64;

  private final byte[] text;
  private final IntFunction<RuntimeException> wrong;
  private int at;

  /**
   * Prepares to read.
   *
   * @param wrong makes the exception that says where the text cannot be understood
   */
  Json(byte[] text, IntFunction<RuntimeException> wrong) {
    this.text = text;
    this.wrong = wrong;
  }

  // ---- reading ----------------------------------------------------------------------------------

  /** Reads an object; {@code entry} is given each key and must read its value. */
  void object(Consumer<String> entry) {
    expect('{');
    if (next('}')) {
      return;
    }
    do {
      spaces();
      String key = string();
      expect(':');
      entry.accept(key);
    } while (next(','));
    expect('}');
  }

  /** Reads a list; {@code item} must read each value. */
  void list(Runnable item) {
    expect('[');
    if (next(']')) {
      return;
    }
    do {
      item.run();
    } while (next(','));
    expect(']');
  }

  /** Reads a whole number that is not negative and has at most 18 digits. */
  long integer() {
    spaces();
    int start = at;
    long value = 0;
    while (at < text.length && text[at] >= '0' && text[at] <= '9') {
      value = 10 * value + (text[at++] - '0');
      if (at - start > 18) {
        throw wrong();
      }
    }
    if (at == start || (at < text.length && (text[at] == '.' || (text[at] | 0x20) == 'e'))) {
      throw wrong();
    }
    return value;
  }

  String string() {
    spaces();
    expect('"');
    int start = at;
    while (at < text.length && text[at] != '"' && text[at] != '\\') {
      control();
    }
    if (at < text.length && text[at] == '"') {
      return new String(text, start, at++ - start, StandardCharsets.UTF_8);
    }
    ByteArrayOutputStream utf8 = new ByteArrayOutputStream();
    utf8.write(text, start, at - start);
    while (at < text.length && text[at] != '"') {
      if (text[at] == '\\') {
        at++;
        utf8.writeBytes(escaped().getBytes(StandardCharsets.UTF_8));
      } else {
        utf8.write(text[at]);
        control();
      }
    }
    expect('"');
    return utf8.toString(StandardCharsets.UTF_8);
  }

  /** Steps over a byte of a string, which is no control character. */
  private void control() {
    if (text[at] >= 0 && text[at] < 0x20) {
      throw wrong();
    }
    at++;
  }

  private String escaped() {
    if (at == text.length) {
      throw wrong();
    }
    byte c = text[at++];
    return switch (c) {
      case '"', '\\', '/' -> String.valueOf((char) c);
      case 'b' -> "\b";
      case 'f' -> "\f";
      case 'n' -> "\n";
      case 'r' -> "\r";
      case 't' -> "\t";
      case 'u' -> {
        char high = codeUnit();
        if (!Character.isHighSurrogate(high)) {
          yield String.valueOf(high);
        }
        expectHere('\\');
        expectHere('u');
        yield new String(new char[] {high, codeUnit()});
      }
      default -> throw wrong();
    };
  }

  private char codeUnit() {
    int value = 0;
    for (int i = 0; i < 4; i++) {
      int digit = at < text.length ? Character.digit(text[at], 16) : -1;
      if (digit < 0) {
        throw wrong();
      }
      value = 16 * value + digit;
      at++;
    }
    return (char) value;
  }

  /** Steps over a value of any kind. */
  void skip() {
    skip(0);
  }

  private void skip(int depth) {
    spaces();
    if (depth > DEEPEST || at == text.length) {
      throw wrong();
    }
    switch (text[at]) {
      case '{' -> object(key -> skip(depth + 1));
      case '[' -> list(() -> skip(depth + 1));
      case '"' -> string();
      default -> {
        int start = at;
        while (at < text.length && ",]} \n\r\t".indexOf(text[at]) < 0) {
          at++;
        }
        if (at == start) {
          throw wrong();
        }
      }
    }
  }

  boolean nextNull() {
    spaces();
    byte[] word = {'n', 'u', 'l', 'l'};
    boolean there =
        at + word.length <= text.length
            && Arrays.equals(text, at, at + word.length, word, 0, word.length);
    at += there ? word.length : 0;
    return there;
  }

  /** Makes sure that nothing follows. */
  void end() {
    spaces();
    if (at < text.length) {
      throw wrong();
    }
  }

  private void spaces() {
    while (at < text.length
        && (text[at] == ' ' || text[at] == '\n' || text[at] == '\r' || text[at] == '\t')) {
      at++;
    }
  }

  private boolean next(char c) {
    spaces();
    if (at < text.length && text[at] == c) {
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

  private void expectHere(char c) {
    if (at == text.length || text[at] != c) {
      throw wrong();
    }
    at++;
  }

  private RuntimeException wrong() {
    return wrong.apply(at);
  }

  // ---- writing ----------------------------------------------------------------------------------

  /** Appends a text with its quotes. */
  static void quote(String text, StringBuilder to) {
    to.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        to.append('\\').append(c);
      } else if (c < 0x20) {
        to.append(String.format("\\u%04x", (int) c));
      } else {
        to.append(c);
      }
    }
    to.append('"');
  }
}
