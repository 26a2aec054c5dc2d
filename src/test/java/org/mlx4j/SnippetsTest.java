package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mlx4j.Snippets.Snippet;

/** The code in the pages and in the Javadoc compiles, and gives what stands beside it. */
class SnippetsTest {
  private static List<Snippet> all() throws IOException {
    List<Snippet> snippets = new ArrayList<>();
    for (Path page : Snippets.pages()) {
      snippets.addAll(Snippets.ofPage(page));
    }
    for (Path source : Snippets.sources()) {
      snippets.addAll(Snippets.ofSource(source));
    }
    return snippets;
  }

  @Test
  void allCompileAndGiveWhatStandsBesideThem(@TempDir Path folder) throws Exception {
    SnippetBase.folder = folder;
    List<Snippet> snippets = all();
    assertEquals("", String.join("\n", Snippets.compile(snippets, folder)));
    List<String> wrong = new ArrayList<>();
    int checked = 0;
    try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
      for (Snippet snippet : snippets) {
        if (snippet.isChecked()) {
          checked++;
          String different = difference(snippet, loader);
          if (different != null) {
            wrong.add(snippet.place() + ": " + different);
          }
        }
      }
    }
    assertEquals("", String.join("\n", wrong));
    assertTrue(checked > 50, "few are checked: " + checked + " of " + snippets.size());
  }

  /** How the run of a snippet differs from what is said, or null. */
  private static String difference(Snippet snippet, ClassLoader loader) {
    PrintStream out = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    try (Scope scope = Scope.open()) {
      System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
      Class<?> type = loader.loadClass(snippet.className());
      if (snippet.isProgram()) {
        type.getMethod("main", String[].class).invoke(null, (Object) new String[0]);
      } else {
        ((SnippetBase) type.getConstructor().newInstance()).run();
      }
    } catch (Throwable e) {
      return String.valueOf(e.getCause() == null ? e : e.getCause());
    } finally {
      System.setOut(out);
    }
    String text = printed.toString(StandardCharsets.UTF_8).replace("\r\n", "\n");
    boolean same = snippet.output() == null || snippet.output().strip().equals(text.strip());
    return same ? null : "prints\n" + text;
  }

  @Test
  void thePythonBesideTheJavaPrintsTheSame() throws Exception {
    Path page = Path.of("docs/coming-from-python.md");
    String python = Files.readString(page).replaceFirst("(?s).*?```python\\n(.*?)```.*", "$1");
    assertEquals(Snippets.ofPage(page).get(0).output(), PythonMlx.run(python));
  }

  @Test
  void everyPublicTypeHasASnippet() throws IOException {
    List<String> without = new ArrayList<>();
    for (Path source : Snippets.sources()) {
      if (!Snippets.typeHasSnippet(source)) {
        without.add(source.getFileName().toString());
      }
    }
    assertEquals(List.of(), without);
  }

  /** Otherwise the tests above could not fail. */
  @Test
  void whatIsWrongIsFound(@TempDir Path folder) throws Exception {
    SnippetBase.folder = folder;
    Snippet unknown = new Snippet("A.md:1", "MlxArray z = x.noSuchMethod();\n", null);
    Snippet value = new Snippet("A.md:2", "x.sum().add(1);          // 77\n", null);
    Snippet declared =
        new Snippet("A.md:3", "MlxArray z = y.sum();  // array(10, dtype=int32)\n", null);
    Snippet shape = new Snippet("A.md:4", "System.out.println(x.sum(1));  // shape (3)\n", null);
    Snippet output = new Snippet("A.md:5", "System.out.println(1);\n", "2\n");
    Snippet right =
        new Snippet(
            "A.md:6",
            """
            record Pair(MlxArray first, MlxArray second) {}
            MlxArray sum(Pair pair) {
              return pair.first().add(pair.second());
            }
            Pair pair = new Pair(y, y);
            if (pair.first() == y) {
              System.out.println(sum(pair));             // [2, 4, 6, 8]
            } else {
              throw new IllegalStateException("}");
            }
            x.shape();                                   // [4, 3]
            x.sum(0);                                    // of shape (3)
            float tenth = MlxArray.scalar(0.1f).itemFloat();  // 0.1
            return y.sum();                              // 10
            """,
            null);
    List<String> errors = Snippets.compile(List.of(unknown, right), folder);
    assertEquals(1, errors.size(), () -> errors.toString());
    assertTrue(errors.get(0).startsWith("A.md:1: ") && errors.get(0).contains("noSuchMethod"));

    List<Snippet> wrong = List.of(value, declared, shape, output);
    List<Snippet> compiled = Stream.concat(wrong.stream(), Stream.of(right)).toList();
    assertEquals(List.of(), Snippets.compile(compiled, folder));
    try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
      for (Snippet snippet : wrong) {
        assertTrue(snippet.isChecked(), snippet.place());
        assertFalse(difference(snippet, loader) == null, snippet.place());
      }
      assertEquals(null, difference(right, loader));
      assertTrue(right.isChecked());
    }
    assertThrows(AssertionError.class, () -> SnippetBase.shows(1.5, "1.4"));
  }
}
