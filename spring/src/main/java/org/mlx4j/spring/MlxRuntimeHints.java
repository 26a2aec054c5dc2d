package org.mlx4j.spring;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.util.ClassUtils;

/**
 * What a native image needs beyond the lists in the jar of mlx4j: its native files, also when they
 * come from the jar of a platform, and access to the layers, whose components it reads.
 */
final class MlxRuntimeHints implements RuntimeHintsRegistrar {
  private static final String LAYERS = "org.mlx4j.nn";

  @Override
  public void registerHints(RuntimeHints hints, ClassLoader loader) {
    hints.resources().registerPattern("org/mlx4j/internal/*/*");
    hints.resources().registerPattern("org/mlx4j/internal/*/reference/*");
    try {
      String classes = "classpath*:" + LAYERS.replace('.', '/') + "/*.class";
      for (Resource file : new PathMatchingResourcePatternResolver(loader).getResources(classes)) {
        register(hints, file.getFilename().replace(".class", ""), loader);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void register(RuntimeHints hints, String name, ClassLoader loader) {
    Class<?> type = ClassUtils.resolveClassName(LAYERS + "." + name, loader);
    if (type.isRecord()) {
      hints
          .reflection()
          .registerType(
              type,
              MemberCategory.INVOKE_DECLARED_CONSTRUCTORS,
              MemberCategory.INVOKE_DECLARED_METHODS);
    }
  }
}
