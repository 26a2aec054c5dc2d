package org.mlx4j;

import java.io.BufferedOutputStream;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file that is written as a whole or not at all. */
final class FileTarget {
  private FileTarget() {}

  /** Writes bytes. */
  interface Content {
    void write(OutputStream out) throws IOException;
  }

  /**
   * Replaces a file, or makes it.
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
    Replacement replacement = Replacement.of(function, file);
    Path target = replacement.target();
    try {
      if (Files.exists(target) && !Files.isRegularFile(target)) { // a device, a pipe
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
   * Writes and waits for the disk; else a power failure may leave the name without the content. A
   * channel could wait as well, but it closes when the thread is interrupted.
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
