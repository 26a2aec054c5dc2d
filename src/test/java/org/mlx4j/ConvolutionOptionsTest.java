package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.mlx4j.ArrayAssertions.assertSame;
import static org.mlx4j.ArrayAssertions.assertThrowsSaying;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Options are checked when they are made, keep what they were made of, and are refused by the
 * operations that have no use for them. What they compute is compared with Python's in {@code
 * ConvolutionRows}.
 */
@ExtendWith(InScope.class)
class ConvolutionOptionsTest {
  private static final ConvolutionOptions DEFAULTS = ConvolutionOptions.defaults();
  private static final int[] ZERO = {0};
  private static final int[] ONE = {1};

  /** An operation on an input of ones whose only parameters are options. */
  private interface Operation {
    MlxArray apply(ConvolutionOptions options);
  }

  private static MlxArray input(int spatial) {
    int[] shape = new int[spatial + 2];
    Arrays.fill(shape, 4);
    return Ops.arange((float) Math.pow(4, spatial + 2)).reshape(shape);
  }

  private static MlxArray weight(int spatial) {
    int[] shape = new int[spatial + 2];
    Arrays.fill(shape, 2);
    shape[0] = 4;
    shape[spatial + 1] = 4;
    return Ops.arange((float) (16 << spatial)).reshape(shape);
  }

  private static Operation operation(String name) {
    return switch (name) {
      case "conv1d" -> options -> input(1).conv1d(weight(1), options);
      case "conv2d" -> options -> input(2).conv2d(weight(2), options);
      case "conv3d" -> options -> input(3).conv3d(weight(3), options);
      case "convTranspose1d" -> options -> input(1).convTranspose1d(weight(1), options);
      case "convTranspose2d" -> options -> input(2).convTranspose2d(weight(2), options);
      case "convTranspose3d" -> options -> input(3).convTranspose3d(weight(3), options);
      case "convGeneral" -> options -> input(2).convGeneral(weight(2), options);
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static void assertRefused(String name, ConvolutionOptions options, String... parts) {
    List<String> all = new ArrayList<>(List.of("[" + name + "] the options have"));
    all.addAll(List.of(parts));
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> operation(name).apply(options),
        all.toArray(String[]::new));
  }

  // ---- values ----------------------------------------------------------------------------------

  @Test
  void optionsAreValues() {
    assertEquals(DEFAULTS, DEFAULTS.withStride(1).withPadding(0).withGroups(1).withFlip(false));
    assertEquals(
        DEFAULTS.withPadding(1, 2), DEFAULTS.withPadding(new int[] {1, 2}, new int[] {1, 2}));
    assertNotEquals(DEFAULTS, DEFAULTS.withStride(2));
    assertEquals(List.of(2, 1), DEFAULTS.withStride(2, 1).stride());
    assertEquals(DEFAULTS, DEFAULTS.withFlip(true).withFlip(false));
  }

  @Test
  void optionsKeepWhatTheyWereMadeOf() {
    int[] stride = {2, 1};
    ConvolutionOptions options = DEFAULTS.withStride(stride);
    stride[0] = 9;
    assertEquals(List.of(2, 1), options.stride());
    List<Integer> numbers = new ArrayList<>(List.of(3));
    ConvolutionOptions made =
        new ConvolutionOptions(numbers, numbers, numbers, numbers, numbers, numbers, 1, false);
    numbers.add(0);
    assertEquals(List.of(3), made.stride());
    assertEquals(List.of(3), made.outputPadding());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "conv1d",
        "conv2d",
        "conv3d",
        "convTranspose1d",
        "convTranspose2d",
        "convTranspose3d",
        "convGeneral"
      })
  void oneNumberIsForAllSpatialAxes(String name) {
    int spatial = name.endsWith("1d") ? 1 : name.endsWith("3d") ? 3 : 2;
    int[] two = new int[spatial];
    int[] one = new int[spatial];
    Arrays.fill(two, 2);
    Arrays.fill(one, 1);
    Operation operation = operation(name);
    assertSame(
        operation.apply(DEFAULTS.withStride(2).withPadding(1).withDilation(2)),
        operation.apply(DEFAULTS.withStride(two).withPadding(one).withDilation(two)));
    assertSame( // the same widths, written in two ways
        operation.apply(DEFAULTS.withPadding(1)),
        operation.apply(DEFAULTS.withPadding(one, new int[] {1})));
  }

  // ---- refusals --------------------------------------------------------------------------------

