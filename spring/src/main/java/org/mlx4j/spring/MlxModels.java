package org.mlx4j.spring;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.Scope;
import org.mlx4j.tree.Trees;
import org.springframework.core.io.Resource;

/**
 * Loads models from the locations that the properties {@code mlx4j.models.NAME.location} give, and
 * closes their arrays at the end of the application.
 *
 * <pre>{@code
 * @Bean
 * Linear regression(MlxModels models) {     // mlx4j.models.regression.location=file:weights.npz
 *   return models.load("regression", () -> Linear.of(3, 1));
 * }
 * }</pre>
 *
 * <p>Beans that are made of a model depend on this one, so they end before the arrays are closed.
 * All methods may be called by any thread.
 */
public final class MlxModels implements AutoCloseable {
  private static final String NPZ = ".npz";

  private final Map<String, MlxProperties.Model> properties;
  private final List<MlxArray> arrays = new ArrayList<>();
  private boolean isClosed;

  MlxModels(Map<String, MlxProperties.Model> properties) {
    this.properties = properties;
  }

  /** Equivalent to {@link #load(String, Supplier, UnaryOperator) load(name, like, n -> n)}. */
  public <M> M load(String name, Supplier<M> like) {
    return load(name, like, UnaryOperator.identity());
  }

  /**
   * Loads a model. Its arrays have been read when this method returns.
   *
   * @param name the name of the model in the properties
   * @param like makes a tree whose structure and static values the model has, such as a record of
   *     layers with random parameters. Its arrays are closed
   * @param names returns the name in the file for a path in the tree, as for {@link
   *     Trees#load(Path, Object, UnaryOperator, boolean)}
   * @param <M> the type of the model
   * @return the model, whose arrays belong to this object and to no scope
   * @throws ModelLoadingException if the model has no location, or what is there cannot be read or
   *     does not fit {@code like}
   * @throws IllegalStateException if this object is closed
   */
  public <M> M load(String name, Supplier<M> like, UnaryOperator<String> names) {
    Objects.requireNonNull(name, "[MlxModels.load] the name is null");
    Objects.requireNonNull(like, "[MlxModels.load] the supplier is null");
    Objects.requireNonNull(names, "[MlxModels.load] the function of names is null");
    Resource location = location(name);
    M model = Scope.detached(() -> Scope.run(() -> loaded(name, location, like.get(), names)));
    List<MlxArray> loaded = Trees.flatten(model);
    synchronized (arrays) {
      if (!isClosed) {
        arrays.addAll(loaded);
        return model;
      }
    }
    loaded.forEach(MlxArray::close);
    throw new IllegalStateException("[MlxModels.load] the application has ended");
  }

  private Resource location(String name) {
    MlxProperties.Model model = properties.get(name);
    if (model == null || model.location() == null) {
      throw new ModelLoadingException(
          name, "it has no location; the models that have one are " + properties.keySet(), null);
    }
    if (!model.location().exists()) {
      throw new ModelLoadingException(
          name, model.location().getDescription() + " does not exist", null);
    }
    return model.location();
  }

  private static <M> M loaded(String name, Resource location, M like, UnaryOperator<String> names) {
    Path file = null;
    try {
      file = Files.createTempFile("mlx4j-model-", isNpz(location) ? NPZ : ".safetensors");
      try (InputStream content = location.getInputStream()) {
        Files.copy(content, file, StandardCopyOption.REPLACE_EXISTING);
      }
      M model = Trees.load(file, like, names);
      Ops.eval(Trees.flatten(model).toArray(MlxArray[]::new)); // read before it is deleted
      return model;
    } catch (IOException | RuntimeException e) {
      String place = location.getDescription();
      String problem = e.getMessage() == null ? e.toString() : e.getMessage();
      throw new ModelLoadingException(
          name, file == null ? problem : problem.replace(file.toString(), place), e);
    } finally {
      delete(file);
    }
  }

  private static boolean isNpz(Resource location) {
    return location.getFilename() != null && location.getFilename().endsWith(NPZ);
  }

  private static void delete(Path file) {
    try {
      if (file != null) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      file.toFile().deleteOnExit();
    }
  }

  /** Closes the arrays of all models. Closing a second time is harmless. */
  @Override
  public void close() {
    synchronized (arrays) {
      isClosed = true;
      arrays.forEach(MlxArray::close);
      arrays.clear();
    }
  }
}
