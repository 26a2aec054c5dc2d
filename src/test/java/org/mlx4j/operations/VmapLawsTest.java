package org.mlx4j.operations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.mlx4j.operations.Operation.unary;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mlx4j.ArrayFunction;
import org.mlx4j.ArraysFunction;
import org.mlx4j.DType;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.Transforms;
import org.mlx4j.operations.Operation.Variant;

/**
 * The laws of {@code vmap}, for each operation and for chains of them: what is mapped gives what a
 * loop gives, whether that is a function, its derivatives, or what is mapped already. Which
 * arguments are mapped, along which axes, and where the results have theirs, is chosen by chance.
 */
class VmapLawsTest {
  private static final int SAMPLES = 3;

  static Stream<Operation> operations() {
    return Stream.concat(Operations.vmappable(), Compositions.all());
  }

  static Stream<Operation> differentiable() {
    return operations().filter(Operation::isDifferentiable);
  }

  // ---- laws
  // --------------------------------------------------------------------------------------

  @ParameterizedTest
  @MethodSource("operations")
  void valuesAreThoseOfALoop(Operation operation) {
    assertMaps(operation.main(), 4, Law.VALUES);
  }

  /** On every dtype of the row, one choice of axes each. */
  @ParameterizedTest
  @MethodSource("operations")
  void valuesOfEveryDtypeAreThoseOfALoop(Operation operation) {
    operation.dtypes().forEach(dtype -> assertMaps(operation.main().on(dtype), 1, Law.VALUES));
  }

  /** The cotangents are arguments as well, so a Jacobian is among these: only they are mapped. */
  @ParameterizedTest
  @MethodSource("differentiable")
  void vjpsAreThoseOfALoop(Operation operation) {
    assertMaps(operation.main(), 4, Law.VJP);
  }

  @ParameterizedTest
  @MethodSource("differentiable")
  void jvpsAreThoseOfALoop(Operation operation) {
    assertMaps(operation.main(), 4, Law.JVP);
  }

  @ParameterizedTest
  @MethodSource("differentiable")
  void derivativesOfHalvesAndComplexNumbersAreThoseOfALoop(Operation operation) {
    operation
        .dtypes()
        .filter(dtype -> dtype == DType.FLOAT16 || dtype == DType.COMPLEX64)
        .forEach(dtype -> assertMaps(operation.main().on(dtype), 1, Law.VJP));
  }

  @ParameterizedTest
  @MethodSource("differentiable")
  void compiledGradientsAreThoseOfALoop(Operation operation) {
    assertMaps(operation.main(), 1, Law.COMPILED);
  }

  @ParameterizedTest
  @MethodSource("operations")
  void mappedTwiceIsALoopOfLoops(Operation operation) {
    assertMaps(operation.main(), 2, Law.NESTED);
  }

  @ParameterizedTest
  @MethodSource("operations")
  void whatIsMappedOverNothingIsNothing(Operation operation) {
    assertMaps(operation.main(), 2, Law.OVER_NOTHING);
    if (operation.isDifferentiable()) {
      assertMaps(operation.main(), 2, Law.DERIVATIVES_OVER_NOTHING);
    }
  }

  @ParameterizedTest
  @MethodSource("differentiable")
  void gradientsThroughVmapAreThoseThroughALoop(Operation operation) {
    Variant variant = operation.main();
    Random random = random(operation);
    for (boolean[] mapped : choicesOfMapped(operation.inputs(), 2, random)) {
      Refusals.allow(
          variant,
          () ->
              variant.run(
                  () -> {
                    Samples samples = Samples.of(operation::apply, inputs(variant), mapped, random);
                    ArraysFunction vmapped = samples.vmapped();
                    ArraysFunction looped = samples::looped;
                    int[] argnums = operation.argnums();
                    HostArray[] expected = gradients(looped, samples.stacked(), argnums);
                    HostArray[] actual = gradients(vmapped, samples.stacked(), argnums);
                    assertSame(variant, expected, actual, samples.toString());
                    return null;
                  }));
    }
  }

