package org.mlx4j;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.mlx4j.internal.DistributedNative;
import org.mlx4j.internal.io.Json;

/**
 * The members of a ring of processes, and the rank of this process among them. It holds what the
 * environment variables {@code MLX_RANK} and {@code MLX_HOSTFILE} hold for MLX.
 *
 * <pre>{@code
 * int rank = 0; // and 1 in the other process
 * RingConfiguration ring = RingConfiguration.of(rank, "10.0.0.1:5000", "10.0.0.2:5000");
 * Distributed.Group group = Distributed.init(ring);
 * }</pre>
 *
 * @param rank the rank of this process, an index of {@code hosts}
 * @param hosts the addresses at which each rank listens, in the form {@code host:port}. With
 *     several addresses for each rank, neighbors have as many connections; all ranks need equally
 *     many. A host is a name or an IPv4 address
 */
public record RingConfiguration(int rank, List<List<String>> hosts) {
  /**
   * Creates a configuration.
   *
   * @param rank the rank of this process
   * @param hosts the addresses of each rank, in the form {@code host:port}
   * @throws IllegalArgumentException if {@code rank} is not an index of {@code hosts}, an address
   *     is not of the form {@code host:port} or occurs twice, or the ranks have different numbers
   *     of addresses
   * @throws NullPointerException if an argument is null
   */
  public RingConfiguration {
    hosts = hosts.stream().map(List::copyOf).toList();
    if (rank < 0 || rank >= hosts.size()) {
      throw new IllegalArgumentException(
          "[RingConfiguration] rank is %d; there are %d hosts".formatted(rank, hosts.size()));
    }
    Set<String> all = new HashSet<>();
    for (List<String> addresses : hosts) {
      if (addresses.isEmpty() || addresses.size() != hosts.get(0).size()) {
        throw new IllegalArgumentException(
            "[RingConfiguration] all ranks need the same number of addresses, at least one: "
                + hosts);
      }
      for (String address : addresses) {
        port(address);
        if (!all.add(address)) {
          throw new IllegalArgumentException(
              "[RingConfiguration] address " + address + " occurs twice");
        }
      }
    }
  }

  /**
   * Returns a configuration with one connection between neighbors.
   *
   * @param rank the rank of this process
   * @param addresses the address at which each rank listens, in the form {@code host:port}
   * @return the configuration
   * @throws IllegalArgumentException as the constructor does
   * @throws NullPointerException if an argument is null
   */
  public static RingConfiguration of(int rank, String... addresses) {
    return new RingConfiguration(
        rank,
        Arrays.stream(Call.notNull("RingConfiguration", "the array of addresses", addresses))
            .map(a -> List.of(Call.notNull("RingConfiguration", "an address", a)))
            .toList());
  }

  /** Returns the configuration that the environment holds, or null if it holds none. */
  static @Nullable RingConfiguration fromEnvironment(Map<String, String> environment) {
    String rank = environment.get("MLX_RANK");
    String hostfile = environment.get("MLX_HOSTFILE");
    if (rank == null || hostfile == null) {
      return null;
    }
    try {
      return new RingConfiguration(
          Integer.parseInt(rank.strip()), parse(hostfile, Files.readString(Path.of(hostfile))));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("[init] MLX_RANK is not a number: " + rank, e);
    } catch (IOException e) {
      throw new IllegalArgumentException("[init] MLX_HOSTFILE cannot be read: " + hostfile, e);
    }
  }

  /** Reads a list of lists of strings in JSON. */
  private static List<List<String>> parse(String file, String text) {
    List<List<String>> hosts = new ArrayList<>();
    try (Json json =
        new Json(
            text,
            at ->
                new IllegalArgumentException(
                    "[init] MLX_HOSTFILE %s is not of the form [[\"host:port\", …], …] with a list for each rank, see byte %d"
                        .formatted(file, at)))) {
      json.list(
          () -> {
            List<String> addresses = new ArrayList<>();
            json.list(() -> addresses.add(json.string()));
            hosts.add(addresses);
          });
      json.end();
    }
    return hosts;
  }

  /** Joins a ring of at least two members, and returns the number of the group. */
  int join(long limitInMilliseconds) {
    List<List<InetAddress>> resolved =
        hosts.stream().map(host -> host.stream().map(RingConfiguration::resolve).toList()).toList();
    int right = (rank + 1) % hosts.size();
    int[] ownPorts = hosts.get(rank).stream().mapToInt(RingConfiguration::port).toArray();
    int[] rightSockets = new int[2 * ownPorts.length];
    for (int i = 0; i < ownPorts.length; i++) {
      rightSockets[2 * i] = number(resolved.get(right).get(i));
      rightSockets[2 * i + 1] = port(hosts.get(right).get(i));
    }
    @Nullable Path file = null;
    try {
      file = Files.createTempFile("mlx4j", ".json");
      Files.writeString(file, json(resolved));
      return DistributedNative.init_group(
          Distributed.Backend.RING.bytes(),
          file.toString().getBytes(StandardCharsets.UTF_8),
          rank,
          ownPorts,
          rightSockets,
          limitInMilliseconds);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      delete(file);
    }
  }

  private String json(List<List<InetAddress>> resolved) {
    List<String> lists = new ArrayList<>();
    for (int i = 0; i < hosts.size(); i++) {
      List<String> addresses = new ArrayList<>();
      for (int k = 0; k < hosts.get(i).size(); k++) {
        addresses.add(
            "\"%s:%d\""
                .formatted(resolved.get(i).get(k).getHostAddress(), port(hosts.get(i).get(k))));
      }
      lists.add(addresses.stream().collect(Collectors.joining(",", "[", "]")));
    }
    return lists.stream().collect(Collectors.joining(",", "[", "]"));
  }

  private static void delete(@Nullable Path file) {
    try {
      if (file != null) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      file.toFile().deleteOnExit();
    }
  }

  private static int port(String address) {
    int colon = address.lastIndexOf(':');
    try {
      int port = Integer.parseInt(address.substring(colon + 1));
      if (colon > 0 && address.indexOf(':') == colon && port > 0 && port < 1 << 16) {
        return port;
      }
    } catch (NumberFormatException e) {
      // reported below
    }
    throw new IllegalArgumentException(
        "[RingConfiguration] address \"%s\" is not of the form host:port".formatted(address));
  }

  /** Returns the IPv4 address; MLX connects over no other protocol. */
  private static InetAddress resolve(String address) {
    String host = address.substring(0, address.lastIndexOf(':'));
    try {
      return Arrays.stream(InetAddress.getAllByName(host))
          .filter(a -> a instanceof Inet4Address)
          .findFirst()
          .orElseThrow(() -> new UnknownHostException("no IPv4 address"));
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(
          "[RingConfiguration] host \"%s\" has no IPv4 address".formatted(host), e);
    }
  }

  private static int number(InetAddress address) {
    int number = 0;
    for (byte b : address.getAddress()) {
      number = (number << 8) | (b & 0xff);
    }
    return number;
  }
}
