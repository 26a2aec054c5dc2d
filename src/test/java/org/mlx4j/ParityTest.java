package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * docs/parity.md against both sides: the list of MLX's functions and the classes.
 *
 * <p>A row is {@code | `mx.name(parameters)` | `Class.method` | note |}. A method of arrays is
 * written {@code x.method}. Without a note the method has Python's name in camelCase; without a
 * method the note says why there is none.
 */
class ParityTest {
  private static final Path TABLE = Path.of("docs", "parity.md");

  private record Row(String python, List<String> java, String note) {
    String name() {
      String path = python.substring(0, python.indexOf('('));
      return path.substring(path.lastIndexOf('.') + 1);
    }
  }

  private static List<Row> rows;

  @BeforeAll
  static void read() throws IOException {
    try (Stream<String> lines = Files.lines(TABLE)) {
      rows = lines.filter(line -> line.startsWith("| `mx.")).map(ParityTest::row).toList();
    }
  }

  private static Row row(String line) {
    String[] cells = line.split("(?<!\\\\)\\|", -1);
    String java = cells[2].strip().replace("`", "");
    return new Row(
        cells[1].strip().replace("`", ""),
        java.isEmpty() ? List.of() : List.of(java.split(", ", -1)),
        cells[3].strip());
  }

  /** The functions of the list, in its order, with the names that Python programs use. */
  private static List<String> listed() throws IOException {
    List<String> functions = new ArrayList<>();
    String module = "";
    String owner = "";
    for (String line : list().split("\n", -1)) {
      if (line.startsWith("## ")) {
        module = line.substring(3);
      } else if (line.startsWith("### class ")) {
        owner = line.substring(10);
      } else if (line.startsWith("  .")) {
        functions.add(owner + line.strip());
      } else if (line.matches("[a-z].*")) {
        functions.add(module + "." + line.strip());
      }
    }
    assertTrue(functions.size() > 400, "the list is read");
    return functions;
  }

  private static String list() throws IOException {
    try (InputStream in = ParityTest.class.getResourceAsStream("mlx-functions.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void theListIsThatOfTheMlxWhichTheTestsCompareWith() throws IOException {
    assertEquals(list(), PythonMlx.run(Files.readString(Path.of("tools", "parity_list.py"))));
  }

  @Test
  void everyFunctionOfTheListHasARow() throws IOException {
    assertEquals(
        String.join("\n", listed()), String.join("\n", rows.stream().map(Row::python).toList()));
  }

  @Test
  void everyJavaFormExists() {
    List<String> unknown =
        rows.stream().flatMap(row -> row.java.stream()).filter(form -> !exists(form)).toList();
    assertEquals(List.of(), unknown);
  }

  @Test
  void namesArePythonsInCamelCase() {
    List<Row> misnamed =
        rows.stream()
            .filter(row -> row.note.isEmpty())
            .filter(row -> row.java.stream().noneMatch(form -> form.endsWith("." + camel(row))))
            .toList();
    assertEquals(List.of(), misnamed);
  }

  private static String camel(Row row) {
    StringBuilder name = new StringBuilder();
    for (String word : row.name().split("_", -1)) {
      name.append(
          name.isEmpty()
              ? word
              : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1));
    }
    return name.toString();
  }

  private static boolean exists(String form) {
    int dot = form.lastIndexOf('.');
    String owner = form.substring(0, dot);
    String method = form.substring(dot + 1);
    if (owner.equals("x")) {
      return Arrays.stream(MlxArray.class.getMethods())
          .anyMatch(m -> isOurs(m) && m.getName().equals(method));
    }
    try {
      Class<?> type = Class.forName("org.mlx4j." + owner.replace('.', '$'));
      return Modifier.isPublic(type.getModifiers())
          && (method.equals("new")
              ? type.getConstructors().length > 0
              : Arrays.stream(type.getMethods())
                  .anyMatch(m -> isOurs(m) && m.getName().equals(method)));
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  private static boolean isOurs(Method method) {
    return method.getDeclaringClass() != Object.class;
  }
}
