package org.mlx4j.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * The native files of one platform, as real files in one folder.
 *
 * <p>Where the classes come from a folder, that is where the files lie already. From a jar they are
 * unpacked once into a cache; the folder there is named by their content, and appears complete or
 * not at all, so that processes may start together and a cache may be shared by versions. Without a
 * place for the cache they go to a folder of the process, which is deleted when it ends.
 */
record Natives(HostPlatform platform, ClassLoader resources, Extent extent) {
  /** Which of the files are needed. */
  enum Extent {
    /** All but the reference implementation of BLAS and LAPACK. */
    USUAL,
    WITH_REFERENCE_BLAS;

    boolean includes(Entry entry) {
      return this == WITH_REFERENCE_BLAS || !entry.name().startsWith(REFERENCE);
    }
  }

  /** The folder of the reference implementation, below that of the natives. */
  static final String REFERENCE = "reference/";

  /** Lists the files of a platform: {@code SHA-256 size name}, one a line. */
  private static final String INDEX = "natives.txt";

  private static final FileAttribute<?> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  /** A line of the index. */
  private record Entry(String sha256, long size, String name) {
    static Entry parse(String line) {
      String[] fields = line.split("  ", 3);
      return new Entry(fields[0], Long.parseLong(fields[1]), fields[2]);
    }

    boolean isIn(Path folder) {
      try {
        return Files.size(folder.resolve(name)) == size;
      } catch (IOException missing) {
        return false;
      }
    }
  }

  /** Returns the folder with all files, unpacking them where that is needed. */
  Path folder(Path cache) {
    for (String id : platform.folders()) {
      URL library = resources.getResource(path(id, platform.library));
      if (library != null) {
        return folder(id, library, cache);
      }
    }
    throw new UnsatisfiedLinkError(
        "The class path has no mlx4j natives for %s. The jar org.mlx4j:mlx4j brings those of all platforms; beside the one"
                .formatted(platform.id)
            + " without natives (classifier classes), add the one with classifier %s."
                .formatted(platform.id));
  }

  private Path folder(String id, URL library, Path cache) {
    try {
      if (library.getProtocol().equals("file")) {
        return Path.of(library.toURI()).getParent();
      }
      return unpacked(id, cache);
    } catch (URISyntaxException malformed) {
      throw new IllegalStateException(library.toString(), malformed);
    } catch (IOException problem) {
      throw new UncheckedIOException("The natives of mlx4j cannot be unpacked", problem);
    }
  }

  private Path unpacked(String id, Path cache) throws IOException {
    byte[] index = read(id, INDEX);
    List<Entry> entries =
        new String(index, StandardCharsets.UTF_8)
            .lines()
            .map(Entry::parse)
            .filter(extent::includes)
            .toList();
    String identity = HexFormat.of().formatHex(sha256().digest(index), 0, 8);
    Path folder = cache.resolve(id + "-" + identity + (extent == Extent.USUAL ? "" : "-reference"));
    if (entries.stream().allMatch(entry -> entry.isIn(folder))) {
      return folder;
    }
    Path fresh;
    try {
      Files.createDirectories(cache, OWNER_ONLY);
      fresh = Files.createTempDirectory(cache, "unpacking-", OWNER_ONLY);
    } catch (FileSystemException noCache) {
      return unpackForThisProcess(id, entries, cache, noCache);
    }
    try {
      unpack(id, entries, fresh);
      moveInto(folder, fresh, entries);
    } catch (FileSystemException full) {
      return unpackForThisProcess(id, entries, cache, full);
    } finally {
      delete(fresh);
    }
    return folder;
  }

  private Path unpackForThisProcess(String id, List<Entry> entries, Path cache, IOException problem)
      throws IOException {
    Path folder = Files.createTempDirectory("mlx4j-", OWNER_ONLY);
    System.getLogger("org.mlx4j")
        .log(
            System.Logger.Level.WARNING,
            "mlx4j cannot keep its native library in {0} ({1}); it is unpacked into {2} for this process only. Start"
                + " Java with -Dmlx4j.cache=DIR to name a folder that can be written.",
            cache,
            problem,
            folder);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
    unpack(id, entries, folder);
    return folder;
  }

  /** Several at a time: two files make up most of it, and inflating them is what takes long. */
  private void unpack(String id, List<Entry> entries, Path folder) throws IOException {
    try {
      entries.parallelStream()
          .forEach(
              entry -> {
                try {
                  unpack(id, entry, folder.resolve(entry.name()));
                } catch (IOException problem) {
                  throw new UncheckedIOException(problem);
                }
              });
    } catch (UncheckedIOException problem) {
      throw problem.getCause();
    }
  }

  private void unpack(String id, Entry entry, Path file) throws IOException {
    Files.createDirectories(file.getParent());
    MessageDigest digest = sha256();
    byte[] block = new byte[1 << 18];
    try (InputStream in = open(id, entry.name());
        OutputStream out = Files.newOutputStream(file)) {
      for (int length = in.read(block); length >= 0; length = in.read(block)) {
        digest.update(block, 0, length);
        out.write(block, 0, length);
      }
    }
    String found = HexFormat.of().formatHex(digest.digest());
    if (!found.equals(entry.sha256())) {
      throw new IOException(
          "%s is damaged in the jar: SHA-256 %s instead of %s"
              .formatted(path(id, entry.name()), found, entry.sha256()));
    }
  }

  /** Another process may have been faster, and what it made is as good. */
  private static void moveInto(Path folder, Path fresh, List<Entry> entries) throws IOException {
    for (int attempt = 0; ; attempt++) {
      try {
        Files.move(fresh, folder, StandardCopyOption.ATOMIC_MOVE);
        return;
      } catch (AtomicMoveNotSupportedException unusual) {
        throw unusual;
      } catch (FileSystemException exists) {
        if (entries.stream().allMatch(entry -> entry.isIn(folder))) {
          return;
        }
        if (attempt == 3) {
          throw exists;
        }
      }
      setAside(folder);
    }
  }

  /**
   * Takes a folder away of which files are missing; a process that runs keeps what it has opened.
   */
  private static void setAside(Path folder) throws IOException {
    Path aside =
        folder.resolveSibling(
            "damaged-" + Long.toHexString(System.nanoTime()) + folder.getFileName());
    try {
      Files.move(folder, aside, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileAlreadyExistsException | java.nio.file.NoSuchFileException otherProcess) {
      return;
    }
    delete(aside);
  }

  private static void delete(Path folder) {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException remains) {
      // It is only garbage in a cache or in the system's folder for such.
    }
  }

  private byte[] read(String id, String name) throws IOException {
    try (InputStream in = open(id, name)) {
      return in.readAllBytes();
    }
  }

  private InputStream open(String id, String name) throws IOException {
    InputStream in = resources.getResourceAsStream(path(id, name));
    if (in == null) {
      throw new IOException(path(id, name) + " is missing in the jar");
    }
    return in;
  }

  private static String path(String id, String name) {
    return "org/mlx4j/internal/" + id + "/" + name;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException everyJavaHasIt) {
      throw new IllegalStateException(everyJavaHasIt);
    }
  }

  /** Where natives are kept: {@code -Dmlx4j.cache}, or what the platform's custom is. */
  static Path cache() {
    String given = System.getProperty("mlx4j.cache");
    if (given != null) {
      return Path.of(given).toAbsolutePath();
    }
    return Path.of(System.getProperty("user.home"), ".cache", "mlx4j", "natives").toAbsolutePath();
  }
}
