package org.mlx4j.operations;

import static org.mlx4j.operations.Input.between;
import static org.mlx4j.operations.Operation.nary;
import static org.mlx4j.operations.Operation.unary;

import java.util.function.Supplier;
import java.util.stream.Stream;
import org.mlx4j.DType;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;

/** The rows of the operations of {@code Ops} that create arrays. */
final class CreationRows {
  private static final int[] SHAPE = {2, 3};
  private static final Input MATRIX = between(-2, 2, 2, 3);
  private static final Input SCALAR = between(-2, 2);

  private CreationRows() {}

  static Stream<Operation> rows() {
    return Stream.concat(
        Stream.of(constants(), likes(), ranges(), matrices())
            .flatMap(rows -> rows)
            .map(Operation::exact),
        windows());
  }

  private static Stream<Operation> constants() {
    return Stream.of(
        creation("zeros", () -> Ops.zeros(2, 3), "mx.zeros((2, 3))"),
        creation("zeros scalar", () -> Ops.zeros(), "mx.zeros(())"),
        creation("zeros empty", () -> Ops.zeros(0, 3), "mx.zeros((0, 3))"),
        creation("zeros dtype", () -> Ops.zeros(SHAPE, DType.INT8), "mx.zeros((2, 3), mx.int8)"),
        creation("ones", () -> Ops.ones(1000, 300), "mx.ones((1000, 300))"),
        creation(
            "ones dtype", () -> Ops.ones(SHAPE, DType.COMPLEX64), "mx.ones((2, 3), mx.complex64)"),
        creation("full", () -> Ops.full(SHAPE, 2.5), "mx.full((2, 3), 2.5)"),
        creation(
            "full dtype",
            () -> Ops.full(SHAPE, 7, DType.BFLOAT16),
            "mx.full((2, 3), 7, mx.bfloat16)"),
        creation(
            "full bool",
            () -> Ops.full(SHAPE, 2.5, DType.BOOL),
            "mx.full((2, 3), 2.5).astype(mx.bool_)"),
        creation(
            "full truncated",
            () -> Ops.full(SHAPE, 2.5, DType.INT32),
            "mx.full((2, 3), 2.5).astype(mx.int32)"),
        creation(
            "full exact",
            () -> Ops.full(SHAPE, 0.1, DType.FLOAT64),
            "mx.full((2, 3), 0.1, mx.float64)"),
        creation(
            "full large integer",
            () -> Ops.full(SHAPE, 123456789, DType.INT32),
            "mx.full((2, 3), 123456789, mx.int32)"),
        unary("Ops.full array", v -> Ops.full(SHAPE, v), "mx.full((2, 3), a)", SCALAR)
            .on(DTypes.ALL)
            .unlikePythonsGradient(),
        unary(
                "Ops.full broadcast",
                v -> Ops.full(SHAPE, v),
                "mx.full((2, 3), a)",
                between(-2, 2, 3))
            .unlikePythonsGradient(),
        unary(
                "Ops.full array dtype",
                v -> Ops.full(SHAPE, v, DType.FLOAT16),
                "mx.full((2, 3), a).astype(mx.float16)",
                SCALAR)
            .discrete());
  }

  private static Stream<Operation> likes() {
    return Stream.of(
            unary("Ops.zerosLike", x -> Ops.zerosLike(x), "mx.zeros_like(a)", MATRIX),
            unary(
                "Ops.zerosLike dtype",
                x -> Ops.zerosLike(x, DType.INT16),
                "mx.zeros_like(a, mx.int16)",
                MATRIX),
            unary("Ops.onesLike", x -> Ops.onesLike(x), "mx.ones_like(a)", MATRIX),
            unary(
                "Ops.onesLike dtype",
                x -> Ops.onesLike(x, DType.INT16),
                "mx.ones_like(a, mx.int16)",
                MATRIX),
            unary("Ops.fullLike", x -> Ops.fullLike(x, 1.0), "mx.full_like(a, 1.0)", MATRIX),
            unary(
                "Ops.fullLike dtype",
                x -> Ops.fullLike(x, 1.5, DType.FLOAT16),
                "mx.full_like(a, 1.5, mx.float16)",
                MATRIX),
            unary(
                "Ops.fullLike integer dtype",
                x -> Ops.fullLike(x, 3, DType.INT16),
                "mx.full_like(a, 3, mx.int16)",
                MATRIX),
            unary(
                "Ops.fullLike array",
                x -> Ops.fullLike(x, MlxArray.of(1, 2, 3)),
                "mx.full_like(a, mx.array([1, 2, 3]).astype(a.dtype))",
                MATRIX),
            unary(
                "Ops.fullLike array dtype",
                x -> Ops.fullLike(x, MlxArray.of(1, 2, 3), DType.INT8),
                "mx.full_like(a, mx.array([1, 2, 3]), mx.int8)",
                MATRIX),
            unary("Ops.fullLike integer", x -> Ops.fullLike(x, 1), "mx.full_like(a, 1)", MATRIX))
        .map(row -> row.on(DTypes.ALL).discrete());
  }

