package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mlx4j.ArrayAssertions.assertThrowsSaying;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.mlx4j.tree.Trees;

/** Requests of many threads share calls of a model, and each gets its own answer. */
@ExtendWith(LifetimeBalance.class)
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BatcherTest {
  private static final BatcherOptions DEFAULTS = BatcherOptions.defaults();
  private static final Duration FOREVER = Duration.ofDays(1);

  /** Twice the argument. It waits in each call until it is let go, and notes what it was given. */
  private static final class Gated implements Function<MlxArray, MlxArray>, AutoCloseable {
    final Semaphore begun = new Semaphore(0);
    final Semaphore go = new Semaphore(0);
    final List<List<Integer>> shapes = Collections.synchronizedList(new ArrayList<>());
    final List<Thread> threads = Collections.synchronizedList(new ArrayList<>());

    @Override
    public MlxArray apply(MlxArray x) {
      threads.add(Thread.currentThread());
      shapes.add(Arrays.stream(x.shape()).boxed().toList());
      begun.release();
      go.acquireUninterruptibly();
      return x.multiply(2f);
    }

    void awaitCall() {
      begun.acquireUninterruptibly();
    }

    /** Lets everything go, so that a test that fails ends. */
    @Override
    public void close() {
      go.release(1000);
    }
  }

  private static CompletableFuture<MlxArray> submit(
      Batcher<MlxArray, MlxArray> batcher, float... values) {
    try (MlxArray x = MlxArray.of(values)) { // closed before the model sees it
      return batcher.submit(x);
    }
  }

  private static float[] values(CompletableFuture<MlxArray> answer) {
    try (MlxArray y = answer.join()) {
      return y.toFloatArray();
    }
  }

  private static List<CompletableFuture<MlxArray>> submitEach(
      Batcher<MlxArray, MlxArray> batcher, float... requests) {
    List<CompletableFuture<MlxArray>> answers = new ArrayList<>();
    for (float request : requests) {
      answers.add(submit(batcher, request));
    }
    return answers;
  }

  /** What always holds once nothing waits or runs. */
  private static void assertAddUp(BatcherStatistics s) {
    assertEquals(0, s.queued());
    assertEquals(0, s.running());
    assertEquals(s.accepted(), s.completed() + s.failed() + s.cancelled() + s.expired());
    assertEquals(s.batches(), s.batchSizes().values().stream().mapToLong(n -> n).sum());
    assertEquals(s.completed(), s.latency().count());
  }

  // ---- answers ---------------------------------------------------------------------------------

  @Test
  void answersAreRowsOfThePlainCall() {
    try (Scope scope = Scope.open();
        MlxArray w = Ops.arange(12).astype(DType.FLOAT32).reshape(3, 4);
        Batcher<MlxArray, MlxArray> batcher = Batcher.of(rows -> rows.matmul(w).add(1f))) {
      List<CompletableFuture<MlxArray>> answers = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        answers.add(submit(batcher, i, -i, 2));
      }
      for (int i = 0; i < 100; i++) {
        float[] plain = MlxArray.of(i, -i, 2f).matmul(w).add(1f).toFloatArray();
        assertArrayEquals(plain, values(answers.get(i)));
      }
      assertEquals(100, batcher.statistics().completed());
      assertAddUp(batcher.statistics());
    }
  }

  private record Question(MlxArray x, Map<String, MlxArray> more, double factor) {}

  private record Reply(List<MlxArray> sums, MlxArray product, String unit) {}

  @Test
  void treesAreStackedAndTakenApart() {
    try (Scope scope = Scope.open();
        Batcher<Question, Reply> batcher =
            Batcher.of(
                q ->
                    new Reply(
                        List.of(q.x().sum(1), q.more().get("y").add(1f)),
                        q.x().multiply(q.factor()),
                        "m"))) {
      List<CompletableFuture<Reply>> replies = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        MlxArray x = MlxArray.of(i, 10f);
        replies.add(batcher.submit(new Question(x, Map.of("y", MlxArray.scalar(i)), i % 2 + 1)));
      }
      for (int i = 0; i < 10; i++) {
        Reply reply = replies.get(i).join();
        assertEquals(i + 10f, reply.sums().get(0).itemFloat());
        assertEquals(i + 1f, reply.sums().get(1).itemFloat());
        float factor = i % 2 + 1;
        assertArrayEquals(new float[] {factor * i, factor * 10}, reply.product().toFloatArray());
        assertEquals("m", reply.unit());
        Trees.close(reply);
      }
    }
  }

  @Test
  void requestsOfAnyLayoutGetTheirAnswersAloneAndTogether() {
    Gated gate = new Gated();
    try (Scope scope = Scope.open();
        Batcher<MlxArray, MlxArray> alone = Batcher.of(rows -> rows.add(rows));
        Batcher<MlxArray, MlxArray> together = Batcher.of(gate);
        gate) {
      MlxArray matrix = Ops.arange(12).reshape(3, 4);
      matrix.eval();
      MlxArray transposed = matrix.transpose();
      transposed.eval();
      List<MlxArray> requests =
          List.of(
              matrix, // computed
              matrix.add(1), // not yet
              transposed, // not in the order of rows
              matrix.get(Index.all(), Index.slice(1, 3)), // a part
              MlxArray.of(1, 2).broadcastTo(3, 2),
              MlxArray.scalar(3),
              Ops.zeros(0, 2));
      CompletableFuture<MlxArray> first = submit(together, 0);
      gate.awaitCall();
      List<CompletableFuture<MlxArray>> answers = new ArrayList<>();
      for (MlxArray request : requests) {
        answers.add(together.submit(request));
        answers.add(together.submit(request));
      }
      gate.go.release(1000);
      values(first);
      for (int i = 0; i < requests.size(); i++) {
        MlxArray expected = requests.get(i).multiply(2);
        for (MlxArray answer :
            List.of(
                alone.apply(requests.get(i)),
                answers.get(2 * i).join(),
                answers.get(2 * i + 1).join())) {
          assertArrayEquals(expected.shape(), answer.shape());
          assertArrayEquals(expected.toFloatArray(), answer.toFloatArray());
        }
        answers.get(2 * i).join().close();
        answers.get(2 * i + 1).join().close();
      }
      assertTrue(together.statistics().batchSizes().containsKey(2), "some share a call");
    }
  }

  @Test
  void answersBelongToNoScopeAndThoseOfApplyToTheCallers() {
    MlxArray submitted;
    MlxArray applied;
    try (Scope scope = Scope.open();
        Batcher<MlxArray, MlxArray> batcher = Batcher.of(x -> x.add(1f))) {
      submitted = batcher.submit(MlxArray.of(1f)).join();
      applied = batcher.apply(MlxArray.of(2f));
      assertTrue(applied.isAvailable());
      assertEquals(3f, applied.itemFloat());
    }
    assertTrue(applied.isClosed());
    assertEquals(2f, submitted.itemFloat());
    submitted.close();
  }

  @Test
  void anAnswerDoesNotHoldTheMemoryOfItsBatch() {
    Gated model = new Gated();
    int size = 1 << 16;
    try (Batcher<MlxArray, MlxArray> batcher = Batcher.of(model)) {
      List<CompletableFuture<MlxArray>> answers = submitEach(batcher, 0);
      model.awaitCall();
      for (int i = 0; i < 20; i++) {
        answers.add(submit(batcher, new float[size]));
      }
      model.go.release(2);
      MlxArray kept = answers.get(20).join();
      for (int i = 0; i < 20; i++) {
        answers.get(i).join().close();
      }
      assertEquals(List.of(20, size), model.shapes.get(1));
      long all = Memory.getActiveMemory();
      kept.close();
      assertEquals(4L * size, all - Memory.getActiveMemory());
    }
  }

  // ---- batches ---------------------------------------------------------------------------------

  @Test
  void requestsThatArriveDuringACallShareTheNext() {
    Gated model = new Gated();
    try (Batcher<MlxArray, MlxArray> batcher =
        Batcher.of(model, DEFAULTS.withLargestBatch(4).withLongestWait(Duration.ZERO))) {
      List<CompletableFuture<MlxArray>> answers = submitEach(batcher, 0);
      model.awaitCall();
      answers.addAll(submitEach(batcher, 1, 2, 3, 4, 5));
      assertEquals(5, batcher.statistics().queued());
      assertEquals(1, batcher.statistics().running());
      model.go.release(3);
      for (int i = 0; i < 6; i++) {
        assertArrayEquals(new float[] {2 * i}, values(answers.get(i)));
      }
      assertEquals(List.of(List.of(1, 1), List.of(4, 1), List.of(1, 1)), model.shapes);
      BatcherStatistics statistics = batcher.statistics();
      assertEquals(Map.of(1, 2L, 4, 1L), statistics.batchSizes());
      assertEquals(0, statistics.paddingRows());
      assertEquals(6, statistics.waiting().count());
      assertAddUp(statistics);
    }
  }

  @Test
  void fullBatchWaitsNoLonger() {
    try (Batcher<MlxArray, MlxArray> batcher =
        Batcher.of(x -> x, DEFAULTS.withLargestBatch(3).withLongestWait(FOREVER))) {
      List<CompletableFuture<MlxArray>> answers = submitEach(batcher, 1, 2);
      assertFalse(answers.get(0).isDone());
      answers.addAll(submitEach(batcher, 3));
      assertArrayEquals(new float[] {1}, values(answers.get(0)));
      assertEquals(Map.of(3, 1L), batcher.statistics().batchSizes());
    }
  }

  @Test
  void fullQueueWaitsNoLonger() {
    try (Batcher<MlxArray, MlxArray> batcher =
        Batcher.of(x -> x, DEFAULTS.withQueueCapacity(2).withLongestWait(FOREVER))) {
      List<CompletableFuture<MlxArray>> answers = submitEach(batcher, 1, 2);
      assertArrayEquals(new float[] {2}, values(answers.get(1)));
      assertEquals(Map.of(2, 1L), batcher.statistics().batchSizes());
    }
  }

  @Test
  void requestThatStaysAloneIsAnsweredAfterTheLongestWait() {
    try (Batcher<MlxArray, MlxArray> batcher =
        Batcher.of(x -> x, DEFAULTS.withLongestWait(Duration.ofMillis(20)))) {
      assertArrayEquals(new float[] {7}, values(submit(batcher, 7)));
      assertTrue(
          batcher.statistics().waiting().sum().compareTo(Duration.ofMillis(20)) >= 0,
          "it waited for others");
    }
  }

  @Test
  void requestsOfOtherShapesDtypesOrStaticValuesShareNoCall() {
    Set<String> seen = Collections.synchronizedSet(new TreeSet<>());
    CountDownLatch go = new CountDownLatch(1);
    try (Scope scope = Scope.open();
        Batcher<Question, MlxArray> batcher =
            Batcher.of(
                q -> {
                  await(go);
                  seen.add(Arrays.toString(q.x().shape()) + q.x().dtype() + q.factor());
                  return q.x().add(0);
                })) {
      List<CompletableFuture<MlxArray>> answers = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        answers.add(batcher.submit(new Question(MlxArray.of(1f, 2f), Map.of(), 1)));
        answers.add(batcher.submit(new Question(MlxArray.of(1f, 2f, 3f), Map.of(), 1)));
        answers.add(batcher.submit(new Question(MlxArray.of(1, 2), Map.of(), 1)));
        answers.add(batcher.submit(new Question(MlxArray.of(1f, 2f), Map.of(), 2)));
      }
      go.countDown();
      List<String> shapes = new ArrayList<>();
      for (CompletableFuture<MlxArray> answer : answers) {
        try (MlxArray y = answer.join()) {
          shapes.add(y.dtype() + Arrays.toString(y.shape()));
        }
      }
      String float2 = DType.FLOAT32 + "[2]";
      List<String> round = List.of(float2, DType.FLOAT32 + "[3]", DType.INT32 + "[2]", float2);
      for (int i = 0; i < 12; i++) {
        assertEquals(round.get(i % 4), shapes.get(i));
      }
      assertTrue(seen.contains("[3, 3]" + DType.FLOAT32 + "1.0"), seen::toString);
      assertTrue(seen.contains("[3, 2]" + DType.INT32 + "1.0"), seen::toString);
      assertTrue(seen.contains("[3, 2]" + DType.FLOAT32 + "2.0"), seen::toString);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void compiledModelIsRecordedOnceForEachSize() {
    Set<Integer> rows = Collections.synchronizedSet(new TreeSet<>());
    AtomicInteger recordings = new AtomicInteger();
    Gated gate = new Gated();
    try (TransformedFunction model =
            Transforms.compile(
                x -> {
                  recordings.incrementAndGet();
                  rows.add(x.dim(0));
                  return x.multiply(3f).sum(1);
                });
        Batcher<MlxArray, MlxArray> batcher =
            Batcher.of(x -> model.apply(gate.apply(x)), DEFAULTS.withSizes(2, 5, 16))) {
      long padding = 0;
      for (int requests = 1; requests <= 16; requests++) {
        List<CompletableFuture<MlxArray>> first = submitEach(batcher, 1);
        gate.awaitCall();
        List<CompletableFuture<MlxArray>> others = new ArrayList<>();
        for (int i = 0; i < requests; i++) {
          others.add(submit(batcher, i));
        }
        gate.go.release(2);
        gate.awaitCall();
        assertArrayEquals(new float[] {6}, values(first.get(0)));
        for (int i = 0; i < requests; i++) {
          assertArrayEquals(new float[] {6 * i}, values(others.get(i)));
        }
        padding += 1 + (requests <= 2 ? 2 : requests <= 5 ? 5 : 16) - requests;
      }
      assertEquals(Set.of(2, 5, 16), rows);
      assertEquals(3, recordings.get());
      assertEquals(padding, batcher.statistics().paddingRows());
    }
  }

  // ---- refusals --------------------------------------------------------------------------------

  @Test
  void fullQueueRefuses() {
    Gated model = new Gated();
    try (Batcher<MlxArray, MlxArray> batcher = Batcher.of(model, DEFAULTS.withQueueCapacity(2))) {
      List<CompletableFuture<MlxArray>> answers = submitEach(batcher, 1);
      model.awaitCall();
      answers.addAll(submitEach(batcher, 2, 3));
      assertThrowsSaying(
          RejectedExecutionException.class,
          () -> submit(batcher, 4),
          "[Batcher.submit] 2 requests are waiting; the queue holds at most 2");
      assertEquals(1, batcher.statistics().refused());
      model.go.release(2);
      answers.forEach(BatcherTest::values);
      model.go.release();
      assertArrayEquals(new float[] {10}, values(submit(batcher, 5)));
      assertEquals(4, batcher.statistics().accepted());
      assertAddUp(batcher.statistics());
    }
  }

  @Test
  void closedBatcherRefuses() {
    Batcher<MlxArray, MlxArray> batcher = Batcher.of(x -> x);
    assertFalse(batcher.isClosed());
    batcher.close();
    batcher.close();
    assertTrue(batcher.isClosed());
    assertThrowsSaying(
        IllegalStateException.class,
        () -> submit(batcher, 4),
        "[Batcher.submit] the batcher is closed");
    assertEquals(0, batcher.statistics().accepted());
  }

  /** An object that is not a tree, although it holds an array. */
  private static final class Holder {
    @SuppressWarnings("unused") // looked for by reflection
    final MlxArray array;

    Holder(MlxArray array) {
      this.array = array;
    }
  }

  @Test
  void whatIsNoRequestIsRefusedAtOnce() {
    try (Batcher<Object, Object> batcher = Batcher.of(x -> x);
        MlxArray x = MlxArray.of(1f)) {
      assertThrowsSaying(
          NullPointerException.class,
          () -> batcher.submit(null),
          "[Batcher.submit] the request is null");
      assertThrowsSaying(
          NullPointerException.class,
          () -> batcher.apply(null),
          "[Batcher.apply] the request is null");
      assertThrowsSaying(
          IllegalArgumentException.class,
          () -> batcher.submit("seven"),
          "[Batcher.submit] the request, a java.lang.String, holds no array; it must be an array or"
              + " a record, list or map of arrays");
      assertThrowsSaying(
          IllegalArgumentException.class, () -> batcher.submit(List.of(7)), "holds no array");
      assertThrowsSaying(
          IllegalArgumentException.class,
          () -> batcher.apply(new Holder(x)),
          "[Batcher.apply] the request: ",
          "Holder");
      assertThrowsSaying(
          NullPointerException.class,
          () -> batcher.submit(x, null),
          "[Batcher.submit] the deadline is null");
      x.close();
      assertThrowsSaying(
          IllegalStateException.class,
          () -> batcher.submit(Map.of("x", x)),
          "[Batcher.submit] the request, x: the array is closed: by close()");
      assertEquals(0, batcher.statistics().accepted());
    }
  }

  @Test
  void whatIsTracedIsRefused() {
    try (Batcher<MlxArray, MlxArray> batcher = Batcher.of(x -> x.add(1f));
        MlxArray one = MlxArray.of(1f)) {
      assertThrowsSaying(
          IllegalArgumentException.class,
          () -> Transforms.compile(x -> batcher.apply(x.add(1f))).apply(one),
          "[Batcher.apply] the request depends on an argument of a function that is being traced");
      try (TransformedFunction f = Transforms.compile(x -> x.add(batcher.apply(one)));
          MlxArray y = f.apply(one)) {
        assertEquals(3f, y.itemFloat());
      }
      assertEquals(1, batcher.statistics().accepted());
    }
  }

  @Test
  void optionsAreChecked() {
    List<Integer> withNull = Arrays.asList(1, null);
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> DEFAULTS.withLargestBatch(0),
        "[BatcherOptions] largestBatch is 0; it must be at least 1");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> DEFAULTS.withLongestWait(Duration.ofMillis(-1)),
        "[BatcherOptions] longestWait is PT-0.001S; it must not be negative");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> DEFAULTS.withQueueCapacity(0),
        "[BatcherOptions] queueCapacity is 0; it must be at least 1");
    for (int[] sizes : new int[][] {{0}, {1, 1}, {4, 2}, {-1, 3}}) {
      assertThrowsSaying(
          IllegalArgumentException.class,
          () -> DEFAULTS.withSizes(sizes),
          "[BatcherOptions] sizes is ",
          "they must be positive and increase");
    }
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> DEFAULTS.withSizes(1, 8).withLargestBatch(9),
        "[BatcherOptions] sizes is [1, 8]; one must be at least largestBatch, 9");
    assertThrowsSaying(
        NullPointerException.class,
        () -> new BatcherOptions(1, Duration.ZERO, withNull, 1),
        "[BatcherOptions] sizes [1, null] contains null");
    assertEquals(8, DEFAULTS.withSizes(1, 8).largestBatch());
    assertEquals(5, DEFAULTS.withSizes(1, 8).withLargestBatch(5).largestBatch());
    assertEquals(64, DEFAULTS.withSizes().largestBatch());
    assertThrows(NullPointerException.class, () -> Batcher.of(null));
    assertThrows(NullPointerException.class, () -> Batcher.of(x -> x, null));
  }

  // ---- failures --------------------------------------------------------------------------------

  @Test
  void onlyTheRequestThatCausesAFailureFails() {
    List<Integer> calls = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch go = new CountDownLatch(1);
    Function<MlxArray, MlxArray> model =
        x -> {
          await(go);
          calls.add(x.dim(0));
          if (x.min().itemFloat() < 0) {
            throw new ArithmeticException("negative");
          }
          return x.sqrt();
        };
    try (Batcher<MlxArray, MlxArray> batcher =
        Batcher.of(model, DEFAULTS.withLargestBatch(8).withLongestWait(FOREVER))) {
      List<CompletableFuture<MlxArray>> answers = submitEach(batcher, 0, 1, 4, 9, 16, -1, 36, 49);
      go.countDown();
      for (int i = 0; i < 8; i++) {
        if (i != 5) {
          assertArrayEquals(new float[] {i}, values(answers.get(i)));
        }
      }
      Throwable cause =
          assertThrows(CompletionException.class, () -> answers.get(5).join()).getCause();
      assertEquals(ArithmeticException.class, cause.getClass());
      assertEquals("negative", cause.getMessage());
      assertEquals(List.of(8, 4, 4, 2, 1, 1, 2), calls);
      BatcherStatistics statistics = batcher.statistics();
      assertEquals(7, statistics.completed());
      assertEquals(1, statistics.failed());
      assertEquals(7, statistics.batches());
      assertEquals(8, statistics.waiting().count());
      assertAddUp(statistics);
    }
  }

  @Test
  void failureOfTheEvaluationIsThatOfItsRequest() {
    try (Scope scope = Scope.open();
        Batcher<MlxArray, MlxArray> batcher =
            Batcher.of(Linalg::cholesky, DEFAULTS.withLargestBatch(3).withLongestWait(FOREVER))) {
      List<CompletableFuture<MlxArray>> answers = new ArrayList<>();
      answers.add(batcher.submit(Ops.eye(2)));
      answers.add(batcher.submit(MlxArray.of(1f, 2f, 2f, 1f).reshape(2, 2)));
      answers.add(batcher.submit(Ops.eye(2).multiply(4f)));
      assertArrayEquals(new float[] {1, 0, 0, 1}, values(answers.get(0)));
      assertArrayEquals(new float[] {2, 0, 0, 2}, values(answers.get(2)));
      assertThrowsSaying(MlxException.class, () -> unwrapped(answers.get(1)), "positive definite");
    }
  }

  private static void unwrapped(CompletableFuture<?> answer) throws Throwable {
    try {
      answer.join();
    } catch (CompletionException | CancellationException e) { // newer JDKs wrap either of them
      throw e.getCause() == null ? e : e.getCause();
    }
  }

  @Test
  void resultsThatDoNotFitAreExplained() {
    Object[] result = new Object[1];
    try (Scope scope = Scope.open();
        Batcher<MlxArray, Object> batcher = Batcher.of(x -> result[0], DEFAULTS.withSizes(4))) {
      MlxArray x = MlxArray.of(1f);
      assertThrowsSaying(
          NullPointerException.class,
          () -> batcher.apply(x),
          "[Batcher] the result of the model is null");
      result[0] = List.of(1, 2);
      assertThrowsSaying(
          IllegalArgumentException.class,
          () -> batcher.apply(x),
          "[Batcher] the result of the model holds no array");
      result[0] = Map.of("y", Ops.ones(3, 4));
      assertThrowsSaying(
          IllegalArgumentException.class,
          () -> batcher.apply(x),
          "[Batcher] the result, y: the shape is [3, 4], but its first axis must have the 4"
              + " rows of the model's argument");
      result[0] = Ops.ones();
      assertThrowsSaying(IllegalArgumentException.class, () -> batcher.apply(x), "the shape is []");
      MlxArray closed = Ops.ones(4);
      closed.close();
      result[0] = List.of(Ops.ones(4), closed);
      assertThrowsSaying(
          IllegalStateException.class,
          () -> batcher.apply(x),
          "[Batcher] the result, [1]: the array is closed: by close()");
      result[0] = Ops.ones(4, 3);
      assertArrayEquals(new float[] {1, 1, 1}, ((MlxArray) batcher.apply(x)).toFloatArray());
    }
  }

  @Test
  void applyThrowsWhatTheModelThrows() {
    AssertionError error = new AssertionError("mine");
    IllegalStateException exception = new IllegalStateException("mine");
    AtomicReference<Throwable> next = new AtomicReference<>();
    try (MlxArray x = MlxArray.of(1f);
        Batcher<MlxArray, MlxArray> batcher =
            Batcher.of(
                y -> {
                  Ops.ones(3).add(1f); // is freed
                  throw BatcherTest.<RuntimeException>unchecked(next.get());
                })) {
      next.set(error);
      assertSame(error, assertThrows(AssertionError.class, () -> batcher.apply(x)));
      next.set(exception);
      assertSame(exception, assertThrows(IllegalStateException.class, () -> batcher.apply(x)));
      next.set(new Exception("checked"));
      assertSame(
          next.get(), assertThrows(CompletionException.class, () -> batcher.apply(x)).getCause());
      assertEquals(3, batcher.statistics().failed());
    }
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // never cast
  private static <E extends Throwable> E unchecked(Throwable e) throws E {
    throw (E) e;
  }

  @Test
  void modelThatInterruptsItsThreadDoesNotEndIt() {
    try (Batcher<MlxArray, MlxArray> batcher =
        Batcher.of(
            x -> {
              Thread.currentThread().interrupt();
              return x;
            })) {
      for (int i = 0; i < 10; i++) {
        assertArrayEquals(new float[] {i}, values(submit(batcher, i)));
      }
    }
  }

  @Test
  void modelThatLeavesAScopeOpenLosesNoAnswer() {
    try (Batcher<MlxArray, MlxArray> batcher =
        Batcher.of(
            x -> {
              Scope.open();
              return x.add(1f);
            })) {
      assertArrayEquals(new float[] {3}, values(submit(batcher, 2)));
      try (MlxArray x = MlxArray.of(4f);
          MlxArray y = batcher.apply(x)) {
        assertArrayEquals(new float[] {5}, y.toFloatArray());
      }
    }
  }

  // ---- cancellation and deadlines --------------------------------------------------------------

  @Test
  void cancelledRequestsAreDropped() {
    Gated model = new Gated();
    try (Batcher<MlxArray, MlxArray> batcher = Batcher.of(model)) {
      List<CompletableFuture<MlxArray>> answers = submitEach(batcher, 0);
      model.awaitCall();
      answers.addAll(submitEach(batcher, 1, 2, 3, 4));
      assertTrue(answers.get(0).cancel(true), "while it is computed");
      assertTrue(answers.get(1).cancel(false), "while it waits");
      assertTrue(answers.get(1).cancel(false), "again");
      assertTrue(answers.get(2).complete(null));
      assertTrue(answers.get(3).completeExceptionally(new IllegalStateException("mine")));
      assertFalse(answers.get(3).complete(null));
      assertEquals(1, batcher.statistics().queued());
      assertEquals(0, batcher.statistics().running());
      model.go.release(2);
      assertArrayEquals(new float[] {8}, values(answers.get(4)));
      assertTrue(answers.get(0).isCancelled() && answers.get(1).isCancelled());
      assertThrows(CancellationException.class, () -> answers.get(0).join());
      assertFalse(answers.get(4).cancel(false));
      assertEquals(List.of(List.of(1, 1), List.of(1, 1)), model.shapes);
      assertEquals(4, batcher.statistics().cancelled());
      assertAddUp(batcher.statistics());
    }
  }

  @Test
  void batchThatAllGaveUpIsNotTriedAgain() {
    Gated model = new Gated();
    try (Batcher<MlxArray, MlxArray> batcher =
        Batcher.of(
            x -> {
              model.apply(x);
              throw new IllegalStateException("mine");
            },
            DEFAULTS.withLargestBatch(2).withLongestWait(FOREVER))) {
      List<CompletableFuture<MlxArray>> answers = submitEach(batcher, 0, 1);
      model.awaitCall();
      answers.forEach(answer -> answer.cancel(false));
      model.go.release();
    }
    assertEquals(1, model.shapes.size());
  }

  /** A future can be completed in ways of which its request is not told. */
  @Test
  void requestsThatWereCompletedUnnoticedAreDropped() {
    Gated model = new Gated();
    Batcher<MlxArray, MlxArray> batcher = Batcher.of(model, DEFAULTS.withLargestBatch(1));
    try (batcher) {
      CompletableFuture<MlxArray> first = submit(batcher, 0);
      model.awaitCall();
      CompletableFuture<MlxArray> unnoticed =
          submit(batcher, 1).completeAsync(() -> null, Runnable::run);
      assertTrue(unnoticed.isDone());
      model.go.release(2);
      values(first);
    }
    assertEquals(1, model.shapes.size());
    assertEquals(1, batcher.statistics().cancelled());
    assertAddUp(batcher.statistics());
  }

  @Test
  void requestsWithoutTimeAreNeverComputed() {
    try (MlxArray x = MlxArray.of(1f);
        Batcher<MlxArray, MlxArray> batcher = Batcher.of(y -> y)) {
      for (int i = 0; i < 200; i++) {
        CompletableFuture<MlxArray> late = batcher.submit(x, Duration.ofMillis(-(i % 2)));
        assertTrue(late.isDone());
        assertThrowsSaying(
            TimeoutException.class,
            () -> unwrapped(late),
            "[Batcher.submit] the deadline of PT",
            "S passed while the request waited");
      }
      assertEquals(200, batcher.statistics().expired());
      assertEquals(0, batcher.statistics().batches());
      assertAddUp(batcher.statistics());
    }
  }

  @Test
  void deadlinesEndRequestsThatWaitAndThatAreComputed() {
    Gated model = new Gated();
    try (MlxArray x = MlxArray.of(1f);
        Batcher<MlxArray, MlxArray> batcher = Batcher.of(model)) {
      CompletableFuture<MlxArray> computed = batcher.submit(x, Duration.ofMillis(50));
      model.awaitCall();
      CompletableFuture<MlxArray> waits = batcher.submit(x, Duration.ofMillis(10));
      CompletableFuture<MlxArray> late = batcher.submit(x, Duration.ofMillis(-5));
      CompletableFuture<MlxArray> inTime = batcher.submit(x, FOREVER);
      assertThrowsSaying(
          TimeoutException.class,
          () -> unwrapped(computed),
          "[Batcher.submit] the deadline of PT0.05S passed while the request was computed");
      assertThrowsSaying(
          TimeoutException.class,
          () -> unwrapped(waits),
          "[Batcher.submit] the deadline of PT0.01S passed while the request waited");
      assertThrowsSaying(TimeoutException.class, () -> unwrapped(late), "PT-0.005S");
      assertEquals(1, batcher.statistics().queued());
      model.go.release(2);
      assertArrayEquals(new float[] {2}, values(inTime));
      assertEquals(3, batcher.statistics().expired());
      assertEquals(2, batcher.statistics().batches());
      assertAddUp(batcher.statistics());
    }
  }

  // ---- callers that lead -----------------------------------------------------------------------

  /** A thread that waits in {@code apply}. */
  private static final class Caller {
    final CompletableFuture<float[]> answer = new CompletableFuture<>();
    final Thread thread;

    Caller(Batcher<MlxArray, MlxArray> batcher, float request) {
      thread =
          new Thread(
              () -> {
                try (Scope scope = Scope.open()) {
                  answer.complete(batcher.apply(MlxArray.of(request)).toFloatArray());
                } catch (Throwable e) {
                  answer.completeExceptionally(e);
                }
              });
      thread.start();
    }
  }

  private static void awaitQueued(Batcher<?, ?> batcher, int requests) {
    while (batcher.statistics().queued() < requests) {
      Thread.onSpinWait();
    }
  }

  @Test
  void callerThatFindsTheModelIdleCallsIt() {
    List<Thread> threads = Collections.synchronizedList(new ArrayList<>());
    try (Scope scope = Scope.open();
        Batcher<MlxArray, MlxArray> batcher =
            Batcher.of(
                x -> {
                  threads.add(Thread.currentThread());
                  return x.negative();
                })) {
      assertArrayEquals(new float[] {-1}, values(submit(batcher, 1)));
      awaitIdle(threads.get(0));
      assertArrayEquals(new float[] {-2}, batcher.apply(MlxArray.of(2f)).toFloatArray());
      assertArrayEquals(new float[] {-3}, batcher.apply(MlxArray.of(3f)).toFloatArray());
      assertAddUp(batcher.statistics());
    }
    assertEquals("mlx4j-batcher", threads.get(0).getName());
    Thread own = Thread.currentThread();
    assertEquals(List.of(own, own), threads.subList(1, 3));
  }

  /** Waits until the batcher's thread does: while it looks for work, it may find what comes. */
  private static void awaitIdle(Thread thread) {
    while (!EnumSet.of(Thread.State.WAITING, Thread.State.TIMED_WAITING)
        .contains(thread.getState())) {
      Thread.onSpinWait();
    }
  }

  @Test
  void waitingCallersLeadOneAfterAnother() {
    Gated model = new Gated();
    try (Batcher<MlxArray, MlxArray> batcher = Batcher.of(model, DEFAULTS.withLargestBatch(2));
        model) {
      List<Caller> callers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        callers.add(new Caller(batcher, i));
        if (i == 0) {
          model.awaitCall();
        }
        awaitQueued(batcher, i);
      }
      model.go.release(3);
      for (int i = 0; i < 4; i++) {
        assertArrayEquals(new float[] {2 * i}, callers.get(i).answer.join());
      }
      assertEquals(List.of(List.of(1, 1), List.of(2, 1), List.of(1, 1)), model.shapes);
      assertEquals(
          List.of(callers.get(0).thread, callers.get(1).thread, callers.get(3).thread),
          model.threads);
      assertAddUp(batcher.statistics());
    }
  }

  @Test
  void callerThatLeadsGetsNoExceptionOfOthers() {
    Gated gate = new Gated();
    IllegalArgumentException refusal = new IllegalArgumentException("negative");
    try (Batcher<MlxArray, MlxArray> batcher =
            Batcher.of(
                x -> {
                  if (x.min().itemFloat() < 0) {
                    throw refusal;
                  }
                  return gate.apply(x);
                });
        gate) {
      Caller first = new Caller(batcher, 1);
      gate.awaitCall();
      Caller leads = new Caller(batcher, 2);
      awaitQueued(batcher, 1);
      Caller wrong = new Caller(batcher, -3);
      awaitQueued(batcher, 2);
      CompletableFuture<MlxArray> alsoWrong = submit(batcher, -4);
      gate.go.release(2);
      assertArrayEquals(new float[] {2}, first.answer.join());
      assertArrayEquals(new float[] {4}, leads.answer.join());
      CompletionException e = assertThrows(CompletionException.class, wrong.answer::join);
      assertSame(refusal, e.getCause());
      assertThrowsSaying(IllegalArgumentException.class, () -> unwrapped(alsoWrong), "negative");
      assertEquals(List.of(first.thread, leads.thread), gate.threads);
      assertEquals(2, batcher.statistics().failed());
      assertAddUp(batcher.statistics());
    }
  }

  @Test
  void whileACallerLeadsRequestsAreCancelledAndExpire() {
    Gated model = new Gated();
    try (MlxArray x = MlxArray.of(1f);
        Batcher<MlxArray, MlxArray> batcher = Batcher.of(model);
        model) {
      Caller first = new Caller(batcher, 1);
      model.awaitCall();
      CompletableFuture<MlxArray> cancelled = submit(batcher, 2);
      CompletableFuture<MlxArray> expired = batcher.submit(x, Duration.ofMillis(5));
      assertTrue(cancelled.cancel(false));
      assertThrowsSaying(TimeoutException.class, () -> unwrapped(expired), "the request waited");
      Caller leads = new Caller(batcher, 3);
      awaitQueued(batcher, 1);
      CompletableFuture<MlxArray> cancelledLater = submit(batcher, 4);
      CompletableFuture<MlxArray> kept = submit(batcher, 5);
      model.go.release();
      model.awaitCall();
      assertTrue(cancelledLater.cancel(false));
      model.go.release();
      assertArrayEquals(new float[] {2}, first.answer.join());
      assertArrayEquals(new float[] {6}, leads.answer.join());
      assertArrayEquals(new float[] {10}, values(kept));
      assertEquals(List.of(List.of(1, 1), List.of(3, 1)), model.shapes);
      assertEquals(List.of(first.thread, leads.thread), model.threads);
      assertEquals(2, batcher.statistics().cancelled());
      assertEquals(1, batcher.statistics().expired());
      assertAddUp(batcher.statistics());
    }
  }

  @Test
  void stagesOnTheThreadOfACallerSeeNeitherItsScopeNorItsStream() throws Exception {
    Gated model = new Gated();
    try (Batcher<MlxArray, MlxArray> batcher = Batcher.of(model);
        model) {
      Caller first = new Caller(batcher, 1);
      model.awaitCall();
      CompletableFuture<long[]> streams = new CompletableFuture<>();
      Thread leads =
          new Thread(
              () -> {
                try (Scope scope = Scope.open();
                    StreamScope other = StreamScope.open(MlxStream.newStream(Device.cpu()))) {
                  long before = ThreadContext.current().stream;
                  batcher.apply(MlxArray.of(3f));
                  streams.complete(new long[] {before, ThreadContext.current().stream});
                } catch (Throwable e) {
                  streams.completeExceptionally(e);
                }
              });
      leads.start();
      awaitQueued(batcher, 1);
      AtomicReference<Thread> thread = new AtomicReference<>();
      AtomicReference<Long> stream = new AtomicReference<>();
      CompletableFuture<MlxArray> staged =
          submit(batcher, 2)
              .thenApply(
                  y -> {
                    thread.set(Thread.currentThread());
                    stream.set(ThreadContext.current().stream);
                    try (y) {
                      return y.add(0.5f);
                    }
                  });
      model.go.release(2);
      assertArrayEquals(new float[] {2}, first.answer.join());
      assertEquals(streams.join()[0], streams.join()[1]);
      leads.join();
      assertArrayEquals(new float[] {4.5f}, values(staged), "its scope has ended");
      assertSame(leads, thread.get());
      assertEquals(0L, stream.get());
    }
  }

  @Test
  void callersInsideTracedFunctionsDoNotLead() {
    Gated model = new Gated();
    model.go.release(1);
    try (Scope scope = Scope.open();
        Batcher<MlxArray, MlxArray> batcher = Batcher.of(model);
        model) {
      MlxArray constant = MlxArray.of(1f, 2f);
      TransformedFunction f = Transforms.compile(x -> x.add(batcher.apply(constant)));
      assertArrayEquals(new float[] {12, 14}, f.apply(MlxArray.of(10f)).toFloatArray());
      assertEquals("mlx4j-batcher", model.threads.get(0).getName());
    }
  }

  @Test
  void interruptedCallerGetsItsAnswerAndRemainsInterrupted() throws Exception {
    Gated model = new Gated();
    try (Batcher<MlxArray, MlxArray> batcher = Batcher.of(model);
        model) {
      Caller first = new Caller(batcher, 1);
      model.awaitCall();
      CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
      Thread waits =
          new Thread(
              () -> {
                try (Scope scope = Scope.open()) {
                  float answer = batcher.apply(MlxArray.of(2f)).itemFloat();
                  interrupted.complete(answer == 4 && Thread.interrupted());
                }
              });
      waits.start();
      awaitQueued(batcher, 1);
      waits.interrupt();
      model.go.release(2);
      assertTrue(interrupted.join());
      assertArrayEquals(new float[] {2}, first.answer.join());
      waits.join();
    }
  }

  @Test
  void callersWaitForOthersAsLongAsTheOptionSays() {
    try (Scope scope = Scope.open();
        Batcher<MlxArray, MlxArray> batcher =
            Batcher.of(x -> x, DEFAULTS.withLongestWait(Duration.ofMillis(20)))) {
      assertEquals(1, batcher.apply(MlxArray.of(1f)).itemFloat());
      assertEquals(0, batcher.statistics().waiting().counts().get(0), "it has waited");
    }
    try (Batcher<MlxArray, MlxArray> batcher =
        Batcher.of(x -> x, DEFAULTS.withLargestBatch(2).withLongestWait(FOREVER))) {
      CompletableFuture<MlxArray> waits = submit(batcher, 1);
      Caller fills = new Caller(batcher, 2);
      assertArrayEquals(new float[] {2}, fills.answer.join());
      assertArrayEquals(new float[] {1}, values(waits));
    }
  }

  @Test
  void batchThatIsNoLongerFullWaitsForOthersAgain() {
    Gated model = new Gated();
    try (Batcher<MlxArray, MlxArray> batcher =
            Batcher.of(model, DEFAULTS.withLargestBatch(2).withLongestWait(FOREVER));
        model) {
      List<CompletableFuture<MlxArray>> first = submitEach(batcher, 0, 1);
      model.awaitCall();
      Caller waits = new Caller(batcher, 2);
      awaitQueued(batcher, 1);
      CompletableFuture<MlxArray> cancelled = submit(batcher, 3);
      assertTrue(cancelled.cancel(false));
      model.go.release();
      assertArrayEquals(new float[] {0}, values(first.get(0)));
      assertArrayEquals(new float[] {2}, values(first.get(1)));
      CompletableFuture<MlxArray> fills = submit(batcher, 4);
      model.go.release();
      assertArrayEquals(new float[] {4}, waits.answer.join());
      assertArrayEquals(new float[] {8}, values(fills));
      assertAddUp(batcher.statistics());
    }
  }

  @Test
  void modelNeitherWaitsForAnswersNorForTheEnd() {
    List<Batcher<MlxArray, MlxArray>> itself = new ArrayList<>();
    try (Scope scope = Scope.open();
        Batcher<MlxArray, MlxArray> batcher =
            Batcher.of(
                x -> {
                  assertFalse(itself.get(0).close(FOREVER));
                  return itself.get(0).apply(x);
                })) {
      itself.add(batcher);
      assertThrowsSaying(
          IllegalStateException.class,
          () -> batcher.apply(MlxArray.of(1f)),
          "[Batcher.apply] neither the model nor a stage that depends on an answer can wait for"
              + " another answer; call the model itself, or add stages with thenApplyAsync");
      assertTrue(batcher.close(FOREVER));
      assertAddUp(batcher.statistics());
    }
  }

  @Test
  void closingWaitsForCallersThatLead() {
    Gated model = new Gated();
    Batcher<MlxArray, MlxArray> batcher = Batcher.of(model);
    Caller first = new Caller(batcher, 1);
    model.awaitCall();
    Caller waits = new Caller(batcher, 2);
    awaitQueued(batcher, 1);
    CompletableFuture<Boolean> closed = CompletableFuture.supplyAsync(() -> batcher.close(FOREVER));
    while (!batcher.isClosed()) {
      Thread.onSpinWait();
    }
    assertThrowsSaying(
        IllegalStateException.class,
        () -> unwrapped(new Caller(batcher, 3).answer),
        "[Batcher.apply] the batcher is closed");
    assertFalse(closed.isDone());
    model.go.release(2);
    assertTrue(closed.join());
    assertArrayEquals(new float[] {2}, first.answer.join());
    assertArrayEquals(new float[] {4}, waits.answer.join());
    assertEquals(2, batcher.statistics().completed());
    assertAddUp(batcher.statistics());
  }

  @Test
  void closingWithALimitCancelsCallersThatWait() {
    Gated model = new Gated();
    Batcher<MlxArray, MlxArray> batcher = Batcher.of(model);
    Caller first = new Caller(batcher, 1);
    model.awaitCall();
    Caller waits = new Caller(batcher, 2);
    awaitQueued(batcher, 1);
    assertFalse(batcher.close(Duration.ofMillis(5)));
    assertThrowsSaying(
        CancellationException.class,
        () -> unwrapped(waits.answer),
        "[Batcher.close] the batcher was closed before the model began with the request");
    model.go.release();
    assertArrayEquals(new float[] {2}, first.answer.join());
    assertTrue(batcher.close(FOREVER));
    assertAddUp(batcher.statistics());
  }

  // ---- the end ---------------------------------------------------------------------------------

  @Test
  void closingAnswersWhatWasAccepted() {
    Batcher<MlxArray, MlxArray> batcher = Batcher.of(x -> x, DEFAULTS.withLongestWait(FOREVER));
    List<CompletableFuture<MlxArray>> answers = submitEach(batcher, 1, 2, 3);
    batcher.close();
    assertArrayEquals(new float[] {3}, answers.get(2).getNow(null).toFloatArray());
    assertEquals(3, batcher.statistics().completed());
    assertTrue(batcher.close(Duration.ZERO));
    assertAddUp(batcher.statistics());
  }

  @Test
  void closingWithALimitCancelsWhatHasNotBegun() {
    Gated model = new Gated();
    Batcher<MlxArray, MlxArray> batcher = Batcher.of(model);
    List<CompletableFuture<MlxArray>> answers = submitEach(batcher, 1);
    model.awaitCall();
    answers.addAll(submitEach(batcher, 2, 3));
    CompletableFuture<MlxArray> applied =
        CompletableFuture.supplyAsync(() -> Scope.run(() -> batcher.apply(MlxArray.of(4f))));
    while (batcher.statistics().queued() < 3) {
      Thread.onSpinWait();
    }
    assertFalse(batcher.close(Duration.ofMillis(10)));
    assertTrue(answers.get(1).isCancelled());
    assertThrows(CancellationException.class, () -> answers.get(2).join());
    assertThrowsSaying(
        CancellationException.class,
        () -> unwrapped(applied),
        "[Batcher.close] the batcher was closed before the model began with the request");
    assertFalse(answers.get(0).isDone());
    model.go.release();
    assertArrayEquals(new float[] {2}, values(answers.get(0)));
    assertTrue(batcher.close(FOREVER));
    assertEquals(3, batcher.statistics().cancelled());
    assertAddUp(batcher.statistics());
  }

  @Test
  void interruptedCloseCancelsWhatHasNotBegun() throws Exception {
    Gated model = new Gated();
    Batcher<MlxArray, MlxArray> batcher = Batcher.of(model);
    List<CompletableFuture<MlxArray>> answers = submitEach(batcher, 1);
    model.awaitCall();
    answers.addAll(submitEach(batcher, 2));
    AtomicReference<Boolean> interrupted = new AtomicReference<>();
    Thread closing =
        new Thread(
            () -> {
              Thread.currentThread().interrupt();
              batcher.close();
              interrupted.set(Thread.interrupted());
            });
    closing.start();
    assertThrows(CancellationException.class, () -> answers.get(1).join());
    model.go.release();
    closing.join();
    assertEquals(true, interrupted.get());
    assertArrayEquals(new float[] {2}, values(answers.get(0)));
  }

  @Test
  void itsOwnThreadNeitherWaitsForAnswersNorForTheEnd() {
    CompletableFuture<Throwable> refused = new CompletableFuture<>();
    Gated model = new Gated();
    Batcher<MlxArray, MlxArray> batcher = Batcher.of(model);
    CompletableFuture<Void> stage =
        submit(batcher, 1)
            .thenAccept(
                y -> {
                  refused.complete(
                      assertThrows(IllegalStateException.class, () -> batcher.apply(y)));
                  y.close();
                  batcher.close();
                });
    model.go.release();
    stage.join();
    assertTrue(
        refused
            .join()
            .getMessage()
            .startsWith(
                "[Batcher.apply] neither the model nor a stage that depends on an answer can"
                    + " wait"));
    assertTrue(batcher.close(FOREVER));
  }

  // ---- many threads ----------------------------------------------------------------------------

  @Test
  void manyThreadsGetTheirOwnAnswers() throws Exception {
    assertAnswered(Executors.newFixedThreadPool(16));
  }

  @Test
  void manyVirtualThreadsGetTheirOwnAnswers() throws Exception {
    Assumptions.assumeTrue(
        Runtime.version().feature() >= 21,
        () -> "Java " + Runtime.version().feature() + " has no virtual threads");
    assertAnswered(
        (ExecutorService)
            Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null));
  }

  private static void assertAnswered(ExecutorService threads) throws Exception {
    int clients = 64;
    long requests = 50;
    try (Batcher<MlxArray, MlxArray> batcher =
        Batcher.of(x -> x.square().add(1f), DEFAULTS.withSizes(1, 4, 16, 64))) {
      List<Future<?>> ends = new ArrayList<>();
      for (int i = 0; i < clients; i++) {
        int client = i;
        ends.add(
            threads.submit(
                () -> {
                  for (int j = 0; j < requests; j++) {
                    try (Scope scope = Scope.open()) {
                      float x = client + j;
                      MlxArray request = MlxArray.of(x, 2f);
                      MlxArray answer =
                          j % 3 == 0 ? batcher.submit(request).join() : batcher.apply(request);
                      float[] y = answer.toFloatArray();
                      assertArrayEquals(new float[] {x * x + 1, 5}, y);
                    }
                  }
                }));
      }
      for (Future<?> end : ends) {
        end.get();
      }
      BatcherStatistics statistics = batcher.statistics();
      assertEquals(clients * requests, statistics.completed());
      assertAddUp(statistics);
    }
    threads.shutdown();
  }

  @Test
  void underLoadClosingLosesNoAcceptedRequest() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    Batcher<MlxArray, MlxArray> batcher = Batcher.of(x -> x.add(1f));
    CountDownLatch busy = new CountDownLatch(500);
    List<Future<Long>> answered = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      answered.add(
          threads.submit(
              () -> {
                for (long count = 0; ; count++) {
                  try (Scope scope = Scope.open()) {
                    assertEquals(count + 1f, batcher.apply(MlxArray.of(count)).itemFloat());
                    busy.countDown();
                  } catch (IllegalStateException e) {
                    assertEquals("[Batcher.apply] the batcher is closed", e.getMessage());
                    return count;
                  }
                }
              }));
    }
    busy.await();
    batcher.close();
    long count = 0;
    for (Future<Long> client : answered) {
      count += client.get();
    }
    BatcherStatistics statistics = batcher.statistics();
    assertEquals(count, statistics.completed());
    assertEquals(statistics.accepted(), statistics.completed());
    assertAddUp(statistics);
    threads.shutdown();
  }

  @Test
  void clientsThatGiveUpLeaveNothing() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try (Batcher<MlxArray, MlxArray> batcher =
        Batcher.of(x -> x.matmul(x).matmul(x), DEFAULTS.withQueueCapacity(20))) {
      List<Future<?>> ends = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        int client = i;
        ends.add(
            threads.submit(
                () -> {
                  for (int j = 0; j < 100; j++) {
                    try (Scope scope = Scope.open()) {
                      CompletableFuture<MlxArray> answer =
                          batcher.submit(Ops.eye(8 + client % 2), Duration.ofNanos(1000L * j * j));
                      if (j % 3 == client % 3) {
                        answer.cancel(true);
                      }
                      answer.handle((y, e) -> y).thenAccept(y -> Trees.close(y)).join();
                    } catch (RejectedExecutionException e) {
                      batcher.statistics(); // later, then
                    }
                  }
                }));
      }
      for (Future<?> end : ends) {
        end.get();
      }
    }
    threads.shutdown();
  }

  // ---- counters --------------------------------------------------------------------------------

  @Test
  void quantilesAreBoundsOfBuckets() {
    List<Duration> bounds =
        List.of(Duration.ofMillis(1), Duration.ofMillis(2), Duration.ofMillis(4));
    DurationHistogram times =
        new DurationHistogram(bounds, List.of(50L, 49L, 0L, 1L), Duration.ofMillis(250));
    assertEquals(100, times.count());
    assertEquals(Duration.ofNanos(2_500_000), times.mean());
    assertEquals(Duration.ofMillis(1), times.quantile(0));
    assertEquals(Duration.ofMillis(1), times.quantile(0.5));
    assertEquals(Duration.ofMillis(2), times.quantile(0.51));
    assertEquals(Duration.ofMillis(2), times.quantile(0.99));
    assertEquals(Duration.ofMillis(4), times.quantile(1), "the last bound");
    for (double part : new double[] {-0.1, 1.1, Double.NaN}) {
      assertThrowsSaying(
          IllegalArgumentException.class,
          () -> times.quantile(part),
          "[quantile] part is " + part + "; it must be from 0 to 1");
    }
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> new DurationHistogram(bounds, List.of(1L), Duration.ZERO),
        "[DurationHistogram] counts is [1]; there must be one more than bounds");
    DurationHistogram none = new DurationHistogram(List.of(), List.of(0L), Duration.ZERO);
    assertEquals(Duration.ZERO, none.quantile(0.5));
    assertEquals(Duration.ZERO, none.mean());
  }

  @Test
  void durationsFallIntoTheBucketsOfTheirBounds() {
    Durations durations = new Durations();
    durations.add(0);
    durations.add(16_000);
    durations.add(16_001);
    durations.add(Long.MAX_VALUE);
    DurationHistogram times = durations.snapshot();
    assertEquals(Duration.ofNanos(16_000), times.bounds().get(0));
    assertEquals(2, times.counts().get(0));
    assertEquals(1, times.counts().get(1));
    assertEquals(1, times.counts().get(times.bounds().size()));
    assertEquals(Duration.ofNanos(Long.MAX_VALUE).plusNanos(32_001), times.sum());
  }
}
