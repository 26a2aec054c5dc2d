package org.mlx4j;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.lang.ref.Reference;
import java.nio.IntBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.mlx4j.internal.BatchesNative;
import org.mlx4j.internal.ClosedException;
import org.mlx4j.internal.HandlesNative;
import org.mlx4j.internal.tree.Flattening;
import org.mlx4j.internal.tree.Roots;
import org.mlx4j.internal.tree.Structure;

/**
 * A model that answers the requests of many threads together: requests that arrive while it is
 * computing share its next call.
 *
 * <pre>{@code
 * try (TransformedFunction model = Transforms.compile(rows -> rows.matmul(w).softmax(-1));
 *     Batcher<MlxArray, MlxArray> batcher =
 *         Batcher.of(model::apply, BatcherOptions.defaults().withSizes(1, 8, 64))) {
 *   CompletableFuture<MlxArray> answer = batcher.submit(MlxArray.of(1f, 2f, 3f));  // on any thread
 *   System.out.println(answer.join());
 * }
 * }</pre>
 *
 * <p><b>Batches.</b> A request is an array or a tree of arrays ({@link org.mlx4j.tree.Trees}), and
 * has no axis for the batch. The arrays of {@code n} requests are stacked along a new first axis,
 * the model is called with the stacked arrays, and row {@code i} of each array of its result
 * answers request {@code i}. So for requests of shape {@code (784)} the model gets an array of
 * shape {@code (n, 784)} and returns, for example, one of shape {@code (n, 10)}, and the answers
 * have the shape {@code (10)}. Static values of a tree are those of each request. Requests that
 * differ in structure, static values, shapes or dtypes never share a call.
 *
 * <p><b>Threads.</b> One thread at a time calls the model, so the model need not be thread-safe. If
 * the model is idle, a thread that calls {@code apply} calls the model itself; otherwise, it waits
 * and may later answer the requests of others together with its own. Requests for which no thread
 * waits in {@code apply} are answered by a daemon thread of the batcher, which ends when the
 * batcher is closed. Callers may be platform threads or virtual threads.
 *
 * <ul>
 *   <li>The model does not see the open scopes and the stream of the thread that calls it, but
 *       everything else that belongs to the thread, such as its thread-local variables.
 *   <li>A compiled model is recorded once for each shape and each platform thread that calls it. If
 *       recording takes long and threads are short-lived, use {@code submit(request).join()}:
 *       without {@code apply}, the batcher's thread makes all calls.
 *   <li>Stages that depend on a future run on the thread that called the model and delay its own
 *       answer, unless they are added with the {@code …Async} methods. Neither they nor the model
 *       may wait for an answer of the same batcher.
 * </ul>
 *
 * <p><b>Failures.</b> If a call fails, its requests are divided and tried again, until only those
 * that fail alone are left. Their futures complete with the exception of the model, and all others
 * with their answers. So the model should be a pure function.
 *
 * <p><b>Lifetime.</b> The arrays of a request belong to the caller, who may close them as soon as
 * {@code submit} has returned. The arrays of an answer belong to whoever takes it from the future:
 * they are in no scope and live until they are closed or unreachable. The answer to a request that
 * was cancelled or has expired is closed by the batcher.
 *
 * @param <A> the type of the requests, which is also that of the model's argument
 * @param <R> the type of the answers, which is also that of the model's result
 */
public final class Batcher<A, R> implements Function<A, R>, AutoCloseable {
  private final Function<A, R> model;
  private final BatcherOptions options;
  private final long longestWait;

  /** Whether a request that finds the model idle is answered at once, in a call with one row. */
  private final boolean answersAtOnce;

  /** Calls the model if no thread that waits in {@code apply} does. */
  private final Thread thread;

  /** Guards everything below, and the phases of the requests. */
  private final ReentrantLock lock = new ReentrantLock();

  /** Tells the thread that there is something to do. */
  private final Condition work = lock.newCondition();

  private final Condition ended = lock.newCondition();
  private boolean isClosed;
  private boolean hasEnded;

