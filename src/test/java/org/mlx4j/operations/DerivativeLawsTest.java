package org.mlx4j.operations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.fail;
import static org.mlx4j.operations.Operation.many;
import static org.mlx4j.operations.Operation.nary;
import static org.mlx4j.operations.Operation.unary;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mlx4j.ArraysFunction;
import org.mlx4j.ArraysToArrayFunction;
import org.mlx4j.CustomFunction;
import org.mlx4j.DType;
import org.mlx4j.MlxArray;
import org.mlx4j.MlxException;
import org.mlx4j.Ops;
import org.mlx4j.PadMode;
import org.mlx4j.Transforms;
import org.mlx4j.Vjp;
import org.mlx4j.operations.Operation.Variant;

/**
 * Laws that derivatives obey whatever the operation is: backward and forward are transposes of one
 * another, in every dtype; the values beside them are those without a transform; outputs may be
 * returned several times; second derivatives do not depend on the order; nothing passes through
 * integers.
 *
 * <p>They are tried with the table of operations, with {@link Compositions} of them, and at edges.
 */
class DerivativeLawsTest {
  private static final int SEED = (int) Compositions.SEED;
  private static final Input VECTOR = Input.between(-2, 2, 3);
  private static final Input SCALAR = Input.between(1, 2);

  /** Decompositions into integers and others, which have no derivatives at all, are left out. */
  static Stream<Operation> withIntegers() {
    return all().filter(row -> row.vjpRefusal() == null && row.jvpRefusal() == null);
  }

  static Stream<Operation> all() {
    return Stream.of(Operations.all(), Compositions.all(), edges())
        .flatMap(rows -> rows)
        .filter(row -> row.inputs() > 0 && row.backendRefusal() == null);
  }

  /** Arguments that MLX has no derivative for, or at which a formula that holds elsewhere fails. */
  private static Stream<Operation> edges() {
    double infinity = Double.POSITIVE_INFINITY;
    int[][] widths = {{1, 2}, {0, 1}};
    Input matrix = Input.between(-2, 2, 2, 3);
    Input zeros = Input.values(2, 0, 3, 0, 1.5);
    Input ties = Input.values(1, 3, -1, 3, -1);
    Input limits = Input.values(-infinity, -infinity, 1, -infinity, 2);
    Input places = Input.values(1, 0, 1, 2, 1).as(DType.INT32);
    return Stream.of(
            edge("pad", xs -> xs[0].pad(widths, PadMode.CONSTANT, xs[1]), matrix, SCALAR),
            edge(
                "pad by itself",
                xs -> xs[0].pad(widths, PadMode.CONSTANT, xs[0].sum().exp()),
                matrix),
            edge("full", xs -> Ops.full(new int[] {2, 3}, xs[0]), VECTOR),
            edge("prod", xs -> xs[0].prod(), zeros),
            edge("prod of one zero", xs -> xs[0].prod(), Input.values(2, 0, 3)),
            edge("prod of axes", xs -> xs[0].reshape(1, 5).prod(new int[] {0, 1}, false), zeros),
            edge("max", xs -> xs[0].max(), ties),
            edge("min", xs -> xs[0].reshape(5, 1).min(new int[] {0, 1}, true), ties),
            edge("maximum", xs -> xs[0].maximum(xs[1]), ties, ties),
            edge("minimum", xs -> xs[0].minimum(xs[1]), ties, ties),
            edge("clip", xs -> xs[0].clip(xs[1], xs[2]), ties, SCALAR, SCALAR),
            edge("sort", xs -> xs[0].sort(), ties),
            edge(
                    "power of zero",
                    xs -> xs[0].power(xs[1]),
                    Input.values(0, 0, 0),
                    Input.values(0, 1, 2))
                .map(Operation::withoutFiniteDifferences),
            edge("power 0", xs -> xs[0].power(0), zeros),
            edge("power 2", xs -> xs[0].power(2), zeros),
            edge("logaddexp", xs -> xs[0].logaddexp(xs[1]), limits, limits),
            edge("logsumexp", xs -> xs[0].logsumexp(), limits),
            edge("softmax", xs -> xs[0].softmax(-1), limits),
            edge("at set", xs -> xs[0].at(xs[1]).set(xs[2]), ties, places, zeros),
            edge("at add", xs -> xs[0].at(xs[1]).add(xs[2]), ties, places, zeros),
            edge("at multiply", xs -> xs[0].at(xs[1]).multiply(xs[2]), ties, places, zeros),
            edge("at maximum", xs -> xs[0].at(xs[1]).maximum(xs[2]), ties, places, ties),
            edge("at minimum", xs -> xs[0].at(xs[1]).minimum(xs[2]), ties, places, ties),
            edge("putAlongAxis", xs -> xs[0].putAlongAxis(xs[1], xs[2], 0), ties, places, zeros),
            edge(
                "addmm",
                xs -> xs[0].addmm(xs[1], xs[2], 0.5f, -3f),
                Input.between(-2, 2, 2, 2),
                matrix,
                Input.between(-2, 2, 3, 2)),
            edge(
                "blockMaskedMm",
                xs -> xs[0].blockMaskedMm(xs[1], 32, xs[2], xs[3], xs[4]),
                Input.between(-2, 2, 40, 33),
                Input.between(-2, 2, 33, 20),
                Input.between(1, 2, 2, 1),
                Input.between(1, 2, 2, 2),
                Input.between(1, 2, 2, 1)),
            scans("cumprod", MlxArray::cumprod, zeros),
            scans("cummax", MlxArray::cummax, ties),
            scans("cummin", MlxArray::cummin, ties),
            scans("logcumsumexp", MlxArray::logcumsumexp, limits))
        .flatMap(rows -> rows);
  }

