package org.mlx4j.training;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Tables of comma-separated values, as RFC 4180 defines them. */
final class Csv {
  private Csv() {}

  /** Returns a line with its end. */
  static String line(List<String> fields) {
    return fields.stream().map(Csv::quoted).collect(Collectors.joining(",", "", "\r\n"));
  }

  private static String quoted(String field) {
    boolean plain = field.chars().noneMatch(c -> c == '"' || c == ',' || c == '\r' || c == '\n');
    return plain ? field : "\"" + field.replace("\"", "\"\"") + "\"";
  }

  /**
   * Returns the fields of each line.
   *
   * @throws IllegalArgumentException if a quotation mark is where none may be, or one is missing
   */
  static List<List<String>> parse(String text) {
    List<List<String>> lines = new ArrayList<>();
    List<String> line = new ArrayList<>();
    int at = 0;
    while (at < text.length()) {
      StringBuilder field = new StringBuilder();
      at = text.charAt(at) == '"' ? quotedField(text, at, field) : plainField(text, at, field);
      line.add(field.toString());
      if (at < text.length() && text.charAt(at) == ',') {
        at++;
        if (at == text.length()) {
          line.add("");
        }
      } else {
        at = nextLine(text, at);
        lines.add(line);
        line = new ArrayList<>();
      }
    }
    if (!line.isEmpty()) {
      lines.add(line);
    }
    return lines;
  }

  private static int plainField(String text, int start, StringBuilder field) {
    int end = start;
    while (end < text.length() && ",\"\r\n".indexOf(text.charAt(end)) < 0) {
      end++;
    }
    field.append(text, start, end);
    return end;
  }

  private static int quotedField(String text, int start, StringBuilder field) {
    int at = start + 1;
    while (true) {
      int end = text.indexOf('"', at);
      if (end < 0) {
        throw new IllegalArgumentException(
            "[ofCsv] a quotation mark is missing after position " + start);
      }
      field.append(text, at, end);
      if (!text.startsWith("\"\"", end)) {
        return end + 1;
      }
      field.append('"');
      at = end + 2;
    }
  }

  private static int nextLine(String text, int end) {
    if (end == text.length()) {
      return end;
    }
    if (text.startsWith("\r\n", end)) {
      return end + 2;
    }
    if (text.charAt(end) == '\n') {
      return end + 1;
    }
    throw new IllegalArgumentException("[ofCsv] unexpected character at position " + end);
  }
}
