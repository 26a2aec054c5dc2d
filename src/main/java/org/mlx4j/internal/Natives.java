package org.mlx4j.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Provides the native files of a platform as files in one folder.
 *
 * <p>If the classes come from a folder, the files are already there. Files in a jar are unpacked
 * once into a cache. Their folder in the cache is named after their content and appears only when
 * it is complete, so processes may start at the same time and versions may share a cache. If the
 * cache cannot be used for any reason, the files are unpacked into a temporary folder of the
 * process, which is deleted as soon as they are loaded.
 */
record Natives(HostPlatform platform, ClassLoader resources, Extent extent) {
  /** The files that are needed. */
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

  /** The list of the files of a platform, with {@code SHA-256 size name} in each line. */
  private static final String INDEX = "natives.txt";

  private static final String ADVICE =
      "Start Java with -Dmlx4j.cache=DIR to name a folder to which only you can write, on a disk"
          + " with enough space and from which code may be run";

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

    boolean isIntactIn(Path folder) {
      try (InputStream in = Files.newInputStream(folder.resolve(name))) {
        MessageDigest digest = Natives.sha256();
        byte[] block = new byte[1 << 18];
        for (int length = in.read(block); length >= 0; length = in.read(block)) {
          digest.update(block, 0, length);
        }
        return HexFormat.of().formatHex(digest.digest()).equals(sha256);
      } catch (IOException unreadable) {
        return false;
      }
    }
  }

  /** Thrown for damage that no other folder for the files would repair. */
  private static final class DamagedJar extends IOException {
    private static final long serialVersionUID = 1;

    DamagedJar(String message) {
      super(message);
    }

    DamagedJar(String name, IOException cause) {
      super(name + " cannot be read from the jar", cause);
    }
  }

  /**
   * Loads the natives from the first usable folder.
   *
   * @param cache the cache for natives, or null if there is none
   * @param loading loads from a folder. It is called again with another folder if it throws an
   *     {@code UnsatisfiedLinkError} and the files in the first one prove to be damaged
   * @throws UnsatisfiedLinkError if there are no natives for the platform, no folder is usable, or
   *     {@code loading} throws it
   * @throws UncheckedIOException if the jar cannot be read
   */
  void load(Path cache, Consumer<Path> loading) {
    String id = id();
    URL library = resources.getResource(path(id, platform.library));
    try {
      if (library.getProtocol().equals("file")) {
        loading.accept(Path.of(library.toURI()).getParent());
      } else {
        unpackAndLoad(id, cache, loading);
      }
    } catch (URISyntaxException malformed) {
      throw new IllegalStateException(library.toString(), malformed);
    } catch (IOException problem) {
      throw new UncheckedIOException(
          "The natives of mlx4j cannot be unpacked: " + problem.getMessage(), problem);
    }
  }

  /** Returns a text that identifies the version and platform of these natives. */
  String identity() {
    String id = id();
    try {
      return id + "-" + identity(read(id, INDEX));
    } catch (IOException noIndex) {
      return resources.getResource(path(id, platform.library)).toString();
    }
  }

  private static String identity(byte[] index) {
    return HexFormat.of().formatHex(sha256().digest(index), 0, 8);
  }

  /** Returns the folder in the jar, the preferred one if there are several. */
  private String id() {
    return platform.folders().stream()
        .filter(id -> resources.getResource(path(id, platform.library)) != null)
        .findFirst()
        .orElseThrow(
            () ->
                new UnsatisfiedLinkError(
                    "The class path has no mlx4j natives for %s. The jar org.mlx4j:mlx4j contains those of all platforms; with the one"
                            .formatted(platform.id)
                        + " without natives (classifier classes), add the one with classifier %s."
                            .formatted(platform.id)));
  }

  private void unpackAndLoad(String id, Path cache, Consumer<Path> loading) throws IOException {
    byte[] index = read(id, INDEX);
    List<Entry> entries =
        new String(index, StandardCharsets.UTF_8)
            .lines()
            .map(Entry::parse)
            .filter(extent::includes)
            .toList();
    String name = id + "-" + identity(index) + (extent == Extent.USUAL ? "" : "-reference");
    Path folder;
    try {
      if (cache == null) {
        throw new IOException("there is no home folder (user.home)");
      }
      folder = kept(id, entries, cache, name);
    } catch (DamagedJar noPlaceHelps) {
      throw noPlaceHelps;
    } catch (IOException | RuntimeException noCache) {
      loadInPassing(id, entries, cache, noCache, loading);
      return;
    }
    try {
      loading.accept(folder);
    } catch (UnsatisfiedLinkError problem) {
      if (entries.stream().allMatch(entry -> entry.isIntactIn(folder))) {
        throw problem;
      }
      setAside(folder);
      loading.accept(kept(id, entries, cache, name));
    }
  }

  /** Returns the folder in the cache, and unpacks the files if they are missing. */
  private Path kept(String id, List<Entry> entries, Path cache, String name) throws IOException {
    Path folder = cache.resolve(name);
    if (!entries.stream().allMatch(entry -> entry.isIn(folder))) {
      try (FreshFolder fresh = FreshFolder.in(cache)) {
        requireTrust(cache.toRealPath());
        unpack(id, entries, fresh.content());
        moveInto(folder, fresh.content(), entries);
      }
    }
    Path real = folder.toRealPath();
    requireTrust(real);
    requireTrust(real.getParent());
    FreshFolder.requireCodeMayRun(real.resolve(platform.library));
    return real;
  }

  private void loadInPassing(
      String id, List<Entry> entries, Path cache, Exception noCache, Consumer<Path> loading)
      throws IOException {
    Path temporary = temporary();
    FreshFolder fresh = null;
    try {
      fresh = FreshFolder.in(temporary);
      System.getLogger("org.mlx4j")
          .log(
              System.Logger.Level.WARNING,
              "mlx4j cannot keep its native library in {0} ({1}); it is unpacked into {2} for this"
                  + " process only. {3}.",
              cache,
              noCache,
              temporary,
              ADVICE);
      unpack(id, entries, fresh.content());
    } catch (DamagedJar noPlaceHelps) {
      fresh.close();
      throw noPlaceHelps;
    } catch (IOException | RuntimeException noPlace) {
      if (fresh != null) {
        fresh.close();
      }
      UnsatisfiedLinkError error =
          new UnsatisfiedLinkError(
              "The natives of mlx4j can be unpacked neither into %s (%s) nor into %s (%s). %s, or with -Djava.io.tmpdir=DIR."
                  .formatted(cache, noCache, temporary, noPlace, ADVICE));
      error.initCause(noCache);
      error.addSuppressed(noPlace);
      throw error;
    }
    boolean kept = false;
    try {
      loading.accept(fresh.content());
      if (platform.opensFilesLater(id)) {
        fresh.closeAtTheEnd();
        kept = true;
      }
    } finally {
      if (!kept) {
        fresh.close();
      }
    }
  }

  /**
   * Gives another class loader of the process the natives that are already loaded. The JVM allows
   * only one class loader to load a file, so this loads a copy of an empty library that depends on
   * the real one. The copy is deleted as soon as it is loaded.
   */
  void loadAgain(Path cache, Consumer<Path> loading) {
    String id = id();
    UnsatisfiedLinkError problem = null;
    for (Path place : cache == null ? List.of(temporary()) : List.of(temporary(), cache)) {
      try (FreshFolder fresh = FreshFolder.in(place)) {
        Path file = fresh.content().resolve(platform.again);
        try (InputStream in = open(id, platform.again)) {
          Files.copy(in, file);
        }
        loading.accept(file);
        return;
      } catch (IOException | RuntimeException | UnsatisfiedLinkError noPlace) {
        if (problem == null) {
          problem =
              new UnsatisfiedLinkError(
                  "mlx4j is in use by another class loader of this process. This one needs to write a file to %s, which failed: %s. Put mlx4j into a class loader that all share, or: %s."
                      .formatted(place, noPlace, ADVICE));
          problem.initCause(noPlace);
        } else {
          problem.addSuppressed(noPlace);
        }
      }
    }
    throw problem;
  }

  /**
   * Checks that no other user can put code into a folder.
   *
   * <p>A group with the name of a user has no other members, as is usual on Linux.
   */
  private static void requireTrust(Path folder) throws IOException {
    PosixFileAttributes attributes = Files.readAttributes(folder, PosixFileAttributes.class);
    requireTrust(
        folder,
        attributes.owner().getName(),
        attributes.group().getName(),
        attributes.permissions(),
        user().getName(),
        (Integer) Files.getAttribute(folder, "unix:mode"));
  }

  static void requireTrust(
      Path folder,
      String owner,
      String group,
      Set<PosixFilePermission> permissions,
      String user,
      int mode)
      throws IOException {
    boolean sticky = (mode & 01000) != 0;
    if (!owner.equals(user) && !owner.equals("root")) {
      throw new FileSystemException(
          folder.toString(), null, "it belongs to " + owner + ", another user than " + user);
    }
    boolean byOthers = permissions.contains(PosixFilePermission.OTHERS_WRITE);
    boolean byGroup = permissions.contains(PosixFilePermission.GROUP_WRITE) && !group.equals(owner);
    if (!sticky && (byOthers || byGroup)) {
      throw new FileSystemException(folder.toString(), null, "other users can write to it");
    }
  }

  private static UserPrincipal user() throws IOException {
    Path self = Path.of("/proc/self");
    return Files.exists(self)
        ? Files.getOwner(self)
        : Path.of("")
            .getFileSystem()
            .getUserPrincipalLookupService()
            .lookupPrincipalByName(System.getProperty("user.name"));
  }

  /**
   * Unpacks files in parallel: most of the time goes into inflating the two largest ones. Nobody is
   * still writing a file when this ends, even if it ends with an exception.
   */
  private void unpack(String id, List<Entry> entries, Path folder) throws IOException {
    List<IOException> problems =
        entries.parallelStream()
            .map(entry -> problem(id, entry, folder.resolve(entry.name())))
            .flatMap(Optional::stream)
            .toList();
    if (!problems.isEmpty()) {
      throw problems.get(0);
    }
  }

  /** Unpacks a file, and returns the exception if that fails. */
  private Optional<IOException> problem(String id, Entry entry, Path file) {
    try {
      unpack(id, entry, file);
      return Optional.empty();
    } catch (IOException problem) {
      return Optional.of(problem);
    }
  }

  private void unpack(String id, Entry entry, Path file) throws IOException {
    Files.createDirectories(file.getParent());
    MessageDigest digest = sha256();
    byte[] block = new byte[1 << 18];
    try (InputStream in = open(id, entry.name());
        OutputStream out = Files.newOutputStream(file)) {
      for (int length = read(in, block, entry); length >= 0; length = read(in, block, entry)) {
        digest.update(block, 0, length);
        out.write(block, 0, length);
      }
    }
    if (!file.toFile().setExecutable(true, true)) { // marks it as code, where code may be run
      throw new FileSystemException(file.toString(), null, "it cannot be made executable");
    }
    String found = HexFormat.of().formatHex(digest.digest());
    if (!found.equals(entry.sha256())) {
      throw new DamagedJar(
          "%s is damaged in the jar: SHA-256 %s instead of %s"
              .formatted(path(id, entry.name()), found, entry.sha256()));
    }
  }

  private static int read(InputStream in, byte[] block, Entry entry) throws IOException {
    try {
      return in.read(block);
    } catch (IOException problem) {
      throw new DamagedJar(entry.name(), problem);
    }
  }

  /** Moves a folder; if another process was faster, its result is used. */
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
   * Removes a folder in which files are missing. Running processes keep the files that they have
   * opened.
   */
  private static void setAside(Path folder) throws IOException {
    try (FreshFolder aside = FreshFolder.in(folder.getParent())) {
      Files.move(folder, aside.content().resolve("damaged"), StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException otherProcess) {
      // It did the same.
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
      throw new DamagedJar(path(id, name) + " is missing in the jar");
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

  private static Path temporary() {
    return Path.of(System.getProperty("java.io.tmpdir")).toAbsolutePath();
  }

  /**
   * Returns the cache for natives: {@code -Dmlx4j.cache}, or else a folder in the home folder; null
   * if there is no home folder.
   */
  static Path cache() {
    String given = System.getProperty("mlx4j.cache", "");
    try {
      if (!given.isBlank()) {
        return Path.of(given).toAbsolutePath();
      }
    } catch (InvalidPathException problem) {
      throw new IllegalArgumentException(
          "-Dmlx4j.cache=" + given + " is not the path of a folder", problem);
    }
    String home = System.getProperty("user.home", "");
    return home.isBlank() || home.equals("?")
        ? null
        : Path.of(home, ".cache", "mlx4j", "natives").toAbsolutePath();
  }
}
