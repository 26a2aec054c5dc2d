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
 * <p>The library finds libmlx, and libmlx finds its own dependencies and kernels, next to
 * themselves. It must be loaded before libmlx, because on Linux it answers some of libmlx's calls.
 */
@Platform(include = "bridge.h", library = "jnimlx4j")
@Namespace("mlx4j")
public final class Library {
  /** Whose BLAS and LAPACK stand behind MLX on Linux: {@code -Dmlx4j.blas}. */
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

  static {
    Blas blas = Blas.chosen();
    HostPlatform platform = HostPlatform.current();
    Natives.Extent extent =
        blas == Blas.REFERENCE ? Natives.Extent.WITH_REFERENCE_BLAS : Natives.Extent.USUAL;
    Path folder =
        new Natives(platform, Library.class.getClassLoader(), extent).folder(Natives.cache());
    try {
      if (blas == Blas.REFERENCE) {
        loadReferenceBlas(folder.resolve(Natives.REFERENCE));
      }
      System.load(folder.resolve(platform.library).toString());
    } catch (UnsatisfiedLinkError problem) {
      throw platform.cannotLoad(problem);
    }
    useBlas(blas == Blas.REFERENCE, blasThreads());
    start();
  }

  private Library() {}

  /** Loads the library, once; every class with natives calls this before its first. */
  public static void load() {
    // Initialising this class is what loads.
  }

  /** libmlx asks for them by names under which others are found unless these are there already. */
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

  /** As many as the JVM may use: in a container that is less than the machine has. */
  private static int blasThreads() {
    int processors = Runtime.getRuntime().availableProcessors();
    Integer threads = Integer.getInteger("mlx4j.blas.threads", processors);
    if (threads < 1) {
      throw new IllegalArgumentException(
          "-Dmlx4j.blas.threads=" + threads + ": at least 1 is expected");
    }
    return threads;
  }

  /** What stands behind linear algebra on the CPU, in words. */
  @Name("blas_description")
  public static native String blas();

  @Name("use_blas")
  private static native void useBlas(boolean reference, int threads) throws MlxException;

  @Raw(withEnv = true)
  private static native void start() throws MlxException;
}
