package org.mlx4j.operations;

import static org.mlx4j.operations.Input.between;
import static org.mlx4j.operations.Operation.binary;

import java.util.stream.Stream;
import org.mlx4j.ArrayBiFunction;
import org.mlx4j.ConvolutionOptions;
import org.mlx4j.ConvolveMode;
import org.mlx4j.DType;
import org.mlx4j.MlxArray;

/**
 * The rows of {@code Convolutions}. MLX computes float64 with the precision of float32, and only
 * where neither the kernel nor the input is dilated and there are no groups; the gradients of the
 * others are looked at in {@code ConvolutionsTest}.
 */
final class ConvolutionRows {

  private static final Input LINE = between(-2, 2, 2, 7, 2);
  private static final Input LINE_KERNEL = between(-2, 2, 4, 3, 2);
  private static final Input LINE_GROUPS = between(-2, 2, 4, 3, 1);
  private static final Input PLANE = between(-2, 2, 1, 5, 6, 2);
  private static final Input PLANE_KERNEL = between(-2, 2, 4, 2, 3, 2);
  private static final Input PLANE_GROUPS = between(-2, 2, 4, 2, 3, 1);
  private static final Input SPACE = between(-2, 2, 1, 4, 3, 5, 2);
  private static final Input SPACE_KERNEL = between(-2, 2, 3, 2, 2, 3, 2);

  private static final ConvolutionOptions OPTIONS = ConvolutionOptions.defaults();

  private ConvolutionRows() {}

  static Stream<Operation> rows() {
    Stream<Operation> alike =
        Stream.of(
                vectors(),
                lines(),
                planes(),
                spaces(),
                transposedLines(),
                transposedPlanes(),
                transposedSpaces(),
                general())
            .flatMap(rows -> rows)
            .map(row -> row.on(DTypes.FLOATING).inSinglePrecision());
    return Stream.concat(alike, unlikePythons());
  }

  private static Stream<Operation> vectors() {
    Input six = between(-2, 2, 6);
    Input three = between(-2, 2, 3);
    Input four = between(-2, 2, 4);
    return Stream.of(
        binary("convolve", MlxArray::convolve, "mx.convolve(a, b)", six, three),
        binary("convolve the shorter first", MlxArray::convolve, "mx.convolve(a, b)", three, six),
        binary(
            "convolve valid",
            (x, y) -> x.convolve(y, ConvolveMode.VALID),
            "mx.convolve(a, b, 'valid')",
            six,
            four),
        binary(
            "convolve same, odd",
            (x, y) -> x.convolve(y, ConvolveMode.SAME),
            "mx.convolve(a, b, 'same')",
            six,
            three),
        binary(
            "convolve same, even",
            (x, y) -> x.convolve(y, ConvolveMode.SAME),
            "mx.convolve(a, b, 'same')",
            six,
            four),
        binary(
            "convolve same, of two",
            (x, y) -> x.convolve(y, ConvolveMode.SAME),
            "mx.convolve(a, b, 'same')",
            between(-2, 2, 2),
            between(-2, 2, 2)));
  }

  private static Stream<Operation> lines() {
    return Stream.of(
        line("conv1d", (x, w) -> x.conv1d(w), ""),
        withoutDoubles(line("conv1d strided", (x, w) -> x.conv1d(w, 2), ", 2")),
        withoutDoubles(line("conv1d padded", (x, w) -> x.conv1d(w, 2, 3), ", 2, 3")),
        line("conv1d cropped", (x, w) -> x.conv1d(w, 1, -1), ", 1, -1"),
        withoutDoubles(line("conv1d dilated", (x, w) -> x.conv1d(w, 1, 1, 2), ", 1, 1, 2")),
        withoutDoubles(
            binary(
                "conv1d in groups",
                (x, w) -> x.conv1d(w, 1, 1, 1, 2),
                "mx.conv1d(a, b, 1, 1, 1, 2)",
                LINE,
                LINE_GROUPS)),
        withoutDoubles(
            binary(
                "conv1d of options",
                (x, w) ->
                    x.conv1d(w, OPTIONS.withStride(2).withPadding(3).withDilation(2).withGroups(2)),
                "mx.conv1d(a, b, 2, 3, 2, 2)",
                LINE,
                LINE_GROUPS)));
  }

