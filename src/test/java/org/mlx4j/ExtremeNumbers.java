package org.mlx4j;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Calls every public method that takes numbers with extreme ones, on small and empty arrays, and
 * evaluates what comes back when that is small. Runs in a separate virtual machine: the file that
 * is the first argument names the call that was running if that machine dies.
 *
 * <p>The second argument, if any, is a part of the name of the methods to call.
 */
final class ExtremeNumbers {
  private static final int MIB = 1 << 20;
  private static final long PATIENCE = 60_000_000_000L;

  private static final List<Class<?>> CLASSES =
      List.of(
          MlxArray.class,
          Ops.class,
          Fft.class,
          Linalg.class,
          MlxRandom.class,
          Fast.class,
          ArrayAt.class,
          Index.class);

  private static final int[] INTS = {
    Integer.MIN_VALUE, -3, -1, 0, 1, 2, 7, 1 << 20, 1 << 30, Integer.MAX_VALUE
  };
  private static final double[] DOUBLES = {
    Double.NaN, Double.POSITIVE_INFINITY, -Double.MAX_VALUE, Double.MIN_VALUE, -1, 0, 0.5, 1e10
  };

  /** What the documentation of the methods speaks of. */
  private static final Set<Class<?>> DOCUMENTED =
      Set.of(
          IllegalArgumentException.class,
          IllegalStateException.class,
          IndexOutOfBoundsException.class,
          UnsupportedOperationException.class,
          ArithmeticException.class,
          NullPointerException.class,
          MlxException.class,
          OutOfMemoryError.class);

  private final MappedByteBuffer running;
  private final AtomicLong since = new AtomicLong(Long.MAX_VALUE);
  private final Map<String, String> faults = new TreeMap<>();
  private final Set<String> leftOut = new TreeSet<>();
  private String slowest = "";
  private long longest;
  private int calls;

  private ExtremeNumbers(String file) throws IOException {
    try (RandomAccessFile f = new RandomAccessFile(file, "rw")) {
      running = f.getChannel().map(FileChannel.MapMode.READ_WRITE, 0, 512);
    }
  }

  public static void main(String[] args) throws IOException {
    Memory.setMemoryLimit(256L * MIB);
    ExtremeNumbers all = new ExtremeNumbers(args[0]);
    all.watch();
    for (Class<?> c : CLASSES) {
      Arrays.stream(c.getMethods())
          .filter(m -> m.getDeclaringClass().getPackageName().equals("org.mlx4j"))
          .filter(m -> args.length < 2 || m.getName().contains(args[1]))
          .filter(m -> Arrays.stream(m.getParameterTypes()).anyMatch(ExtremeNumbers::isNumber))
          .sorted(Comparator.comparing(Method::toString))
          .forEach(all::call);
    }
    System.out.println("left out: " + all.leftOut);
    System.out.println("slowest: " + all.slowest + " in " + all.longest / 1_000_000 + " ms");
    all.faults.forEach((method, what) -> System.out.println("FAULT " + what));
    System.out.println(all.calls + " calls, " + all.faults.size() + " faults");
    System.exit(all.faults.isEmpty() ? 0 : 1);
  }

  private void watch() {
    Thread watch =
        new Thread(
            () -> {
              while (System.nanoTime() - since.get() < PATIENCE) {
                try {
                  Thread.sleep(100);
                } catch (InterruptedException e) {
                  return;
                }
              }
              System.out.println("does not end");
              System.out.flush();
              Runtime.getRuntime().halt(3);
            });
    watch.setDaemon(true);
    watch.start();
  }

  private static boolean isNumber(Class<?> type) {
    return numbers(type).length > 0;
  }

  private static Object[] numbers(Class<?> type) {
    if (type == int.class || type == Integer.class) {
      return Arrays.stream(INTS).boxed().toArray();
    } else if (type == int[].class) {
      List<Object> arrays = new ArrayList<>();
      for (int n : INTS) {
        arrays.add(new int[] {n});
        arrays.add(new int[] {n, 1});
        arrays.add(new int[] {0, n, 1});
      }
      return arrays.toArray();
    } else if (type == long.class || type == Long.class) {
      return new Object[] {Long.MIN_VALUE, -1L, 0L, 1L, 1L << 32, Long.MAX_VALUE};
    } else if (type == double.class || type == Double.class) {
      return Arrays.stream(DOUBLES).boxed().toArray();
    } else if (type == float.class || type == Float.class) {
      return new Object[] {Float.NaN, Float.NEGATIVE_INFINITY, Float.MAX_VALUE, -1f, 0f};
    }
    return new Object[0];
  }