  private interface Scan {
    MlxArray apply(MlxArray x, int axis, boolean reverse, boolean inclusive);
  }

  private static Stream<Operation> scans(String name, Scan scan, Input input) {
    return Stream.of(0, 1, 2, 3)
        .flatMap(
            i ->
                edge(
                    name + (i < 2 ? "" : " reverse") + (i % 2 == 0 ? "" : " exclusive"),
                    xs -> scan.apply(xs[0], 0, i >= 2, i % 2 == 0),
                    input));
  }

  private static Stream<Operation> edge(String name, ArraysToArrayFunction f, Input... inputs) {
    boolean infinite =
        Arrays.stream(inputs)
            .flatMapToDouble(input -> Arrays.stream(input.draw(DType.FLOAT32, 0).values()))
            .anyMatch(Double::isInfinite);
    List<DType> dtypes = infinite ? DTypes.FLOATING : DTypes.INEXACT;
    return Stream.of(nary(name + " at an edge", f, "", inputs).on(dtypes).inSinglePrecision());
  }

  static Stream<Operation> withVjp() {
    return all().filter(row -> row.isDifferentiable() && row.vjpRefusal() == null);
  }

  static Stream<Operation> withBoth() {
    return withVjp().filter(row -> row.jvpRefusal() == null);
  }

  static Stream<Operation> smooth() {
    return withBoth().filter(Operation::hasFiniteDifferences);
  }

  // ---- a function at a place
  // ----------------------------------------------------------------------

  /** An operation as a function of the arguments that it is differentiated by, and these. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Point(Variant variant, HostArray[] inputs) {
    private interface Computation {
      MlxArray[] of(ArraysFunction f, MlxArray... primals);
    }

    Point(Variant variant) {
      this(variant, variant.draw(SEED));
    }

    HostArray[] primals() {
      return new Derivatives(variant, inputs).primals();
    }

    HostArray[] outputs() {
      return on((f, primals) -> f.apply(primals));
    }

    HostArray[] vjp(HostArray... cotangents) {
      return new Derivatives(variant, inputs).vjp(cotangents);
    }

    HostArray[] jvp(HostArray... tangents) {
      return new Derivatives(variant, inputs).jvp(tangents);
    }

    HostArray[] on(Computation computation) {
      return variant.run(
          () -> {
            Derivatives derivatives = new Derivatives(variant, inputs);
            MlxArray[] primals = HostArray.allToMlx(derivatives.primals());
            return HostArray.allOf(computation.of(derivatives.ofPrimals(), primals));
          });
    }

    void assertSame(HostArray[] expected, HostArray[] actual) {
      assertEquals(expected.length, actual.length, () -> "number of results of " + variant);
      for (int i = 0; i < expected.length; i++) {
        String result = variant + ", result " + i + ": ";
        actual[i]
            .differenceFrom(expected[i], tolerance(variant))
            .ifPresent(difference -> fail(result + difference));
      }
    }
  }

  /** Differences of rounding, relative to the size of what is compared. */
  private static double tolerance(Variant variant) {
    return switch (variant.dtype()) {
      case FLOAT64 -> variant.operation().isInSinglePrecision() ? 1e-5 : 1e-11;
      case FLOAT16 -> 1e-2;
      case BFLOAT16 -> 6e-2;
      default -> 1e-4;
    };
  }

