package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mlx4j.Distributed.Backend;

class DistributedTest {
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /** Reachable, because unreachable sockets are closed. */
  private static final List<Socket> RESERVED = new CopyOnWriteArrayList<>();

  // ---- several processes ------------------------------------------------------------------------

  /** Runs one process for each rank, and returns what they print. */
  private static List<String> together(
      Class<?> main, int ranks, List<String> options, String... arguments) throws Exception {
    List<String> addresses = reservedAddresses(ranks);
    List<FutureTask<String>> processes = new ArrayList<>();
    List<String> allOptions = new ArrayList<>(ChildJvm.SHORT_LIVED);
    allOptions.addAll(options);
    for (int rank = 0; rank < ranks; rank++) {
      List<String> all = new ArrayList<>(List.of(arguments));
      all.add(Integer.toString(rank));
      all.addAll(addresses);
      FutureTask<String> process =
          new FutureTask<>(
              () -> ChildJvm.run(main, PATIENCE, Map.of(), allOptions, all.toArray(String[]::new)));
      processes.add(process);
      new Thread(process).start();
    }
    List<String> printed = new ArrayList<>();
    for (FutureTask<String> process : processes) {
      printed.add(process.get());
    }
    return printed;
  }

  /**
   * Returns addresses whose ports stay bound while this process runs, so that no other program gets
   * them. The ranks can listen there nevertheless, because MLX asks to share ports.
   */
  private static List<String> reservedAddresses(int n) throws IOException {
    List<String> addresses = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      Socket socket = new Socket();
      RESERVED.add(socket);
      socket.setReuseAddress(true);
      socket.setOption(StandardSocketOptions.SO_REUSEPORT, true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      addresses.add("127.0.0.1:" + socket.getLocalPort());
    }
    return addresses;
  }

  @ParameterizedTest
  @CsvSource({
    "TALK, 4",
    "TALK, 2",
    "LAYERS, 2",
    "ONE_ENDS, 4",
    "ONE_ENDS_WITHIN_A_MESSAGE, 4",
    "ONE_IS_SILENT, 4",
    "OUT_OF_STEP, 3",
  })
  void ranksDoAsPlanned(DistributedRank.Plan plan, int ranks) throws Exception {
    List<String> printed = together(DistributedRank.class, ranks, List.of(), plan.name());
    for (int rank = 0; rank < ranks; rank++) {
      boolean ends = rank == 1 && plan.name().startsWith("ONE_ENDS");
      assertEquals(
          !ends, printed.get(rank).contains("rank " + rank + " is done"), printed.get(rank));
    }
  }

  /**
   * Plays a peer that vanishes when a rank has all that it has asked for so far, and will ask for
   * more. MLX's thread for the connection has ended by then, and MLX waits for it forever.
   */
  @Test
  void peerThatEndsBetweenPacketsIsNoticed() throws Exception {
    try (ServerSocket listening = new ServerSocket()) {
      listening.setReceiveBufferSize(1 << 16);
      listening.setSoTimeout((int) PATIENCE.toMillis());
      listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      String address = reservedAddresses(1).get(0);
      FutureTask<String> rank =
          new FutureTask<>(
              () ->
                  ChildJvm.run(
                      DistributedRank.class,
                      PATIENCE,
                      Map.of(),
                      List.of(),
                      "PEER_IS_LOST",
                      "0",
                      address,
                      "127.0.0.1:" + listening.getLocalPort()));
      new Thread(rank).start();
      try (Socket left = connect(Integer.parseInt(address.substring(address.indexOf(':') + 1)));
          Socket right = listening.accept()) {
        right.getOutputStream().write(left.getInputStream().readNBytes(128)); // we do the same
        right.getOutputStream().write(new byte[16 << 20]); // the two packets in flight
        Thread.sleep(1000); // until they have arrived
        right.setSoLinger(true, 0);
        right.close();
        Thread.sleep(1000); // until that is noticed
        left.getInputStream().transferTo(OutputStream.nullOutputStream());
      }
      assertTrue(rank.get().contains("rank 0 is done"), rank.get());
    }
  }

