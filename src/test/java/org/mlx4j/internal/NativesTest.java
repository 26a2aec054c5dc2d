package org.mlx4j.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How natives are found and unpacked, for every platform, whichever this is. */
class NativesTest {
  private static final Map<String, String> MAC =
      Map.of(
          "libjnimlx4j.dylib", "library",
          "libmlx.dylib", "MLX",
          "libjaccl.dylib", "communication",
          "mlx.metallib", "kernels");
  private static final Map<String, String> LINUX =
      Map.of("libjnimlx4j.so", "library", "libmlx.so", "MLX", "reference/libblas.so", "BLAS");

  @TempDir Path temporary;

  @ParameterizedTest
  @CsvSource({
    "Linux, amd64, linux-x86_64",
    "Linux, aarch64, linux-arm64",
    "Mac OS X, aarch64, macosx-arm64",
    "Darwin, arm64, macosx-arm64",
  })
  void aJvmDescribesItsPlatform(String osName, String osArch, String id) {
    assertEquals(id, HostPlatform.of(osName, osArch).id);
  }

  @ParameterizedTest
  @CsvSource({
    "Windows 11, amd64",
    "Linux, riscv64",
    "Linux, x86",
    "Mac OS X, x86_64",
    "SunOS, sparcv9"
  })
  void anotherPlatformIsToldWhichAreSupported(String osName, String osArch) {
    var error = assertThrows(UnsatisfiedLinkError.class, () -> HostPlatform.of(osName, osArch));
    assertTrue(error.getMessage().contains(osName + " on " + osArch), error.getMessage());
    assertTrue(
        error.getMessage().contains("Linux on x86_64 or arm64 with glibc 2.35"),
        error.getMessage());
    assertTrue(
        error.getMessage().contains("macOS 14 or newer on Apple silicon"), error.getMessage());
  }

  @Test
  void aMacFindsAllFilesInOneFolder() throws Exception {
    HostPlatform mac = HostPlatform.of("Mac OS X", "aarch64");
    Path folder = natives(mac, MAC).folder(cache());
    assertEquals(MAC, contents(folder));
    assertEquals("libjnimlx4j.dylib", mac.library);
  }

  @Test
  void theReferenceBlasIsUnpackedForThoseWhoWantIt() throws Exception {
    HostPlatform linux = HostPlatform.LINUX_ARM64;
    ClassLoader loader = loader(jar(linux, LINUX, index(LINUX)));
    Path reference = new Natives(linux, loader, Natives.Extent.WITH_REFERENCE_BLAS).folder(cache());
    assertEquals(LINUX, contents(reference));
    Map<String, String> usual = new LinkedHashMap<>(LINUX);
    usual.remove("reference/libblas.so");
    assertEquals(usual, contents(usual(linux, loader).folder(cache())));
  }

  @Test
  void nativesForCudaAreTakenWhereTheyAre() throws Exception {
    Path folder = temporary.resolve("classes/org/mlx4j/internal");
    Files.createDirectories(folder); // a URL of a folder that is not there would be one of a file
    URL[] classes = {temporary.resolve("classes").toUri().toURL()};
    for (String id : List.of("linux-x86_64", "linux-x86_64-cuda")) {
      Files.createDirectories(folder.resolve(id));
      Files.writeString(folder.resolve(id).resolve("libjnimlx4j.so"), id);
      try (var loader = new URLClassLoader(classes, null)) {
        assertEquals(folder.resolve(id), usual(HostPlatform.LINUX_X86_64, loader).folder(cache()));
      }
    }
  }

  @Test
  void theJarOfThisBuildHasWhatItsIndexSays() throws Exception {
    HostPlatform here = HostPlatform.current();
    Path folder = usual(here, Library.class.getClassLoader()).folder(cache());
    var listed = new TreeSet<String>();
    for (String line : Files.readAllLines(folder.resolve("natives.txt"))) {
      String[] fields = line.split("  ", 3);
      assertEquals(Long.parseLong(fields[1]), Files.size(folder.resolve(fields[2])), line);
      assertEquals(fields[0], sha256(Files.readAllBytes(folder.resolve(fields[2]))), line);
      listed.add(fields[2]);
    }
    var present = new TreeSet<>(contents(folder).keySet());
    present.remove("natives.txt");
    assertEquals(present, listed);
    assertTrue(listed.contains(here.library), listed.toString());
  }

