package org.mlx4j.spring;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.mlx4j.nn.Activations;
import org.mlx4j.nn.Linear;
import org.mlx4j.nn.TransformerEncoder;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;

/** A native image is told what it needs. */
class MlxRuntimeHintsTest {
  private static RuntimeHints hints() {
    RuntimeHints hints = new RuntimeHints();
    new MlxRuntimeHints().registerHints(hints, MlxRuntimeHintsTest.class.getClassLoader());
    return hints;
  }

  @Test
  void nativeFilesOfEveryPlatformAreIncluded() {
    for (String file :
        new String[] {
          "linux-x86_64/libmlx.so",
          "linux-x86_64/natives.txt",
          "linux-x86_64/reference/liblapack-86b2c207.so.3.10.0",
          "linux-arm64/libjnimlx4j.so",
          "macosx-arm64/mlx.metallib"
        }) {
      assertThat(RuntimeHintsPredicates.resource().forResource("org/mlx4j/internal/" + file))
          .accepts(hints());
    }
    assertThat(RuntimeHintsPredicates.resource().forResource("org/mlx4j/Scope.class"))
        .rejects(hints());
  }

  @Test
  void layersCanBeTakenApartAndPutTogether() {
    for (Class<?> layer : new Class<?>[] {Linear.class, TransformerEncoder.class}) {
      assertThat(RuntimeHintsPredicates.reflection().onType(layer)).accepts(hints());
    }
    assertThat(RuntimeHintsPredicates.reflection().onType(Activations.class)).rejects(hints());
  }

  @Test
  void jarOfTheLibraryTellsWhatItsNativeCodeLooksUp() {
    String lists = "META-INF/native-image/org.mlx4j/mlx4j/";
    ClassLoader loader = getClass().getClassLoader();
    assertThat(loader.getResource(lists + "jni-config.json")).isNotNull();
    assertThat(loader.getResource(lists + "resource-config.json")).isNotNull();
  }
}
