package org.mlx4j.examples.service;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Digits as somebody draws them: lines between points, from (0, 0) to (1, 1). */
final class Strokes {
  static final Map<Integer, List<double[]>> DIGITS =
      Map.of(
          0, circle(),
          1, List.of(at(0.5, 0), at(0.5, 1)),
          4, List.of(at(0.65, 1), at(0.65, 0), at(0.1, 0.65), at(0.9, 0.65)),
          7, List.of(at(0.1, 0.05), at(0.9, 0.05), at(0.4, 1)));

  private Strokes() {}

  private static double[] at(double x, double y) {
    return new double[] {x, y};
  }

  private static List<double[]> circle() {
    return IntStream.rangeClosed(0, 24)
        .mapToDouble(i -> i * Math.PI / 12)
        .mapToObj(a -> at(0.5 + 0.32 * Math.sin(a), 0.5 - 0.5 * Math.cos(a)))
        .toList();
  }

  /** The pixels of a drawing. */
  static float[][] pixels(int digit) {
    BufferedImage image =
        new BufferedImage(Drawing.SIDE, Drawing.SIDE, BufferedImage.TYPE_BYTE_GRAY);
    Graphics2D pen = image.createGraphics();
    pen.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    pen.setColor(Color.WHITE);
    pen.setStroke(new BasicStroke(2.4f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    Path2D line = new Path2D.Double();
    for (double[] point : DIGITS.get(digit)) {
      double x = 4 + 20 * point[0];
      double y = 4 + 20 * point[1];
      if (line.getCurrentPoint() == null) {
        line.moveTo(x, y);
      } else {
        line.lineTo(x, y);
      }
    }
    pen.draw(line);
    pen.dispose();
    float[][] pixels = new float[Drawing.SIDE][Drawing.SIDE];
    for (int y = 0; y < Drawing.SIDE; y++) {
      for (int x = 0; x < Drawing.SIDE; x++) {
        pixels[y][x] = image.getRaster().getSample(x, y, 0) / 255f;
      }
    }
    return pixels;
  }

  /** The body of a request. */
  static String json(float[][] pixels) {
    return Arrays.stream(pixels)
        .map(Arrays::toString)
        .collect(Collectors.joining(",", "{\"pixels\":[", "]}"));
  }
}
