package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadmeTest {
  private static String readme() throws Exception {
    return Files.readString(Path.of("README.md"));
  }

  private static String group(String regex, String text) {
    Matcher matcher = Pattern.compile(regex, Pattern.DOTALL).matcher(text);
    assertTrue(matcher.find(), regex);
    return matcher.group(1);
  }

  @Test
  void theTenLinesCompileAndPrintWhatIsSaid(@TempDir Path folder) throws Exception {
    String readme = readme();
    String code = group("```java\n(.*?)```", readme);
    String expected = group("```java\n.*?```\n\n    (.*?)\n", readme);
    Path source = folder.resolve("TenLines.java");
    Files.writeString(source, code);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    int status =
        compiler.run(
            null, null, null, "-cp", System.getProperty("java.class.path"), source.toString());
    assertEquals(0, status);
    PrintStream out = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
      System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
      loader
          .loadClass("TenLines")
          .getMethod("main", String[].class)
          .invoke(null, (Object) new String[0]);
    } finally {
      System.setOut(out);
    }
    assertEquals(expected, printed.toString(StandardCharsets.UTF_8).strip());
  }

  @Test
  void thereAreExactlyTwoSetUpCommands() throws Exception {
    String setUp = group("## Set-up\n(.*?)\n## ", readme());
    List<String> commands = setUp.lines().filter(line -> line.startsWith("    ")).toList();
    assertEquals(
        List.of("mvn -q test-compile exec:exec@train-digits", "mvn -B verify"),
        commands.stream().map(String::strip).toList());
  }

  @Test
  void continuousIntegrationRunsTheTestCommand() throws Exception {
    assertTrue(Files.readString(Path.of(".ci/run")).contains("mvn -B verify"));
  }
}
