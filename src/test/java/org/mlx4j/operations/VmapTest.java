package org.mlx4j.operations;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.mlx4j.operations.Operation.unary;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.Transforms;
import org.mlx4j.operations.Operation.Variant;

/**
 * {@code vmap} over any axis gives what a loop over the slices gives: an operation is mapped over
 * several samples of its arguments, stacked along each axis in turn, and compared with the
 * operation on one sample after the other.
 */
class VmapTest {
  private static final int SAMPLES = 3;

  @ParameterizedTest
  @MethodSource("org.mlx4j.operations.Operations#vmappable")
  void vmapIsALoopOverSlices(Operation operation) {
    Variant variant = operation.main();
    if (operation.vmapRefusal() != null) {
      RuntimeException refusal =
          assertThrows(RuntimeException.class, () -> mapped(variant, i -> true, 0, 0));
      assertTrue(refusal.getMessage().contains(operation.vmapRefusal()), refusal::toString);
      return;
    }
    List<Executable> choices = new ArrayList<>();
    for (IntPredicate isMapped : choicesOfMapped(operation.inputs())) {
      for (int inAxis = 0; inAxis <= operation.largestNdim(); inAxis++) {
        for (int outAxis : new int[] {0, -1}) {
          int in = inAxis;
          choices.add(() -> assertMaps(variant, isMapped, in, outAxis));
        }
      }
    }
    assertAll(operation.toString(), choices);
  }

  /** All inputs are mapped, one is, or all but one are. */
  private static List<IntPredicate> choicesOfMapped(int inputs) {
    List<IntPredicate> choices = new ArrayList<>();
    choices.add(i -> true);
    if (inputs > 1) {
      IntStream.range(0, inputs).forEach(one -> choices.add(i -> i == one));
    }
    if (inputs > 2) {
      IntStream.range(0, inputs).forEach(one -> choices.add(i -> i != one));
    }
    return choices;
  }

  private static void assertMaps(Variant variant, IntPredicate isMapped, int inAxis, int outAxis) {
    HostArray[] expected = looped(variant, isMapped, outAxis);
    HostArray[] actual = mapped(variant, isMapped, inAxis, outAxis);
    String where = " mapped over axis " + inAxis + " into axis " + outAxis;
    assertEquals(expected.length, actual.length, () -> "number of results" + where);
    for (int i = 0; i < expected.length; i++) {
      int result = i;
      actual[i]
          .differenceFrom(expected[i], variant.operation().tolerance(expected[i].dtype()))
          .ifPresent(difference -> fail("result " + result + where + ": " + difference));
    }
  }

  private static HostArray[] mapped(
      Variant variant, IntPredicate isMapped, int inAxis, int outAxis) {
    return variant.run(
        () -> {
          List<MlxArray[]> samples = samples(variant, isMapped);
          int[] inAxes = new int[variant.inputs().size()];
          Arrays.fill(inAxes, Transforms.NOT_MAPPED);
          MlxArray[] arguments = samples.get(0).clone();
          for (int i = 0; i < arguments.length; i++) {
            if (isMapped.test(i)) {
              inAxes[i] = Math.min(inAxis, arguments[i].ndim());
              arguments[i] = stacked(samples, i, inAxes[i]);
            }
          }
          int[] outAxes = new int[variant.operation().apply(samples.get(0)).length];
          Arrays.fill(outAxes, outAxis);
          return HostArray.allOf(
              Transforms.vmap(variant.operation()::apply, inAxes, outAxes).apply(arguments));
        });
  }

  private static HostArray[] looped(Variant variant, IntPredicate isMapped, int outAxis) {
    return variant.run(
        () -> {
          List<MlxArray[]> results =
              samples(variant, isMapped).stream().map(variant.operation()::apply).toList();
          return IntStream.range(0, results.get(0).length)
              .mapToObj(i -> HostArray.of(stacked(results, i, outAxis)))
              .toArray(HostArray[]::new);
        });
  }

  /** The arguments for each sample; those that are not mapped are always the same. */
  private static List<MlxArray[]> samples(Variant variant, IntPredicate isMapped) {
    HostArray[] first = variant.draw(0);
    return IntStream.range(0, SAMPLES)
        .mapToObj(
            sample -> {
              HostArray[] arguments = variant.draw(sample);
              Arrays.setAll(arguments, i -> isMapped.test(i) ? arguments[i] : first[i]);
              return HostArray.allToMlx(arguments);
            })
        .toList();
  }

  private static MlxArray stacked(List<MlxArray[]> samples, int i, int axis) {
    return Ops.stack(samples.stream().map(arrays -> arrays[i]).toArray(MlxArray[]::new), axis);
  }

  // ---- this test can fail
  // --------------------------------------------------------------------------

  @Test
  void aResultThatIsNotThatOfALoopIsDetected() {
    AtomicInteger calls = new AtomicInteger();
    Operation wrong =
        unary("wrong", x -> x.add(calls.incrementAndGet()), "a", Input.between(-2, 2, 3));
    assertThrows(AssertionError.class, () -> vmapIsALoopOverSlices(wrong));
  }

  @Test
  void aRefusalThatDoesNotComeIsDetected() {
    Operation wrong =
        unary("sin", MlxArray::sin, "mx.sin(a)", Input.between(-2, 2, 3)).withoutVmap("no vmap");
    assertThrows(AssertionError.class, () -> vmapIsALoopOverSlices(wrong));
  }
}