  /** Tries a law with every dtype; those that are not the operation's own may be refused. */
  private static void inEachDtype(Operation operation, Consumer<Point> law) {
    operation
        .inexactVariants()
        .forEach(
            variant -> {
              try {
                law.accept(new Point(variant));
              } catch (IllegalArgumentException | MlxException refusal) {
                if (variant.isMain()) {
                  throw refusal;
                }
              }
            });
  }

  private static HostArray[] weights(HostArray... arrays) {
    return Derivatives.weights(arrays);
  }

  private static HostArray[] join(HostArray[]... parts) {
    return Arrays.stream(parts).flatMap(Arrays::stream).toArray(HostArray[]::new);
  }

  private static MlxArray[] join(MlxArray[]... parts) {
    return Arrays.stream(parts).flatMap(Arrays::stream).toArray(MlxArray[]::new);
  }

  // ---- transposes
  // --------------------------------------------------------------------------------

  /** ⟨v, J u⟩ = ⟨Jᵀ v, u⟩, where a complex number counts as two real ones. */
  @ParameterizedTest
  @MethodSource("withBoth")
  void vjpIsTheTransposeOfJvp(Operation operation) {
    inEachDtype(
        operation,
        point -> {
          HostArray[] tangents = weights(point.primals());
          HostArray[] cotangents = weights(point.outputs());
          HostArray[] forward = point.jvp(tangents);
          HostArray[] backward = point.vjp(cotangents);
          double size = dot(cotangents, forward, true) + dot(backward, tangents, true);
          assertEquals(
              dot(cotangents, forward, false),
              dot(backward, tangents, false),
              tolerance(point.variant) * Math.max(1e-3, size),
              () -> point.variant.toString());
        });
  }

  /** The sum of the products, or of their sizes. */
  private static double dot(HostArray[] xs, HostArray[] ys, boolean sizes) {
    assertEquals(xs.length, ys.length);
    double sum = 0;
    for (int k = 0; k < xs.length; k++) {
      double[] x = xs[k].values();
      double[] y = ys[k].values();
      assertEquals(x.length, y.length);
      for (int i = 0; i < x.length; i++) {
        sum += sizes ? Math.abs(x[i] * y[i]) : x[i] * y[i];
      }
    }
    return sum;
  }

  // ---- values
  // ------------------------------------------------------------------------------------

  @ParameterizedTest
  @MethodSource("withBoth")
  void valuesBesideDerivativesAreThoseWithout(Operation operation) {
    inEachDtype(
        operation,
        point -> {
          HostArray[] outputs = point.outputs();
          HostArray[] cotangents = weights(outputs);
          HostArray[] tangents = weights(point.primals());
          point.assertSame(
              join(outputs, outputs),
              point.on(
                  (f, primals) ->
                      join(
                          Transforms.vjp(f, primals, HostArray.allToMlx(cotangents)).outputs(),
                          Transforms.jvp(f, primals, HostArray.allToMlx(tangents)).outputs())));
        });
  }

  /** What is computed twice, to save memory, has the same values and gradients. */
  @ParameterizedTest
  @MethodSource("withVjp")
  void checkpointsChangeNothing(Operation operation) {
    Point point = new Point(operation.main());
    HostArray[] cotangents = weights(point.outputs());
    point.assertSame(
        join(point.outputs(), point.vjp(cotangents)),
        point.on(
            (f, primals) -> {
              try (var checkpointed = Transforms.checkpointArrays(f)) {
                Vjp result = Transforms.vjp(checkpointed, primals, HostArray.allToMlx(cotangents));
                return join(result.outputs(), result.vjps());
              }
            }));
  }

  // ---- outputs that are returned several times
  // ----------------------------------------------------

