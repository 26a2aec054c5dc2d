package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import org.mlx4j.nn.ShardedLayers;

/** The program of one of several processes, which {@link DistributedTest} starts. */
final class DistributedRank {
  /** If a process waits for this time limit, the test ends it first. */
  private static final Duration LONGER_THAN_THE_TEST = Duration.ofMinutes(30);

  private static int rank;
  private static int size;
  private static Distributed.Group group;

  private DistributedRank() {}

  /** The plans that the ranks carry out together. */
  enum Plan {
    TALK {
      @Override
      void perform() throws Exception {
        join();
        collectives();
        dtypesAndSizes();
        neighbours();
        transforms();
        differences();
        othersGoOn();
        wrongArguments();
        connectionsAreKeptAlive();
      }
    },
    /** Layers are divided among the ranks. */
    LAYERS {
      @Override
      void perform() {
        join();
        ShardedLayers.check(group);
      }
    },
    /** Rank 1 ends while the others communicate. */
    ONE_ENDS {
      @Override
      void perform() {
        join();
        Distributed.setTimeout(LONGER_THAN_THE_TEST);
        Distributed.allSum(Ops.ones(8)).eval();
        if (rank == 1) {
          Runtime.getRuntime().halt(0);
        }
        MlxException lost = assertThrows(MlxException.class, () -> sums(1000));
        assertTrue(lost.getMessage().startsWith("[allSum] "), lost.getMessage());
        usableButForTheGroup();
      }
    },
    /** Rank 1 ends in the middle of a long message. */
    ONE_ENDS_WITHIN_A_MESSAGE {
      @Override
      void perform() {
        join();
        Distributed.setTimeout(LONGER_THAN_THE_TEST);
        MlxArray large = Ops.ones(8 << 20);
        Distributed.allSum(large).eval();
        if (rank == 1) {
          Thread ending =
              new Thread(
                  () -> {
                    pause(300);
                    Runtime.getRuntime().halt(0);
                  });
          ending.start();
        }
        assertThrows(
            MlxException.class,
            () -> {
              while (true) {
                try (Scope scope = Scope.open()) {
                  Distributed.allSum(large).eval();
                }
              }
            });
        if (rank == 1) {
          pause(60_000);
        }
        usableButForTheGroup();
      }
    },
    /** The other rank, which the test plays, ends between two packets of a long message. */
    PEER_IS_LOST {
      @Override
      void perform() {
        join();
        Distributed.setTimeout(LONGER_THAN_THE_TEST);
        assertThrows(MlxException.class, () -> Distributed.allSum(Ops.ones(16 << 20)).eval());
        usableButForTheGroup();
      }
    },
    /** Rank 1 is alive but silent. */
    ONE_IS_SILENT {
      @Override
      void perform() {
        join();
        Distributed.setTimeout(Duration.ofSeconds(2));
        if (rank == 1) {
          pause(6000);
          assertThrows(MlxException.class, () -> Distributed.allSum(Ops.ones(8)).eval());
        } else {
          assertThrows(MlxException.class, () -> Distributed.allSum(Ops.ones(8)).eval());
        }
        usableButForTheGroup();
      }
    },
    /** The other ranks never come. */
    NOBODY_COMES {
      @Override
      void perform() {
        Distributed.setTimeout(Duration.ofMillis(1500));
        MlxException e = assertThrows(MlxException.class, DistributedRank::join);
        assertTrue(e.getMessage().startsWith("[init] "), e.getMessage());
        assertEquals(3, Ops.ones(3).sum().itemFloat());
      }
    },
    /** Each rank does something else, in a way that only some of them can notice. */
    OUT_OF_STEP {
      @Override
      void perform() {
        Distributed.setTimeout(Duration.ofSeconds(3));
        join();
        MlxException e =
            assertThrows(
                MlxException.class,
                () -> {
                  if (rank == 0) {
                    Distributed.recv(new int[] {4}, DType.FLOAT32, 1).eval();
                  } else {
                    Distributed.allSum(Ops.ones(4)).eval();
                  }
                });
        assertTrue(e.getMessage().contains("no longer usable"), e.getMessage());
        usableButForTheGroup();
      }
    };

    abstract void perform() throws Exception;
  }

  private static String[] addresses;

  /** Arguments: the plan, the rank, and the address of each rank. */
  public static void main(String[] arguments) throws Exception {
    rank = Integer.parseInt(arguments[1]);
    addresses = Arrays.copyOfRange(arguments, 2, arguments.length);
    size = addresses.length;
    Plan.valueOf(arguments[0]).perform();
    System.out.println("rank " + rank + " is done");
  }