  private static Operation line(String name, ArrayBiFunction function, String parameters) {
    return binary(name, function, "mx.conv1d(a, b" + parameters + ")", LINE, LINE_KERNEL);
  }

  private static Stream<Operation> planes() {
    int[] twoOne = {2, 1};
    int[] oneTwo = {1, 2};
    return Stream.of(
        plane("conv2d", (x, w) -> x.conv2d(w), ""),
        withoutDoubles(plane("conv2d strided", (x, w) -> x.conv2d(w, 2), ", 2")),
        plane("conv2d padded", (x, w) -> x.conv2d(w, 1, 2), ", 1, 2"),
        withoutDoubles(plane("conv2d dilated", (x, w) -> x.conv2d(w, 1, 1, 2), ", 1, 1, 2")),
        withoutDoubles(
            plane(
                "conv2d by axis strided",
                (x, w) -> x.conv2d(w, OPTIONS.withStride(twoOne)),
                ", (2, 1)")),
        plane(
            "conv2d by axis padded",
            (x, w) -> x.conv2d(w, OPTIONS.withPadding(oneTwo)),
            ", (1, 1), (1, 2)"),
        withoutDoubles(
            plane(
                "conv2d by axis dilated",
                (x, w) ->
                    x.conv2d(
                        w, OPTIONS.withStride(twoOne).withPadding(oneTwo).withDilation(oneTwo)),
                ", (2, 1), (1, 2), (1, 2)")),
        withoutDoubles(
            binary(
                "conv2d in groups",
                (x, w) -> x.conv2d(w, 1, 1, 1, 2),
                "mx.conv2d(a, b, 1, 1, 1, 2)",
                PLANE,
                PLANE_GROUPS)),
        withoutDoubles(
            binary(
                "conv2d by axis in groups",
                (x, w) -> x.conv2d(w, twoOne, oneTwo, oneTwo, 2),
                "mx.conv2d(a, b, (2, 1), (1, 2), (1, 2), 2)",
                PLANE,
                PLANE_GROUPS)),
        withoutDoubles(
            binary(
                "conv2d of options",
                (x, w) ->
                    x.conv2d(
                        w,
                        OPTIONS
                            .withStride(twoOne)
                            .withPadding(oneTwo)
                            .withDilation(oneTwo)
                            .withGroups(2)),
                "mx.conv2d(a, b, (2, 1), (1, 2), (1, 2), 2)",
                PLANE,
                PLANE_GROUPS)));
  }

  private static Operation plane(String name, ArrayBiFunction function, String parameters) {
    return binary(name, function, "mx.conv2d(a, b" + parameters + ")", PLANE, PLANE_KERNEL);
  }

  private static Stream<Operation> spaces() {
    int[] steps = {2, 1, 1};
    int[] widths = {1, 0, 1};
    return Stream.of(
        space("conv3d", (x, w) -> x.conv3d(w), ""),
        withoutDoubles(space("conv3d strided", (x, w) -> x.conv3d(w, 2), ", 2")),
        space("conv3d padded", (x, w) -> x.conv3d(w, 1, 1), ", 1, 1"),
        withoutDoubles(space("conv3d dilated", (x, w) -> x.conv3d(w, 1, 1, 2), ", 1, 1, 2")),
        space("conv3d in one group", (x, w) -> x.conv3d(w, 1, 1, 1, 1), ", 1, 1, 1, 1"),
        withoutDoubles(
            space(
                "conv3d by axis strided",
                (x, w) -> x.conv3d(w, OPTIONS.withStride(steps)),
                ", (2, 1, 1)")),
        withoutDoubles(
            space(
                "conv3d by axis padded",
                (x, w) -> x.conv3d(w, OPTIONS.withStride(steps).withPadding(widths)),
                ", (2, 1, 1), (1, 0, 1)")),
        withoutDoubles(
            space(
                "conv3d by axis dilated",
                (x, w) ->
                    x.conv3d(w, OPTIONS.withStride(steps).withPadding(widths).withDilation(steps)),
                ", (2, 1, 1), (1, 0, 1), (2, 1, 1)")),
        withoutDoubles(
            space(
                "conv3d by axis in one group",
                (x, w) -> x.conv3d(w, steps, widths, steps, 1),
                ", (2, 1, 1), (1, 0, 1), (2, 1, 1), 1")));
  }

