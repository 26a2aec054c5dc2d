package org.mlx4j.examples;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import me.tongfei.progressbar.ProgressBar;
import org.mlx4j.Distributed;
import org.mlx4j.Index;
import org.mlx4j.MlxArray;
import org.mlx4j.MlxRandom;
import org.mlx4j.Scope;

/** Trains a classifier of handwritten digits, shows how good it is, saves it and serves it. */
public final class TrainDigits {
  static final long SEED = 0;
  static final int EPOCHS = 40;
  private static final int THREADS = 4;

  private TrainDigits() {}

  /**
   * Runs the example.
   *
   * @param args the folder for the pictures and the parameters; {@code target/digits} if none
   * @throws Exception if a file cannot be read or written
   */
  public static void main(String[] args) throws Exception {
    long start = System.nanoTime();
    System.setProperty("java.awt.headless", "true"); // pictures go to files: no screen is needed
    Path output = Files.createDirectories(Path.of(args.length > 0 ? args[0] : "target/digits"));
    try (Scope scope = Scope.open()) { // at its end everything that is made below is freed
      Digits digits = Digits.load();
      Trained trained = train(digits, SEED, EPOCHS);
      Classifier classifier = trained.classifier();
      Digits heldOut = trained.heldOut();
      int[] predicted = classifier.predict(heldOut.images());

      Path losses = output.resolve("loss.png");
      Path misclassified = output.resolve("misclassified.png");
      Charts.saveLosses(trained.trainingLosses(), trained.heldOutLosses(), losses);
      Charts.saveMisclassified(heldOut, predicted, misclassified);
      System.out.printf("Pictures: %s, %s%n", losses, misclassified);

      Path parameters = output.resolve("classifier.safetensors");
      classifier.save(parameters);
      int[] again = Classifier.load(parameters).predict(heldOut.images());
      System.out.printf(
          "Parameters: %s; loaded again they predict %s%n", parameters, compared(again, predicted));

      int[] expected = classifier.predict(digits.images());
      serve(classifier, digits, THREADS); // the first requests are slow in any JVM
      for (int threads : new int[] {1, THREADS}) {
        long begin = System.nanoTime();
        int[] served = serve(classifier, digits, threads);
        System.out.printf(
            "Served by %d thread(s): %.0f images per second, predictions %s%n",
            threads, served.length / seconds(begin), compared(served, expected));
      }
      System.out.printf(
          "Accuracy on %d digits never trained on: %.1f %%, after %.1f seconds%n",
          heldOut.count(), 100 * classifier.accuracy(heldOut), seconds(start));
    }
  }

  /** A classifier, the fifth of the digits that it has not seen, and the loss after each epoch. */
  record Trained(
      Classifier classifier,
      Digits heldOut,
      List<Double> trainingLosses,
      List<Double> heldOutLosses) {}

  /** Everything random follows from the seed: the same seed gives the same classifier. */
  static Trained train(Digits digits, long seed, int epochs) {
    return train(digits, seed, epochs, Distributed.init());
  }

  /** The same in every process of a group, which share the work. */
  static Trained train(Digits digits, long seed, int epochs, Distributed.Group group) {
    MlxRandom.seed(seed); // for the parameters
    MlxArray[] keys = MlxRandom.split(MlxRandom.key(seed));
    MlxArray order = MlxRandom.permutation(digits.count(), keys[0]);
    int fifth = digits.count() / 5;
    Digits heldOut = digits.select(order.get(Index.to(fifth)));
    Training training = new Training(digits.select(order.get(Index.from(fifth))), group);

    List<Double> trainingLosses = new ArrayList<>();
    List<Double> heldOutLosses = new ArrayList<>();
    try (ProgressBar bar = new ProgressBar("Training", epochs)) {
      for (MlxArray key : MlxRandom.split(keys[1], epochs).unstack()) {
        double loss = training.epoch(key);
        trainingLosses.add(loss);
        heldOutLosses.add(training.loss(heldOut));
        bar.step().setExtraMessage("loss %.3f".formatted(loss));
      }
    }
    Classifier classifier = new Classifier(training.network());
    return new Trained(classifier, heldOut, trainingLosses, heldOutLosses);
  }

  /** Predicts image by image, as requests reach a service, on several threads at once. */
  static int[] serve(Classifier classifier, Digits digits, int threads)
      throws InterruptedException, ExecutionException {
    float[] pixels = digits.images().toFloatArray();
    List<Callable<Integer>> requests = new ArrayList<>();
    for (int i = 0; i < pixels.length; i += Digits.PIXELS) {
      float[] image = Arrays.copyOfRange(pixels, i, i + Digits.PIXELS);
      requests.add(() -> classifier.predict(image));
    }
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      int[] predicted = new int[requests.size()];
      List<Future<Integer>> answers = pool.invokeAll(requests);
      for (int i = 0; i < predicted.length; i++) {
        predicted[i] = answers.get(i).get();
      }
      return predicted;
    } finally {
      pool.shutdown();
    }
  }

  private static String compared(int[] predicted, int[] expected) {
    return Arrays.equals(predicted, expected) ? "the same" : "DIFFERENT";
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }
}
