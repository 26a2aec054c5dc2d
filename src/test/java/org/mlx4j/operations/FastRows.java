package org.mlx4j.operations;

import static org.mlx4j.operations.Input.between;
import static org.mlx4j.operations.Input.bools;
import static org.mlx4j.operations.Input.whole;
import static org.mlx4j.operations.Operation.binary;
import static org.mlx4j.operations.Operation.many;
import static org.mlx4j.operations.Operation.nary;
import static org.mlx4j.operations.Operation.unary;

import java.util.List;
import java.util.stream.Stream;
import org.mlx4j.ArraysToArrayFunction;
import org.mlx4j.AttentionMask;
import org.mlx4j.DType;
import org.mlx4j.Fast;
import org.mlx4j.GatedDelta;
import org.mlx4j.MlxArray;

/** The rows of {@code Fast}. */
final class FastRows {
  private static final Input CUBE = between(-2, 2, 2, 3, 4);
  private static final Input FOUR = between(-2, 2, 4);
  private static final Input QUERIES = between(-2, 2, 1, 4, 3, 6);
  private static final Input KEYS = between(-2, 2, 1, 2, 5, 6);
  private static final Input VALUES = between(-2, 2, 1, 2, 5, 2);

  private FastRows() {}

  static Stream<Operation> rows() {
    Stream<Operation> floating =
        Stream.of(norms(), rotations(), attention(), deltas())
            .flatMap(rows -> rows)
            .map(row -> row.on(DTypes.FLOATING));
    return Stream.of(floating, losses(), kernels()).flatMap(rows -> rows);
  }

  /** MLX normalizes in single precision. */
  private static Stream<Operation> norms() {
    return Stream.of(
            unary(
                "Fast.rmsNorm",
                x -> Fast.rmsNorm(x, null, 1e-5),
                "mx.fast.rms_norm(a, None, 1e-5)",
                CUBE),
            binary(
                "Fast.rmsNorm weighted",
                (x, w) -> Fast.rmsNorm(x, w, 0.1),
                "mx.fast.rms_norm(a, b, 0.1)",
                CUBE,
                FOUR),
            unary(
                "Fast.layerNorm",
                x -> Fast.layerNorm(x, null, null, 1e-5),
                "mx.fast.layer_norm(a, None, None, 1e-5)",
                CUBE),
            binary(
                "Fast.layerNorm weighted",
                (x, w) -> Fast.layerNorm(x, w, null, 0.1),
                "mx.fast.layer_norm(a, b, None, 0.1)",
                CUBE,
                FOUR),
            binary(
                "Fast.layerNorm biased",
                (x, b) -> Fast.layerNorm(x, null, b, 0.1),
                "mx.fast.layer_norm(a, None, b, 0.1)",
                CUBE,
                FOUR),
            nary(
                "Fast.layerNorm weighted and biased",
                xs -> Fast.layerNorm(xs[0], xs[1], xs[2], 0.1),
                "mx.fast.layer_norm(a, b, c, 0.1)",
                CUBE,
                FOUR,
                FOUR))
        .map(Operation::inSinglePrecision);
  }

  private static Stream<Operation> losses() {
    Input targets = whole(0, 3, 2, 3).as(DType.INT32);
    return Stream.of(
            binary(
                "Fast.crossEntropy",
                Fast::crossEntropy,
                "mx.fast.cross_entropy(a, b)",
                CUBE,
                targets),
            binary(
                "Fast.crossEntropy of one",
                Fast::crossEntropy,
                "mx.fast.cross_entropy(a, b)",
                FOUR,
                Input.values(2).shaped().as(DType.UINT8)))
        .map(row -> row.inSinglePrecision().on(DTypes.FLOATING));
  }

  private static Stream<Operation> rotations() {
    Input half = between(1, 20, 2).as(DType.FLOAT32);
    Input offset = whole(0, 9).as(DType.INT32);
    Input offsets = whole(0, 9, 2).as(DType.INT64);
    return Stream.of(
            unary(
                "Fast.rope",
                x -> Fast.rope(x, 4, false, 10000, 1, 0),
                "mx.fast.rope(a, 4, traditional=False, base=10000.0, scale=1.0, offset=0)",
                CUBE),
            unary(
                "Fast.rope traditional, in part",
                x -> Fast.rope(x, 2, true, 100, 0.5, 3),
                "mx.fast.rope(a, 2, traditional=True, base=100.0, scale=0.5, offset=3)",
                CUBE),
            unary(
                "Fast.rope with heads",
                x -> Fast.rope(x, 4, false, 100, 0.5, 3),
                "mx.fast.rope(a, 4, traditional=False, base=100.0, scale=0.5, offset=3)",
                between(-2, 2, 2, 2, 3, 6)),
            binary(
                "Fast.rope frequencies",
                (x, f) -> Fast.rope(x, 4, false, null, 1, 2, f),
                "mx.fast.rope(a, 4, traditional=False, base=None, scale=1.0, offset=2, freqs=b)",
                CUBE,
                half),
            binary(
                "Fast.rope offset",
                (x, o) -> Fast.rope(x, 4, true, 100, 1, o),
                "mx.fast.rope(a, 4, traditional=True, base=100.0, scale=1.0, offset=b)",
                CUBE,
                offset),
            binary(
                "Fast.rope offsets",
                (x, o) -> Fast.rope(x, 4, true, 100, 1, o),
                "mx.fast.rope(a, 4, traditional=True, base=100.0, scale=1.0, offset=b)",
                CUBE,
                offsets),
            nary(
                "Fast.rope offsets and frequencies",
                xs -> Fast.rope(xs[0], 4, false, null, 2, xs[1], xs[2]),
                "mx.fast.rope(a, 4, traditional=False, base=None, scale=2.0, offset=b, freqs=c)",
                CUBE,
                offsets,
                half))
        .map(Operation::inSinglePrecision);
  }

