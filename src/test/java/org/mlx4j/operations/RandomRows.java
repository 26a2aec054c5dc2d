package org.mlx4j.operations;

import static org.mlx4j.operations.Input.between;
import static org.mlx4j.operations.Input.key;
import static org.mlx4j.operations.Operation.binary;
import static org.mlx4j.operations.Operation.many;
import static org.mlx4j.operations.Operation.nary;
import static org.mlx4j.operations.Operation.unary;

import java.util.function.Supplier;
import java.util.stream.Stream;
import org.mlx4j.ArrayBiFunction;
import org.mlx4j.ArrayFunction;
import org.mlx4j.DType;
import org.mlx4j.MlxArray;
import org.mlx4j.MlxRandom;

/**
 * The rows of {@code MlxRandom}: the same key or seed gives the very numbers that it gives in
 * Python, or nearly so where they are logarithms.
 */
final class RandomRows {
  private static final int[] SHAPE = {3, 4};
  private static final int[] LARGE = {1000, 300};
  private static final DType HALF = DType.FLOAT16;
  private static final DType SINGLE = DType.FLOAT32;

  private RandomRows() {}

  static Stream<Operation> rows() {
    return Stream.concat(
        Stream.of(keys(), keyed(), keyedWithArrays(), seeded())
            .flatMap(rows -> rows)
            .map(row -> computesLogarithms(row) ? row.discrete() : row.exact().discrete()),
        jointlyNormal());
  }

  /** On the CPU of Linux, elementary functions are more precise than those of MLX. */
  private static boolean computesLogarithms(Operation row) {
    return Stream.of("laplace", "truncatedNormal", "gumbel").anyMatch(row.method()::endsWith);
  }

  private static Stream<Operation> jointlyNormal() {
    Input mean = between(-2, 2, 3);
    Input covariance = between(-1, 1, 3, 3);
    return Stream.of(
            nary(
                "MlxRandom.multivariateNormal",
                xs -> MlxRandom.multivariateNormal(xs[0], definite(xs[1]), SHAPE, SINGLE, xs[2]),
                "mx.random.multivariate_normal(a, b @ b.T, [3, 4], key=c, stream=mx.cpu)",
                mean,
                covariance,
                key()),
            nary(
                "MlxRandom.multivariateNormal batched",
                xs ->
                    MlxRandom.multivariateNormal(xs[0], definite(xs[1]), new int[0], SINGLE, xs[2]),
                "mx.random.multivariate_normal(a, b @ b.T, key=c, stream=mx.cpu)",
                between(-2, 2, 4, 3),
                covariance,
                key()),
            seededWithTwo(
                "multivariateNormal",
                (m, c) -> MlxRandom.multivariateNormal(m, definite(c)),
                "multivariate_normal(a, b @ b.T, stream=mx.cpu)",
                mean,
                covariance),
            seededWithTwo(
                "multivariateNormal shaped",
                (m, c) -> MlxRandom.multivariateNormal(m, definite(c), SHAPE),
                "multivariate_normal(a, b @ b.T, [3, 4], stream=mx.cpu)",
                mean,
                covariance))
        .map(Operation::discrete);
  }

  private static MlxArray definite(MlxArray x) {
    return x.matmul(x.transpose());
  }

  private static Stream<Operation> keys() {
    return Stream.of(
        nary("MlxRandom.key", xs -> MlxRandom.key(42), "mx.random.key(42)"),
        nary("MlxRandom.key large", xs -> MlxRandom.key(1L << 40 | 7), "mx.random.key(2**40 + 7)"),
        nary("MlxRandom.key unsigned", xs -> MlxRandom.key(-1), "mx.random.key(2**64 - 1)"),
        many(
            "MlxRandom.split",
            xs -> MlxRandom.split(xs[0]),
            "[k for k in mx.random.split(a)]",
            key()),
        unary("MlxRandom.split num", k -> MlxRandom.split(k, 5), "mx.random.split(a, 5)", key()));
  }

