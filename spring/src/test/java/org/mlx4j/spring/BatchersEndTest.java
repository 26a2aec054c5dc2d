package org.mlx4j.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.mlx4j.Batcher;
import org.mlx4j.BatcherOptions;
import org.mlx4j.MlxArray;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.support.GenericApplicationContext;

/** Batchers answer what they have accepted before an application ends. */
class BatchersEndTest {
  private final ApplicationContextRunner application =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(MlxAutoConfiguration.class))
          .withUserConfiguration(Slow.class);

  /** A model that computes when it is allowed to, and what happened in which order. */
  @Configuration(proxyBeanMethods = false)
  static class Slow {
    final CountDownLatch allowed = new CountDownLatch(1);
    final List<String> events = new ArrayList<>();

    @Bean
    Batcher<MlxArray, MlxArray> slow() {
      return Batcher.of(this::twice, BatcherOptions.defaults().withLargestBatch(1));
    }

    private MlxArray twice(MlxArray x) {
      await(allowed);
      return x.multiply(2);
    }

    @Bean
    @Lazy
    Batcher<MlxArray, MlxArray> neverNeeded() {
      events.add("created what nobody needs");
      return Batcher.of((MlxArray x) -> x);
    }

    /** Stands for the web server, which stops in this phase. */
    @Bean
    SmartLifecycle server(@Qualifier("slow") Batcher<MlxArray, MlxArray> slow) {
      return new SmartLifecycle() {
        private boolean isRunning;

        @Override
        public void start() {
          isRunning = true;
        }

        @Override
        public void stop() {
          isRunning = false;
          events.add("server stops, accepting: " + !slow.isClosed());
          allowed.countDown();
        }

        @Override
        public boolean isRunning() {
          return isRunning;
        }

        @Override
        public int getPhase() {
          return SmartLifecycle.DEFAULT_PHASE - 2048;
        }
      };
    }

    @Bean
    AutoCloseable resource(@Qualifier("slow") Batcher<MlxArray, MlxArray> slow) {
      return () -> events.add("beans end, answered: " + slow.statistics().completed());
    }
  }

  @SuppressWarnings("unchecked")
  private static Batcher<MlxArray, MlxArray> slow(ConfigurableApplicationContext context) {
    return (Batcher<MlxArray, MlxArray>) context.getBean("slow");
  }

  @Test
  void acceptedRequestsAreAnsweredAfterTheServerAndBeforeTheBeans() {
    application.run(
        context -> {
          Slow happenings = context.getBean(Slow.class);
          Batcher<MlxArray, MlxArray> batcher = slow(context);
          List<CompletableFuture<MlxArray>> answers = new ArrayList<>();
          for (int i = 0; i < 5; i++) {
            answers.add(batcher.submit(MlxArray.scalar(i)));
          }
          context.close();
          assertEquals(
              List.of("server stops, accepting: true", "beans end, answered: 5"),
              happenings.events);
          for (int i = 0; i < 5; i++) {
            assertEquals(2 * i, answers.get(i).join().itemInt());
          }
          assertThrows(IllegalStateException.class, () -> batcher.submit(MlxArray.scalar(1)));
        });
  }

  @Test
  void requestsAreCancelledAtTheLimit() throws Exception {
    CountDownLatch called = new CountDownLatch(1);
    CountDownLatch allowed = new CountDownLatch(1);
    Batcher<MlxArray, MlxArray> batcher =
        Batcher.of(
            x -> {
              called.countDown();
              await(allowed);
              return x.multiply(2);
            },
            BatcherOptions.defaults().withLargestBatch(1));
    CompletableFuture<MlxArray> begun = batcher.submit(MlxArray.scalar(1));
    assertTrue(called.await(1, TimeUnit.MINUTES));
    CompletableFuture<MlxArray> waiting = batcher.submit(MlxArray.scalar(2));

    GenericApplicationContext context = new GenericApplicationContext();
    context.getBeanFactory().registerSingleton("batcher", batcher);
    BatchersEnd end =
        new BatchersEnd(context, new Batchers(context.getBeanFactory()), Duration.ZERO);
    end.start();
    assertTrue(end.isRunning());
    end.onApplicationEvent(new ContextClosedEvent(context));
    end.stop();
    assertFalse(end.isRunning());

    assertThrows(CancellationException.class, waiting::join);
    assertFalse(begun.isDone());
    allowed.countDown();
    assertEquals(2, begun.get(1, TimeUnit.MINUTES).itemInt());
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(1, TimeUnit.MINUTES));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void contextThatIsStoppedMayBeStartedAgain() {
    application.run(
        context -> {
          context.stop();
          context.start();
          Batcher<MlxArray, MlxArray> batcher = slow(context);
          assertEquals(6, batcher.apply(MlxArray.scalar(3)).itemInt());
        });
  }

  @Test
  void endOfAnotherContextIsNotOurs() {
    application.run(
        context -> {
          BatchersEnd end = context.getBean(BatchersEnd.class);
          end.onApplicationEvent(new ContextClosedEvent(new GenericApplicationContext()));
          end.stop();
          assertFalse(slow(context).isClosed());
          end.start();
        });
  }
}
