package org.mlx4j.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mlx4j.Distributed;
import org.mlx4j.Scope;

class TrainDigitsTogetherTest {
  private static final int EPOCHS = 2;
  private static final int RANKS = 4;

  @Test
  void trainsTogetherAsAlone(@TempDir Path folder) throws Exception {
    List<Double> alone;
    try (Scope scope = Scope.open()) {
      alone = TrainDigitsTogether.losses(EPOCHS, Distributed.init());
    }
    List<Socket> reserved = reservePorts(RANKS);
    List<String> addresses = reserved.stream().map(s -> "127.0.0.1:" + s.getLocalPort()).toList();
    List<Process> processes = new ArrayList<>();
    for (int rank = 0; rank < RANKS; rank++) {
      processes.add(start(rank, addresses, folder.resolve("rank-" + rank)));
    }
    for (int rank = 0; rank < RANKS; rank++) {
      Process process = processes.get(rank);
      boolean ended = process.waitFor(5, TimeUnit.MINUTES);
      process.destroyForcibly().waitFor();
      String printed = Files.readString(folder.resolve("rank-" + rank));
      assertTrue(ended, printed);
      assertEquals(0, process.exitValue(), printed);
      List<Double> losses =
          Pattern.compile("Loss (\\S+)")
              .matcher(printed)
              .results()
              .map(match -> Double.parseDouble(match.group(1)))
              .toList();
      assertEquals(EPOCHS, losses.size(), printed);
      for (int epoch = 0; epoch < EPOCHS; epoch++) {
        assertEquals(alone.get(epoch), losses.get(epoch), 1e-4);
      }
    }
    for (Socket socket : reserved) {
      socket.close();
    }
  }

  private static Process start(int rank, List<String> addresses, Path output) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(TrainDigitsTogether.class.getName());
    command.addAll(List.of(Integer.toString(EPOCHS), Integer.toString(rank)));
    command.addAll(addresses);
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
  }

  /**
   * Binds sockets to free ports; the ranks can listen there too, because MLX asks to share ports.
   */
  private static List<Socket> reservePorts(int count) throws IOException {
    List<Socket> sockets = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Socket socket = new Socket();
      sockets.add(socket);
      socket.setReuseAddress(true);
      socket.setOption(StandardSocketOptions.SO_REUSEPORT, true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }
    return sockets;
  }
}