  private static void join() {
    group = Distributed.init(RingConfiguration.of(rank, addresses));
    assertEquals(rank, group.rank());
    assertEquals(size, group.size());
    assertSame(group, Distributed.init());
    assertSame(group, Distributed.init(true, Distributed.Backend.RING));
    assertThrows(
        IllegalStateException.class, () -> Distributed.init(RingConfiguration.of(rank, addresses)));
  }

  // ---- what works -------------------------------------------------------------------------------

  private static void collectives() {
    MlxArray x = MlxArray.of(new float[] {rank, 10 + rank, -rank, 1}, 2, 2);
    float ranks = size * (size - 1) / 2f;
    assertArrayEquals(
        new float[] {ranks, 10 * size + ranks, -ranks, size}, Distributed.allSum(x).toFloatArray());
    assertArrayEquals(
        new float[] {size - 1, 9 + size, 0, 1}, Distributed.allMax(x, group).toFloatArray());
    assertArrayEquals(new float[] {0, 10, 1 - size, 1}, Distributed.allMin(x, null).toFloatArray());
    MlxArray all = Distributed.allGather(x.transpose());
    assertArrayEquals(new int[] {2 * size, 2}, all.shape());
    for (int r = 0; r < size; r++) {
      assertArrayEquals(
          new float[] {r, -r, 10 + r, 1}, all.get(Index.slice(2 * r, 2 * r + 2)).toFloatArray());
    }
    assertArrayEquals(
        IntStream.range(0, size).toArray(),
        Distributed.allGather(MlxArray.scalar(rank)).toIntArray());
    MlxArray rows = Ops.arange(3 * size).reshape(size, 3).add(rank);
    assertArrayEquals(
        IntStream.range(0, 3).map(i -> (int) (size * (3 * rank + i) + ranks)).toArray(),
        Distributed.sumScatter(rows).toIntArray());
    assertArrayEquals(new int[] {1, 3}, Distributed.sumScatter(rows, group).shape());
  }

  private static void dtypesAndSizes() {
    for (DType dtype : DType.values()) {
      MlxArray ones = Ops.ones(new int[] {5}, dtype);
      float expected = dtype == DType.BOOL ? 1 : size;
      MlxArray sum = Distributed.allSum(ones);
      assertEquals(dtype, sum.dtype());
      assertEquals(expected, sum.real().take(0, 0).itemFloat(), dtype + "");
    }
    for (int n : new int[] {0, 1, size - 1, size + 1, 3_000_001}) {
      MlxArray sum = Distributed.allSum(Ops.full(new int[] {n}, 2));
      assertEquals(2.0 * size * n, sum.astype(DType.FLOAT64).sum().itemDouble());
      MlxArray all = Distributed.allGather(Ops.full(new int[] {n}, 2));
      assertEquals(2.0 * size * n, all.astype(DType.FLOAT64).sum().itemDouble());
    }
  }

  private static void neighbours() {
    int right = (rank + 1) % size;
    int left = (rank + size - 1) % size;
    MlxArray token = MlxArray.of(new float[] {rank, rank * 2f, rank * 3f});
    for (int times = 0; times < 3; times++) { // a token once around, and back again
      MlxArray received;
      if (rank == 0) {
        assertArrayEquals(token.toFloatArray(), Distributed.send(token, right).toFloatArray());
        received = Distributed.recv(new int[] {3}, DType.FLOAT32, left);
        assertArrayEquals(new float[3], received.toFloatArray());
        Distributed.send(token, left, group).eval();
        received = Distributed.recvLike(token, right, group);
      } else {
        received = Distributed.recvLike(token, left);
        Distributed.send(received, right).eval();
        received = Distributed.recv(new int[] {3}, DType.FLOAT32, right, group);
        Distributed.send(received, left).eval();
      }
      assertArrayEquals(new float[3], received.toFloatArray());
    }
    // what is sent need not lie in order, nor fit the buffers of the sockets
    MlxArray large = Ops.arange(1_200_000).reshape(1200, 1000).transpose();
    if (rank == 0) {
      Distributed.send(large, 1).eval();
    } else if (rank == 1) {
      assertTrue(Distributed.recvLike(large, 0).equal(large).all().itemBoolean());
    }
  }

