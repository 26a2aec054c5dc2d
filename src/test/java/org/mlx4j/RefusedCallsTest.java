package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.UncheckedIOException;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.nio.ReadOnlyBufferException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mlx4j.internal.HandlesNative;
import org.mlx4j.nn.FullyShardedModule;
import org.mlx4j.nn.Linear;
import org.mlx4j.tree.TreeHandle;
import org.mlx4j.tree.Trees;

/**
 * Every public method, called with what it does not take: a call that is refused says who refuses
 * it, and leaves neither arrays nor functions nor references to Java objects behind.
 */
class RefusedCallsTest {
  /** Methods whose state belongs to the process or the thread, which this test must not change. */
  private static final Set<Class<?>> LEFT_ALONE =
      Set.of(Memory.class, Metal.class, Scope.class, StreamScope.class, PrintScope.class);

  /** Methods of that kind, and those that are called by others, which explain their failures. */
  private static final Set<String> NOT_CALLED =
      Set.of(
          "setCompileMode",
          "disableCompile",
          "enableCompile",
          "setDefault",
          "setDefaultDevice",
          "checkIndices",
          "setPrintoptions",
          "printoptions",
          "setTimeout",
          "seed",
          "initSingle",
          "applySingle");

  /** The methods of {@link Trees} that call a function as soon as they are called. */
  private static final String AT_ONCE = "(map|mapWithPath|reduce|partition|combine)";

  /** Parts of layers, which the methods of those make or apply. */
  private static final String PARTS =
      "(Transformer(En|De)coder(Layer)?|(Quantized)?MultiHeadAttention|LayerNorm|Linear|Dropout"
          + "|(QQ|Quantized)Linear|QuantizedEmbedding|ConvolutionOptions)";

  /** The beginnings of messages that are allowed instead of the method's own name. */
  private static final Map<String, String> ALIASES = new LinkedHashMap<>();

  static {
    ALIASES.put("(of|scalar)", "array");
    ALIASES.put("item\\w+", "item");
    ALIASES.put("compileArrays", "compile");
    ALIASES.put("checkpointArrays", "checkpoint");
    ALIASES.put("exporter", "exportFunction");
    ALIASES.put("(vjp|jvp)", "valueAndGrad"); // the function that is differentiated again
    ALIASES.put("(set|add|subtract|multiply|divide|maximum|minimum)", "(at|exportFunction)");
    ALIASES.put(AT_ONCE, "sum"); // the function that they call
    ALIASES.put("(of|epochs|batches|validate|stopEarly|checkpoints|listener|run|resume)", "fit");
    ALIASES.put("of|apply|toQuantized", PARTS);
    ALIASES.put("apply", "(compile|valueAndGrad|CustomFunction)");
  }

  @TempDir Path folder;
  private SampleArguments samples;
  private Scope scope;
  private LifetimeBalance.Live before;

  @BeforeEach
  void settle() {
    Scope.run(() -> FullyShardedModule.of(Linear.of(1, 1)).gather()); // makes a static function
    before = LifetimeBalance.settled();
    scope = Scope.open();
    samples = new SampleArguments(folder);
  }

  @AfterEach
  void nothingIsLeftInTheEnd() {
    scope.close();
    LifetimeBalance.assertBack(before);
  }

  /**
   * Methods that call a function outside any trace: the arrays that it creates belong to the scope
   * of the caller.
   */
  private static boolean callsAtOnce(Method m) {
    return m.getDeclaringClass() == Trees.class && m.getName().matches(AT_ONCE);
  }

  private static List<Method> methods() {
    return PublicMethods.all().stream()
        .filter(m -> !LEFT_ALONE.contains(m.getDeclaringClass()))
        .filter(m -> !NOT_CALLED.contains(m.getName()))
        .filter(m -> !SampleArguments.isFunctional(m.getDeclaringClass())) // the caller's own
        .toList();
  }

  private boolean canBeCalled(Method m) {
    return (Modifier.isStatic(m.getModifiers()) || samples.has(m.getDeclaringClass()))
        && Arrays.stream(m.getParameterTypes()).allMatch(samples::has);
  }

