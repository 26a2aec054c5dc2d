package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ReadmeTest {
  private static String readme() throws Exception {
    return Files.readString(Path.of("README.md"));
  }

  private static String group(String regex, String text) {
    Matcher matcher = Pattern.compile(regex, Pattern.DOTALL).matcher(text);
    assertTrue(matcher.find(), regex);
    return matcher.group(1);
  }

  /** That they compile and print what is said is the matter of {@link SnippetsTest}. */
  @Test
  void theFirstCodeIsAProgramOfTenLinesWithItsOutput() throws Exception {
    Snippets.Snippet first = Snippets.ofPage(Path.of("README.md")).get(0);
    assertEquals("TenLines", first.className());
    assertEquals("array([2, 4, 6], dtype=float32)\n", first.output());
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
