package org.mlx4j.bench;

import java.util.Map;
import java.util.function.DoubleSupplier;
import org.mlx4j.Jvp;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.Scope;
import org.mlx4j.TransformedFunction;
import org.mlx4j.Transforms;
import org.mlx4j.Vjp;
import org.openjdk.jmh.annotations.Benchmark;

/** Transforms of small functions, with the evaluation of what they make. */
public class TransformBenchmark extends PeerBenchmark {
  private final MlxArray ten = filled(2, 2, 10);
  private final MlxArray ones = Ops.ones(10);
  private final MlxArray number = MlxArray.scalar(1.5f);
  private final MlxArray thousand = filled(30, 2, 1000, 8);

  private final TransformedFunction gradOfSquares = Transforms.grad(x -> x.multiply(x).sum());
  private final TransformedFunction secondOfCube =
      Transforms.grad(Transforms.grad(x -> x.multiply(x).multiply(x)));
  private final TransformedFunction mapped = Transforms.vmap(x -> x.sin().multiply(x).sum());

  @Override
  Map<String, DoubleSupplier> checks() {
    return Map.of(
        "grad_scalar", () -> total(gradOfSquares.apply(ten)),
        "grad_grad_x3", () -> total(secondOfCube.apply(number)),
        "vjp_sin", () -> total(Transforms.vjp(MlxArray::sin, ten, ones).vjps()[0]),
        "jvp_sin", () -> total(Transforms.jvp(MlxArray::sin, ten, ones).jvps()[0]),
        "vmap_1000", () -> total(mapped.apply(thousand)));
  }

  @Benchmark
  public void gradScalar() {
    try (Scope scope = Scope.open()) {
      gradOfSquares.apply(ten).eval();
    }
  }

  @Benchmark
  public void gradGradX3() {
    try (Scope scope = Scope.open()) {
      secondOfCube.apply(number).eval();
    }
  }

  @Benchmark
  public void vjpSin() {
    try (Scope scope = Scope.open()) {
      Vjp r = Transforms.vjp(MlxArray::sin, ten, ones);
      Ops.eval(r.outputs()[0], r.vjps()[0]);
    }
  }

  @Benchmark
  public void jvpSin() {
    try (Scope scope = Scope.open()) {
      Jvp r = Transforms.jvp(MlxArray::sin, ten, ones);
      Ops.eval(r.outputs()[0], r.jvps()[0]);
    }
  }

  @Benchmark
  public void vmap1000() {
    try (Scope scope = Scope.open()) {
      mapped.apply(thousand).eval();
    }
  }
}
