package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Virtual machines that use MLX start and end without a crash, an endless wait or an error. */
class HostileExitTest {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** Ways to start and to end. */
  enum Way {
    FIRST_USE_BY_MANY_THREADS {
      /** Classes that load the library, each for the first time, at the same moment. */
      @Override
      void live() throws Exception {
        List<Runnable> firsts =
            List.of(
                Memory::getActiveMemory,
                () -> MlxArray.scalar(1f).itemFloat(),
                () -> Ops.zeros(2).sum().eval(),
                () -> MlxRandom.uniform().eval(),
                Device::defaultDevice,
                () -> MlxStream.defaultStream(Device.cpu()).synchronize(),
                () -> Transforms.grad(x -> x.square()).apply(MlxArray.scalar(1f)).eval(),
                () -> Transforms.compile(x -> x.sin()));
        CyclicBarrier together = new CyclicBarrier(firsts.size());
        List<FutureTask<Void>> tasks = new ArrayList<>();
        for (Runnable first : firsts) {
          FutureTask<Void> task =
              new FutureTask<>(
                  () -> {
                    together.await();
                    first.run();
                    return null;
                  });
          tasks.add(task);
          new Thread(task).start();
        }
        for (FutureTask<Void> task : tasks) {
          task.get();
        }
      }
    },
    EXIT_WHILE_OTHERS_WORK {
      @Override
      void live() throws Exception {
        startWorkers();
        System.exit(0);
      }
    },
    HALT_WHILE_OTHERS_WORK {
      @Override
      void live() throws Exception {
        startWorkers();
        Runtime.getRuntime().halt(0);
      }
    },
    MAIN_ENDS_WHILE_OTHERS_WORK {
      @Override
      void live() throws Exception {
        startWorkers();
      }
    },
    EXIT_WITH_WORK_SCHEDULED {
      @Override
      void live() {
        MlxArray x = Ops.ones(300, 300);
        for (int i = 0; i < 30; i++) {
          x = x.matmul(x).multiply(1f / 300);
        }
        Ops.asyncEval(x);
      }
    },
    EXIT_INSIDE_A_CALLBACK {
      @Override
      void live() {
        Transforms.grad(
                x -> {
                  System.exit(0);
                  return x;
                })
            .apply(MlxArray.scalar(1f));
      }
    },
    EXIT_DURING_AN_EVALUATION {
      @Override
      void live() throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        Thread evaluation =
            new Thread(
                () -> {
                  MlxArray x = Ops.ones(500, 500);
                  for (int i = 0; i < 200; i++) {
                    x = x.matmul(x).multiply(1f / 500);
                  }
                  started.countDown();
                  x.eval();
                });
        evaluation.setDaemon(true);
        evaluation.start();
        started.await();
        Thread.sleep(50);
        System.exit(0);
      }
    },
    SHUTDOWN_HOOK_COMPUTES {
      @Override
      void live() {
        MlxArray x = MlxArray.scalar(3f);
        Runtime.getRuntime()
            .addShutdownHook(
                new Thread(
                    () -> {
                      float slope = Transforms.grad(v -> v.square()).apply(x).itemFloat();
                      System.out.println("in the hook " + slope);
                    }));
      }
    },
    NOTHING_IS_CLOSED {
      @Override
      void live() {
        for (int i = 0; i < 1000; i++) {
          float n = i;
          Scope.open();
          Transforms.compile(x -> x.multiply(n)).apply(MlxArray.scalar(1f)).eval();
        }
      }
    };

    abstract void live() throws Exception;

    /**
     * Daemon threads that build, transform and evaluate without end; returns once they have begun.
     */
    private static void startWorkers() throws InterruptedException {
      CountDownLatch working = new CountDownLatch(4);
      for (int i = 0; i < 4; i++) {
        Thread worker =
            new Thread(
                () -> {
                  while (true) {
                    try (Scope scope = Scope.open()) {
                      MlxArray x = Ops.ones(64, 64);
                      Transforms.grad(v -> v.matmul(v).sum()).apply(x).eval();
                    }
                    working.countDown();
                  }
                });
        worker.setDaemon(true);
        worker.start();
      }
      working.await();
    }
  }

  /** Lives and ends in one way. */
  static final class Life {
    public static void main(String[] arguments) throws Exception {
      Way.valueOf(arguments[0]).live();
    }
  }

  @ParameterizedTest
  @EnumSource
  void virtualMachineBeginsAndEndsWell(Way way) throws Exception {
    String printed = ChildJvm.run(Life.class, PATIENCE, Map.of(), List.of(), way.name());
    assertEquals(way == Way.SHUTDOWN_HOOK_COMPUTES ? "in the hook 6.0" : "", printed.strip());
  }
}