  /** Every output is returned twice, and so is every argument, also between the outputs. */
  @ParameterizedTest
  @MethodSource("withBoth")
  void outputsMayBeReturnedTwice(Operation operation) {
    Point point = new Point(operation.main());
    HostArray[] tangents = weights(point.primals());
    HostArray[] cotangents = weights(point.outputs());
    HostArray[] forward = point.jvp(tangents);
    point.assertSame(
        join(tangents, forward, tangents, forward),
        point.on(
            (f, primals) ->
                Transforms.jvp(twice(f), primals, HostArray.allToMlx(tangents)).jvps()));
    HostArray[] backward = point.vjp(cotangents);
    HostArray[] sums =
        point.on(
            (f, primals) -> {
              MlxArray[] own = HostArray.allToMlx(tangents);
              MlxArray[] ofOutputs = HostArray.allToMlx(backward);
              Arrays.setAll(own, i -> own[i].add(ofOutputs[i]).multiply(2));
              return own;
            });
    point.assertSame(
        sums,
        point.on(
            (f, primals) ->
                Transforms.vjp(
                        twice(f),
                        primals,
                        HostArray.allToMlx(join(tangents, cotangents, tangents, cotangents)))
                    .vjps()));
  }

  private static ArraysFunction twice(ArraysFunction f) {
    return xs -> {
      MlxArray[] ys = f.apply(xs);
      return join(xs, ys, xs, ys);
    };
  }

  // ---- second derivatives
  // ------------------------------------------------------------------------

  /**
   * The derivative of the gradient along a tangent is the gradient of the one along the tangent.
   */
  @ParameterizedTest
  @MethodSource("smooth")
  void secondDerivativesDoNotDependOnTheOrder(Operation operation) {
    Point point =
        new Point(
            operation.isInSinglePrecision()
                ? operation.main()
                : operation.main().on(DType.FLOAT64));
    HostArray[] tangents = weights(point.primals());
    HostArray[] cotangents = weights(point.outputs());
    HostArray[] forwardOfGradient =
        point.on(
            (f, primals) ->
                Transforms.jvp(
                        xs -> Transforms.vjp(f, xs, HostArray.allToMlx(cotangents)).vjps(),
                        primals,
                        HostArray.allToMlx(tangents))
                    .jvps());
    HostArray[] gradientOfForward =
        point.on(
            (f, primals) ->
                Transforms.vjp(
                        xs -> Transforms.jvp(f, xs, HostArray.allToMlx(tangents)).jvps(),
                        primals,
                        HostArray.allToMlx(cotangents))
                    .vjps());
    assertNear(point.variant, forwardOfGradient, gradientOfForward);
  }

  private static void assertNear(Variant variant, HostArray[] expected, HostArray[] actual) {
    for (int k = 0; k < expected.length; k++) {
      double[] xs = expected[k].values();
      double[] ys = actual[k].values();
      assertEquals(xs.length, ys.length, variant::toString);
      for (int i = 0; i < xs.length; i++) {
        assertEquals(
            xs[i], ys[i], tolerance(variant) * Math.max(1, Math.abs(xs[i])), variant::toString);
      }
    }
  }

  // ---- integers and booleans
  // ---------------------------------------------------------------------

  /** An integer or boolean result does not change with the arguments. */
  @ParameterizedTest
  @MethodSource("withIntegers")
  void integersHaveNoDerivatives(Operation operation) {
    Variant variant = operation.main();
    boolean hasIntegers =
        Arrays.stream(variant.compute(variant.draw(SEED)))
            .anyMatch(output -> !isInexact(output.dtype()));
    if (variant.dtype().isFloating() && hasIntegers) {
      assertConstant(
          variant,
          variant.draw(SEED),
          xs ->
              Arrays.stream(operation.apply(xs))
                  .filter(y -> !isInexact(y.dtype()))
                  .map(y -> y.astype(DType.FLOAT32))
                  .toArray(MlxArray[]::new));
    }
  }

