package org.mlx4j.spring;

import java.util.Arrays;
import org.mlx4j.MlxArray;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says which option is missing when Java refuses to load the native code of mlx4j. */
final class NativeAccessFailureAnalyzer extends AbstractFailureAnalyzer<IllegalCallerException> {
  @Override
  protected FailureAnalysis analyze(Throwable failure, IllegalCallerException cause) {
    boolean isOurs =
        Arrays.stream(cause.getStackTrace())
            .map(StackTraceElement::getClassName)
            .anyMatch(name -> name.startsWith("org.mlx4j.") || name.startsWith("org.bytedeco."));
    if (!isOurs) {
      return null;
    }
    return new FailureAnalysis(
        "Java does not let mlx4j load its native code: " + cause.getMessage(),
        NativeAccess.advice(MlxArray.class.getModule()),
        failure);
  }
}
