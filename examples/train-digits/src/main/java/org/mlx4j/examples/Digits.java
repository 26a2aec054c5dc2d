package org.mlx4j.examples;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.mlx4j.Index;
import org.mlx4j.MlxArray;

/**
 * Images of handwritten digits and what they show.
 *
 * @param images float32 of shape {@code (count, 64)}, one image a row, from 0 (paper) to 1 (ink)
 * @param labels int32 of shape {@code (count)}, from 0 to 9
 */
record Digits(MlxArray images, MlxArray labels) {
  static final int SIDE = 8;
  static final int PIXELS = SIDE * SIDE;
  static final int CLASSES = 10;

  private static final float INK = 16;

  /** All 1,797 of them; ATTRIBUTION.md beside the file says whose work they are. */
  static Digits load() throws IOException {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Digits.class.getResourceAsStream("digits.csv.gz")),
                StandardCharsets.US_ASCII))) {
      int[] numbers =
          lines
              .lines()
              .flatMap(Pattern.compile(",")::splitAsStream)
              .mapToInt(Integer::parseInt)
              .toArray();
      MlxArray table = MlxArray.of(numbers).reshape(-1, PIXELS + 1);
      return new Digits(
          table.get(Index.all(), Index.to(PIXELS)).divide(INK),
          table.get(Index.all(), Index.at(PIXELS)));
    }
  }

  int count() {
    return labels.dim(0);
  }

  /** Those that {@code indices} names, in its order. */
  Digits select(MlxArray indices) {
    return new Digits(images.take(indices, 0), labels.take(indices, 0));
  }

  /** The part of a process that shares the work with others. */
  Digits part(int rank, int processes) {
    int size = count() / processes;
    Index part = Index.slice(rank * size, (rank + 1) * size);
    return new Digits(images.get(part), labels.get(part));
  }
}
