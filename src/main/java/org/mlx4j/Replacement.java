package org.mlx4j;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.UUID;

/**
 * A file that is written beside another, and put in its place when it is complete: readers see what
 * was there before, or all of it. The file keeps its permissions; a link stays a link.
 *
 * @param function whom errors name
 * @param target the file to replace
 * @param part where to write
 */
record Replacement(String function, Path target, Path part) {
  static Replacement of(String function, Path file) {
    Path target = Call.notNull(function, "the file", file).toAbsolutePath();
    try {
      if (Files.isSymbolicLink(target) && Files.exists(target)) {
        target = target.toRealPath();
      }
      if (target.getFileName() == null || Files.isDirectory(target)) {
        throw new FileSystemException(file.toString(), null, "it is a directory");
      }
    } catch (IOException e) {
      throw cannotBeWritten(function, file, e);
    }
    Path part = target.resolveSibling(".mlx4j-" + UUID.randomUUID() + ".part");
    return new Replacement(function, target, part);
  }

  static UncheckedIOException cannotBeWritten(String function, Path file, IOException cause) {
    return new UncheckedIOException(
        "[" + function + "] " + file + " cannot be written: " + reason(file, cause), cause);
  }

  private static String reason(Path file, IOException cause) {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null && !Files.isDirectory(folder)) {
      return "its folder " + folder + " does not exist";
    }
    if (Files.isDirectory(file)) {
      return "it is a directory; name a file";
    }
    if (cause instanceof AccessDeniedException) {
      return "this process has no permission to write there";
    }
    return String.valueOf(cause.getMessage());
  }

  /** Makes the empty file to write to, which nobody may read who may not read the other. */
  void create() {
    try {
      Files.createFile(part);
      PosixFileAttributeView view = Files.getFileAttributeView(part, PosixFileAttributeView.class);
      if (view != null && Files.exists(target)) {
        view.setPermissions(Files.getPosixFilePermissions(target));
      }
    } catch (IOException e) {
      throw cannotBeWritten(function, target, e);
    }
  }

  void complete() {
    try {
      try {
        Files.move(
            part, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
      } catch (AtomicMoveNotSupportedException e) { // of file systems that are no disk's
        Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (IOException e) {
      throw cannotBeWritten(function, target, e);
    } finally {
      discard();
    }
  }

  void discard() {
    try {
      Files.deleteIfExists(part);
    } catch (IOException e) {
      throw new UncheckedIOException("[" + function + "] " + part + " cannot be deleted", e);
    }
  }
}
