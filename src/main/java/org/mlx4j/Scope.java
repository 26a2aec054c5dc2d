package org.mlx4j;

import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.Objects;
import java.util.function.Supplier;
import org.mlx4j.internal.HandlesNative;
import org.mlx4j.internal.Lease;
import org.mlx4j.internal.tree.Flattening;

/**
 * Closes every array and every transformed function that its thread creates while it is open,
 * except those that are {@linkplain #keep kept}.
 *
 * <pre>{@code
 * try (Scope scope = Scope.open()) {
 *   MlxArray hidden = x.matmul(w).add(b).tanh();   // x.matmul(w) and the sum are closed with the scope
 *   return scope.keep(hidden.mean());
 * }
 * }</pre>
 *
 * <p>Scopes nest and belong to the thread that opened them; what a scope holds that is still open
 * when its thread has ended is closed after garbage collection. A function that a transform calls
 * has a scope of its own: what it creates is closed when it returns, except what it returns.
 */
public final class Scope implements AutoCloseable {
  private static final IdentityHashMap<Object, Lease> NO_LEASES = new IdentityHashMap<>();

  private final ThreadContext context;
  private final Scope outer;
  private long[] handles = new long[16];
  private int count;

  /** What has no handle of its own, by its owner: few, and rarely any. */
  private IdentityHashMap<Object, Lease> leases = NO_LEASES;

  private int mostLeases = 64;

  private final Kind kind;

  /** How many static initializers its thread was running when it was opened. */
  private final int initializers;

  private enum Kind {
    /** Opened by a user. */
    ORDINARY,
    /** Of a function that a transform runs. What lies outside cannot be closed inside. */
    OF_FUNCTION,
    /** Owns nothing, and keeps the scopes outside from owning. They cannot be closed inside. */
    DETACHED
  }

  /** What a handle carries that was made inside a function that a transform runs. */
  private static final long MARK_OF_FUNCTION = 1L << 31;

  /** That mark, or 0 where no transform runs a function. */
  private final long mark;

  private Scope(ThreadContext context, Kind kind) {
    this.context = context;
    this.kind = kind;
    this.initializers = context.initializers.running();
    this.outer = context.scope;
    this.mark =
        switch (kind) {
          case ORDINARY -> outer == null ? 0 : outer.mark;
          case OF_FUNCTION -> MARK_OF_FUNCTION;
          case DETACHED -> 0;
        };
    context.scope = this;
  }

  /**
   * Opens a scope for the calling thread.
   *
   * @return the scope, to be closed by the same thread
   */
  public static Scope open() {
    return new Scope(ThreadContext.watched(), Kind.ORDINARY);
  }

  static Scope ofFunction(ThreadContext context) {
    return new Scope(context, Kind.OF_FUNCTION);
  }

  /**
   * Runs an action in a scope of its own and frees everything but its result.
   *
   * @param action what to run
   * @param <T> the type of the result
   * @return the action's result. Kept are the arrays and transformed functions that it is or holds
   *     in a Java array, a record, a collection, the values of a map or an {@code Optional}, nested
   *     at will; what any other object holds is closed
   * @throws IllegalArgumentException if the result holds a record of a module that does not open
   *     its package
   */
  public static <T> T run(Supplier<T> action) {
    Call.notNull("Scope.run", "the action", action);
    try (Scope scope = open()) {
      T result = action.get();
      scope.keepAll(result);
      return result;
    }
  }

  /**
   * Runs an action in a scope of its own.
   *
   * @param action what to run
   */
  public static void run(Runnable action) {
    Call.notNull("Scope.run", "the action", action);
    Scope scope = open();
    try {
      action.run();
    } finally {
      scope.close();
    }
  }

  /**
   * Runs an action whose arrays and transformed functions belong to no scope, wherever it is
   * called: each lives until it is closed or garbage collected. For what outlives the scope, or the
   * function that a transform runs, in which it happens to be needed first.
   *
   * <pre>{@code
   * MlxArray mask(int size) {    // may be called inside a scope or a compiled function
   *   return masks.computeIfAbsent(size, n -> Scope.detached(() -> Ops.tri(n)));
   * }
   * }</pre>
   *
   * <p>Static initializers of classes need no such call: what one makes belongs to no scope that
   * was opened before it began. (A native image, and a virtual machine that linked the class
   * before, cannot tell; there it does need one.)
   *
   * @param action what to run; scopes that it opens work as everywhere
   * @param <T> the type of the result
   * @return the action's result
   * @throws IllegalStateException if the result is or holds an array that depends on an argument of
   *     a function that is being traced; such an array ends with the trace
   * @throws IllegalArgumentException if the result holds a record of a module that does not open
   *     its package
   */
  public static <T> T detached(Supplier<T> action) {
    Call.notNull("Scope.detached", "the action", action);
    try (Scope scope = new Scope(ThreadContext.watched(), Kind.DETACHED)) {
      T result = action.get();
      requireNoPlaceholders(result);
      return result;
    }
  }

