package org.mlx4j;

import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.mlx4j.internal.HandlesNative;
import org.mlx4j.internal.Lease;
import org.mlx4j.internal.tree.Flattening;

/**
 * A block of code that closes every array and transformed function that its thread creates in it,
 * except those that are {@linkplain #keep kept}.
 *
 * <pre>{@code
 * MlxArray x = Ops.ones(2, 3);
 * MlxArray w = Ops.ones(3, 4);
 * MlxArray mean;
 * try (Scope scope = Scope.open()) {
 *   MlxArray hidden = x.matmul(w).add(1).tanh(); // the product and the sum are closed with the scope
 *   mean = scope.keep(hidden.mean());
 * }
 * }</pre>
 *
 * <p>Scopes nest and belong to the thread that opened them. If a thread ends without closing a
 * scope, the scope's contents are closed after garbage collection. A function that a transform
 * calls has a scope: whatever it creates is closed when it returns, except its result.
 */
public final class Scope implements AutoCloseable {
  private static final IdentityHashMap<Object, Lease> NO_LEASES = new IdentityHashMap<>();

  private final ThreadContext context;
  private final @Nullable Scope outer;
  private long[] handles = new long[16];

  /** The handles of a scope that is closed. */
  private static final long[] CLOSED = {};

  private int count;

  /** Contents that have no handle, by their owner: few, and usually none. */
  private IdentityHashMap<Object, Lease> leases = NO_LEASES;

  private int mostLeases = 64;

  private final Kind kind;

  /** The number of static initializers that the thread was running when this scope was opened. */
  private final int initializers;

  private enum Kind {
    /** Opened by a user. */
    ORDINARY,
    /** The scope of a function that a transform runs. Scopes outside it cannot be closed inside. */
    OF_FUNCTION,
    /** Owns nothing, and keeps the scopes outside from owning. They cannot be closed inside. */
    DETACHED
  }

  /** Marks the handle of an array that was created inside a function that a transform runs. */
  private static final long MARK_OF_FUNCTION = 1L << 31;

  /** That mark, or 0 if no transform is running a function. */
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
   * @return the scope, which the same thread must close
   */
  public static Scope open() {
    return new Scope(ThreadContext.watched(), Kind.ORDINARY);
  }

  static Scope ofFunction(ThreadContext context) {
    return new Scope(context, Kind.OF_FUNCTION);
  }

  /** Opens a scope that sets aside the open scopes of the calling thread, until it is closed. */
  static Scope openDetached() {
    return new Scope(ThreadContext.watched(), Kind.DETACHED);
  }

  /**
   * Runs an action in a new scope, and frees everything that it creates except its result.
   *
   * @param action the action
   * @param <T> the type of the result
   * @return the action's result. Arrays and transformed functions are kept if they are the result,
   *     or if the result is a Java array, record, collection, map or {@code Optional} that holds
   *     them, nested to any depth; those that any other object holds are closed
   * @throws IllegalArgumentException if the result holds a record of a module that does not open
   *     its package
   */
  public static <T extends @Nullable Object> T run(Supplier<T> action) {
    Call.notNull("Scope.run", "the action", action);
    try (Scope scope = open()) {
      T result = action.get();
      scope.keepAll(result);
      return result;
    }
  }

  /**
   * Runs an action in a new scope, and frees everything that it creates.
   *
   * @param action the action
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
   * Runs an action whose arrays and transformed functions belong to no scope: each lives until it
   * is closed or garbage collected. Use it for objects that must outlive the scope, or the function
   * that a transform runs, in which they happen to be needed first.
   *
   * <pre>{@code
   * private final Map<Integer, MlxArray> masks = new ConcurrentHashMap<>();
   *
   * MlxArray mask(int size) {    // may be called inside a scope or a compiled function
   *   return masks.computeIfAbsent(size, n -> Scope.detached(() -> Ops.tri(n)));
   * }
   * }</pre>
   *
   * <p>Static initializers of classes need no such call: the arrays that one creates do not belong
   * to scopes that were opened before it began. (In a native image, and if the virtual machine had
   * linked the class before, that cannot be detected, and the call is needed.)
   *
   * @param action the action; scopes that it opens work as usual
   * @param <T> the type of the result
   * @return the action's result
   * @throws IllegalStateException if the result is or holds an array that depends on an argument of
   *     a function that is being traced; such an array ends with the trace
   * @throws IllegalArgumentException if the result holds a record of a module that does not open
   *     its package
   */
  public static <T extends @Nullable Object> T detached(Supplier<T> action) {
    Call.notNull("Scope.detached", "the action", action);
    try (Scope scope = openDetached()) {
      T result = action.get();
      requireNoPlaceholders(result);
      return result;
    }
  }

  /**
   * Runs an action whose arrays and transformed functions belong to no scope; see {@link
   * #detached(Supplier)}.
   */
  public static void detached(Runnable action) {
    Call.notNull("Scope.detached", "the action", action);
    Scope scope = openDetached();
    try {
      action.run();
    } finally {
      scope.close();
    }
  }

