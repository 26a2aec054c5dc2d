package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;

/** What pages refer to exists: the tests that hold promises and differences, and other pages. */
class PagesTest {
  private static final Path CLASSES = Path.of("target/test-classes");
  private static final Pattern NAMED = Pattern.compile("`(\\w+)(?:#(\\w+))?`");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(?:#[^)]*)?\\)");

  /** Each row of the page's tables ends with the names of the tests that hold it. */
  @ParameterizedTest
  @ValueSource(strings = {"docs/guarantees.md", "docs/differences-from-mlx.md"})
  void everyRowNamesTestsThatExist(String page) throws Exception {
    Map<String, Class<?>> tests = testClasses();
    List<String> wrong = new ArrayList<>();
    int rows = 0;
    for (String line : Files.readAllLines(Path.of(page))) {
      if (!line.startsWith("| ") || line.endsWith("| Tests |")) {
        continue;
      }
      rows++;
      String[] cells = line.split("\\|", -1);
      Matcher named = NAMED.matcher(cells[cells.length - 2]);
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
    assertTrue(rows > 20, "the page has become empty: " + rows);
  }

  @Test
  void linksLeadToFiles() throws Exception {
    List<String> wrong = new ArrayList<>();
    int links = 0;
    for (Path page : Snippets.pages()) {
      Matcher link = LINK.matcher(Files.readString(page).replaceAll("(?s)```.*?```", ""));
      while (link.find()) {
        links++;
        if (!Files.exists(page.resolveSibling(link.group(1)))) {
          wrong.add(page + ": " + link.group(1));
        }
      }
    }
    assertEquals(List.of(), wrong);
    assertTrue(links > 20, "links are found: " + links);
  }

  /** What the page shows is not a copy that ages: its lines are in the sources, in this order. */
  @ParameterizedTest
  @CsvSource({
    "docs/train-digits.md, examples/train-digits",
    "docs/scoring-with-spark.md, examples/spark-scoring"
  })
  void thePageOfAnExampleShowsItsSources(String page, String example) throws Exception {
    List<String> blocks = codeOf(page);
    List<List<String>> sources = sourcesOf(example + "/src/main/java");
    List<String> strange =
        blocks.stream()
            .filter(block -> sources.stream().noneMatch(source -> isPartOf(source, block)))
            .toList();
    assertEquals(List.of(), strange);
    assertTrue(blocks.size() > 2, () -> "the page shows little: " + blocks);
  }

  @Test
  void linesThatAreNotInTheSourcesAreFound() {
    List<String> lines = List.of("a", "  b", "c");
    assertTrue(isPartOf(lines, "a\n\nc"));
    assertFalse(isPartOf(lines, "c\na"));
    assertFalse(isPartOf(lines, "a\nx"));
  }

  /** The Java blocks of a page, without imports. */
  private static List<String> codeOf(String page) throws Exception {
    return Pattern.compile("(?s)```java\n(.*?)```")
        .matcher(Files.readString(Path.of(page)))
        .results()
        .map(block -> block.group(1).replaceAll("(?m)^import .*\n", ""))
        .filter(block -> !block.isBlank())
        .toList();
  }

  private static List<List<String>> sourcesOf(String folder) throws Exception {
    List<List<String>> sources = new ArrayList<>();
    try (Stream<Path> files = Files.walk(Path.of(folder))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        sources.add(Files.readAllLines(file));
      }
    }
    return sources;
  }

  /** Whether the lines of a block are among those of a source, in this order. */
  private static boolean isPartOf(List<String> source, String block) {
    Iterator<String> rest = source.iterator();
    return block
        .lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty())
        .allMatch(
            line -> {
              while (rest.hasNext()) {
                if (rest.next().strip().equals(line)) {
                  return true;
                }
              }
              return false;
            });
  }

  /** Otherwise the test of the tables could not fail. */
  @Test
  void whatIsNoTestIsFound() throws Exception {
    Map<String, Class<?>> tests = testClasses();
    assertFalse(hasTest(tests.get("NoSuchTest"), null));
    assertFalse(hasTest(tests.get("PagesTest"), "noSuchMethod"));
    assertFalse(hasTest(tests.get("PagesTest"), "testClasses"));
    assertFalse(hasTest(tests.get("ChildJvm"), null));
    assertTrue(hasTest(tests.get("PagesTest"), "whatIsNoTestIsFound"));
  }

  /** Whether a class or a class nested in it has the test, or any test if none is named. */
  private static boolean hasTest(Class<?> tests, String method) {
    return tests != null
        && Stream.concat(Stream.of(tests), Arrays.stream(tests.getDeclaredClasses()))
            .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
            .filter(m -> method == null || m.getName().equals(method))
            .anyMatch(m -> AnnotationSupport.isAnnotated(m, Testable.class));
  }

  private static Map<String, Class<?>> testClasses() throws Exception {
    Map<String, Class<?>> classes = new TreeMap<>();
    try (Stream<Path> files = Files.walk(CLASSES.resolve("org/mlx4j"))) {
      for (Path file : files.filter(PagesTest::isOuterClass).toList()) {
        String name = CLASSES.relativize(file).toString().replace('/', '.');
        Class<?> found =
            Class.forName(
                name.substring(0, name.length() - ".class".length()),
                false,
                PagesTest.class.getClassLoader());
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