  private static Stream<Operation> ranges() {
    return Stream.of(
        creation("arange", () -> Ops.arange(5), "mx.arange(5)"),
        creation("arange start", () -> Ops.arange(2, 5), "mx.arange(2, 5)"),
        creation("arange step", () -> Ops.arange(10, 1, -3), "mx.arange(10, 1, -3)"),
        creation("arange nothing", () -> Ops.arange(5, 2), "mx.arange(5, 2)"),
        creation("arange float", () -> Ops.arange(2.5), "mx.arange(2.5)"),
        creation("arange float start", () -> Ops.arange(0.5, 3.0), "mx.arange(0.5, 3.0)"),
        creation("arange float step", () -> Ops.arange(0.1, 1.0, 0.1), "mx.arange(0.1, 1.0, 0.1)"),
        creation(
            "arange dtype",
            () -> Ops.arange(0, 300, 1, DType.FLOAT16),
            "mx.arange(0, 300, 1, dtype=mx.float16)"),
        creation(
            "arange small integers",
            () -> Ops.arange(-3, 100, 10, DType.INT8),
            "mx.arange(-3, 100, 10, dtype=mx.int8)"),
        creation("linspace", () -> Ops.linspace(-1, 3), "mx.linspace(-1, 3)"),
        creation("linspace num", () -> Ops.linspace(0.1, 0.7, 7), "mx.linspace(0.1, 0.7, 7)"),
        creation("linspace one", () -> Ops.linspace(2, 3, 1), "mx.linspace(2, 3, 1)"),
        creation(
            "linspace half-open",
            () -> Ops.linspace(0, 1, 5, false, DType.FLOAT64),
            "mx.linspace(0, 1, 5, endpoint=False, dtype=mx.float64)"));
  }

  private static Stream<Operation> matrices() {
    return Stream.of(
        creation("eye", () -> Ops.eye(3), "mx.eye(3)"),
        creation("eye shifted", () -> Ops.eye(3, 5, 1, DType.INT32), "mx.eye(3, 5, 1, mx.int32)"),
        creation("eye wide", () -> Ops.eye(2, 4), "mx.eye(2, 4)"),
        creation("eye above", () -> Ops.eye(3, 4, 1), "mx.eye(3, 4, 1)"),
        creation("tri wide", () -> Ops.tri(2, 4), "mx.tri(2, 4)"),
        creation("tri higher", () -> Ops.tri(3, 4, 1), "mx.tri(3, 4, 1)"),
        creation("eye below", () -> Ops.eye(4, 2, -1, DType.BOOL), "mx.eye(4, 2, -1, mx.bool_)"),
        creation("identity", () -> Ops.identity(3), "mx.identity(3)"),
        creation(
            "identity dtype", () -> Ops.identity(3, DType.FLOAT16), "mx.identity(3, mx.float16)"),
        creation("tri", () -> Ops.tri(3), "mx.tri(3)"),
        creation("tri shifted", () -> Ops.tri(3, 4, -1, DType.INT32), "mx.tri(3, 4, -1, mx.int32)"),
        creation("tri above", () -> Ops.tri(2, 4, 1, DType.FLOAT32), "mx.tri(2, 4, 1)"));
  }

  private static Stream<Operation> windows() {
    return Stream.of(
        creation("bartlett", () -> Ops.bartlett(9), "mx.bartlett(9)"),
        creation("bartlett of one", () -> Ops.bartlett(1), "mx.bartlett(1)"),
        creation("hanning", () -> Ops.hanning(10), "mx.hanning(10)"),
        creation("hanning of none", () -> Ops.hanning(0), "mx.hanning(0)"),
        creation("hamming", () -> Ops.hamming(9), "mx.hamming(9)"),
        creation("hamming of less than none", () -> Ops.hamming(-3), "mx.hamming(-3)"),
        creation("blackman", () -> Ops.blackman(10), "mx.blackman(10)"),
        creation("blackman large", () -> Ops.blackman(5000), "mx.blackman(5000)"));
  }

  private static Operation creation(String name, Supplier<MlxArray> function, String python) {
    return nary("Ops." + name, xs -> function.get(), python);
  }
}
