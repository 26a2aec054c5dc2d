import java.util.Arrays;

/** Peers that do the same work in turn, so that what disturbs the machine disturbs all of them. */
final class Rounds {
  private static final int WARM_UPS = 2;
  private static final int ROUNDS = 9;

  /** One that does the work. */
  interface Peer {
    void repeat(int times);

    /** Returns a number that the work has led to, which must be the same for all peers. */
    double check();
  }

  private Rounds() {}

  /** Returns the median, for each peer, of the milliseconds that the work takes once. */
  static double[] medians(int times, Peer... peers) {
    double[][] spans = new double[peers.length][ROUNDS];
    for (int round = -WARM_UPS; round < ROUNDS; round++) {
      double[] checks = new double[peers.length];
      for (int i = 0; i < peers.length; i++) {
        long start = System.nanoTime();
        peers[i].repeat(times);
        if (round >= 0) {
          spans[i][round] = (System.nanoTime() - start) / 1e6 / times;
        }
        checks[i] = peers[i].check();
      }
      requireSame(checks);
    }
    return Arrays.stream(spans).mapToDouble(Rounds::median).toArray();
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
