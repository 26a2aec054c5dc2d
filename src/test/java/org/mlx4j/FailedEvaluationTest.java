package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.mlx4j.ArrayAssertions.assertValues;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * If an operation fails while it is computed, only the arrays that depend on it are affected: all
 * others have their values, and these throw the same exception each time they are asked for.
 */
@ExtendWith(InScope.class)
class FailedEvaluationTest {
  private static final long SEED = Long.getLong("laws.seed", 20_250);
  private static final int N = 3;

  @TempDir static Path folder;

  /** Operations on a matrix of finite numbers that are certain to fail when they are computed. */
  static Stream<Named<UnaryOperator<MlxArray>>> failures() {
    return Stream.of(
        Named.of("inverse of a singular matrix", h -> Linalg.inv(h.multiply(0f))),
        Named.of("solve", h -> Linalg.inv(h.multiply(0f)).matmul(h)),
        Named.of("cholesky", h -> Linalg.cholesky(h.multiply(0f).subtract(Ops.eye(N)))),
        Named.of("eigh of NaN", h -> Linalg.eigh(h.multiply(Float.NaN)).eigenvectors()),
        Named.of("eig of NaN", h -> Linalg.eigvals(h.multiply(Float.NaN)).real().add(h)),
        Named.of("svd of NaN", h -> Linalg.svd(h.multiply(Float.NaN)).u()),
        Named.of(
            "gatherMm of float64",
            h -> {
              MlxArray stack = h.astype(DType.FLOAT64).expandDims(0);
              MlxArray first = MlxArray.of(0).multiply(1);
              return stack.gatherMm(stack, first, first).squeeze(0).astype(DType.FLOAT32);
            }),
        Named.of(
            "dilated convolution of float64",
            h -> {
              MlxArray signal = h.astype(DType.FLOAT64).reshape(1, N * N, 1);
              MlxArray kernel = Ops.ones(new int[] {1, 2, 1}, DType.FLOAT64);
              return signal.conv1d(kernel, 1, 1, 2).reshape(N, N).astype(DType.FLOAT32);
            }),
        Named.of("file that was cut off", h -> cutOff().add(h)));
  }

