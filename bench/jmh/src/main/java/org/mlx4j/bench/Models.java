package org.mlx4j.bench;

import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.Scope;
import org.mlx4j.TransformedArraysFunction;
import org.mlx4j.Transforms;

/** Steps of whole models with random weights, compiled, as bench/py has them. */
public final class Models extends PeerBenchmark {
  private static final int PROMPT = 512;
  private static final int CHECKED_PROMPT = 32; // the same function in less time

  @Override
  Map<String, DoubleSupplier> checks() {
    return Map.of(
        "token_step", () -> new Decoding().sizeAfterThree(),
        "prompt_step", () -> new Prefill(LanguageModel.quantized(), CHECKED_PROMPT).size(),
        "prompt_step_float32", () -> new Prefill(LanguageModel.float32(), CHECKED_PROMPT).size(),
        "minilm_batch", () -> new Batch().squares());
  }

  /** The work of each row, whose model is made when it is asked for. */
  Map<String, Supplier<Runnable>> turns() {
    return Map.of(
        "token_products", () -> new ProductBenchmark()::tokenProducts,
        "token_step", () -> new Decoding()::step,
        "prompt_step", () -> new Prefill(LanguageModel.quantized(), PROMPT)::step,
        "prompt_step_float32", () -> new Prefill(LanguageModel.float32(), PROMPT)::step,
        "minilm_batch", () -> new Batch()::step,
        "network_32", () -> new Network(32)::call,
        "network_256", () -> new Network(256)::call,
        "network_2048", () -> new Network(2048)::call);
  }

  /** A perceptron 784–512–10, which is called as it is, for bench/beside.py. */
  private static final class Network {
    private final MlxArray hidden = filled(210, 0.1f, 784, 512);
    private final MlxArray output = filled(211, 0.1f, 512, 10);
    private final MlxArray x;

    Network(int batch) {
      x = filled(212, 2, batch, 784);
    }

    void call() {
      try (Scope scope = Scope.open()) {
        x.matmul(hidden).tanh().matmul(output).eval();
      }
    }
  }

  /** One token after the other; each takes the last place of the caches. */
  private static final class Decoding {
    private final TransformedArraysFunction next =
        Transforms.compileArrays(LanguageModel.quantized()::next);
    private MlxArray[] state = LanguageModel.tokenAndCaches();
    private MlxArray logits = Ops.zeros(1);

    void step() {
      try (Scope scope = Scope.open()) {
        LanguageModel.Step result = LanguageModel.Step.of(scope.keep(next.apply(state)));
        Ops.close(state); // so that the memory of the caches can be reused
        logits.close();
        Ops.eval(result.tokenAndCaches());
        state = result.tokenAndCaches();
        logits = result.logits();
      }
    }

    double sizeAfterThree() {
      for (int i = 0; i < 3; i++) {
        step();
      }
      return total(logits.abs());
    }
  }

  /** All tokens of a prompt, which fill empty caches. */
  private static final class Prefill {
    private final TransformedArraysFunction first;
    private final MlxArray tokens;

    Prefill(LanguageModel model, int count) {
      first = Transforms.compileArrays(model::next);
      tokens = LanguageModel.tokens(count);
    }

    void step() {
      try (Scope scope = Scope.open()) {
        Ops.eval(first.apply(tokens));
      }
    }

    double size() {
      return total(LanguageModel.Step.of(first.apply(tokens)).logits().abs());
    }
  }

  /** Sentences that become vectors. */
  private static final class Batch {
    private final TransformedArraysFunction encode =
        Transforms.compileArrays(Encoder.create()::vectors);
    private final MlxArray x = filled(200, 2, Encoder.BATCH, Encoder.LENGTH, Encoder.DIMS);

    void step() {
      try (Scope scope = Scope.open()) {
        Ops.eval(encode.apply(x));
      }
    }

    double squares() {
      return total(encode.apply(x)[0].square());
    }
  }
}