  private static HostArray[] gradients(ArraysFunction f, MlxArray[] arguments, int[] argnums) {
    MlxArray[] outputs = f.apply(arguments);
    return HostArray.allOf(
        Transforms.vjp(
                primals -> f.apply(replaced(arguments, argnums, primals)),
                Arrays.stream(argnums).mapToObj(i -> arguments[i]).toArray(MlxArray[]::new),
                HostArray.allToMlx(Derivatives.weights(HostArray.allOf(outputs))))
            .vjps());
  }

  // ---- what is mapped
  // ----------------------------------------------------------------------------

  /** The thing that is mapped: a function of an operation's inputs and of further arguments. */
  private enum Law {
    VALUES {
      @Override
      ArraysFunction of(Variant v) {
        return v.operation()::apply;
      }
    },

    VJP {
      @Override
      ArraysFunction of(Variant v) {
        Operation f = v.operation();
        return xs -> Transforms.vjp(ofPrimals(f, xs), primals(f, xs), beyondInputs(f, xs)).vjps();
      }

      @Override
      HostArray[] further(Variant v, HostArray[] inputs, HostArray[] outputs, int sample) {
        return like(outputs, sample);
      }
    },

    JVP {
      @Override
      ArraysFunction of(Variant v) {
        Operation f = v.operation();
        return xs -> Transforms.jvp(ofPrimals(f, xs), primals(f, xs), beyondInputs(f, xs)).jvps();
      }

      @Override
      HostArray[] further(Variant v, HostArray[] inputs, HostArray[] outputs, int sample) {
        return like(
            Arrays.stream(v.operation().argnums())
                .mapToObj(i -> inputs[i])
                .toArray(HostArray[]::new),
            sample);
      }
    },

    COMPILED(VJP) {
      @Override
      MlxArray[] map(Samples samples) {
        ArraysFunction compiled = Transforms.compileArrays(samples.vmapped());
        compiled.apply(samples.stacked());
        return compiled.apply(samples.stacked());
      }
    },

    NESTED(VALUES) {
      @Override
      MlxArray[] map(Samples samples) {
        return samples.inTwoSteps();
      }
    },

    OVER_NOTHING(VALUES) {
      @Override
      MlxArray[] expected(Samples samples) {
        return Samples.none(samples.looped(), samples.outAxes());
      }

      @Override
      MlxArray[] map(Samples samples) {
        return samples.vmapped().apply(Samples.none(samples.stacked(), samples.inAxes()));
      }
    },

    DERIVATIVES_OVER_NOTHING(VJP) {
      @Override
      MlxArray[] expected(Samples samples) {
        return OVER_NOTHING.expected(samples);
      }

      @Override
      MlxArray[] map(Samples samples) {
        return OVER_NOTHING.map(samples);
      }
    };

    private final Law base;

    Law() {
      this(null);
    }

    /** The same function as that of another law, mapped in another way. */
    Law(Law base) {
      this.base = base;
    }

    ArraysFunction of(Variant v) {
      return base.of(v);
    }

    /** The results to compare with those of {@link #map}. */
    MlxArray[] expected(Samples samples) {
      return samples.looped();
    }

    HostArray[] further(Variant v, HostArray[] inputs, HostArray[] outputs, int sample) {
      return base == null ? new HostArray[0] : base.further(v, inputs, outputs, sample);
    }

    MlxArray[] map(Samples samples) {
      return samples.vmapped().apply(samples.stacked());
    }

    private static HostArray[] like(HostArray[] arrays, int sample) {
      HostArray[] others = new HostArray[arrays.length];
      Arrays.setAll(
          others,
          i ->
              Input.between(-1, 1, arrays[i].shape())
                  .as(arrays[i].dtype())
                  .draw(null, 100L * sample + i));
      return others;
    }
  }

  /** An operation as a function of those of its inputs that have derivatives. */
  private static ArraysFunction ofPrimals(Operation f, MlxArray... xs) {
    return primals -> f.apply(replaced(Arrays.copyOf(xs, f.inputs()), f.argnums(), primals));
  }

  private static MlxArray[] primals(Operation f, MlxArray... xs) {
    return Arrays.stream(f.argnums()).mapToObj(i -> xs[i]).toArray(MlxArray[]::new);
  }

  /** The cotangents or tangents, which follow the inputs. */
  private static MlxArray[] beyondInputs(Operation f, MlxArray... xs) {
    return Arrays.copyOfRange(xs, f.inputs(), xs.length);
  }

