package org.mlx4j.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** GraalVM is told about everything that native code looks up by name. */
class ReachabilityTest {
  private static final Pattern GENERATED =
      Pattern.compile("JavaCPP_classNames\\[\\d+] = \\{(.*?)};", Pattern.DOTALL);
  private static final Pattern QUOTED = Pattern.compile("\"([^\"]+)\"");
  private static final Pattern WRITTEN = Pattern.compile("\"((?:java|org/mlx4j)/[\\w/$]+|\\[B)\"");

  @Test
  void everyClassThatNativeCodeLooksUpIsNamed() throws IOException {
    Set<String> lookedUp = new TreeSet<>();
    for (String source : sources(Path.of("target/generated-cpp"))) {
      find(GENERATED, source).forEach(list -> lookedUp.addAll(find(QUOTED, list)));
    }
    assertTrue(lookedUp.contains("org/mlx4j/MlxException"), lookedUp.toString());
    for (String source : sources(Path.of("src/main/cpp"))) {
      lookedUp.addAll(find(WRITTEN, source));
    }
    assertTrue(lookedUp.contains("org/mlx4j/internal/NativeFunction"), lookedUp.toString());

    Set<String> named = new TreeSet<>();
    try (var in =
        Library.class.getResourceAsStream(
            "/META-INF/native-image/org.mlx4j/mlx4j/jni-config.json")) {
      String config = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      named.addAll(find(Pattern.compile("\"name\": \"([^\"]+)\""), config));
    }
    Set<String> expected = new TreeSet<>();
    lookedUp.forEach(name -> expected.add(name.equals("[B") ? "byte[]" : name.replace('/', '.')));
    assertEquals(expected, named);
  }

  private static Set<String> sources(Path folder) throws IOException {
    Set<String> sources = new TreeSet<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(file -> file.toString().endsWith(".cpp")).toList()) {
        sources.add(Files.readString(file));
      }
    }
    return sources;
  }

  private static Set<String> find(Pattern pattern, String text) {
    Set<String> found = new TreeSet<>();
    for (Matcher matcher = pattern.matcher(text); matcher.find(); ) {
      found.add(matcher.group(1));
    }
    return found;
  }
}
