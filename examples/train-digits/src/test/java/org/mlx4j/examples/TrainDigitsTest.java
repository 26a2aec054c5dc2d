package org.mlx4j.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mlx4j.Device;
import org.mlx4j.Io;
import org.mlx4j.Memory;
import org.mlx4j.MlxArray;
import org.mlx4j.MlxRandom;
import org.mlx4j.MlxStream;
import org.mlx4j.Scope;

class TrainDigitsTest {
  private static Digits digits;
  private static TrainDigits.Trained trained;

  @TempDir private Path folder;

  @BeforeAll
  static void train() throws IOException {
    digits = Digits.load();
    trained = TrainDigits.train(digits, TrainDigits.SEED, TrainDigits.EPOCHS);
  }

  @Test
  void dataAreTheDigitsOfTheirDescription() {
    assertEquals(1797, digits.count());
    assertEquals(List.of(1797, 64), IntStream.of(digits.images().shape()).boxed().toList());
    assertEquals(0, digits.images().min().itemFloat());
    assertEquals(1, digits.images().max().itemFloat());
    int[] counts = new int[10];
    for (int label : digits.labels().toIntArray()) {
      counts[label]++;
    }
    // the numbers of each digit that the data set's description gives for its test part
    assertArrayEquals(new int[] {178, 182, 177, 183, 181, 182, 181, 179, 174, 180}, counts);
  }

  /** The network is computed again from the saved parameters, in plain Java. */
  @Test
  void recognisesMostDigitsThatItHasNotSeen() {
    Path file = folder.resolve("classifier.safetensors");
    trained.classifier().save(file);
    float[] pixels = trained.heldOut().images().toFloatArray();
    int[] labels = trained.heldOut().labels().toIntArray();
    int[] predicted = predictedInPlainJava(pixels, Io.loadSafetensors(file));
    assertEquals(1797 / 5, labels.length);
    long right = IntStream.range(0, labels.length).filter(i -> predicted[i] == labels[i]).count();
    assertTrue(right >= 0.97 * labels.length, right + " of " + labels.length + " are right");
    assertArrayEquals(predicted, trained.classifier().predict(trained.heldOut().images()));
    assertEquals(
        (double) right / labels.length, trained.classifier().accuracy(trained.heldOut()), 1e-6);
  }

  private static int[] predictedInPlainJava(float[] pixels, Map<String, MlxArray> parameters) {
    float[] hiddenWeight = parameters.get("hidden.weight").toFloatArray();
    float[] hiddenBias = parameters.get("hidden.bias").toFloatArray();
    float[] outputWeight = parameters.get("output.weight").toFloatArray();
    float[] outputBias = parameters.get("output.bias").toFloatArray();
    return IntStream.range(0, pixels.length / 64)
        .map(
            image -> {
              float[] x = Arrays.copyOfRange(pixels, 64 * image, 64 * (image + 1));
              double[] hidden = affine(x, hiddenWeight, hiddenBias);
              float[] active = new float[hidden.length];
              for (int i = 0; i < active.length; i++) {
                active[i] = (float) Math.max(0, hidden[i]);
              }
              double[] logits = affine(active, outputWeight, outputBias);
              return IntStream.range(0, 10)
                  .reduce((a, b) -> logits[b] > logits[a] ? b : a)
                  .getAsInt();
            })
        .toArray();
  }

  private static double[] affine(float[] x, float[] weight, float[] bias) {
    double[] y = new double[bias.length];
    for (int j = 0; j < y.length; j++) {
      y[j] = bias[j];
      for (int i = 0; i < x.length; i++) {
        y[j] += (double) x[i] * weight[j * x.length + i];
      }
    }
    return y;
  }

  @Test
  void lossFallsTowardsTheLeastPossible() {
    // labels of 0.91 for one digit and 0.01 for nine: no prediction beats their entropy
    double least = -0.91 * Math.log(0.91) - 9 * 0.01 * Math.log(0.01);
    for (List<Double> losses : List.of(trained.trainingLosses(), trained.heldOutLosses())) {
      assertEquals(TrainDigits.EPOCHS, losses.size());
      double last = losses.get(losses.size() - 1);
      assertTrue(Collections.min(losses) > least, () -> "below the least possible: " + losses);
      assertTrue(last - least < (losses.get(0) - least) / 2, () -> "not halved: " + losses);
    }
  }

