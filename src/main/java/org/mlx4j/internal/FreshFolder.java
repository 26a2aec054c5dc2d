package org.mlx4j.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A temporary folder of this process in which natives are assembled. It is deleted when it is
 * closed or, if the process dies first, by the next process that creates one beside it.
 *
 * <p>A locked file in the folder tells that its process is alive; the system unlocks it when the
 * process dies. A process must not open this file of one of its own folders again, because closing
 * it would release the lock. So the folders of a process have a common prefix.
 */
final class FreshFolder implements AutoCloseable {
  private static final String PREFIX = "mlx4j-unpacking-";
  private static final String LOCK = "lock";
  private static final String CONTENT = "content";

  /** A folder without the locked file that is older than this is not being created any more. */
  private static final Duration OLD = Duration.ofHours(1);

  private static final FileAttribute<?> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private final Path folder;
  private final FileChannel lock;

  private FreshFolder(Path folder, FileChannel lock) {
    this.folder = folder;
    this.lock = lock;
  }

  /**
   * Creates a fresh folder in another one, which is created too if it does not exist.
   *
   * @throws IOException if that is impossible, or the file system does not allow running code
   */
  static FreshFolder in(Path parent) throws IOException {
    Files.createDirectories(parent, OWNER_ONLY);
    removeLeftOvers(parent);
    while (true) {
      Path folder = Files.createTempDirectory(parent, PREFIX + ownName(), OWNER_ONLY);
      try {
        Files.createDirectory(folder.resolve(CONTENT), OWNER_ONLY);
        Path file = Files.createFile(folder.resolve(LOCK), OWNER_ONLY);
        requireCodeMayRun(file);
        FileChannel lock = lock(file);
        if (lock != null && Files.exists(file)) {
          return new FreshFolder(folder, lock);
        }
        // Another process removed it as a leftover before it was locked.
        close(lock);
        delete(folder);
      } catch (IOException | RuntimeException problem) {
        delete(folder);
        throw problem;
      }
    }
  }

  /** Returns the folder for the files. */
  Path content() {
    return folder.resolve(CONTENT);
  }

  @Override
  public void close() {
    delete(folder);
    close(lock);
  }

  /** Keeps the folder until the process exits normally. */
  void closeAtTheEnd() {
    // The JVM keeps only the names, so our class loader can be collected. It deletes the files in
    // reverse order.
    try (Stream<Path> files = Files.walk(folder)) {
      files.forEach(file -> file.toFile().deleteOnExit());
    } catch (IOException | UncheckedIOException remains) {
      // A later process removes it.
    }
  }

  /** Checks that the file system allows running code. */
  static void requireCodeMayRun(Path file) throws IOException {
    if (!Files.isExecutable(file)) {
      throw new FileSystemException(
          file.getParent().toString(), null, "its file system does not let code run (noexec)");
    }
  }

  private static void removeLeftOvers(Path parent) {
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(parent, PREFIX + "*")) {
      for (Path folder : folders) {
        if (!folder.getFileName().toString().startsWith(PREFIX + ownName())
            && Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
          removeIfLeftOver(folder);
        }
      }
    } catch (IOException | RuntimeException notOurs) {
      // It belongs to another user, or another process is removing it.
    }
  }

  private static void removeIfLeftOver(Path folder) throws IOException {
    FileChannel lock;
    try {
      lock = lock(folder.resolve(LOCK));
    } catch (NoSuchFileException unfinished) {
      Instant made = Files.getLastModifiedTime(folder, LinkOption.NOFOLLOW_LINKS).toInstant();
      if (made.isBefore(Instant.now().minus(OLD))) {
        delete(folder);
      }
      return;
    } catch (IOException notOurs) {
      return;
    }
    if (lock != null) {
      delete(folder);
      close(lock);
    }
  }

  /** Returns the lock, or null if the file is locked already. */
  private static FileChannel lock(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    try {
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (OverlappingFileLockException ofThisProcess) {
      // as below
    } catch (IOException noLocks) {
      close(channel);
      throw noLocks;
    }
    close(channel);
    return null;
  }

  private static void close(FileChannel channel) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException closedAnyway) {
      // The system unlocks a file whose descriptor is closed.
    }
  }

  /** Returns a random name shared by all class loaders of the process; process ids are reused. */
  private static String ownName() {
    String name = UUID.randomUUID().toString().substring(0, 8);
    Object known = System.getProperties().putIfAbsent("org.mlx4j.process", name);
    return (known == null ? name : known) + "-";
  }

  /** Deletes as much of a folder as possible. */
  static void delete(Path folder) {
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException remains) {
      // What remains is only garbage in a cache or a temporary folder.
    }
  }
}
