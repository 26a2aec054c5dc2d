package org.mlx4j.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringBootVersion;
import org.springframework.util.ClassUtils;

/**
 * The tests run with the version of Spring Boot that the build says, and with nothing of the other.
 */
class VersionTest {
  @Test
  void springBootIsTheOneThatTheBuildNames() {
    String expected = System.getProperty("expected.spring.boot");
    assertEquals(expected, SpringBootVersion.getVersion());
    assertEquals(expected.startsWith("4."), isPresent("health.contributor.HealthIndicator"));
    assertEquals(expected.startsWith("3."), isPresent("actuate.health.HealthIndicator"));
  }

  private static boolean isPresent(String name) {
    return ClassUtils.isPresent("org.springframework.boot." + name, null);
  }
}