  /**
   * Runs an action whose arrays and transformed functions belong to no scope, as {@link
   * #detached(Supplier)} does.
   *
   * @param action what to run
   */
  public static void detached(Runnable action) {
    Call.notNull("Scope.detached", "the action", action);
    Scope scope = new Scope(ThreadContext.watched(), Kind.DETACHED);
    try {
      action.run();
    } finally {
      scope.close();
    }
  }

  private static void requireNoPlaceholders(Object tree) {
    for (MlxArray x : Flattening.visit("Scope.detached", tree, Scope::requireNoPlaceholdersIn)) {
      if (!x.isClosed() && HandlesNative.depends_on_placeholder(x.handle)) {
        throw new IllegalStateException(
            "[Scope.detached] the result depends on an argument of a function that is being traced,"
                + " so it has no value of its own and cannot outlive the trace; compute it from"
                + " other arrays, or leave out Scope.detached");
      }
    }
  }

  private static void requireNoPlaceholdersIn(Object x) {
    if (x instanceof Iterable<?> many) {
      many.forEach(Scope::requireNoPlaceholders);
    }
  }

  /**
   * Takes an array out of this scope. It then belongs to the enclosing scope, or, where there is
   * none, lives until it is closed or garbage collected.
   *
   * @param x an array that this thread created since this scope was opened; any other is left as it
   *     is
   * @return the same array
   * @throws IllegalStateException if this scope is closed or belongs to another thread
   */
  public MlxArray keep(MlxArray x) {
    Objects.requireNonNull(x, "[Scope.keep] the array is null");
    takeOut(x, x.handle);
    return x;
  }

  /**
   * Takes several arrays out of this scope.
   *
   * @param xs arrays, as for {@link #keep(MlxArray)}
   * @return the same array of arrays
   * @throws IllegalStateException if this scope is closed or belongs to another thread
   */
  public MlxArray[] keep(MlxArray... xs) {
    for (MlxArray x : Call.notNull("Scope.keep", "the array of arrays", xs)) {
      keep(x);
    }
    return xs;
  }

  /**
   * Takes a transformed function out of this scope, as {@link #keep(MlxArray)} does for an array.
   *
   * @param f a transformed function
   * @param <F> its type
   * @return the same function
   * @throws IllegalStateException if this scope is closed or belongs to another thread
   */
  public <F extends FunctionHandle> F keep(F f) {
    Objects.requireNonNull(f, "[Scope.keep] the function is null");
    takeOut(f, f.handle);
    return f;
  }

  /**
   * Takes all arrays and transformed functions of a tree out of this scope, as {@link
   * #keep(MlxArray)} does for an array. What a tree is, {@link org.mlx4j.tree.Trees} says.
   *
   * @param tree a record, list, map, Java array or {@code Optional} of arrays or of other trees, a
   *     function of the package {@code org.mlx4j.tree}, or null
   * @param <T> its type
   * @return the same tree
   * @throws IllegalArgumentException if the tree holds a record of a module that does not open its
   *     package
   * @throws IllegalStateException if this scope is closed or belongs to another thread
   */
  public <T> T keep(T tree) {
    requireOpenHere();
    keepAll(tree);
    return tree;
  }

  private void keepAll(Object tree) {
    for (MlxArray x : Flattening.visit("Scope.keep", tree, this::keepOther)) {
      keep(x);
    }
  }

  private void keepOther(Object x) {
    if (x instanceof FunctionHandle f) {
      keep(f);
    } else if (x instanceof Iterable<?> many) {
      many.forEach(this::keepAll);
    } else {
      takeOut(x);
    }
  }

  private void takeOut(Object owner) {
    for (Scope s = context.scope; s != outer; s = s.outer) {
      Lease lease = s.leases.get(owner);
      if (lease != null) {
        s.leases.remove(owner);
        if (outerOwnsWhatIsKept()) {
          outer.add(owner, lease);
        } else {
          Ownership.afterCollection(owner, lease::end);
        }
        return;
      }
    }
  }

  private void takeOut(Object owner, long handle) {
    requireOpenHere();
    for (Scope s = context.scope; s != outer; s = s.outer) {
      if (s.remove(handle)) {
        if (outerOwnsWhatIsKept()) {
          outer.add(handle);
        } else {
          Ownership.leaveToCollector(owner, handle);
        }
        return;
      }
    }
  }

  private void requireOpenHere() {
    if (ThreadContext.current() != context) {
      throw new IllegalStateException("[Scope] this scope belongs to another thread");
    }
    if (handles == null) {
      throw new IllegalStateException("[Scope] this scope is closed");
    }
  }

