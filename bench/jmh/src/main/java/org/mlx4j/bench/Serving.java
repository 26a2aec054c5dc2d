package org.mlx4j.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.mlx4j.Batcher;
import org.mlx4j.BatcherOptions;
import org.mlx4j.MlxArray;
import org.mlx4j.MlxRandom;
import org.mlx4j.Ops;
import org.mlx4j.Scope;
import org.mlx4j.TransformedFunction;
import org.mlx4j.Transforms;

/**
 * Answers the requests of many threads with a compiled perceptron: each thread by itself, as many
 * threads at a time as there are processors (in turn), and with a {@link Batcher}. Prints requests
 * a second and quantiles of the time for one: {@code Serving [SECONDS [HIDDEN [virtual]]]}. Each
 * thread sends its next request when it has the answer to the last.
 */
public final class Serving {
  private static final int INPUTS = 784;
  private static final int ROUNDS = 5;

  private Serving() {}

  private static TransformedFunction perceptron(int hidden) {
    MlxArray w1 = MlxRandom.normal(new int[] {INPUTS, hidden}).multiply(0.05f);
    MlxArray w2 = MlxRandom.normal(new int[] {hidden, hidden}).multiply(0.05f);
    MlxArray w3 = MlxRandom.normal(new int[] {hidden, 10});
    Ops.eval(w1, w2, w3);
    return Transforms.compile(
        x -> x.matmul(w1).maximum(0f).matmul(w2).maximum(0f).matmul(w3).softmax(-1));
  }

  /** Runs for as long as a phase lasts: 0 to warm up, 1 to measure, 2 to end. */
  private static long[] client(
      int seed, boolean virtual, Function<float[], float[]> service, AtomicInteger phase) {
    Random random = new Random(seed);
    float[] pixels = new float[INPUTS];
    for (int i = 0; i < INPUTS; i++) {
      pixels[i] = random.nextFloat();
    }
    long[] times = new long[1024];
    int count = 0;
    while (phase.get() < 2) {
      long start = System.nanoTime();
      if (service.apply(pixels).length != 10) {
        throw new IllegalStateException("a wrong answer");
      }
      long taken = System.nanoTime() - start;
      if (phase.get() == 1) {
        if (count == times.length) {
          times = Arrays.copyOf(times, 2 * count);
        }
        times[count++] = taken;
      }
      if (virtual) { // a service waits for its connection here, and others get the carrier
        Thread.yield();
      }
    }
    return Arrays.copyOf(times, count);
  }

  private static ExecutorService threads(boolean virtual, int count)
      throws ReflectiveOperationException {
    return virtual
        ? (ExecutorService)
            Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null)
        : Executors.newFixedThreadPool(count);
  }

  private static double[] measure(
      int clients, double seconds, boolean virtual, Function<float[], float[]> service)
      throws Exception {
    ExecutorService threads = threads(virtual, clients);
    AtomicInteger phase = new AtomicInteger();
    List<Future<long[]>> all = new ArrayList<>();
    for (int i = 0; i < clients; i++) {
      int seed = i;
      all.add(threads.submit(() -> client(seed, virtual, service, phase)));
    }
    Thread.sleep((long) (500 * seconds));
    phase.set(1);
    long start = System.nanoTime();
    Thread.sleep((long) (1000 * seconds));
    phase.set(2);
    double measured = 1e-9 * (System.nanoTime() - start);
    List<long[]> times = new ArrayList<>();
    for (Future<long[]> client : all) {
      times.add(client.get());
    }
    threads.shutdown();
    long[] sorted = times.stream().flatMapToLong(Arrays::stream).sorted().toArray();
    return new double[] {
      sorted.length / measured, milliseconds(sorted, 0.5), milliseconds(sorted, 0.99)
    };
  }

  private static double milliseconds(long[] sorted, double part) {
    return sorted.length == 0 ? Double.NaN : 1e-6 * sorted[(int) (part * (sorted.length - 1))];
  }

  public static void main(String[] arguments) throws Exception {
    double seconds = arguments.length > 0 ? Double.parseDouble(arguments[0]) : 3;
    int hidden = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 256;
    boolean virtual = arguments.length > 2 && arguments[2].equals("virtual");
    BatcherOptions options = BatcherOptions.defaults().withSizes(1, 2, 4, 8, 16, 32, 64);
    try (TransformedFunction model = perceptron(hidden);
        Batcher<MlxArray, MlxArray> batcher = Batcher.of(model::apply, options)) {
      Function<float[], float[]> plain =
          pixels -> {
            try (Scope scope = Scope.open()) {
              return model.apply(MlxArray.of(pixels, 1, INPUTS)).toFloatArray();
            }
          };
      Function<float[], float[]> batched =
          pixels -> {
            try (Scope scope = Scope.open()) {
              return batcher.apply(MlxArray.of(pixels)).toFloatArray();
            }
          };
      Semaphore turns = new Semaphore(Runtime.getRuntime().availableProcessors(), true);
      Function<float[], float[]> inTurn =
          pixels -> {
            turns.acquireUninterruptibly();
            try {
              return plain.apply(pixels);
            } finally {
              turns.release();
            }
          };
      Map<String, Function<float[], float[]>> ways =
          Map.of("plain", plain, "in turn", inTurn, "batched", batched);
      for (Function<float[], float[]> way : ways.values()) {
        measure(1, seconds, virtual, way); // until the JVM has compiled it
      }
      System.out.println(
          "| way     | clients | requests/s | p50         | p99         | p99 / p50 |");
      System.out.println(
          "|---------|--------:|-----------:|------------:|------------:|----------:|");
      for (int clients : new int[] {1, 8, 64, 200}) {
        compare(clients, seconds, virtual, ways);
      }
    }
  }

  /** The ways take turns, and the median of each figure is printed. */
  private static void compare(
      int clients, double seconds, boolean virtual, Map<String, Function<float[], float[]>> ways)
      throws Exception {
    Map<String, double[][]> figures = new TreeMap<>();
    for (int round = 0; round < ROUNDS; round++) {
      for (String way : ways.keySet()) {
        double[] measured = measure(clients, seconds / ROUNDS, virtual, ways.get(way));
        figures.computeIfAbsent(way, w -> new double[measured.length][ROUNDS]);
        for (int i = 0; i < measured.length; i++) {
          figures.get(way)[i][round] = measured[i];
        }
      }
    }
    figures.forEach(
        (way, all) ->
            System.out.printf(
                "| %-7s | %7d | %10.0f | %8.2f ms | %8.2f ms | %9.1f |%n",
                way,
                clients,
                median(all[0]),
                median(all[1]),
                median(all[2]),
                median(all[2]) / median(all[1])));
  }

  private static double median(double... all) {
    Arrays.sort(all);
    return all[all.length / 2];
  }
}
