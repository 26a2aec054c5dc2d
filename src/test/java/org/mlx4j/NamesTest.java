package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mlx4j.nn.Activations;
import org.mlx4j.nn.LSTM;
import org.mlx4j.optimizers.Optimizer;
import org.mlx4j.training.Fit;
import org.mlx4j.tree.Trees;

/** All packages can be imported as a whole, beside those of the JDK that every program uses. */
class NamesTest {
  private static final List<String> JDK =
      List.of("java.lang", "java.util", "java.util.function", "java.util.stream");

  /** A type of each of our packages. */
  private static final List<Class<?>> PACKAGES =
      List.of(Ops.class, Activations.class, Optimizer.class, Fit.class, Trees.class);

  @TempDir private Path folder;

  private static Set<String> ours(Class<?> one) throws IOException {
    return PublicMethods.classesBeside(one)
        .filter(type -> type.getEnclosingClass() == null)
        .map(Class::getSimpleName)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> publicTypesOfTheJdk(String name) throws IOException {
    Path directory =
        FileSystems.getFileSystem(URI.create("jrt:/"))
            .getPath("modules", "java.base", name.replace('.', '/'));
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(file -> file.endsWith(".class") && !file.contains("$") && !file.contains("-"))
          .map(file -> file.substring(0, file.length() - ".class".length()))
          .filter(simple -> isPublic(name + "." + simple))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private static boolean isPublic(String name) {
    try {
      return Modifier.isPublic(Class.forName(name, false, null).getModifiers());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Set<String> common(Set<String> some, Set<String> others) {
    Set<String> common = new TreeSet<>(some);
    common.retainAll(others);
    return common;
  }

  @Test
  void noTypeIsNamedLikeOneOfTheJdk() throws IOException {
    for (String name : JDK) {
      Set<String> types = publicTypesOfTheJdk(name);
      assertTrue(types.size() > 5, () -> name + " has only " + types);
      for (Class<?> one : PACKAGES) {
        assertEquals(Set.of(), common(ours(one), types), name);
      }
    }
    assertTrue(publicTypesOfTheJdk("java.util").contains("Random"));
    assertTrue(publicTypesOfTheJdk("java.util.stream").contains("Stream"));
  }

  @Test
  void thePackagesShareNoName() throws IOException {
    assertTrue(ours(Ops.class).containsAll(Set.of("Ops", "MlxRandom", "Vjp")));
    assertTrue(ours(Trees.class).containsAll(Set.of("Trees", "TreeVjp")));
    assertTrue(ours(Activations.class).containsAll(Set.of("Activations", "Losses")));
    assertTrue(ours(Optimizer.class).containsAll(Set.of("Adam", "Optimizer")));
    assertTrue(ours(Fit.class).containsAll(Set.of("Fit", "History")));
    for (Class<?> one : PACKAGES) {
      for (Class<?> other : PACKAGES) {
        assertEquals(one == other ? ours(one) : Set.of(), common(ours(one), ours(other)));
      }
    }
  }

  /** Nested are only the forms of a sealed interface, and the state that only an LSTM has. */
  @Test
  void resultsAreTopLevelTypes() {
    for (Class<?> one : PACKAGES) {
      assertEquals(
          List.of(),
          PublicMethods.classesBeside(one)
              .filter(type -> type.isRecord() && type.getEnclosingClass() != null)
              .filter(type -> !type.getEnclosingClass().isAssignableFrom(type))
              .filter(type -> type != LSTM.State.class)
              .toList());
    }
  }

  @Test
  void allPackagesAreImportedTogether() throws IOException {
    Set<String> types =
        new TreeSet<>(Set.of("Random", "Stream", "Function", "BiFunction", "Map", "List"));
    for (Class<?> one : PACKAGES) {
      types.addAll(ours(one));
    }
    String source =
        """
        import java.util.*;
        import java.util.function.*;
        import java.util.stream.*;
        import org.mlx4j.*;
        import org.mlx4j.nn.*;
        import org.mlx4j.optimizers.*;
        import org.mlx4j.training.*;
        import org.mlx4j.tree.*;
        class All {
          Class<?>[] all = {%s};
        }
        """
            .formatted(String.join(", ", types.stream().map(type -> type + ".class").toList()));
    assertEquals(List.of(), errors(source), source);
    assertEquals(1, errors(source.replace("Map.class", "NoSuchType.class")).size());
  }

  private List<String> errors(String source) {
    JavaFileObject file =
        new SimpleJavaFileObject(URI.create("string:///All.java"), JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return source;
          }
        };
    DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
    List<String> options =
        List.of(
            "-proc:none", "-cp", System.getProperty("java.class.path"), "-d", folder.toString());
    ToolProvider.getSystemJavaCompiler()
        .getTask(null, null, diagnostics, options, null, List.of(file))
        .call();
    return diagnostics.getDiagnostics().stream()
        .filter(d -> d.getKind() == Diagnostic.Kind.ERROR)
        .map(Diagnostic::toString)
        .toList();
  }
}