  private static Stream<Operation> keyed() {
    return Stream.of(
        keyed("uniform", k -> MlxRandom.uniform(-1, 3, SHAPE, k), "uniform(-1, 3, [3, 4], key=a)"),
        keyed(
            "uniform large",
            k -> MlxRandom.uniform(0, 1, LARGE, k),
            "uniform(0, 1, [1000, 300], key=a)"),
        keyed(
            "uniform scalar", k -> MlxRandom.uniform(0, 1, new int[0], k), "uniform(0, 1, key=a)"),
        keyed(
            "uniform half",
            k -> MlxRandom.uniform(0, 1, SHAPE, HALF, k),
            "uniform(0, 1, [3, 4], mx.float16, a)"),
        keyed("normal", k -> MlxRandom.normal(SHAPE, k), "normal([3, 4], key=a)"),
        keyed(
            "normal half",
            k -> MlxRandom.normal(SHAPE, HALF, k),
            "normal([3, 4], mx.float16, key=a)"),
        keyed(
            "normal at",
            k -> MlxRandom.normal(SHAPE, SINGLE, 2, 0.5, k),
            "normal([3, 4], loc=2, scale=0.5, key=a)"),
        keyed(
            "randint",
            k -> MlxRandom.randint(-5, 100, SHAPE, k),
            "randint(-5, 100, [3, 4], key=a)"),
        keyed(
            "randint dtype",
            k -> MlxRandom.randint(0L, 200L, SHAPE, DType.UINT8, k),
            "randint(0, 200, [3, 4], mx.uint8, a)"),
        keyed("bernoulli", k -> MlxRandom.bernoulli(0.3, SHAPE, k), "bernoulli(0.3, [3, 4], a)"),
        keyed(
            "truncatedNormal",
            k -> MlxRandom.truncatedNormal(-1, 0.5, SHAPE, SINGLE, k),
            "truncated_normal(-1, 0.5, [3, 4], key=a)"),
        keyed("gumbel", k -> MlxRandom.gumbel(SHAPE, SINGLE, k), "gumbel([3, 4], key=a)"),
        keyed(
            "laplace",
            k -> MlxRandom.laplace(SHAPE, SINGLE, 1, 0.5, k),
            "laplace([3, 4], loc=1, scale=0.5, key=a)"),
        keyed("permutation", k -> MlxRandom.permutation(10, k), "permutation(10, key=a)"));
  }

  private static Stream<Operation> keyedWithArrays() {
    Input low = between(-2, 0, 4);
    Input high = between(0, 2, 3, 1);
    Input logits = between(-2, 2, 3, 4);
    return Stream.of(
        nary(
            "MlxRandom.uniform arrays",
            xs -> MlxRandom.uniform(xs[0], xs[1], SHAPE, SINGLE, xs[2]),
            "mx.random.uniform(a, b, [3, 4], key=c)",
            low,
            high,
            key()),
        nary(
            "MlxRandom.normal arrays",
            xs -> MlxRandom.normal(SHAPE, SINGLE, xs[0], xs[1], xs[2]),
            "mx.random.normal([3, 4], loc=a, scale=b, key=c)",
            low,
            high,
            key()),
        nary(
            "MlxRandom.randint arrays",
            xs -> MlxRandom.randint(xs[0], xs[1], SHAPE, DType.INT32, xs[2]),
            "mx.random.randint(a, b, [3, 4], key=c)",
            Input.whole(-50, 0, 4).as(DType.INT32),
            Input.whole(1, 50, 3, 1).as(DType.INT32),
            key()),
        nary(
            "MlxRandom.truncatedNormal arrays",
            xs -> MlxRandom.truncatedNormal(xs[0], xs[1], SHAPE, SINGLE, xs[2]),
            "mx.random.truncated_normal(a, b, [3, 4], key=c)",
            low,
            high,
            key()),
        nary(
            "MlxRandom.truncatedNormal arrays without shape",
            xs -> MlxRandom.truncatedNormal(xs[0], xs[1], SINGLE, xs[2]),
            "mx.random.truncated_normal(a, b, key=c)",
            low,
            high,
            key()),
        binary(
            "MlxRandom.bernoulli probabilities",
            (p, k) -> MlxRandom.bernoulli(p, k),
            "mx.random.bernoulli(a, key=b)",
            between(0, 1, 3, 4),
            key()),
        binary(
            "MlxRandom.bernoulli shape",
            (p, k) -> MlxRandom.bernoulli(p, SHAPE, k),
            "mx.random.bernoulli(a, [3, 4], key=b)",
            between(0, 1, 4),
            key()),
        binary(
            "MlxRandom.categorical",
            (l, k) -> MlxRandom.categorical(l, -1, k),
            "mx.random.categorical(a, key=b)",
            logits,
            key()),
        binary(
            "MlxRandom.categorical shape",
            (l, k) -> MlxRandom.categorical(l, 0, new int[] {5, 4}, k),
            "mx.random.categorical(a, 0, [5, 4], key=b)",
            logits,
            key()),
        binary(
            "MlxRandom.categorical samples",
            (l, k) -> MlxRandom.categorical(l, -1, 6, k),
            "mx.random.categorical(a, num_samples=6, key=b)",
            logits,
            key()),
        binary(
            "MlxRandom.permutation of array",
            (x, k) -> MlxRandom.permutation(x, 1, k),
            "mx.random.permutation(a, 1, b)",
            logits,
            key()));
  }

