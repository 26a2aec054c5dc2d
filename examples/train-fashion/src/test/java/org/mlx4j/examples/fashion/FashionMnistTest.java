package org.mlx4j.examples.fashion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.mlx4j.DType;
import org.mlx4j.MlxArray;
import org.mlx4j.Scope;

/** Uses the data set where it is installed; the other tests do without. */
class FashionMnistTest {
  private static Scope scope;
  private static Clothes training;
  private static Clothes test;

  @BeforeAll
  static void load() throws IOException {
    assumeTrue(Files.isDirectory(Clothes.FOLDER), "dataset-fashion-mnist is not installed");
    scope = Scope.open();
    training = Clothes.loadTraining(Clothes.FOLDER);
    test = Clothes.loadTest(Clothes.FOLDER);
  }

  @AfterAll
  static void close() {
    if (scope != null) {
      scope.close();
    }
  }

  @Test
  void dataAreThoseOfTheirDescription() {
    assertArrayEquals(new int[] {60_000, 28, 28, 1}, training.images().shape());
    assertArrayEquals(new int[] {10_000, 28, 28, 1}, test.images().shape());
    assertKinds(6_000, training);
    assertKinds(1_000, test);
    // mean and standard deviation as they are generally given
    MlxArray pixels = training.images().astype(DType.FLOAT32).divide(255).reshape(60_000, -1);
    double mean = pixels.mean(1).mean().itemDouble();
    double meanOfSquares = pixels.square().mean(1).mean().itemDouble();
    assertEquals(0.2860, mean, 1e-4);
    assertEquals(0.3530, Math.sqrt(meanOfSquares - mean * mean), 1e-4);
  }

  private static void assertKinds(int each, Clothes clothes) {
    int[] counts = new int[Clothes.CLASSES];
    for (int label : clothes.labels().toIntArray()) {
      counts[label]++;
    }
    int[] expected = new int[Clothes.CLASSES];
    Arrays.fill(expected, each);
    assertArrayEquals(expected, counts);
  }

  /** A fifteenth of the training images suffices for most images. */
  @Test
  void aSmallPartOfTheDataTeachesMostOfIt() {
    Clothes few = test.slice(0, 2_000);
    TrainFashion.Result result = TrainFashion.train(training.slice(0, 4_000), few, 0, 2);
    double accuracy = few.confusion(result.network().predict(few.images())).accuracy();
    assertTrue(accuracy > 0.7, () -> "the accuracy is " + accuracy);
    assertTrue(result.testLosses().get(1) < result.testLosses().get(0), "the loss does not fall");
  }
}
