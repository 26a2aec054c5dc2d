package org.mlx4j.examples.service;

/** Makes of a drawing what the network was trained with: a digit that fills 8 by 8 pixels. */
final class Picture {
  static final int SIDE = 8;
  static final int PIXELS = SIDE * SIDE;

  /** How many points of the drawing are looked at for each pixel, in each direction. */
  private static final int POINTS = 8;

  private static final float INK = 0.1f;

  private Picture() {}

  /**
   * Cuts out the ink, scales it to the height or width of the picture, and puts it in the middle.
   *
   * @param drawing rows of numbers from 0 (paper) to 1 (ink)
   * @return 64 numbers, the mean ink of each pixel
   */
  static float[] of(float[][] drawing) {
    int top = drawing.length;
    int bottom = -1;
    int left = drawing.length;
    int right = -1;
    for (int y = 0; y < drawing.length; y++) {
      for (int x = 0; x < drawing.length; x++) {
        if (drawing[y][x] > INK) {
          top = Math.min(top, y);
          bottom = Math.max(bottom, y);
          left = Math.min(left, x);
          right = Math.max(right, x);
        }
      }
    }
    float[] picture = new float[PIXELS];
    if (bottom < 0) {
      return picture; // nothing is drawn
    }
    float side = Math.max(bottom - top, right - left) + 1;
    float firstY = (top + bottom + 1 - side) / 2;
    float firstX = (left + right + 1 - side) / 2;
    int points = SIDE * POINTS;
    for (int i = 0; i < points; i++) {
      for (int j = 0; j < points; j++) {
        int y = (int) Math.floor(firstY + side * (i + 0.5f) / points);
        int x = (int) Math.floor(firstX + side * (j + 0.5f) / points);
        if (y >= top && y <= bottom && x >= left && x <= right) {
          picture[i / POINTS * SIDE + j / POINTS] += drawing[y][x] / (POINTS * POINTS);
        }
      }
    }
    return picture;
  }
}