  /** Connects to a rank as soon as it listens. */
  private static Socket connect(int port) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      Socket socket = new Socket();
      socket.setReceiveBufferSize(1 << 16);
      socket.setSoTimeout((int) PATIENCE.toMillis());
      try {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return socket;
      } catch (ConnectException e) {
        socket.close();
        if (System.nanoTime() > end) {
          throw e;
        }
        Thread.sleep(100);
      }
    }
  }

  /** Once as the rank that waits first, once as the one that connects first. */
  @ParameterizedTest
  @CsvSource({"0", "1"})
  void waitsForAGroupInBoundedTime(int rank) throws Exception {
    List<String> addresses = reservedAddresses(2);
    String printed =
        ChildJvm.run(
            DistributedRank.class,
            PATIENCE,
            Map.of(),
            List.of(),
            "NOBODY_COMES",
            Integer.toString(rank),
            addresses.get(0),
            addresses.get(1));
    assertTrue(printed.contains("is done"), printed);
  }

  /** The program of docs/distributed.md, configured by arguments and by the environment. */
  @Test
  void documentedProgramRuns(@TempDir Path folder) throws Exception {
    String page = Files.readString(Path.of("docs/distributed.md"));
    Matcher code = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(page);
    assertTrue(code.find());
    Path source = folder.resolve("Together.java");
    Files.writeString(source, code.group(1));
    String path = System.getProperty("java.class.path");
    assertEquals(
        0,
        ToolProvider.getSystemJavaCompiler().run(null, null, null, "-cp", path, source.toString()));
    try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
      Class<?> main = loader.loadClass("Together");
      String classes = path + System.getProperty("path.separator") + folder;
      for (String printed : together(main, 2, List.of("-cp", classes))) {
        assertTrue(printed.contains("sum over 2 ranks: 1.0"), printed);
      }
      List<String> addresses = reservedAddresses(2);
      Path hostfile =
          Files.writeString(
              folder.resolve("hosts.json"),
              "[[\"%s\"], [\"%s\"]]\n".formatted(addresses.get(0), addresses.get(1)));
      List<FutureTask<String>> processes =
          IntStream.range(0, 2)
              .mapToObj(
                  rank ->
                      new FutureTask<>(
                          () ->
                              ChildJvm.run(
                                  main,
                                  PATIENCE,
                                  Map.of(
                                      "MLX_RANK",
                                      Integer.toString(rank),
                                      "MLX_HOSTFILE",
                                      hostfile.toString()),
                                  List.of("-cp", classes))))
              .toList();
      processes.forEach(process -> new Thread(process).start());
      for (FutureTask<String> process : processes) {
        assertTrue(process.get().contains("sum over 2 ranks: 1.0"));
      }
    }
  }

  // ---- one process ------------------------------------------------------------------------------

  @Test
  void withoutConfigurationTheGroupIsOfOne() {
    Distributed.Group group = Distributed.init();
    assertEquals(0, group.rank());
    assertEquals(1, group.size());
    assertEquals("Group(rank=0, size=1)", group.toString());
    for (Backend backend : Backend.values()) {
      assertEquals(1, Distributed.init(false, backend).size());
    }
    MlxArray x = MlxArray.of(new float[] {1, 2});
    assertEquals(3, Distributed.allSum(x).sum().itemFloat());
    assertEquals(3, Distributed.sumScatter(x, group).sum().itemFloat());
    // nor does anything else become of it
    assertSame(group, Distributed.init());
  }

  @Test
  void strictlyThatIsAnError() {
    for (Backend backend : List.of(Backend.RING, Backend.NCCL, Backend.JACCL)) {
      MlxException e = assertThrows(MlxException.class, () -> Distributed.init(true, backend));
      assertTrue(e.getMessage().startsWith("[init] "), e.getMessage());
    }
    if (!Distributed.isAvailable(Backend.MPI)) {
      assertThrows(MlxException.class, () -> Distributed.init(true));
      assertThrows(MlxException.class, () -> Distributed.init(true, Backend.MPI));
    }
  }

  @Test
  void ringIsAlwaysAvailable() {
    assertTrue(Distributed.isAvailable());
    assertTrue(Distributed.isAvailable(Backend.ANY));
    assertTrue(Distributed.isAvailable(Backend.RING));
    assertFalse(Distributed.isAvailable(Backend.NCCL));
    assertThrows(NullPointerException.class, () -> Distributed.isAvailable(null));
    assertThrows(NullPointerException.class, () -> Distributed.init(false, null));
    assertThrows(NullPointerException.class, () -> Distributed.init(null));
  }

  @Test
  void groupOfOneHasNobodyToTalkTo() {
    MlxArray x = MlxArray.scalar(1f);
    for (int peer : new int[] {-1, 0, 1}) {
      String said =
          assertThrows(IllegalArgumentException.class, () -> Distributed.send(x, peer))
              .getMessage();
      String expected = "[send] dst is " + peer + "; a group of one has no other ranks";
      assertTrue(said.startsWith(expected), said);
      assertThrows(
          IllegalArgumentException.class,
          () -> Distributed.recv(new int[] {2}, DType.FLOAT32, peer));
      assertThrows(IllegalArgumentException.class, () -> Distributed.recvLike(x, peer));
    }
    assertThrows(IllegalArgumentException.class, () -> Distributed.init().split(0));
    assertThrows(NullPointerException.class, () -> Distributed.allSum(null));
    assertThrows(NullPointerException.class, () -> Distributed.recvLike(null, 0));
    assertThrows(NullPointerException.class, () -> Distributed.recv(null, DType.FLOAT32, 0));
    x.close();
    assertThrows(IllegalStateException.class, () -> Distributed.allGather(x));
    assertThrows(IllegalStateException.class, () -> Distributed.send(x, 0));
  }

  @Test
  void timeoutIsPositive() {
    assertThrows(IllegalArgumentException.class, () -> Distributed.setTimeout(Duration.ZERO));
    assertThrows(
        IllegalArgumentException.class, () -> Distributed.setTimeout(Duration.ofSeconds(-1)));
    assertThrows(NullPointerException.class, () -> Distributed.setTimeout(null));
    Distributed.setTimeout(Duration.ofMinutes(5));
  }

  // ---- configuration ----------------------------------------------------------------------------

  @Test
  void configurationIsChecked() {
    RingConfiguration two = RingConfiguration.of(1, "localhost:5000", "127.0.0.1:5001");
    assertEquals(List.of(List.of("localhost:5000"), List.of("127.0.0.1:5001")), two.hosts());
    refused(-1, "a:1", "b:1");
    refused(2, "a:1", "b:1");
    refused(0);
    refused(0, "a:1", "a:1");
    for (String address : List.of("", "a", "a:", ":1", "a:0", "a:65536", "a:b", "::1:5000")) {
      refused(0, address, "b:1");
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> new RingConfiguration(0, List.of(List.of("a:1"), List.of("b:1", "b:2"))));
    assertThrows(
        IllegalArgumentException.class,
        () -> new RingConfiguration(0, List.of(List.of(), List.of())));
    assertThrows(
        IllegalArgumentException.class,
        () -> Distributed.init(RingConfiguration.of(0, "no.such.host.invalid:1", "b:1")));
  }

  private static void refused(int rank, String... addresses) {
    assertThrows(IllegalArgumentException.class, () -> RingConfiguration.of(rank, addresses));
  }

  @Test
  void environmentIsChecked(@TempDir Path folder) throws IOException {
    assertNull(RingConfiguration.fromEnvironment(Map.of()));
    assertNull(RingConfiguration.fromEnvironment(Map.of("MLX_RANK", "0")));
    String two = " [ [ \"a:1\", \"a:2\" ] ,\n [\"b:1\",\"b:2\"] ]\n";
    RingConfiguration ring = RingConfiguration.fromEnvironment(environment(folder, "1", two));
    assertNotNull(ring);
    assertEquals(
        new RingConfiguration(1, List.of(List.of("a:1", "a:2"), List.of("b:1", "b:2"))), ring);
    String many =
        IntStream.range(0, 20_000)
            .mapToObj("[\"h:%d\"]"::formatted)
            .skip(1)
            .collect(Collectors.joining(",", "[", "]"));
    assertEquals(
        19_999, RingConfiguration.fromEnvironment(environment(folder, "3", many)).hosts().size());
    for (String wrong :
        List.of(
            "", "[]", "[[]]", "{}", "[\"a:1\"]", "[[\"a:1\"]", "[[\"a:1\"],[1]]", "[[\"a\"]]")) {
      assertThrows(
          IllegalArgumentException.class,
          () -> RingConfiguration.fromEnvironment(environment(folder, "0", wrong)),
          wrong);
    }
    for (String rank : List.of("", "x", "-1", "2")) {
      assertThrows(
          IllegalArgumentException.class,
          () -> RingConfiguration.fromEnvironment(environment(folder, rank, two)));
    }
    assertThrows(
        IllegalArgumentException.class,
        () ->
            RingConfiguration.fromEnvironment(
                Map.of("MLX_RANK", "0", "MLX_HOSTFILE", folder.resolve("none").toString())));
  }

  private static Map<String, String> environment(Path folder, String rank, String hosts)
      throws IOException {
    Path file = Files.writeString(folder.resolve("hosts.json"), hosts);
    return Map.of("MLX_RANK", rank, "MLX_HOSTFILE", file.toString());
  }
}
