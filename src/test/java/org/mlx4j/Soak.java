package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.management.ObjectName;
import org.mlx4j.LifetimeBalance.Live;
import org.mlx4j.tree.TreeFunction;
import org.mlx4j.tree.TreeValueAndGrad;
import org.mlx4j.tree.Trees;

/**
 * Does everything that the library can do on many threads, which come and go, and fails when the
 * process holds more at the end than after its first rounds.
 */
final class Soak {
  private static final int THREADS = 12;
  private static final int ROUNDS = 8;
  private static final int WARM_UP = 3;
  private static final int TASKS_OF_A_THREAD = 40;
  private static final long MIB = 1 << 20;

  /** A tree, as users write them. */
  record Line(MlxArray slope, MlxArray offset) {
    MlxArray at(MlxArray x) {
      return x.multiply(slope).add(offset);
    }
  }

  /** The work that one thread does at a time. */
  private interface Task {
    void run(Soak soak, SplittableRandom random) throws Exception;
  }

  private static final Map<String, Task> TASKS = new TreeMap<>();

  static {
    TASKS.put("transforms", Soak::transforms);
    TASKS.put("compiled", Soak::compiled);
    TASKS.put("trees", Soak::trees);
    TASKS.put("files", Soak::files);
    TASKS.put("exports", Soak::exports);
    TASKS.put("exceptions in callbacks", Soak::exceptionsInCallbacks);
    TASKS.put("refused calls", Soak::refusedCalls);
    TASKS.put("failed evaluations", Soak::failedEvaluations);
    TASKS.put("scopes left open", Soak::scopesLeftOpen);
    TASKS.put("closed arrays", Soak::closedArrays);
    TASKS.put("async", Soak::async);
    TASKS.put("dropped", Soak::dropped);
    TASKS.put("detached", Soak::detached);
    TASKS.put("custom functions", Soak::customFunctions);
    TASKS.put("deep", Soak::deep);
    TASKS.put("random numbers", Soak::randomNumbers);
  }

  private final Path folder;
  private final AtomicInteger leaks = new AtomicInteger();
  private final LongAdder done = new LongAdder();
  private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();

  private Soak(Path folder) {
    this.folder = folder;
  }

