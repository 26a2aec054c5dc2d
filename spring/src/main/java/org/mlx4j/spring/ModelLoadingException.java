package org.mlx4j.spring;

/**
 * Thrown when a model cannot be loaded from its location.
 *
 * <pre>{@code
 * try {
 *   models.load("digits", () -> Linear.of(64, 10));
 * } catch (ModelLoadingException e) {
 *   System.err.println(e.name() + ": " + e.getMessage());
 * }
 * }</pre>
 */
public final class ModelLoadingException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String name;

  ModelLoadingException(String name, String problem, Throwable cause) {
    super("[MlxModels.load] the model \"" + name + "\" cannot be loaded: " + problem, cause);
    this.name = name;
  }

  /**
   * Returns the name of the model in the properties.
   *
   * @return the name
   */
  public String name() {
    return name;
  }
}
