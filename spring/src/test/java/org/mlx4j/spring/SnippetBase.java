package org.mlx4j.spring;

import io.micrometer.core.instrument.MeterRegistry;

/** What a snippet may use without declaring it: it becomes a method of a subclass. */
public abstract class SnippetBase {
  /** The models of the application. */
  protected MlxModels models;

  /** The meters of the application. */
  protected MeterRegistry registry;

  /** True; the compiler does not know, so a snippet may end with {@code return}. */
  protected static boolean isOn() {
    return true;
  }

  /** Runs the statements of the snippet. */
  public abstract Object run() throws Exception;
}
