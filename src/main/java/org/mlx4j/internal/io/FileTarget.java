package org.mlx4j.internal.io;

import java.io.BufferedOutputStream;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** Writes a file completely or not at all. */
public final class FileTarget {
  private FileTarget() {}

  /** The content of a file. */
  @FunctionalInterface
  public interface Content {
    /**
     * Writes the content.
     *
     * @param out where to write it
     * @throws IOException if it cannot be written
     */
    void write(OutputStream out) throws IOException;
  }

  /**
   * Writes a file, replacing the one that exists.
   *
   * @param function the public function that writes
   * @param given the file
   * @param extension the extension, which is appended if the name does not end with it
   * @param content the content
   * @return the file, with its extension
   * @throws UncheckedIOException if the file cannot be written
   */
  public static Path write(String function, Path given, String extension, Content content) {
    Objects.requireNonNull(given, () -> "[" + function + "] the file is null");
    Path file = given;
    if (!given.toString().endsWith(extension)) {
      Path name = given.getFileName();
      file = given.resolveSibling((name == null ? "" : name) + extension);
    }
    Replacement replacement = Replacement.of(function, file);
    Path target = replacement.target();
    try {
      if (Files.exists(target) && !Files.isRegularFile(target)) { // a device or a pipe
        try (OutputStream out = buffered(Files.newOutputStream(target))) {
          content.write(out);
        }
      } else {
        replace(replacement, content);
      }
      return file;
    } catch (IOException e) {
      throw Replacement.cannotBeWritten(function, file, e);
    }
  }

  private static void replace(Replacement replacement, Content content) throws IOException {
    try {
      replacement.create();
      Path part = replacement.part();
      if (part.getFileSystem().equals(FileSystems.getDefault())) {
        writeToDisk(part.toFile(), content);
      } else {
        try (OutputStream out = buffered(Files.newOutputStream(part))) {
          content.write(out);
        }
      }
      replacement.complete();
    } finally {
      replacement.discard();
    }
  }

  /**
   * Writes and waits for the disk; otherwise a power failure may leave the name without the
   * content. A channel could wait too, but it closes when the thread is interrupted.
   */
  private static void writeToDisk(File file, Content content) throws IOException {
    try (FileOutputStream stream = new FileOutputStream(file);
        OutputStream out = buffered(stream)) {
      content.write(out);
      out.flush();
      stream.getFD().sync();
    }
  }

  private static OutputStream buffered(OutputStream out) {
    return new BufferedOutputStream(out, 1 << 16);
  }
}
