package org.mlx4j.operations;

import static org.mlx4j.operations.Input.between;
import static org.mlx4j.operations.Input.whole;
import static org.mlx4j.operations.Operation.many;
import static org.mlx4j.operations.Operation.nary;
import static org.mlx4j.operations.Operation.unary;

import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.mlx4j.DType;
import org.mlx4j.MlxArray;
import org.mlx4j.QuantizationMode;
import org.mlx4j.Quantized;

/** The rows of {@code Quantization}. */
final class QuantizationRows {
  /** float64 is quantized nowhere; Python refuses it as Java does, but for the modes below. */
  private static final DType[] FLOATS = {DType.FLOAT32, DType.FLOAT16, DType.BFLOAT16};

  private static final Input MATRIX = between(-2, 2, 3, 64);
  private static final Input X = between(-2, 2, 2, 64);
  private static final Input PACKED = packed(5, 8);
  private static final Input SCALES = between(0.1, 0.5, 5, 1);
  private static final Input BIASES = between(-2, -1, 5, 1);
  private static final Input STACK = packed(4, 5, 8);
  private static final Input STACK_SCALES = between(0.1, 0.5, 4, 5, 1);
  private static final Input STACK_BIASES = between(-2, -1, 4, 5, 1);

  private QuantizationRows() {}

  static Stream<Operation> rows() {
    return Stream.of(
            quantized(), dequantized(), products(), quantizedProducts(), gathered(), eightBits())
        .flatMap(rows -> rows);
  }

  private static Input packed(int... shape) {
    return whole(0, 0xffffffffL, shape).as(DType.UINT32);
  }

  /** Scales as powers of 2, or as 8-bit numbers, that are neither large nor small. */
  private static Input byteScales(int low, int high, int... shape) {
    return whole(low, high, shape).as(DType.UINT8);
  }

  private static MlxArray[] parts(Quantized quantized) {
    return Stream.of(quantized.w(), quantized.scales(), quantized.biases())
        .filter(Objects::nonNull)
        .toArray(MlxArray[]::new);
  }

  private static Stream<Operation> quantized() {
    Stream<Operation> affine =
        Stream.of(
            many("quantize", xs -> parts(xs[0].quantize()), "mx.quantize(a)", MATRIX),
            many(
                "quantize in groups of 32",
                xs -> parts(xs[0].quantize(32)),
                "mx.quantize(a, 32)",
                MATRIX),
            bits(1),
            bits(2),
            bits(3),
            bits(5),
            bits(6),
            bits(8),
            many(
                "quantize affine",
                xs -> parts(xs[0].quantize(null, 8, QuantizationMode.AFFINE)),
                "mx.quantize(a, bits=8, mode='affine')",
                between(-2, 2, 2, 3, 128)));
    Stream<Operation> scales =
        Stream.of(
            many(
                    "quantize scales and biases",
                    xs -> Arrays.copyOfRange(parts(xs[0].quantize()), 1, 3),
                    "mx.quantize(a)[1:]",
                    MATRIX)
                .withoutFiniteDifferences()
                .on(FLOATS));
    Stream<Operation> floating =
        Stream.of(
            mode(QuantizationMode.MXFP4),
            mode(QuantizationMode.MXFP8).withoutVmap("FP8"),
            mode(QuantizationMode.NVFP4).withoutVmap("FP8"),
            many(
                    "quantize with a global scale",
                    xs -> parts(xs[0].quantize(16, 4, QuantizationMode.NVFP4, xs[1])),
                    "mx.quantize(a, 16, 4, 'nvfp4', global_scale=b)",
                    MATRIX,
                    Input.values(1.5).shaped().as(DType.FLOAT32))
                .discrete()
                .withoutVmap("FP8"));
    return Stream.of(
            affine.map(row -> row.discrete().on(FLOATS)),
            scales,
            floating.map(row -> row.on(FLOATS)))
        .flatMap(rows -> rows);
  }

  private static Operation bits(int bits) {
    return many(
        "quantize to " + bits,
        xs -> parts(xs[0].quantize(64, bits)),
        "mx.quantize(a, 64, " + bits + ")",
        MATRIX);
  }

