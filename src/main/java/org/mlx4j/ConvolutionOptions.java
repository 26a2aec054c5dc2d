package org.mlx4j;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * The options of a convolution, for those that differ from one spatial axis to another or that only
 * some operations take.
 *
 * <pre>{@code
 * MlxArray image = MlxRandom.normal(new int[] {1, 28, 28, 3});
 * MlxArray weight = MlxRandom.normal(new int[] {8, 3, 5, 3});
 * ConvolutionOptions options = ConvolutionOptions.defaults().withStride(2, 1).withPadding(1, 2);
 * MlxArray y = image.conv2d(weight, options); // shape (1, 14, 28, 8)
 * }</pre>
 *
 * <p>Every list holds one number that applies to all spatial axes, or one number for each of them.
 * An operation refuses options that it has no use for:
 *
 * <table>
 *   <caption>Which operation takes which option</caption>
 *   <tr><th>Option</th><th>{@code conv1d}, {@code conv2d}, {@code conv3d}</th>
 *     <th>{@code convTranspose1d}, {@code …2d}, {@code …3d}</th><th>{@code convGeneral}</th></tr>
 *   <tr><td>stride, dilation, groups</td><td>yes</td><td>yes</td><td>yes</td></tr>
 *   <tr><td>padding</td><td>the same at both ends</td><td>the same at both ends</td><td>yes</td></tr>
 *   <tr><td>inputDilation, flip</td><td>no</td><td>no</td><td>yes</td></tr>
 *   <tr><td>outputPadding</td><td>no</td><td>yes</td><td>no</td></tr>
 * </table>
 *
 * @param stride the distance between the positions of the kernel, at least 1
 * @param paddingLow the number of zeros before each spatial axis; a negative number removes
 *     elements
 * @param paddingHigh the number of zeros after each spatial axis; a negative number removes
 *     elements
 * @param dilation the distance between neighboring elements of the kernel, at least 1
 * @param inputDilation the distance between neighboring elements of the input, at least 1; the gaps
 *     are filled with zeros
 * @param outputPadding the number of elements that a transposed convolution adds at the end of each
 *     spatial axis of its output
 * @param groups the number of groups that the channels are divided into, at least 1; each group has
 *     its own weights
 * @param flip whether the kernel is reversed, which turns the cross-correlation into a convolution
 *     in the mathematical sense
 */