  @Test
  void seedDecidesEverything() {
    try (Scope scope = Scope.open()) {
      float[] first = probabilities(TrainDigits.train(digits, 3, 2).classifier());
      assertArrayEquals(first, probabilities(TrainDigits.train(digits, 3, 2).classifier()));
      float[] other = probabilities(TrainDigits.train(digits, 4, 2).classifier());
      assertFalse(Arrays.equals(first, other), "another seed gives the same classifier");
    }
  }

  @Test
  void loadedClassifierGivesTheSameProbabilities() {
    Path file = folder.resolve("classifier.safetensors");
    trained.classifier().save(file);
    assertArrayEquals(probabilities(trained.classifier()), probabilities(Classifier.load(file)));
  }

  private static float[] probabilities(Classifier classifier) {
    return classifier.probabilities(digits.images()).toFloatArray();
  }

  @Test
  void manyThreadsPredictLikeOne() throws Exception {
    int[] expected = trained.classifier().predict(digits.images());
    assertArrayEquals(expected, TrainDigits.serve(trained.classifier(), digits, 1));
    assertArrayEquals(expected, TrainDigits.serve(trained.classifier(), digits, 8));
  }

  @Test
  void epochsDoNotPileUpMemory() {
    try (Scope scope = Scope.open()) {
      Training training = new Training(digits);
      training.epoch(MlxRandom.key(1));
      long before = bytesInUse();
      for (int epoch = 0; epoch < 20; epoch++) {
        training.epoch(MlxRandom.key(epoch));
      }
      // far less than one set of parameters for each epoch; reused memory may be a little too large
      long growth = bytesInUse() - before;
      assertTrue(growth < 200_000, () -> "20 epochs leave " + growth + " bytes more in use");
    }
  }

  @Test
  void scopeFreesAllThatTrainingMade() {
    long before = bytesInUse();
    try (Scope scope = Scope.open()) {
      Classifier classifier = TrainDigits.train(digits, TrainDigits.SEED, 2).classifier();
      classifier.predict(digits.images());
      assertTrue(bytesInUse() > before);
    }
    long left = bytesInUse() - before;
    assertTrue(left <= 0, () -> left + " bytes are left in use");
  }

  private static long bytesInUse() {
    // what is under way still holds memory
    MlxStream.defaultStream(Device.defaultDevice()).synchronize();
    return Memory.getActiveMemory();
  }

  @Test
  void sheetShowsMisclassifiedDigitsUpright() throws IOException {
    float[] pixels = new float[3 * 64];
    pixels[64] = 1; // the second image: ink in its upper left corner
    Digits three = new Digits(MlxArray.of(pixels, 3, 64), MlxArray.of(0, 1, 2));
    Path file = folder.resolve("misclassified.png");
    Charts.saveMisclassified(three, new int[] {0, 7, 2}, file);
    BufferedImage sheet = ImageIO.read(file.toFile());
    // one tile of 180 x 200: ten pixels of frame, the title above the image
    assertEquals(Color.BLACK.getRGB(), sheet.getRGB(20, 40));
    assertEquals(Color.WHITE.getRGB(), sheet.getRGB(160, 40));
    assertEquals(Color.WHITE.getRGB(), sheet.getRGB(20, 180));
    assertEquals(180, sheet.getWidth(), "there is no second tile");
  }

  @Test
  void sheetOfNoMisclassifiedDigitsIsEmpty() throws IOException {
    Digits one = new Digits(MlxArray.of(new float[64], 1, 64), MlxArray.of(5));
    Path file = folder.resolve("misclassified.png");
    Charts.saveMisclassified(one, new int[] {5}, file);
    assertEquals(1, colours(ImageIO.read(file.toFile())));
  }

  @Test
  void exampleLeavesItsFiles() throws Exception {
    Path output = folder.resolve("new/folder");
    TrainDigits.main(new String[] {output.toString()});
    for (String picture : List.of("loss.png", "misclassified.png")) {
      BufferedImage image = ImageIO.read(output.resolve(picture).toFile());
      assertTrue(colours(image) > 2, picture + " is blank");
    }
    assertTrue(Files.exists(output.resolve("classifier.safetensors")));
  }

  private static long colours(BufferedImage image) {
    int[] all = image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
    return IntStream.of(all).distinct().count();
  }
}
