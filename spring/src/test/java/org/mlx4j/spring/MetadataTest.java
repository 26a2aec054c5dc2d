package org.mlx4j.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Editors find the properties, with what they mean. */
class MetadataTest {
  @Test
  void everyPropertyHasADescription() throws Exception {
    String metadata;
    try (InputStream in =
        MlxProperties.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
      metadata = new String(in.readAllBytes(), StandardCharsets.UTF_8).replaceAll("\\s+", " ");
    }
    for (String property :
        new String[] {
          "mlx4j.models",
          "mlx4j.batcher.largest-batch",
          "mlx4j.batcher.longest-wait",
          "mlx4j.batcher.sizes",
          "mlx4j.batcher.queue-capacity",
          "mlx4j.batcher.drain-limit",
          "management.health.mlx.enabled"
        }) {
      assertThat(metadata)
          .containsPattern("\"name\": \"" + property + "\", \"type\": \"[^\"]+\", \"description\"");
    }
  }
}
