package org.mlx4j.training;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/**
 * A listener that writes a file of comma-separated values with a line for each epoch, as {@link
 * History#csv} formats it.
 *
 * <pre>{@code
 * Path log = Path.of("log.csv");
 * Fit.of((MlxArray w, MlxArray batch) -> new WithAux<>(batch.matmul(w).sum(), w))
 *     .batches(x, 4)
 *     .epochs(2)
 *     .listener(CsvLog.of(log))
 *     .run(w);
 * History.ofCsv(Files.readString(log)).epochs().size();    // 2
 * }</pre>
 *
 * <p>A line is appended as soon as its epoch has ended. A training that starts replaces the file,
 * and one that is resumed first writes the epochs before the break, so the file never has an epoch
 * twice. If the file cannot be written, the training ends with an {@link UncheckedIOException}.
 */
public final class CsvLog implements FitListener {
  private final Path file;

  private CsvLog(Path file) {
    this.file = file;
  }

  /**
   * Returns a log.
   *
   * @param file the file, in an existing folder
   * @return the listener
   * @throws NullPointerException if {@code file} is null
   */
  public static CsvLog of(Path file) {
    return new CsvLog(Objects.requireNonNull(file, "[CsvLog] the file is null"));
  }

  @Override
  public void started(FitProgress progress) {
    Objects.requireNonNull(progress, "[CsvLog] the progress is null");
    rewrite(progress.history());
  }

  @Override
  public void epochEnded(FitProgress progress) {
    Objects.requireNonNull(progress, "[CsvLog] the progress is null");
    History history = progress.history();
    if (history.epochs().size() == 1) { // only now the columns are known
      rewrite(history);
      return;
    }
    boolean interrupted = Thread.interrupted();
    try {
      Files.writeString(file, History.line(history.last()), StandardOpenOption.APPEND);
    } catch (ClosedByInterruptException e) { // it may be half a line
      rewrite(history);
    } catch (IOException e) {
      throw failure(e);
    } finally {
      restore(interrupted);
    }
  }

  /** Writes all epochs. A file closes when its thread is interrupted, so the mark is kept aside. */
  private void rewrite(History history) {
    boolean interrupted = false;
    try {
      while (true) {
        interrupted |= Thread.interrupted();
        try {
          Files.writeString(file, history.csv());
          return;
        } catch (ClosedByInterruptException e) {
          interrupted = true;
        }
      }
    } catch (IOException e) {
      throw failure(e);
    } finally {
      restore(interrupted);
    }
  }

  private static void restore(boolean interrupted) {
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private UncheckedIOException failure(IOException e) {
    return new UncheckedIOException("[CsvLog] the file " + file + " cannot be written", e);
  }
}
