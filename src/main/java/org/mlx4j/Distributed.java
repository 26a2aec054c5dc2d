package org.mlx4j;

import static org.mlx4j.Call.creation;
import static org.mlx4j.Call.notNull;
import static org.mlx4j.Call.unary;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.mlx4j.internal.DistributedNative;

/**
 * Communication between the processes of a group, each of which has a rank. Mirrors {@code
 * mlx.core.distributed}.
 *
 * <pre>{@code
 * Group group = Distributed.init(RingConfiguration.of(rank, "10.0.0.1:5000", "10.0.0.2:5000"));
 * MlxArray mean = Distributed.allSum(gradient, group).divide(group.size());
 * }</pre>
 *
 * <p>As everywhere in MLX nothing happens until a result is evaluated. Then all ranks must evaluate
 * the same operations of the group in the same order, so within a process one thread at a time
 * should use a group. The ranks compare what they are about to do before they do it; where they
 * differ in operation, shape or dtype, the evaluation throws {@code IllegalArgumentException}.
 *
 * <p>The thread that evaluates waits for the others; threads that do not need the result go on. An
 * evaluation that communicates does so before it returns, also {@link Ops#asyncEval}. It throws
 * {@link MlxException} when a process of the group has ended or does not answer within {@link
 * #setTimeout the time limit}. After that the group is of no use any more, in any of its processes.
 *
 * <p>Ranks trust one another, and the connections of MLX's backends are neither authenticated nor
 * encrypted: use them in a network of your own.
 */
public final class Distributed {
  private static final Map<Backend, Group> GROUPS = new EnumMap<>(Backend.class);
  private static final Group ALONE = new Group(0, 0, 1);
  private static long limit = Duration.ofMinutes(5).toMillis();

  private Distributed() {}

  /** What carries the messages. */
  public enum Backend {
    /** The first of the others that can be initialized. */
    ANY,
    /** The Message Passing Interface, where {@code libmpi} is installed. */
    MPI,
    /** MLX's own, over TCP sockets between neighbours in a ring. */
    RING,
    /** NVIDIA's, in builds of MLX for CUDA. */
    NCCL,
    /** MLX's own over Thunderbolt, on macOS. */
    JACCL;

