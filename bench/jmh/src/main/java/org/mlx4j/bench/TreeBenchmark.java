package org.mlx4j.bench;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.mlx4j.MlxArray;
import org.mlx4j.TransformedArraysFunction;
import org.mlx4j.Transforms;
import org.mlx4j.ValueAndGradFunction;
import org.mlx4j.tree.TreeFunction;
import org.mlx4j.tree.TreeValueAndGrad;
import org.mlx4j.tree.Trees;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What records cost: each typed call beside the same call with plain arrays, without evaluation.
 * The record has ten arrays and a static value.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class TreeBenchmark {
  /** Ten arrays, of two kinds, and a number. */
  public record Ten(
      MlxArray a,
      MlxArray b,
      MlxArray c,
      MlxArray d,
      MlxArray e,
      MlxArray f,
      MlxArray g,
      MlxArray h,
      MlxArray i,
      MlxArray j,
      float rate) {}

  private final MlxArray[] flat = new MlxArray[10];
  private final Ten typed;

  private final TransformedArraysFunction compiledFlat =
      Transforms.compileArrays(
          xs -> {
            MlxArray[] results = xs.clone();
            results[0] = xs[0].add(xs[9]);
            return results;
          });
  private final TreeFunction<Ten, Ten> compiledTyped = Trees.compile(TreeBenchmark::next);
  private final ValueAndGradFunction gradFlat =
      Transforms.valueAndGrad(xs -> xs[0].multiply(xs[9]), 0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
  private final TreeFunction<Ten, TreeValueAndGrad<Ten>> gradTyped =
      Trees.valueAndGrad((Ten x) -> x.a().multiply(x.j()));

  /** Makes the arrays. */
  public TreeBenchmark() {
    for (int i = 0; i < flat.length; i++) {
      flat[i] = MlxArray.scalar((float) i);
    }
    typed =
        new Ten(
            flat[0], flat[1], flat[2], flat[3], flat[4], flat[5], flat[6], flat[7], flat[8],
            flat[9], 0.5f);
  }

  private static Ten next(Ten x) {
    return new Ten(
        x.a().add(x.j()), x.b(), x.c(), x.d(), x.e(), x.f(), x.g(), x.h(), x.i(), x.j(), x.rate());
  }

  @Benchmark
  public Object compiledFlat() {
    try (org.mlx4j.Scope scope = org.mlx4j.Scope.open()) {
      return compiledFlat.apply(flat);
    }
  }

  @Benchmark
  public Object compiledTyped() {
    try (org.mlx4j.Scope scope = org.mlx4j.Scope.open()) {
      return compiledTyped.apply(typed);
    }
  }

  @Benchmark
  public Object valueAndGradFlat() {
    try (org.mlx4j.Scope scope = org.mlx4j.Scope.open()) {
      return gradFlat.apply(flat);
    }
  }

  @Benchmark
  public Object valueAndGradTyped() {
    try (org.mlx4j.Scope scope = org.mlx4j.Scope.open()) {
      return gradTyped.apply(typed);
    }
  }

  @Benchmark
  public List<MlxArray> flatten() {
    return Trees.flatten(typed);
  }

  @Benchmark
  public Ten map() {
    return Trees.map(typed, x -> x);
  }
}
