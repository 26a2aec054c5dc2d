package org.mlx4j.examples.service;

import org.mlx4j.Memory;

/** The number of arrays that are alive. */
final class LiveArrays {
  private LiveArrays() {}

  /** Returns it once the garbage of earlier tests has been collected. */
  static long settled() throws InterruptedException {
    long last = collected();
    for (int same = 0; same < 5; ) { // the cleaner's thread may come late
      long now = collected();
      same = now == last ? same + 1 : 0;
      last = now;
    }
    return last;
  }

  private static long collected() throws InterruptedException {
    System.gc();
    Thread.sleep(10);
    return Memory.stats().arrays();
  }
}
