package org.mlx4j;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mlx4j.ArrayAssertions.assertValues;
import static org.mlx4j.DeepStack.KIB;
import static org.mlx4j.DeepStack.MIB;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mlx4j.internal.TransformsNative;
import org.mlx4j.tree.TreeValueAndGrad;
import org.mlx4j.tree.Trees;

/**
 * Transforms run on a separate large stack, and the functions that they call do not notice: they
 * run on the caller's thread, with everything that belongs to it.
 */
@ExtendWith(LifetimeBalance.class)
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LargeStackTest {
  private interface Runner {
    MlxArray run(ArrayFunction f);
  }

  private static MlxArray three() {
    return MlxArray.scalar(3f);
  }

  /** Each one calls a function of a scalar from the large stack, some through several switches. */
  static Stream<Named<Runner>> transforms() {
    return Stream.of(
        Named.of("grad", f -> Transforms.grad(f).apply(three())),
        Named.of("vjp", f -> Transforms.vjp(f, three(), three()).vjps()[0]),
        Named.of("jvp", f -> Transforms.jvp(f, three(), three()).jvps()[0]),
        Named.of("vmap", f -> Transforms.vmap(f).apply(MlxArray.of(3f)).squeeze()),
        Named.of("compile", f -> Transforms.compile(f).apply(three())),
        Named.of("checkpoint", f -> Transforms.grad(Transforms.checkpoint(f)).apply(three())),
        Named.of("grad of grad", f -> Transforms.grad(Transforms.grad(f)).apply(three())),
        Named.of(
            "grad inside vmap inside compile",
            f ->
                Transforms.compile(
                        x ->
                            Transforms.vmap(y -> Transforms.grad(f).apply(y))
                                .apply(x.reshape(1))
                                .squeeze())
                    .apply(three())));
  }

  // ---- what belongs to the thread
  // -----------------------------------------------------------------

  @ParameterizedTest
  @MethodSource("transforms")
  void theFunctionRunsOnTheCallersThread(Runner transform) throws Exception {
    ThreadLocal<String> local = new ThreadLocal<>();
    local.set("the caller's");
    Thread caller = Thread.currentThread();
    ClassLoader before = caller.getContextClassLoader();
    AtomicInteger calls = new AtomicInteger();
    try (URLClassLoader loader = new URLClassLoader(new URL[0]);
        Scope scope = Scope.open()) {
      caller.setContextClassLoader(loader);
      transform.run(
          x -> {
            calls.incrementAndGet();
            assertSame(caller, Thread.currentThread());
            assertSame(loader, Thread.currentThread().getContextClassLoader());
            assertEquals("the caller's", local.get());
            return x.square();
          });
      transform.run(
          x -> {
            local.set("the function's");
            return x.square();
          });
      assertEquals("the function's", local.get());
    } finally {
      caller.setContextClassLoader(before);
      local.remove();
    }
    assertTrue(calls.get() > 0);
  }

  @ParameterizedTest
  @MethodSource("transforms")
  void interruptsAreSeenAndStay(Runner transform) {
    Scope.run(
        () -> {
          boolean[] seen = new boolean[1];
          Thread.currentThread().interrupt();
          transform.run(
              x -> {
                seen[0] = Thread.currentThread().isInterrupted();
                return x.square();
              });
          assertTrue(Thread.interrupted());
          assertTrue(seen[0]);
          transform.run(
              x -> {
                Thread.currentThread().interrupt();
                return x.square();
              });
          assertTrue(Thread.interrupted());
        });
  }

  @ParameterizedTest
  @MethodSource("transforms")
  void exceptionsComeOutAsTheSameObject(Runner transform) {
    Scope.run(
        () -> {
          for (Throwable thrown : List.of(new IllegalStateException("1"), new AssertionError(2))) {
            assertSame(
                thrown,
                assertThrows(
                    thrown.getClass(),
                    () ->
                        transform.run(
                            x -> {
                              x.square();
                              if (thrown instanceof Error e) {
                                throw e;
                              }
                              throw (RuntimeException) thrown;
                            })));
          }
          transform.run(MlxArray::square).eval();
        });
  }

  @ParameterizedTest
  @MethodSource("transforms")
  void stackTracesLeadBackToTheCaller(Runner transform) {
    Scope.run(
        () ->
            transform.run(
                x -> {
                  List<String> methods =
                      StackWalker.getInstance()
                          .walk(all -> all.map(StackWalker.StackFrame::getMethodName).toList());
                  assertTrue(methods.contains("stackTracesLeadBackToTheCaller"), methods::toString);
                  System.gc(); // which walks this thread's stack as well
                  return x.square();
                }));
  }

  /**
   * Java code in a function may use the thread's own stack to its end, and its overflow is Java's.
   */
  @ParameterizedTest
  @MethodSource("transforms")
  void recursionInAFunctionEndsAsEverywhere(Runner transform) {
    DeepStack.run(
        512 * KIB,
        () -> {
          assertThrows(StackOverflowError.class, () -> transform.run(x -> x.add(endless(0))));
          transform.run(MlxArray::square).eval();
        });
  }

  private static int endless(int n) {
    return n < 0 ? 0 : endless(n + 1) + 1;
  }

  // ---- deep models
  // --------------------------------------------------------------------------------

  record Layer(
      MlxArray norm,
      MlxArray query,
      MlxArray key,
      MlxArray value,
      MlxArray out,
      MlxArray up,
      MlxArray down) {
    static Layer random(int dim) {
      MlxArray[] w = new MlxArray[6];
      for (int i = 0; i < w.length; i++) {
        w[i] = MlxRandom.normal(dim, dim).multiply(0.1f);
      }
      return new Layer(Ops.ones(dim), w[0], w[1], w[2], w[3], w[4], w[5]);
    }

    MlxArray apply(MlxArray x) {
      MlxArray h = normalized(x);
      MlxArray q = h.matmul(query);
      MlxArray k = h.matmul(key);
      MlxArray weights = q.matmul(k.transpose()).multiply(0.25f).softmax(-1);
      MlxArray attended = x.add(weights.matmul(h.matmul(value)).matmul(out));
      MlxArray inner = normalized(attended).matmul(up);
      return attended.add(inner.multiply(inner.sigmoid()).matmul(down));
    }

    private MlxArray normalized(MlxArray x) {
      MlxArray centred = x.subtract(x.mean(-1, true));
      MlxArray variance = centred.square().mean(-1, true);
      return centred.multiply(variance.add(1e-5f).rsqrt()).multiply(norm);
    }
  }

  record Model(List<Layer> layers) {}

  private static MlxArray loss(Model model, MlxArray x) {
    for (Layer layer : model.layers()) {
      x = layer.apply(x);
    }
    return x.square().mean();
  }

  /** A compiled training step is thousands of operations deep. */
  @Test
  void thirtyLayersOfATransformerAreCompiledWithTheirGradientOnASmallStack() {
    DeepStack.run(
        256 * KIB,
        () -> {
          MlxRandom.seed(3);
          List<Layer> layers = new ArrayList<>();
          for (int i = 0; i < 30; i++) {
            layers.add(Layer.random(8));
          }
          Model model = new Model(layers);
          MlxArray x = MlxRandom.normal(4, 8);
          var step = Trees.valueAndGrad((Model m, MlxArray y) -> loss(m, y));
          TreeValueAndGrad<Model> compiled = Trees.compile(step).apply(model, x);
          TreeValueAndGrad<Model> plain = step.apply(model, x);
          float value = loss(model, x).itemFloat();
          assertEquals(value, compiled.value().itemFloat(), 1e-4f * Math.abs(value));
          List<MlxArray> expected = Trees.flatten(plain.grad());
          List<MlxArray> actual = Trees.flatten(compiled.grad());
          for (int i = 0; i < expected.size(); i++) {
            assertTrue(actual.get(i).allclose(expected.get(i), 1e-3, 1e-5).itemBoolean());
          }
        });
  }

  /** The calling thread computes small arrays itself, unless its stack is too small for that. */
  @Test
  void smallArraysAreComputedHoweverLittleStackIsLeft() {
    for (long size : new long[] {192 * KIB, MIB, 4 * MIB}) {
      AtomicInteger evaluations = new AtomicInteger();
      DeepStack.run(
          size, () -> assertThrows(StackOverflowError.class, () -> evaluateDeeper(evaluations)));
      assertTrue(evaluations.get() > 10, evaluations::toString);
    }
  }

  private static void evaluateDeeper(AtomicInteger evaluations) {
    try (Scope scope = Scope.open()) {
      MlxArray x = Ops.arange(16).reshape(4, 4).multiply(0.1f);
      MlxArray y = x.matmul(x.T()).softmax(-1).sort(-1);
      MlxArray z = Fft.rfft(x.tanh().add(1)).abs();
      assertEquals(4, y.sum().itemFloat(), 1e-5);
      float first = z.get(Index.at(0), Index.at(0)).itemFloat();
      assertEquals(4 + Math.tanh(0.1) + Math.tanh(0.2) + Math.tanh(0.3), first, 1e-5);
    }
    if (evaluations.incrementAndGet() > 0) {
      evaluateDeeper(evaluations);
    }
  }

  // ---- many threads, and what stays
  // ---------------------------------------------------------------

  @Test
  void sixtyFourThreadsAreInsideFunctionsAtOnce() throws Exception {
    int threads = 64;
    CyclicBarrier inside = new CyclicBarrier(threads);
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Callable<Float>> tasks = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        float n = i;
        tasks.add(
            () -> {
              try (Scope scope = Scope.open()) {
                return Transforms.grad(
                        x -> {
                          meet(inside);
                          MlxArray slope =
                              Transforms.grad(
                                      y -> {
                                        meet(inside);
                                        return y.square().multiply(x);
                                      })
                                  .apply(x); // 2 x²
                          return slope;
                        })
                    .apply(MlxArray.scalar(n)) // 4 x
                    .itemFloat();
              }
            });
      }
      List<Future<Float>> results = pool.invokeAll(tasks);
      for (int i = 0; i < threads; i++) {
        assertEquals(4f * i, results.get(i).get());
      }
    } finally {
      pool.shutdown();
      assertTrue(pool.awaitTermination(1, TimeUnit.MINUTES));
    }
    assertTrue(TransformsNative.large_stacks() <= 4, "only some are kept for the next callers");
  }

  private static void meet(CyclicBarrier barrier) {
    try {
      barrier.await(2, TimeUnit.MINUTES);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void memoryOfADeepTransformGoesBackToTheSystem() throws IOException {
    DeepStack.run(
        256 * KIB,
        () ->
            assertValues(
                Transforms.compile(
                        x -> {
                          for (int i = 0; i < 50_000; i++) { // takes ten megabytes of stack
                            x = x.negative();
                          }
                          return x;
                        })
                    .apply(three()),
                3));
    int stacks = 0;
    boolean ofStack = false;
    for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
      String[] words = line.split("\\s+", -1);
      if (words[0].equals("Size:")) {
        ofStack =
            Long.parseLong(words[1]) == (1 << 20) - 64; // a gigabyte without its guard, in KiB
        stacks += ofStack ? 1 : 0;
      } else if (ofStack && words[0].equals("Rss:")) {
        assertTrue(Long.parseLong(words[1]) <= 512, line);
      }
    }
    assertEquals(TransformsNative.large_stacks(), stacks);
    assertTrue(stacks > 0);
  }

  @Test
  void callsFromOneThreadUseOneStack() {
    TransformsNative.set_large_stack_size(TransformsNative.set_large_stack_size(0)); // none kept
    assertEquals(0, TransformsNative.large_stacks());
    Scope.run(
        () -> {
          for (int i = 0; i < 10; i++) {
            MlxArray slope =
                Transforms.grad(
                        x -> {
                          assertEquals(1, TransformsNative.large_stacks());
                          return Transforms.grad(
                                  y -> {
                                    assertEquals(1, TransformsNative.large_stacks());
                                    return y.square().multiply(y);
                                  })
                              .apply(x);
                        })
                    .apply(three());
            assertValues(slope, 18);
            assertThrows(
                ArithmeticException.class,
                () ->
                    Transforms.grad(
                            x -> {
                              throw new ArithmeticException();
                            })
                        .apply(three()));
          }
        });
    assertEquals(1, TransformsNative.large_stacks());
  }

  @Test
  void whereTheSystemHasNoMemoryForOneTheThreadsOwnStackServes() {
    long usual = TransformsNative.set_large_stack_size(0);
    try {
      Scope.run(
          () -> {
            assertValues(Transforms.grad(Transforms.grad(x -> x.square())).apply(three()), 2);
            assertEquals(0, TransformsNative.large_stacks());
          });
      TransformsNative.set_large_stack_size(Long.MAX_VALUE / 4); // it is tried with less and less
      Scope.run(
          () ->
              assertValues(
                  Transforms.grad(
                          x -> {
                            assertTrue(TransformsNative.large_stacks() <= 1);
                            return x.square();
                          })
                      .apply(three()),
                  6));
    } finally {
      TransformsNative.set_large_stack_size(usual);
    }
  }

  /** Prints by how many bytes the addresses of the process grow with its first large stack. */
  static final class Limited {
    public static void main(String[] args) throws IOException {
      try (MlxArray x = three();
          TransformedFunction compiled =
              Transforms.compile(
                  v -> {
                    for (int i = 0; i < 50_000; i++) {
                      v = v.negative();
                    }
                    return v;
                  })) {
        MlxArray.of(1f).add(1f).eval(); // everything is loaded
        long before = addresses();
        MlxArray y = compiled.apply(x);
        System.out.println(y.itemFloat() + " " + (addresses() - before));
      }
    }

    private static long addresses() throws IOException {
      String pages = Files.readString(Path.of("/proc/self/statm")).split(" ", 2)[0];
      return Long.parseLong(pages) * 4096;
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void whereAddressesAreLimitedTheyAreLeftToArrays() throws Exception {
    List<String> command =
        new ArrayList<>(List.of("sh", "-c", "ulimit -v 8388608 && exec \"$@\"", "sh"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-cp", System.getProperty("java.class.path")));
    command.add(Limited.class.getName());
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, process.waitFor(), printed);
    String[] numbers = printed.trim().split(" ", -1);
    assertEquals("3.0", numbers[0]);
    assertTrue(Long.parseLong(numbers[1]) < 900L << 20, printed); // 512 MiB, and what the JVM takes
  }
}
