package org.mlx4j.internal;

/** Something native that one object owns, without being reachable from it. */
public interface Lease {
  /** Frees it. Ending twice is harmless; any thread may do so. */
  void end();

  /**
   * Whether it was freed.
   *
   * @return true after {@link #end}
   */
  boolean ended();
}
