package org.mlx4j.spring;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says which property is wrong when an application cannot start without a model. */
final class ModelLoadingFailureAnalyzer extends AbstractFailureAnalyzer<ModelLoadingException> {
  @Override
  protected FailureAnalysis analyze(Throwable failure, ModelLoadingException cause) {
    return new FailureAnalysis(
        cause.getMessage(),
        "Set mlx4j.models."
            + cause.name()
            + ".location to a file with exactly the arrays of the model, such as"
            + " classpath:weights.safetensors or file:/models/weights.npz.",
        failure);
  }
}
