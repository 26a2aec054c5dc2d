package org.mlx4j.operations;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.mlx4j.operations.Operation.unary;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mlx4j.ArraysFunction;
import org.mlx4j.DType;
import org.mlx4j.Export;
import org.mlx4j.ImportedFunction;
import org.mlx4j.MlxArray;
import org.mlx4j.Transforms;
import org.mlx4j.operations.Operation.Variant;

/**
 * Recorded functions equal the plain ones: compiled, compiled for any size, checkpointed, or
 * written to a file and read again, an operation has the same values, shapes, dtypes and gradients.
 */
class CompiledLawsTest {
  @TempDir static Path folder;

  /** Primitives that MLX's files cannot store. */
  private static final Set<String> NOT_IN_FILES =
      Set.of(
          "BitwiseInvert",
          "Contiguous",
          "CumLogAddExp",
          "FromFP8",
          "LUF",
          "QQMatmul",
          "SegmentedMM",
          "ToFP8");

  private static final Pattern UNABLE_TO_SERIALIZE =
      Pattern.compile("^\\[exportFunction] Unable to serialize primitive (\\w+)");

  private interface Recorder {
    ArraysFunction apply(ArraysFunction f);
  }

  static Stream<Operation> operations() {
    return Operations.all()
        .filter(operation -> operation.backendRefusal() == null)
        .filter(operation -> operation.traceRefusal() == null);
  }

  @ParameterizedTest
  @MethodSource("operations")
  void compiledIsPlain(Operation operation) {
    List<DType> seen = new ArrayList<>();
    operation
        .variants()
        .filter(v -> v.isMain() || !seen.contains(v.dtype()))
        .peek(v -> seen.add(v.dtype()))
        .forEach(
            v -> {
              assertPlain(v, Transforms::compileArrays, List.of(v.inputs(), v.inputs()));
              if (v.isMain()) {
                assertPlainGradient(v, Transforms::compileArrays, List.of(v.inputs()));
              }
            });
  }

  @ParameterizedTest
  @MethodSource("operations")
  void compiledForAnySizeIsPlainForEach(Operation operation) {
    Variant main = operation.main();
    for (List<List<Input>> sizes : sizes(main)) {
      assertPlain(main, CompiledLawsTest::shapeless, sizes);
      assertPlainGradient(main, CompiledLawsTest::shapeless, sizes);
    }
  }

  @ParameterizedTest
  @MethodSource("operations")
  void checkpointedIsPlain(Operation operation) {
    Variant main = operation.main();
    assertPlain(main, Transforms::checkpointArrays, List.of(main.inputs()));
  }

  @ParameterizedTest
  @MethodSource("org.mlx4j.operations.Compositions#all")
  void compositionsHaveTheirValues(Operation chain) {
    Variant main = chain.main();
    assertPlain(main, Transforms::compileArrays, List.of(main.inputs(), main.inputs()));
    assertPlain(main, Transforms::checkpointArrays, List.of(main.inputs()));
    for (List<List<Input>> sizes : sizes(main)) {
      assertPlain(main, CompiledLawsTest::shapeless, sizes);
    }
    exportedAndImportedIsPlain(chain);
  }

  private static ArraysFunction shapeless(ArraysFunction f) {
    return Transforms.compileArrays(f, true);
  }

  /**
   * Inputs to try one after the other with one function. Each size that occurs is changed wherever
   * it occurs, so that what fitted together still does.
   */
  private static List<List<List<Input>>> sizes(Variant variant) {
    List<Input> own = variant.inputs();
    int[] occurring =
        own.stream().flatMapToInt(input -> IntStream.of(input.shape())).distinct().toArray();
    List<List<List<Input>>> all = new ArrayList<>();
    for (int size : occurring) {
      List<Input> larger = resized(own, size, size + 2);
      List<Input> one = resized(own, size, 1);
      all.add(List.of(own, larger, one, own));
      all.add(List.of(one, own, larger));
    }
    return all;
  }

