package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.lang.ref.WeakReference;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.mlx4j.tree.Trees;

/**
 * Several class loaders in one process each load mlx4j, as when a server redeploys an application:
 * all of them work, and those that are closed can be collected.
 */
class ClassLoadersTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** The work of an application, whose class comes from a separate class loader. */
  public static final class Application implements Callable<String> {
    @Override
    public String call() {
      Ops.ones(2).eval(); // left to the collector
      try (Scope scope = Scope.open()) {
        MlxArray x = MlxArray.of(1f, 2f, 3f);
        MlxArray gradient = Transforms.grad(v -> v.square().sum()).apply(x);
        String problem = "none";
        try {
          x.reshape(7).eval();
        } catch (IllegalArgumentException expected) {
          problem = "a wrong shape";
        }
        try {
          Transforms.grad(
                  v -> {
                    throw new MlxException("ours");
                  })
              .apply(x);
        } catch (MlxException expected) {
          problem += ", " + expected.getMessage();
        }
        try {
          Io.load(Path.of("/no/such.npy"));
        } catch (RuntimeException expected) {
          problem += ", a file";
        }
        ByteArrayOutputStream saved = new ByteArrayOutputStream();
        Io.saveSafetensors(saved, Map.of("x", x), Map.of("a", "text"));
        Io.loadSafetensors(new ByteArrayInputStream(saved.toByteArray())).get("x").eval();
        MlxArray.scalar(1f).add(1).evalAsync().join();
        Trees.compile((MlxArray v) -> v.add(1)).apply(x).eval();
        return gradient + " " + problem + " " + Ops.ones(20, 20).matmul(Ops.ones(20, 20)).sum();
      }
    }
  }

  /** Loads and closes class loaders one after the other, and together. */
  static final class Server {
    public static void main(String[] arguments) throws Exception {
      List<WeakReference<ClassLoader>> closed = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        closed.add(deploy());
      }
      List<Callable<?>> together = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        together.add(application(loader()));
      }
      for (int round = 0; round < 20; round++) {
        List<Thread> threads = new ArrayList<>();
        for (Callable<?> application : together) {
          Thread thread = new Thread(() -> call(application));
          thread.start();
          threads.add(thread);
        }
        for (Thread thread : threads) {
          thread.join();
        }
      }
      System.out.println("worked together");
      for (WeakReference<ClassLoader> loader : closed) {
        while (loader.get() != null) {
          System.gc();
          Thread.sleep(10);
        }
      }
      System.out.println("closed ones are gone");
      System.out.println(call(together.get(0)));
    }

    private static WeakReference<ClassLoader> deploy() throws Exception {
      try (URLClassLoader loader = loader()) {
        Callable<?> application = application(loader);
        System.out.println(call(application)); // on a thread that outlives the class loader
        return new WeakReference<>(loader);
      }
    }
  }

  /** Uses mlx4j where its natives cannot be loaded, and looks at what that leaves behind. */
  static final class Failing {
    public static void main(String[] arguments) throws Exception {
      System.setProperty("mlx4j.blas", "nonsense");
      int threads = Thread.getAllStackTraces().size();
      List<WeakReference<ClassLoader>> failed = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        failed.add(fail());
      }
      for (WeakReference<ClassLoader> loader : failed) {
        while (loader.get() != null) {
          System.gc();
          Thread.sleep(10);
        }
      }
      System.out.println(Thread.getAllStackTraces().size() - threads + " more threads");
    }

    private static WeakReference<ClassLoader> fail() throws Exception {
      try (URLClassLoader loader = loader()) {
        Callable<?> application = application(loader);
        for (int i = 0; i < 3; i++) {
          try {
            application.call();
          } catch (LinkageError error) {
            System.out.println(error.getMessage());
          }
        }
        return new WeakReference<>(loader);
      }
    }
  }

  private static Object call(Callable<?> callable) {
    try {
      return callable.call();
    } catch (Exception problem) {
      throw new IllegalStateException(problem);
    }
  }

  private static Callable<?> application(ClassLoader loader) throws ReflectiveOperationException {
    return (Callable<?>)
        loader.loadClass(Application.class.getName()).getConstructor().newInstance();
  }

  private static URLClassLoader loader() throws MalformedURLException {
    List<URL> urls = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      urls.add(new File(entry).toURI().toURL());
    }
    return new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
  }

  @Test
  void eachOfSeveralClassLoadersWorksAndGoes() throws Exception {
    String result =
        "array([2, 4, 6], dtype=float32) a wrong shape, ours, a file array(8000, dtype=float32)";
    String expected =
        (result + "\n").repeat(4) + "worked together\nclosed ones are gone\n" + result + "\n";
    assertEquals(expected, ChildJvm.run(Server.class, PATIENCE, Map.of(), List.of()));
  }

  @Test
  void failedAttemptsSayTheSameEachTimeAndLeaveNothing() throws Exception {
    String printed = ChildJvm.run(Failing.class, PATIENCE, Map.of(), List.of());
    assertEquals(
        "-Dmlx4j.blas=nonsense: openblas or reference is expected\n".repeat(9) + "0 more threads\n",
        printed);
  }
}