  private static MlxArray[] replaced(MlxArray[] xs, int[] argnums, MlxArray[] primals) {
    MlxArray[] all = xs.clone();
    for (int i = 0; i < argnums.length; i++) {
      all[argnums[i]] = primals[i];
    }
    return all;
  }

  // ---- samples
  // -----------------------------------------------------------------------------------

  /**
   * A function, its arguments for each sample, which of them are mapped and along which axis, and
   * along which axis each result is.
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Samples(
      ArraysFunction f, List<MlxArray[]> arguments, int[] inAxes, int[] outAxes) {
    static Samples of(ArraysFunction f, List<HostArray[]> all, boolean[] mapped, Random random) {
      HostArray[] first = all.get(0);
      int[] inAxes = new int[first.length];
      for (int i = 0; i < inAxes.length; i++) {
        int ndim = first[i].shape().length + 1;
        int axis = random.nextInt(ndim);
        inAxes[i] = mapped[i] ? (random.nextBoolean() ? axis : axis - ndim) : Transforms.NOT_MAPPED;
      }
      List<MlxArray[]> arguments =
          all.stream()
              .map(
                  sample -> {
                    HostArray[] chosen = sample.clone();
                    Arrays.setAll(chosen, i -> mapped[i] ? sample[i] : first[i]);
                    return HostArray.allToMlx(chosen);
                  })
              .toList();
      MlxArray[] outputs = f.apply(arguments.get(0));
      int[] outAxes = new int[outputs.length];
      for (int i = 0; i < outAxes.length; i++) {
        int ndim = outputs[i].ndim() + 1;
        int axis = random.nextInt(ndim);
        outAxes[i] = random.nextBoolean() ? axis : axis - ndim;
      }
      return new Samples(f, arguments, inAxes, outAxes);
    }

    ArraysFunction vmapped() {
      return Transforms.vmap(f, inAxes, outAxes);
    }

    /** The arguments of the mapped function. */
    MlxArray[] stacked() {
      MlxArray[] stacked = arguments.get(0).clone();
      for (int i = 0; i < stacked.length; i++) {
        if (inAxes[i] != Transforms.NOT_MAPPED) {
          stacked[i] = stacked(arguments, i, inAxes[i]);
        }
      }
      return stacked;
    }

    /** No slice of the arrays that are mapped. */
    static MlxArray[] none(MlxArray[] arrays, int[] axes) {
      MlxArray[] none = arrays.clone();
      for (int i = 0; i < none.length; i++) {
        if (axes[i] != Transforms.NOT_MAPPED) {
          none[i] = none[i].take(MlxArray.of(new int[0], 0), axes[i]);
        }
      }
      return none;
    }

    /** The expected results of the mapped function: a loop over the slices. */
    MlxArray[] looped(MlxArray... stacked) {
      List<MlxArray[]> results =
          IntStream.range(0, arguments.size())
              .mapToObj(
                  sample -> {
                    MlxArray[] slices = stacked.clone();
                    for (int i = 0; i < slices.length; i++) {
                      if (inAxes[i] != Transforms.NOT_MAPPED) {
                        slices[i] = slices[i].take(sample, inAxes[i]);
                      }
                    }
                    return f.apply(slices);
                  })
              .toList();
      return joined(results);
    }

    /** The loop, without anything but the function itself. */
    MlxArray[] looped() {
      return joined(arguments.stream().map(f::apply).toList());
    }

    /**
     * The same by a vmap of a vmap: the inner one over as many copies of each slice, of which one
     * is taken.
     */
    MlxArray[] inTwoSteps() {
      int[] outerAxes = inAxes.clone();
      int[] innerAxes = inAxes.clone();
      for (int i = 0; i < inAxes.length; i++) {
        innerAxes[i] = inAxes[i] == Transforms.NOT_MAPPED ? Transforms.NOT_MAPPED : 0;
      }
      ArraysFunction inner = Transforms.vmap(f, innerAxes, new int[outAxes.length]);
      // Slices get a new first axis of two: themselves, and themselves again.
      ArraysFunction twice =
          xs -> {
            MlxArray[] doubled = xs.clone();
            for (int i = 0; i < doubled.length; i++) {
              if (innerAxes[i] == 0) {
                doubled[i] = Ops.stack(doubled[i], doubled[i]);
              }
            }
            MlxArray[] results = inner.apply(doubled);
            Arrays.setAll(results, i -> results[i].take(1, 0));
            return results;
          };
      return Transforms.vmap(twice, outerAxes, outAxes).apply(stacked());
    }

