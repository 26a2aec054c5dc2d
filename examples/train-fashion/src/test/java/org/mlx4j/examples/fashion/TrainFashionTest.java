package org.mlx4j.examples.fashion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mlx4j.Device;
import org.mlx4j.Memory;
import org.mlx4j.MlxArray;
import org.mlx4j.MlxRandom;
import org.mlx4j.MlxStream;
import org.mlx4j.Scope;
import org.mlx4j.training.ConfusionMatrix;
import org.mlx4j.training.FitListener;
import org.mlx4j.training.FitProgress;
import org.mlx4j.tree.Trees;
import picocli.CommandLine;

/** Trains on drawings, which need no data set. */
class TrainFashionTest {
  private static final int EPOCHS = 3;

  @TempDir private static Path drawings;
  private static Clothes training;
  private static Clothes test;
  private static TrainFashion.Result result;

  @TempDir private Path folder;

  @BeforeAll
  static void train() throws IOException {
    Drawings.save(drawings);
    training = Clothes.loadTraining(drawings);
    test = Clothes.loadTest(drawings);
    result = TrainFashion.train(training, test, 0, EPOCHS);
  }

  @Test
  void recognizesMostDrawingsThatItHasNotSeen() {
    int[] predicted = result.network().predict(test.images());
    double accuracy = test.confusion(predicted).accuracy();
    assertTrue(accuracy > 0.9, () -> "the accuracy is " + accuracy + "; chance gives 0.1");
  }

  @Test
  void lossFalls() {
    List<Double> losses = result.trainingLosses();
    assertEquals(EPOCHS * (Drawings.TRAINING / Training.BATCH), losses.size());
    assertEquals(EPOCHS, result.testLosses().size());
    // at first all kinds are about equally likely
    assertEquals(Math.log(10), losses.get(0), 0.5);
    double last = losses.get(losses.size() - 1);
    assertTrue(last < losses.get(0) / 2, () -> "not halved: " + losses);
    double lastOfTest = result.testLosses().get(EPOCHS - 1);
    assertTrue(lastOfTest < Math.log(10), () -> "no better than chance: " + lastOfTest);
  }

  /** The images are looked at in parts, of which the last is smaller. */
  @Test
  void predictionsAndLossAreThoseOfAllImagesAtOnce() {
    try (Scope scope = Scope.open()) {
      MlxArray logits = result.network().apply(test.images());
      assertArrayEquals(logits.argmax(1).toIntArray(), result.network().predict(test.images()));
      MlxArray ofLabels = logits.takeAlongAxis(test.labels().expandDims(1), 1).squeeze(1);
      assertEquals(
          logits.logsumexp(1).subtract(ofLabels).mean().itemDouble(),
          result.testLosses().get(EPOCHS - 1),
          1e-4);
    }
  }

  @Test
  void keyDecidesWhatTrainingDrops() {
    try (Scope scope = Scope.open()) {
      ConvNet network = ConvNet.random();
      MlxArray images = training.slice(0, 8).images();
      MlxArray one = network.train(images, MlxRandom.key(1)).output();
      MlxArray same = network.train(images, MlxRandom.key(1)).output();
      MlxArray other = network.train(images, MlxRandom.key(2)).output();
      assertTrue(one.arrayEqual(same).itemBoolean());
      assertFalse(one.arrayEqual(other).itemBoolean());
    }
  }

  /** The statistics of a stage move by a tenth towards those of the batch. */
  @Test
  void statisticsFollowTheBatches() {
    try (Scope scope = Scope.open()) {
      ConvNet network = ConvNet.random();
      MlxArray images = training.slice(0, 8).images();
      MlxArray ofBatch =
          network.first().conv().apply(images.divide(255f)).mean(new int[] {0, 1, 2}, false);
      MlxArray running =
          network.train(images, MlxRandom.key(0)).layer().first().norm().runningMean();
      assertTrue(running.allclose(ofBatch.multiply(0.1), 1e-4, 1e-6).itemBoolean());
    }
  }

  @Test
  void seedDecidesEverything() {
    try (Scope scope = Scope.open()) {
      Clothes few = training.slice(0, 2 * Training.BATCH);
      List<Double> first = TrainFashion.train(few, few, 3, 1).trainingLosses();
      assertEquals(first, TrainFashion.train(few, few, 3, 1).trainingLosses());
      List<Double> other = TrainFashion.train(few, few, 4, 1).trainingLosses();
      assertFalse(first.equals(other), "another seed gives the same losses");
    }
  }

