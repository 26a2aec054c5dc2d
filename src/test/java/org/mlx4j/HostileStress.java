package org.mlx4j;

import java.lang.ref.Reference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import org.mlx4j.internal.ElementwiseNative;
import org.mlx4j.internal.EvaluationNative;
import org.mlx4j.internal.HandlesNative;
import org.mlx4j.internal.TransformsNative;

/**
 * Threads that share arrays and functions and misuse them: close what others use, return what is
 * closed or not theirs, let traced arrays escape, evaluate in callbacks, forge handles, while
 * others collect garbage or come and go.
 */
final class HostileStress {
  private static final int ARRAYS = 64;
  private static final int FUNCTIONS = 8;

  /** The exception that a callback throws and that the caller must get. */
  private static final class Mine extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Mine() {
      super("mine", null, false, false);
    }
  }

  /**
   * The counts of steps, of steps that ended with an expected exception, and of all other
   * exceptions.
   */
  record Outcome(long steps, long rejected, Map<String, Throwable> unexpected) {}

  private final AtomicReferenceArray<MlxArray> arrays = new AtomicReferenceArray<>(ARRAYS);
  private final AtomicReferenceArray<TransformedFunction> functions =
      new AtomicReferenceArray<>(FUNCTIONS);
  private final LongAdder steps = new LongAdder();
  private final LongAdder rejected = new LongAdder();
  private final Map<String, Throwable> unexpected = new ConcurrentHashMap<>();
  private final long end;

  private HostileStress(Duration duration) {
    end = System.nanoTime() + duration.toNanos();
  }

  static Outcome run(int threads, Duration duration) throws InterruptedException {
    return new HostileStress(duration).stress(threads);
  }

  private Outcome stress(int count) throws InterruptedException {
    for (int i = 0; i < ARRAYS; i++) {
      arrays.set(i, ones());
    }
    for (int i = 0; i < FUNCTIONS; i++) {
      functions.set(i, function());
    }
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      threads.add(new Thread(() -> misuse(Long.MAX_VALUE)));
    }
    threads.add(new Thread(this::comeAndGo));
    threads.add(new Thread(this::collectGarbage));
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    for (int i = 0; i < ARRAYS; i++) {
      arrays.get(i).close();
    }
    for (int i = 0; i < FUNCTIONS; i++) {
      functions.get(i).close();
    }
    return new Outcome(steps.sum(), rejected.sum(), unexpected);
  }

  private boolean running() {
    return System.nanoTime() < end;
  }

  private void comeAndGo() {
    while (running()) {
      Thread shortLived = new Thread(() -> misuse(200));
      shortLived.start();
      try {
        shortLived.join();
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void collectGarbage() {
    while (running()) {
      System.gc();
      try {
        Thread.sleep(300);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void misuse(long count) {
    for (long i = 0; i < count && running(); i++) {
      steps.increment();
      try {
        step();
      } catch (IllegalStateException
          | IllegalArgumentException
          | IndexOutOfBoundsException
          | MlxException
          | Mine e) {
        rejected.increment();
        if (random(4) == 0) {
          put(ones());
        }
      } catch (Throwable e) {
        unexpected.putIfAbsent(e.toString(), e);
      }
    }
    if (ThreadContext.current().scope != null) {
      unexpected.put("a scope was left open", new IllegalStateException());
    }
  }

  // ---- steps
  // ----------------------------------------------------------------------------------------

  private static int random(int bound) {
    return ThreadLocalRandom.current().nextInt(bound);
  }

  private static MlxArray ones() {
    return MlxArray.of(1f, 1f, 1f, 1f);
  }

  private MlxArray any() {
    return arrays.get(random(ARRAYS));
  }

  private TransformedFunction anyFunction() {
    return functions.get(random(FUNCTIONS));
  }

  private void put(MlxArray x) {
    MlxArray old = arrays.getAndSet(random(ARRAYS), x);
    if (random(4) != 0) {
      old.close();
    }
  }

  private void step() {
    switch (random(16)) {
      case 0 -> any().close();
      case 1 -> put(ones());
      case 2, 3 -> put(any().add(any()));
      case 4 -> put(any().sin());
      case 5 -> any().toFloatArray();
      case 6 -> any().sum().itemFloat();
      case 7 -> {
        MlxArray[] parts = any().split(2);
        put(parts[0]);
        parts[1].close();
      }
      case 8 -> forge();
      case 9 -> privateNumbers();
      case 10, 11, 12 -> Scope.run(this::call);
      case 13 -> {
        FunctionHandle old = functions.getAndSet(random(FUNCTIONS), function());
        if (random(2) == 0) {
          old.close();
        }
      }
      case 14 -> Ops.asyncEval(any(), any());
      default -> Ops.eval(any(), any());
    }
  }

  private void call() {
    MlxArray y = anyFunction().apply(random(2) == 0 ? any() : ones());
    if (random(2) == 0) {
      y.toFloatArray();
    }
  }

  /** No other thread knows these arrays, so the numbers are right whatever the others do. */
  private static void privateNumbers() {
    try (Scope scope = Scope.open()) {
      MlxArray x = MlxArray.scalar(2f).add(MlxArray.scalar(3f));
      MlxArray slope = Transforms.grad(v -> v.square()).apply(x);
      if (x.itemFloat() != 5f || slope.itemFloat() != 10f) {
        throw new AssertionError(x + " and " + slope);
      }
    }
  }

  private void forge() {
    MlxArray x = any();
    ThreadLocalRandom random = ThreadLocalRandom.current();
    long[] forged = {
      random.nextLong(),
      random.nextInt(200),
      x.handle ^ (1L << (32 + random(31))),
      (random.nextLong() << 32) | (x.handle & 0xffff_ffffL)
    };
    try {
      for (long handle : forged) {
        tryAll(
            () -> EvaluationNative.item_double(handle),
            () -> HandlesNative.close(ElementwiseNative.add(x.handle, handle, 0)),
            () -> HandlesNative.close_all(new long[] {x.handle, x.handle, handle}, 3),
            () -> TransformsNative.call(x.handle, new long[] {handle}),
            () -> EvaluationNative.evaluate(new long[] {handle, x.handle}));
      }
    } finally {
      Reference.reachabilityFence(x);
    }
  }

  private void tryAll(Runnable... attempts) {
    for (Runnable attempt : attempts) {
      try {
        attempt.run();
      } catch (IllegalStateException | IllegalArgumentException | MlxException e) {
        rejected.increment();
      }
    }
  }

  // ---- functions
  // ------------------------------------------------------------------------------------

  private TransformedFunction function() {
    int kind = random(6);
    MlxArray captured = MlxArray.scalar((float) kind);
    ArrayFunction f = x -> callback(x, x.multiply(x).add(captured));
    return switch (kind) {
      case 0 -> Transforms.compile(f);
      case 1 -> Transforms.checkpoint(f);
      case 2 -> Transforms.grad(x -> f.apply(x).sum());
      case 3 -> {
        TransformedFunction compiled = Transforms.compile(f);
        yield Transforms.compile(Transforms.grad(x -> compiled.apply(x).sum()));
      }
      case 4 -> Transforms.vmap(f);
      default -> Transforms.vmap(Transforms.grad(Transforms.checkpoint(f)));
    };
  }

  private MlxArray callback(MlxArray x, MlxArray y) {
    switch (random(16)) {
      case 0 -> throw new Mine();
      case 1 -> {
        return y.add(any()); // somebody else's array, perhaps closed meanwhile
      }
      case 2 -> x.close();
      case 3 -> y.close();
      case 4 -> any().close();
      case 5 -> any().toFloatArray();
      case 6 -> y.sum().eval();
      case 7 -> letEscape(y);
      case 8 -> Scope.open();
      case 9 -> anyFunction().close();
      case 10 -> Scope.run(this::call);
      case 11 -> put(any().add(1f));
      case 12 -> {
        return any();
      }
      default -> Thread.onSpinWait();
    }
    return y;
  }

  /** A traced array reaches other threads, and stays with them after the trace. */
  private void letEscape(MlxArray y) {
    Thread thief =
        new Thread(
            () -> {
              try {
                put(y.add(y));
              } catch (IllegalStateException e) {
                rejected.increment();
              }
            });
    thief.start();
    try {
      thief.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