  /** Whether what the thread makes now belongs to this scope, the innermost. */
  boolean ownsWhatIsMade() {
    return kind != Kind.DETACHED && context.initializers.atMost(initializers);
  }

  private boolean outerOwnsWhatIsKept() {
    return outer != null && outer.kind != Kind.DETACHED && initializers <= outer.initializers;
  }

  /** The handle, marked if it is made inside a function that a transform runs. */
  static long marked(long handle, ThreadContext context) {
    return context.scope == null ? handle : handle | context.scope.mark;
  }

  /** Whether a handle was made inside a function that a transform ran. */
  static boolean isOfFunction(long handle) {
    return (handle & MARK_OF_FUNCTION) != 0;
  }

  /** Whether the calling thread is inside a function that a transform runs. */
  static boolean isInFunction() {
    Scope scope = ThreadContext.current().scope;
    return scope != null && scope.mark != 0;
  }

  void add(long handle) {
    if (count == handles.length) {
      makeRoom();
    }
    handles[count++] = handle;
  }

  void add(Object owner, Lease lease) {
    if (leases.isEmpty()) {
      leases = new IdentityHashMap<>();
    } else if (leases.size() >= mostLeases) {
      leases.values().removeIf(Lease::ended);
      mostLeases = Math.max(mostLeases, 2 * leases.size());
    }
    leases.put(owner, lease);
  }

  /**
   * A scope around a long loop that closes its arrays itself must not grow: closed handles go
   * first.
   */
  private void makeRoom() {
    if (count >= 256) {
      count = HandlesNative.retain_live(handles, count);
    }
    if (count > handles.length / 2) {
      handles = Arrays.copyOf(handles, 2 * handles.length);
    }
  }

  private boolean remove(long handle) {
    for (int i = count - 1; i >= 0; i--) {
      if (handles[i] == handle) {
        System.arraycopy(handles, i + 1, handles, i, --count - i);
        return true;
      }
    }
    return false;
  }

  /**
   * Ends this scope and hands its contents to C++: the number of results, the results, then
   * everything to be closed after the results are copied.
   */
  long[] handOver(MlxArray[] results) {
    return handOver(results, 0);
  }

  /** As {@link #handOver(MlxArray[])}, with the numbers that go with the results of a rule. */
  long[] handOver(MlxArray[] results, int[] numbers) {
    long[] packed = handOver(results, 1 + numbers.length);
    packed[1 + results.length] = numbers.length;
    for (int i = 0; i < numbers.length; i++) {
      packed[2 + results.length + i] = numbers[i];
    }
    return packed;
  }

  private long[] handOver(MlxArray[] results, int room) {
    leave();
    long[] packed = new long[1 + results.length + room + count];
    packed[0] = results.length;
    for (int i = 0; i < results.length; i++) {
      packed[1 + i] = results[i].handle;
    }
    System.arraycopy(handles, 0, packed, 1 + results.length + room, count);
    Tracking.closed(handles, count);
    handles = null;
    endLeases();
    return packed;
  }

  /**
   * Ends this scope for the thread; what scopes inside it hold that were not closed becomes its
   * own.
   */
  private void leave() {
    for (Scope s = context.scope; s != this; s = s.outer) {
      for (int i = 0; i < s.count; i++) {
        add(s.handles[i]);
      }
      s.handles = null;
      s.count = 0;
      s.leases.forEach(this::add);
      s.leases = NO_LEASES;
    }
    context.scope = outer;
    if (outer == null) {
      context.unwatched();
    }
  }

  /** Closes what the scopes hold that a thread left open when it ended. */
  static void closeLeftOpen(ThreadContext context) {
    for (Scope s = context.scope; s != null; s = s.outer) {
      HandlesNative.close_all(s.handles, s.count);
      Tracking.closed(s.handles, s.count);
      s.endLeases();
    }
  }

  private void endLeases() {
    leases.values().forEach(Lease::end);
    leases = NO_LEASES;
  }

  /**
   * Closes what was created inside. Closing twice is harmless.
   *
   * @throws IllegalStateException if called by another thread than the one that opened this scope,
   *     or by an action of {@link #detached} or a function that a transform runs which did not open
   *     it
   */
  @Override
  public void close() {
    if (handles == null) {
      return;
    }
    requireOpenHere();
    for (Scope s = context.scope; s != this; s = s.outer) {
      if (s.kind != Kind.ORDINARY) {
        throw new IllegalStateException(
            (s.kind == Kind.DETACHED
                    ? "[Scope] an action of Scope.detached"
                    : "[Scope] a function that a transform runs")
                + " cannot close a scope that it did not open");
      }
    }
    leave();
    HandlesNative.close_all(handles, count);
    Tracking.closed(handles, count);
    handles = null;
    endLeases();
  }
}
