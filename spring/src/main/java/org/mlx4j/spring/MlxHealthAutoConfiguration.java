package org.mlx4j.spring;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/**
 * Reports the health of mlx4j, where the application has Spring Boot 4's health indicators. The
 * indicator computes a sum with MLX, and is out of service once a batcher accepts no more requests.
 *
 * <pre>{@code
 * management.health.mlx.enabled=false
 * }</pre>
 */
@AutoConfiguration(after = MlxAutoConfiguration.class)
@ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
@ConditionalOnEnabledHealthIndicator("mlx")
public class MlxHealthAutoConfiguration {
  /** Makes the configuration. */
  public MlxHealthAutoConfiguration() {}

  /**
   * Returns the indicator, whose name is {@code mlx}.
   *
   * @param batchers the batchers
   * @return the bean
   */
  @Bean
  @ConditionalOnMissingBean(name = "mlxHealthIndicator")
  HealthIndicator mlxHealthIndicator(Batchers batchers) {
    return new Indicator(batchers);
  }

  private static final class Indicator extends AbstractHealthIndicator {
    private final Batchers batchers;

    Indicator(Batchers batchers) {
      super("MLX cannot compute");
      this.batchers = batchers;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
      MlxCondition condition = MlxCondition.of(batchers);
      (condition.isAccepting() ? builder.up() : builder.outOfService())
          .withDetails(condition.details());
    }
  }
}