  private static Operation mode(QuantizationMode mode) {
    String name = mode.toString().toLowerCase(Locale.ROOT);
    return many(
            "quantize " + name,
            xs -> parts(xs[0].quantize(mode)),
            "mx.quantize(a, mode='" + name + "')",
            MATRIX)
        .discrete();
  }

  private static Stream<Operation> dequantized() {
    Stream<Operation> affine =
        Stream.of(
                nary(
                    "dequantize",
                    xs -> xs[0].dequantize(xs[1], xs[2]),
                    "mx.dequantize(a, b, c)",
                    PACKED,
                    SCALES,
                    BIASES),
                nary(
                    "dequantize groups of 32",
                    xs -> xs[0].dequantize(xs[1], xs[2], 32),
                    "mx.dequantize(a, b, c, 32)",
                    packed(5, 4),
                    SCALES,
                    BIASES),
                nary(
                    "dequantize 3 bits",
                    xs -> xs[0].dequantize(xs[1], xs[2], 64, 3),
                    "mx.dequantize(a, b, c, 64, 3)",
                    packed(5, 6),
                    SCALES,
                    BIASES),
                nary(
                    "dequantize affine",
                    xs -> xs[0].dequantize(xs[1], xs[2], null, 8, QuantizationMode.AFFINE),
                    "mx.dequantize(a, b, c, bits=8)",
                    packed(5, 16),
                    SCALES,
                    BIASES))
            .map(row -> row.on(DTypes.FLOATING));
    Stream<Operation> floating =
        Stream.of(
                nary(
                    "dequantize mxfp4",
                    xs -> xs[0].dequantize(xs[1], null, null, null, QuantizationMode.MXFP4),
                    "mx.dequantize(a, b, mode='mxfp4')",
                    PACKED,
                    byteScales(120, 130, 5, 2)),
                nary(
                        "dequantize mxfp8",
                        xs -> xs[0].dequantize(xs[1], null, 32, 8, QuantizationMode.MXFP8),
                        "mx.dequantize(a, b, mode='mxfp8')",
                        packed(5, 16),
                        byteScales(120, 130, 5, 2))
                    .withoutVmap("FromFP8"),
                nary(
                        "dequantize nvfp4",
                        xs -> xs[0].dequantize(xs[1], null, 16, 4, QuantizationMode.NVFP4),
                        "mx.dequantize(a, b, mode='nvfp4')",
                        PACKED,
                        byteScales(40, 70, 5, 4))
                    .withoutVmap("FromFP8"),
                nary(
                        "dequantize with a global scale",
                        xs ->
                            xs[0].dequantize(
                                xs[1], null, 16, 4, QuantizationMode.NVFP4, xs[2], DType.FLOAT32),
                        "mx.dequantize(a, b, mode='nvfp4', global_scale=c, dtype=mx.float32)",
                        PACKED,
                        byteScales(40, 70, 5, 4),
                        Input.values(1.5).shaped().as(DType.FLOAT32))
                    .withoutVmap("FromFP8"),
                nary(
                    "dequantize to float16",
                    xs ->
                        xs[0].dequantize(
                            xs[1], null, 32, 4, QuantizationMode.MXFP4, null, DType.FLOAT16),
                    "mx.dequantize(a, b, mode='mxfp4', dtype=mx.float16)",
                    PACKED,
                    byteScales(120, 130, 5, 2)))
            .map(Operation::discrete);
    return Stream.concat(affine, floating);
  }