  private static void transforms() {
    MlxArray x = MlxArray.of(new float[] {1, 2, 3});
    // gradients as MLX defines them: a sum passes the cotangent on, of what is gathered each rank
    // gets its part
    MlxArray slope = Transforms.grad(v -> Distributed.allSum(v).multiply(rank + 1).sum()).apply(x);
    assertArrayEquals(new float[] {rank + 1, rank + 1, rank + 1}, slope.toFloatArray());
    MlxArray weights = Ops.arange(3 * size).astype(DType.FLOAT32);
    MlxArray part = Transforms.grad(v -> Distributed.allGather(v).multiply(weights).sum()).apply(x);
    assertArrayEquals(new float[] {3 * rank, 3 * rank + 1, 3 * rank + 2}, part.toFloatArray());
    Jvp jvp = Transforms.jvp(v -> Distributed.allSum(v), x, x);
    assertArrayEquals(new float[] {size, 2 * size, 3 * size}, jvp.jvps()[0].toFloatArray());
    Jvp gathered = Transforms.jvp(v -> Distributed.allGather(v), x, x);
    assertEquals(6 * size, gathered.jvps()[0].sum().itemFloat());

    // vmap: what a loop over the first axis does
    MlxArray batch = Ops.arange(6).reshape(2, 3).add(10L * rank);
    MlxArray mapped = Transforms.vmap(v -> Distributed.allGather(v)).apply(batch);
    assertArrayEquals(new int[] {2, 3 * size}, mapped.shape());
    for (int row = 0; row < 2; row++) {
      int first = 3 * row;
      assertArrayEquals(
          IntStream.range(0, 3 * size).map(i -> first + 10 * (i / 3) + i % 3).toArray(),
          mapped.take(row, 0).toIntArray());
    }
    MlxArray scalars = Transforms.vmap(v -> Distributed.allGather(v)).apply(batch.take(0, 0));
    assertArrayEquals(new int[] {3, size}, scalars.shape());
    MlxArray sums = Transforms.vmap(v -> Distributed.allSum(v)).apply(batch);
    assertArrayEquals(new int[] {2, 3}, sums.shape());

    // a compiled function communicates at every call
    try (TransformedFunction compiled =
        Transforms.compile(v -> Distributed.allSum(v.multiply(2)).add(1))) {
      for (int i = 1; i < 4; i++) {
        assertEquals(2 * i * size + 1, compiled.apply(MlxArray.scalar((float) i)).itemFloat());
      }
    }
    int peer = rank ^ 1;
    if (peer < size) {
      boolean first = rank < peer;
      try (TransformedFunction compiled =
          Transforms.compile(v -> v.add(Distributed.recv(new int[0], DType.FLOAT32, peer)))) {
        for (int i = 1; i < 4; i++) {
          if (first) {
            Distributed.send(MlxArray.scalar((float) i), peer).eval();
          } else {
            assertEquals(i + 100, compiled.apply(MlxArray.scalar(100f)).itemFloat());
          }
        }
      }
    }

    // evaluated while a function is traced, and by asyncEval
    MlxArray within =
        Transforms.grad(
                v -> {
                  MlxArray sum = Distributed.allSum(v);
                  sum.eval();
                  assertEquals(6 * size, sum.sum().itemFloat());
                  return sum.square().sum();
                })
            .apply(x);
    assertArrayEquals(new float[] {2 * size, 4 * size, 6 * size}, within.toFloatArray());
    MlxArray later = Distributed.allSum(x).add(Distributed.allMax(x)).multiply(2);
    Ops.asyncEval(later);
    assertArrayEquals(new float[] {2 * size + 2, 4 * size + 4, 6 * size + 6}, later.toFloatArray());
  }

  // ---- what is wrong ----------------------------------------------------------------------------

  /** All ranks say so, and go on. */
  private static void differences() {
    int odd = size - 1;
    differ(Distributed.allSum(Ops.ones(rank == odd ? 5 : 4)), "[5]");
    differ(Distributed.allSum(Ops.ones(rank == odd ? new int[] {2, 2} : new int[] {4})), "[2, 2]");
    differ(
        Distributed.allGather(Ops.ones(new int[] {4}, rank == odd ? DType.INT32 : DType.FLOAT32)),
        "int32");
    differ(
        rank == odd ? Distributed.allMax(Ops.ones(4)) : Distributed.allMin(Ops.ones(4)), "allMax");
    if (rank == 0) {
      Distributed.send(Ops.ones(7), 1).eval();
      Distributed.send(Ops.ones(3), 1).eval();
    } else if (rank == 1) {
      differ(Distributed.recv(new int[] {3}, DType.FLOAT32, 0), "[7]");
      assertEquals(3, Distributed.recv(new int[] {3}, DType.FLOAT32, 0).sum().itemFloat());
    }
    assertEquals(size, Distributed.allSum(MlxArray.scalar(1f)).itemFloat());
  }