  /** Something ordinary for each parameter; null where nothing is known. */
  private static Object[] ordinary(Method m, MlxArray x) {
    Map<Class<?>, Object> values = new LinkedHashMap<>();
    values.put(int.class, 1);
    values.put(Integer.class, 1);
    values.put(int[].class, new int[] {1});
    values.put(long.class, 1L);
    values.put(Long.class, 1L);
    values.put(float.class, 1f);
    values.put(Float.class, 1f);
    values.put(double.class, 1.0);
    values.put(Double.class, 1.0);
    values.put(boolean.class, true);
    values.put(Boolean.class, true);
    values.put(MlxArray.class, x);
    values.put(MlxArray[].class, new MlxArray[] {x, x});
    values.put(DType.class, DType.FLOAT32);
    values.put(Index.class, Index.at(0));
    values.put(Index[].class, new Index[] {Index.at(0)});
    values.put(String.class, "i,i->i");
    values.put(Object.class, 1);
    values.put(Object[].class, new Object[] {1});
    values.put(int[][].class, new int[][] {{1}, {2}});
    Class<?>[] types = m.getParameterTypes();
    Object[] arguments = new Object[types.length];
    for (int i = 0; i < types.length; i++) {
      arguments[i] = types[i].isEnum() ? types[i].getEnumConstants()[0] : values.get(types[i]);
      if (arguments[i] == null) {
        return null;
      }
    }
    return arguments;
  }

  private static List<MlxArray> arrays() {
    MlxArray line = Ops.arange(6).astype(DType.FLOAT32);
    return List.of(
        line,
        line.reshape(2, 3),
        line.reshape(1, 2, 3),
        line.reshape(1, 1, 2, 3),
        Ops.eye(2),
        Ops.arange(4),
        MlxArray.scalar(2f),
        Ops.zeros(0),
        Ops.zeros(0, 3),
        Ops.zeros(Integer.MAX_VALUE, 0));
  }

  private void call(Method m) {
    Class<?>[] types = m.getParameterTypes();
    Scope.run(
        () -> {
          for (MlxArray x : arrays()) {
            if (ordinary(m, x) == null) {
              leftOut.add(m.getDeclaringClass().getSimpleName() + "." + m.getName());
              return;
            }
            for (int i = 0; i < types.length; i++) {
              for (Object number : numbers(types[i])) {
                Object[] arguments = ordinary(m, x);
                arguments[i] = number;
                call(m, x, arguments);
              }
            }
            Class<?> first = Arrays.stream(types).filter(t -> isNumber(t)).findFirst().get();
            for (int k = 0; k < numbers(first).length; k++) {
              Object[] arguments = ordinary(m, x);
              for (int i = 0; i < types.length; i++) {
                Object[] numbers = numbers(types[i]);
                if (numbers.length > 0) {
                  arguments[i] = numbers[Math.min(k, numbers.length - 1)];
                }
              }
              call(m, x, arguments);
            }
            if (Modifier.isStatic(m.getModifiers())
                && Arrays.stream(types).noneMatch(t -> t == MlxArray.class || t.isArray())) {
              return; // it does not see the array
            }
          }
        });
  }

  private void call(Method m, MlxArray x, Object[] arguments) {
    String call = describe(m, x, arguments);
    byte[] name = Arrays.copyOf(call.getBytes(StandardCharsets.UTF_8), 512);
    running.put(0, name);
    long start = System.nanoTime();
    since.set(start);
    ++calls;
    try {
      Scope.run(() -> evaluate(invoke(m, x, arguments)));
    } catch (Failure e) {
      Throwable cause = e.getCause();
      if (!DOCUMENTED.contains(cause.getClass()) || String.valueOf(cause.getMessage()).isEmpty()) {
        faults.putIfAbsent(m + " " + cause.getClass(), call + ": " + cause);
      }
    }
    since.set(Long.MAX_VALUE);
    long took = System.nanoTime() - start;
    if (took > longest) {
      longest = took;
      slowest = call;
    }
    if (took > 500_000_000 && Boolean.getBoolean("extreme.slow")) {
      System.out.println("SLOW " + took / 1_000_000 + " ms " + call);
    }
  }

  private static final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1;

    Failure(Throwable cause) {
      super(cause);
    }
  }

  private static Object invoke(Method m, MlxArray x, Object[] arguments) {
    Object receiver = x;
    if (m.getDeclaringClass() == ArrayAt.class) {
      receiver = x.at(Index.all());
    }
    try {
      return m.invoke(Modifier.isStatic(m.getModifiers()) ? null : receiver, arguments);
    } catch (InvocationTargetException e) {
      throw new Failure(e.getCause());
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }

  private static void evaluate(Object result) {
    try {
      if (result instanceof MlxArray a) {
        if (a.nbytes() < 4 * MIB) {
          a.eval();
        }
      } else if (result instanceof MlxArray[] all) {
        for (MlxArray a : all) {
          evaluate(a);
        }
      }
    } catch (RuntimeException | OutOfMemoryError e) {
      throw new Failure(e);
    }
  }

  private static String describe(Method m, MlxArray x, Object[] arguments) {
    List<String> all = new ArrayList<>();
    for (Object a : arguments) {
      all.add(
          a instanceof MlxArray
              ? "x"
              : a instanceof int[] ints
                  ? Arrays.toString(ints)
                  : a instanceof Object[] objects
                      ? objects.length + " objects"
                      : String.valueOf(a));
    }
    String receiver =
        Modifier.isStatic(m.getModifiers()) ? m.getDeclaringClass().getSimpleName() : "x";
    return receiver
        + "."
        + m.getName()
        + "("
        + String.join(", ", all)
        + ") with x of shape "
        + Arrays.toString(x.shape())
        + " and "
        + x.dtype();
  }
}
