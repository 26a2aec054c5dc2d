package org.mlx4j;

import static org.mlx4j.Call.creation;
import static org.mlx4j.Call.notNull;
import static org.mlx4j.Call.unary;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.mlx4j.internal.DistributedNative;

/**
 * Communicates with the other processes of a group, in which each process has a rank. Mirrors
 * {@code mlx.core.distributed}.
 *
 * <pre>{@code
 * int rank = 0; // and 1 in the other process
 * RingConfiguration ring = RingConfiguration.of(rank, "10.0.0.1:5000", "10.0.0.2:5000");
 * Distributed.Group group = Distributed.init(ring);
 * MlxArray gradient = Ops.ones(3);
 * MlxArray mean = Distributed.allSum(gradient, group).divide(group.size());
 * }</pre>
 *
 * <p>As everywhere in MLX, nothing happens until a result is evaluated. All ranks must then
 * evaluate the same operations of the group in the same order, so only one thread of a process
 * should use a group at a time. Before the ranks exchange data they compare operation, shape and
 * dtype; if these differ, evaluation throws {@code IllegalArgumentException}.
 *
 * <p>The thread that evaluates waits for the other ranks, while threads that do not need the result
 * continue. Communication is complete when the evaluation returns, even with {@link Ops#asyncEval}.
 * Evaluation throws {@link MlxException} when a process of the group has ended, or does not answer
 * within {@linkplain #setTimeout the timeout}. The group is then unusable in all of its processes.
 *
 * <p>Operations throw {@link NullPointerException} for a null array, {@link IllegalStateException}
 * for a closed one, and return the array itself in a group of one. A null group stands for the
 * global group, as {@link #init()} returns it.
 *
 * <p>Ranks trust each other, and the connections of MLX's backends are neither authenticated nor
 * encrypted. Use them only in a private network.
 */
public final class Distributed {
  private static final Map<Backend, Group> GROUPS = new EnumMap<>(Backend.class);
  private static final Group ALONE = new Group(0, 0, 1);
  private static long limit = Duration.ofMinutes(5).toMillis();

  private Distributed() {}

  /** A means of communication. */
  public enum Backend {
    /** The first of the other backends that can be initialized. */
    ANY,
    /** The Message Passing Interface, if {@code libmpi} is installed. */
    MPI,
    /** MLX's own backend, over TCP sockets between neighbors in a ring. */
    RING,
    /** NVIDIA's backend, in builds of MLX for CUDA. */
    NCCL,
    /** MLX's own backend over Thunderbolt, on macOS. */
    JACCL;

