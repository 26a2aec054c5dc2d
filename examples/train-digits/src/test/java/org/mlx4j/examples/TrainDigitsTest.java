package org.mlx4j.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mlx4j.Device;
import org.mlx4j.Distributed;
import org.mlx4j.Io;
import org.mlx4j.Memory;
import org.mlx4j.MlxArray;
import org.mlx4j.MlxRandom;
import org.mlx4j.MlxStream;
import org.mlx4j.Scope;
import org.mlx4j.training.Fitted;
import org.mlx4j.training.History;
import picocli.CommandLine;

class TrainDigitsTest {
  private static final int EPOCHS = 40;

  private static Digits digits;
  private static Split split;
  private static Fitted<Training.State> trained;
  private static Classifier classifier;

  @TempDir private Path folder;

  @BeforeAll
  static void train() throws IOException {
    digits = Digits.load();
    split = Split.of(digits, 0);
    trained = train(0, EPOCHS);
    classifier = new Classifier(trained.state().network());
  }

  private static Fitted<Training.State> train(long seed, int epochs) {
    MlxRandom.seed(seed);
    return Training.of(Split.of(digits, seed), epochs, seed, Distributed.init())
        .run(Training.State.start());
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
    classifier.save(file);
    Digits heldOut = split.heldOut();
    float[] pixels = heldOut.images().toFloatArray();
    int[] labels = heldOut.labels().toIntArray();
    int[] predicted = predictedInPlainJava(pixels, Io.loadSafetensors(file));
    assertEquals(1797 / 5, labels.length);
    long right = IntStream.range(0, labels.length).filter(i -> predicted[i] == labels[i]).count();
    assertTrue(right >= 0.97 * labels.length, right + " of " + labels.length + " are right");
    assertArrayEquals(predicted, classifier.predict(heldOut.images()));
    assertEquals((double) right / labels.length, classifier.confusion(heldOut).accuracy(), 1e-6);
    assertEquals(
        (double) right / labels.length, trained.history().last().value("val_accuracy"), 1e-6);
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
    for (String name : List.of("loss", "val_loss")) {
      List<Double> losses = trained.history().values(name);
      assertEquals(EPOCHS, losses.size());
      double last = losses.get(losses.size() - 1);
      assertTrue(Collections.min(losses) > least, () -> "below the least possible: " + losses);
      assertTrue(last - least < (losses.get(0) - least) / 2, () -> "not halved: " + losses);
    }
  }

  @Test
  void seedDecidesEverything() {
    try (Scope scope = Scope.open()) {
      float[] first = probabilities(train(3, 2));
      assertArrayEquals(first, probabilities(train(3, 2)));
      float[] other = probabilities(train(4, 2));
      assertFalse(Arrays.equals(first, other), "another seed gives the same classifier");
    }
  }

  @Test
  void loadedClassifierGivesTheSameProbabilities() {
    Path file = folder.resolve("classifier.safetensors");
    classifier.save(file);
    assertArrayEquals(probabilities(classifier), probabilities(Classifier.load(file)));
  }

  private static float[] probabilities(Fitted<Training.State> fitted) {
    return probabilities(new Classifier(fitted.state().network()));
  }

  private static float[] probabilities(Classifier classifier) {
    return classifier.probabilities(digits.images()).toFloatArray();
  }

  @Test
  void manyThreadsPredictLikeOne() throws Exception {
    int[] expected = classifier.predict(digits.images());
    assertArrayEquals(expected, TrainDigits.serve(classifier, digits, 1));
    assertArrayEquals(expected, TrainDigits.serve(classifier, digits, 8));
  }

  @Test
  void scopeFreesAllThatTrainingMade() {
    long before = bytesInUse();
    try (Scope scope = Scope.open()) {
      new Classifier(train(0, 2).state().network()).predict(digits.images());
      assertTrue(bytesInUse() > before);
    }
    long left = bytesInUse() - before;
    assertTrue(left <= 0, () -> left + " bytes are left in use");
  }

  private static long bytesInUse() {
    Memory.clearCache();
    MlxRandom.seed(0); // the state of the random numbers takes the same memory each time
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

  // ---- the program -----------------------------------------------------------------------------

  private record Run(int status, String output, String errors) {}

  private static Run run(String... args) {
    PrintStream out = System.out;
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    PrintStream printed = new PrintStream(output, true, StandardCharsets.UTF_8);
    try {
      System.setOut(printed);
      CommandLine commandLine = TrainDigits.commandLine();
      commandLine.setOut(new PrintWriter(printed, true));
      commandLine.setErr(new PrintWriter(errors, true, StandardCharsets.UTF_8));
      int status = commandLine.execute(args);
      return new Run(
          status, output.toString(StandardCharsets.UTF_8), errors.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
    }
  }

  @Test
  void exampleLeavesItsFilesAndEndsWithATable() throws IOException {
    Path output = folder.resolve("new/folder");
    Run run = run(output.toString(), "--epochs", "6");
    assertEquals(0, run.status(), run.errors());
    for (String picture : List.of("loss.png", "misclassified.png")) {
      BufferedImage image = ImageIO.read(output.resolve(picture).toFile());
      assertTrue(colours(image) > 2, picture + " is blank");
    }
    assertTrue(Files.exists(output.resolve("classifier.safetensors")));
    History log = History.ofCsv(Files.readString(output.resolve("log.csv")));
    assertEquals(6, log.epochs().size());
    List<String> lines = run.output().lines().toList();
    List<String> table = lines.subList(lines.size() - 11, lines.size());
    assertEquals("Digit  Precision   Recall", table.get(0));
    for (int digit = 0; digit < 10; digit++) {
      String row = table.get(digit + 1);
      assertTrue(row.matches(" +" + digit + " +\\d+[.,]\\d % +\\d+[.,]\\d %"), row);
    }
  }

  @Test
  void aTrainingThatWasInterruptedIsContinued() throws IOException {
    Path whole = folder.resolve("whole");
    Path parts = folder.resolve("parts");
    assertEquals(0, run(whole.toString(), "--epochs", "4").status());
    assertEquals(0, run(parts.toString(), "--epochs", "2").status());
    assertEquals(0, run(parts.toString(), "--epochs", "4", "--resume").status());
    for (String file : List.of("classifier.safetensors", "checkpoint.safetensors", "log.csv")) {
      assertArrayEquals(
          Files.readAllBytes(whole.resolve(file)), Files.readAllBytes(parts.resolve(file)), file);
    }
  }

  @Test
  void helpAndMistakesWriteNothing() throws IOException {
    String output = folder.resolve("nothing").toString();
    Run help = run(output, "--help");
    assertEquals(0, help.status());
    for (String option : List.of("[FOLDER]", "--epochs", "--seed", "--resume", "--help")) {
      assertTrue(help.output().contains(option), help.output());
    }
    Run negative = run(output, "--epochs", "0");
    assertEquals(2, negative.status());
    assertTrue(negative.errors().contains("--epochs must be at least 1, got 0"));
    assertEquals(2, run(output, "--epoch").status());
    assertEquals(2, run(output, "another").status());
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(List.of(), files.toList());
    }
  }

  private static long colours(BufferedImage image) {
    int[] all = image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
    return IntStream.of(all).distinct().count();
  }
}
