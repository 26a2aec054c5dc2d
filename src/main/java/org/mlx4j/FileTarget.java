package org.mlx4j;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

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
      try (SeekableByteChannel channel =
              Files.newByteChannel(replacement.part(), StandardOpenOption.WRITE);
          OutputStream out = buffered(Channels.newOutputStream(channel))) {
        content.write(out);
        out.flush();
        if (channel instanceof FileChannel file) {
          file.force(true); // else a power failure may leave the name without the content
        }
      }
      replacement.complete();
    } finally {
      replacement.discard();
    }
  }

  private static OutputStream buffered(OutputStream out) {
    return new BufferedOutputStream(out, 1 << 16);
  }
}
