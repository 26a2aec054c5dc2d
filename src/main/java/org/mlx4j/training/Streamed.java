package org.mlx4j.training;

import java.util.Collection;
import java.util.Iterator;
import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.mlx4j.Scope;

/** Batches that the caller makes. */
record Streamed<B>(Iterable<? extends B> batches) implements Source<B> {
  @Override
  public void check(Options options) {
    if (options.seed() != null) {
      throw new IllegalArgumentException(
          "[fit] the batches of a source cannot be shuffled: leave out shuffle, or shuffle them in"
              + " the source");
    }
    if (options.fullBatches()) {
      throw new IllegalArgumentException(
          "[fit] the batches of a source are used as they are: leave out fullBatches");
    }
  }

  @Override
  public OptionalInt count(Options options) {
    return batches instanceof Collection<?> all ? OptionalInt.of(all.size()) : OptionalInt.empty();
  }

  @Override
  public String order(Options options) {
    return "the batches of a source";
  }

  @Override
  public Batches<B> open(Options options, int epoch, int skipped) {
    Iterator<? extends B> iterator =
        Objects.requireNonNull(batches.iterator(), "[fit] the source returned no iterator");
    Batches<B> opened = new Opened<>(iterator);
    try {
      for (int i = 0; i < skipped; i++) {
        Scope.run((Runnable) opened::next);
      }
    } catch (Throwable e) {
      opened.close();
      throw e;
    }
    return opened;
  }

  private static final class Opened<B> implements Batches<B> {
    private final Iterator<? extends B> iterator;
    private long rows;

    Opened(Iterator<? extends B> iterator) {
      this.iterator = iterator;
    }

    @Override
    public @Nullable B next() {
      if (!iterator.hasNext()) {
        return null;
      }
      B batch =
          Objects.requireNonNull(iterator.next(), "[fit] the source returned a batch that is null");
      rows = Rows.of(batch);
      return batch;
    }

    @Override
    public long rows() {
      return rows;
    }

    @Override
    public void close() {
      if (iterator instanceof AutoCloseable closeable) {
        try {
          closeable.close();
        } catch (RuntimeException e) {
          throw e;
        } catch (Exception e) {
          throw new IllegalStateException("[fit] the source of batches cannot be closed", e);
        }
      }
    }
  }
}
