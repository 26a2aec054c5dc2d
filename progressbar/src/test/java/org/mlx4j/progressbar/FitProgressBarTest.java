package org.mlx4j.progressbar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mlx4j.MlxArray;
import org.mlx4j.Scope;
import org.mlx4j.training.Fit;
import org.mlx4j.training.FitListener;
import org.mlx4j.training.FitProgress;
import org.mlx4j.tree.WithAux;

class FitProgressBarTest {
  private static final Locale LOCALE = Locale.getDefault();

  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final Scope scope = Scope.open();

  @AfterEach
  void close() {
    scope.close();
    Locale.setDefault(LOCALE);
  }

  /** Two epochs of three steps. */
  private static Fit<MlxArray, MlxArray> training() {
    return Fit.of((MlxArray s, MlxArray batch) -> new WithAux<>(batch.mean(), s))
        .batches(MlxArray.of(0.5f, 0.25f, 0.125f), 1)
        .epochs(2)
        .validate(s -> Map.of("val_accuracy", 0.75));
  }

  private ProgressBarBuilder builder() {
    return ProgressBar.builder()
        .setTaskName("Digits")
        .setConsumer(new DelegatingProgressBarConsumer(lines::add, 150));
  }

  private String last() {
    return lines.get(lines.size() - 1);
  }

  private static void assertContains(String line, String... parts) {
    for (String part : parts) {
      assertTrue(line.contains(part), () -> "\"" + part + "\" is not in: " + line);
    }
  }

  @Test
  void theBarEndsWithTheTraining() {
    Locale.setDefault(Locale.GERMANY);
    training().listener(FitProgressBar.of(builder())).run(MlxArray.scalar(0f));
    assertContains(last(), "Digits", "100%", "6/6", "epoch 2/2, loss 0.1250, val_accuracy 0.7500");
  }

  @Test
  void theBarShowsEachStep() {
    FitProgressBar bar = FitProgressBar.of(builder().setUpdateIntervalMillis(1_000_000));
    FitListener reader =
        new FitListener() {
          @Override
          public void ended(FitProgress progress) {
            assertEquals(2, progress.steps());
          }
        };
    var fit =
        training()
            .listener(bar)
            .listener(reader)
            .listener(
                new FitListener() {
                  @Override
                  public void stepEnded(FitProgress progress) {
                    if (progress.steps() == 2) {
                      throw new IllegalStateException("mine");
                    }
                  }
                });
    assertThrows(IllegalStateException.class, () -> fit.run(MlxArray.scalar(0f)));
    assertContains(last(), "33%", "2/6", "epoch 1/2, loss 0.2500");
  }

  @Test
  void aResumedTrainingStartsInTheMiddle(@TempDir Path folder) {
    Fit<MlxArray, MlxArray> fit = training().checkpoints(folder.resolve("c.safetensors"));
    fit.epochs(1).run(MlxArray.scalar(0f));
    FitProgressBar bar = FitProgressBar.of(builder());
    fit.listener(bar).resume(MlxArray.scalar(0f));
    assertContains(last(), "100%", "6/6");
    lines.clear();
    fit.listener(bar).resume(MlxArray.scalar(0f)); // complete already
    assertContains(last(), "100%", "6/6");
  }

  @Test
  void theLengthMayBeUnknown() {
    List<MlxArray> batches = List.of(MlxArray.of(1f), MlxArray.of(2f));
    Iterable<MlxArray> unknown = () -> List.copyOf(batches).iterator();
    training().batches(unknown).listener(FitProgressBar.of(builder())).run(MlxArray.scalar(0f));
    assertContains(last(), "4/?", "epoch 2/2, loss 2.000");
  }

  @Test
  void oneBarShowsOneTraining() {
    FitProgressBar bar = FitProgressBar.of(builder());
    Fit<MlxArray, MlxArray> fit = training().listener(bar);
    IllegalStateException e =
        assertThrows(IllegalStateException.class, () -> fit.listener(bar).run(MlxArray.scalar(0f)));
    assertEquals(
        "[FitProgressBar] it shows another training; each needs its own while they run",
        e.getMessage());
    fit.run(MlxArray.scalar(0f)); // it was closed
    assertThrows(NullPointerException.class, () -> FitProgressBar.of(null));
  }

  @Test
  void trainingsLeaveNoThreads() {
    int before = Thread.activeCount();
    for (int i = 0; i < 5; i++) {
      training().listener(FitProgressBar.of()).run(MlxArray.scalar(0f));
    }
    assertTrue(Thread.activeCount() <= before + 1, "the library keeps one thread for all bars");
  }
}
