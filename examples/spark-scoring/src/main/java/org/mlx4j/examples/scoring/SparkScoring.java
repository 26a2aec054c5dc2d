package org.mlx4j.examples.scoring;

import org.apache.spark.SparkException;
import org.apache.spark.sql.AnalysisException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Scores data sets on Spark with functions that mlx4j or MLX in Python exported. */
@Command(
    name = "spark-scoring",
    description = "Scores data sets on Spark with an exported function.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {Score.class, WriteDigits.class, Speed.class})
public final class SparkScoring {
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = CommandLine.ScopeType.INHERIT,
      description = "Prints this help.")
  private boolean help;

  private SparkScoring() {}

  /**
   * Runs the command that the arguments name.
   *
   * @param args the command and its options; {@code --help} lists them
   */
  public static void main(String[] args) {
    int code = commandLine().execute(args);
    if (code != 0) { // Spark takes an exit before the end of main for a failure, even with 0
      System.exit(code);
    }
  }

  static void require(CommandSpec command, String option, int value, int largest) {
    if (value < 1 || value > largest) {
      throw new ParameterException(
          command.commandLine(),
          "%s must be from 1 to %d, got %d".formatted(option, largest, value));
    }
  }

  static CommandLine commandLine() {
    return new CommandLine(new SparkScoring())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(
            (problem, commandLine, parsed) -> {
              if (problem instanceof IllegalArgumentException // what the user can mend: no trace
                  || problem instanceof AnalysisException
                  || problem instanceof SparkException) {
                commandLine.getErr().println(problem.getMessage());
                return commandLine.getCommandSpec().exitCodeOnExecutionException();
              }
              throw problem;
            });
  }
}