    byte[] bytes() {
      return name().toLowerCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII);
    }
  }

  /**
   * A group of processes that communicate. It exists until the process ends. Mirrors {@code
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
     * Returns the rank of this process in the group.
     *
     * @return a number from 0 to {@code size() - 1}
     */
    public int rank() {
      return rank;
    }

    /**
     * Returns the number of processes in the group.
     *
     * @return at least 1
     */
    public int size() {
      return size;
    }

    /** Equivalent to {@link #split(int, int) split(color, -1)}. */
    public Group split(int color) {
      return split(color, -1);
    }

    /**
     * Splits the group: processes with the same color form a new group. All processes of the group
     * must call this method. Mirrors {@code mlx.core.distributed.Group.split}.
     *
     * @param color the color of this process
     * @param key the position of this process in the new group, whose ranks are in ascending order
     *     of the keys; if negative, the rank in this group is the key
     * @return the new group
     * @throws IllegalArgumentException if this is a group of one
     * @throws MlxException if the backend cannot split groups; MLX's ring cannot
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

  /** Equivalent to {@link #isAvailable(Backend) isAvailable(Backend.ANY)}. */
  public static boolean isAvailable() {
    return isAvailable(Backend.ANY);
  }

  /**
   * Tells whether MLX has a backend on this machine. Mirrors {@code
   * mlx.core.distributed.is_available}.
   *
   * @param backend the backend
   * @return true if MLX has it, whether a group is configured or not
   * @throws NullPointerException if {@code backend} is null
   */
  public static boolean isAvailable(Backend backend) {
    notNull("isAvailable", "the backend", backend);
    return DistributedNative.is_backend_available(backend.bytes());
  }

  /** Equivalent to {@link #init(boolean, Backend) init(false, Backend.ANY)}. */
  public static Group init() {
    return init(false);
  }

  /** Equivalent to {@link #init(boolean, Backend) init(strict, Backend.ANY)}. */
  public static Group init(boolean strict) {
    return init(strict, Backend.ANY);
  }

  /**
   * Joins the group that is configured for a backend, and waits until the group is complete.
   * Further calls return the same group. Mirrors {@code mlx.core.distributed.init}.
   *
   * <p>A ring is configured by the environment variables {@code MLX_RANK} and {@code MLX_HOSTFILE},
   * which {@code mlx.launch} sets, or by {@link #init(RingConfiguration)}. MPI is configured by
   * {@code mpirun}.
   *
   * @param strict whether to throw an exception if no group is configured, instead of returning a
   *     group of one
   * @param backend the backend
   * @return the group
   * @throws IllegalArgumentException if the environment variables do not describe a ring
   * @throws MlxException if a group is configured but cannot be joined within {@linkplain
   *     #setTimeout the timeout}, or if {@code strict} and no group is configured
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
   * Joins a ring, and waits until it is complete. The ring becomes the global group of {@link
   * Backend#RING} and, if there is none yet, that of {@link Backend#ANY}. A process can join only
   * one ring.
   *
   * @param configuration the members of the ring
   * @return the group
   * @throws IllegalArgumentException if a host is unknown
   * @throws IllegalStateException if this process is already in a ring
   * @throws MlxException if the ring is not complete within {@linkplain #setTimeout the timeout}
   * @throws NullPointerException if {@code configuration} is null
   */
  public static Group init(RingConfiguration configuration) {
    notNull("init", "the configuration", configuration);
    synchronized (GROUPS) {
      if (GROUPS.containsKey(Backend.RING)) {
        throw new IllegalStateException("[init] this process is already in a ring");
      }
      return register(Backend.RING, ring(true, configuration));
    }
  }

  /**
   * Sets how long {@link #init} and each communication may wait for other processes. The default is
   * 5 minutes. The timeout must exceed the longest time by which one rank may be behind another.
   *
   * @param timeout at least one millisecond
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

  /** Tries the backends in the order of MLX, which prefers NCCL on machines with GPUs. */
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

  private static Group ring(boolean strict, @Nullable RingConfiguration configuration) {
    if (configuration == null) {
      if (strict) {
        throw new MlxException(
            "[init] the ring needs the environment variables MLX_RANK and MLX_HOSTFILE, or a"
                + " RingConfiguration");
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

  /** Equivalent to {@link #allSum(MlxArray, Group) allSum(x, null)}, for the global group. */
  public static MlxArray allSum(MlxArray x) {
    return allSum(x, null);
  }

  /**
   * Computes the sum of the arrays of all ranks. As in MLX, the gradient is the cotangent of this
   * rank. Mirrors {@code mlx.core.distributed.all_sum}.
   *
   * @param x the array of this rank; all ranks must have the same shape and dtype
   * @param group the group, or null for the global group
   * @return the sum, of the shape and dtype of {@code x}, the same on all ranks
   */
  public static MlxArray allSum(MlxArray x, @Nullable Group group) {
    int g = number(group);
    return unary("allSum", (a, s) -> DistributedNative.all_sum(a, g, s), x);
  }

  /** Equivalent to {@link #allMax(MlxArray, Group) allMax(x, null)}, for the global group. */
  public static MlxArray allMax(MlxArray x) {
    return allMax(x, null);
  }

  /**
   * Computes the element-wise maximum of the arrays of all ranks. Mirrors {@code
   * mlx.core.distributed.all_max}.
   *
   * @param x the array of this rank; all ranks must have the same shape and dtype
   * @param group the group, or null for the global group
   * @return the maximum, of the shape and dtype of {@code x}, the same on all ranks
   */
  public static MlxArray allMax(MlxArray x, @Nullable Group group) {
    int g = number(group);
    return unary("allMax", (a, s) -> DistributedNative.all_max(a, g, s), x);
  }

  /** Equivalent to {@link #allMin(MlxArray, Group) allMin(x, null)}, for the global group. */
  public static MlxArray allMin(MlxArray x) {
    return allMin(x, null);
  }

  /**
   * Computes the element-wise minimum of the arrays of all ranks. Mirrors {@code
   * mlx.core.distributed.all_min}.
   *
   * @param x the array of this rank; all ranks must have the same shape and dtype
   * @param group the group, or null for the global group
   * @return the minimum, of the shape and dtype of {@code x}, the same on all ranks
   */
  public static MlxArray allMin(MlxArray x, @Nullable Group group) {
    int g = number(group);
    return unary("allMin", (a, s) -> DistributedNative.all_min(a, g, s), x);
  }

  /** Equivalent to {@link #allGather(MlxArray, Group) allGather(x, null)}, for the global group. */
  public static MlxArray allGather(MlxArray x) {
    return allGather(x, null);
  }

  /**
   * Concatenates the arrays of all ranks along the first axis. Mirrors {@code
   * mlx.core.distributed.all_gather}.
   *
   * @param x the array of this rank, of shape {@code (n, …)}; all ranks must have the same shape
   *     and dtype. A scalar counts as a vector of one element
   * @param group the group, or null for the global group
   * @return the arrays in the order of their ranks, of shape {@code (size * n, …)}, the same on all
   *     ranks
   * @throws IllegalArgumentException if the first axis would exceed 2^31 - 1
   */
  public static MlxArray allGather(MlxArray x, @Nullable Group group) {
    int g = number(group);
    return unary("allGather", (a, s) -> DistributedNative.all_gather(a, g, s), x);
  }

  /** Equivalent to {@link #send(MlxArray, int, Group) send(x, dst, null)}, for the global group. */
  public static MlxArray send(MlxArray x, int dst) {
    return send(x, dst, null);
  }

  /**
   * Sends an array to another rank, which calls {@link #recv}. Mirrors {@code
   * mlx.core.distributed.send}.
   *
   * @param x the array to send when the result is evaluated
   * @param dst the rank that receives it; in a ring, a neighbor
   * @param group the group, or null for the global group
   * @return an array with the values of {@code x}
   * @throws IllegalArgumentException if {@code dst} is not another rank of the group, or is not a
   *     neighbor in a ring
   */
  public static MlxArray send(MlxArray x, int dst, @Nullable Group group) {
    int g = number(group);
    return unary("send", (a, s) -> DistributedNative.send(a, dst, g, s), x);
  }

  /**
   * Equivalent to {@link #recv(int[], DType, int, Group) recv(shape, dtype, src, null)}, for the
   * global group.
   */
  public static MlxArray recv(int[] shape, DType dtype, int src) {
    return recv(shape, dtype, src, null);
  }

  /**
   * Receives an array from another rank, which calls {@link #send}. Mirrors {@code
   * mlx.core.distributed.recv}.
   *
   * @param shape the shape of the array; if another shape is sent, evaluation throws {@code
   *     IllegalArgumentException} and the array is lost
   * @param dtype the dtype of the array; likewise
   * @param src the rank that sends it; in a ring, a neighbor
   * @param group the group, or null for the global group
   * @return the array, received when it is evaluated
   * @throws IllegalArgumentException if the shape is invalid, or {@code src} is not another rank of
   *     the group, or is not a neighbor in a ring
   */
  public static MlxArray recv(int[] shape, DType dtype, int src, @Nullable Group group) {
    int g = number(group);
    int[] checked = Sizes.require("recv", shape, dtype);
    return creation("recv", s -> DistributedNative.recv(checked, dtype.code(), src, g, s));
  }

  /**
   * Equivalent to {@link #recvLike(MlxArray, int, Group) recvLike(x, src, null)}, for the global
   * group.
   */
  public static MlxArray recvLike(MlxArray x, int src) {
    return recvLike(x, src, null);
  }

  /**
   * Receives an array with the shape and dtype of another one. Mirrors {@code
   * mlx.core.distributed.recv_like}.
   *
   * @param x an array with the shape and dtype to receive
   * @param src the rank that sends it; in a ring, a neighbor
   * @param group the group, or null for the global group
   * @return the array, received when it is evaluated
   * @throws IllegalArgumentException if {@code src} is not another rank of the group, or is not a
   *     neighbor in a ring
   */
  public static MlxArray recvLike(MlxArray x, int src, @Nullable Group group) {
    notNull("recvLike", "the array", x);
    return Call.as("recvLike", () -> recv(x.shape(), x.dtype(), src, group));
  }

  /**
   * Equivalent to {@link #sumScatter(MlxArray, Group) sumScatter(x, null)}, for the global group.
   */
  public static MlxArray sumScatter(MlxArray x) {
    return sumScatter(x, null);
  }

  /**
   * Computes the sum of the arrays of all ranks, and returns this rank's part of it along the first
   * axis. Where MLX's backend has no such operation, each rank computes the whole sum. Mirrors
   * {@code mlx.core.distributed.sum_scatter}.
   *
   * @param x the array of this rank, of shape {@code (n, …)}; all ranks must have the same shape
   *     and dtype
   * @param group the group, or null for the global group
   * @return the part of this rank, of shape {@code (n / size, …)}
   * @throws IllegalArgumentException if the size of the group does not divide {@code n}
   */
  public static MlxArray sumScatter(MlxArray x, @Nullable Group group) {
    int g = number(group);
    return unary("sumScatter", (a, s) -> DistributedNative.sum_scatter(a, g, s), x);
  }

  private static int number(@Nullable Group group) {
    return (group == null ? init() : group).number;
  }
}
