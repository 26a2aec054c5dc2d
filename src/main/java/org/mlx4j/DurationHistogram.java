package org.mlx4j;

import java.time.Duration;
import java.util.List;

/**
 * A histogram of durations, in the form that metrics libraries read; {@link BatcherStatistics} has
 * some.
 *
 * <pre>{@code
 * import java.time.Duration;
 *
 * var times = new DurationHistogram(
 *     List.of(Duration.ofMillis(1), Duration.ofMillis(2)), List.of(90L, 9L, 1L), Duration.ofMillis(80));
 * times.count();          // 100
 * times.quantile(0.5);    // one millisecond
 * }</pre>
 *
 * @param bounds the upper bounds of the buckets, in increasing order: powers of two of a
 *     microsecond, from 16 µs to a little more than a minute
 * @param counts how many durations lie in each bucket, at most its bound and above the one before;
 *     one more counts those above the last bound
 * @param sum the sum of all durations
 */
public record DurationHistogram(List<Duration> bounds, List<Long> counts, Duration sum) {
  /**
   * Copies the lists.
   *
   * @throws IllegalArgumentException if there is not one more count than bounds
   * @throws NullPointerException if a list or the sum is null, or a list contains null
   */
  public DurationHistogram {
    bounds = List.copyOf(Call.notNull("DurationHistogram", "bounds", bounds));
    counts = List.copyOf(Call.notNull("DurationHistogram", "counts", counts));
    Call.notNull("DurationHistogram", "sum", sum);
    if (counts.size() != bounds.size() + 1) {
      throw Call.refused(
          "DurationHistogram",
          "counts",
          counts,
          "there must be one more than bounds, of which there are " + bounds.size());
    }
  }

  /**
   * Returns the number of durations.
   *
   * @return the sum of all counts
   */
  public long count() {
    return counts.stream().mapToLong(Long::longValue).sum();
  }

  /**
   * Returns the mean.
   *
   * @return the sum divided by the count; zero if there are no durations
   */
  public Duration mean() {
    return count() == 0 ? Duration.ZERO : sum.dividedBy(count());
  }

  /**
   * Returns a duration that a part of all durations do not exceed, as exactly as the buckets tell:
   * the bound of the bucket in which the quantile lies.
   *
   * @param part the part, from 0 to 1, such as 0.99
   * @return the bound; the last one if the quantile lies above it, and zero if there are no
   *     durations
   * @throws IllegalArgumentException if {@code part} is not from 0 to 1
   */
  public Duration quantile(double part) {
    if (!(part >= 0 && part <= 1)) {
      throw Call.refused("quantile", "part", part, "it must be from 0 to 1");
    }
    long count = count();
    if (count == 0) {
      return Duration.ZERO;
    }
    double rank = Math.max(1, Math.ceil(part * count));
    long below = 0;
    int bucket = 0;
    while (bucket < bounds.size() - 1 && (below += counts.get(bucket)) < rank) {
      bucket++;
    }
    return bounds.get(bucket);
  }
}
