package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A virtual machine ends in each of the ways there are, whatever MLX computes meanwhile, on a busy
 * machine: soon, with its exit code and with all that it printed.
 *
 * <p>Each way is tried once, with one kind of work; {@code -DprocessEnd.runs=25} tries each way
 * with each kind so many times, and prints how long the ends took.
 */
class ProcessEndTest {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int RUNS = Integer.getInteger("processEnd.runs", 0);
  private static final AtomicBoolean over = new AtomicBoolean();

  /** The work that is in progress while the process ends. */
  enum Work {
    /** Products that OpenBLAS distributes among its threads, each handed over by MLX's thread. */
    MANY_PRODUCTS {
      @Override
      void start() {
        MlxArray x = MlxRandom.normal(100, 100);
        x.eval();
        for (int i = 0; i < 8; i++) {
          MlxArray y = x;
          for (int k = 0; k < 200; k++) {
            y = y.matmul(x);
          }
          Ops.asyncEval(y);
        }
      }
    },
    /** Long calls of BLAS, much longer than the program takes to end. */
    A_LARGE_PRODUCT {
      @Override
      void start() {
        MlxArray x = MlxRandom.normal(2048, 2048);
        Ops.asyncEval(x.matmul(x).matmul(x));
      }
    },
    /** Seconds in LAPACK, which may fail and so keeps others from entering MLX. */
    A_DECOMPOSITION {
      @Override
      void start() {
        MlxArray x = MlxRandom.normal(1500, 1500);
        daemon(() -> Linalg.svd(x).u().eval());
      }
    },
    /** Threads that build, transform and evaluate without end. */
    EVERYTHING {
      @Override
      void start() throws InterruptedException {
        CountDownLatch working = new CountDownLatch(4);
        for (int i = 0; i < 4; i++) {
          daemon(
              () -> {
                while (true) {
                  try (Scope scope = Scope.open()) {
                    MlxArray x = MlxRandom.normal(64, 64);
                    Ops.asyncEval(Fft.fft(x.sort()).abs().sum(), x.cumsum(0).argmax());
                    Transforms.grad(v -> v.matmul(v).exp().sum()).apply(x).eval();
                  }
                  working.countDown();
                }
              });
        }
        working.await();
      }
    };

    abstract void start() throws InterruptedException;

    private static void daemon(Runnable work) {
      Thread thread = new Thread(work);
      thread.setDaemon(true);
      thread.start();
    }
  }

  /** How a process ends, and its exit code. */
  enum End {
    MAIN_RETURNS(0) {
      @Override
      void end() {}
    },
    EXIT(3) {
      @Override
      void end() {
        System.exit(code);
      }
    },
    EXIT_BY_ANOTHER_THREAD(4) {
      @Override
      void end() throws InterruptedException {
        new Thread(() -> System.exit(code)).start();
        forEver();
      }
    },
    EXIT_INSIDE_A_CALLBACK(5) {
      @Override
      void live(Work work) {
        Transforms.grad(
                x -> {
                  try {
                    super.live(work);
                  } catch (Exception problem) {
                    throw new IllegalStateException(problem);
                  }
                  return x;
                })
            .apply(MlxArray.scalar(1f));
      }

      @Override
      void end() {
        System.exit(code);
      }
    },
    UNCAUGHT_EXCEPTION(1) {
      @Override
      void end() {
        Thread.currentThread().setUncaughtExceptionHandler((thread, expected) -> {});
        throw new IllegalStateException("expected");
      }
    },
    HALT(6) {
      @Override
      void end() {
        Runtime.getRuntime().halt(code);
      }
    },
    HALT_IN_A_HOOK(7) {
      @Override
      void end() {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> Runtime.getRuntime().halt(code)));
        System.exit(0);
      }
    },
    TERMINATED(128 + 15) {
      @Override
      void end() throws IOException, InterruptedException {
        new ProcessBuilder("kill", Long.toString(ProcessHandle.current().pid())).start();
        forEver();
      }
    };

    final int code;

    End(int code) {
      this.code = code;
    }

    /** Works and ends. */
    void live(Work work) throws Exception {
      work.start();
      Thread.sleep((long) (Math.random() * 50));
      System.out.print("last words at " + System.currentTimeMillis());
      end();
    }

    abstract void end() throws IOException, InterruptedException;

    private static void forEver() throws InterruptedException {
      new CountDownLatch(1).await();
    }
  }

  /** A life of one kind, and its end. */
  static final class Life {
    public static void main(String[] arguments) throws Exception {
      End.valueOf(arguments[1]).live(Work.valueOf(arguments[0]));
    }
  }

  @BeforeAll
  static void keepTheMachineBusy() {
    for (int i = 0; i < 4; i++) {
      Work.daemon(
          () -> {
            while (!over.get()) {
              Thread.onSpinWait();
            }
          });
    }
  }

  @AfterAll
  static void leaveTheMachineAlone() {
    over.set(true);
  }

  static List<Arguments> lives() {
    Work[] works = Work.values();
    List<Arguments> lives = new ArrayList<>();
    for (End end : End.values()) {
      if (RUNS > 0) {
        for (Work work : works) {
          lives.add(Arguments.of(work, end));
        }
      } else {
        lives.add(Arguments.of(works[lives.size() % works.length], end));
      }
    }
    return lives;
  }

  @ParameterizedTest
  @MethodSource("lives")
  void theProcessEnds(Work work, End end) throws Exception {
    long slowest = 0;
    for (int run = 0; run < Math.max(RUNS, 1); run++) {
      slowest = Math.max(slowest, milliseconds(work, end));
    }
    if (RUNS > 0) {
      System.out.printf("%s, %s: at most %d ms%n", work, end, slowest);
    }
  }

  private static long milliseconds(Work work, End end) throws Exception {
    Path output = Files.createTempFile("mlx4j", ".out");
    try {
      ProcessBuilder life =
          new ProcessBuilder(
              ChildJvm.command(Life.class, List.of(), List.of(work.name(), end.name())));
      Process process = life.redirectErrorStream(true).redirectOutput(output.toFile()).start();
      boolean ended = process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      long now = System.currentTimeMillis();
      if (!ended) {
        process.destroyForcibly().waitFor();
      }
      String printed = Files.readString(output);
      assertTrue(ended, () -> "did not end: " + printed);
      assertEquals(end.code, process.exitValue(), printed);
      String[] words = printed.split("last words at ", -1);
      assertEquals(2, words.length, printed);
      assertEquals("", words[0]);
      return now - Long.parseLong(words[1].strip());
    } finally {
      Files.delete(output);
    }
  }
}
