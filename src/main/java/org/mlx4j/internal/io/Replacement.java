package org.mlx4j.internal.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.Objects;
import java.util.UUID;

/**
 * A file that is written beside another and replaces it once it is complete: readers see either the
 * old content or all of the new. The file keeps its permissions, and a link remains a link.
 *
 * @param function the public function that writes
 * @param target the file to replace
 * @param part the file to write to
 */
public record Replacement(String function, Path target, Path part) {
  /**
   * Prepares to replace a file, and writes nothing yet.
   *
   * @param function the public function that writes
   * @param file the file, which need not exist
   * @return the replacement
   * @throws UncheckedIOException if the file is a directory, or a link that cannot be followed
   */
  public static Replacement of(String function, Path file) {
    Path target =
        Objects.requireNonNull(file, () -> "[" + function + "] the file is null").toAbsolutePath();
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

  /**
   * Creates the empty file to write to, with the permissions of the file that it will replace.
   *
   * @throws UncheckedIOException if it cannot be created
   */
  public void create() {
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

  /**
   * Replaces the target.
   *
   * @throws UncheckedIOException if that fails; the target is then unchanged
   */
  public void complete() {
    try {
      try {
        Files.move(
            part, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
      } catch (AtomicMoveNotSupportedException e) { // for instance inside a zip
        Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (IOException e) {
      throw cannotBeWritten(function, target, e);
    } finally {
      discard();
    }
  }

  /** Deletes the file to write to, if it is still there. */
  public void discard() {
    try {
      Files.deleteIfExists(part);
    } catch (IOException e) {
      throw new UncheckedIOException("[" + function + "] " + part + " cannot be deleted", e);
    }
  }
}
