package org.mlx4j;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * The options of a {@link Batcher}.
 *
 * <pre>{@code
 * import java.time.Duration;
 *
 * BatcherOptions options = BatcherOptions.defaults()
 *     .withSizes(1, 8, 64)                         // at most 64 requests in a call, padded
 *     .withLongestWait(Duration.ofMillis(2))
 *     .withQueueCapacity(500);
 * }</pre>
 *
 * @param largestBatch the largest number of requests that one call of the model answers, at least 1
 * @param longestWait how long a request waits for others while the model is idle. With zero, a call
 *     begins as soon as the model is idle, and requests that arrive during a call share the next
 *     one, so batches grow with the load and a single client waits for nobody
 * @param sizes the numbers of rows with which the model is called, in increasing order. A batch is
 *     padded with repetitions of its last request to the next of these sizes, so that a compiled
 *     model is recorded once for each of them. If the list is empty, batches are not padded
 * @param queueCapacity the largest number of requests that wait; another one is refused. At least 1
 */
public record BatcherOptions(
    int largestBatch, Duration longestWait, List<Integer> sizes, int queueCapacity) {

  private static final BatcherOptions DEFAULTS =
      new BatcherOptions(64, Duration.ZERO, List.of(), 1024);

  /**
   * Checks and copies the options.
   *
   * @throws IllegalArgumentException if {@code largestBatch} or {@code queueCapacity} is less than
   *     1, {@code longestWait} is negative, or {@code sizes} do not increase from at least 1 to at
   *     least {@code largestBatch}
   * @throws NullPointerException if an option is null
   */
  public BatcherOptions {
    if (largestBatch < 1) {
      throw refused("largestBatch", largestBatch, "it must be at least 1");
    }
    if (Call.notNull("BatcherOptions", "longestWait", longestWait).isNegative()) {
      throw refused("longestWait", longestWait, "it must not be negative");
    }
    if (Call.notNull("BatcherOptions", "sizes", sizes).stream().anyMatch(Objects::isNull)) {
      throw new NullPointerException("[BatcherOptions] sizes " + sizes + " contains null");
    }
    sizes = List.copyOf(sizes);
    int last = 0;
    for (int size : sizes) {
      if (size <= last) {
        throw refused("sizes", sizes, "they must be positive and increase");
      }
      last = size;
    }
    if (!sizes.isEmpty() && last < largestBatch) {
      throw refused("sizes", sizes, "one must be at least largestBatch, " + largestBatch);
    }
    if (queueCapacity < 1) {
      throw refused("queueCapacity", queueCapacity, "it must be at least 1");
    }
  }

  private static IllegalArgumentException refused(String option, Object given, String allowed) {
    return Call.refused("BatcherOptions", option, given, allowed);
  }

  /**
   * Returns the defaults: at most 64 requests in a call, which begins as soon as the model is idle,
   * no padding, and room for 1024 waiting requests.
   *
   * @return the defaults
   */
  public static BatcherOptions defaults() {
    return DEFAULTS;
  }

  /**
   * Returns these options with another largest batch.
   *
   * @param largestBatch the largest number of requests in one call
   * @return the changed options
   * @throws IllegalArgumentException if it is less than 1, or greater than the last of the sizes
   */
  public BatcherOptions withLargestBatch(int largestBatch) {
    return new BatcherOptions(largestBatch, longestWait, sizes, queueCapacity);
  }

  /**
   * Returns these options with another longest wait.
   *
   * @param longestWait how long a request waits for others
   * @return the changed options
   * @throws IllegalArgumentException if it is negative
   */
  public BatcherOptions withLongestWait(Duration longestWait) {
    return new BatcherOptions(largestBatch, longestWait, sizes, queueCapacity);
  }

  /**
   * Returns these options with padding to the given sizes, of which the last one becomes the
   * largest batch.
   *
   * @param sizes the numbers of rows with which the model is called, in increasing order; if there
   *     are none, batches are not padded and the largest batch remains as it is
   * @return the changed options
   * @throws IllegalArgumentException if the sizes are not positive or do not increase
   */
  public BatcherOptions withSizes(int... sizes) {
    List<Integer> list =
        Arrays.stream(Call.notNull("BatcherOptions", "sizes", sizes)).boxed().toList();
    int largest = sizes.length == 0 ? largestBatch : Math.max(1, sizes[sizes.length - 1]);
    return new BatcherOptions(largest, longestWait, list, queueCapacity);
  }

  /**
   * Returns these options with another capacity of the queue.
   *
   * @param queueCapacity the largest number of requests that wait
   * @return the changed options
   * @throws IllegalArgumentException if it is less than 1
   */
  public BatcherOptions withQueueCapacity(int queueCapacity) {
    return new BatcherOptions(largestBatch, longestWait, sizes, queueCapacity);
  }

  /** Returns the number of rows with which the model is called for a number of requests. */
  int padded(int requests) {
    for (int size : sizes) {
      if (size >= requests) {
        return size;
      }
    }
    return requests;
  }
}
