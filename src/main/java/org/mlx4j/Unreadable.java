package org.mlx4j;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.AccessMode;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Why a file cannot be read: it is not there, or not what it is taken for. */
final class Unreadable {
  /** How many bytes at the beginning tell what a file is. */
  static final int START = 16;

  private Unreadable() {}

  /** Makes sure that a file is there and may be read. */
  static void require(String function, Path file) {
    try {
      file.getFileSystem().provider().checkAccess(file, AccessMode.READ);
      if (Files.isDirectory(file)) {
        throw new FileSystemException(file.toString(), null, "it is a directory");
      }
    } catch (IOException e) {
      throw exception(function, file, e);
    }
  }

  /** The exception for a file that the file system does not hand out. */
  static UncheckedIOException exception(String function, Path file, IOException e) {
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
   * What a file of another format seems to be, as the end of a message.
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
      return "it seems to be a zip file, of which loadNpz reads those of NumPy; what PyTorch saves"
          + " is another kind, and must be saved as .safetensors";
    }
    if (latin.startsWith("\u0080") && start.length > 1 && start[1] >= 2 && start[1] <= 5) {
      return "it seems to be a pickle of Python, which is not read because it may run any program;"
          + " save the arrays as .npz or .safetensors";
    }
    if (latin.startsWith("\u0089HDF")) {
      return "it seems to be an HDF5 file, which is not read; save the arrays as .npz or"
          + " .safetensors";
    }
    if (latin.startsWith("\u001f\u008b")) {
      return "it seems to be compressed by gzip; unpack it first";
    }
    if (latin.startsWith("{", 8)) {
      return "it seems to be a .safetensors file, which loadSafetensors reads";
    }
    if (latin
        .chars()
        .allMatch(c -> (c >= ' ' && c < 0x7f) || c == '\n' || c == '\r' || c == '\t')) {
      return "it is text that begins with \"" + latin.strip() + "\"";
    }
    return "it begins with other bytes";
  }
}