  private static MlxArray cutOff() {
    try {
      Path file = Files.createTempFile(folder, "cut", ".npy");
      Io.save(file, Ops.ones(N, N));
      MlxArray lazy = Io.loadNpy(file);
      try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
        open.setLength(open.length() - 4);
      }
      return lazy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // ---- random graphs
  // ------------------------------------------------------------------------------

  /** An array and its expected elements; null if it depends on the operation that fails. */
  private static final class Node {
    final MlxArray array;
    final double[] value;

    Node(MlxArray array, double[] value) {
      this.array = array;
      this.value = value;
    }
  }

  /** Pseudo-random and the same everywhere. */
  private static final class Dice {
    private final java.util.Random random;

    Dice(long seed) {
      random = new java.util.Random(seed);
    }

    int nextInt(int bound) {
      return random.nextInt(bound);
    }

    <T> T any(List<T> of) {
      return of.get(nextInt(of.size()));
    }
  }

  private static Node source(Dice dice) {
    double[] value = new double[N * N];
    for (int i = 0; i < value.length; i++) {
      value[i] = dice.nextInt(17) / 8.0 - 1;
    }
    return new Node(MlxArray.of(value, new int[] {N, N}).multiply(1f), value);
  }

  private interface Element {
    double at(int row, int column);
  }

  private static double[] matrix(Element element) {
    double[] value = new double[N * N];
    for (int i = 0; i < N * N; i++) {
      value[i] = element.at(i / N, i % N);
    }
    return value;
  }

  private static List<Node> grow(Dice dice, Node x, Node y) {
    MlxArray a = x.array;
    MlxArray b = y.array;
    double[] u = x.value;
    double[] v = y.value;
    boolean fails = u == null || v == null;
    return switch (dice.nextInt(6)) {
      case 0 ->
          List.of(
              new Node(
                  a.add(b).multiply(0.5f),
                  fails ? null : matrix((i, j) -> (u[i * N + j] + v[i * N + j]) / 2)));
      case 1 ->
          List.of(
              new Node(
                  a.matmul(b).multiply(0.25f),
                  fails
                      ? null
                      : matrix(
                          (i, j) -> {
                            double sum = 0;
                            for (int k = 0; k < N; k++) {
                              sum += u[i * N + k] * v[k * N + j];
                            }
                            return sum / 4;
                          })));
      case 2 -> List.of(new Node(a.transpose(), u == null ? null : matrix((i, j) -> u[j * N + i])));
      case 3 -> List.of(new Node(a.negative(), u == null ? null : matrix((i, j) -> -u[i * N + j])));
      case 4 -> { // one operation with three outputs
        MlxArray[] rows = a.split(N);
        yield List.of(
            new Node(
                Ops.concatenate(rows[2], rows[0], rows[1]),
                u == null ? null : matrix((i, j) -> u[(i + 2) % N * N + j])),
            new Node(
                rows[1].add(b).multiply(0.5f),
                fails ? null : matrix((i, j) -> (u[N + j] + v[i * N + j]) / 2)));
      }
      default -> { // another, which may fail but does not
        Qr qr = Linalg.qr(a.multiply(0.125f).add(Ops.eye(N)));
        yield List.of(
            new Node(
                qr.q().matmul(qr.r()),
                u == null ? null : matrix((i, j) -> u[i * N + j] / 8 + (i == j ? 1 : 0))));
      }
    };
  }

  private static List<Node> graph(Dice dice, UnaryOperator<MlxArray> failure) {
    List<Node> nodes = new ArrayList<>(List.of(source(dice), source(dice)));
    int failing = 2 + dice.nextInt(8);
    while (nodes.size() < 16) {
      if (nodes.size() >= failing) {
        failing = Integer.MAX_VALUE;
        nodes.add(new Node(failure.apply(dice.any(nodes).array), null));
      }
      nodes.addAll(grow(dice, dice.any(nodes), dice.any(nodes)));
    }
    for (int i = 0; i < 5; i++) { // what nobody refers to may be overwritten
      nodes.remove(dice.nextInt(nodes.size())).array.close();
    }
    nodes.add(new Node(failure.apply(dice.any(nodes).array), null));
    return nodes;
  }

  private static String error(MlxArray x) {
    RuntimeException e = assertThrows(RuntimeException.class, x::toDoubleArray);
    assertNotNull(e.getMessage());
    return e.getClass().getSimpleName() + e.getMessage();
  }

  /** Each failing operation of a graph fails with its own message. */
  private static void assertAsItMustBe(List<Node> nodes, List<String> errors) {
    for (int i = 0; i < nodes.size(); i++) {
      Node node = nodes.get(i);
      if (node.value != null) {
        assertArrayEquals(node.value, node.array.toDoubleArray(), 1e-5);
      } else if (errors.get(i) == null) {
        errors.set(i, error(node.array));
      } else {
        assertEquals(errors.get(i), error(node.array));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("failures")
  void onlyWhatDependsOnAFailureIsLost(UnaryOperator<MlxArray> failure) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      for (int round = 0; round < 12; round++) {
        Dice dice = new Dice(SEED + round);
        List<Node> nodes = graph(dice, failure);
        MlxArray[] all = nodes.stream().map(node -> node.array).toArray(MlxArray[]::new);
        switch (round % 4) {
          case 0 -> assertThrows(RuntimeException.class, () -> Ops.eval(all));
          case 1 -> assertThrows(RuntimeException.class, () -> Ops.asyncEval(all));
          case 2 -> error(all[all.length - 1]);
          default -> {} // each by itself
        }
        List<String> errors = new ArrayList<>(java.util.Collections.nCopies(all.length, null));
        assertAsItMustBe(nodes, errors);
        assertAsItMustBe(nodes, errors);
        Callable<Void> again =
            () -> {
              assertAsItMustBe(nodes, errors);
              return null;
            };
        for (Future<Void> done : threads.invokeAll(List.of(again, again))) {
          done.get();
        }
      }
    } finally {
      threads.shutdown();
    }
  }

  // ---- by itself
  // ----------------------------------------------------------------------------------

  @ParameterizedTest
  @MethodSource("failures")
  void whatTheOperationWasGivenIsReadable(UnaryOperator<MlxArray> failure) {
    MlxArray lazy = MlxArray.of(new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9}, N, N).add(1f);
    MlxArray sum = lazy.sum();
    MlxArray failed = failure.apply(lazy);
    String error = error(failed);
    assertValues(lazy, 2, 3, 4, 5, 6, 7, 8, 9, 10);
    assertValues(sum, 54);
    assertEquals(error, error(failed));
    assertEquals(error, error(failed.add(lazy)));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void allOutputsOfTheOperationFail(UnaryOperator<MlxArray> failure) {
    MlxArray failed = failure.apply(Ops.ones(N, N));
    MlxArray[] rows = failed.split(N);
    String error = error(rows[1]);
    for (int i = 0; i < 2; i++) {
      for (MlxArray row : rows) {
        assertEquals(error, error(row));
      }
      assertEquals(error, error(failed));
    }
  }

  @Test
  void siblingsOfADecompositionFailAlike() {
    Svd svd = Linalg.svd(Ops.full(new int[] {N, N}, Float.NaN));
    String error = error(svd.s());
    for (int i = 0; i < 2; i++) {
      assertEquals(error, error(svd.u()));
      assertEquals(error, error(svd.vt()));
      assertEquals(error, error(svd.s()));
    }
  }

  @ParameterizedTest
  @MethodSource("failures")
  void inAFunctionThatIsTraced(UnaryOperator<MlxArray> failure) {
    MlxArray x = Ops.ones(N, N);
    MlxArray slope =
        Transforms.grad(
                v -> {
                  MlxArray doubled = v.multiply(2f);
                  MlxArray failed = failure.apply(doubled);
                  assertThrows(RuntimeException.class, failed::eval);
                  assertValues(doubled.sum(), 2 * N * N);
                  assertThrows(RuntimeException.class, failed::eval);
                  return doubled.square().sum();
                })
            .apply(x);
    assertValues(slope.sum(), 8 * N * N);
  }
}
