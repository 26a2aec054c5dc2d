package org.mlx4j.spring;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.mlx4j.Batcher;
import org.mlx4j.BatcherStatistics;
import org.mlx4j.DurationHistogram;
import org.mlx4j.Memory;

/** Meters of the memory of arrays, and of each batcher, whose bean's name is a tag. */
final class MlxMeters implements MeterBinder {
  /** The largest number of requests in the batches that are counted together. */
  private static final int[] SIZES = {1, 2, 4, 8, 16, 32, 64, 128, 256, Integer.MAX_VALUE};

  private final Batchers batchers;

  MlxMeters(Batchers batchers) {
    this.batchers = batchers;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    memory(registry, "mlx4j.memory.active", Memory::getActiveMemory, "Memory in use by arrays");
    memory(registry, "mlx4j.memory.peak", Memory::getPeakMemory, "Largest memory in use so far");
    memory(registry, "mlx4j.memory.cache", Memory::getCacheMemory, "Memory kept for new arrays");
    memory(registry, "mlx4j.memory.limit", Memory::getMemoryLimit, "Limit of the memory");
    Gauge.builder("mlx4j.arrays.live", () -> Memory.stats().arrays())
        .description("Arrays that are not closed")
        .register(registry);
    Gauge.builder("mlx4j.functions.live", () -> Memory.stats().functions())
        .description("Transformed functions that are not closed")
        .register(registry);
    batchers.existing().forEach((name, batcher) -> new OfBatcher(registry, name, batcher).bind());
  }

  private static void memory(
      MeterRegistry registry, String name, Supplier<Number> bytes, String description) {
    Gauge.builder(name, bytes)
        .baseUnit(BaseUnits.BYTES)
        .description(description)
        .register(registry);
  }

  private record OfBatcher(MeterRegistry registry, String name, Batcher<?, ?> batcher) {
    void bind() {
      requests("completed", BatcherStatistics::completed);
      requests("failed", BatcherStatistics::failed);
      requests("cancelled", BatcherStatistics::cancelled);
      requests("expired", BatcherStatistics::expired);
      requests("refused", BatcherStatistics::refused);
      gauge("mlx4j.batcher.queued", BatcherStatistics::queued, "Requests that wait");
      gauge("mlx4j.batcher.running", BatcherStatistics::running, "Requests in the current call");
      timer("mlx4j.batcher.latency", BatcherStatistics::latency, "From submission to answer");
      timer("mlx4j.batcher.waiting", BatcherStatistics::waiting, "From submission to the call");
      latencyBuckets();
      batchSizes();
      counter(
          "mlx4j.batcher.padding",
          Tags.empty(),
          BatcherStatistics::paddingRows,
          "Rows that were added to batches to reach a size");
    }

    private void requests(String outcome, ToLongFunction<BatcherStatistics> count) {
      counter(
          "mlx4j.batcher.requests", Tags.of("outcome", outcome), count, "Requests that have ended");
    }

    private void counter(
        String meter, Tags tags, ToLongFunction<BatcherStatistics> count, String description) {
      FunctionCounter.builder(meter, batcher, b -> count.applyAsLong(b.statistics()))
          .tags(tags.and("batcher", name))
          .description(description)
          .register(registry);
    }

    private void gauge(
        String meter, ToDoubleFunction<BatcherStatistics> value, String description) {
      Gauge.builder(meter, batcher, b -> value.applyAsDouble(b.statistics()))
          .tag("batcher", name)
          .description(description)
          .register(registry);
    }

    private void timer(
        String meter, Function<BatcherStatistics, DurationHistogram> part, String description) {
      FunctionTimer.builder(
              meter,
              batcher,
              b -> part.apply(b.statistics()).count(),
              b -> part.apply(b.statistics()).sum().toNanos(),
              TimeUnit.NANOSECONDS)
          .tag("batcher", name)
          .description(description)
          .register(registry);
    }

    /** Counters as a histogram of Prometheus has them, for its {@code histogram_quantile}. */
    private void latencyBuckets() {
      List<Duration> bounds = batcher.statistics().latency().bounds();
      for (int i = 0; i <= bounds.size(); i++) {
        int last = i;
        String le = i < bounds.size() ? seconds(bounds.get(i)) : "+Inf";
        counter(
            "mlx4j.batcher.latency.within",
            Tags.of("le", le),
            statistics -> sum(statistics.latency().counts().subList(0, last + 1)),
            "Requests that were answered within so many seconds");
      }
    }

    private static String seconds(Duration duration) {
      return String.valueOf(duration.toNanos() / 1e9);
    }

    private void batchSizes() {
      int below = 0;
      for (int largest : SIZES) {
        int from = below + 1;
        String size = largest == Integer.MAX_VALUE ? from + "+" : range(from, largest);
        counter(
            "mlx4j.batcher.batches",
            Tags.of("size", size),
            statistics -> sum(between(statistics.batchSizes(), from, largest)),
            "Calls of the model, by the number of their requests");
        below = largest;
      }
    }

    private static String range(int from, int to) {
      return from == to ? String.valueOf(to) : from + "-" + to;
    }

    private static List<Long> between(Map<Integer, Long> counts, int from, int to) {
      return counts.entrySet().stream()
          .filter(entry -> entry.getKey() >= from && entry.getKey() <= to)
          .map(Map.Entry::getValue)
          .toList();
    }

    private static long sum(List<Long> counts) {
      return counts.stream().mapToLong(Long::longValue).sum();
    }
  }
}
