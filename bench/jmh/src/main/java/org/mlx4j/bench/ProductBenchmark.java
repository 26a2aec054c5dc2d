package org.mlx4j.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import org.mlx4j.DType;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.Quantized;
import org.mlx4j.Scope;
import org.openjdk.jmh.annotations.Benchmark;

/** Products of one row, and those of a language model with quantized matrices. */
public class ProductBenchmark extends PeerBenchmark {
  /** A matrix of a model, quantized in groups of 32. */
  private record Weights(Quantized parts, int columns, int bits) {
    static Weights filled(int seed, int rows, int columns, int bits) {
      MlxArray w = PeerBenchmark.filled(seed, 0.2f, rows, columns);
      return new Weights(w.quantize(32, bits), columns, bits);
    }

    /** The same numbers at another place. */
    Weights copy() {
      MlxArray w = parts.w().add(0L);
      MlxArray scales = parts.scales().multiply(1f);
      MlxArray biases = parts.biases().multiply(1f);
      Ops.eval(w, scales, biases);
      return new Weights(new Quantized(w, scales, biases), columns, bits);
    }

    MlxArray apply(MlxArray x) {
      return x.quantizedMatmul(parts.w(), parts.scales(), parts.biases(), true, 32, bits);
    }
  }

  /** The matrices of SmolLM2-135M: thirty layers, and one that leads to the tokens. */
  private record Model(List<Weights> layers, Weights tokens, Map<Integer, MlxArray[]> rows) {
    static Model create() {
      int[][] shapes = {
        {576, 576}, {192, 576}, {192, 576}, {576, 576}, {1536, 576}, {1536, 576}, {576, 1536}
      };
      List<Weights> layers = new ArrayList<>();
      for (int i = 0; i < shapes.length; i++) {
        Weights first = Weights.filled(60 + i, shapes[i][0], shapes[i][1], 4);
        for (int layer = 0; layer < 30; layer++) {
          layers.add(first.copy());
        }
      }
      Map<Integer, MlxArray[]> rows = Map.of(1, rows(1), 32, rows(32));
      return new Model(layers, Weights.filled(70, 49152, 576, 8).copy(), rows);
    }

    private static MlxArray[] rows(int count) {
      return new MlxArray[] {
        PeerBenchmark.filled(80, 2, count, 576), PeerBenchmark.filled(81, 2, count, 1536)
      };
    }

    /** All products of one token, or of so many that lead to no other. */
    MlxArray[] products(int count) {
      MlxArray[] x = rows.get(count);
      List<MlxArray> products = new ArrayList<>();
      for (Weights w : layers) {
        products.add(w.apply(w.columns() == 576 ? x[0] : x[1]));
      }
      if (count == 1) {
        products.add(tokens.apply(x[0]));
      }
      MlxArray[] all = products.toArray(MlxArray[]::new);
      Ops.eval(all);
      return all;
    }
  }

  private static final class Models {
    static final Model MODEL = Model.create();
  }

  private final MlxArray row = filled(90, 2, 1, 576);
  private final MlxArray matrix = filled(91, 2, 576, 1536);
  private final MlxArray transposed = filled(92, 2, 1536, 576).transpose();
  private final MlxArray halfRow = row.astype(DType.FLOAT16);
  private final MlxArray halfMatrix = matrix.astype(DType.FLOAT16);

  @Override
  Map<String, DoubleSupplier> checks() {
    return Map.of(
        "row_product", () -> total(row.matmul(matrix).abs()),
        "row_product_transposed", () -> total(row.matmul(transposed).abs()),
        "row_product_float16", () -> total(halfRow.matmul(halfMatrix).astype(DType.FLOAT32).abs()),
        "token_products", () -> sizes(1),
        "prompt_products", () -> sizes(32));
  }

  private static double sizes(int count) {
    double sum = 0;
    for (MlxArray product : Models.MODEL.products(count)) {
      sum += total(product.abs());
    }
    return sum;
  }

  @Benchmark
  public void rowProduct() {
    try (Scope scope = Scope.open()) {
      row.matmul(matrix).eval();
    }
  }

  @Benchmark
  public void rowProductTransposed() {
    try (Scope scope = Scope.open()) {
      row.matmul(transposed).eval();
    }
  }

  @Benchmark
  public void rowProductFloat16() {
    try (Scope scope = Scope.open()) {
      halfRow.matmul(halfMatrix).eval();
    }
  }

  @Benchmark
  public void tokenProducts() {
    try (Scope scope = Scope.open()) {
      Models.MODEL.products(1);
    }
  }

  @Benchmark
  public void promptProducts() {
    try (Scope scope = Scope.open()) {
      Models.MODEL.products(32);
    }
  }
}
