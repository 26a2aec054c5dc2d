package org.mlx4j.examples.fashion;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.mlx4j.DType;
import org.mlx4j.Index;
import org.mlx4j.MlxArray;
import org.mlx4j.training.ConfusionMatrix;

/**
 * Photographs of clothes and what they show.
 *
 * @param images uint8 of shape {@code (count, 28, 28, 1)}, from 0 (background) to 255
 * @param labels int32 of shape {@code (count)}, the indices of {@link #NAMES}
 */
record Clothes(MlxArray images, MlxArray labels) {
  static final int SIDE = 28;
  static final List<String> NAMES =
      List.of(
          "T-shirt",
          "trousers",
          "pullover",
          "dress",
          "coat",
          "sandal",
          "shirt",
          "sneaker",
          "bag",
          "ankle boot");
  static final int CLASSES = NAMES.size();

  /** Where Debian's package puts the data set. */
  static final Path FOLDER = Path.of("/usr/share/datasets/fashion-mnist");

  /** The 60,000 images to train on. */
  static Clothes loadTraining(Path folder) throws IOException {
    return load(folder, "train");
  }

  /** The 10,000 images to test with. */
  static Clothes loadTest(Path folder) throws IOException {
    return load(folder, "t10k");
  }

  private static Clothes load(Path folder, String part) throws IOException {
    MlxArray images = IdxFile.read(existing(folder, part + "-images-idx3-ubyte.gz"), 3);
    MlxArray labels = IdxFile.read(existing(folder, part + "-labels-idx1-ubyte.gz"), 1);
    if (images.dim(1) != SIDE || images.dim(2) != SIDE || images.dim(0) != labels.dim(0)) {
      throw new IOException(
          "[Clothes.load] the shapes must be (count) and (count, 28, 28), got %s and %s"
              .formatted(Arrays.toString(labels.shape()), Arrays.toString(images.shape())));
    }
    int largest = labels.max().itemInt();
    if (largest >= CLASSES) {
      throw new IOException(
          "[Clothes.load] labels must be less than %d, got %d".formatted(CLASSES, largest));
    }
    return new Clothes(images.expandDims(3), labels.astype(DType.INT32));
  }

  private static Path existing(Path folder, String name) throws IOException {
    Path file = folder.resolve(name);
    if (!Files.exists(file)) {
      throw new IOException(
          """
          [Clothes.load] the data set Fashion-MNIST is missing: there is no file %s
            Debian, Ubuntu:  apt-get install dataset-fashion-mnist
            elsewhere:       download the four .gz files of https://github.com/zalandoresearch/fashion-mnist
                             and name their folder with --data\
          """
              .formatted(file));
    }
    return file;
  }

  int count() {
    return labels.dim(0);
  }

  /** How many images of each kind are taken for each kind. */
  ConfusionMatrix confusion(int... predicted) {
    return ConfusionMatrix.of(labels.toIntArray(), predicted, CLASSES);
  }

  /** Those from index {@code start} to {@code stop}, exclusive. */
  Clothes slice(int start, int stop) {
    Index part = Index.slice(start, stop);
    return new Clothes(images.get(part), labels.get(part));
  }

  /** Those that {@code indices} names, in its order. */
  Clothes select(MlxArray indices) {
    return new Clothes(images.take(indices, 0), labels.take(indices, 0));
  }
}
