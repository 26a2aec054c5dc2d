package org.mlx4j;

import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A kernel in source form, written by the user. MLX compiles it when it first runs. Any number of
 * threads may use it, and it need not be closed.
 *
 * <pre>{@code
 * MlxArray doubled(MetalKernel kernel, MlxArray x) { // kernel of one input and one output
 *   return kernel.apply(
 *       new MlxArray[] {x},
 *       new int[][] {x.shape()},
 *       new DType[] {x.dtype()},
 *       new int[] {(int) x.size(), 1, 1},   // threads
 *       new int[] {64, 1, 1})[0];           // threads of a group
 * }
 * }</pre>
 */
public abstract sealed class CustomKernel permits MetalKernel, CudaKernel {
  final String function;
  final Source source;

  CustomKernel(String function, Source source) {
    this.function = function;
    this.source = source;
  }

  /**
   * Runs the kernel without template arguments, initial values and output; see {@link
   * #apply(MlxArray[], int[][], DType[], int[], int[], List, Double, boolean)}.
   */
  public MlxArray[] apply(
      MlxArray[] inputs,
      int[][] outputShapes,
      DType[] outputDtypes,
      int[] grid,
      int[] threadgroup) {
    return apply(inputs, outputShapes, outputDtypes, grid, threadgroup, List.of(), null, false);
  }

  /**
   * Runs the kernel. Mirrors the call of an object that {@code mlx.core.fast.metal_kernel} or
   * {@code mlx.core.fast.cuda_kernel} returns.
   *
   * @param inputs one array for each input name
   * @param outputShapes one shape for each output name
   * @param outputDtypes one dtype for each output name
   * @param grid the number of threads along each of three axes
   * @param threadgroup the number of threads of a group along each of three axes
   * @param template the arguments of the kernel's template
   * @param initValue the initial value of the outputs, or null if it does not matter
   * @param verbose whether to print the generated source
   * @return the outputs
   * @throws IllegalArgumentException if there is not exactly one input, shape and dtype for each
   *     name, or a grid or threadgroup does not consist of three positive numbers
   * @throws IllegalStateException if an input is closed
   * @throws MlxException if the kernel cannot run on this thread's stream, which must belong to the
   *     GPU, or cannot be compiled
   */
  public MlxArray[] apply(
      MlxArray[] inputs,
      int[][] outputShapes,
      DType[] outputDtypes,
      int[] grid,
      int[] threadgroup,
      List<TemplateArgument> template,
      @Nullable Double initValue,
      boolean verbose) {
    requireOneForEach(
        "inputs", Call.notNull(function, "the inputs", inputs).length, source.inputNames);
    Call.notNull(function, "the output shapes", outputShapes);
    requireOneForEach("output shapes", outputShapes.length, source.outputNames);
    Launch launch = Launch.of(function, outputShapes, outputDtypes, grid, threadgroup, initValue);
    for (TemplateArgument argument : Call.notNull(function, "the template", template)) {
      Call.notNull(function, "a template argument", argument);
    }
    return Call.naryToMany(
        function,
        (handles, s) -> {
          try {
            return run(handles, launch, Template.of(template), verbose, s);
          } finally {
            Reference.reachabilityFence(this);
          }
        },
        inputs);
  }

  abstract long[] run(long[] inputs, Launch launch, Template template, boolean verbose, long s);

  private void requireOneForEach(String what, int given, Object[] names) {
    if (given != names.length) {
      throw new IllegalArgumentException(
          "["
              + function
              + "] "
              + given
              + " "
              + what
              + " were given for "
              + names.length
              + " names; there must be exactly one for each");
    }
  }

  /** The texts of a kernel, in the form that natives take. */
  @SuppressWarnings("ArrayRecordComponent") // for natives: nobody compares them
  record Source(
      byte[] name, Object[] inputNames, Object[] outputNames, byte[] body, byte[] header) {
    static Source of(
        String function,
        String name,
        List<String> inputNames,
        List<String> outputNames,
        String body,
        String header) {
      return new Source(
          utf8(function, "the name", name),
          utf8(function, "the input names", inputNames),
          utf8(function, "the output names", outputNames),
          utf8(function, "the source", body),
          utf8(function, "the header", header));
    }
  }

  /** The sizes of one run of a kernel, in the form that natives take. */
  @SuppressWarnings("ArrayRecordComponent") // for natives: nobody compares them
  record Launch(int[] shapes, int[] dtypes, int[] sizes, float initValue) {
    static Launch of(
        String function,
        int[][] shapes,
        DType[] dtypes,
        int[] grid,
        int[] threadgroup,
        @Nullable Double initValue) {
      Call.notNull(function, "the output shapes", shapes);
      Call.notNull(function, "the output dtypes", dtypes);
      if (dtypes.length != shapes.length) {
        throw new IllegalArgumentException(
            "["
                + function
                + "] there are "
                + shapes.length
                + " output shapes and "
                + dtypes.length
                + " output dtypes; there must be one of each for each output");
      }
      int[] packed =
          new int[Arrays.stream(shapes).filter(Objects::nonNull).mapToInt(x -> x.length + 1).sum()];
      int at = 0;
      for (int i = 0; i < shapes.length; i++) {
        int[] shape = Sizes.require(function, shapes[i], dtypes[i]);
        packed[at++] = shape.length;
        System.arraycopy(shape, 0, packed, at, shape.length);
        at += shape.length;
      }
      int[] sizes = Arrays.copyOf(requireThree(function, "grid", grid), 6);
      System.arraycopy(requireThree(function, "threadgroup", threadgroup), 0, sizes, 3, 3);
      return new Launch(
          packed,
          Arrays.stream(dtypes).mapToInt(DType::code).toArray(),
          sizes,
          initValue == null ? Float.NaN : initValue.floatValue());
    }

    private static int[] requireThree(String function, String argument, int[] sizes) {
      Call.notNull(function, argument, sizes);
      if (sizes.length != 3 || Arrays.stream(sizes).anyMatch(size -> size < 1)) {
        throw Call.refused(
            function,
            argument,
            Arrays.toString(sizes),
            "it must consist of three numbers, each at least 1");
      }
      return sizes;
    }
  }

  /** The arguments of a template, in the form that natives take. */
  @SuppressWarnings("ArrayRecordComponent") // for natives: nobody compares them
  record Template(Object[] names, int[] kinds, int[] values) {
    static Template of(List<TemplateArgument> arguments) {
      return new Template(
          arguments.stream().map(a -> a.name.getBytes(StandardCharsets.UTF_8)).toArray(),
          arguments.stream().mapToInt(a -> a.kind).toArray(),
          arguments.stream().mapToInt(a -> a.value).toArray());
    }
  }

  static byte[] utf8(String function, String argument, String text) {
    return Call.notNull(function, argument, text).getBytes(StandardCharsets.UTF_8);
  }

  private static Object[] utf8(String function, String argument, List<String> texts) {
    return Call.notNull(function, argument, texts).stream()
        .map(text -> utf8(function, argument, text))
        .toArray();
  }
}
