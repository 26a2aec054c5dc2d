package org.mlx4j.internal;

/** A native resource that belongs to one object, from which it is not reachable. */
public interface Lease {
  /** Frees the resource. Ending twice is a no-op; any thread may call this. */
  void end();

  /**
   * Tells whether the resource has been freed.
   *
   * @return true after {@link #end}
   */
  boolean ended();
}