  private static void requireNoPlaceholders(@Nullable Object tree) {
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
   * Removes an array from this scope. It then belongs to the enclosing scope or, if there is none,
   * lives until it is closed or garbage collected.
   *
   * @param x an array that this thread created since this scope was opened; any other is left alone
   * @return the same array
   * @throws IllegalStateException if this scope is closed or belongs to another thread
   */
  public MlxArray keep(MlxArray x) {
    Objects.requireNonNull(x, "[Scope.keep] the array is null");
    takeOut(x, x.handle);
    return x;
  }

  /**
   * Removes several arrays from this scope, as {@link #keep(MlxArray)} does.
   *
   * @param xs arrays
   * @return the same Java array
   * @throws IllegalStateException if this scope is closed or belongs to another thread
   */
  public MlxArray[] keep(MlxArray... xs) {
    for (MlxArray x : Call.notNull("Scope.keep", "the array of arrays", xs)) {
      keep(x);
    }
    return xs;
  }

  /**
   * Removes a transformed function from this scope, as {@link #keep(MlxArray)} does.
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
   * Removes all arrays and transformed functions of a tree from this scope, as {@link
   * #keep(MlxArray)} does. {@link org.mlx4j.tree.Trees} explains trees.
   *
   * @param tree a record, list, map, Java array or {@code Optional} of arrays or of other trees, a
   *     function of the package {@code org.mlx4j.tree}, or null
   * @param <T> its type
   * @return the same tree
   * @throws IllegalArgumentException if the tree holds a record of a module that does not open its
   *     package
   * @throws IllegalStateException if this scope is closed or belongs to another thread
   */
  public <T extends @Nullable Object> T keep(T tree) {
    requireOpenHere();
    keepAll(tree);
    return tree;
  }

  private void keepAll(@Nullable Object tree) {
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
    for (Scope s = context.scope; s != null && s != outer; s = s.outer) {
      Lease lease = s.leases.get(owner);
      if (lease != null) {
        s.leases.remove(owner);
        Scope next = ownerOfWhatIsKept();
        if (next != null) {
          next.add(owner, lease);
        } else {
          Ownership.afterCollection(owner, lease::end);
        }
        return;
      }
    }
  }

  private void takeOut(Object owner, long handle) {
    requireOpenHere();
    for (Scope s = context.scope; s != null && s != outer; s = s.outer) {
      if (s.remove(handle)) {
        Scope next = ownerOfWhatIsKept();
        if (next != null) {
          next.add(handle);
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
    if (handles == CLOSED) {
      throw new IllegalStateException("[Scope] this scope is closed");
    }
  }

  /** Returns whether this scope, the innermost, owns what its thread creates now. */
  boolean ownsWhatIsMade() {
    return kind != Kind.DETACHED && context.initializers.atMost(initializers);
  }

  /** Returns the scope that owns from now on what this one keeps, or null if none does. */
  private @Nullable Scope ownerOfWhatIsKept() {
    return outer != null && outer.kind != Kind.DETACHED && initializers <= outer.initializers
        ? outer
        : null;
  }

  /** Returns the handle, marked if it was created inside a function that a transform runs. */
  static long marked(long handle, ThreadContext context) {
    return context.scope == null ? handle : handle | context.scope.mark;
  }

  /** Returns whether a handle was created inside a function that a transform ran. */
  static boolean isOfFunction(long handle) {
    return (handle & MARK_OF_FUNCTION) != 0;
  }

  /** Returns whether the calling thread is inside a function that a transform runs. */
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
   * Makes room for another handle. Closed handles are dropped first, so that a scope around a long
   * loop that closes its arrays does not grow.
   */
  private void makeRoom() {
    if (count >= 256) {
      count = HandlesNative.retain_live(handles, count);
    }
    if (count > handles.length / 2) {
      handles = Arrays.copyOf(handles, 2 * handles.length);
    }
  }

  /** Takes arrays out of this scope and those inside it, so that nobody owns them. */
  void release(MlxArray... xs) {
    for (MlxArray x : xs) {
      for (Scope s = context.scope; s != null && s != outer && !s.remove(x.handle); ) {
        s = s.outer;
      }
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
   * Ends this scope and returns its contents for C++: the number of results, the results, then
   * everything to be closed after the results have been copied.
   */
  long[] handOver(MlxArray[] results) {
    return handOver(results, 0);
  }

  /** Does the same, with numbers that belong to the results of a rule. */
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
    handles = CLOSED;
    endLeases();
    return packed;
  }

  /**
   * Ends this scope for the thread. The open contents of scopes inside it that were not closed
   * become its own.
   */
  private void leave() {
    for (Scope s = context.scope; s != null && s != this; s = s.outer) {
      for (int i = 0; i < s.count; i++) {
        add(s.handles[i]);
      }
      s.handles = CLOSED;
      s.count = 0;
      s.leases.forEach(this::add);
      s.leases = NO_LEASES;
    }
    context.scope = outer;
    if (outer == null) {
      context.unwatched();
    }
  }

  /** Closes the contents of the scopes that a thread had left open when it ended. */
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
   * Closes everything that was created inside. Closing a second time is a no-op.
   *
   * @throws IllegalStateException if called by another thread than the one that opened this scope,
   *     or by an action of {@link #detached} or a function that a transform runs which did not open
   *     it
   */
  @Override
  public void close() {
    if (handles == CLOSED) {
      return;
    }
    requireOpenHere();
    for (Scope s = context.scope; s != null && s != this; s = s.outer) {
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
    handles = CLOSED;
    endLeases();
  }
}
