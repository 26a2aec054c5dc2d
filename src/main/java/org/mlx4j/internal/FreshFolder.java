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
 * A folder of this process, in which natives are put together. It is deleted when it is closed, or,
 * if the process dies before, by the next start that works beside it.
 *
 * <p>A locked file in it says that its process lives; when that dies, the system unlocks the file.
 * A process must not open the file of a folder of its own a second time, because closing it again
 * would unlock it, so the names of its folders begin alike.
 */
final class FreshFolder implements AutoCloseable {
  private static final String PREFIX = "mlx4j-unpacking-";
  private static final String LOCK = "lock";
  private static final String CONTENT = "content";

  /** The age from which a folder without the file is not one that is just being made. */
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
   * Makes one in a folder, which is made first if it is not there.
   *
   * @throws IOException if that is not possible, or code may not be run from there
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
        // Another process took it for a left-over before it was locked.
        close(lock);
        delete(folder);
      } catch (IOException | RuntimeException problem) {
        delete(folder);
        throw problem;
      }
    }
  }

  /** Where the files go. */
  Path content() {
    return folder.resolve(CONTENT);
  }

  @Override
  public void close() {
    delete(folder);
    close(lock);
  }

  /** Leaves the folder to the process, and deletes it when that ends by itself. */
  void closeAtTheEnd() {
    // The JVM keeps these names, and no object of ours that would keep our class loader. It
    // deletes the last one first.
    try (Stream<Path> files = Files.walk(folder)) {
      files.forEach(file -> file.toFile().deleteOnExit());
    } catch (IOException | UncheckedIOException remains) {
      // A later start removes it.
    }
  }

  /** The system tells code that may not be run: where it is on a file system without that. */
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
      // Another user's, or another process removes it at this moment.
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

  /** Returns null if another has locked it. */
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
      // The system unlocks a file whose descriptor is gone.
    }
  }

  /** The same for all class loaders of the process, and no other's: a number may be used again. */
  private static String ownName() {
    String name = UUID.randomUUID().toString().substring(0, 8);
    Object known = System.getProperties().putIfAbsent("org.mlx4j.process", name);
    return (known == null ? name : known) + "-";
  }

  /** Deletes as much as it can. */
  static void delete(Path folder) {
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
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
}