  private static Stream<Operation> seeded() {
    return Stream.of(
        seeded("uniform", () -> MlxRandom.uniform(3, 4), "uniform(shape=[3, 4])"),
        seeded("uniform between", () -> MlxRandom.uniform(-1, 2, SHAPE), "uniform(-1, 2, [3, 4])"),
        seeded("normal", () -> MlxRandom.normal(3, 4), "normal([3, 4])"),
        seeded("randint", () -> MlxRandom.randint(0, 10, 3, 4), "randint(0, 10, [3, 4])"),
        seeded("bernoulli of a half", () -> MlxRandom.bernoulli(), "bernoulli()"),
        seededWith("bernoulli probabilities", MlxRandom::bernoulli, "bernoulli(a)"),
        seededWith("categorical axis", x -> MlxRandom.categorical(x, 0), "categorical(a, 0)"),
        seededWith(
            "truncatedNormal arrays",
            x -> MlxRandom.truncatedNormal(x, x.add(1)),
            "truncated_normal(a, a + 1)"),
        seeded("bernoulli", () -> MlxRandom.bernoulli(0.5, 3, 4), "bernoulli(0.5, [3, 4])"),
        seeded(
            "truncatedNormal",
            () -> MlxRandom.truncatedNormal(-1, 1, 3, 4),
            "truncated_normal(-1, 1, [3, 4])"),
        seeded("gumbel", () -> MlxRandom.gumbel(3, 4), "gumbel([3, 4])"),
        seeded("laplace", () -> MlxRandom.laplace(3, 4), "laplace([3, 4])"),
        seeded("permutation", () -> MlxRandom.permutation(10), "permutation(10)"),
        seededWith("categorical", MlxRandom::categorical, "categorical(a)"),
        seededWith("permutation of array", MlxRandom::permutation, "permutation(a)"));
  }

  // ---- one line, one row
  // -------------------------------------------------------------------------

  private static Operation keyed(String name, ArrayFunction function, String python) {
    return unary("MlxRandom." + name, function, "mx.random." + python, key());
  }

  /** Two draws after a seed, because the second shows how the sequence continues. */
  private static Operation seeded(String name, Supplier<MlxArray> draw, String python) {
    return many(
        "MlxRandom." + name + " seeded",
        xs -> {
          MlxRandom.seed(7);
          return new MlxArray[] {draw.get(), draw.get()};
        },
        afterSeed(python));
  }

  private static Operation seededWith(String name, ArrayFunction draw, String python) {
    return many(
            "MlxRandom." + name + " seeded",
            xs -> {
              MlxRandom.seed(7);
              return new MlxArray[] {draw.apply(xs[0]), draw.apply(xs[0])};
            },
            afterSeed(python),
            between(-2, 2, 3, 4))
        .notMapped();
  }

  private static Operation seededWithTwo(
      String name, ArrayBiFunction draw, String python, Input a, Input b) {
    return many(
            "MlxRandom." + name + " seeded",
            xs -> {
              MlxRandom.seed(7);
              return new MlxArray[] {draw.apply(xs[0], xs[1]), draw.apply(xs[0], xs[1])};
            },
            afterSeed(python),
            a,
            b)
        .notMapped();
  }

  private static String afterSeed(String python) {
    return "[mx.random.seed(7), mx.random." + python + ", mx.random." + python + "][1:]";
  }
}
