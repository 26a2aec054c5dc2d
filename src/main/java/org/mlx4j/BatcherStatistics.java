package org.mlx4j;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a {@link Batcher} has done since it was made: what {@link Batcher#statistics} returns, for
 * logs and metrics.
 *
 * <pre>{@code
 * try (Batcher<MlxArray, MlxArray> batcher = Batcher.of((MlxArray rows) -> rows.matmul(w))) {
 *   BatcherStatistics statistics = batcher.statistics();
 *   System.out.println(statistics.queued() + " wait, " + statistics.refused() + " were refused");
 *   System.out.println("99 of 100 took at most " + statistics.latency().quantile(0.99));
 * }
 * }</pre>
 *
 * <p>The counters never decrease, and at every moment {@code accepted = completed + failed +
 * cancelled + expired + queued + running}.
 *
 * @param accepted the number of requests that were accepted
 * @param refused the number of requests that were refused because the queue was full
 * @param completed the number of requests that were answered
 * @param failed the number of requests that ended with an exception of the model
 * @param cancelled the number of requests that their callers cancelled, or that {@link
 *     Batcher#close(Duration)} cancelled at its limit
 * @param expired the number of requests whose deadline passed
 * @param queued the number of requests that wait now
 * @param running the number of requests whose batch is being computed now
 * @param batches the number of calls of the model, including those that repeat a part of a failed
 *     batch
 * @param paddingRows the number of rows that were added to batches to reach one of the sizes
 * @param batchSizes how many calls had each number of requests, in increasing order, without
 *     padding
 * @param waiting how long requests waited until their first call began
 * @param latency how long the requests that were answered took from {@code submit} to their answer
 */
public record BatcherStatistics(
    long accepted,
    long refused,
    long completed,
    long failed,
    long cancelled,
    long expired,
    int queued,
    int running,
    long batches,
    long paddingRows,
    Map<Integer, Long> batchSizes,
    DurationHistogram waiting,
    DurationHistogram latency) {

  /**
   * Copies the map.
   *
   * @throws NullPointerException if the map or one of the histograms is null
   */
  public BatcherStatistics {
    batchSizes =
        Collections.unmodifiableMap(
            new TreeMap<>(Call.notNull("BatcherStatistics", "batchSizes", batchSizes)));
    Call.notNull("BatcherStatistics", "waiting", waiting);
    Call.notNull("BatcherStatistics", "latency", latency);
  }
}
