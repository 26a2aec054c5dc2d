package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;

/** Each promise of the page of guarantees is held by tests that exist. */
class GuaranteesTest {
  private static final Path PAGE = Path.of("docs/guarantees.md");
  private static final Path CLASSES = Path.of("target/test-classes");
  private static final Pattern NAMED = Pattern.compile("`(\\w+)(?:#(\\w+))?`");

  @Test
  void everyPromiseNamesTestsThatExist() throws Exception {
    Map<String, Class<?>> tests = testClasses();
    List<String> wrong = new ArrayList<>();
    int promises = 0;
    for (String line : Files.readAllLines(PAGE)) {
      if (!line.startsWith("| ") || line.startsWith("| Promise")) {
        continue;
      }
      promises++;
      String[] cells = line.split("\\|", -1);
      assertEquals(4, cells.length, line);
      Matcher named = NAMED.matcher(cells[2]);
      boolean any = false;
      while (named.find()) {
        any = true;
        if (!hasTest(tests.get(named.group(1)), named.group(2))) {
          wrong.add(named.group());
        }
      }
      assertTrue(any, () -> "nothing holds: " + line);
    }
    assertEquals(List.of(), wrong, "no such tests");
    assertTrue(promises > 20, "the page has become empty: " + promises);
  }

  /** Otherwise the test above could not fail. */
  @Test
  void whatIsNoTestIsFound() throws Exception {
    Map<String, Class<?>> tests = testClasses();
    assertFalse(hasTest(tests.get("NoSuchTest"), null));
    assertFalse(hasTest(tests.get("GuaranteesTest"), "noSuchMethod"));
    assertFalse(hasTest(tests.get("GuaranteesTest"), "testClasses"));
    assertFalse(hasTest(tests.get("ChildJvm"), null));
    assertTrue(hasTest(tests.get("GuaranteesTest"), "whatIsNoTestIsFound"));
  }

  /** Whether a class has the test, or any when none is named. */
  private static boolean hasTest(Class<?> tests, String method) {
    return tests != null
        && Arrays.stream(tests.getDeclaredMethods())
            .filter(m -> method == null || m.getName().equals(method))
            .anyMatch(m -> AnnotationSupport.isAnnotated(m, Testable.class));
  }

  private static Map<String, Class<?>> testClasses() throws Exception {
    Map<String, Class<?>> classes = new TreeMap<>();
    try (Stream<Path> files = Files.walk(CLASSES.resolve("org/mlx4j"))) {
      for (Path file : files.filter(GuaranteesTest::isOuterClass).toList()) {
        String name = CLASSES.relativize(file).toString().replace('/', '.');
        Class<?> found =
            Class.forName(
                name.substring(0, name.length() - ".class".length()),
                false,
                GuaranteesTest.class.getClassLoader());
        classes.put(found.getSimpleName(), found);
      }
    }
    return classes;
  }

  private static boolean isOuterClass(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(".class") && !name.contains("$");
  }
}