  private static Operation space(String name, ArrayBiFunction function, String parameters) {
    return binary(name, function, "mx.conv3d(a, b" + parameters + ")", SPACE, SPACE_KERNEL);
  }

  private static Stream<Operation> transposedLines() {
    return Stream.of(
        transposedLine("convTranspose1d", (x, w) -> x.convTranspose1d(w), ""),
        transposedLine("convTranspose1d strided", (x, w) -> x.convTranspose1d(w, 2), ", 2"),
        transposedLine("convTranspose1d padded", (x, w) -> x.convTranspose1d(w, 2, 1), ", 2, 1"),
        transposedLine(
            "convTranspose1d dilated", (x, w) -> x.convTranspose1d(w, 2, 1, 2), ", 2, 1, 2"),
        transposedLine(
            "convTranspose1d with more",
            (x, w) -> x.convTranspose1d(w, 2, 1, 2, 1),
            ", 2, 1, 2, 1"),
        withoutDoubles(
            binary(
                "convTranspose1d in groups",
                (x, w) -> x.convTranspose1d(w, 2, 1, 1, 0, 2),
                "mx.conv_transpose1d(a, b, 2, 1, 1, 0, 2)",
                LINE,
                LINE_GROUPS)),
        withoutDoubles(
            binary(
                "convTranspose1d of options",
                (x, w) ->
                    x.convTranspose1d(
                        w,
                        OPTIONS
                            .withStride(3)
                            .withPadding(1)
                            .withDilation(2)
                            .withOutputPadding(1)
                            .withGroups(2)),
                "mx.conv_transpose1d(a, b, 3, 1, 2, 1, 2)",
                LINE,
                LINE_GROUPS)));
  }

  private static Operation transposedLine(
      String name, ArrayBiFunction function, String parameters) {
    String python = "mx.conv_transpose1d(a, b" + parameters + ")";
    return withoutDoubles(binary(name, function, python, LINE, LINE_KERNEL));
  }

  private static Stream<Operation> transposedPlanes() {
    int[] twoOne = {2, 1};
    int[] oneTwo = {1, 2};
    int[] more = {1, 0};
    return Stream.of(
        transposedPlane("convTranspose2d", (x, w) -> x.convTranspose2d(w), ""),
        transposedPlane("convTranspose2d strided", (x, w) -> x.convTranspose2d(w, 2), ", 2"),
        transposedPlane("convTranspose2d padded", (x, w) -> x.convTranspose2d(w, 2, 1), ", 2, 1"),
        transposedPlane(
            "convTranspose2d dilated", (x, w) -> x.convTranspose2d(w, 2, 1, 2), ", 2, 1, 2"),
        transposedPlane(
            "convTranspose2d with more",
            (x, w) -> x.convTranspose2d(w, 2, 1, 2, 1),
            ", 2, 1, 2, 1"),
        transposedPlane(
            "convTranspose2d by axis strided",
            (x, w) -> x.convTranspose2d(w, OPTIONS.withStride(twoOne)),
            ", (2, 1)"),
        transposedPlane(
            "convTranspose2d by axis padded",
            (x, w) -> x.convTranspose2d(w, OPTIONS.withStride(twoOne).withPadding(more)),
            ", (2, 1), (1, 0)"),
        transposedPlane(
            "convTranspose2d by axis dilated",
            (x, w) ->
                x.convTranspose2d(
                    w, OPTIONS.withStride(twoOne).withPadding(more).withDilation(oneTwo)),
            ", (2, 1), (1, 0), (1, 2)"),
        transposedPlane(
            "convTranspose2d by axis with more",
            (x, w) ->
                x.convTranspose2d(
                    w,
                    OPTIONS
                        .withStride(twoOne)
                        .withPadding(more)
                        .withDilation(oneTwo)
                        .withOutputPadding(more)),
            ", (2, 1), (1, 0), (1, 2), (1, 0)"),
        withoutDoubles(
            binary(
                "convTranspose2d in groups",
                (x, w) -> x.convTranspose2d(w, 2, 1, 1, 0, 2),
                "mx.conv_transpose2d(a, b, 2, 1, 1, 0, 2)",
                PLANE,
                PLANE_GROUPS)),
        withoutDoubles(
            binary(
                "convTranspose2d by axis in groups",
                (x, w) -> x.convTranspose2d(w, twoOne, more, oneTwo, more, 2),
                "mx.conv_transpose2d(a, b, (2, 1), (1, 0), (1, 2), (1, 0), 2)",
                PLANE,
                PLANE_GROUPS)),
        withoutDoubles(
            binary(
                "convTranspose2d of options in groups",
                (x, w) -> x.convTranspose2d(w, OPTIONS.withStride(twoOne).withGroups(2)),
                "mx.conv_transpose2d(a, b, (2, 1), groups=2)",
                PLANE,
                PLANE_GROUPS)));
  }