public record ConvolutionOptions(
    List<Integer> stride,
    List<Integer> paddingLow,
    List<Integer> paddingHigh,
    List<Integer> dilation,
    List<Integer> inputDilation,
    List<Integer> outputPadding,
    int groups,
    boolean flip) {

  private static final int MOST_AXES = 3;

  private static final ConvolutionOptions DEFAULTS =
      new ConvolutionOptions(
          List.of(1), List.of(0), List.of(0), List.of(1), List.of(1), List.of(0), 1, false);

  /**
   * Checks and copies the options.
   *
   * @throws IllegalArgumentException if a list does not have 1 to 3 elements, or a stride, a
   *     dilation or {@code groups} is less than 1
   * @throws NullPointerException if a list or an element is null
   */
  public ConvolutionOptions {
    stride = positive("stride", stride);
    paddingLow = copy("paddingLow", paddingLow);
    paddingHigh = copy("paddingHigh", paddingHigh);
    dilation = positive("dilation", dilation);
    inputDilation = positive("inputDilation", inputDilation);
    outputPadding = copy("outputPadding", outputPadding);
    if (groups < 1) {
      throw new IllegalArgumentException(
          "[ConvolutionOptions] groups is " + groups + "; it must be at least 1");
    }
  }

  /**
   * Returns the defaults: stride 1, no padding, no dilation, one group, and a kernel that is not
   * reversed.
   *
   * @return the defaults
   */
  public static ConvolutionOptions defaults() {
    return DEFAULTS;
  }

  /**
   * Returns these options with another stride.
   *
   * @param stride one number for all spatial axes, or one for each of them; at least 1
   * @return the changed options
   * @throws IllegalArgumentException if there are not 1 to 3 numbers, or one is less than 1
   */
  public ConvolutionOptions withStride(int... stride) {
    return new ConvolutionOptions(
        list("stride", stride),
        paddingLow,
        paddingHigh,
        dilation,
        inputDilation,
        outputPadding,
        groups,
        flip);
  }

  /**
   * Returns these options with other padding, the same at both ends of each spatial axis.
   *
   * @param padding one number for all spatial axes, or one for each of them; a negative number
   *     removes elements
   * @return the changed options
   * @throws IllegalArgumentException if there are not 1 to 3 numbers
   */
  public ConvolutionOptions withPadding(int... padding) {
    List<Integer> both = list("padding", padding);
    return new ConvolutionOptions(
        stride, both, both, dilation, inputDilation, outputPadding, groups, flip);
  }

  /**
   * Returns these options with other padding, which may differ at the two ends of a spatial axis.
   * Only {@code convGeneral} takes padding that does.
   *
   * @param low the padding before each spatial axis: one number for all, or one for each
   * @param high the padding after each spatial axis: one number for all, or one for each
   * @return the changed options
   * @throws IllegalArgumentException if one of the two does not have 1 to 3 numbers
   */
  public ConvolutionOptions withPadding(int[] low, int[] high) {
    return new ConvolutionOptions(
        stride,
        list("paddingLow", low),
        list("paddingHigh", high),
        dilation,
        inputDilation,
        outputPadding,
        groups,
        flip);
  }

  /**
   * Returns these options with another dilation of the kernel.
   *
   * @param dilation one number for all spatial axes, or one for each of them; at least 1
   * @return the changed options
   * @throws IllegalArgumentException if there are not 1 to 3 numbers, or one is less than 1
   */
  public ConvolutionOptions withDilation(int... dilation) {
    return new ConvolutionOptions(
        stride,
        paddingLow,
        paddingHigh,
        list("dilation", dilation),
        inputDilation,
        outputPadding,
        groups,
        flip);
  }

  /**
   * Returns these options with another dilation of the input. Only {@code convGeneral} takes it.
   *
   * @param inputDilation one number for all spatial axes, or one for each of them; at least 1
   * @return the changed options
   * @throws IllegalArgumentException if there are not 1 to 3 numbers, or one is less than 1
   */
  public ConvolutionOptions withInputDilation(int... inputDilation) {
    return new ConvolutionOptions(
        stride,
        paddingLow,
        paddingHigh,
        dilation,
        list("inputDilation", inputDilation),
        outputPadding,
        groups,
        flip);
  }

  /**
   * Returns these options with other output padding. Only transposed convolutions take it.
   *
   * @param outputPadding one number for all spatial axes, or one for each of them
   * @return the changed options
   * @throws IllegalArgumentException if there are not 1 to 3 numbers
   */
  public ConvolutionOptions withOutputPadding(int... outputPadding) {
    return new ConvolutionOptions(
        stride,
        paddingLow,
        paddingHigh,
        dilation,
        inputDilation,
        list("outputPadding", outputPadding),
        groups,
        flip);
  }

  /**
   * Returns these options with another number of groups.
   *
   * @param groups the number of groups, at least 1
   * @return the changed options
   * @throws IllegalArgumentException if {@code groups} is less than 1
   */
  public ConvolutionOptions withGroups(int groups) {
    return new ConvolutionOptions(
        stride, paddingLow, paddingHigh, dilation, inputDilation, outputPadding, groups, flip);
  }

  /**
   * Returns these options with the kernel reversed or not. Only {@code convGeneral} reverses it.
   *
   * @param flip whether the kernel is reversed
   * @return the changed options
   */
  public ConvolutionOptions withFlip(boolean flip) {
    return new ConvolutionOptions(
        stride, paddingLow, paddingHigh, dilation, inputDilation, outputPadding, groups, flip);
  }

  /** Refuses the options that only {@code convGeneral} takes, apart from uneven padding. */
  void refuseGeneral(String function) {
    refuse(function, "inputDilation", inputDilation, 1, "convGeneral takes");
    if (flip) {
      throw refused(function, "flip", flip, "convGeneral takes");
    }
  }

  /** Refuses the option that only transposed convolutions take. */
  void refuseTransposed(String function) {
    refuse(function, "outputPadding", outputPadding, 0, "transposed convolutions take");
  }

  static int[] toArray(List<Integer> numbers) {
    return numbers.stream().mapToInt(Integer::intValue).toArray();
  }

  private static void refuse(
      String function, String option, List<Integer> given, int byDefault, String whoTakes) {
    if (given.stream().anyMatch(number -> number != byDefault)) {
      throw refused(function, option, given, whoTakes);
    }
  }

  private static IllegalArgumentException refused(
      String function, String option, Object given, String whoTakes) {
    return new IllegalArgumentException(
        "[" + function + "] the options have " + option + " " + given + ", which only " + whoTakes);
  }

  private static List<Integer> list(String option, int[] numbers) {
    return Arrays.stream(Call.notNull("ConvolutionOptions", option, numbers)).boxed().toList();
  }

  private static List<Integer> copy(String option, List<Integer> numbers) {
    Call.notNull("ConvolutionOptions", option, numbers);
    if (numbers.stream().anyMatch(Objects::isNull)) {
      throw new NullPointerException(
          "[ConvolutionOptions] " + option + " " + numbers + " contains null");
    }
    if (numbers.isEmpty() || numbers.size() > MOST_AXES) {
      throw new IllegalArgumentException(
          "[ConvolutionOptions] "
              + option
              + " "
              + numbers
              + " has "
              + numbers.size()
              + " elements; it must have one for all spatial axes, or one for each of at most "
              + MOST_AXES);
    }
    return List.copyOf(numbers);
  }

  private static List<Integer> positive(String option, List<Integer> numbers) {
    List<Integer> copy = copy(option, numbers);
    if (copy.stream().anyMatch(number -> number < 1)) {
      throw Call.refused("ConvolutionOptions", option, copy, "it must be at least 1");
    }
    return copy;
  }
}
