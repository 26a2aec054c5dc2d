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
import org.mlx4j.Random;

/**
 * The rows of {@code Random}: the same key or seed gives the very numbers that it gives in Python.
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
            .map(row -> row.exact().discrete()),
        jointlyNormal());
  }

  private static Stream<Operation> jointlyNormal() {
    Input mean = between(-2, 2, 3);
    Input covariance = between(-1, 1, 3, 3);
    return Stream.of(
            nary(
                "Random.multivariateNormal",
                xs -> Random.multivariateNormal(xs[0], definite(xs[1]), SHAPE, SINGLE, xs[2]),
                "mx.random.multivariate_normal(a, b @ b.T, [3, 4], key=c, stream=mx.cpu)",
                mean,
                covariance,
                key()),
            nary(
                "Random.multivariateNormal batched",
                xs -> Random.multivariateNormal(xs[0], definite(xs[1]), new int[0], SINGLE, xs[2]),
                "mx.random.multivariate_normal(a, b @ b.T, key=c, stream=mx.cpu)",
                between(-2, 2, 4, 3),
                covariance,
                key()),
            seededWithTwo(
                "multivariateNormal",
                (m, c) -> Random.multivariateNormal(m, definite(c)),
                "multivariate_normal(a, b @ b.T, stream=mx.cpu)",
                mean,
                covariance),
            seededWithTwo(
                "multivariateNormal shaped",
                (m, c) -> Random.multivariateNormal(m, definite(c), SHAPE),
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
        nary("Random.key", xs -> Random.key(42), "mx.random.key(42)"),
        nary("Random.key large", xs -> Random.key(1L << 40 | 7), "mx.random.key(2**40 + 7)"),
        nary("Random.key unsigned", xs -> Random.key(-1), "mx.random.key(2**64 - 1)"),
        many("Random.split", xs -> Random.split(xs[0]), "[k for k in mx.random.split(a)]", key()),
        unary("Random.split num", k -> Random.split(k, 5), "mx.random.split(a, 5)", key()));
  }

  private static Stream<Operation> keyed() {
    return Stream.of(
        keyed("uniform", k -> Random.uniform(-1, 3, SHAPE, k), "uniform(-1, 3, [3, 4], key=a)"),
        keyed(
            "uniform large",
            k -> Random.uniform(0, 1, LARGE, k),
            "uniform(0, 1, [1000, 300], key=a)"),
        keyed("uniform scalar", k -> Random.uniform(0, 1, new int[0], k), "uniform(0, 1, key=a)"),
        keyed(
            "uniform half",
            k -> Random.uniform(0, 1, SHAPE, HALF, k),
            "uniform(0, 1, [3, 4], mx.float16, a)"),
        keyed("normal", k -> Random.normal(SHAPE, k), "normal([3, 4], key=a)"),
        keyed(
            "normal half", k -> Random.normal(SHAPE, HALF, k), "normal([3, 4], mx.float16, key=a)"),
        keyed(
            "normal at",
            k -> Random.normal(SHAPE, SINGLE, 2, 0.5, k),
            "normal([3, 4], loc=2, scale=0.5, key=a)"),
        keyed("randint", k -> Random.randint(-5, 100, SHAPE, k), "randint(-5, 100, [3, 4], key=a)"),
        keyed(
            "randint dtype",
            k -> Random.randint(0L, 200L, SHAPE, DType.UINT8, k),
            "randint(0, 200, [3, 4], mx.uint8, a)"),
        keyed("bernoulli", k -> Random.bernoulli(0.3, SHAPE, k), "bernoulli(0.3, [3, 4], a)"),
        keyed(
            "truncatedNormal",
            k -> Random.truncatedNormal(-1, 0.5, SHAPE, SINGLE, k),
            "truncated_normal(-1, 0.5, [3, 4], key=a)"),
        keyed("gumbel", k -> Random.gumbel(SHAPE, SINGLE, k), "gumbel([3, 4], key=a)"),
        keyed(
            "laplace",
            k -> Random.laplace(SHAPE, SINGLE, 1, 0.5, k),
            "laplace([3, 4], loc=1, scale=0.5, key=a)"),
        keyed("permutation", k -> Random.permutation(10, k), "permutation(10, key=a)"));
  }

  private static Stream<Operation> keyedWithArrays() {
    Input low = between(-2, 0, 4);
    Input high = between(0, 2, 3, 1);
    Input logits = between(-2, 2, 3, 4);
    return Stream.of(
        nary(
            "Random.uniform arrays",
            xs -> Random.uniform(xs[0], xs[1], SHAPE, SINGLE, xs[2]),
            "mx.random.uniform(a, b, [3, 4], key=c)",
            low,
            high,
            key()),
        nary(
            "Random.normal arrays",
            xs -> Random.normal(SHAPE, SINGLE, xs[0], xs[1], xs[2]),
            "mx.random.normal([3, 4], loc=a, scale=b, key=c)",
            low,
            high,
            key()),
        nary(
            "Random.randint arrays",
            xs -> Random.randint(xs[0], xs[1], SHAPE, DType.INT32, xs[2]),
            "mx.random.randint(a, b, [3, 4], key=c)",
            Input.whole(-50, 0, 4).as(DType.INT32),
            Input.whole(1, 50, 3, 1).as(DType.INT32),
            key()),
        nary(
            "Random.truncatedNormal arrays",
            xs -> Random.truncatedNormal(xs[0], xs[1], SHAPE, SINGLE, xs[2]),
            "mx.random.truncated_normal(a, b, [3, 4], key=c)",
            low,
            high,
            key()),
        nary(
            "Random.truncatedNormal arrays without shape",
            xs -> Random.truncatedNormal(xs[0], xs[1], SINGLE, xs[2]),
            "mx.random.truncated_normal(a, b, key=c)",
            low,
            high,
            key()),
        binary(
            "Random.bernoulli probabilities",
            (p, k) -> Random.bernoulli(p, k),
            "mx.random.bernoulli(a, key=b)",
            between(0, 1, 3, 4),
            key()),
        binary(
            "Random.bernoulli shape",
            (p, k) -> Random.bernoulli(p, SHAPE, k),
            "mx.random.bernoulli(a, [3, 4], key=b)",
            between(0, 1, 4),
            key()),
        binary(
            "Random.categorical",
            (l, k) -> Random.categorical(l, -1, k),
            "mx.random.categorical(a, key=b)",
            logits,
            key()),
        binary(
            "Random.categorical shape",
            (l, k) -> Random.categorical(l, 0, new int[] {5, 4}, k),
            "mx.random.categorical(a, 0, [5, 4], key=b)",
            logits,
            key()),
        binary(
            "Random.categorical samples",
            (l, k) -> Random.categorical(l, -1, 6, k),
            "mx.random.categorical(a, num_samples=6, key=b)",
            logits,
            key()),
        binary(
            "Random.permutation of array",
            (x, k) -> Random.permutation(x, 1, k),
            "mx.random.permutation(a, 1, b)",
            logits,
            key()));
  }

  private static Stream<Operation> seeded() {
    return Stream.of(
        seeded("uniform", () -> Random.uniform(3, 4), "uniform(shape=[3, 4])"),
        seeded("uniform between", () -> Random.uniform(-1, 2, SHAPE), "uniform(-1, 2, [3, 4])"),
        seeded("normal", () -> Random.normal(3, 4), "normal([3, 4])"),
        seeded("randint", () -> Random.randint(0, 10, 3, 4), "randint(0, 10, [3, 4])"),
        seeded("bernoulli of a half", () -> Random.bernoulli(), "bernoulli()"),
        seededWith("bernoulli probabilities", Random::bernoulli, "bernoulli(a)"),
        seededWith("categorical axis", x -> Random.categorical(x, 0), "categorical(a, 0)"),
        seededWith(
            "truncatedNormal arrays",
            x -> Random.truncatedNormal(x, x.add(1)),
            "truncated_normal(a, a + 1)"),
        seeded("bernoulli", () -> Random.bernoulli(0.5, 3, 4), "bernoulli(0.5, [3, 4])"),
        seeded(
            "truncatedNormal",
            () -> Random.truncatedNormal(-1, 1, 3, 4),
            "truncated_normal(-1, 1, [3, 4])"),
        seeded("gumbel", () -> Random.gumbel(3, 4), "gumbel([3, 4])"),
        seeded("laplace", () -> Random.laplace(3, 4), "laplace([3, 4])"),
        seeded("permutation", () -> Random.permutation(10), "permutation(10)"),
        seededWith("categorical", Random::categorical, "categorical(a)"),
        seededWith("permutation of array", Random::permutation, "permutation(a)"));
  }

  // ---- one line, one row
  // -------------------------------------------------------------------------

  private static Operation keyed(String name, ArrayFunction function, String python) {
    return unary("Random." + name, function, "mx.random." + python, key());
  }

  /** Two draws after a seed, for the second shows how the sequence goes on. */
  private static Operation seeded(String name, Supplier<MlxArray> draw, String python) {
    return many(
        "Random." + name + " seeded",
        xs -> {
          Random.seed(7);
          return new MlxArray[] {draw.get(), draw.get()};
        },
        afterSeed(python));
  }

  private static Operation seededWith(String name, ArrayFunction draw, String python) {
    return many(
            "Random." + name + " seeded",
            xs -> {
              Random.seed(7);
              return new MlxArray[] {draw.apply(xs[0]), draw.apply(xs[0])};
            },
            afterSeed(python),
            between(-2, 2, 3, 4))
        .notMapped();
  }

  private static Operation seededWithTwo(
      String name, ArrayBiFunction draw, String python, Input a, Input b) {
    return many(
            "Random." + name + " seeded",
            xs -> {
              Random.seed(7);
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