  /**
   * Arguments: a folder to write into, how many seconds it takes, and perhaps: leaking, for threads
   * that let go of nothing.
   */
  public static void main(String[] arguments) throws Exception {
    Soak soak = new Soak(Path.of(arguments[0]));
    if (arguments.length > 2) {
      TASKS.clear();
      TASKS.put(arguments[2], Soak::leaking);
    }
    long seconds = Long.parseLong(arguments[1]);
    List<Holdings> rounds = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      soak.round(round, System.nanoTime() + seconds * 1_000_000_000L / ROUNDS);
      rounds.add(Holdings.now());
      System.out.println(soak.done.sum() + " tasks: " + rounds.get(round));
    }
    Holdings first = Holdings.least(rounds.subList(WARM_UP, WARM_UP + 2));
    List<String> growth = Holdings.least(rounds.subList(ROUNDS - 2, ROUNDS)).growthSince(first);
    growth.forEach(what -> System.out.println("grown: " + what));
    System.exit(growth.isEmpty() ? 0 : 1);
  }

  private void round(int number, long end) throws InterruptedException {
    leaks.set(0);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      SplittableRandom random = new SplittableRandom(100L * number + i);
      threads.add(new Thread(() -> shifts(random, end)));
    }
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    if (!failures.isEmpty()) {
      failures.forEach(Throwable::printStackTrace);
      throw new AssertionError(failures.size() + " tasks failed");
    }
  }

  /** One thread after another, each for some tasks. */
  private void shifts(SplittableRandom random, long end) {
    while (System.nanoTime() < end && failures.isEmpty()) {
      SplittableRandom own = random.split();
      Thread shift =
          new Thread(
              () -> {
                for (int i = 0; i < TASKS_OF_A_THREAD && System.nanoTime() < end; i++) {
                  any(own);
                }
              });
      shift.start();
      try {
        shift.join();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private void any(SplittableRandom random) {
    List<String> names = List.copyOf(TASKS.keySet());
    String name = names.get(random.nextInt(names.size()));
    try {
      TASKS.get(name).run(this, random);
      done.increment();
    } catch (Throwable e) {
      failures.add(new AssertionError(name, e));
    }
  }

  // ---- tasks ------------------------------------------------------------------------------------

  private void transforms(SplittableRandom random) {
    float x = random.nextInt(1, 9);
    try (Scope scope = Scope.open()) {
      TransformedFunction slope = Transforms.grad(v -> v.square().multiply(v).sum());
      assertEquals(3 * x * x, slope.apply(MlxArray.scalar(x)).itemFloat());
      TransformedFunction curvature =
          Transforms.grad(v -> Transforms.grad(w -> w.square().multiply(w)).apply(v));
      assertArrayEquals(
          new float[] {6 * x, 12 * x},
          Transforms.vmap(curvature).apply(MlxArray.of(x, 2 * x)).toFloatArray());
      Jvp jvp = Transforms.jvp(v -> v.square(), MlxArray.scalar(x), MlxArray.scalar(1f));
      assertEquals(2 * x, jvp.jvps()[0].itemFloat());
      TransformedFunction again =
          Transforms.grad(v -> Transforms.checkpoint(w -> w.square().square()).apply(v));
      assertEquals(4 * x * x * x, again.apply(MlxArray.scalar(x)).itemFloat());
    }
  }

  /** Functions that are compiled, closed, left to their scope, or left to the collector. */
  private void compiled(SplittableRandom random) {
    int factor = random.nextInt(1, 100);
    MlxArray x = MlxArray.of(1f, 2f);
    TransformedFunction f = Transforms.compile(v -> v.multiply(factor));
    assertArrayEquals(new float[] {factor, 2 * factor}, f.apply(x).toFloatArray());
    if (random.nextBoolean()) {
      f.close();
      x.close();
    }
    Scope.run(
        () -> {
          TransformedFunction slope =
              Transforms.compile(Transforms.grad(v -> v.square().multiply(factor).sum()));
          assertEquals(2 * factor, slope.apply(MlxArray.scalar(1f)).itemFloat());
        });
  }

  private void trees(SplittableRandom random) {
    float x = random.nextInt(1, 9);
    Line line = new Line(MlxArray.scalar(x), MlxArray.scalar(1f));
    try (Scope scope = Scope.open()) {
      TreeFunction<Line, TreeValueAndGrad<Line>> loss =
          Trees.valueAndGrad((Line l) -> l.at(MlxArray.of(1f, 2f)).sum());
      TreeValueAndGrad<Line> r = loss.apply(line);
      assertEquals(3 * x + 2, r.value().itemFloat());
      assertEquals(3f, r.grad().slope().itemFloat());
      TreeFunction<Line, MlxArray> compiled = Trees.compile((Line l) -> l.at(l.slope()));
      assertEquals(x * x + 1, compiled.apply(line).itemFloat());
    }
    if (random.nextBoolean()) {
      Trees.close(line);
    }
  }

  private void files(SplittableRandom random) throws IOException {
    Path file = Files.createTempFile(folder, "soak", "");
    try (Scope scope = Scope.open()) {
      Map<String, MlxArray> arrays =
          Map.of("a", MlxArray.of(1f, 2f), "b", Ops.ones(random.nextInt(1, 1000)));
      List<Io.Format> formats = List.of(Io.Format.values());
      Io.Format format = formats.get(random.nextInt(formats.size()));
      try (var out = Files.newOutputStream(file)) {
        switch (format) {
          case NPY -> Io.save(out, arrays.get("a"));
          case NPZ -> Io.savez(out, arrays);
          case SAFETENSORS -> Io.saveSafetensors(out, arrays, Map.of());
          case GGUF -> Io.saveGguf(out, arrays, Map.of());
        }
      }
      Loaded loaded = Io.load(file, format);
      if (random.nextBoolean()) { // otherwise nobody ever reads what was loaded
        MlxArray first = loaded.arrays().values().iterator().next();
        assertArrayEquals(new float[] {1, 2}, first.toFloatArray());
      }
      Files.writeString(file, "no format knows this");
      assertThrows(RuntimeException.class, () -> Io.load(file, format));
    } finally {
      Files.delete(file);
    }
  }

  private void exports(SplittableRandom random) throws IOException {
    float factor = random.nextInt(1, 50);
    Path file = Files.createTempFile(folder, "soak", ".mlxfn");
    try (Scope scope = Scope.open()) {
      MlxArray x = MlxArray.of(1f, 2f);
      Export.exportFunction(file, xs -> new MlxArray[] {xs[0].multiply(factor)}, x);
      ImportedFunction f = Export.importFunction(file);
      assertArrayEquals(new float[] {factor, 2 * factor}, f.apply(x)[0].toFloatArray());
      byte[] content = Files.readAllBytes(file);
      Files.write(file, Arrays.copyOf(content, random.nextInt(content.length)));
      assertThrows(MlxException.class, () -> Export.importFunction(file));
    } finally {
      Files.delete(file);
    }
  }

  private void exceptionsInCallbacks(SplittableRandom random) {
    CancellationException thrown = new CancellationException();
    MlxArray x = MlxArray.scalar(2f);
    TransformedFunction f =
        Transforms.compile(
            Transforms.grad(
                v -> {
                  MlxArray unused = v.square();
                  throw thrown;
                }));
    for (int i = 0; i < 3; i++) {
      assertEquals(thrown, assertThrows(CancellationException.class, () -> f.apply(x)));
    }
    if (random.nextBoolean()) {
      f.close();
      x.close();
    }
  }

  private void refusedCalls(SplittableRandom random) {
    try (Scope scope = Scope.open()) {
      MlxArray x = Ops.ones(2, random.nextInt(4, 8));
      assertThrows(IllegalArgumentException.class, () -> x.add(Ops.ones(3, 3)));
      assertThrows(IllegalArgumentException.class, () -> x.sum(5));
      assertThrows(
          IllegalArgumentException.class, () -> Transforms.vmap(v -> v).apply(MlxArray.scalar(1f)));
      assertThrows(NullPointerException.class, () -> x.add((MlxArray) null));
      assertThrows(IllegalArgumentException.class, () -> Ops.einsum("ij,jk->il", x, x));
    }
  }

  private void failedEvaluations(SplittableRandom random) {
    try (Scope scope = Scope.open()) {
      MlxArray indefinite = MlxArray.of(new float[] {1, 2, 2, random.nextInt(1, 4)}, 2, 2);
      MlxArray failing = Linalg.cholesky(indefinite).sum();
      assertThrows(MlxException.class, failing::eval);
      assertThrows(MlxException.class, failing::itemFloat);
    }
  }

  /** Threads of this program end soon, and with them whatever scopes they left open. */
  @SuppressWarnings("MustBeClosedChecker")
  private void scopesLeftOpen(SplittableRandom random) throws InterruptedException {
    Thread careless =
        new Thread(
            () -> {
              Scope.open();
              MlxArray x = Ops.ones(random.nextInt(1, 1000));
              x.add(1f).eval();
              Scope.open();
              Transforms.compile(v -> v.add(x)).apply(x).eval();
            });
    careless.start();
    careless.join();
  }

  private void closedArrays(SplittableRandom random) {
    MlxArray x = MlxArray.of(1f, 2f);
    MlxArray y = x.add(random.nextInt(9));
    x.close();
    x.close();
    assertThrows(IllegalStateException.class, () -> x.add(y));
    assertThrows(IllegalStateException.class, x::eval);
    y.close();
  }

  /** Results that are computed while nothing refers to them any longer. */
  private void async(SplittableRandom random) {
    try (Scope scope = Scope.open()) {
      MlxArray x = Ops.ones(200, 200);
      for (int i = 0; i < 5; i++) {
        MlxArray product = x.matmul(x);
        Ops.asyncEval(product);
        if (random.nextBoolean()) {
          product.close();
        } else {
          x = product.divide(200f);
        }
      }
    }
  }

  private void dropped(SplittableRandom random) {
    MlxArray x = Ops.ones(random.nextInt(1, 2000));
    for (int i = 0; i < 20; i++) {
      x = x.add(1f);
    }
    x.eval();
  }

  private void detached(SplittableRandom random) {
    try (Scope scope = Scope.open()) {
      MlxArray x = Scope.detached(() -> Ops.ones(random.nextInt(1, 1000)).add(1f));
      assertEquals(2f, x.max().itemFloat());
      TransformedFunction slope =
          Transforms.grad(
              v -> {
                MlxArray factor = Scope.detached(() -> MlxArray.scalar(3f));
                return v.multiply(factor);
              });
      assertEquals(3f, slope.apply(MlxArray.scalar(1f)).itemFloat());
    }
  }

  private void customFunctions(SplittableRandom random) {
    float x = random.nextInt(1, 9);
    try (Scope scope = Scope.open()) {
      TransformedArraysFunction f =
          CustomFunction.ofArrays(xs -> new MlxArray[] {xs[0].square()})
              .vjp((p, c, o) -> new MlxArray[] {c[0].multiply(p[0])})
              .build();
      TransformedFunction slope = Transforms.grad(v -> f.apply(v)[0].sum());
      assertEquals(x, slope.apply(MlxArray.scalar(x)).itemFloat());
    }
  }

  /** So many levels that a transform needs the large stack. */
  private void deep(SplittableRandom random) {
    int levels = random.nextInt(500, 2000);
    try (Scope scope = Scope.open()) {
      TransformedFunction f =
          Transforms.grad(
              v -> {
                MlxArray sum = v;
                for (int i = 0; i < levels; i++) {
                  sum = sum.add(v);
                }
                return sum;
              });
      assertEquals(levels + 1f, f.apply(MlxArray.scalar(1f)).itemFloat());
    }
  }

  private void randomNumbers(SplittableRandom random) {
    try (Scope scope = Scope.open()) {
      MlxArray numbers = MlxRandom.uniform(random.nextInt(1, 500));
      assertEquals(0, numbers.greaterEqual(1f).sum().itemInt());
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      Io.save(out, MlxRandom.normal(3));
      assertEquals(128 + 3 * Float.BYTES, out.size());
    }
  }

  private static final int LEAKS_OF_A_ROUND = 60;
  private static final ConcurrentLinkedQueue<Object> LEAKED = new ConcurrentLinkedQueue<>();

  /** Grows in every respect that is measured. */
  private void leaking(SplittableRandom random) throws IOException {
    if (leaks.incrementAndGet() > LEAKS_OF_A_ROUND) {
      return;
    }
    MlxArray x = Ops.ones((int) MIB / Float.BYTES);
    x.eval();
    LEAKED.add(x);
    LEAKED.add(Transforms.compile(v -> v.add(x)));
    Path file = Files.createTempFile(folder, "leak", "");
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    LEAKED.add(channel);
    LEAKED.add(channel.map(FileChannel.MapMode.READ_WRITE, 0, random.nextInt(1, 4000)));
    Thread forever = new Thread(LockSupport::park);
    forever.setDaemon(true);
    forever.start();
  }

  // ---- what the process holds
  // ---------------------------------------------------------------------

  /**
   * What the process holds at one moment, after garbage is gone.
   *
   * @param live arrays, functions, Java objects that native code holds, memory of arrays
   * @param globalReferences JNI's global references, the JVM's own included
   * @param threads of the operating system
   * @param files open descriptors
   * @param mappings areas of memory, so also stacks
   * @param resident memory in bytes
   */
  record Holdings(
      Live live, long globalReferences, long threads, long files, long mappings, long resident) {

    static Holdings now() throws Exception {
      Live live = LifetimeBalance.settled();
      return new Holdings(
          live,
          globalReferencesNow(),
          entries("/proc/self/task"),
          entries("/proc/self/fd"),
          lines("/proc/self/maps"),
          residentBytes());
    }

    /** Tolerances for what comes and goes by chance. */
    static Holdings least(List<Holdings> all) {
      return new Holdings(
          all.get(all.size() - 1).live,
          all.stream().mapToLong(Holdings::globalReferences).min().orElseThrow(),
          all.stream().mapToLong(Holdings::threads).min().orElseThrow(),
          all.stream().mapToLong(Holdings::files).min().orElseThrow(),
          all.stream().mapToLong(Holdings::mappings).min().orElseThrow(),
          all.stream().mapToLong(Holdings::resident).min().orElseThrow());
    }

    /** The numbers of the JVM itself vary a little, ours do not. */
    List<String> growthSince(Holdings before) {
      List<String> growth = new ArrayList<>();
      compare(growth, "arrays", before.live.arrays(), live.arrays());
      compare(growth, "functions", before.live.functions(), live.functions());
      compare(growth, "Java objects", before.live.javaReferences(), live.javaReferences());
      compare(growth, "bytes of arrays", before.live.bytes(), live.bytes());
      compare(growth, "global references", before.globalReferences + 20, globalReferences);
      compare(growth, "threads", before.threads + 2, threads);
      compare(growth, "open files", before.files + 2, files);
      compare(growth, "mappings", before.mappings + 40, mappings);
      compare(growth, "bytes of memory", before.resident + 48 * MIB, resident);
      return growth;
    }

    private static void compare(List<String> growth, String what, long bound, long found) {
      if (found > bound) {
        growth.add("%s: %d, where at most %d were expected".formatted(what, found, bound));
      }
    }

    private static long globalReferencesNow() throws Exception {
      String dump =
          (String)
              ManagementFactory.getPlatformMBeanServer()
                  .invoke(
                      new ObjectName("com.sun.management:type=DiagnosticCommand"),
                      "threadPrint",
                      new Object[] {new String[0]},
                      new String[] {String[].class.getName()});
      Matcher number = Pattern.compile("JNI global refs: (\\d+)").matcher(dump);
      if (!number.find()) {
        throw new AssertionError("the JVM does not say how many global references it has: " + dump);
      }
      return Long.parseLong(number.group(1));
    }

    /** 0 if the system does not tell. */
    private static long entries(String directory) throws IOException {
      if (!Files.isDirectory(Path.of(directory))) {
        return 0;
      }
      try (Stream<Path> entries = Files.list(Path.of(directory))) {
        return entries.count();
      }
    }

    private static long lines(String file) throws IOException {
      return Files.exists(Path.of(file)) ? Files.readAllLines(Path.of(file)).size() : 0;
    }

    private static long residentBytes() throws IOException {
      Path statm = Path.of("/proc/self/statm");
      return Files.exists(statm)
          ? Long.parseLong(Files.readString(statm).split(" ", -1)[1]) * 4096
          : 0;
    }
  }
}
