package org.mlx4j;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.mlx4j.nn.Nn;
import org.mlx4j.optimizers.Optimizer;
import org.mlx4j.training.Fit;
import org.mlx4j.tree.Trees;

/** All methods that a program can call, by reflection. */
public final class PublicMethods {
  /** The methods of every object, enum or record. */
  private static final Set<String> OF_JAVA =
      Set.of("equals", "hashCode", "toString", "valueOf", "values", "compareTo", "close");

  private PublicMethods() {}

  /** The public methods of all public classes, in a fixed order. */
  public static List<Method> all() {
    return Stream.of(Ops.class, Trees.class, Nn.class, Optimizer.class, Fit.class)
        .flatMap(PublicMethods::classesBeside)
        .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
        .filter(m -> Modifier.isPublic(m.getModifiers()) && !m.isSynthetic())
        .filter(m -> !OF_JAVA.contains(m.getName()))
        .filter(m -> !isAccessor(m) && !Throwable.class.isAssignableFrom(m.getDeclaringClass()))
        .sorted(Comparator.comparing(Method::toString))
        .toList();
  }

  private static boolean isAccessor(Method m) {
    return m.getDeclaringClass().isRecord()
        && m.getParameterCount() == 0
        && !Modifier.isStatic(m.getModifiers());
  }

  /** The public classes of the package of a class. */
  public static Stream<Class<?>> classesBeside(Class<?> one) {
    try {
      Path folder = Path.of(one.getResource(one.getSimpleName() + ".class").toURI()).getParent();
      try (Stream<Path> files = Files.list(folder)) {
        return files
            .map(file -> file.getFileName().toString())
            .filter(file -> file.endsWith(".class") && !file.equals("package-info.class"))
            .<Class<?>>map(
                file -> load(one.getPackageName() + "." + file.substring(0, file.length() - 6)))
            .filter(type -> isPublic(type))
            .toList()
            .stream();
      }
    } catch (IOException | URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean isPublic(Class<?> type) {
    return Modifier.isPublic(type.getModifiers())
        && (type.getEnclosingClass() == null || isPublic(type.getEnclosingClass()));
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName(name);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }
}