    byte[] bytes() {
      return name().toLowerCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII);
    }
  }

  /**
   * A group of processes that communicate. It lives as long as the process. Mirrors {@code
   * mlx.core.distributed.Group}.
   */
  public static final class Group {
    private final int number;
    private final int rank;
    private final int size;

    private Group(int number, int rank, int size) {
      this.number = number;
      this.rank = rank;
      this.size = size;
    }

    private static Group of(int number) {
      return new Group(
          number, DistributedNative.group_rank(number), DistributedNative.group_size(number));
    }

    /**
     * The place of this process in the group.
     *
     * @return from 0 to {@code size() - 1}
     */
    public int rank() {
      return rank;
    }

    /**
     * The number of processes in the group.
     *
     * @return at least 1
     */
    public int size() {
      return size;
    }

    /**
     * Splits the group; processes with the same color come into the same group, in the order of
     * their ranks here. All processes must call this. Mirrors {@code
     * mlx.core.distributed.Group.split}.
     *
     * @param color which group to come into
     * @return the new group
     * @throws IllegalArgumentException if this is a group of one
     * @throws MlxException if the backend cannot do it; MLX's ring cannot
     */
    public Group split(int color) {
      return split(color, -1);
    }

    /**
     * Splits the group; processes with the same color come into the same group. All processes must
     * call this. Mirrors {@code mlx.core.distributed.Group.split}.
     *
     * @param color which group to come into
     * @param key decides the rank in the new group, the smaller the lower; negative for the rank
     *     here
     * @return the new group
     * @throws IllegalArgumentException if this is a group of one
     * @throws MlxException if the backend cannot do it; MLX's ring cannot
     */
    public Group split(int color, int key) {
      return of(DistributedNative.split_group(number, color, key));
    }

    @Override
    public String toString() {
      return "Group(rank=" + rank + ", size=" + size + ")";
    }
  }

  // ---- groups -----------------------------------------------------------------------------------

  /**
   * Says whether MLX has any backend. Mirrors {@code mlx.core.distributed.is_available}.
   *
   * @return whether there is one; that does not mean that a group is configured
   */
  public static boolean isAvailable() {
    return isAvailable(Backend.ANY);
  }

  /**
   * Says whether MLX has a backend. Mirrors {@code mlx.core.distributed.is_available}.
   *
   * @param backend the backend
   * @return whether it is there; that does not mean that a group is configured
   * @throws NullPointerException if {@code backend} is null
   */
  public static boolean isAvailable(Backend backend) {
    notNull("isAvailable", "the backend", backend);
    return DistributedNative.is_backend_available(backend.bytes());
  }

  /**
   * The global group of any backend, as {@link #init(boolean, Backend)} with {@code false} and
   * {@code ANY}. Mirrors {@code mlx.core.distributed.init}.
   *
   * @return the group; a group of one where none is configured
   */
  public static Group init() {
    return init(false);
  }

  /**
   * The global group of any backend, as {@link #init(boolean, Backend)} with {@code ANY}. Mirrors
   * {@code mlx.core.distributed.init}.
   *
   * @param strict whether it is an error if none is configured
   * @return the group
   * @throws MlxException if a group is configured and cannot be joined, or none is and {@code
   *     strict}
   */
  public static Group init(boolean strict) {
    return init(strict, Backend.ANY);
  }

  /**
   * Joins the group that is configured for a backend, and waits until it is complete. Later calls
   * return the same group. Mirrors {@code mlx.core.distributed.init}.
   *
   * <p>The ring is configured by the environment variables {@code MLX_RANK} and {@code
   * MLX_HOSTFILE}, as {@code mlx.launch} sets them, or by {@link #init(RingConfiguration)}. MPI is
   * by {@code mpirun}.
   *
   * @param strict whether it is an error if none is configured, rather than a group of one
   * @param backend the backend
   * @return the group
   * @throws IllegalArgumentException if the environment variables do not describe a ring
   * @throws MlxException if a group is configured and cannot be joined within {@link #setTimeout
   *     the time limit}, or none is and {@code strict}
   * @throws NullPointerException if {@code backend} is null
   */
  public static Group init(boolean strict, Backend backend) {
    notNull("init", "the backend", backend);
    synchronized (GROUPS) {
      Group known = GROUPS.get(backend);
      if (known != null) {
        return known;
      }
      Group joined =
          switch (backend) {
            case ANY -> any(strict);
            case RING -> ring(strict, RingConfiguration.fromEnvironment(System.getenv()));
            case MPI, NCCL, JACCL -> other(strict, backend);
          };
      return joined == ALONE ? joined : register(backend, joined);
    }
  }

  /**
   * Joins a ring, and waits until it is complete. It becomes the global group of {@link
   * Backend#RING} and, unless there is one, of {@link Backend#ANY}. A process can join one ring.
   *
   * @param configuration who belongs to the ring
   * @return the group
   * @throws IllegalArgumentException if a host is unknown
   * @throws IllegalStateException if this process is in a ring already
   * @throws MlxException if the ring is not complete within {@link #setTimeout the time limit}
   * @throws NullPointerException if {@code configuration} is null
   */
  public static Group init(RingConfiguration configuration) {
    notNull("init", "the configuration", configuration);
    synchronized (GROUPS) {
      if (GROUPS.containsKey(Backend.RING)) {
        throw new IllegalStateException("[init] this process is in a ring already");
      }
      return register(Backend.RING, ring(true, configuration));
    }
  }

  /**
   * Limits how long {@link #init} and each communication may wait for other processes; 5 minutes
   * unless this is called. Choose it longer than the longest time that one rank may come later than
   * another.
   *
   * @param timeout at least a millisecond
   * @throws IllegalArgumentException if it is shorter
   * @throws NullPointerException if it is null
   */
  public static void setTimeout(Duration timeout) {
    Duration given = notNull("setTimeout", "the timeout", timeout);
    if (given.compareTo(Duration.ofMillis(1)) < 0) {
      throw new IllegalArgumentException(
          "[setTimeout] the timeout is " + given + "; it must be at least a millisecond");
    }
    Duration longest = Duration.ofDays(365);
    long millis = (given.compareTo(longest) > 0 ? longest : given).toMillis();
    synchronized (GROUPS) {
      limit = millis;
      DistributedNative.set_time_limit(millis);
    }
  }

  private static Group register(Backend backend, Group group) {
    GROUPS.put(backend, group);
    GROUPS.putIfAbsent(Backend.ANY, group);
    return group;
  }

  /** As MLX, which tries NCCL first where there are GPUs for it. */
  private static Group any(boolean strict) {
    for (Backend backend : new Backend[] {Backend.NCCL, Backend.RING, Backend.MPI, Backend.JACCL}) {
      Group joined = init(false, backend);
      if (joined != ALONE) {
        return joined;
      }
    }
    if (strict) {
      throw new MlxException("[init] no backend is configured; see Distributed.init");
    }
    return ALONE;
  }

  private static Group ring(boolean strict, RingConfiguration configuration) {
    if (configuration == null) {
      if (strict) {
        throw new MlxException(
            "[init] the ring needs the environment variables MLX_RANK and MLX_HOSTFILE, or a RingConfiguration");
      }
      return ALONE;
    }
    return configuration.hosts().size() == 1
        ? new Group(0, 0, 1)
        : Group.of(configuration.join(limit));
  }

  private static Group other(boolean strict, Backend backend) {
    if (!isAvailable(backend)) {
      if (strict) {
        throw new MlxException("[init] backend " + backend + " is not available");
      }
      return ALONE;
    }
    try {
      return Group.of(DistributedNative.init_group(backend.bytes(), null, 0, null, null, limit));
    } catch (MlxException e) {
      if (strict) {
        throw e;
      }
      return ALONE;
    }
  }

  // ---- communication ----------------------------------------------------------------------------

  /**
   * The sum of the arrays of all ranks of the global group. Mirrors {@code
   * mlx.core.distributed.all_sum}.
   *
   * @param x this rank's array, of the same shape and dtype as the others'
   * @return the sum, the same on all ranks; {@code x} in a group of one
   * @throws IllegalStateException if the array is closed
   */
  public static MlxArray allSum(MlxArray x) {
    return allSum(x, null);
  }

  /**
   * The sum of the arrays of all ranks. Mirrors {@code mlx.core.distributed.all_sum}.
   *
   * <p>Its gradient is the cotangent of this rank, as in MLX.
   *
   * @param x this rank's array, of the same shape and dtype as the others'
   * @param group the group, or null for the global one
   * @return the sum, the same on all ranks; {@code x} in a group of one
   * @throws IllegalStateException if the array is closed
   */
  public static MlxArray allSum(MlxArray x, Group group) {
    int g = number(group);
    return unary("allSum", (a, s) -> DistributedNative.all_sum(a, g, s), x);
  }

  /**
   * The element-wise maximum of the arrays of all ranks of the global group. Mirrors {@code
   * mlx.core.distributed.all_max}.
   *
   * @param x this rank's array, of the same shape and dtype as the others'
   * @return the maximum, the same on all ranks; {@code x} in a group of one
   * @throws IllegalStateException if the array is closed
   */
  public static MlxArray allMax(MlxArray x) {
    return allMax(x, null);
  }

  /**
   * The element-wise maximum of the arrays of all ranks. Mirrors {@code
   * mlx.core.distributed.all_max}.
   *
   * @param x this rank's array, of the same shape and dtype as the others'
   * @param group the group, or null for the global one
   * @return the maximum, the same on all ranks; {@code x} in a group of one
   * @throws IllegalStateException if the array is closed
   */
  public static MlxArray allMax(MlxArray x, Group group) {
    int g = number(group);
    return unary("allMax", (a, s) -> DistributedNative.all_max(a, g, s), x);
  }

  /**
   * The element-wise minimum of the arrays of all ranks of the global group. Mirrors {@code
   * mlx.core.distributed.all_min}.
   *
   * @param x this rank's array, of the same shape and dtype as the others'
   * @return the minimum, the same on all ranks; {@code x} in a group of one
   * @throws IllegalStateException if the array is closed
   */
  public static MlxArray allMin(MlxArray x) {
    return allMin(x, null);
  }

  /**
   * The element-wise minimum of the arrays of all ranks. Mirrors {@code
   * mlx.core.distributed.all_min}.
   *
   * @param x this rank's array, of the same shape and dtype as the others'
   * @param group the group, or null for the global one
   * @return the minimum, the same on all ranks; {@code x} in a group of one
   * @throws IllegalStateException if the array is closed
   */
  public static MlxArray allMin(MlxArray x, Group group) {
    int g = number(group);
    return unary("allMin", (a, s) -> DistributedNative.all_min(a, g, s), x);
  }

  /**
   * The arrays of all ranks of the global group, one after the other along the first axis. Mirrors
   * {@code mlx.core.distributed.all_gather}.
   *
   * @param x this rank's array, of the same shape and dtype as the others'
   * @return the concatenation in the order of the ranks; {@code x} in a group of one
   * @throws IllegalStateException if the array is closed
   */
  public static MlxArray allGather(MlxArray x) {
    return allGather(x, null);
  }

  /**
   * The arrays of all ranks, one after the other along the first axis. Mirrors {@code
   * mlx.core.distributed.all_gather}.
   *
   * @param x this rank's array, of the same shape and dtype as the others'; a scalar counts as a
   *     vector of one element
   * @param group the group, or null for the global one
   * @return the concatenation in the order of the ranks; {@code x} in a group of one
   * @throws IllegalArgumentException if the first axis would be too large
   * @throws IllegalStateException if the array is closed
   */
  public static MlxArray allGather(MlxArray x, Group group) {
    int g = number(group);
    return unary("allGather", (a, s) -> DistributedNative.all_gather(a, g, s), x);
  }

  /**
   * Sends an array to another rank of the global group. Mirrors {@code mlx.core.distributed.send}.
   *
   * @param x the array
   * @param dst the rank that receives it
   * @return an array identical to {@code x}; sent when it is evaluated
   * @throws IllegalArgumentException as {@link #send(MlxArray, int, Group)}
   * @throws IllegalStateException if the array is closed
   */
  public static MlxArray send(MlxArray x, int dst) {
    return send(x, dst, null);
  }

  /**
   * Sends an array to another rank, which receives it by {@link #recv}. Mirrors {@code
   * mlx.core.distributed.send}.
   *
   * @param x the array
   * @param dst the rank that receives it; in a ring a neighbour
   * @param group the group, or null for the global one
   * @return an array identical to {@code x}; sent when it is evaluated
   * @throws IllegalArgumentException if {@code dst} is not another rank of the group, or in a ring
   *     not a neighbour
   * @throws IllegalStateException if the array is closed
   */
  public static MlxArray send(MlxArray x, int dst, Group group) {
    int g = number(group);
    return unary("send", (a, s) -> DistributedNative.send(a, dst, g, s), x);
  }

  /**
   * Receives an array from another rank of the global group. Mirrors {@code
   * mlx.core.distributed.recv}.
   *
   * @param shape the shape of what is sent
   * @param dtype its dtype
   * @param src the rank that sends it
   * @return the array; received when it is evaluated
   * @throws IllegalArgumentException as {@link #recv(int[], DType, int, Group)}
   */
  public static MlxArray recv(int[] shape, DType dtype, int src) {
    return recv(shape, dtype, src, null);
  }

  /**
   * Receives an array from another rank, which sends it by {@link #send}. Mirrors {@code
   * mlx.core.distributed.recv}.
   *
   * @param shape the shape of what is sent; if it is another, the evaluation throws {@code
   *     IllegalArgumentException} and what was sent is lost
   * @param dtype its dtype, likewise
   * @param src the rank that sends it; in a ring a neighbour
   * @param group the group, or null for the global one
   * @return the array; received when it is evaluated
   * @throws IllegalArgumentException if the shape is not possible, or {@code src} is not another
   *     rank of the group, or in a ring not a neighbour
   */
  public static MlxArray recv(int[] shape, DType dtype, int src, Group group) {
    int g = number(group);
    int[] checked = Sizes.require("recv", shape, dtype);
    return creation("recv", s -> DistributedNative.recv(checked, dtype.code(), src, g, s));
  }

  /**
   * Receives an array like another from another rank of the global group. Mirrors {@code
   * mlx.core.distributed.recv_like}.
   *
   * @param x gives the shape and the dtype
   * @param src the rank that sends it
   * @return the array; received when it is evaluated
   * @throws IllegalArgumentException as {@link #recv(int[], DType, int, Group)}
   * @throws IllegalStateException if the array is closed
   */
  public static MlxArray recvLike(MlxArray x, int src) {
    return recvLike(x, src, null);
  }

  /**
   * Receives an array like another from another rank. Mirrors {@code
   * mlx.core.distributed.recv_like}.
   *
   * @param x gives the shape and the dtype
   * @param src the rank that sends it; in a ring a neighbour
   * @param group the group, or null for the global one
   * @return the array; received when it is evaluated
   * @throws IllegalArgumentException as {@link #recv(int[], DType, int, Group)}
   * @throws IllegalStateException if the array is closed
   */
  public static MlxArray recvLike(MlxArray x, int src, Group group) {
    notNull("recvLike", "the array", x);
    return Call.as("recvLike", () -> recv(x.shape(), x.dtype(), src, group));
  }

  /**
   * The sum of the arrays of all ranks of the global group, of which each rank gets its part along
   * the first axis. Mirrors {@code mlx.core.distributed.sum_scatter}.
   *
   * @param x this rank's array, of the same shape and dtype as the others'
   * @return this rank's part; {@code x} in a group of one
   * @throws IllegalArgumentException if the size of the group does not divide the first axis
   * @throws IllegalStateException if the array is closed
   */
  public static MlxArray sumScatter(MlxArray x) {
    return sumScatter(x, null);
  }

  /**
   * The sum of the arrays of all ranks, of which each rank gets its part along the first axis.
   * Mirrors {@code mlx.core.distributed.sum_scatter}; where MLX's backend cannot do it, the whole
   * sum is computed on each rank.
   *
   * @param x this rank's array, of the same shape and dtype as the others'
   * @param group the group, or null for the global one
   * @return this rank's part, of shape {@code (n / size, …)} for an array of shape {@code (n, …)};
   *     {@code x} in a group of one
   * @throws IllegalArgumentException if the size of the group does not divide the first axis
   * @throws IllegalStateException if the array is closed
   */
  public static MlxArray sumScatter(MlxArray x, Group group) {
    int g = number(group);
    return unary("sumScatter", (a, s) -> DistributedNative.sum_scatter(a, g, s), x);
  }

  private static int number(Group group) {
    return (group == null ? init() : group).number;
  }
}
