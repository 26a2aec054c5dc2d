package org.mlx4j.spring;

import org.mlx4j.BatcherOptions;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ImportRuntimeHints;

/**
 * Makes beans of the types {@link MlxModels} and {@link BatcherOptions} according to the {@link
 * MlxProperties}, and closes the batchers among the beans of the application after its web server.
 *
 * <pre>{@code
 * @Bean
 * Batcher<MlxArray, MlxArray> regressions(MlxModels models, BatcherOptions options) {
 *   Linear regression = models.load("regression", () -> Linear.of(3, 1));
 *   return Batcher.of(regression::apply, options);
 * }
 * }</pre>
 */
@AutoConfiguration
@EnableConfigurationProperties(MlxProperties.class)
@ImportRuntimeHints(MlxRuntimeHints.class)
public class MlxAutoConfiguration {
  /** Logs which option of Java is missing, if any. */
  public MlxAutoConfiguration() {
    NativeAccess.check();
  }

  /**
   * Returns what loads models.
   *
   * @param properties the locations
   * @return the bean
   */
  @Bean
  @ConditionalOnMissingBean
  public MlxModels mlxModels(MlxProperties properties) {
    return new MlxModels(properties.models());
  }

  /**
   * Returns the options of batchers.
   *
   * @param properties the options
   * @return the bean
   */
  @Bean
  @ConditionalOnMissingBean
  public BatcherOptions batcherOptions(MlxProperties properties) {
    return properties.batcher().options();
  }

  @Bean
  Batchers mlxBatchers(ConfigurableListableBeanFactory beans) {
    return new Batchers(beans);
  }

  @Bean
  BatchersEnd mlxBatchersEnd(
      ApplicationContext context, Batchers batchers, MlxProperties properties) {
    return new BatchersEnd(context, batchers, properties.batcher().drainLimit());
  }
}
