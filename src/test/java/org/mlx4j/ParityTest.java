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
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * docs/parity.md against both sides: the lists of MLX's functions and the classes.
 *
 * <p>A row is {@code | `mx.name(parameters)` | `Class.method` | note |}. A method of arrays is
 * written {@code x.method}, the factory of a class {@code Class.of}. Without a note the method, or
 * the class that it makes, has Python's name, methods in camelCase; without a method the note says
 * why there is none. The factories and functions for layers without a note take as many parameters
 * as Python's, and as few.
 */
class ParityTest {
  private static final Path TABLE = Path.of("docs", "parity.md");

  private static final String CORE = "mlx-functions.txt";
  private static final String LAYERS = "mlx-nn-functions.txt";

  private record Row(String python, List<String> java, String note) {
    String name() {
      String path = python.substring(0, python.indexOf('('));
      return path.substring(path.lastIndexOf('.') + 1);
    }

    /** The parameters with their defaults; a pair of numbers is two parameters in Java. */
    List<String> parameters() {
      String all = python.substring(python.indexOf('(') + 1, python.length() - 1);
      return all.isEmpty() ? List.of() : List.of(all.split(", (?=[a-z_*])", -1));
    }

    /** The numbers of parameters with which the function can be called. */
    List<Integer> counts() {
      List<Integer> counts = new ArrayList<>();
      int count = 0;
      for (String parameter : parameters()) {
        if (parameter.contains("=")) {
          counts.add(count);
        }
        count += parameter.matches(".*=[\\[(].*") ? parameter.split(",", -1).length : 1;
      }
      counts.add(count);
      return counts;
    }
  }

  private static List<Row> rows;

  @BeforeAll
  static void read() throws IOException {
    try (Stream<String> lines = Files.lines(TABLE)) {
      rows =
          lines
              .filter(line -> line.matches("\\| `(mx|nn|optimizers|utils)\\..*"))
              .map(ParityTest::row)
              .toList();
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

  private static List<String> listed() throws IOException {
    List<String> core = listed(list(CORE));
    List<String> layers = listed(list(LAYERS));
    assertTrue(core.size() > 400 && layers.size() > 200, "the lists are read");
    return Stream.concat(core.stream(), layers.stream()).toList();
  }

  /** The functions of a list, in its order, with the names that Python programs use. */
  private static List<String> listed(String list) {
    List<String> functions = new ArrayList<>();
    String module = "";
    String owner = "";
    for (String line : list.split("\n", -1)) {
      if (line.startsWith("## ")) {
        module = line.substring(3);
      } else if (line.startsWith("### class ")) {
        owner = line.substring(10);
      } else if (line.startsWith("  .")) {
        functions.add(owner + line.strip());
      } else if (line.matches("[A-Za-z].*")) {
        functions.add(module + "." + line.strip());
      }
    }
    return functions;
  }

  private static String list(String file) throws IOException {
    try (InputStream in = ParityTest.class.getResourceAsStream(file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void theListsAreThoseOfTheMlxWhichTheTestsCompareWith() throws IOException {
    String script = Files.readString(Path.of("tools", "parity_list.py"));
    assertEquals(list(CORE), PythonMlx.run(script));
    assertEquals(list(LAYERS), PythonMlx.run(script, "--nn"));
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
            .filter(row -> row.java.stream().noneMatch(form -> isNamedAs(row, form)))
            .toList();
    assertEquals(List.of(), misnamed);
  }

  private static boolean isNamedAs(Row row, String form) {
    return form.equals(row.name() + ".of") || form.endsWith("." + camel(row));
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
    return type(owner)
        .filter(
            type ->
                method.equals("new")
                    ? type.getConstructors().length > 0
                    : methods(type, method).findAny().isPresent())
        .isPresent();
  }

  private static Stream<Method> methods(Class<?> type, String name) {
    return Arrays.stream(type.getMethods()).filter(m -> isOurs(m) && m.getName().equals(name));
  }

  /** The public class of a name, which is the only one of all packages. */
  private static Optional<Class<?>> type(String name) {
    return Stream.of("", "tree.", "nn.", "optimizers.")
        .<Class<?>>map(
            folder -> {
              try {
                return Class.forName("org.mlx4j." + folder + name.replace('.', '$'));
              } catch (ClassNotFoundException e) {
                return null;
              }
            })
        .filter(type -> type != null && Modifier.isPublic(type.getModifiers()))
        .findFirst();
  }

  /** What is optional in Python is so in Java, one parameter after the other. */
  @Test
  void optionalParametersOfLayersAreOverloads() {
    List<String> missing = new ArrayList<>();
    for (Row row : rows) {
      boolean plain = row.note.isEmpty() && !row.python.startsWith("mx.");
      if (plain
          && !row.python.startsWith("nn.losses.")
          && row.parameters().stream().noneMatch(p -> p.startsWith("*"))) {
        String form = row.java.get(0);
        int dot = form.lastIndexOf('.');
        List<Integer> counts =
            methods(type(form.substring(0, dot)).orElseThrow(), form.substring(dot + 1))
                .map(Method::getParameterCount)
                .toList();
        for (int n : row.counts()) {
          if (!counts.contains(n)) {
            missing.add(form + " with " + n + " parameters, " + row.python);
          }
        }
      }
    }
    assertEquals(List.of(), missing, () -> String.join("\n", missing));
  }

  private static boolean isOurs(Method method) {
    return method.getDeclaringClass() != Object.class;
  }
}
