package org.mlx4j.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Compares the table of {@code mlx_primitives.cpp} with the headers of the MLX that the natives are
 * built with, so that a primitive of a new MLX is classified before anything relies on the table.
 */
class PrimitivesTest {
  private static final Path HEADERS = Path.of(System.getProperty("mlx4j.mlx.headers"));

  private static final Pattern PRIMITIVE =
      Pattern.compile(
          "^class (?:MLX_API )?(\\w+)(?: final)? : public"
              + " (?:Primitive|UnaryPrimitive|Custom|DistPrimitive)\\b.*?^\\};",
          Pattern.MULTILINE | Pattern.DOTALL);
  private static final Pattern NAMED =
      Pattern.compile("DEFINE_NAME\\(|\\bname\\(\\) const override");
  private static final Pattern NAMESPACE =
      Pattern.compile("^namespace (mlx::core[\\w:]*) \\{", Pattern.MULTILINE);

  private static Set<String> lines(byte[] text) {
    return new TreeSet<>(List.of(new String(text, StandardCharsets.UTF_8).split("\n")));
  }

  /** The concrete primitives that a header declares: those that have a name. */
  private static Stream<String> primitivesIn(Path header) {
    try {
      String text = Files.readString(header);
      Matcher namespace = NAMESPACE.matcher(text);
      if (!namespace.find()) {
        return Stream.of();
      }
      return PRIMITIVE
          .matcher(text)
          .results()
          .filter(declaration -> NAMED.matcher(declaration.group()).find())
          .map(declaration -> namespace.group(1) + "::" + declaration.group(1))
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Set<String> primitivesOfMlx() throws IOException {
    try (Stream<Path> files = Files.walk(HEADERS.resolve("mlx"))) {
      return files
          .filter(file -> file.toString().endsWith(".h") && !file.toString().contains("kernels"))
          .flatMap(PrimitivesTest::primitivesIn)
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  @Test
  void everyPrimitiveOfMlxIsClassified() throws IOException {
    Set<String> classified = lines(PrimitivesNative.known_primitives());
    classified.removeIf(name -> !name.startsWith("mlx::core::"));
    Set<String> ofMlx = primitivesOfMlx();
    assertTrue(ofMlx.size() > 100, () -> "only " + ofMlx.size() + " primitives in " + HEADERS);
    assertEquals(ofMlx, classified);
  }

  @Test
  void headersAreReadWithTheirNamespaces() throws IOException {
    Set<String> ofMlx = primitivesOfMlx();
    assertTrue(
        ofMlx.containsAll(
            Set.of(
                "mlx::core::Matmul",
                "mlx::core::Reduce",
                "mlx::core::fast::RMSNorm",
                "mlx::core::distributed::Send")),
        ofMlx::toString);
    assertTrue(!ofMlx.contains("mlx::core::UnaryPrimitive"), "a base class is no primitive");
  }

  @Test
  void tableSaysWhatIsReadFromFiles() {
    assertEquals(
        lines(PrimitivesNative.primitives_in_files()),
        lines(PrimitivesNative.readable_operations()));
  }
}