  private static List<Input> resized(List<Input> inputs, int from, int to) {
    return inputs.stream()
        .map(
            input ->
                input.shaped(
                    IntStream.of(input.shape()).map(size -> size == from ? to : size).toArray()))
        .toList();
  }

  // ---- values
  // ------------------------------------------------------------------------------------

  private static void assertPlain(Variant variant, Recorder recorder, List<List<Input>> calls) {
    Operation operation = variant.operation();
    variant.run(
        () -> {
          ArraysFunction recorded = recorder.apply(operation::apply);
          for (List<Input> inputs : calls) {
            HostArray[] arguments = variant.with(inputs).draw(0);
            compute(operation::apply, arguments)
                .ifPresent(
                    expected ->
                        apply(operation, recorded, arguments)
                            .ifPresent(results -> assertSame(operation, "", expected, results)));
          }
          return null;
        });
  }

  /** Empty if the plain function refuses such arguments. */
  private static Optional<HostArray[]> compute(ArraysFunction f, HostArray... arguments) {
    try {
      return Optional.of(HostArray.allOf(f.apply(mlx(arguments))));
    } catch (RuntimeException refused) {
      return Optional.empty();
    }
  }

  /**
   * What a recorded function gives where the plain one gives something; nothing if it is too deep
   * to be recorded, which is said.
   */
  private static Optional<MlxArray[]> apply(
      Operation operation, ArraysFunction f, HostArray... arguments) {
    try {
      return Optional.of(f.apply(mlx(arguments)));
    } catch (StackOverflowError tooDeep) {
      assertTrue(tooDeep.getMessage().contains("operations deep"), tooDeep::toString);
      return Optional.empty();
    } catch (RuntimeException e) {
      throw new AssertionError(operation + " is refused for " + shapes(arguments), e);
    }
  }

  private static String shapes(HostArray... arguments) {
    return Stream.of(arguments).map(a -> Arrays.toString(a.shape())).collect(joining(", "));
  }

  private static MlxArray[] mlx(HostArray... arguments) {
    return HostArray.allToMlx(arguments);
  }

  private static void assertSame(
      Operation operation, String what, HostArray[] expected, MlxArray... results) {
    HostArray[] actual = HostArray.allOf(results);
    assertEquals(expected.length, actual.length, () -> "number of results" + what);
    for (int i = 0; i < expected.length; i++) {
      int result = i;
      actual[i]
          .differenceFrom(expected[i], operation.tolerance(expected[i].dtype()))
          .ifPresent(
              difference ->
                  fail(
                      operation
                          + what
                          + ": result "
                          + result
                          + " of shape "
                          + Arrays.toString(expected[result].shape())
                          + ": "
                          + difference));
    }
  }

  // ---- gradients
  // ---------------------------------------------------------------------------------

  private static void assertPlainGradient(
      Variant variant, Recorder recorder, List<List<Input>> calls) {
    Operation operation = variant.operation();
    if (!operation.isDifferentiable() || operation.vjpRefusal() != null) {
      return;
    }
    variant.run(
        () -> {
          ArraysFunction outside =
              Derivatives.gradient(recorder.apply(operation::apply), operation.argnums());
          ArraysFunction inside =
              recorder.apply(Derivatives.gradient(operation::apply, operation.argnums()));
          for (List<Input> inputs : calls) {
            HostArray[] arguments = variant.with(inputs).draw(0);
            compute(Derivatives.gradient(operation::apply, operation.argnums()), arguments)
                .ifPresent(
                    expected -> {
                      apply(operation, outside, arguments)
                          .ifPresent(grads -> assertSame(operation, " outside", expected, grads));
                      apply(operation, inside, arguments)
                          .ifPresent(grads -> assertSame(operation, " inside", expected, grads));
                    });
          }
          return null;
        });
  }

  // ---- files
  // -------------------------------------------------------------------------------------

