package org.mlx4j.nn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mlx4j.MlxArray;
import org.mlx4j.Scope;

/**
 * Layers that are applied one after another. Mirrors {@code mlx.nn.Sequential}.
 *
 * <pre>{@code
 * Sequential model = Sequential.of(
 *     Linear.of(784, 128), Activations::relu, new Dropout(0.2f), Linear.of(128, 10));
 * MlxArray logits = model.apply(Ops.ones(32, 784));
 * MlxArray inTraining = model.apply(Ops.ones(32, 784), MlxRandom.key(1));
 * }</pre>
 *
 * <p>The key is split into one for each {@link RandomLayer} among the layers, in their order.
 *
 * @param layers the layers, from first to last
 */
public record Sequential(List<Layer> layers) implements RandomLayer {
  /**
   * Makes a layer of others. The list is copied.
   *
   * @throws NullPointerException if the list is null
   */
  public Sequential {
    // null stands for a layer in trees that hold a part of a model
    layers =
        Collections.unmodifiableList(
            new ArrayList<>(Arguments.notNull("Sequential", "layers", layers)));
  }

  /**
   * Makes a layer of others.
   *
   * @param layers the layers, from first to last
   * @return the layer; without layers it returns its input
   * @throws NullPointerException if a layer is null
   */
  public static Sequential of(Layer... layers) {
    List<Layer> list = Arrays.asList(Arguments.notNull("Sequential", "layers", layers));
    for (int i = 0; i < layers.length; i++) {
      Arguments.notNull("Sequential", "layer " + i, layers[i]);
    }
    return new Sequential(list);
  }

  @Override
  public MlxArray apply(MlxArray x, @Nullable MlxArray key) {
    Arguments.notNull("Sequential", "x", x);
    return Scope.run(
        () -> {
          long count = layers.stream().filter(RandomLayer.class::isInstance).count();
          MlxArray[] keys = Arguments.keys("Sequential", key, (int) count);
          MlxArray y = x;
          int random = 0;
          for (Layer layer : layers) {
            y = layer instanceof RandomLayer r ? r.apply(y, keys[random++]) : layer.apply(y);
          }
          return y;
        });
  }
}
