package org.mlx4j.progressbar;

import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.mlx4j.training.Epoch;
import org.mlx4j.training.FitListener;
import org.mlx4j.training.FitProgress;

/**
 * Shows the progress of a training as a bar on the console, with the loss and what was measured
 * after the last epoch.
 *
 * <pre>{@code
 * fit.listener(FitProgressBar.of()).run(start);
 * }</pre>
 *
 * <p>The length of the bar is the number of all steps, if the number of batches in an epoch is
 * known. A training that is resumed starts in the middle of the bar. An object serves any number of
 * trainings, one after the other.
 */
public final class FitProgressBar implements FitListener {
  private final ProgressBarBuilder builder;
  private ProgressBar bar;

  private FitProgressBar(ProgressBarBuilder builder) {
    this.builder = builder;
  }

  /**
   * Returns a progress bar with the name {@code Training}.
   *
   * @return the listener
   */
  public static FitProgressBar of() {
    return of(ProgressBar.builder().setTaskName("Training"));
  }

  /**
   * Returns a progress bar of any style and name, and for any output.
   *
   * @param builder makes the bar; its length and start are set for each training
   * @return the listener
   * @throws NullPointerException if {@code builder} is null
   */
  public static FitProgressBar of(ProgressBarBuilder builder) {
    return new FitProgressBar(
        Objects.requireNonNull(builder, "[FitProgressBar] the builder is null"));
  }

  @Override
  public void started(FitProgress progress) {
    if (bar != null) {
      throw new IllegalStateException(
          "[FitProgressBar] it shows another training; each needs its own while they run");
    }
    long batches = progress.batches().orElse(-1);
    bar =
        builder
            .setInitialMax(batches < 0 ? -1 : batches * progress.epochs())
            .startsFrom(progress.steps(), Duration.ZERO)
            .build();
  }

  @Override
  public void stepEnded(FitProgress progress) {
    bar.stepTo(progress.steps()).setExtraMessage(message(progress));
  }

  @Override
  public void epochEnded(FitProgress progress) {
    bar.setExtraMessage(message(progress));
  }

  private static String message(FitProgress progress) {
    StringBuilder text =
        new StringBuilder(
            "epoch %d/%d, loss %s"
                .formatted(progress.epoch(), progress.epochs(), shown(progress.loss())));
    if (!progress.history().epochs().isEmpty()) {
      Epoch last = progress.history().last();
      last.measurements()
          .forEach(
              (name, value) -> text.append(", ").append(name).append(' ').append(shown(value)));
    }
    return text.toString();
  }

  private static String shown(double value) {
    return String.format(Locale.ROOT, "%.4g", value);
  }

  @Override
  public void ended(FitProgress progress) {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }
}
