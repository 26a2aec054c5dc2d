import java.util.Arrays;
import java.util.stream.IntStream;

/** Peers that do the same work in turn, so that what disturbs the machine disturbs all of them. */
final class Rounds {
  private static final long WARM_UP_NANOSECONDS = 3_000_000_000L; // the JVM compiles meanwhile
  private static final int ROUNDS = 9;
  private static final long PAUSE_MILLISECONDS = 100;

  /** One that does the work. */
  interface Peer {
    void repeat(int times);

    /** Returns a number that the work has led to, which must be the same for all peers. */
    double check();
  }

  private Rounds() {}

  /** Returns the median, for each peer, of the milliseconds that the work takes once. */
  static double[] medians(int times, Peer... peers) {
    long begin = System.nanoTime();
    do {
      round(times, peers);
    } while (System.nanoTime() - begin < WARM_UP_NANOSECONDS);
    double[][] rounds = new double[ROUNDS][];
    Arrays.setAll(rounds, i -> round(times, peers));
    return IntStream.range(0, peers.length)
        .mapToDouble(peer -> median(Arrays.stream(rounds).mapToDouble(r -> r[peer]).toArray()))
        .toArray();
  }

  private static double[] round(int times, Peer... peers) {
    double[] milliseconds = new double[peers.length];
    double[] checks = new double[peers.length];
    for (int i = 0; i < peers.length; i++) {
      letOthersSettle();
      peers[i].repeat(1); // what the others left in the cache is replaced before the time counts
      long start = System.nanoTime();
      peers[i].repeat(times);
      milliseconds[i] = (System.nanoTime() - start) / 1e6 / times;
      checks[i] = peers[i].check();
    }
    requireSame(checks);
    return milliseconds;
  }

  /** Waits for the other peers' threads, which look for more work for a while before they sleep. */
  private static void letOthersSettle() {
    try {
      Thread.sleep(PAUSE_MILLISECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted between two turns", e);
    }
  }

  private static void requireSame(double[] checks) {
    for (double check : checks) {
      if (!(Math.abs(check - checks[0]) <= 1e-3 * Math.max(1, Math.abs(checks[0])))) {
        throw new IllegalStateException(
            "the peers do not compute the same: " + Arrays.toString(checks));
      }
    }
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }
}
