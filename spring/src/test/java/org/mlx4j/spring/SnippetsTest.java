package org.mlx4j.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mlx4j.Snippets;
import org.mlx4j.Snippets.Snippet;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** The code in the Javadoc compiles, and the properties in it exist. */
class SnippetsTest {
  private static final String IMPORTS =
      """
      import org.mlx4j.spring.*;
      import org.springframework.context.annotation.*;
      """;

  private static List<Path> sources() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("src/main/java/org/mlx4j/spring"))) {
      return files.sorted().toList();
    }
  }

  private static List<Snippet> all() throws IOException {
    List<Snippet> snippets = new ArrayList<>();
    for (Path source : sources()) {
      snippets.addAll(Snippets.ofSource(source));
    }
    return snippets;
  }

  private static boolean isOfProperties(Snippet snippet) {
    return snippet.code().lines().allMatch(line -> line.matches("[a-z0-9.-]+=.*"));
  }

  private static List<String> errors(List<Snippet> snippets, Path folder) {
    List<Snippet> java =
        snippets.stream()
            .filter(snippet -> !isOfProperties(snippet))
            .map(snippet -> new Snippet(snippet.place(), IMPORTS + snippet.code(), null))
            .toList();
    assertThat(java).noneMatch(Snippet::isChecked); // they are only compiled
    return Snippets.compile(java, folder);
  }

  @Test
  void allCompile(@TempDir Path folder) throws IOException {
    assertThat(errors(all(), folder)).isEmpty();
  }

  @Test
  void propertiesExist() throws IOException {
    List<Snippet> ofProperties = all().stream().filter(SnippetsTest::isOfProperties).toList();
    assertThat(ofProperties).isNotEmpty();
    for (Snippet snippet : ofProperties) {
      bind(snippet.code());
    }
  }

  /** Fails for properties of mlx4j that nothing reads. */
  private static void bind(String text) throws IOException {
    Properties properties = new Properties();
    properties.load(new StringReader(text));
    new Binder(new MapConfigurationPropertySource(properties))
        .bindOrCreate(
            "mlx4j",
            Bindable.of(MlxProperties.class),
            new NoUnboundElementsBindHandler(BindHandler.DEFAULT));
    for (String name : properties.stringPropertyNames()) {
      assertThat(name).matches("mlx4j\\..*|management\\.health\\.mlx\\.enabled");
    }
  }

  @Test
  void everyPublicTypeHasASnippet() throws IOException {
    for (Path source : sources()) {
      assertThat(Snippets.typeHasSnippet(source)).as(source.toString()).isTrue();
    }
  }

  /** Otherwise the tests above could not fail. */
  @Test
  void whatIsWrongIsFound(@TempDir Path folder) {
    Snippet wrong = new Snippet("A.java:1", "models.noSuchMethod();\n", null);
    Snippet right = new Snippet("A.java:2", "models.load(\"a\", () -> Linear.of(3, 1));\n", null);
    assertThat(errors(List.of(wrong, right), folder))
        .singleElement()
        .satisfies(error -> assertThat(error).startsWith("A.java:1: ").contains("noSuchMethod"));
    assertThat(isOfProperties(wrong)).isFalse();
    assertThrows(BindException.class, () -> bind("mlx4j.batcher.no-such-property=1"));
  }
}