  private static Stream<Operation> attention() {
    return Stream.of(
            attend(
                "Fast.scaledDotProductAttention",
                xs -> Fast.scaledDotProductAttention(xs[0], xs[1], xs[2], 0.5),
                ""),
            attend(
                "Fast.scaledDotProductAttention causal",
                xs ->
                    Fast.scaledDotProductAttention(xs[0], xs[1], xs[2], 0.5, AttentionMask.CAUSAL),
                ", mask='causal'"),
            attend(
                "Fast.scaledDotProductAttention masked",
                xs -> Fast.scaledDotProductAttention(xs[0], xs[1], xs[2], 0.5, xs[3]),
                ", mask=d",
                bools(4, 3, 5)),
            attend(
                "Fast.scaledDotProductAttention biased",
                xs -> Fast.scaledDotProductAttention(xs[0], xs[1], xs[2], 0.5, xs[3]),
                ", mask=d",
                between(-1, 1, 3, 5)),
            attend(
                "Fast.scaledDotProductAttention with sinks",
                xs ->
                    Fast.scaledDotProductAttention(
                        xs[0], xs[1], xs[2], 0.5, AttentionMask.CAUSAL, xs[3], false),
                ", mask='causal', sinks=d",
                FOUR),
            attend(
                "Fast.scaledDotProductAttention biased, with sinks",
                xs -> Fast.scaledDotProductAttention(xs[0], xs[1], xs[2], 0.5, xs[3], xs[4], false),
                ", mask=d, sinks=e",
                between(-1, 1, 1, 1, 3, 5),
                FOUR))
        .map(Operation::inSinglePrecision);
  }

  private static Operation attend(
      String name, ArraysToArrayFunction function, String parameters, Input... more) {
    Input[] inputs =
        Stream.concat(Stream.of(QUERIES, KEYS, VALUES), Stream.of(more)).toArray(Input[]::new);
    String python = "mx.fast.scaled_dot_product_attention(a, b, c, scale=0.5" + parameters + ")";
    return nary(name, function, python, inputs);
  }

  private static Stream<Operation> deltas() {
    Input q = between(-1, 1, 1, 3, 1, 2);
    Input k = between(-1, 1, 1, 3, 1, 2);
    Input v = between(-1, 1, 1, 3, 2, 3);
    Input gamma = between(0.5, 1, 1, 3, 2);
    Input beta = between(0.2, 0.8, 1, 3, 2);
    Input state = between(-1, 1, 1, 2, 3, 2);
    return Stream.of(
            many(
                "Fast.gatedDeltaUpdate",
                xs -> parts(Fast.gatedDeltaUpdate(xs[0], xs[1], xs[2], xs[3], xs[4])),
                "mx.fast.gated_delta_update(a, b, c, d, e)",
                q,
                k,
                v,
                gamma,
                beta),
            many(
                "Fast.gatedDeltaUpdate from a state",
                xs -> parts(Fast.gatedDeltaUpdate(xs[0], xs[1], xs[2], xs[3], xs[4], xs[5], null)),
                "mx.fast.gated_delta_update(a, b, c, d, e, f)",
                q,
                k,
                v,
                gamma,
                beta,
                state),
            many(
                "Fast.gatedDeltaUpdate masked",
                xs -> parts(Fast.gatedDeltaUpdate(xs[0], xs[1], xs[2], xs[3], xs[4], null, xs[5])),
                "mx.fast.gated_delta_update(a, b, c, d, e, None, f)",
                q,
                k,
                v,
                gamma,
                beta,
                bools(1, 3)))
        .map(Operation::inSinglePrecision);
  }

  private static MlxArray[] parts(GatedDelta delta) {
    return new MlxArray[] {delta.output(), delta.state()};
  }

  private static Stream<Operation> kernels() {
    int[] one = {1, 1, 1};
    return Stream.of(
        many(
                "Fast.precompiledCudaKernel",
                xs ->
                    Fast.precompiledCudaKernel(
                        "kernel",
                        new byte[] {1},
                        xs,
                        new int[][] {{4}},
                        new DType[] {DType.FLOAT32},
                        List.of(1, 2.5f, true),
                        one,
                        one),
                "mx.fast.precompiled_cuda_kernel(name='kernel', compiled_source=b'1', inputs=[a],"
                    + " output_shapes=[(4,)], output_dtypes=[mx.float32], scalars=[1, 2.5, True],"
                    + " grid=(1, 1, 1), threadgroup=(1, 1, 1))",
                FOUR)
            .onSomeBackends("No CUDA back-end"));
  }
}
