package org.mlx4j;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Counts durations in buckets; guarded by the lock of its owner. */
final class Durations {
  /** The exponent of the first bound, which is 16 microseconds. */
  private static final int FIRST = 4;

  /** The exponent of the last bound, which is 67 seconds. */
  private static final int LAST = 26;

  private static final List<Duration> BOUNDS =
      IntStream.rangeClosed(FIRST, LAST).mapToObj(k -> Duration.ofNanos(1000L << k)).toList();

  private final long[] counts = new long[BOUNDS.size() + 1];
  private Duration sum = Duration.ZERO;

  void add(long nanoseconds) {
    counts[bucket(nanoseconds)]++;
    sum = sum.plusNanos(nanoseconds);
  }

  /** The number of bounds below a duration. */
  private static int bucket(long nanoseconds) {
    int bucket = 0;
    while (bucket < BOUNDS.size() && nanoseconds > 1000L << (FIRST + bucket)) {
      bucket++;
    }
    return bucket;
  }

  DurationHistogram snapshot() {
    return new DurationHistogram(BOUNDS, Arrays.stream(counts).boxed().toList(), sum);
  }
}