  private static void differ(MlxArray x, String said) {
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, x::eval);
    assertTrue(e.getMessage().contains(said), e.getMessage());
  }

  private static void wrongArguments() {
    MlxArray x = Ops.ones(size + 1);
    for (int peer : new int[] {-1, size, rank, Integer.MIN_VALUE}) {
      assertThrows(IllegalArgumentException.class, () -> Distributed.send(x, peer));
      assertThrows(
          IllegalArgumentException.class,
          () -> Distributed.recv(new int[] {1}, DType.FLOAT32, peer));
    }
    if (size > 3) {
      assertThrows(IllegalArgumentException.class, () -> Distributed.send(x, (rank + 2) % size));
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> Distributed.recv(new int[] {-1}, DType.FLOAT32, (rank + 1) % size));
    assertThrows(IllegalArgumentException.class, () -> Distributed.sumScatter(x));
    assertThrows(IllegalArgumentException.class, () -> Distributed.sumScatter(MlxArray.scalar(1)));
    assertThrows(
        IllegalArgumentException.class,
        () -> Distributed.allGather(Ops.zeros(1).broadcastTo(1 << 30)));
    assertThrows(MlxException.class, () -> group.split(0));
    // refused before anything is said to the others
    assertEquals(size, Distributed.allSum(MlxArray.scalar(1f)).itemFloat());
  }

  /** The system would notice if the machine at the other end disappeared. */
  private static void connectionsAreKeptAlive() throws IOException {
    Path table = Path.of("/proc/net/tcp");
    if (!Files.isReadable(table)) {
      return; // only Linux shows it
    }
    Distributed.allSum(Ops.ones(1)).eval();
    pause(200); // until everything is acknowledged
    int port = Integer.parseInt(addresses[rank].substring(addresses[rank].indexOf(':') + 1));
    List<String> own =
        Files.readAllLines(table).stream()
            .filter(line -> line.matches("\\s*\\d+: \\S+:%04X \\S+ 01 .*".formatted(port)))
            .toList();
    assertEquals(1, own.size(), own + "");
    assertTrue(own.get(0).contains(" 02:"), own.get(0)); // the timer of keepalive
    Distributed.allSum(Ops.ones(1)).eval(); // nobody leaves before all have looked
  }

  // ---- threads ----------------------------------------------------------------------------------

  /** While one thread waits for a late rank, others of the process compute. */
  private static void othersGoOn() throws Exception {
    if (rank == 1) {
      for (String what : List.of("plain", "traced")) {
        Files.deleteIfExists(looked(what)); // of an earlier run with the same ports
      }
    }
    Distributed.allSum(Ops.ones(1)).eval();
    if (rank == 1) {
      awaitLooked("plain");
    }
    MlxArray shared = Distributed.allSum(MlxArray.of(new float[] {1, 2}));
    MlxArray x = MlxArray.of(new float[] {1, 2});
    FutureTask<Void> plain = waiting(() -> assertEquals(3 * size, shared.sum().itemFloat()));
    FutureTask<Void> same = waiting(() -> assertEquals(2 * size, shared.take(1, 0).itemFloat()));
    if (rank == 0) {
      try {
        pause(200);
        for (int i = 0; i < 5; i++) {
          assertEquals(2 * 3, Transforms.grad(v -> v.square().sum()).apply(x).sum().itemFloat());
        }
        assertFalse(plain.isDone());
        assertFalse(same.isDone());
      } finally {
        Files.createFile(looked("plain"));
      }
    }
    plain.get();
    same.get();
    if (rank == 1) {
      awaitLooked("traced");
    }
    FutureTask<Void> traced =
        waiting(
            () ->
                Transforms.grad(
                        v -> {
                          MlxArray sum = Distributed.allSum(v);
                          assertEquals(3 * size, sum.sum().itemFloat());
                          return sum.sum();
                        })
                    .apply(x)
                    .eval());
    if (rank == 0) {
      try {
        pause(200);
        assertEquals(5, x.square().sum().itemFloat());
        assertFalse(traced.isDone());
      } finally {
        Files.createFile(looked("traced"));
      }
    }
    traced.get();
  }

  /** A file that rank 0 creates when it has looked at threads that wait for rank 1. */
  private static Path looked(String what) {
    String name = "mlx4j-" + what + "-" + addresses[0].replace(':', '-');
    return Path.of(System.getProperty("java.io.tmpdir"), name);
  }

  private static void awaitLooked(String what) throws IOException {
    while (!Files.deleteIfExists(looked(what))) {
      pause(20);
    }
  }

  private static FutureTask<Void> waiting(Runnable action) {
    FutureTask<Void> task = new FutureTask<>(action, null);
    new Thread(task).start();
    return task;
  }

  /** From now on the group fails immediately; everything else works. */
  private static void usableButForTheGroup() {
    Distributed.setTimeout(LONGER_THAN_THE_TEST);
    MlxException again = assertThrows(MlxException.class, () -> sums(1));
    assertTrue(again.getMessage().contains("unusable"), again.getMessage());
    assertEquals(12, Ops.ones(3, 4).sum().itemFloat());
    assertEquals(6, Transforms.grad(v -> v.square()).apply(MlxArray.scalar(3f)).itemFloat());
  }

  private static void sums(int n) {
    for (int i = 0; i < n; i++) {
      Distributed.allSum(Ops.ones(4)).eval();
    }
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