  /** Nothing passes through an argument that has become an integer. */
  @ParameterizedTest
  @MethodSource("all")
  void nothingPassesThroughIntegers(Operation operation) {
    operation
        .variants()
        .filter(variant -> !isInexact(variant.dtype()) || isDiscrete(variant))
        .findFirst()
        .flatMap(DerivativeLawsTest::placeOfIntegers)
        .ifPresent(
            point -> {
              HostArray[] inputs = point.inputs;
              assertConstant(
                  point.variant,
                  floats(point),
                  xs -> {
                    MlxArray[] integers = new MlxArray[xs.length];
                    Arrays.setAll(integers, i -> xs[i].astype(inputs[i].dtype()));
                    return Arrays.stream(operation.apply(integers))
                        .map(y -> y.astype(DType.FLOAT32))
                        .toArray(MlxArray[]::new);
                  });
            });
  }

  private static boolean isDiscrete(Variant variant) {
    return Arrays.stream(variant.draw(SEED)).noneMatch(input -> isInexact(input.dtype()));
  }

  private static Optional<Point> placeOfIntegers(Variant variant) {
    HostArray[] inputs = variant.draw(SEED);
    try {
      variant.compute(inputs);
    } catch (RuntimeException refusal) {
      return Optional.empty();
    }
    return Arrays.stream(inputs).anyMatch(input -> isInexact(input.dtype()))
        ? Optional.empty()
        : Optional.of(new Point(variant, inputs));
  }

  private static HostArray[] floats(Point point) {
    return point.variant.run(
        () ->
            HostArray.allOf(
                Arrays.stream(HostArray.allToMlx(point.inputs))
                    .map(x -> x.astype(DType.FLOAT32))
                    .toArray(MlxArray[]::new)));
  }

  private static boolean isInexact(DType dtype) {
    return dtype.isFloating() || dtype == DType.COMPLEX64;
  }

  private static void assertConstant(Variant variant, HostArray[] inputs, ArraysFunction f) {
    HostArray[] derivatives =
        variant.run(
            () -> {
              MlxArray[] primals = HostArray.allToMlx(inputs);
              MlxArray[] cotangents =
                  HostArray.allToMlx(weights(HostArray.allOf(f.apply(primals))));
              return HostArray.allOf(
                  join(
                      Transforms.vjp(f, primals, cotangents).vjps(),
                      Transforms.jvp(f, primals, HostArray.allToMlx(weights(inputs))).jvps()));
            });
    for (HostArray derivative : derivatives) {
      for (double value : derivative.values()) {
        assertEquals(0, value, () -> variant + " has a derivative: " + derivative);
      }
    }
  }

  // ---- these tests can fail
  // ----------------------------------------------------------------------

  @Test
  void derivativesThatAreNoTransposesAreDetected() {
    Operation wrong = unary("wrong", x -> doubled(2, 3, x), "a", VECTOR);
    assertThrows(AssertionError.class, () -> vjpIsTheTransposeOfJvp(wrong));
    vjpIsTheTransposeOfJvp(unary("right", x -> doubled(2, 2, x), "a", VECTOR));
  }

  @Test
  void derivativesThroughIntegersAreDetected() {
    Operation wrong = unary("wrong", x -> doubled(0, 1, x), "a", VECTOR);
    assertThrows(
        AssertionError.class,
        () -> assertConstant(wrong.main(), wrong.main().draw(0), wrong::apply));
  }

  @Test
  void valuesThatDependOnTheTransformAreDetected() {
    int[] calls = {0};
    Operation wrong = unary("wrong", x -> x.add(calls[0]++), "a", VECTOR);
    assertThrows(AssertionError.class, () -> valuesBesideDerivativesAreThoseWithout(wrong));
    assertThrows(AssertionError.class, () -> checkpointsChangeNothing(wrong));
    Operation changing =
        many("wrong", xs -> new MlxArray[] {xs[0].multiply(calls[0]++)}, "a", VECTOR);
    assertThrows(AssertionError.class, () -> outputsMayBeReturnedTwice(changing));
    assertThrows(
        AssertionError.class,
        () ->
            secondDerivativesDoNotDependOnTheOrder(
                unary("wrong", x -> x.square().multiply(calls[0]++), "a", VECTOR)));
  }

  /** Twice the argument, with other factors than 2 backward and forward. */
  private static MlxArray doubled(double backward, double forward, MlxArray x) {
    return CustomFunction.of(a -> a.multiply(2))
        .vjp((a, cotangent, output) -> cotangent.multiply(backward))
        .jvp((a, tangent) -> tangent.multiply(forward))
        .build()
        .apply(x);
  }
}
