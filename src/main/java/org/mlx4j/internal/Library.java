package org.mlx4j.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.bytedeco.javacpp.annotation.Name;
import org.bytedeco.javacpp.annotation.Namespace;
import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Raw;
import org.mlx4j.MlxException;

/**
 * Finds, unpacks and starts the native library.
 *
 * <p>The library finds libmlx in its own folder, where libmlx in turn finds its dependencies and
 * kernels. It must be loaded before libmlx, because on Linux it replaces functions that libmlx
 * calls.
 */
@Platform(include = "bridge.h", library = "jnimlx4j")
@Namespace("mlx4j")
public final class Library {
  /** The BLAS and LAPACK that MLX uses on Linux, chosen by {@code -Dmlx4j.blas}. */
  private enum Blas {
    OPENBLAS,
    REFERENCE;

    static Blas chosen() {
      String name = System.getProperty("mlx4j.blas", "openblas");
      return Arrays.stream(values())
          .filter(blas -> blas.name().toLowerCase(Locale.ROOT).equals(name))
          .findFirst()
          .orElseThrow(
              () ->
                  new IllegalArgumentException(
                      "-Dmlx4j.blas=" + name + ": openblas or reference is expected"));
    }
  }

  /**
   * What computes on the CPU of Linux besides BLAS, chosen by {@code -Dmlx4j.cpu}: MLX itself, or
   * our kernels with at most these instructions. The order is that of the native code.
   */
  private enum Cpu {
    MLX,
    BASELINE,
    AVX2,
    AVX512,
    AUTO;

    @SuppressWarnings("EnumOrdinal")
    int instructions() {
      return ordinal() - MLX.ordinal() - 1;
    }

    static Cpu chosen() {
      String name = System.getProperty("mlx4j.cpu", "auto");
      return Arrays.stream(values())
          .filter(cpu -> cpu.name().toLowerCase(Locale.ROOT).equals(name))
          .findFirst()
          .orElseThrow(
              () ->
                  new IllegalArgumentException(
                      "-Dmlx4j.cpu=" + name + ": auto, avx512, avx2, baseline or mlx is expected"));
    }
  }

  /** The system property that names the natives of the process, for all of its class loaders. */
  private static final String IN_USE = "org.mlx4j.natives";

  /** A part of the JVM's message about a file that another class loader has loaded. */
  private static final String TAKEN = "already loaded in another class";

  /** The reason why there is no library, or null. Every use reports it, not only the first. */
  @SuppressWarnings("StaticAssignmentOfThrowable") // a cause of other errors; it is not thrown
  private static final Throwable FAILURE = failure();

  private Library() {}

  /**
   * Loads the library, once for each class loader. Every class with natives calls this in its
   * static initializer.
   *
   * @throws UnsatisfiedLinkError if that is impossible, with the same cause each time
   */
  public static void load() {
    if (FAILURE != null) {
      UnsatisfiedLinkError error = new UnsatisfiedLinkError(FAILURE.getMessage());
      error.initCause(FAILURE);
      throw error;
    }
  }

  private static Throwable failure() {
    try {
      // Class loaders share none of our objects, so this locks one of the JVM.
      synchronized (Runtime.getRuntime()) {
        loadOnce();
      }
      return null;
    } catch (RuntimeException | Error problem) {
      return problem;
    }
  }

  private static void loadOnce() {
    Blas blas = Blas.chosen();
    Cpu cpu = Cpu.chosen();
    int threads = threads();
    HostPlatform platform = HostPlatform.current();
    Natives.Extent extent =
        blas == Blas.REFERENCE ? Natives.Extent.WITH_REFERENCE_BLAS : Natives.Extent.USUAL;
    Natives natives = new Natives(platform, Library.class.getClassLoader(), extent);
    Path cache = Natives.cache();
    String identity = natives.identity();
    Object inUse = System.getProperties().get(IN_USE);
    if (identity.equals(inUse)) {
      natives.loadAgain(cache, Library::loadFile);
    } else if (inUse != null) {
      throw new UnsatisfiedLinkError(
          "Another class loader of this process uses another version of mlx4j (%s, this is %s). A process can load MLX only once: put one mlx4j into a class loader that all share."
              .formatted(inUse, identity));
    } else {
      natives.load(
          cache,
          folder -> {
            if (blas == Blas.REFERENCE) {
              loadReferenceBlas(folder.resolve(Natives.REFERENCE));
            }
            try {
              loadFile(folder.resolve(platform.library));
            } catch (UnsatisfiedLinkError problem) {
              if (!problem.getMessage().contains(TAKEN)) {
                throw platform.cannotLoad(problem);
              }
              natives.loadAgain(cache, Library::loadFile);
            }
            useProcessors(Runtime.getRuntime().availableProcessors());
            useCpu(cpu.instructions(), threads);
            useBlas(blas == Blas.REFERENCE, threads);
          });
      System.setProperty(IN_USE, identity);
    }
    start();
    countPreparedClasses(PreparedClasses.COUNT);
  }

  private static void loadFile(Path file) {
    System.load(file.toString());
  }

  /** Loads them before libmlx, which would otherwise find others under the same names. */
  private static void loadReferenceBlas(Path folder) {
    if (!Files.isDirectory(folder)) {
      return; // macOS
    }
    for (String name : new String[] {"libblas*", "liblapack*"}) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, name)) {
        files.forEach(file -> System.load(file.toString()));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Returns the number of processors that the JVM may use, in a container fewer than exist. */
  private static int threads() {
    int processors = Runtime.getRuntime().availableProcessors();
    Integer threads = Integer.getInteger("mlx4j.threads", processors);
    if (threads < 1) {
      throw new IllegalArgumentException("-Dmlx4j.threads=" + threads + ": at least 1 is expected");
    }
    return threads;
  }

  /** Returns a description of the library behind linear algebra on the CPU. */
  @Name("blas_description")
  public static native String blas();

  @Name("use_processors")
  private static native void useProcessors(int count);

  @Name("use_blas")
  private static native void useBlas(boolean reference, int threads) throws MlxException;

  /**
   * Chooses what computes on the CPU; {@code instructions} is -1 for MLX itself, or the largest set
   * of instructions, in the order of {@code -Dmlx4j.cpu}. Not while anything is computed.
   */
  @Name("use_cpu")
  public static native void useCpu(int instructions, int threads) throws MlxException;

  /**
   * For tests on machines that others use: how many processors pass for idle, so that their threads
   * help with large computations; -1 for those that are idle.
   */
  @Name("assume_idle_processors")
  public static native void assumeIdleProcessors(int count);

  /**
   * For tests: how many more times a thread gets memory for packing the factors of a product; -1
   * for any number.
   */
  @Name("limit_workspaces")
  public static native void limitWorkspaces(int count);

  /**
   * For tests: how many elements are computed together at most, even few of them by several
   * threads; 0 for the usual. Not while anything is computed.
   */
  @Name("limit_cpu_blocks")
  public static native void limitCpuBlocks(int elements) throws MlxException;

  /**
   * For tests: how many fused computations could not be done together, because an operation had no
   * kernel or there were too many of them.
   */
  @Name("unfused_on_cpu")
  public static native int unfusedOnCpu();

  /** For tests: how many chains of element-wise operations have been computed together. */
  @Name("chains_fused_for_cpu")
  public static native int chainsFusedForCpu();

  @Name("count_prepared_classes")
  private static native void countPreparedClasses(@Raw long[] counter) throws MlxException;

  @Raw(withEnv = true)
  private static native void start() throws MlxException;
}
