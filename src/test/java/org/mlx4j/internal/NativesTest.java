package org.mlx4j.internal;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Natives are found and unpacked for every platform, whichever this one is. */
class NativesTest {
  private static final Map<String, String> MAC =
      Map.of(
          "libjnimlx4j.dylib", "library",
          "libmlx4jagain.dylib", "again",
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
    Path folder = folder(natives(mac, MAC));
    assertEquals(MAC, contents(folder));
    assertEquals("libjnimlx4j.dylib", mac.library);
  }

  @Test
  void theReferenceBlasIsUnpackedForThoseWhoWantIt() throws Exception {
    HostPlatform linux = HostPlatform.LINUX_ARM64;
    ClassLoader loader = loader(jar(linux, LINUX, index(LINUX)));
    Path reference = folder(new Natives(linux, loader, Natives.Extent.WITH_REFERENCE_BLAS));
    assertEquals(LINUX, contents(reference));
    Map<String, String> usual = new LinkedHashMap<>(LINUX);
    usual.remove("reference/libblas.so");
    assertEquals(usual, contents(folder(usual(linux, loader))));
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
        assertEquals(folder.resolve(id), folder(usual(HostPlatform.LINUX_X86_64, loader)));
      }
    }
  }

  @Test
  void theJarOfThisBuildHasWhatItsIndexSays() throws Exception {
    HostPlatform here = HostPlatform.current();
    Path folder = folder(usual(here, Library.class.getClassLoader()));
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
      assertEquals(folder, folder(usual(HostPlatform.LINUX_X86_64, loader)));
    }
    assertFalse(Files.exists(cache()));
  }

  @Test
  void unpackingHappensOnce() throws Exception {
    Natives natives = natives(HostPlatform.MACOSX_ARM64, MAC);
    Path library = folder(natives).resolve("libmlx.dylib");
    FileTime old = FileTime.fromMillis(1_000_000_000_000L);
    Files.setLastModifiedTime(library, old);
    assertEquals(library, folder(natives).resolve("libmlx.dylib"));
    assertEquals(old, Files.getLastModifiedTime(library));
  }

  @Test
  void anotherVersionHasAnotherFolder() throws Exception {
    Map<String, String> changed = new LinkedHashMap<>(MAC);
    changed.put("libmlx.dylib", "mlx");
    Path first = folder(natives(HostPlatform.MACOSX_ARM64, MAC));
    Path second = folder(natives(HostPlatform.MACOSX_ARM64, changed));
    assertEquals(MAC, contents(first));
    assertEquals(changed, contents(second));
  }

  @Test
  void aDamagedCacheIsMadeAgain() throws Exception {
    Natives natives = natives(HostPlatform.MACOSX_ARM64, MAC);
    Path folder = folder(natives);
    Files.delete(folder.resolve("libmlx.dylib"));
    Files.writeString(folder.resolve("mlx.metallib"), "cut");
    assertEquals(folder, folder(natives));
    assertEquals(MAC, contents(folder));
    assertEquals(1, filesIn(cache()));
  }

  /** Its other files, which are unpacked at the same time, are not left behind. */
  @RepeatedTest(3)
  void aDamagedJarIsRefused() throws Exception {
    Map<String, String> files = new LinkedHashMap<>(MAC);
    for (String name : List.of("a large file", "the last one")) {
      files.put(name, "It takes a while to unpack this. ".repeat(500_000));
    }
    String index = index(files).replace(sha256("MLX"), sha256("X"));
    Path jar = jar(HostPlatform.MACOSX_ARM64, files, index);
    Natives natives = usual(HostPlatform.MACOSX_ARM64, loader(jar));
    var error = assertThrows(UncheckedIOException.class, () -> folder(natives));
    assertTrue(
        error.getCause().getMessage().contains("libmlx.dylib is damaged in the jar"),
        error.getCause().getMessage());
    assertEquals(0, filesIn(cache()));
  }

  @Test
  void aJarWithoutThisPlatformSaysWhatToAdd() throws Exception {
    Natives natives =
        usual(HostPlatform.LINUX_ARM64, loader(jar(HostPlatform.MACOSX_ARM64, MAC, index(MAC))));
    var error = assertThrows(UnsatisfiedLinkError.class, () -> folder(natives));
    assertTrue(error.getMessage().contains("no mlx4j natives for linux-arm64"), error.getMessage());
    assertTrue(error.getMessage().contains("classifier linux-arm64"), error.getMessage());
  }

  @Test
  void withoutACacheTheProcessHasAFolderOfItsOwn() throws Exception {
    // what root may do with a folder depends on the machine
    Path file = Files.createFile(temporary.resolve("file"));
    assertIsUnpackedForTheProcessOnly(file.resolve("cache"));
  }

  @Test
  void withoutAHomeTheProcessHasAFolderOfItsOwn() throws Exception {
    assertIsUnpackedForTheProcessOnly(null);
  }

  @Test
  void aCacheThatIsAFileIsNoPlace() throws Exception {
    assertIsUnpackedForTheProcessOnly(Files.createFile(temporary.resolve("file")));
  }

  @Test
  void aLinkToNowhereIsNoPlace() throws Exception {
    Path nowhere = temporary.resolve("nowhere");
    assertIsUnpackedForTheProcessOnly(Files.createSymbolicLink(temporary.resolve("link"), nowhere));
    assertFalse(Files.exists(nowhere));
  }

  @Test
  void aLinkToAFolderIsFollowed() throws Exception {
    Path there = Files.createDirectory(temporary.resolve("there"));
    Path link = Files.createSymbolicLink(temporary.resolve("link"), there);
    Path folder = folder(natives(HostPlatform.MACOSX_ARM64, MAC), link);
    assertEquals(there.toRealPath(), folder.getParent());
  }

  @Test
  void aCacheThatOthersCanWriteToIsNoPlace() throws Exception {
    Path cache = Files.createDirectories(temporary.resolve("cache"));
    Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertIsUnpackedForTheProcessOnly(cache);
  }

  @Test
  void nativesThatOthersCanWriteToAreNotLoaded() throws Exception {
    Path folder = folder(natives(HostPlatform.LINUX_X86_64, LINUX));
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertIsUnpackedForTheProcessOnly(cache());
  }

  @ParameterizedTest
  @CsvSource({
    "me, me, rwx------, 0, true",
    "me, staff, rwxr-xr-x, 0, true",
    "root, root, rwxrwxr-x, 0, true",
    "me, me, rwxrwxr-x, 0, true", // a group of one's own
    "root, root, rwxrwxrwx, 01000, true", // the temporary folder
    "me, staff, rwxrwxr-x, 0, false",
    "me, me, rwxrwxrwx, 0, false",
    "other, other, rwx------, 0, false",
    "other, other, rwxrwxrwx, 01000, false",
  })
  void codeComesFromWhereNobodyElseCanPutIt(
      String owner, String group, String permissions, String mode, boolean trusted)
      throws IOException {
    Executable require =
        () ->
            Natives.requireTrust(
                Path.of("folder"),
                owner,
                group,
                PosixFilePermissions.fromString(permissions),
                "me",
                Integer.decode(mode));
    if (trusted) {
      assertDoesNotThrow(require);
    } else {
      var problem = assertThrows(FileSystemException.class, require);
      assertTrue(problem.getReason().contains("other user"), problem.getMessage());
    }
  }

  @Test
  void whereNothingCanBeWrittenBothPlacesAndBothPropertiesAreNamed() throws Exception {
    Path file = Files.createFile(temporary.resolve("file"));
    String usual = System.setProperty("java.io.tmpdir", file.toString());
    try {
      Natives natives = natives(HostPlatform.MACOSX_ARM64, MAC);
      var error =
          assertThrows(UnsatisfiedLinkError.class, () -> folder(natives, file.resolve("cache")));
      for (String part :
          List.of(
              file.resolve("cache") + " (", file + " (", "-Dmlx4j.cache=", "-Djava.io.tmpdir=")) {
        assertTrue(error.getMessage().contains(part), error.getMessage());
      }
      assertEquals(1, error.getSuppressed().length);
    } finally {
      System.setProperty("java.io.tmpdir", usual);
    }
  }

  @Test
  void leftOversOfDeadProcessesAreRemovedAndThoseOfLivingOnesAreNot() throws Exception {
    Path dead = Files.createDirectories(cache().resolve("mlx4j-unpacking-dead-1/content"));
    Files.createFile(dead.resolveSibling("lock"));
    Files.createFile(dead.resolve("libmlx.dylib"));
    Path old = Files.createDirectories(cache().resolve("mlx4j-unpacking-dead-2"));
    Files.setLastModifiedTime(old, FileTime.fromMillis(1_000_000_000_000L));
    Path beingMade = Files.createDirectories(cache().resolve("mlx4j-unpacking-young-3"));
    Path others = Files.createDirectories(cache().resolve("of-somebody-else"));
    Path folder;
    try (FreshFolder living = FreshFolder.in(cache())) {
      folder = folder(natives(HostPlatform.MACOSX_ARM64, MAC));
      assertTrue(Files.isDirectory(living.content()));
    }
    try (Stream<Path> files = Files.list(cache())) {
      assertEquals(Set.of(folder, beingMade, others), files.collect(Collectors.toSet()));
    }
  }

  /** Unpacks a piece and waits to be killed. */
  static final class Unpacking {
    public static void main(String[] arguments) throws Exception {
      FreshFolder fresh = FreshFolder.in(Path.of(arguments[0]));
      Files.writeString(fresh.content().resolve("piece"), "MLX");
      System.out.println(fresh.content());
      Thread.sleep(Long.MAX_VALUE);
    }
  }

  @Test
  void aProcessKeepsItsFolderUntilItIsKilled() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Unpacking.class.getName(),
                cache().toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      Path content = Path.of(process.inputReader().readLine());
      FreshFolder.in(cache()).close();
      assertTrue(Files.exists(content.resolve("piece")));
      process.destroyForcibly().waitFor();
      FreshFolder.in(cache()).close();
      assertEquals(0, filesIn(cache()));
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void damagedFilesOfTheRightSizeAreMadeAgainWhenTheyCannotBeLoaded() throws Exception {
    Natives natives = natives(HostPlatform.MACOSX_ARM64, MAC);
    Path folder = folder(natives);
    Files.writeString(folder.resolve("libmlx.dylib"), "XXX");
    List<Map<String, String>> loaded = new ArrayList<>();
    natives.load(
        cache(),
        there -> {
          Map<String, String> contents = contents(there);
          loaded.add(contents);
          if (contents.get("libmlx.dylib").equals("XXX")) {
            throw new UnsatisfiedLinkError("invalid header");
          }
        });
    assertEquals(2, loaded.size());
    assertEquals(MAC, loaded.get(1));
    assertEquals(1, filesIn(cache()));
  }

  @Test
  void filesThatAreIntactAreNotMadeAgain() throws Exception {
    Natives natives = natives(HostPlatform.MACOSX_ARM64, MAC);
    UnsatisfiedLinkError expected = new UnsatisfiedLinkError("too old");
    var thrown =
        assertThrows(
            UnsatisfiedLinkError.class,
            () ->
                natives.load(
                    cache(),
                    folder -> {
                      throw expected;
                    }));
    assertSame(expected, thrown);
  }

  @Test
  void anotherClassLoaderGetsAFileOfItsOwnThatGoesWhenItIsLoaded() throws Exception {
    Natives natives = natives(HostPlatform.MACOSX_ARM64, MAC);
    folder(natives);
    List<Path> files = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      natives.loadAgain(
          cache(),
          file -> {
            assertEquals("again", text(file));
            files.add(file);
          });
    }
    assertNotEquals(files.get(0), files.get(1));
    assertFalse(files.stream().anyMatch(Files::exists));
    assertEquals(1, filesIn(cache()));
  }

  @Test
  void anInterruptedThreadUnpacks() throws Exception {
    Thread.currentThread().interrupt();
    Path folder = folder(natives(HostPlatform.MACOSX_ARM64, MAC));
    assertTrue(Thread.interrupted());
    assertEquals(MAC, contents(folder));
    assertEquals(1, filesIn(cache()));
  }

  @Test
  void manyMayUnpackAtOnce() throws Exception {
    Natives natives = natives(HostPlatform.MACOSX_ARM64, MAC);
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<Path>> calls =
          Stream.generate(() -> (Callable<Path>) () -> folder(natives)).limit(64).toList();
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

  private void assertIsUnpackedForTheProcessOnly(Path cache) throws IOException {
    List<Path> folders = new ArrayList<>();
    natives(HostPlatform.LINUX_X86_64, LINUX)
        .load(
            cache,
            folder -> {
              assertEquals("MLX", text(folder.resolve("libmlx.so")));
              folders.add(folder);
            });
    assertEquals(1, folders.size());
    assertFalse(folders.get(0).startsWith(temporary));
    assertFalse(Files.exists(folders.get(0)), "it goes when the files are loaded");
    assertFalse(Files.exists(folders.get(0).getParent()));
  }

  /** The folder from which natives are loaded. */
  private Path folder(Natives natives) {
    return folder(natives, cache());
  }

  private static Path folder(Natives natives, Path cache) {
    Path[] folder = new Path[1];
    natives.load(cache, there -> folder[0] = there);
    return folder[0];
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

  private static Map<String, String> contents(Path folder) {
    Map<String, String> contents = new LinkedHashMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        contents.put(folder.relativize(file).toString(), Files.size(file) > 1000 ? "" : text(file));
      }
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
    return contents;
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
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
