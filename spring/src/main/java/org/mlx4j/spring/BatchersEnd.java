package org.mlx4j.spring;

import java.time.Duration;
import java.util.Map;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.mlx4j.Batcher;
import org.mlx4j.BatcherStatistics;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.ContextClosedEvent;

/**
 * Lets batchers answer what they have accepted after the web server has stopped and before any bean
 * is destroyed. A context that is only stopped may be started again, so its batchers remain.
 */
final class BatchersEnd implements SmartLifecycle, ApplicationListener<ContextClosedEvent> {
  /** After the web server, which stops in a phase that is higher by at least 1024. */
  static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 3 * 1024;

  private static final Log LOG = LogFactory.getLog(BatchersEnd.class);

  private final ApplicationContext context;
  private final Batchers batchers;
  private final Duration limit;
  private volatile boolean isRunning;
  private volatile boolean isClosing;

  BatchersEnd(ApplicationContext context, Batchers batchers, Duration limit) {
    this.context = context;
    this.batchers = batchers;
    this.limit = limit;
  }

  @Override
  public void onApplicationEvent(ContextClosedEvent event) {
    if (event.getApplicationContext() == context) {
      isClosing = true;
    }
  }

  @Override
  public void start() {
    isRunning = true;
  }

  @Override
  public boolean isRunning() {
    return isRunning;
  }

  @Override
  public int getPhase() {
    return PHASE;
  }

  @Override
  public void stop() {
    isRunning = false;
    if (!isClosing) {
      return;
    }
    long end = System.nanoTime() + limit.toNanos();
    for (Map.Entry<String, Batcher<?, ?>> batcher : batchers.existing().entrySet()) {
      Duration left = Duration.ofNanos(Math.max(0, end - System.nanoTime()));
      boolean isComplete = batcher.getValue().close(left);
      BatcherStatistics statistics = batcher.getValue().statistics();
      String ended =
          "The batcher \""
              + batcher.getKey()
              + "\" has ended: "
              + statistics.accepted()
              + " requests accepted, "
              + statistics.completed()
              + " answered";
      if (isComplete) {
        LOG.info(ended);
      } else {
        LOG.warn(
            ended
                + ", "
                + statistics.cancelled()
                + " cancelled, some after the "
                + limit
                + " of mlx4j.batcher.drain-limit");
      }
    }
  }
}