  @Test
  void nullIsNamedOrAllowed() {
    TreeSet<String> wrong = new TreeSet<>();
    int[] named = new int[1];
    for (Method m : methods()) {
      for (int i = 0; canBeCalled(m) && i < m.getParameterCount(); i++) {
        if (m.getParameterTypes()[i].isPrimitive()) {
          continue;
        }
        Object[] arguments = goodArguments(m);
        arguments[i] = null;
        Throwable[] thrown = new Throwable[1];
        call(m, arguments, e -> thrown[0] = e, wrong);
        boolean refused = thrown[0] instanceof NullPointerException;
        named[0] += refused ? 1 : 0;
        if (refused ? isNullable(m, i) : thrown[0] == null && !isNullable(m, i)) {
          wrong.add(
              (refused ? "refuses what is marked as nullable: " : "allows, unmarked, ")
                  + m.getDeclaringClass().getSimpleName()
                  + "."
                  + shown(m, arguments));
        }
      }
    }
    assertTrue(named[0] > 500, () -> named[0] + " nulls were refused");
    assertEquals(Set.of(), wrong, () -> String.join("\n", wrong));
  }

  private static boolean isNullable(Method m, int parameter) {
    AnnotatedType type = m.getAnnotatedParameterTypes()[parameter];
    return type.isAnnotationPresent(Nullable.class)
        || (type.getType() instanceof TypeVariable<?> variable
            && variable.getAnnotatedBounds()[0].isAnnotationPresent(Nullable.class));
  }

  @Test
  void nothingIsLeftBehind() {
    TreeSet<String> wrong = new TreeSet<>();
    Random random = new Random(Long.getLong("laws.seed", 7));
    int[] refused = new int[1];
    for (Method m : methods()) {
      if (!canBeCalled(m)) {
        continue;
      }
      Type[] types = m.getGenericParameterTypes();
      for (int i = 0; i < types.length; i++) {
        for (Object bad : bad(m, types[i])) {
          Object[] arguments = goodArguments(m);
          arguments[i] = bad;
          call(m, arguments, e -> refused[0]++, wrong);
        }
      }
      for (int n = 0; types.length > 1 && n < 10; n++) {
        Object[] arguments = goodArguments(m);
        for (int i = 0; i < types.length; i++) {
          List<Object> bad = bad(m, types[i]);
          if (random.nextInt(3) > 0) {
            arguments[i] = bad.get(random.nextInt(bad.size()));
          }
        }
        call(m, arguments, e -> refused[0]++, wrong);
      }
    }
    assertTrue(refused[0] > 10_000, () -> refused[0] + " calls were refused");
    assertEquals(Set.of(), wrong, () -> String.join("\n", wrong));
  }

  @Test
  void everyMethodIsCalled() {
    Set<String> unreached = new TreeSet<>();
    for (Method m : methods()) {
      if (!canBeCalled(m)) {
        unreached.add(m.getDeclaringClass().getSimpleName() + "." + m.getName());
      }
    }
    assertEquals(
        Set.of("CustomKernel.apply", "Distributed.init"),
        unreached,
        "a kernel needs a GPU, a ring its addresses");
  }

  private Object[] goodArguments(Method m) {
    return Arrays.stream(m.getGenericParameterTypes()).map(samples::good).toArray();
  }

  /** Wrong arguments. A model of a huge number of layers is not wrong, but it takes too long. */
  private List<Object> bad(Method m, Type type) {
    List<Object> bad = samples.bad(type);
    if (isOfModels(m)) {
      bad.remove((Object) Integer.MAX_VALUE);
    }
    return bad;
  }

  private static boolean isOfModels(Method m) {
    return m.getDeclaringClass().getPackage() != MlxArray.class.getPackage()
        && m.getDeclaringClass().getPackage() != Trees.class.getPackage();
  }

  // ---- one call ---------------------------------------------------------------------------------

  private void call(Method m, Object[] arguments, Consumer<Throwable> refused, Set<String> wrong) {
    Object receiver =
        Modifier.isStatic(m.getModifiers()) ? null : samples.good(m.getDeclaringClass());
    Counts earlier = Counts.now();
    if (Boolean.getBoolean("show.calls")) {
      System.err.println(shown(m, arguments));
    }
    Scope callers = callsAtOnce(m) ? Scope.open() : null;
    try {
      Object result = m.invoke(receiver, arguments);
      if (result instanceof FunctionHandle || result instanceof TreeHandle) {
        callMade(result, wrong);
      }
      release(result, receiver);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    } catch (InvocationTargetException invocation) {
      Throwable e = invocation.getCause();
      refused.accept(e);
      if (callers != null) {
        callers.close();
      }
      Counts later = Counts.now();
      String fault = !later.equals(earlier) ? "left " + later + " of " + earlier : fault(m, e);
      if (fault != null) {
        wrong.add(
            m.getDeclaringClass().getSimpleName()
                + "."
                + m.getName()
                + " "
                + fault
                + " | "
                + e
                + " | "
                + shown(m, arguments));
      }
    } finally {
      if (callers != null) {
        callers.close();
      }
      if (receiver instanceof FunctionHandle
          || receiver instanceof TreeHandle
          || receiver instanceof Batcher) {
        release(receiver, null);
      }
      for (Object argument : arguments) {
        if (argument instanceof FunctionHandle f) {
          f.close();
        }
      }
    }
  }

