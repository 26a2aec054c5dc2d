package org.mlx4j.spring;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.mlx4j.BatcherOptions;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.core.io.Resource;

/**
 * The properties that begin with {@code mlx4j}.
 *
 * <pre>{@code
 * mlx4j.models.digits.location=classpath:digits.safetensors
 * mlx4j.batcher.sizes=1,8,64
 * mlx4j.batcher.queue-capacity=500
 * }</pre>
 *
 * @param models the models that {@link MlxModels} loads, by their names
 * @param batcher the options of batchers
 */
@ConfigurationProperties("mlx4j")
public record MlxProperties(
    @DefaultValue Map<String, Model> models, @DefaultValue Batcher batcher) {
  /**
   * The properties of a model.
   *
   * @param location File with the arrays of the model, such as "classpath:digits.safetensors" or
   *     "file:/models/digits.npz".
   */
  public record Model(Resource location) {}

  /**
   * The properties of batchers.
   *
   * @param largestBatch Largest number of requests that one call of the model answers. Unless set,
   *     it is the last of the sizes, or 64 if there are none.
   * @param longestWait How long a request waits for others while the model is idle.
   * @param sizes Numbers of rows with which the model is called, in increasing order. A batch is
   *     padded to the next of them. Without any, batches are not padded.
   * @param queueCapacity Largest number of requests that wait. Another one is refused.
   * @param drainLimit How long the end of the application waits for the answers to requests that
   *     were accepted. Then those that the model has not begun with are cancelled.
   */
  public record Batcher(
      Integer largestBatch,
      @DefaultValue("0ms") Duration longestWait,
      @DefaultValue List<Integer> sizes,
      @DefaultValue("1024") int queueCapacity,
      @DefaultValue("20s") Duration drainLimit) {

    /**
     * Returns the options of a batcher that these properties describe.
     *
     * @return the options
     * @throws IllegalArgumentException if a property is out of range
     */
    public BatcherOptions options() {
      BatcherOptions options =
          BatcherOptions.defaults()
              .withSizes(sizes.stream().mapToInt(Integer::intValue).toArray())
              .withLongestWait(longestWait)
              .withQueueCapacity(queueCapacity);
      return largestBatch == null ? options : options.withLargestBatch(largestBatch);
    }
  }
}