  /** The thread that takes requests and calls the model, or null. */
  private @Nullable Thread leader;

  /** The requests that wait, oldest first, with those that they can share a call with. */
  private final Map<Kind, Deque<Request>> groups = new HashMap<>();

  private int queued;
  private int running;
  private long accepted;
  private long refused;
  private long batches;
  private long paddingRows;
  private final Map<Outcome, Long> outcomes = new EnumMap<>(Outcome.class);

  /** The number of calls for each number of requests. */
  private long[] batchSizes = new long[16];

  private final Durations waiting = new Durations();
  private final Durations latency = new Durations();

  private Batcher(Function<A, R> model, BatcherOptions options) {
    this.model = Call.notNull("Batcher.of", "the model", model);
    this.options = Call.notNull("Batcher.of", "options", options);
    longestWait = NANOSECONDS.convert(options.longestWait());
    answersAtOnce =
        options.padded(1) == 1
            && (longestWait == 0 || options.largestBatch() == 1 || options.queueCapacity() == 1);
    thread = new Thread(null, this::leadUntilClosed, "mlx4j-batcher", 0, false);
    thread.setContextClassLoader(Thread.currentThread().getContextClassLoader());
    thread.setDaemon(true);
  }

  /** Equivalent to {@link #of(Function, BatcherOptions)} with the default options. */
  public static <A, R> Batcher<A, R> of(Function<A, R> model) {
    return of(model, BatcherOptions.defaults());
  }

  /**
   * Returns a batcher for a model and starts its thread.
   *
   * @param model a function of stacked requests, each of whose results has one row for each of them
   * @param options how requests are put together
   * @param <A> the type of the requests
   * @param <R> the type of the answers
   * @return the batcher, which must be closed; it belongs to no scope
   */
  public static <A, R> Batcher<A, R> of(Function<A, R> model, BatcherOptions options) {
    Batcher<A, R> batcher = new Batcher<>(model, options);
    batcher.thread.start();
    return batcher;
  }

  // ---- requests --------------------------------------------------------------------------------

  /** Equivalent to {@link #submit(Object, Duration)} without a deadline. */
  public CompletableFuture<R> submit(A request) {
    return submitted(request);
  }

  /**
   * Accepts a request. It never waits for other requests or for the model. Another thread answers
   * the request, so a single client gets its answer sooner from {@link #apply}.
   *
   * @param request an array or a tree of arrays, without an axis for the batch
   * @param deadline how long the answer may take. After that time, the future completes with a
   *     {@link TimeoutException}, and the request is dropped unless the model has begun with it. If
   *     the time is zero or negative, the model never gets the request
   * @return the future answer. Cancelling it, or completing it in another way, drops the request
   *     unless the model has begun with it
   * @throws RejectedExecutionException if as many requests wait as the queue holds
   * @throws IllegalStateException if this batcher or an array of the request is closed
   * @throws IllegalArgumentException if the request is not a tree or holds no array, or if one of
   *     its arrays depends on an argument of a function that is being traced
   * @throws NullPointerException if {@code request} or {@code deadline} is null
   */
  public CompletableFuture<R> submit(A request, Duration deadline) {
    long time = NANOSECONDS.convert(Call.notNull("Batcher.submit", "the deadline", deadline));
    if (time <= 0) {
      return submittedTooLate(request, deadline);
    }
    Request accepted = submitted(request);
    accepted.deadline = deadline;
    return accepted.orTimeout(time, NANOSECONDS);
  }

