package org.mlx4j;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.Set;
import java.util.UUID;

/** A file that is written as a whole or not at all. */
final class FileTarget {
  private FileTarget() {}

  /** Writes bytes. */
  interface Content {
    void write(OutputStream out) throws IOException;
  }

  /**
   * Writes a file beside the other, and puts it in its place when it is complete. The file keeps
   * its permissions; a link stays a link.
   *
   * @param extension what the name shall end with, and is appended if it does not
   * @return the file
   */
  static Path write(String function, Path given, String extension, Content content) {
    Call.notNull(function, "the file", given);
    Path file = given;
    if (!given.toString().endsWith(extension)) {
      Path name = given.getFileName();
      file = given.resolveSibling((name == null ? "" : name) + extension);
    }
    try {
      Path target = file.toAbsolutePath();
      if (Files.isSymbolicLink(target) && Files.exists(target)) {
        target = target.toRealPath();
      }
      if (Files.isDirectory(target)) {
        throw new FileSystemException(file.toString(), null, "it is a directory");
      }
      if (Files.exists(target) && !Files.isRegularFile(target)) { // a device, a pipe
        try (OutputStream out = buffered(Files.newOutputStream(target))) {
          content.write(out);
        }
      } else {
        replace(target, content);
      }
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException("[" + function + "] " + file + " cannot be written", e);
    }
  }

  private static void replace(Path target, Content content) throws IOException {
    Path part = target.resolveSibling(".mlx4j-" + UUID.randomUUID() + ".part");
    try {
      try (SeekableByteChannel channel =
              Files.newByteChannel(
                  part, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
          OutputStream out = buffered(Channels.newOutputStream(channel))) {
        keepPermissions(target, part);
        content.write(out);
        out.flush();
        if (channel instanceof FileChannel file) {
          file.force(true); // else a power failure may leave the name without the content
        }
      }
      try {
        Files.move(
            part, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
      } catch (AtomicMoveNotSupportedException e) { // of file systems that are no disk's
        Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
      }
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private static OutputStream buffered(OutputStream out) {
    return new BufferedOutputStream(out, 1 << 16);
  }

  private static void keepPermissions(Path of, Path in) throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(in, PosixFileAttributeView.class);
    if (view != null && Files.exists(of)) {
      view.setPermissions(Files.getPosixFilePermissions(of));
    }
  }
}
