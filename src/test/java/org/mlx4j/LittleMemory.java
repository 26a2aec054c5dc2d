package org.mlx4j;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Uses up the memory that it has in several ways, and goes on. The argument says what the limit is:
 * that of {@link Memory#setMemoryLimit}, with a number of mebibytes; {@code outside} with such a
 * number, which must not be had; or {@code addresses}, what {@code ulimit -v} leaves.
 */
final class LittleMemory {
  private static final int MIB = 1 << 20;
  private static int limit = 64;

  private LittleMemory() {}

  public static void main(String[] args) throws IOException {
    goesOn("loading the natives");
    if (args[0].equals("addresses")) {
      limit = addressesLeft() - 300; // some is kept for the virtual machine
    } else {
      limit = Integer.parseInt(args[1]);
      if (args[0].equals("set")) {
        Memory.setMemoryLimit((long) limit * MIB);
      }
    }
    goesOn("start");
    run("arrays that are kept", LittleMemory::manyArrays);
    run("arrays of host data", LittleMemory::hostData);
    run("a stack of many", LittleMemory::stack);
    run("a chain", LittleMemory::chain);
    run("the matrix of a convolution", LittleMemory::convolution);
    run("padding of a convolution", LittleMemory::padding);
    run("workspaces", LittleMemory::workspaces);
    run("once more", LittleMemory::retry);
    run("threads", LittleMemory::threads);
    System.out.println("all right");
  }

  private static int addressesLeft() throws IOException {
    long used = first(Files.readString(Path.of("/proc/self/statm"))) * 4096;
    String name = "Max address space";
    try (Stream<String> limits = Files.lines(Path.of("/proc/self/limits"))) {
      String line = limits.filter(l -> l.startsWith(name)).findFirst().get();
      return (int) ((first(line.substring(name.length()).trim()) - used) / MIB);
    }
  }

  private static long first(String numbers) {
    return Long.parseLong(numbers.substring(0, numbers.indexOf(' ')));
  }

  private static void run(String name, Runnable scenario) {
    Scope.run(scenario);
    goesOn(name);
    System.out.println(name + ": went on");
  }

  private static void goesOn(String after) {
    Scope.run(
        () -> {
          require(Ops.ones(10).sum().itemFloat() == 10f, "a sum after " + after);
          MlxArray large = mebibytes(limit / 8);
          require(large.max().itemInt() == 1, "a large array after " + after);
        });
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }

  private static MlxArray mebibytes(int n) {
    return Scope.run(() -> Ops.zeros(new int[] {n, MIB}, DType.UINT8).add(1));
  }

  private static OutOfMemoryError fails(Runnable action) {
    try {
      action.run();
    } catch (OutOfMemoryError e) {
      require(e.getMessage().contains("bytes"), e.getMessage());
      return e;
    }
    throw new AssertionError("no OutOfMemoryError");
  }

  private static void manyArrays() {
    List<MlxArray> kept = new ArrayList<>();
    fails(
        () -> {
          for (int i = 0; i < limit; i++) {
            MlxArray x = mebibytes(8).add(i % 100);
            x.eval();
            kept.add(x);
          }
        });
    require(kept.size() * 8 > limit / 8, "only " + kept.size() + " arrays");
    require(Ops.ones(10).sum().itemFloat() == 10f, "a sum while they are kept");
    for (int i = 0; i < kept.size(); i++) {
      require(kept.get(i).max().itemInt() == 1 + i % 100, "array " + i);
    }
  }

  private static void hostData() {
    float[] data = new float[4 * MIB];
    Arrays.fill(data, 3f);
    List<MlxArray> kept = new ArrayList<>();
    fails(
        () -> {
          for (int i = 0; i < limit; i++) {
            kept.add(MlxArray.of(data));
          }
        });
    require(kept.get(kept.size() - 1).max().itemFloat() == 3f, "the last");
  }

  private static void stack() {
    MlxArray[] parts = new MlxArray[limit / 4];
    Arrays.setAll(parts, i -> mebibytes(8).add(i % 50));
    MlxArray all = Ops.stack(parts);
    fails(all::eval);
    require(parts[3].max().itemInt() == 4, "a part");
  }

  private static void chain() {
    MlxArray end =
        Scope.run(
            () -> {
              MlxArray x = mebibytes(limit / 16);
              for (int i = 0; i < 100; i++) {
                x = x.add(1);
              }
              // Concatenations cannot take the place of what they are made of.
              for (int i = 0; i < 40; i++) {
                x = Ops.concatenate(x.get(Index.from(1)), x.get(Index.to(1)));
              }
              return x;
            });
    require(end.max().itemInt() == 101, "the end of a chain");
  }

  private static void convolution() {
    MlxArray image = Ops.ones(1, 2000, 2000, 1);
    MlxArray kernel = Ops.ones(1, 41, 41, 1);
    MlxArray y = image.conv2d(kernel);
    fails(y::eval);
    require(image.max().itemFloat() == 1f, "the image");
    require(image.conv2d(Ops.ones(1, 2, 2, 1)).max().itemFloat() == 4f, "a small kernel");
  }

  private static void padding() {
    MlxArray x = Ops.ones(1, 2, 2, 1);
    MlxArray y = x.conv2d(Ops.ones(1, 1, 1, 1), 1_000_000, 1_000_000);
    fails(y::eval);
    MlxArray volume = Ops.ones(1, 2, 2, 2, 1);
    int most = 1 << 21; // the padded volume has 2^66 elements
    fails(volume.conv3d(Ops.ones(1, 1, 1, 1, 1), most, most)::eval);
    MlxArray z = x.conv2d(Ops.ones(1, 1, 1, 1), 10, 10);
    require(z.sum().itemFloat() == 1f, "the sum of a padded convolution");
  }

  /**
   * A temporary buffer that an operation would need while it computes is refused before it begins.
   */
  private static void workspaces() {
    MlxArray signal = Ops.ones(limit * (MIB / 48));
    fails(Fft.fft(signal)::eval);
    require(signal.sum().itemFloat() > 0, "the signal");
    require(Fft.fft(Ops.ones(1024)).real().max().itemFloat() == 1024f, "a short transform");
    MlxArray row = mebibytes(limit * 2 / 5).flatten();
    fails(Ops.stack(row.sort(), row.argsort())::eval);
    require(row.max().itemInt() == 1, "the row");
    int side = (int) Math.sqrt(limit * (double) MIB / 16);
    fails(Linalg.svd(Ops.ones(side, side)).s()::eval);
  }

  private static void retry() {
    int size = limit / 5;
    MlxArray first = mebibytes(size);
    MlxArray second = Scope.run(() -> mebibytes(size).add(1));
    Ops.eval(first, second);
    MlxArray shared = mebibytes(1).add(2);
    MlxArray large =
        Scope.run(
            () -> Ops.concatenate(mebibytes(size).add(3), mebibytes(size).add(4), shared.add(5)));
    fails(large::eval);
    require(shared.max().itemInt() == 3, "what the failed evaluation shares");
    require(first.max().itemInt() == 1 && second.max().itemInt() == 2, "what was there before");
    first.close();
    second.close();
    require(large.max().itemInt() == 8, "the largest of the second attempt");
    require(large.min().itemInt() == 4, "the least of the second attempt");
  }

  private static void threads() {
    AtomicInteger failures = new AtomicInteger();
    Thread[] threads = new Thread[4];
    for (int t = 0; t < threads.length; t++) {
      int number = t;
      threads[t] =
          new Thread(
              () ->
                  Scope.run(
                      () -> {
                        List<MlxArray> kept = new ArrayList<>();
                        try {
                          for (int i = 0; i < limit; i++) {
                            MlxArray x = mebibytes(8).add(number);
                            x.eval();
                            kept.add(x);
                          }
                        } catch (OutOfMemoryError e) {
                          failures.incrementAndGet();
                        }
                        for (MlxArray x : kept) {
                          require(x.get(0, 0).itemInt() == 1 + number, "of a thread");
                        }
                      }));
      threads[t].start();
    }
    for (Thread t : threads) {
      try {
        t.join();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
    require(failures.get() == threads.length, "failures: " + failures);
  }
}
