package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * MLX's Python package of the same version: the results of an independent user of the same library.
 */
public final class PythonMlx {
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

  /**
   * A test for each sample: its array, computed on the CPU, is printed as Python prints the value
   * of the expression by which it is known.
   *
   * @param toPython makes a whole expression of a sample's name
   */
  static Stream<DynamicTest> prints(
      Map<String, Supplier<MlxArray>> samples, UnaryOperator<String> toPython) {
    List<String> expected = reprs(samples.keySet().stream().map(toPython).toList());
    assertEquals(samples.size(), expected.size());
    List<String> actual;
    try (StreamScope onCpu = StreamScope.open(Device.cpu())) { // float64 is for the CPU only
      actual = samples.values().stream().map(make -> make.get().toString()).toList();
    }
    List<DynamicTest> tests = new ArrayList<>();
    for (String name : samples.keySet()) {
      int i = tests.size();
      tests.add(DynamicTest.dynamicTest(name, () -> assertEquals(expected.get(i), actual.get(i))));
    }
    return tests.stream();
  }

  /**
   * Returns the arrays that a script leaves in {@code out}, a dictionary that is empty when it
   * begins. It has {@code mlx.core} as {@code mx}, {@code mlx.nn} as {@code nn}, {@code
   * mlx.optimizers} as {@code optim} and {@code math}, and computes on the CPU.
   */
  public static Map<String, MlxArray> arrays(String script) {
    try {
      Path file = Files.createTempFile("python", ".safetensors");
      try {
        run(
            "import math, sys\nimport mlx.core as mx\nimport mlx.nn as nn\n"
                + "import mlx.optimizers as optim\nmx.set_default_device(mx.cpu)\nout = {}\n"
                + script
                + "\nmx.save_safetensors(sys.argv[1], out)\n",
            file.toString());
        Map<String, MlxArray> arrays = Io.loadSafetensors(file);
        Ops.eval(arrays.values().toArray(MlxArray[]::new));
        return arrays;
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Closes arrays that a test class has kept; there are none if asking for them failed. */
  public static void close(Map<String, MlxArray> arrays) {
    if (arrays != null) {
      Ops.close(arrays.values().toArray(MlxArray[]::new));
    }
  }

  /**
   * What a script ends with. When Python ends by itself, MLX's threads may still want to release
   * the files that they have read, which now and then ends the process with an error.
   */
  private static final String END = "\nimport os, sys\nsys.stdout.flush()\nos._exit(0)\n";

  /** Runs a script with arguments and returns its output. */
  static String run(String script, String... arguments) {
    String python = System.getProperty("mlx4j.oracle.python");
    assumeTrue(python != null, "the build sets mlx4j.oracle.python");
    try {
      List<String> command = new ArrayList<>(List.of(python, "-c", script + END));
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
