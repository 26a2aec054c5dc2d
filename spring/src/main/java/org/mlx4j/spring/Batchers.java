package org.mlx4j.spring;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.mlx4j.Batcher;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/** The batchers among the beans of an application. */
final class Batchers {
  private final ConfigurableListableBeanFactory beans;

  Batchers(ConfigurableListableBeanFactory beans) {
    this.beans = beans;
  }

  /** Those that exist by now, by the names of their beans. A lazy one is not created for this. */
  Map<String, Batcher<?, ?>> existing() {
    Map<String, Batcher<?, ?>> existing = new TreeMap<>();
    for (String name : beans.getBeanNamesForType(Batcher.class, false, false)) {
      if (beans.getSingleton(name) instanceof Batcher<?, ?> batcher) {
        existing.put(name, batcher);
      }
    }
    return Collections.unmodifiableMap(existing);
  }
}
