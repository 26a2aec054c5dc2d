package org.mlx4j.examples.fashion;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.mlx4j.Scope;
import org.mlx4j.progressbar.FitProgressBar;
import org.mlx4j.training.ConfusionMatrix;
import org.mlx4j.training.FitListener;
import org.mlx4j.training.FitProgress;
import org.mlx4j.training.Fitted;
import org.mlx4j.tree.Trees;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Trains a convolutional network to tell clothes apart, shows how good it is, and saves it. */
@Command(
    name = "train-fashion",
    description = "Trains a convolutional network on the data set Fashion-MNIST.",
    showDefaultValues = true)
public final class TrainFashion implements Callable<Integer> {
  @Option(names = "--data", paramLabel = "FOLDER", description = "The folder of the data set.")
  private Path data = Clothes.FOLDER;

  @Option(
      names = "--output",
      paramLabel = "FOLDER",
      description = "The folder for the pictures and the parameters.")
  private Path output = Path.of("target/fashion");

  @Option(names = "--epochs", description = "How often to go over the training images.")
  private int epochs = 6;

  @Option(names = "--images", description = "How many of the images to train on; all by default.")
  private Integer images;

  @Option(names = "--seed", description = "Decides everything that is random.")
  private long seed;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Prints this help.")
  private boolean help;

  @Spec private CommandSpec command;

  private TrainFashion() {}

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
    return new CommandLine(new TrainFashion())
        .setExecutionExceptionHandler(
            (problem, commandLine, parsed) -> {
              if (problem instanceof IOException) { // a file is the user's matter: no stack trace
                commandLine.getErr().println(problem.getMessage());
                return commandLine.getCommandSpec().exitCodeOnExecutionException();
              }
              throw problem;
            });
  }

  @Override
  public Integer call() throws IOException {
    long start = System.nanoTime();
    try (Scope scope = Scope.open()) { // at its end everything that is made below is freed
      Clothes training = Clothes.loadTraining(data);
      Clothes test = Clothes.loadTest(data);
      require("--epochs", epochs, 1, 1000);
      int count = images == null ? training.count() : images;
      require("--images", count, Training.BATCH, training.count());
      Result result = train(training.slice(0, count), test, seed, epochs);
      int[] predicted = result.network().predict(test.images());
      ConfusionMatrix matrix = test.confusion(predicted);

      Files.createDirectories(output);
      Path losses = output.resolve("loss.png");
      Path confusion = output.resolve("confusion.png");
      Charts.saveLosses(result.trainingLosses(), result.testLosses(), losses);
      Charts.saveConfusion(matrix, confusion);
      System.out.printf("Pictures: %s, %s%n", losses, confusion);

      Path parameters = output.resolve("network.safetensors");
      Trees.save(parameters, result.network());
      ConvNet loaded = Trees.load(parameters, ConvNet.random());
      int[] again = loaded.predict(test.images());
      System.out.printf(
          "Parameters: %s; loaded again they predict %s%n",
          parameters, Arrays.equals(again, predicted) ? "the same" : "DIFFERENTLY");
      System.out.printf(
          "Accuracy on %d images never trained on: %.1f %%, after %.0f seconds%n",
          test.count(), 100 * matrix.accuracy(), (System.nanoTime() - start) / 1e9);
    }
    return 0;
  }

  private void require(String option, int value, int least, int largest) {
    if (value < least || value > largest) {
      throw new ParameterException(
          command.commandLine(),
          "%s must be from %d to %d, got %d".formatted(option, least, largest, value));
    }
  }

  /** A network, and the losses of each batch and after each epoch. */
  record Result(ConvNet network, List<Double> trainingLosses, List<Double> testLosses) {}

  static Result train(Clothes clothes, Clothes test, long seed, int epochs) {
    List<Double> losses = new ArrayList<>();
    FitListener recorder =
        new FitListener() {
          @Override
          public void stepEnded(FitProgress progress) {
            losses.add(progress.loss());
          }
        };
    Fitted<Training.State> fitted =
        Training.run(clothes, test, seed, epochs, recorder, FitProgressBar.of());
    return new Result(fitted.state().network(), losses, fitted.history().values("test_loss"));
  }
}
