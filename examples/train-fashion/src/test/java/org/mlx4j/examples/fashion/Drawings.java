package org.mlx4j.examples.fashion;

import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/** A data set of the form of Fashion-MNIST that is easily learned. */
final class Drawings {
  static final int TRAINING = 1024;
  static final int TEST = 1100; // not a multiple of what is evaluated together

  private Drawings() {}

  /** Writes the four files. */
  static void save(Path folder) throws IOException {
    save(folder, "train", TRAINING, 1);
    save(folder, "t10k", TEST, 2);
  }

  private static void save(Path folder, String part, int count, long seed) throws IOException {
    Random random = new Random(seed);
    byte[] labels = new byte[count];
    byte[] images = new byte[count * 28 * 28];
    for (int i = 0; i < count; i++) {
      labels[i] = (byte) (i % 10);
      draw(images, i * 28 * 28, labels[i], random);
    }
    saveIdx(folder.resolve(part + "-images-idx3-ubyte.gz"), images, 0x803, count, 28, 28);
    saveIdx(folder.resolve(part + "-labels-idx1-ubyte.gz"), labels, 0x801, count);
  }

  /** Draws a bright square, whose place says the label, on a noisy background. */
  private static void draw(byte[] images, int start, int label, Random random) {
    for (int i = 0; i < 28 * 28; i++) {
      images[start + i] = (byte) random.nextInt(60);
    }
    int top = 5 * (label / 2) + random.nextInt(3);
    int left = 14 * (label % 2) + random.nextInt(8);
    for (int y = top; y < top + 5; y++) {
      for (int x = left; x < left + 5; x++) {
        images[start + 28 * y + x] = (byte) (180 + random.nextInt(76));
      }
    }
  }

  /** Writes numbers, such as type and shape, and bytes. */
  static void saveIdx(Path file, byte[] bytes, int... header) throws IOException {
    try (DataOutputStream out =
        new DataOutputStream(new GZIPOutputStream(Files.newOutputStream(file)))) {
      for (int number : header) {
        out.writeInt(number);
      }
      out.write(bytes);
    }
  }
}
