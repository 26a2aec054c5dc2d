package org.mlx4j.examples.service;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.coyote.ProtocolHandler;
import org.springframework.boot.tomcat.TomcatProtocolHandlerCustomizer;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * The threads that answer requests. Tomcat's graceful end waits until the controllers have
 * returned, but not until the answers are written. These threads end after that, and before the
 * connections are closed.
 */
@Component
class Threads implements TomcatProtocolHandlerCustomizer<ProtocolHandler>, SmartLifecycle {
  private static final int THREADS = 200;

  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(THREADS, THREADS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
  private volatile boolean isRunning;

  Threads() {
    threads.allowCoreThreadTimeOut(true);
  }

  @Override
  public void customize(ProtocolHandler protocol) {
    protocol.setExecutor(threads);
  }

  @Override
  public void start() {
    isRunning = true;
  }

  @Override
  public boolean isRunning() {
    return isRunning;
  }

  /** Between the graceful end, 1024 below the default, and the end of the server, 2048 below. */
  @Override
  public int getPhase() {
    return SmartLifecycle.DEFAULT_PHASE - 1536;
  }

  @Override
  public void stop() {
    isRunning = false;
    threads.shutdown();
    try {
      threads.awaitTermination(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