  @Test
  void stepsDoNotPileUpMemory() {
    List<Long> inUse = new ArrayList<>();
    FitListener listener =
        new FitListener() {
          @Override
          public void epochEnded(FitProgress progress) {
            inUse.add(bytesInUse());
          }
        };
    try (Scope scope = Scope.open()) {
      Clothes few = training.slice(0, 2 * Training.BATCH);
      Training.run(few, few, 0, 6, listener);
    }
    // far less than one set of parameters for each step; reused memory may be a little too large
    long growth = inUse.get(5) - inUse.get(0);
    assertTrue(growth < 1_000_000, () -> "ten steps leave " + growth + " bytes more in use");
  }

  private static long bytesInUse() {
    // what is under way still holds memory
    MlxStream.defaultStream(Device.defaultDevice()).synchronize();
    return Memory.getActiveMemory();
  }

  @Test
  void exampleLeavesItsFiles() throws IOException {
    Path output = folder.resolve("new/folder");
    String[] options = {"--images=256", "--epochs=2", "--seed=7", "--output=" + output};
    assertEquals(0, run("--data=" + drawings, options).exitCode());
    for (String picture : List.of("loss.png", "confusion.png")) {
      BufferedImage image = ImageIO.read(output.resolve(picture).toFile());
      assertTrue(colors(image) > 2, picture + " is blank");
    }
    try (Scope scope = Scope.open()) {
      MlxRandom.seed(1);
      ConvNet loaded = Trees.load(output.resolve("network.safetensors"), ConvNet.random());
      ConvNet trained = TrainFashion.train(training.slice(0, 256), test, 7, 2).network();
      Trees.flattenWithPaths(trained)
          .forEach(
              (path, array) ->
                  assertTrue(
                      array.arrayEqual(Trees.flattenWithPaths(loaded).get(path)).itemBoolean(),
                      path));
    }
  }

  @Test
  void confusionIsDarkWhereManyImagesAre() throws IOException {
    int[] predicted = new int[100];
    Arrays.fill(predicted, 9); // of the images of kind 0: the right end of the upper row
    ConfusionMatrix matrix = ConfusionMatrix.of(new int[100], predicted, 10);
    Path file = folder.resolve("confusion.png");
    Charts.saveConfusion(matrix, file);
    BufferedImage image = ImageIO.read(file.toFile());
    int dark = new Color(0x2B7BBA).getRGB();
    List<Integer> places =
        IntStream.range(0, image.getWidth() * image.getHeight())
            .filter(i -> image.getRGB(i % image.getWidth(), i / image.getWidth()) == dark)
            .boxed()
            .toList();
    assertTrue(places.size() > 1000, places.size() + " pixels are dark");
    for (int place : places) {
      assertTrue(place % image.getWidth() > 0.8 * image.getWidth());
      assertTrue(place / image.getWidth() < 0.2 * image.getHeight());
    }
  }

  @Test
  void wrongOptionsAreRefused() {
    Run few = run("--data=" + drawings, "--images=127");
    assertEquals(CommandLine.ExitCode.USAGE, few.exitCode());
    assertTrue(few.errors().startsWith("--images must be from 128 to 1024, got 127"), few.errors());
    Run none = run("--data=" + drawings, "--epochs=0");
    assertEquals(CommandLine.ExitCode.USAGE, none.exitCode());
    assertTrue(none.errors().startsWith("--epochs must be from 1 to 1000, got 0"), none.errors());
  }

  @Test
  void missingDataSetIsAMessageWithoutStackTrace() {
    Run run = run("--data=" + folder);
    assertEquals(CommandLine.ExitCode.SOFTWARE, run.exitCode());
    assertTrue(run.errors().contains("dataset-fashion-mnist"), run.errors());
    assertFalse(run.errors().contains("\tat "), run.errors());
  }

  private record Run(int exitCode, String errors) {}

  private static Run run(String data, String... options) {
    StringWriter errors = new StringWriter();
    String[] all = Arrays.copyOf(options, options.length + 1);
    all[options.length] = data;
    int exitCode = TrainFashion.commandLine().setErr(new PrintWriter(errors, true)).execute(all);
    return new Run(exitCode, errors.toString());
  }

  private static long colors(BufferedImage image) {
    int[] all = image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
    return IntStream.of(all).distinct().count();
  }
}
