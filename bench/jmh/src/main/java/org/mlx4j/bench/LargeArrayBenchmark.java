package org.mlx4j.bench;

import static java.util.Map.entry;

import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.function.UnaryOperator;
import org.mlx4j.ArraysFunction;
import org.mlx4j.Fast;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.Scope;
import org.mlx4j.TransformedFunction;
import org.mlx4j.Transforms;
import org.openjdk.jmh.annotations.Benchmark;

/** Computations that take longer than their calls. */
public class LargeArrayBenchmark extends PeerBenchmark {
  private final MlxArray root = MlxArray.scalar(1.4142135f);
  private final MlxArray one = MlxArray.scalar(1f);
  private final MlxArray half = MlxArray.scalar(0.5f);
  private final MlxArray million = filled(20, 6, 1_000_000);
  private final MlxArray rows = filled(20, 6, 1000, 1000);
  private final MlxArray weight = filled(21, 2, 1000);
  private final MlxArray bias = filled(22, 2, 1000);
  private final MlxArray a512 = filled(40, 1, 512, 512);
  private final MlxArray b512 = filled(41, 1, 512, 512);
  private final MlxArray a1024 = filled(40, 1, 1024, 1024);
  private final MlxArray b1024 = filled(41, 1, 1024, 1024);

  private final TransformedFunction compiledGelu = Transforms.compile(this::gelu);
  private final TransformedFunction compiledSilu = Transforms.compile(this::silu);
  private final TransformedFunction compiledTanh = Transforms.compile(MlxArray::tanh);
  private final TransformedFunction compiledSoftmax = Transforms.compile(this::softmax);
  private final TransformedFunction compiledLayerNorm = Transforms.compile(this::layerNorm);
  private final TransformedFunction compiledFastLayerNorm = Transforms.compile(this::fastLayerNorm);
  private final AdamUpdates adam = new AdamUpdates();

  @Override
  Map<String, DoubleSupplier> checks() {
    return Map.ofEntries(
        entry("gelu_1e6", () -> total(gelu(million))),
        entry("gelu_1e6_compiled", () -> total(compiledGelu.apply(million))),
        entry("silu_1e6", () -> squares(silu(rows))),
        entry("silu_1e6_compiled", () -> squares(compiledSilu.apply(rows))),
        entry("tanh_1e6", () -> squares(rows.tanh())),
        entry("tanh_1e6_compiled", () -> squares(compiledTanh.apply(rows))),
        entry("softmax_1e6", () -> squares(softmax(rows))),
        entry("softmax_1e6_compiled", () -> squares(compiledSoftmax.apply(rows))),
        entry("layer_norm_1e6_compiled", () -> squares(compiledLayerNorm.apply(rows))),
        entry("fast_layer_norm_1e6_compiled", () -> squares(compiledFastLayerNorm.apply(rows))),
        entry("adam_1e6_compiled", adam::afterFive),
        entry("matmul_512", () -> total(a512.matmul(b512))),
        entry("matmul_1024", () -> total(a1024.matmul(b1024))));
  }

  private static double squares(MlxArray x) {
    return total(x.square().sum(-1));
  }

  private MlxArray gelu(MlxArray x) {
    return half.multiply(x).multiply(one.add(x.divide(root).erf()));
  }

  private MlxArray silu(MlxArray x) {
    return x.multiply(x.sigmoid());
  }

  private MlxArray softmax(MlxArray x) {
    return x.softmax(-1);
  }

  private MlxArray layerNorm(MlxArray x) {
    MlxArray scale = x.var(-1, true).add(1e-5).rsqrt();
    return x.subtract(x.mean(-1, true)).multiply(scale).multiply(weight).add(bias);
  }

  private MlxArray fastLayerNorm(MlxArray x) {
    return Fast.layerNorm(x, weight, bias, 1e-5);
  }

  /** Updates of a million parameters by Adam, each of which starts from the one before. */
  private static final class AdamUpdates {
    private final ArraysFunction step = Transforms.compileArrays(AdamUpdates::next);
    private final MlxArray gradient = filled(24, 1, 1000, 1000);
    private MlxArray[] state = fresh();

    private static MlxArray[] fresh() {
      return new MlxArray[] {
        filled(23, 1, 1000, 1000), Ops.zeros(1000, 1000), Ops.zeros(1000, 1000)
      };
    }

    /** The parameters, their moments and the gradient make the next parameters and moments. */
    private static MlxArray[] next(MlxArray[] p) {
      MlxArray m = p[1].multiply(0.9).add(p[3].multiply(0.1));
      MlxArray v = p[2].multiply(0.999).add(p[3].square().multiply(0.001));
      MlxArray change = m.multiply(1e-3).divide(v.sqrt().add(1e-8));
      return new MlxArray[] {p[0].subtract(change), m, v};
    }

    void step() {
      try (Scope scope = Scope.open()) {
        MlxArray[] next = scope.keep(step.apply(state[0], state[1], state[2], gradient));
        Ops.close(state); // so that its memory can be reused
        Ops.eval(next);
        state = next;
      }
    }

    double afterFive() {
      Ops.close(state);
      state = fresh();
      for (int i = 0; i < 5; i++) {
        step();
      }
      return squares(state[0]);
    }
  }

  private static void evaluate(UnaryOperator<MlxArray> f, MlxArray x) {
    try (Scope scope = Scope.open()) {
      f.apply(x).eval();
    }
  }

  @Benchmark
  public void gelu1e6() {
    evaluate(this::gelu, million);
  }

  @Benchmark
  public void gelu1e6Compiled() {
    evaluate(compiledGelu::apply, million);
  }

  @Benchmark
  public void silu1e6() {
    evaluate(this::silu, rows);
  }

  @Benchmark
  public void silu1e6Compiled() {
    evaluate(compiledSilu::apply, rows);
  }

  @Benchmark
  public void tanh1e6() {
    evaluate(MlxArray::tanh, rows);
  }

  @Benchmark
  public void tanh1e6Compiled() {
    evaluate(compiledTanh::apply, rows);
  }

  @Benchmark
  public void softmax1e6() {
    evaluate(this::softmax, rows);
  }

  @Benchmark
  public void softmax1e6Compiled() {
    evaluate(compiledSoftmax::apply, rows);
  }

  @Benchmark
  public void layerNorm1e6Compiled() {
    evaluate(compiledLayerNorm::apply, rows);
  }

  @Benchmark
  public void fastLayerNorm1e6Compiled() {
    evaluate(compiledFastLayerNorm::apply, rows);
  }

  @Benchmark
  public void adam1e6Compiled() {
    adam.step();
  }

  @Benchmark
  public void matmul512() {
    try (Scope scope = Scope.open()) {
      a512.matmul(b512).eval();
    }
  }

  @Benchmark
  public void matmul1024() {
    try (Scope scope = Scope.open()) {
      a1024.matmul(b1024).eval();
    }
  }
}