  private static Stream<Operation> products() {
    Stream<Operation> affine =
        Stream.of(
            nary(
                "quantizedMatmul",
                xs -> xs[0].quantizedMatmul(xs[1], xs[2], xs[3]),
                summed("mx.quantized_matmul", ""),
                X,
                PACKED,
                SCALES,
                BIASES),
            nary(
                "quantizedMatmul not transposed",
                xs -> xs[0].quantizedMatmul(xs[1], xs[2], xs[3], false),
                summed("mx.quantized_matmul", ", False"),
                between(-2, 2, 2, 5),
                PACKED,
                SCALES,
                BIASES),
            nary(
                "quantizedMatmul in groups of 32",
                xs -> xs[0].quantizedMatmul(xs[1], xs[2], xs[3], true, 32),
                summed("mx.quantized_matmul", ", True, 32"),
                between(-2, 2, 2, 32),
                packed(5, 4),
                SCALES,
                BIASES),
            nary(
                "quantizedMatmul of 5 bits",
                xs -> xs[0].quantizedMatmul(xs[1], xs[2], xs[3], true, 64, 5),
                summed("mx.quantized_matmul", ", True, 64, 5"),
                X,
                packed(5, 10),
                SCALES,
                BIASES),
            nary(
                "quantizedMatmul batched",
                xs ->
                    xs[0].quantizedMatmul(
                        xs[1], xs[2], xs[3], true, null, null, QuantizationMode.AFFINE),
                summed("mx.quantized_matmul", ", True, mode='affine'"),
                between(-2, 2, 3, 1, 2, 64),
                STACK,
                STACK_SCALES,
                STACK_BIASES));
    Stream<Operation> floating =
        Stream.of(
            floating(QuantizationMode.MXFP4, packed(5, 8), byteScales(120, 130, 5, 2)),
            floating(QuantizationMode.MXFP8, packed(5, 16), byteScales(110, 120, 5, 2)),
            floating(QuantizationMode.NVFP4, packed(5, 8), byteScales(40, 60, 5, 4)));
    return Stream.concat(
            affine
                .map(row -> row.withoutJvp("No JVP wrt the quantized matrix"))
                .map(Operation::withPythonsGradientsOfFloat32),
            floating)
        .map(Operation::withoutFiniteDifferences)
        .map(row -> row.on(FLOATS));
  }

  /** MLX's loops on the CPU sum in half precision; our products are summed in float32. */
  private static String summed(String product, String more) {
    String wide = ".astype(mx.float32)";
    return product + "(a" + wide + ", b, c" + wide + ", d" + wide + more + ").astype(a.dtype)";
  }

  private static Operation floating(QuantizationMode mode, Input packed, Input scales) {
    String name = mode.toString().toLowerCase(Locale.ROOT);
    return nary(
        "quantizedMatmul " + name,
        xs -> xs[0].quantizedMatmul(xs[1], xs[2], null, true, null, null, mode),
        "mx.quantized_matmul(a.astype(mx.float32), b, c, mode='" + name + "').astype(a.dtype)",
        X,
        packed,
        scales);
  }

  private static Stream<Operation> quantizedProducts() {
    Input row = between(-2, 2, 1, 64);
    Input scales = byteScales(40, 60, 5, 4);
    Stream<Operation> computed =
        Stream.of(
                nary(
                    "qqmm",
                    xs -> xs[0].qqmm(xs[1], xs[2]),
                    "mx.qqmm(a, b, c)",
                    row,
                    PACKED,
                    scales),
                nary(
                    "qqmm of a vector",
                    xs -> xs[0].qqmm(xs[1], xs[2], 16, 4),
                    "mx.qqmm(a, b, c, 16, 4)",
                    between(-2, 2, 64),
                    PACKED,
                    scales),
                nary(
                    "qqmm mxfp8",
                    xs -> xs[0].qqmm(xs[1], xs[2], 32, 8, QuantizationMode.MXFP8),
                    "mx.qqmm(a, b, c, 32, 8, 'mxfp8')",
                    row,
                    packed(5, 16),
                    byteScales(110, 120, 5, 2)))
            .map(one -> one.discrete().withoutVmap("QQMatmul").on(FLOATS));
    String missing = "[QQMatmul] NYI";
    Stream<Operation> notOnTheCpu =
        Stream.of(
            nary(
                    "qqmm of rows",
                    xs -> xs[0].qqmm(xs[1], xs[2], 16),
                    "mx.qqmm(a, b, c, 16)",
                    X,
                    PACKED,
                    scales)
                .onSomeBackends(missing),
            nary("qqmm not quantized", xs -> xs[0].qqmm(xs[1]), "mx.qqmm(a, b)", X, X)
                .onSomeBackends(missing));
    return Stream.concat(computed, notOnTheCpu);
  }

