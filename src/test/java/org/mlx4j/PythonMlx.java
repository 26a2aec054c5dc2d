package org.mlx4j;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** MLX's Python package, of the same version: what an independent user of the same library gets. */
final class PythonMlx {
  private PythonMlx() {}

  /**
   * The {@code repr} of each expression, in a Python that has {@code mlx.core} as {@code mx} and
   * {@code numpy}, computed on the CPU.
   */
  static List<String> reprs(List<String> expressions) {
    return reprs("", expressions);
  }

  /** The same, after statements that define what the expressions use. */
  static List<String> reprs(String definitions, List<String> expressions) {
    StringBuilder script =
        new StringBuilder("import mlx.core as mx\nimport numpy\nmx.set_default_device(mx.cpu)\n")
            .append(definitions);
    for (String expression : expressions) {
      script.append("print(repr(").append(expression).append("), end='\\f')\n");
    }
    return Arrays.asList(run(script.toString()).split("\f"));
  }

  /** Runs a script with arguments; what it printed. */
  static String run(String script, String... arguments) {
    String python = System.getProperty("mlx4j.oracle.python");
    assumeTrue(python != null, "the build sets mlx4j.oracle.python");
    try {
      List<String> command = new ArrayList<>(List.of(python, "-c", script));
      command.addAll(List.of(arguments));
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int status = process.waitFor();
      if (status != 0) {
        throw new IllegalStateException(python + " ended with " + status + " after " + output);
      }
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
