package org.mlx4j.examples.service;

import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;

/**
 * What somebody has drawn.
 *
 * @param pixels 28 rows of 28 numbers, from 0 (paper) to 1 (ink)
 */
record Drawing(
    @Schema(description = "28 rows of 28 numbers, from 0 (paper) to 1 (ink)")
        @NotNull
        @Size(min = Drawing.SIDE, max = Drawing.SIDE)
        List<
                @NotNull @Size(min = Drawing.SIDE, max = Drawing.SIDE) List<
                    @NotNull @DecimalMin("0") @DecimalMax("1") Float>>
            pixels) {
  static final int SIDE = 28;

  float[][] rows() {
    float[][] rows = new float[SIDE][SIDE];
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        rows[y][x] = pixels.get(y).get(x);
      }
    }
    return rows;
  }
}
