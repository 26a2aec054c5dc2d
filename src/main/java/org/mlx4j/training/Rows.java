package org.mlx4j.training;

import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.mlx4j.DType;
import org.mlx4j.Index;
import org.mlx4j.MlxArray;
import org.mlx4j.MlxRandom;
import org.mlx4j.Scope;
import org.mlx4j.internal.tree.Flattening;
import org.mlx4j.internal.tree.Structure;
import org.mlx4j.tree.Trees;

/** Batches of rows of arrays. */
final class Rows<B> implements Source<B> {
  /** All rows in their order. */
  static final Options IN_ORDER = new Options(null, false);

  private final B data;
  private final int size;
  private final int length;

  Rows(B data, int size) {
    this.data = data;
    this.size = size;
    this.length = length(data);
  }

  private static int length(Object data) {
    Flattening parts = Training.openArrays("the data", data);
    MlxArray[] arrays = parts.leaves();
    Structure structure = parts.structure();
    if (arrays.length == 0) {
      throw new IllegalArgumentException("[fit] the data hold no array");
    }
    for (int i = 0; i < arrays.length; i++) {
      if (arrays[i].ndim() == 0) {
        throw new IllegalArgumentException(
            structure.complaint(i, "the array is a scalar, but data need rows"));
      }
      if (arrays[i].dim(0) != arrays[0].dim(0)) {
        throw new IllegalArgumentException(
            structure.complaint(
                i,
                "all arrays of the data must have the same number of rows, got %s here and %s in the first one"
                    .formatted(arrays[i].dim(0), arrays[0].dim(0))));
      }
    }
    if (arrays[0].dim(0) == 0) {
      throw new IllegalArgumentException("[fit] the data have no rows; at least one is needed");
    }
    return arrays[0].dim(0);
  }

  @Override
  public void check(Options options) {
    Training.openArrays("the data", data); // they may have been closed since
    if (options.fullBatches() && size > length) {
      throw new IllegalArgumentException(
          "[fit] there is no full batch: the data have %s rows, a batch has %s"
              .formatted(length, size));
    }
  }

  @Override
  public OptionalInt count(Options options) {
    return OptionalInt.of(length / size + (length % size == 0 || options.fullBatches() ? 0 : 1));
  }

  @Override
  public String order(Options options) {
    return "%s batches of %s of %s rows, %s"
        .formatted(
            options.fullBatches() ? "the full" : "all",
            size,
            length,
            options.seed() == null ? "in order" : "shuffled with the seed " + options.seed());
  }

  @Override
  public Batches<B> open(Options options, int epoch, int skipped) {
    MlxArray order = options.seed() == null ? null : order(options.seed(), epoch);
    int end = options.fullBatches() ? length / size * size : length;
    return new Batches<>() {
      private long first = (long) skipped * size;
      private long rows;

      @Override
      public @Nullable B next() {
        if (first >= end) {
          return null;
        }
        long last = Math.min(first + size, end);
        Index part = Index.slice((int) first, (int) last);
        rows = last - first;
        first = last;
        if (order == null) {
          return Trees.map(data, x -> x.get(part));
        }
        MlxArray chosen = order.get(part);
        return Trees.map(data, x -> x.take(chosen, 0));
      }

      @Override
      public long rows() {
        return rows;
      }

      @Override
      public void close() {
        if (order != null) {
          order.close();
        }
      }
    };
  }

  /**
   * The order of an epoch. Its key is one for the seed, to which the number of the epoch is added:
   * so an order can be computed without those before it, and two seeds have no orders in common.
   */
  private MlxArray order(long seed, int epoch) {
    return Scope.run(
        () -> {
          MlxArray key = MlxRandom.split(MlxRandom.key(seed))[0];
          MlxArray ofEpoch = key.add(MlxArray.of(0, epoch).astype(DType.UINT32));
          MlxArray order = MlxRandom.permutation(length, ofEpoch);
          order.eval();
          return order;
        });
  }

  /** The number of rows of a batch of any origin: that of its first array; else 1. */
  static long of(Object batch) {
    MlxArray[] arrays = Training.openArrays("the batch", batch).leaves();
    return arrays.length == 0 || arrays[0].ndim() == 0 ? 1 : arrays[0].dim(0);
  }
}
