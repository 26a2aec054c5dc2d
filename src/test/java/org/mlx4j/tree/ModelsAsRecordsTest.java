package org.mlx4j.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mlx4j.Scope;

/** The page "Models as records" is a program that prints what the page says. */
class ModelsAsRecordsTest {
  private static final Pattern CODE = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
  private static final Pattern OUTPUT = Pattern.compile("^    (.*)$", Pattern.MULTILINE);

  /** Records and methods are members of a class, all other code is its main method. */
  private static String program(String page) {
    StringBuilder imports = new StringBuilder();
    StringBuilder members = new StringBuilder();
    StringBuilder statements = new StringBuilder();
    Matcher code = CODE.matcher(page);
    while (code.find()) {
      String block = code.group(1);
      if (block.startsWith("import")) {
        imports.append(block);
      } else if (block.startsWith("record") || block.startsWith("static")) {
        members.append(block);
      } else {
        statements.append(block);
      }
    }
    return imports
        + "public class Page {\n"
        + members
        + "public static void main(String[] args) {\n"
        + statements
        + "}}\n";
  }

  @Test
  void thePageCompilesAndPrintsWhatIsSaid(@TempDir Path folder) throws Exception {
    String page = Files.readString(Path.of("docs/models-as-records.md"));
    Path file = folder.resolve("mlp.safetensors");
    String program =
        program(page).replace("Path.of(\"mlp.safetensors\")", "Path.of(\"" + file + "\")");
    Path source = folder.resolve("Page.java");
    Files.writeString(source, program);
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-cp", System.getProperty("java.class.path"), source.toString());
    assertEquals(0, status, program);
    StringBuilder expected = new StringBuilder();
    Matcher output = OUTPUT.matcher(CODE.matcher(page).replaceAll(""));
    while (output.find()) {
      expected.append(output.group(1)).append('\n');
    }
    assertEquals(expected.toString(), printed(folder));
  }

  private static String printed(Path folder) throws Exception {
    PrintStream out = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()});
        Scope scope = Scope.open()) {
      System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
      Object arguments = new String[0];
      loader.loadClass("Page").getMethod("main", String[].class).invoke(null, arguments);
    } finally {
      System.setOut(out);
    }
    return printed.toString(StandardCharsets.UTF_8).replace("\r\n", "\n");
  }
}
