package org.mlx4j.examples;

import java.io.IOException;
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
import org.mlx4j.Distributed;
import org.mlx4j.MlxRandom;
import org.mlx4j.Scope;
import org.mlx4j.progressbar.FitProgressBar;
import org.mlx4j.training.ConfusionMatrix;
import org.mlx4j.training.CsvLog;
import org.mlx4j.training.Fit;
import org.mlx4j.training.Fitted;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Trains a classifier of handwritten digits, shows how good it is, saves it and serves it. */
@Command(
    name = "train-digits",
    description = "Trains a classifier of handwritten digits, and serves it.",
    showDefaultValues = true)
public final class TrainDigits implements Callable<Integer> {
  private static final int THREADS = 4;

  @Parameters(
      arity = "0..1",
      paramLabel = "FOLDER",
      defaultValue = "target/digits",
      description = "The folder for pictures, parameters, log and checkpoint.")
  private Path output;

  @Option(names = "--epochs", description = "How often to go over the digits.")
  private int epochs = 40;

  @Option(names = "--seed", description = "Decides everything that is random.")
  private long seed;

  @Option(names = "--resume", description = "Continues a training that was interrupted.")
  private boolean resume;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Prints this help.")
  private boolean help;

  @Spec private CommandSpec command;

  private TrainDigits() {}

  /**
   * Runs the example and ends the process.
   *
   * @param args the options; {@code --help} lists them
   */
  public static void main(String[] args) {
    System.setProperty("java.awt.headless", "true"); // pictures go to files: no screen is needed
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return new CommandLine(new TrainDigits());
  }

  @Override
  public Integer call() throws IOException, InterruptedException, ExecutionException {
    if (epochs < 1) {
      throw new ParameterException(
          command.commandLine(), "--epochs must be at least 1, got " + epochs);
    }
    Files.createDirectories(output);
    try (Scope scope = Scope.open()) { // at its end everything that is made below is freed
      Digits digits = Digits.load();
      Split split = Split.of(digits, seed);
      Fitted<Training.State> fitted = train(split);
      Classifier classifier = new Classifier(fitted.state().network());
      saveAndServe(classifier, digits);

      Path losses = output.resolve("loss.png");
      Path misclassified = output.resolve("misclassified.png");
      Charts.saveLosses(fitted.history(), losses);
      Digits heldOut = split.heldOut();
      Charts.saveMisclassified(heldOut, classifier.predict(heldOut.images()), misclassified);
      System.out.printf("Pictures: %s, %s%n", losses, misclassified);

      ConfusionMatrix matrix = classifier.confusion(heldOut);
      System.out.printf(
          "Accuracy on %d digits never trained on: %.1f %%%n%n",
          matrix.total(), 100 * matrix.accuracy());
      printTable(matrix);
    }
    return 0;
  }

  private Fitted<Training.State> train(Split split) {
    Fit<Training.State, Digits> fit =
        Training.of(split, epochs, seed, Distributed.init())
            .checkpoints(output.resolve("checkpoint.safetensors"))
            .listener(CsvLog.of(output.resolve("log.csv")))
            .listener(FitProgressBar.of());
    MlxRandom.seed(seed); // for the parameters
    Training.State start = Training.State.start();
    return resume ? fit.resume(start) : fit.run(start);
  }

  /** For each digit which share of the answers is right, and which share of its images is found. */
  private static void printTable(ConfusionMatrix matrix) {
    System.out.println("Digit  Precision   Recall");
    for (int digit = 0; digit < matrix.classes(); digit++) {
      System.out.printf(
          "%5d %8.1f %% %6.1f %%%n",
          digit, 100 * matrix.precision(digit), 100 * matrix.recall(digit));
    }
  }

  private void saveAndServe(Classifier classifier, Digits digits)
      throws InterruptedException, ExecutionException {
    int[] expected = classifier.predict(digits.images());
    Path parameters = output.resolve("classifier.safetensors");
    classifier.save(parameters);
    int[] again = Classifier.load(parameters).predict(digits.images());
    System.out.printf(
        "Parameters: %s; loaded again they predict %s%n", parameters, compared(again, expected));

    serve(classifier, digits, THREADS); // the first requests are slow in any JVM
    for (int threads : new int[] {1, THREADS}) {
      long begin = System.nanoTime();
      int[] served = serve(classifier, digits, threads);
      System.out.printf(
          "Served by %d thread(s): %.0f images per second, predictions %s%n",
          threads, served.length / ((System.nanoTime() - begin) / 1e9), compared(served, expected));
    }
  }

  private static String compared(int[] predicted, int[] expected) {
    return Arrays.equals(predicted, expected) ? "the same" : "DIFFERENT";
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
}