  private static Stream<Operation> gathered() {
    Input xs3 = between(-2, 2, 3, 2, 64);
    Input ofThree = whole(0, 2, 2, 4).as(DType.INT32);
    Input ofFour = whole(0, 3, 2, 4).as(DType.UINT32);
    Stream<Operation> computed =
        Stream.of(
                nary(
                    "gatherQmm right",
                    xs -> xs[0].gatherQmm(xs[1], xs[2], xs[3], null, xs[4]),
                    summed("mx.gather_qmm", ", None, e"),
                    between(-2, 2, 2, 4, 2, 64),
                    STACK,
                    STACK_SCALES,
                    STACK_BIASES,
                    ofFour),
                nary(
                    "gatherQmm left",
                    xs -> xs[0].gatherQmm(xs[1], xs[2], xs[3], xs[4], null, true),
                    summed("mx.gather_qmm", ", e, None, True"),
                    xs3,
                    STACK,
                    STACK_SCALES,
                    STACK_BIASES,
                    ofThree),
                nary(
                        "gatherQmm both, not transposed",
                        xs -> xs[0].gatherQmm(xs[1], xs[2], xs[3], xs[4], xs[5], false, 64),
                        summed("mx.gather_qmm", ", e, f, False, 64"),
                        between(-2, 2, 3, 2, 5),
                        STACK,
                        STACK_SCALES,
                        STACK_BIASES,
                        ofThree,
                        ofFour)
                    .withoutVjp("[Unflatten]"),
                nary(
                    "gatherQmm 8 bits",
                    xs -> xs[0].gatherQmm(xs[1], xs[2], xs[3], xs[4], xs[5], true, 64, 8),
                    summed("mx.gather_qmm", ", e, f, True, 64, 8"),
                    xs3,
                    packed(4, 5, 16),
                    between(0.01, 0.03, 4, 5, 1),
                    STACK_BIASES,
                    ofThree,
                    ofFour),
                nary(
                    "gatherQmm nvfp4, sorted",
                    xs ->
                        xs[0].gatherQmm(
                            xs[1],
                            xs[2],
                            null,
                            null,
                            xs[3],
                            true,
                            16,
                            4,
                            QuantizationMode.NVFP4,
                            null,
                            true),
                    "mx.gather_qmm(a.astype(mx.float32), b, c, None, None, d, mode='nvfp4',"
                        + " sorted_indices=True).astype(a.dtype)",
                    xs3,
                    STACK,
                    byteScales(40, 60, 4, 5, 4),
                    Input.values(0, 2, 3).as(DType.INT32)))
            .map(Operation::withPythonsGradientsOfFloat32)
            .map(row -> row.withoutFiniteDifferences().withoutJvp("GatherQMM::jvp NYI").on(FLOATS));
    Stream<Operation> notOnTheCpu =
        Stream.of(
            nary(
                    "gatherQqmm",
                    xs -> xs[0].gatherQqmm(xs[1], xs[2], xs[3], xs[4]),
                    "mx.gather_qqmm(a, b, c, d, e)",
                    xs3,
                    STACK,
                    byteScales(40, 60, 4, 5, 4),
                    ofThree,
                    ofFour)
                .onSomeBackends("[GatherQQMM] NYI"));
    return Stream.concat(computed, notOnTheCpu);
  }

  private static Stream<Operation> eightBits() {
    Input bytes = whole(0, 255, 20).as(DType.UINT8);
    return Stream.of(
        unary("toFp8", MlxArray::toFp8, "mx.to_fp8(a)", between(-500, 500, 20))
            .shapes(new int[] {2, 100}, new int[] {0})
            .discrete()
            .withoutVmap("ToFP8")
            .on(FLOATS),
        unary("fromFp8", MlxArray::fromFp8, "mx.from_fp8(a)", bytes)
            .discrete()
            .withoutVmap("FromFP8"),
        unary("fromFp8 dtype", x -> x.fromFp8(DType.FLOAT32), "mx.from_fp8(a, mx.float32)", bytes)
            .discrete()
            .withoutVmap("FromFP8"));
  }
}