  private static Operation transposedPlane(
      String name, ArrayBiFunction function, String parameters) {
    String python = "mx.conv_transpose2d(a, b" + parameters + ")";
    return withoutDoubles(binary(name, function, python, PLANE, PLANE_KERNEL));
  }

  private static Stream<Operation> transposedSpaces() {
    int[] steps = {2, 1, 1};
    int[] widths = {1, 0, 1};
    return Stream.of(
        transposedSpace("convTranspose3d", (x, w) -> x.convTranspose3d(w), ""),
        transposedSpace("convTranspose3d strided", (x, w) -> x.convTranspose3d(w, 2), ", 2"),
        transposedSpace("convTranspose3d padded", (x, w) -> x.convTranspose3d(w, 2, 1), ", 2, 1"),
        transposedSpace(
            "convTranspose3d dilated", (x, w) -> x.convTranspose3d(w, 2, 1, 2), ", 2, 1, 2"),
        transposedSpace(
            "convTranspose3d with more",
            (x, w) -> x.convTranspose3d(w, 2, 1, 2, 1),
            ", 2, 1, 2, 1"),
        transposedSpace(
            "convTranspose3d in one group",
            (x, w) -> x.convTranspose3d(w, 2, 1, 2, 1, 1),
            ", 2, 1, 2, 1, 1"),
        transposedSpace(
            "convTranspose3d by axis strided",
            (x, w) -> x.convTranspose3d(w, OPTIONS.withStride(steps)),
            ", (2, 1, 1)"),
        transposedSpace(
            "convTranspose3d by axis padded",
            (x, w) -> x.convTranspose3d(w, OPTIONS.withStride(steps).withPadding(widths)),
            ", (2, 1, 1), (1, 0, 1)"),
        transposedSpace(
            "convTranspose3d by axis dilated",
            (x, w) ->
                x.convTranspose3d(
                    w, OPTIONS.withStride(steps).withPadding(widths).withDilation(steps)),
            ", (2, 1, 1), (1, 0, 1), (2, 1, 1)"),
        transposedSpace(
            "convTranspose3d by axis with more",
            (x, w) ->
                x.convTranspose3d(
                    w,
                    OPTIONS
                        .withStride(steps)
                        .withPadding(widths)
                        .withDilation(steps)
                        .withOutputPadding(widths)),
            ", (2, 1, 1), (1, 0, 1), (2, 1, 1), (1, 0, 1)"),
        transposedSpace(
            "convTranspose3d by axis in one group",
            (x, w) -> x.convTranspose3d(w, steps, widths, steps, widths, 1),
            ", (2, 1, 1), (1, 0, 1), (2, 1, 1), (1, 0, 1), 1"));
  }

  private static Operation transposedSpace(
      String name, ArrayBiFunction function, String parameters) {
    String python = "mx.conv_transpose3d(a, b" + parameters + ")";
    return withoutDoubles(binary(name, function, python, SPACE, SPACE_KERNEL));
  }

