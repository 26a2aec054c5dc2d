package org.mlx4j.spring;

import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

/**
 * Registers meters with Micrometer, where the application has it.
 *
 * <pre>{@code
 * double waiting = registry.get("mlx4j.batcher.queued").tag("batcher", "digits").gauge().value();
 * }</pre>
 */
@AutoConfiguration(after = MlxAutoConfiguration.class)
@ConditionalOnClass(MeterBinder.class)
public class MlxMetricsAutoConfiguration {
  /** Makes the configuration. */
  public MlxMetricsAutoConfiguration() {}

  @Bean
  MlxMeters mlxMeters(Batchers batchers) {
    return new MlxMeters(batchers);
  }
}
