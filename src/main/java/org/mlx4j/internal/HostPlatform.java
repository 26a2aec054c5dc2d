package org.mlx4j.internal;

import java.util.List;
import java.util.Locale;

/** A platform for which MLX is published, named as JavaCPP names it. */
enum HostPlatform {
  LINUX_X86_64("linux-x86_64", ".so"),
  LINUX_ARM64("linux-arm64", ".so"),
  MACOSX_ARM64("macosx-arm64", ".dylib");

  private static final String SUPPORTED =
      "Linux on x86_64 or arm64 with glibc 2.35 or newer (Ubuntu 22.04, Debian 12, RHEL 10),"
          + " and macOS 14 or newer on Apple silicon with an arm64 JVM";

  /** The name of the platform's folder, and of its jar. */
  final String id;

  /** The library to load; its dependencies are in the same folder. */
  final String library;

  /** An empty library that depends on the other one. */
  final String again;

  HostPlatform(String id, String extension) {
    this.id = id;
    this.library = "libjnimlx4j" + extension;
    this.again = "libmlx4jagain" + extension;
  }

  /** Tells whether MLX opens files of a folder after it has been loaded, such as kernels. */
  boolean opensFilesLater(String id) {
    return this == MACOSX_ARM64 || id.endsWith("-cuda");
  }

  /**
   * Returns the folders in which natives may be, in order of preference. The ones for CUDA need
   * NVIDIA's libraries.
   */
  List<String> folders() {
    return this == LINUX_X86_64 ? List.of(id + "-cuda", id) : List.of(id);
  }

  static HostPlatform current() {
    return of(System.getProperty("os.name"), System.getProperty("os.arch"));
  }

  /**
   * Returns the platform that a JVM describes by these values of {@code os.name} and {@code
   * os.arch}.
   *
   * @throws UnsatisfiedLinkError if there is no MLX for it
   */
  static HostPlatform of(String osName, String osArch) {
    String system = osName.toLowerCase(Locale.ROOT);
    String processor = osArch.toLowerCase(Locale.ROOT);
    boolean arm64 = processor.equals("aarch64") || processor.equals("arm64");
    boolean x86 = processor.equals("amd64") || processor.equals("x86_64");
    if (system.startsWith("linux") && (x86 || arm64)) {
      return x86 ? LINUX_X86_64 : LINUX_ARM64;
    }
    if ((system.startsWith("mac") || system.startsWith("darwin")) && arm64) {
      return MACOSX_ARM64;
    }
    throw new UnsatisfiedLinkError(
        "mlx4j has no native library for %s on %s; it runs on %s."
            .formatted(osName, osArch, SUPPORTED));
  }

  /** Returns the error of the dynamic linker together with the supported platforms. */
  UnsatisfiedLinkError cannotLoad(UnsatisfiedLinkError problem) {
    UnsatisfiedLinkError error =
        new UnsatisfiedLinkError(
            "The native library of mlx4j for %s cannot be loaded: %s. It runs on %s."
                .formatted(id, problem.getMessage(), SUPPORTED));
    error.initCause(problem);
    return error;
  }
}
