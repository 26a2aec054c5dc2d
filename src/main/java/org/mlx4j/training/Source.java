package org.mlx4j.training;

import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Where the batches of an epoch come from. */
sealed interface Source<B> permits Rows, Streamed {
  /** What the batches of a training depend on, besides the source. */
  record Options(@Nullable Long seed, boolean fullBatches) {}

  /** Throws an exception if this source cannot serve the options. */
  void check(Options options);

  /** The number of batches in an epoch, if it is known. */
  OptionalInt count(Options options);

  /** Describes which rows are in which batch. */
  String order(Options options);

  /**
   * Starts an epoch.
   *
   * @param epoch its number, from 0
   * @param skipped how many of its batches to leave out
   */
  Batches<B> open(Options options, int epoch, int skipped);

  /** The batches of an epoch, one after the other. */
  interface Batches<B> extends AutoCloseable {
    /** Returns the next batch, or null after the last one. */
    @Nullable B next();

    /** The weight of the batch that was returned last. */
    long rows();

    @Override
    void close();
  }
}
