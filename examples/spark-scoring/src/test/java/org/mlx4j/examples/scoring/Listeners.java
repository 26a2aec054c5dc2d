package org.mlx4j.examples.scoring;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The addresses at which processes listen, as Linux tells them. */
final class Listeners {
  private static final String LISTENS = "0A";

  private Listeners() {}

  /** The addresses at which this process and those that it has started listen, in hexadecimal. */
  static Set<String> addresses() throws IOException {
    Set<String> sockets = new HashSet<>();
    for (ProcessHandle process :
        Stream.concat(Stream.of(ProcessHandle.current()), ProcessHandle.current().descendants())
            .toList()) {
      try (Stream<Path> files = Files.list(Path.of("/proc/" + process.pid() + "/fd"))) {
        for (Path file : files.toList()) {
          sockets.add(target(file));
        }
      }
    }
    Set<String> addresses = new TreeSet<>();
    for (String table : List.of("tcp", "tcp6")) {
      for (String line : Files.readAllLines(Path.of("/proc/self/net/" + table))) {
        String[] fields = line.strip().split(" +");
        if (fields[3].equals(LISTENS) && sockets.contains("socket:[" + fields[9] + "]")) {
          addresses.add(fields[1].split(":")[0]);
        }
      }
    }
    return addresses;
  }

  private static String target(Path file) throws IOException {
    try {
      return Files.readSymbolicLink(file).toString();
    } catch (NoSuchFileException closedMeanwhile) {
      return "";
    }
  }
}
