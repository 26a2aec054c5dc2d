package org.mlx4j;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/**
 * A file that is written beside its destination and moved there when it is complete: others see
 * what was there before, or all of it.
 *
 * @param function whom errors name
 * @param target the destination
 * @param part where to write
 */
record Replacement(String function, Path target, Path part) {
  static Replacement of(String function, Path file) {
    Path target = Call.notNull(function, "the file", file).toAbsolutePath();
    if (target.getFileName() == null || Files.isDirectory(target)) {
      throw new IllegalArgumentException("[" + function + "] " + file + " is a directory");
    }
    return new Replacement(
        function,
        target,
        target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + ".part"));
  }

  void complete() {
    try {
      Files.move(part, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException("[" + function + "] " + target + " cannot be written", e);
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