  private static Stream<Operation> general() {
    int[] one = {1};
    int[] twoOne = {2, 1};
    int[] oneTwo = {1, 2};
    return Stream.of(
        general("convGeneral", (x, w) -> x.convGeneral(w), ""),
        withoutDoubles(general("convGeneral strided", (x, w) -> x.convGeneral(w, 2), ", 2")),
        general("convGeneral padded", (x, w) -> x.convGeneral(w, 1, 1), ", 1, 1"),
        withoutDoubles(
            general("convGeneral dilated", (x, w) -> x.convGeneral(w, 2, 1, 2), ", 2, 1, 2")),
        withoutDoubles(
            general(
                "convGeneral of dilated", (x, w) -> x.convGeneral(w, 1, 1, 2, 2), ", 1, 1, 2, 2")),
        withoutDoubles(
            general(
                "convGeneral by axis strided",
                (x, w) -> x.convGeneral(w, OPTIONS.withStride(twoOne)),
                ", [2, 1]")),
        general(
            "convGeneral by axis padded",
            (x, w) -> x.convGeneral(w, OPTIONS.withPadding(oneTwo)),
            ", [1], [1, 2]"),
        withoutDoubles(
            general(
                "convGeneral by axis dilated",
                (x, w) -> x.convGeneral(w, OPTIONS.withPadding(1).withDilation(oneTwo)),
                ", [1], [1], [1, 2]")),
        withoutDoubles(
            general(
                "convGeneral by axis of dilated",
                (x, w) ->
                    x.convGeneral(
                        w, OPTIONS.withPadding(1).withDilation(oneTwo).withInputDilation(2)),
                ", [1], [1], [1, 2], [2]")),
        general(
            "convGeneral padded on one side",
            (x, w) -> x.convGeneral(w, one, twoOne, new int[] {0, 1}, one, one, 1, false),
            ", 1, ([2, 1], [0, 1])"),
        general(
            "convGeneral cropped on one side",
            (x, w) -> x.convGeneral(w, OPTIONS.withPadding(new int[] {-1, 1}, oneTwo)),
            ", 1, ([-1, 1], [1, 2])"),
        withoutDoubles(
            binary(
                "convGeneral in groups",
                (x, w) -> x.convGeneral(w, 2, 1, 1, 1, 2),
                "mx.conv_general(a, b, 2, 1, 1, 1, 2)",
                PLANE,
                PLANE_GROUPS)),
        withoutDoubles(
            binary(
                "convGeneral by axis in groups",
                (x, w) -> x.convGeneral(w, OPTIONS.withStride(2).withPadding(1).withGroups(2)),
                "mx.conv_general(a, b, 2, 1, 1, 1, 2)",
                PLANE,
                PLANE_GROUPS)),
        withoutDoubles(
            binary(
                "convGeneral flipped",
                (x, w) -> x.convGeneral(w, 1, 0, 1, 1, 1, true),
                "mx.conv_general(a, b, flip=True)",
                LINE,
                LINE_KERNEL)),
        withoutDoubles(
            binary(
                "convGeneral by axis flipped",
                (x, w) -> x.convGeneral(w, OPTIONS.withPadding(1).withGroups(2).withFlip(true)),
                "mx.conv_general(a, b, 1, 1, groups=2, flip=True)",
                LINE,
                LINE_GROUPS)));
  }

  /** MLX's gradient is wrong, and it does not compute float64, where Java finds another way. */
  private static Stream<Operation> unlikePythons() {
    return Stream.of(
        withoutDoubles(
                binary(
                    "convGeneral of dilated with more padding than kernel",
                    (x, w) -> x.convGeneral(w, 1, 3, 1, 2),
                    "mx.conv_general(a, b, 1, 3, 1, 2)",
                    LINE,
                    LINE_KERNEL))
            .unlikePythonsGradient()
            .on(DType.FLOAT32, DType.FLOAT16, DType.BFLOAT16),
        withoutDoubles(
                general(
                    "convGeneral of all options",
                    (x, w) ->
                        x.convGeneral(
                            w,
                            OPTIONS
                                .withStride(2, 1)
                                .withPadding(new int[] {1, 2}, new int[] {2, 1})
                                .withDilation(1, 2)
                                .withInputDilation(2, 1)
                                .withFlip(true)),
                    ", [2, 1], ([1, 2], [2, 1]), [1, 2], [2, 1], 1, True"))
            .unlikePythonsGradient()
            .on(DType.FLOAT32, DType.FLOAT16, DType.BFLOAT16));
  }

  private static Operation general(String name, ArrayBiFunction function, String parameters) {
    String python = "mx.conv_general(a, b" + parameters + ")";
    return binary(name, function, python, PLANE, PLANE_KERNEL);
  }

  /** MLX does not compute this, or its gradients, in float64. */
  private static Operation withoutDoubles(Operation row) {
    return row.withoutFiniteDifferences();
  }
}
