package org.mlx4j.internal.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.AccessMode;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Says why a file cannot be read: it does not exist, or is of another format. */
public final class Unreadable {
  /** The number of bytes at the beginning that identify a format. */
  static final int START = 16;

  private Unreadable() {}

  /**
   * Checks that a file exists and may be read.
   *
   * @param function the public function that reads
   * @param file the file
   * @throws UncheckedIOException if it does not exist, may not be read, or is a directory
   */
  public static void require(String function, Path file) {
    try {
      file.getFileSystem().provider().checkAccess(file, AccessMode.READ);
      if (Files.isDirectory(file)) {
        throw new FileSystemException(file.toString(), null, "it is a directory");
      }
    } catch (IOException e) {
      throw exception(function, file, e);
    }
  }

  /**
   * Returns the exception for a file that the file system refuses to read.
   *
   * @param function the public function that reads
   * @param file the file
   * @param e the refusal
   * @return the exception
   */
  public static UncheckedIOException exception(String function, Path file, IOException e) {
    return new UncheckedIOException(
        "[" + function + "] " + file + " cannot be read: " + reason(file, e), e);
  }

  private static String reason(Path file, IOException e) {
    if (e instanceof NoSuchFileException) {
      Path folder = file.toAbsolutePath().getParent();
      return folder == null || Files.isDirectory(folder)
          ? "the file does not exist"
          : "the file does not exist, nor does its folder"
              + (file.isAbsolute() ? "" : " " + folder);
    }
    if (e instanceof AccessDeniedException) {
      return "this process has no permission to read it";
    }
    if (Files.isDirectory(file)) {
      return "it is a directory; name a file";
    }
    return String.valueOf(e.getMessage());
  }

  /**
   * Returns what a file of another format seems to be, as the end of a message.
   *
   * @param start its first bytes
   */
  static String seems(byte[] start) {
    if (start.length == 0) {
      return "it is empty";
    }
    String latin = new String(start, StandardCharsets.ISO_8859_1);
    if (latin.startsWith("\u0093NUMPY")) {
      return "it seems to be a .npy file, which loadNpy reads";
    }
    if (latin.startsWith("GGUF") || latin.startsWith("FUGG")) {
      return "it seems to be a .gguf file, which loadGguf reads";
    }
    if (latin.startsWith("PK")) {
      return "it seems to be a zip file; loadNpz reads those of NumPy, but not those of PyTorch,"
          + " whose arrays must be saved as .safetensors";
    }
    if (latin.startsWith("\u0080") && start.length > 1 && start[1] >= 2 && start[1] <= 5) {
      return "it seems to be a Python pickle, which is not read because it may run any program;"
          + " save the arrays as .npz or .safetensors";
    }
    if (latin.startsWith("\u0089HDF")) {
      return "it seems to be an HDF5 file, which is not read; save the arrays as .npz or"
          + " .safetensors";
    }
    if (latin.startsWith("\u001f\u008b")) {
      return "it seems to be compressed by gzip; decompress it first";
    }
    if (latin.startsWith("{", 8)) {
      return "it seems to be a .safetensors file, which loadSafetensors reads";
    }
    if (latin
        .chars()
        .allMatch(c -> (c >= ' ' && c < 0x7f) || c == '\n' || c == '\r' || c == '\t')) {
      return "it is text that begins with \"" + latin.strip() + "\"";
    }
    return "its first bytes are those of no known format";
  }
}