  @Test
  void optionsAreChecked() {
    refuse(() -> DEFAULTS.withStride(0), "stride is [0]", "at least 1");
    refuse(() -> DEFAULTS.withStride(1, -1), "stride is [1, -1]");
    refuse(() -> DEFAULTS.withStride(), "stride [] has 0", "must have one for all", "at most 3");
    refuse(() -> DEFAULTS.withStride(1, 1, 1, 1), "stride [1, 1, 1, 1] has 4", "at most 3");
    refuse(() -> DEFAULTS.withPadding(), "padding", "has 0");
    refuse(() -> DEFAULTS.withPadding(new int[4], ZERO), "paddingLow [0, 0, 0, 0] has 4");
    refuse(() -> DEFAULTS.withPadding(ZERO, new int[4]), "paddingHigh [0, 0, 0, 0] has 4");
    refuse(() -> DEFAULTS.withDilation(2, 0), "dilation is [2, 0]");
    refuse(() -> DEFAULTS.withInputDilation(0), "inputDilation is [0]");
    refuse(() -> DEFAULTS.withOutputPadding(), "outputPadding [] has 0");
    refuse(() -> DEFAULTS.withGroups(0), "groups is 0", "at least 1");
    refuse(() -> DEFAULTS.withGroups(-2), "groups is -2");
  }

  private static void refuse(Executable action, String... parts) {
    List<String> all = new ArrayList<>(List.of("[ConvolutionOptions]"));
    all.addAll(List.of(parts));
    assertThrowsSaying(IllegalArgumentException.class, action, all.toArray(String[]::new));
  }

  @Test
  void nullIsNamed() {
    assertThrowsSaying(
        NullPointerException.class,
        () -> DEFAULTS.withStride((int[]) null),
        "[ConvolutionOptions] stride is null");
    assertThrowsSaying(
        NullPointerException.class,
        () -> DEFAULTS.withPadding(ONE, null),
        "[ConvolutionOptions] paddingHigh is null");
    List<Integer> one = List.of(1);
    List<Integer> nothing = Arrays.asList(1, null);
    assertThrowsSaying(
        NullPointerException.class,
        () -> new ConvolutionOptions(one, one, one, null, one, one, 1, false),
        "[ConvolutionOptions] dilation is null");
    assertThrowsSaying(
        NullPointerException.class,
        () -> new ConvolutionOptions(one, one, one, nothing, one, one, 1, false),
        "[ConvolutionOptions] dilation [1, null] contains null");
  }

  @ParameterizedTest
  @ValueSource(strings = {"conv1d", "conv2d", "conv3d"})
  void convolutionsRefuseWhatTheyDoNotTake(String name) {
    assertRefusesWhatConvGeneralTakes(name);
    assertRefused(name, DEFAULTS.withOutputPadding(1), "outputPadding [1]", "only transposed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"convTranspose1d", "convTranspose2d", "convTranspose3d"})
  void transposedConvolutionsRefuseWhatTheyDoNotTake(String name) {
    assertRefusesWhatConvGeneralTakes(name);
  }

  private static void assertRefusesWhatConvGeneralTakes(String name) {
    assertRefused(name, DEFAULTS.withFlip(true), "flip true", "only convGeneral");
    assertRefused(name, DEFAULTS.withInputDilation(2), "inputDilation [2]", "only convGeneral");
    assertRefused(
        name,
        DEFAULTS.withPadding(ONE, ZERO),
        "paddingLow [1] and paddingHigh [0]",
        "only convGeneral");
  }

  @Test
  void theGeneralConvolutionRefusesOutputPadding() {
    assertRefused(
        "convGeneral", DEFAULTS.withOutputPadding(0, 1), "outputPadding [0, 1]", "only transposed");
  }

  @Test
  void numbersMustFitTheSpatialAxes() {
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> operation("conv1d").apply(DEFAULTS.withStride(1, 2)),
        "[conv1d] stride [1, 2] has 2 entries",
        "must have 1");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> operation("convTranspose3d").apply(DEFAULTS.withOutputPadding(1, 2)),
        "[convTranspose3d] outputPadding [1, 2] has 2 entries",
        "must have 3");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> operation("conv2d").apply(DEFAULTS.withPadding(1, 2, 3)),
        "[conv2d] paddingLow [1, 2, 3] has 3 entries");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> operation("convGeneral").apply(DEFAULTS.withDilation(1, 2, 3)),
        "[convGeneral] kernelDilation [1, 2, 3] has 3 entries");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> operation("conv3d").apply(DEFAULTS.withGroups(2)),
        "[conv3d] groups is 2");
  }
}