  /** A function that was made of a bad one is refused, or not, when it is called. */
  private void callMade(Object function, Set<String> wrong) {
    for (Method apply : function.getClass().getMethods()) {
      if (apply.getName().equals("apply") && !apply.isSynthetic() && canBeCalled(apply)) {
        Object[] arguments = goodArguments(apply);
        Counts earlier = Counts.now();
        try {
          release(apply.invoke(function, arguments), function);
        } catch (IllegalAccessException e) {
          throw new IllegalStateException(e);
        } catch (InvocationTargetException invocation) {
          Counts later = Counts.now();
          if (!later.equals(earlier)) {
            wrong.add(
                "a call of "
                    + function
                    + " left "
                    + later
                    + " of "
                    + earlier
                    + ": "
                    + invocation.getCause());
          }
        }
      }
    }
  }

  private record Counts(int arrays, int functions, int references) {
    static Counts now() {
      return new Counts(
          HandlesNative.live_arrays(),
          HandlesNative.live_functions(),
          HandlesNative.live_java_refs());
    }
  }

  /** Returns what is wrong with the way in which a call was refused, or null. */
  private static String fault(Method m, Throwable e) {
    String message = String.valueOf(e.getMessage());
    if (message.equals(SampleArguments.MINE)) {
      return null;
    }
    if (!(e instanceof IllegalArgumentException
        || e instanceof IllegalStateException
        || e instanceof UnsupportedOperationException
        || e instanceof NullPointerException
        || e instanceof IndexOutOfBoundsException
        || e instanceof ArithmeticException
        || e instanceof ReadOnlyBufferException
        || e instanceof UncheckedIOException
        || e instanceof OutOfMemoryError
        || e instanceof MlxException)) {
      return "threw another class";
    }
    if (e instanceof OutOfMemoryError) {
      return null;
    }
    for (Map.Entry<String, String> alias : ALIASES.entrySet()) {
      if (m.getName().matches(alias.getKey())
          && message.matches("(?s)\\[" + alias.getValue() + "\\] .*")) {
        return null;
      }
    }
    Class<?> owner = m.getDeclaringClass();
    Class<?> subject = // of a builder it is the class whose functions it builds
        owner.getSimpleName().endsWith("Builder") ? owner.getEnclosingClass() : owner;
    Pattern name =
        Pattern.compile(
            "\\[("
                + subject.getSimpleName()
                + "\\.)?("
                + m.getName()
                + "|"
                + subject.getSimpleName()
                + ")\\] .+",
            Pattern.DOTALL);
    return !name.matcher(message).matches()
        ? "does not name the method"
        : message.contains("Cannot invoke") ? "has the words of the JVM" : null;
  }

  private static String shown(Method m, Object... arguments) {
    List<String> texts = new ArrayList<>();
    for (Object argument : arguments) {
      texts.add(
          argument == null
              ? "null"
              : argument.getClass().isArray()
                  ? Arrays.deepToString(new Object[] {argument})
                  : argument.toString());
    }
    return m.getName() + texts;
  }

  /** Closes the result of a call, unless it existed before. */
  private void release(Object result, Object receiver) {
    if (result instanceof CompletableFuture<?> future) {
      release(future.handle((value, e) -> value).join(), receiver);
    } else if (result instanceof Object[] many) {
      for (Object one : many) {
        release(one, receiver);
      }
    } else if (result instanceof Map<?, ?> map) {
      map.values().forEach(value -> release(value, receiver));
    } else if (result instanceof Iterable<?> many && !(result instanceof Path)) {
      many.forEach(one -> release(one, receiver));
    } else if (result instanceof Record record) {
      for (RecordComponent component : record.getClass().getRecordComponents()) {
        try {
          component.getAccessor().setAccessible(true);
          release(component.getAccessor().invoke(record), receiver);
        } catch (ReflectiveOperationException e) {
          throw new IllegalStateException(e);
        }
      }
    } else if (result instanceof FunctionExporter exporter) { // without an example
      assertThrows(IllegalStateException.class, exporter::close);
    } else if (result instanceof AutoCloseable closeable
        && result != receiver
        && !samples.lends(result)) {
      try {
        closeable.close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