  private CompletableFuture<R> submittedTooLate(A request, Duration deadline) {
    lock.lock(); // so that nobody begins with it
    try {
      Request late = submitted(request);
      late.deadline = deadline;
      late.completeExceptionally(new TimeoutException());
      return late;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Accepts a request and waits for the answer, whose arrays belong to the scope of the caller, as
   * those of any other function do. If the model is idle, the calling thread calls it; otherwise,
   * the request waits for the next call, which the calling thread may have to make for others, too.
   * So a single client waits for no other thread.
   *
   * @param request an array or a tree of arrays, without an axis for the batch
   * @return the answer
   * @throws RejectedExecutionException if as many requests wait as the queue holds
   * @throws IllegalStateException if this batcher or an array of the request is closed, or if the
   *     model or a stage that depends on an answer calls it, which would wait forever
   * @throws IllegalArgumentException if the request is not a tree or holds no array, or if one of
   *     its arrays depends on an argument of a function that is being traced
   * @throws NullPointerException if {@code request} is null
   * @throws CancellationException if the batcher is closed before the model has begun with the
   *     request
   */
  @Override
  public R apply(A request) {
    long since = System.nanoTime();
    // What is being traced on this thread must not meet the model, so another thread calls it.
    Thread waiter = Scope.isInFunction() ? null : Thread.currentThread();
    Flattening flattened = flattened("Batcher.apply", request);
    MlxArray[] arrays = flattened.leaves();
    long[] inputs = inputs("Batcher.apply", request, flattened, arrays);
    if (waiter != null && leadsAtOnce()) {
      return answeredAtOnce(since, flattened.structure(), inputs);
    }
    Request accepted =
        accepted("Batcher.apply", Kind.of(flattened.structure(), arrays), waiter, inputs);
    if (waiter != null) {
      leadOrWait(accepted);
    }
    try {
      R answer = accepted.join();
      Ownership.adopt(accepted.arrays);
      return answer;
    } catch (CancellationException e) { // newer JDKs wrap it in another one
      throw e.getCause() instanceof CancellationException cause ? cause : e;
    } catch (CompletionException e) {
      throw e.getCause() == null ? e : unchecked(e.getCause());
    }
  }

  private static RuntimeException unchecked(Throwable e) {
    if (e instanceof Error error) {
      throw error;
    }
    return e instanceof RuntimeException unchecked ? unchecked : new CompletionException(e);
  }

  private Request submitted(A tree) {
    Flattening flattened = flattened("Batcher.submit", tree);
    MlxArray[] arrays = flattened.leaves();
    long[] inputs = inputs("Batcher.submit", tree, flattened, arrays);
    return accepted("Batcher.submit", Kind.of(flattened.structure(), arrays), null, inputs);
  }

  private static Flattening flattened(String function, Object tree) {
    return Flattening.of(function, i -> "the request", Call.notNull(function, "the request", tree));
  }

  /** Returns handles of the batcher's own to the arrays of a request, as batches of one row. */
  private static long[] inputs(
      String function, Object request, Flattening flattened, MlxArray... arrays) {
    if (arrays.length == 0) {
      throw new IllegalArgumentException(
          "["
              + function
              + "] the request, a "
              + request.getClass().getName()
              + ", holds no array; it must be an array or a record, list or map of arrays");
    }
    requireNoPlaceholders(function, arrays);
    try {
      return BatchesNative.batches_of_one(Call.handles(function, arrays));
    } catch (ClosedException e) {
      throw closed(flattened, e);
    } catch (RuntimeException e) {
      throw Call.explained(function, e, arrays);
    } finally {
      Reference.reachabilityFence(arrays);
    }
  }

  /** Returns the exception that names the closed array of a tree, or the given one without any. */
  private static IllegalStateException closed(Flattening tree, IllegalStateException e) {
    MlxArray[] leaves = tree.leaves();
    for (int i = 0; i < leaves.length; i++) {
      if (leaves[i].isClosed()) {
        String message = tree.structure().complaint(i, "the array is closed");
        return Explanation.closed(message, leaves[i].handle, e);
      }
    }
    return e;
  }

  private Request accepted(String function, Kind kind, @Nullable Thread waiter, long... inputs) {
    boolean accepted = false;
    try {
      Request request = new Request(kind, waiter, inputs);
      enqueue(function, request);
      accepted = true;
      return request;
    } finally {
      if (!accepted) {
        HandlesNative.close_all(inputs, inputs.length);
      }
    }
  }

  private static void requireNoPlaceholders(String function, MlxArray... arrays) {
    if (!Scope.isInFunction()) {
      return;
    }
    for (MlxArray x : arrays) {
      if (!x.isClosed() && HandlesNative.depends_on_placeholder(x.handle)) {
        throw new IllegalArgumentException(
            "["
                + function
                + "] the request depends on an argument of a function that is being traced, so it"
                + " has no value; call the model itself");
      }
    }
  }

  private void enqueue(String function, Request request) {
    lock.lock();
    try {
      if (leader == Thread.currentThread() && function.equals("Batcher.apply")) {
        throw new IllegalStateException(
            "["
                + function
                + "] neither the model nor a stage that depends on an answer can wait for another"
                + " answer; call the model itself, or add stages with thenApplyAsync");
      }
      if (isClosed) {
        throw new IllegalStateException("[" + function + "] the batcher is closed");
      }
      if (queued >= options.queueCapacity()) {
        refused++;
        throw new RejectedExecutionException(
            "["
                + function
                + "] "
                + queued
                + " requests are waiting; the queue holds at most "
                + options.queueCapacity());
      }
      accepted++;
      queued++;
      Deque<Request> group = groups.computeIfAbsent(request.kind, k -> new ArrayDeque<>());
      group.add(request);
      if (leader == null && request.waiter == null && (queued == 1 || isFull(group))) {
        work.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * What requests that share a call have in common.
   *
   * @param structure the structure of the trees
   * @param descriptions the dtypes and shapes of the arrays
   */
  private record Kind(Structure structure, List<IntBuffer> descriptions) {
    static Kind of(Structure structure, MlxArray... arrays) {
      IntBuffer[] descriptions = new IntBuffer[arrays.length];
      for (int i = 0; i < arrays.length; i++) {
        descriptions[i] = IntBuffer.wrap(arrays[i].description());
      }
      return new Kind(structure, List.of(descriptions));
    }
  }

  private enum Phase {
    WAITING,
    RUNNING,
    ENDED
  }

  private enum Outcome {
    COMPLETED,
    FAILED,
    CANCELLED,
    EXPIRED
  }

  /** A request is the future of its answer. Everything is counted before the future completes. */
  private final class Request extends CompletableFuture<R> {
    final Kind kind;

    /** The thread that waits for the answer and may lead meanwhile, or null. */
    final @Nullable Thread waiter;

    /** Handles of the batcher's own to the arrays of the request, as batches of one row. */
    final long[] inputs;

    final long since = System.nanoTime();
    Phase phase = Phase.WAITING;
    volatile @Nullable Duration deadline;

    /** The arrays of the answer. */
    List<MlxArray> arrays = List.of();

    Request(Kind kind, @Nullable Thread waiter, long... inputs) {
      this.kind = kind;
      this.waiter = waiter;
      this.inputs = inputs;
    }

    /** Ends this request unless it has ended. Returns its phase before, or null if it had ended. */
    private @Nullable Phase end(Outcome outcome) {
      lock.lock();
      try {
        if (phase == Phase.ENDED) {
          return null;
        }
        if (phase == Phase.WAITING) {
          removed(this);
          queued--;
        } else {
          running--;
        }
        count(outcome, since);
        Phase before = phase;
        phase = Phase.ENDED;
        return before;
      } finally {
        lock.unlock();
      }
    }

    void answer(Answer<R> answer) {
      arrays = answer.arrays();
      if (end(Outcome.COMPLETED) != null) {
        if (waiter == null) { // who waits in apply takes them
          Ownership.leaveToCollector(arrays);
        }
        super.complete(answer.value());
        wakeUp();
      } else {
        for (MlxArray x : answer.arrays()) {
          x.close();
        }
      }
    }

    void fail(Throwable e) {
      if (end(Outcome.FAILED) != null) {
        super.completeExceptionally(e);
        wakeUp();
      }
    }

    void wakeUp() {
      if (waiter != null && waiter != Thread.currentThread()) {
        LockSupport.unpark(waiter);
      }
    }

    /** Ends this request in another way than the model would. */
    private boolean giveUp(Outcome outcome, Function<Phase, Boolean> completion) {
      Phase before = end(outcome);
      if (before == Phase.WAITING) { // otherwise the thread still needs them, and closes them
        HandlesNative.close_all(inputs, inputs.length);
      }
      return before != null && completion.apply(before);
    }

    @Override
    public boolean complete(R value) {
      return giveUp(Outcome.CANCELLED, before -> super.complete(value));
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
      return giveUp(Outcome.CANCELLED, before -> super.cancel(mayInterruptIfRunning))
          || isCancelled();
    }

    @Override
    public boolean completeExceptionally(Throwable e) {
      if (!(e instanceof TimeoutException)) {
        return giveUp(Outcome.CANCELLED, before -> super.completeExceptionally(e));
      }
      return giveUp(
          Outcome.EXPIRED,
          before -> super.completeExceptionally(deadline == null ? e : expired(before)));
    }

    void cancelAtTheEnd() {
      CancellationException e =
          new CancellationException(
              "[Batcher.close] the batcher was closed before the model began with the request");
      giveUp(Outcome.CANCELLED, before -> super.completeExceptionally(e));
      wakeUp();
    }

    private TimeoutException expired(Phase before) {
      return new TimeoutException(
          "[Batcher.submit] the deadline of "
              + deadline
              + " passed while the request "
              + (before == Phase.WAITING ? "waited" : "was computed"));
    }
  }

  private void count(Outcome outcome, long since) {
    outcomes.merge(outcome, 1L, Long::sum);
    if (outcome == Outcome.COMPLETED) {
      latency.add(System.nanoTime() - since);
    }
  }

  private void removed(Request request) {
    Deque<Request> group = groups.get(request.kind);
    if (group != null && group.remove(request) && group.isEmpty()) {
      groups.remove(request.kind);
    }
  }

  // ---- a single request ------------------------------------------------------------------------

  /** Becomes the leader, for a request that needs no queue because the model is idle. */
  private boolean leadsAtOnce() {
    lock.lock();
    try {
      if (!answersAtOnce || leader != null || queued > 0 || isClosed) {
        return false;
      }
      leader = Thread.currentThread();
      accepted++;
      running++;
      waiting.add(0);
      count(1, 1);
      return true;
    } finally {
      lock.unlock();
    }
  }

  private R answeredAtOnce(long since, Structure structure, long... inputs) {
    Outcome outcome = Outcome.FAILED;
    try {
      Rows rows = computedAside(structure, inputs);
      R answer = rebuilt(rows.structure, Call.wrap(rows.handles, ThreadContext.current()));
      outcome = Outcome.COMPLETED;
      return answer;
    } catch (Throwable e) {
      throw unchecked(e);
    } finally {
      endAtOnce(outcome, since);
    }
  }

  private Rows computedAside(Structure structure, long... inputs) {
    ThreadContext context = ThreadContext.current();
    long stream = context.stream;
    context.stream = 0;
    Scope aside = Scope.openDetached();
    try (Scope scope = Scope.open()) {
      return computed(structure, 1, 1, Call.wrap(inputs, context));
    } finally {
      aside.close();
      context.stream = stream;
    }
  }

  private void endAtOnce(Outcome outcome, long since) {
    lock.lock();
    try {
      running--;
      count(outcome, since);
      handOver();
    } finally {
      lock.unlock();
    }
  }

  // ---- the leader ------------------------------------------------------------------------------

  /** Waits until the request has ended. While there is no leader, the calling thread becomes it. */
  private void leadOrWait(Request request) {
    boolean interrupted = false;
    while (!request.isDone()) {
      if (becomesLeader(request)) {
        lead(request);
      } else if (!request.isDone()) { // looked at after the lock was held, which takes permits
        LockSupport.park(this);
        interrupted |= Thread.interrupted();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean becomesLeader(Request request) {
    lock.lock();
    try {
      if (leader != null || request.phase != Phase.WAITING) {
        return false;
      }
      if (ready(System.nanoTime()) == null) {
        work.signal(); // the batcher's thread keeps the time
        return false;
      }
      leader = Thread.currentThread();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Answers requests until the given one has ended. The caller's scopes and stream are set aside.
   */
  private void lead(Request request) {
    ThreadContext context = ThreadContext.current();
    long stream = context.stream;
    context.stream = 0;
    try {
      Scope.detached(
          () -> {
            while (!request.isDone() && answersReady()) {}
          });
    } finally {
      context.stream = stream;
      handOver();
    }
  }

  /** Lets the thread that waits longest lead, or the batcher's own. */
  private void handOver() {
    lock.lock();
    try {
      leader = null;
      Deque<Request> ready = ready(System.nanoTime());
      Thread next = ready == null || isClosed ? null : ready.element().waiter;
      if (next != null) {
        LockSupport.unpark(next);
      } else if (queued > 0 || isClosed) {
        work.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Answers the requests that are ready. Returns false if there are none. */
  private boolean answersReady() {
    List<Request> batch;
    lock.lock();
    try {
      long now = System.nanoTime();
      Deque<Request> ready = ready(now);
      if (ready == null) {
        return false;
      }
      batch = taken(ready, now);
    } finally {
      lock.unlock();
    }
    answer(batch);
    return true;
  }

  private void leadUntilClosed() {
    while (awaitsLead()) {
      try {
        answersReady();
      } finally {
        handOver();
      }
    }
  }

  /** Becomes the leader once there is something to do. Returns false if all is answered. */
  private boolean awaitsLead() {
    lock.lock();
    try {
      while (true) {
        long now = System.nanoTime();
        if (leader == null && ready(now) != null) {
          leader = thread;
          return true;
        }
        if (leader == null && queued == 0 && isClosed) {
          hasEnded = true;
          ended.signalAll();
          return false;
        }
        Thread.interrupted(); // the model's own, of no meaning here
        try {
          if (leader != null || queued == 0) {
            work.await();
          } else {
            long oldest =
                groups.values().stream().mapToLong(g -> g.element().since).min().getAsLong();
            work.awaitNanos(longestWait - (now - oldest));
          }
        } catch (InterruptedException e) {
          // nobody knows this thread except the model
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** The group with the oldest request, of those that need not wait for more, or null. */
  private @Nullable Deque<Request> ready(long now) {
    if (queued == 0) {
      return null;
    }
    Deque<Request> oldest = null;
    for (Deque<Request> group : groups.values()) {
      if (isReady(group, now)
          && (oldest == null || group.element().since - oldest.element().since < 0)) {
        oldest = group;
      }
    }
    return oldest;
  }

  private boolean isReady(Deque<Request> group, long now) {
    return isClosed || isFull(group) || now - group.element().since >= longestWait;
  }

  /** Whether nothing is gained by waiting for more. */
  private boolean isFull(Deque<Request> group) {
    return group.size() >= options.largestBatch() || queued >= options.queueCapacity();
  }

  private List<Request> taken(Deque<Request> group, long now) {
    List<Request> batch = new ArrayList<>();
    Kind kind = group.element().kind;
    while (!group.isEmpty() && batch.size() < options.largestBatch()) {
      Request request = group.remove();
      request.phase = Phase.RUNNING;
      waiting.add(now - request.since);
      batch.add(request);
    }
    if (group.isEmpty()) {
      groups.remove(kind);
    }
    queued -= batch.size();
    running += batch.size();
    return batch;
  }

  /** Answers requests together or, where that fails, those of each half. */
  private void answer(List<Request> batch) {
    if (haveGivenUp(batch)) {
      closeInputs(batch);
      batch.forEach(request -> request.end(Outcome.CANCELLED)); // those that nobody told
      return;
    }
    List<Answer<R>> answers;
    try {
      answers = answers(batch);
    } catch (Throwable e) {
      if (batch.size() > 1) {
        int half = batch.size() / 2;
        answer(batch.subList(0, half));
        answer(batch.subList(half, batch.size()));
      } else {
        closeInputs(batch);
        batch.get(0).fail(e);
      }
      return;
    }
    closeInputs(batch);
    for (int i = 0; i < answers.size(); i++) {
      batch.get(i).answer(answers.get(i));
    }
  }

  private boolean haveGivenUp(List<Request> batch) {
    for (Request request : batch) {
      if (!request.isDone()) {
        return false;
      }
    }
    return true;
  }

  private void closeInputs(List<Request> batch) {
    int each = batch.get(0).inputs.length;
    long[] all = new long[batch.size() * each];
    for (int i = 0; i < batch.size(); i++) {
      System.arraycopy(batch.get(i).inputs, 0, all, i * each, each);
    }
    HandlesNative.close_all(all, all.length);
  }

  /**
   * The answer to one request.
   *
   * @param value the answer
   * @param arrays its arrays
   * @param <R> its type
   */
  private record Answer<R>(R value, List<MlxArray> arrays) {}

  /** Calls the model. The arrays of the answers are evaluated, and nobody owns them yet. */
  private List<Answer<R>> answers(List<Request> batch) {
    int size = options.padded(batch.size());
    count(batch.size(), size);
    try (Scope scope = Scope.open()) {
      Rows rows = computed(batch.get(0).kind.structure(), batch.size(), size, joined(batch, size));
      MlxArray[] all = Call.wrap(rows.handles, ThreadContext.current());
      List<Answer<R>> answers = new ArrayList<>(batch.size());
      for (int i = 0; i < batch.size(); i++) {
        MlxArray[] arrays = new MlxArray[all.length / batch.size()];
        for (int leaf = 0; leaf < arrays.length; leaf++) {
          arrays[leaf] = all[leaf * batch.size() + i];
        }
        answers.add(new Answer<>(rebuilt(rows.structure, arrays), List.of(arrays)));
      }
      scope.release(all);
      return answers;
    }
  }

  private void count(int requests, int rows) {
    lock.lock();
    try {
      batches++;
      if (requests >= batchSizes.length) {
        batchSizes = Arrays.copyOf(batchSizes, 2 * requests);
      }
      batchSizes[requests]++;
      paddingRows += rows - requests;
    } finally {
      lock.unlock();
    }
  }

  /** Returns the arrays of requests, stacked and padded. */
  private MlxArray[] joined(List<Request> batch, int rows) {
    MlxArray[] joined = new MlxArray[batch.get(0).inputs.length];
    for (int leaf = 0; leaf < joined.length; leaf++) {
      long[] ones = new long[batch.size()];
      for (int i = 0; i < ones.length; i++) {
        ones[i] = batch.get(i).inputs[leaf];
      }
      joined[leaf] = Call.creation("Batcher", s -> BatchesNative.joined(ones, rows));
    }
    return joined;
  }

  /** Rows of the arrays of a result. */
  private static final class Rows {
    final Structure structure;

    /** Handles to the rows of the first array, then of the next one; nobody owns them yet. */
    final long[] handles;

    Rows(Structure structure, long... handles) {
      this.structure = structure;
      this.handles = handles;
    }
  }

  /** Calls the model with stacked arrays. */
  private Rows computed(Structure structure, int requests, int rows, MlxArray... stacked) {
    R result = model.apply(argument(structure, stacked));
    Call.notNull("Batcher", "the result of the model", result);
    Flattening flattened = Flattening.of("Batcher", Roots.RESULT, result);
    MlxArray[] leaves = flattened.leaves();
    if (leaves.length == 0) {
      throw new IllegalArgumentException("[Batcher] the result of the model holds no array");
    }
    long[][] handles = new long[1][];
    try {
      Call.evaluate(
          "Batcher", xs -> handles[0] = BatchesNative.rows_of(xs, rows, requests), leaves);
    } catch (IllegalStateException e) {
      throw closed(flattened, e);
    }
    if (handles[0].length == 0) {
      throw wrongRows(flattened, rows, leaves);
    }
    return new Rows(flattened.structure(), handles[0]);
  }

  @SuppressWarnings("unchecked") // the tree has the structure of the requests
  private A argument(Structure structure, MlxArray... arrays) {
    return (A) structure.rebuildFirst(arrays, 0);
  }

  @SuppressWarnings("unchecked") // the tree has the structure of the result
  private R rebuilt(Structure structure, MlxArray... arrays) {
    return (R) structure.rebuildFirst(arrays, 0);
  }

  /** Returns the exception for a result of which an array does not have the rows. */
  private static RuntimeException wrongRows(Flattening result, int rows, MlxArray... leaves) {
    int leaf = 0;
    while (leaves[leaf].ndim() > 0 && leaves[leaf].dim(0) == rows) {
      leaf++;
    }
    return new IllegalArgumentException(
        result
            .structure()
            .complaint(
                leaf,
                "the shape is "
                    + Arrays.toString(leaves[leaf].shape())
                    + ", but its first axis must have the "
                    + rows
                    + " rows of the model's argument"));
  }

  // ---- the end ---------------------------------------------------------------------------------

  /**
   * Returns whether this batcher accepts no more requests.
   *
   * @return true once {@code close} has been called
   */
  public boolean isClosed() {
    lock.lock();
    try {
      return isClosed;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Accepts no more requests, and waits until all that were accepted are answered. If the waiting
   * thread is interrupted, the requests that the model has not begun with are cancelled, and the
   * thread remains interrupted. Closing a second time is harmless. If the model or a stage that
   * depends on an answer calls this method, it does not wait.
   */
  @Override
  public void close() {
    close(Duration.ofNanos(Long.MAX_VALUE));
  }

  /**
   * Accepts no more requests, and waits for some time until all that were accepted are answered.
   * Then those that the model has not begun with are cancelled; their futures complete with a
   * {@link CancellationException}. A call of the model cannot be stopped, so the requests in it are
   * answered after this method has returned.
   *
   * @param limit how long to wait; with zero, only what the model has begun with is answered
   * @return whether the model has ended its work and no request was cancelled by this call
   */
  public boolean close(Duration limit) {
    long most = NANOSECONDS.convert(Call.notNull("Batcher.close", "the limit", limit));
    boolean interrupted = false;
    List<Request> late = List.of();
    lock.lock();
    try {
      isClosed = true;
      work.signal();
      if (Thread.currentThread() == leader) {
        return false;
      }
      try {
        for (long left = most; !hasEnded && left > 0; ) {
          left = ended.awaitNanos(left);
        }
      } catch (InterruptedException e) {
        interrupted = true;
      }
      late = groups.values().stream().flatMap(Deque::stream).toList();
    } finally {
      lock.unlock();
    }
    late.forEach(Request::cancelAtTheEnd);
    if (interrupted) {
      awaitEnd();
      Thread.currentThread().interrupt();
    }
    lock.lock();
    try {
      return hasEnded && late.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  private void awaitEnd() {
    lock.lock();
    try {
      while (!hasEnded) {
        ended.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }

  // ---- counters --------------------------------------------------------------------------------

  /**
   * Returns what this batcher has done so far.
   *
   * @return the counters at one moment
   */
  public BatcherStatistics statistics() {
    Map<Integer, Long> sizes = new TreeMap<>();
    lock.lock();
    try {
      for (int size = 1; size < batchSizes.length; size++) {
        if (batchSizes[size] > 0) {
          sizes.put(size, batchSizes[size]);
        }
      }
      return new BatcherStatistics(
          accepted,
          refused,
          outcomes.getOrDefault(Outcome.COMPLETED, 0L),
          outcomes.getOrDefault(Outcome.FAILED, 0L),
          outcomes.getOrDefault(Outcome.CANCELLED, 0L),
          outcomes.getOrDefault(Outcome.EXPIRED, 0L),
          queued,
          running,
          batches,
          paddingRows,
          sizes,
          waiting.snapshot(),
          latency.snapshot());
    } finally {
      lock.unlock();
    }
  }
}