  @Test
  void filesInAFolderAreUsedWhereTheyAre() throws Exception {
    Path folder = temporary.resolve("classes/org/mlx4j/internal/linux-x86_64");
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("libjnimlx4j.so"), "library");
    URL[] classes = {temporary.resolve("classes").toUri().toURL()};
    try (var loader = new URLClassLoader(classes, null)) {
      assertEquals(folder, usual(HostPlatform.LINUX_X86_64, loader).folder(cache()));
    }
    assertFalse(Files.exists(cache()));
  }

  @Test
  void unpackingHappensOnce() throws Exception {
    Natives natives = natives(HostPlatform.MACOSX_ARM64, MAC);
    Path library = natives.folder(cache()).resolve("libmlx.dylib");
    FileTime old = FileTime.fromMillis(1_000_000_000_000L);
    Files.setLastModifiedTime(library, old);
    assertEquals(library, natives.folder(cache()).resolve("libmlx.dylib"));
    assertEquals(old, Files.getLastModifiedTime(library));
  }

  @Test
  void anotherVersionHasAnotherFolder() throws Exception {
    Map<String, String> changed = new LinkedHashMap<>(MAC);
    changed.put("libmlx.dylib", "mlx");
    Path first = natives(HostPlatform.MACOSX_ARM64, MAC).folder(cache());
    Path second = natives(HostPlatform.MACOSX_ARM64, changed).folder(cache());
    assertEquals(MAC, contents(first));
    assertEquals(changed, contents(second));
  }

  @Test
  void aDamagedCacheIsMadeAgain() throws Exception {
    Natives natives = natives(HostPlatform.MACOSX_ARM64, MAC);
    Path folder = natives.folder(cache());
    Files.delete(folder.resolve("libmlx.dylib"));
    Files.writeString(folder.resolve("mlx.metallib"), "cut");
    assertEquals(folder, natives.folder(cache()));
    assertEquals(MAC, contents(folder));
    assertEquals(1, filesIn(cache()));
  }

  @Test
  void aDamagedJarIsRefused() throws Exception {
    Map<String, String> files = new LinkedHashMap<>(MAC);
    Path jar =
        jar(HostPlatform.MACOSX_ARM64, files, index(MAC).replace(sha256("MLX"), sha256("X")));
    Natives natives = usual(HostPlatform.MACOSX_ARM64, loader(jar));
    var error = assertThrows(UncheckedIOException.class, () -> natives.folder(cache()));
    assertTrue(
        error.getCause().getMessage().contains("libmlx.dylib is damaged in the jar"),
        error.getCause().getMessage());
    assertEquals(0, filesIn(cache()));
  }

  @Test
  void aJarWithoutThisPlatformSaysWhatToAdd() throws Exception {
    Natives natives =
        usual(HostPlatform.LINUX_ARM64, loader(jar(HostPlatform.MACOSX_ARM64, MAC, index(MAC))));
    var error = assertThrows(UnsatisfiedLinkError.class, () -> natives.folder(cache()));
    assertTrue(error.getMessage().contains("no mlx4j natives for linux-arm64"), error.getMessage());
    assertTrue(error.getMessage().contains("classifier linux-arm64"), error.getMessage());
  }

  @Test
  void withoutACacheTheProcessHasAFolderOfItsOwn() throws Exception {
    Path file =
        Files.createFile(
            temporary.resolve("file")); // what root may do with a folder depends on the machine
    Path folder = natives(HostPlatform.MACOSX_ARM64, MAC).folder(file.resolve("cache"));
    assertEquals(MAC, contents(folder));
    assertFalse(folder.startsWith(temporary));
  }

  @Test
  void manyMayUnpackAtOnce() throws Exception {
    Natives natives = natives(HostPlatform.MACOSX_ARM64, MAC);
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<Path>> calls =
          Stream.generate(() -> (Callable<Path>) () -> natives.folder(cache())).limit(64).toList();
      var folders = new TreeSet<Path>();
      for (Future<Path> folder : threads.invokeAll(calls)) {
        folders.add(folder.get());
      }
      assertEquals(1, folders.size(), folders.toString());
      assertEquals(MAC, contents(folders.first()));
    } finally {
      threads.shutdownNow();
    }
    assertEquals(1, filesIn(cache()), "what lost the race is gone");
  }

  private Path cache() {
    return temporary.resolve("cache/mlx4j");
  }

  private Natives natives(HostPlatform platform, Map<String, String> files) throws IOException {
    return usual(platform, loader(jar(platform, files, index(files))));
  }

  private static Natives usual(HostPlatform platform, ClassLoader loader) {
    return new Natives(platform, loader, Natives.Extent.USUAL);
  }

  private static ClassLoader loader(Path jar) throws IOException {
    return new URLClassLoader(new URL[] {jar.toUri().toURL()}, null);
  }

  private Path jar(HostPlatform platform, Map<String, String> files, String index)
      throws IOException {
    Path jar = Files.createTempFile(temporary, "natives ä ", ".jar");
    try (var out = new JarOutputStream(Files.newOutputStream(jar))) {
      Map<String, String> entries = new LinkedHashMap<>(files);
      entries.put("natives.txt", index);
      for (var entry : entries.entrySet()) {
        out.putNextEntry(new JarEntry("org/mlx4j/internal/" + platform.id + "/" + entry.getKey()));
        out.write(entry.getValue().getBytes(StandardCharsets.UTF_8));
      }
    }
    return jar;
  }

  private static String index(Map<String, String> files) {
    return files.entrySet().stream()
        .map(
            file ->
                sha256(file.getValue())
                    + "  "
                    + file.getValue().length()
                    + "  "
                    + file.getKey()
                    + "\n")
        .sorted()
        .collect(Collectors.joining());
  }

  private static Map<String, String> contents(Path folder) throws IOException {
    Map<String, String> contents = new LinkedHashMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        byte[] bytes = Files.size(file) > 1000 ? new byte[0] : Files.readAllBytes(file);
        contents.put(folder.relativize(file).toString(), new String(bytes, StandardCharsets.UTF_8));
      }
    }
    return contents;
  }

  private static long filesIn(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.count();
    }
  }

  private static String sha256(String text) {
    return sha256(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException everyJavaHasIt) {
      throw new AssertionError(everyJavaHasIt);
    }
  }
}