    private MlxArray[] joined(List<MlxArray[]> results) {
      return IntStream.range(0, outAxes.length)
          .mapToObj(i -> stacked(results, i, outAxes[i]))
          .toArray(MlxArray[]::new);
    }

    private static MlxArray stacked(List<MlxArray[]> arrays, int i, int axis) {
      return Ops.stack(arrays.stream().map(all -> all[i]).toArray(MlxArray[]::new), axis);
    }

    @Override
    public String toString() {
      String in =
          Arrays.toString(inAxes).replace(Integer.toString(Transforms.NOT_MAPPED), "NOT_MAPPED");
      return " mapped over axes " + in + " into axes " + Arrays.toString(outAxes);
    }
  }

  private static List<HostArray[]> inputs(Variant variant) {
    return IntStream.range(0, SAMPLES).mapToObj(variant::draw).toList();
  }

  /** All arguments are mapped, one is, or all but one are; the latter in an order by chance. */
  private static List<boolean[]> choicesOfMapped(int arguments, int most, Random random) {
    List<boolean[]> choices = new ArrayList<>();
    boolean[] all = new boolean[arguments];
    Arrays.fill(all, true);
    if (arguments > 1) {
      for (int i = 0; i < arguments; i++) {
        boolean[] one = new boolean[arguments];
        one[i] = true;
        choices.add(one);
        if (arguments > 2) {
          boolean[] others = all.clone();
          others[i] = false;
          choices.add(others);
        }
      }
    }
    Collections.shuffle(choices, random);
    choices.add(most == 1 && !choices.isEmpty() ? random.nextInt(2) : 0, all);
    return choices.subList(0, Math.min(most, choices.size()));
  }

  private static Random random(Operation operation) {
    return new Random(Compositions.SEED + operation.toString().hashCode());
  }

  // ---- assertions
  // --------------------------------------------------------------------------------

  private static void assertMaps(Variant variant, int choices, Law law) {
    Refusals.allow(variant, () -> variant.run(() -> check(variant, choices, law)));
  }

  private static Object check(Variant variant, int choices, Law law) {
    List<HostArray[]> samples = new ArrayList<>();
    for (int sample = 0; sample < SAMPLES; sample++) {
      HostArray[] inputs = variant.draw(sample);
      HostArray[] outputs = variant.compute(inputs);
      samples.add(
          Stream.of(inputs, law.further(variant, inputs, outputs, sample))
              .flatMap(Stream::of)
              .toArray(HostArray[]::new));
    }
    Random random = random(variant.operation());
    for (boolean[] mapped : choicesOfMapped(samples.get(0).length, choices, random)) {
      Samples batch = Samples.of(law.of(variant), samples, mapped, random);
      HostArray[] expected = HostArray.allOf(law.expected(batch));
      assertSame(variant, expected, HostArray.allOf(law.map(batch)), batch.toString());
    }
    return null;
  }

  private static void assertSame(
      Variant variant, HostArray[] expected, HostArray[] actual, String where) {
    assertEquals(expected.length, actual.length, () -> "number of results" + where);
    for (int i = 0; i < expected.length; i++) {
      int result = i;
      // What is small because numbers of the order of 1 cancel out differs by their rounding.
      actual[i]
          .differenceFrom(expected[i], rounding(expected[i]), 1)
          .ifPresent(
              difference -> fail(variant + where + ", result " + result + ": " + difference));
    }
  }

  /** Sums are added up in another order, and float64 is not always computed as such. */
  private static double rounding(HostArray array) {
    return switch (array.dtype()) {
      case FLOAT16 -> 5e-3;
      case BFLOAT16 -> 4e-2;
      default -> 2e-5;
    };
  }

  /** What the table says that MLX cannot do is allowed to be refused, with that message. */
  private static final class Refusals {
    private static final List<Function<Operation, String>> KINDS =
        List.of(Operation::vmapRefusal, Operation::vjpRefusal, Operation::jvpRefusal);

    /**
     * What is mapped in a row may be another operation in its derivatives, as may any link of a
     * chain.
     */
    static void allow(Variant variant, Runnable action) {
      try {
        action.run();
      } catch (RuntimeException e) {
        boolean listed = KINDS.stream().anyMatch(kind -> Operations.isListed(kind, e));
        if (!listed && variant.isMain()) {
          throw new AssertionError(variant + " is refused: " + e.getMessage(), e);
        }
      }
    }
  }

  // ---- outputs that are one array
  // ----------------------------------------------------------------

  /** Functions that return what they are given, or a value of it, as it is or by another name. */
  static Stream<Operation> aliases() {
    Input x = Input.between(-2, 2, 2, 3);
    return Stream.of(
        Operation.many("itself twice", xs -> new MlxArray[] {xs[0], xs[0]}, "", x),
        alias("a value twice", y -> y),
        alias("real", MlxArray::real),
        alias("reshape", y -> y.reshape(2, 3)),
        alias("concatenate", y -> Ops.concatenate(y)),
        alias("astype", y -> y.astype(y.dtype())),
        alias("broadcastTo", y -> y.broadcastTo(2, 3)),
        alias("squeeze of nothing", y -> y.squeeze(new int[0])),
        alias("slice of all", y -> y.slice(new int[2], new int[] {2, 3})),
        alias("flatten of one axis", y -> y.flatten(1, 1)),
        alias("transpose of nothing", y -> y.transpose(0, 1)),
        alias("stopGradient", MlxArray::stopGradient),
        alias("contiguous", MlxArray::contiguous),
        alias("conjugate", MlxArray::conjugate),
        alias("tile", y -> y.tile(1)),
        alias("repeat", y -> y.repeat(1, 0)),
        alias("sum over nothing", y -> y.sum(new int[0])),
        alias("atleast2d", MlxArray::atleast2d));
  }

  private static Operation alias(String name, ArrayFunction same) {
    return Operation.many(
        name,
        xs -> {
          MlxArray y = xs[0].sin();
          return new MlxArray[] {y, same.apply(y), same.apply(xs[0]), xs[0], y};
        },
        "",
        Input.between(-2, 2, 2, 3));
  }

  @ParameterizedTest
  @MethodSource("aliases")
  void anArrayThatIsReturnedTwiceHasTwoAxes(Operation operation) {
    for (int seed = 0; seed < 8; seed++) {
      assertMaps(operation.main(), 1, Law.VALUES);
      assertMaps(operation.main(), 4, Law.VJP);
      assertMaps(operation.main(), 4, Law.JVP);
    }
  }

  // ---- these laws can fail
  // -----------------------------------------------------------------------

  @Test
  void aResultThatIsNotThatOfALoopIsDetected() {
    AtomicInteger calls = new AtomicInteger();
    Operation wrong =
        unary("wrong", x -> x.multiply(calls.incrementAndGet()), "a", Input.between(-2, 2, 3));
    assertThrows(AssertionError.class, () -> valuesAreThoseOfALoop(wrong));
    assertThrows(AssertionError.class, () -> vjpsAreThoseOfALoop(wrong));
    assertThrows(AssertionError.class, () -> jvpsAreThoseOfALoop(wrong));
    assertThrows(AssertionError.class, () -> mappedTwiceIsALoopOfLoops(wrong));
    assertThrows(AssertionError.class, () -> compiledGradientsAreThoseOfALoop(wrong));
    assertThrows(AssertionError.class, () -> gradientsThroughVmapAreThoseThroughALoop(wrong));
  }

  @Test
  void aRefusalThatIsNotListedIsDetected() {
    Operation wrong =
        unary(
            "wrong",
            x -> {
              throw new IllegalArgumentException("not listed");
            },
            "a",
            Input.between(-2, 2, 3));
    AssertionError e = assertThrows(AssertionError.class, () -> valuesAreThoseOfALoop(wrong));
    assertTrue(e.getMessage().contains("not listed"), e.getMessage());
  }
}