  @ParameterizedTest
  @MethodSource("operations")
  void exportedAndImportedIsPlain(Operation operation) {
    Variant main = operation.main();
    Path file = folder.resolve("function.mlxfn");
    main.run(
        () -> {
          HostArray[] arguments = main.draw(0);
          Optional<HostArray[]> expected = compute(operation::apply, arguments);
          if (expected.isPresent() && arguments.length > 0) {
            try {
              Export.exportFunction(file, operation::apply, mlx(arguments));
            } catch (IllegalArgumentException refused) {
              assertHasNoFormat(refused);
              return null;
            }
            try (ImportedFunction imported = Export.importFunction(file)) {
              assertSame(operation, "", expected.get(), imported.apply(mlx(arguments)));
            }
          }
          return null;
        });
  }

  /** A file for any size gives the plain function's results for each size, or is not written. */
  @ParameterizedTest
  @MethodSource("operations")
  void exportedForAnySizeIsPlainOrRefused(Operation operation) {
    assertExportedForAnySize(operation, "", operation::apply);
    if (operation.isDifferentiable() && operation.vjpRefusal() == null) {
      assertExportedForAnySize(
          operation, " gradient", Derivatives.gradient(operation::apply, operation.argnums()));
    }
  }

  private static void assertExportedForAnySize(Operation operation, String what, ArraysFunction f) {
    Variant main = operation.main();
    if (main.inputs().isEmpty()) {
      return;
    }
    Path file = folder.resolve("function.mlxfn");
    main.run(
        () -> {
          HostArray[] example = main.draw(0);
          if (compute(f, example).isEmpty()) {
            return null;
          }
          try {
            Export.exportFunction(file, f, mlx(example), true);
          } catch (IllegalArgumentException refused) {
            if (!refused.getMessage().contains("the sizes of the example")) {
              assertHasNoFormat(refused);
            }
            return null;
          }
          try (ImportedFunction imported = Export.importFunction(file)) {
            sizes(main).stream()
                .flatMap(List::stream)
                .distinct()
                .map(inputs -> main.with(inputs).draw(0))
                .forEach(
                    arguments ->
                        compute(f, arguments)
                            .ifPresent(
                                expected ->
                                    apply(operation, imported, arguments)
                                        .ifPresent(
                                            actual ->
                                                assertSame(operation, what, expected, actual))));
          }
          return null;
        });
  }

  private static void assertHasNoFormat(IllegalArgumentException refused) {
    Matcher message = UNABLE_TO_SERIALIZE.matcher(refused.getMessage());
    assertTrue(message.find() && NOT_IN_FILES.contains(message.group(1)), refused::toString);
  }

  // ---- refusals
  // ----------------------------------------------------------------------------------

  @ParameterizedTest
  @MethodSource("untraceable")
  void whatCannotBeTracedIsRefused(Operation operation) {
    Variant main = operation.main();
    main.run(
        () -> {
          ArraysFunction compiled = Transforms.compileArrays(operation::apply);
          RuntimeException refusal =
              assertThrows(RuntimeException.class, () -> compiled.apply(mlx(main.draw(0))));
          assertTrue(refusal.getMessage().contains(operation.traceRefusal()), refusal::toString);
          return null;
        });
  }

  static Stream<Operation> untraceable() {
    return Operations.all().filter(operation -> operation.traceRefusal() != null);
  }

  // ---- these tests can fail
  // ------------------------------------------------------------------------

  @Test
  void whatKeepsTheFirstSizeIsDetected() {
    Operation half = unary("half", x -> x.multiply(0.5), "a", Input.between(-2, 2, 3));
    Recorder wrong =
        f -> {
          List<MlxArray[]> first = new ArrayList<>();
          return xs -> {
            if (first.isEmpty()) {
              first.add(f.apply(xs));
            }
            return first.get(0);
          };
        };
    assertThrows(
        AssertionError.class, () -> assertPlain(half.main(), wrong, sizes(half.main()).get(0)));
  }
}
