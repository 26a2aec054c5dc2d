package org.mlx4j.examples.fashion;

import org.mlx4j.DType;
import org.mlx4j.Index;
import org.mlx4j.MlxArray;
import org.mlx4j.Scope;
import org.mlx4j.nn.Activations;
import org.mlx4j.nn.BatchNorm;
import org.mlx4j.nn.Conv2d;
import org.mlx4j.nn.Dropout;
import org.mlx4j.nn.Layer;
import org.mlx4j.nn.Linear;
import org.mlx4j.nn.MaxPool2d;
import org.mlx4j.nn.Trained;

/** A convolutional network: two stages find features in an image, and two layers classify them. */
record ConvNet(
    Stage first, Stage second, MaxPool2d pool, Linear hidden, Dropout dropout, Linear output)
    implements Layer {
  /** How many images to look at together, which saves memory. */
  static final int BATCH = 1000;

  /** A convolution whose outputs are normalized and rectified. */
  record Stage(Conv2d conv, BatchNorm norm) implements Layer {
    static Stage of(Conv2d conv) {
      return new Stage(conv, BatchNorm.of(conv.weight().dim(0)));
    }

    @Override
    public MlxArray apply(MlxArray x) {
      return Activations.relu(norm.apply(conv.apply(x)));
    }

    /** The output in training, and the stage with the statistics after it. */
    Trained<Stage> train(MlxArray x) {
      Trained<BatchNorm> normalized = norm.train(conv.apply(x));
      return new Trained<>(
          Activations.relu(normalized.output()), new Stage(conv, normalized.layer()));
    }
  }

  /** A network that knows nothing yet. {@code MlxRandom.seed} decides its parameters. */
  static ConvNet random() {
    return new ConvNet(
        Stage.of(Conv2d.of(1, 32, 3, 1, 1)),
        Stage.of(Conv2d.of(32, 64, 3, 1, 1)),
        MaxPool2d.of(2), // after each stage: 28 by 28 pixels become 14 by 14, then 7 by 7
        Linear.of(7 * 7 * 64, 128),
        Dropout.of(0.3),
        Linear.of(128, Clothes.CLASSES));
  }

  /**
   * Returns the logits after training.
   *
   * @param images as in {@link Clothes}
   * @return for each image a row of ten numbers: how strongly it looks like each kind
   */
  @Override
  public MlxArray apply(MlxArray images) {
    return classified(second.apply(pool.apply(first.apply(scaled(images)))), null);
  }

  /**
   * Returns the logits in training, and the network with the statistics after it.
   *
   * @param key decides which features are dropped
   */
  Trained<ConvNet> train(MlxArray images, MlxArray key) {
    Trained<Stage> one = first.train(scaled(images));
    Trained<Stage> two = second.train(pool.apply(one.output()));
    return new Trained<>(
        classified(two.output(), key),
        new ConvNet(one.layer(), two.layer(), pool, hidden, dropout, output));
  }

  /** What each image most likely shows. */
  int[] predict(MlxArray images) {
    int[] predicted = new int[images.dim(0)];
    for (int start = 0; start < predicted.length; start += BATCH) {
      try (Scope scope = Scope.open()) {
        MlxArray batch = images.get(Index.slice(start, start + BATCH));
        int[] kinds = apply(batch).argmax(1).toIntArray();
        System.arraycopy(kinds, 0, predicted, start, kinds.length);
      }
    }
    return predicted;
  }

  private static MlxArray scaled(MlxArray images) {
    return images.astype(DType.FLOAT32).divide(255);
  }

  private MlxArray classified(MlxArray features, MlxArray key) {
    MlxArray active = Activations.relu(hidden.apply(pool.apply(features).flatten(1)));
    return output.apply(dropout.apply(active, key));
  }
}
