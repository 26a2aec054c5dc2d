package org.mlx4j.examples;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.HeatMapChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.mlx4j.training.History;

/** Pictures of how a training went, as PNG files. */
final class Charts {
  private static final int TILE_WIDTH = 180;
  private static final int TILE_HEIGHT = 200;
  private static final int COLUMNS = 4;
  private static final Color FRAME = new Color(0xE8ECF0);

  private Charts() {}

  /** The losses after each epoch. */
  static void saveLosses(History history, Path file) throws IOException {
    XYChart chart =
        new XYChartBuilder()
            .width(800)
            .height(500)
            .title("Loss")
            .xAxisTitle("epoch")
            .yAxisTitle("mean cross-entropy, labels smoothed")
            .build();
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setLegendPosition(LegendPosition.InsideNE);
    chart.addSeries("training", history.values("loss")).setMarker(SeriesMarkers.NONE);
    chart.addSeries("held out", history.values("val_loss")).setMarker(SeriesMarkers.NONE);
    save(BitmapEncoder.getBufferedImage(chart), file);
  }

  /** A sheet of the digits that were taken for others. */
  static void saveMisclassified(Digits digits, int[] predicted, Path file) throws IOException {
    float[] pixels = digits.images().toFloatArray();
    int[] labels = digits.labels().toIntArray();
    List<HeatMapChart> tiles = new ArrayList<>();
    for (int i = 0; i < labels.length; i++) {
      if (predicted[i] != labels[i]) {
        tiles.add(tile(pixels, i, "%d, read as %d".formatted(labels[i], predicted[i])));
      }
    }
    int rows = Math.max(1, (tiles.size() + COLUMNS - 1) / COLUMNS);
    int columns = Math.max(1, Math.min(tiles.size(), COLUMNS));
    BufferedImage sheet =
        new BufferedImage(columns * TILE_WIDTH, rows * TILE_HEIGHT, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = sheet.createGraphics();
    graphics.setBackground(FRAME);
    graphics.clearRect(0, 0, sheet.getWidth(), sheet.getHeight());
    for (int i = 0; i < tiles.size(); i++) {
      int x = i % COLUMNS * TILE_WIDTH;
      int y = i / COLUMNS * TILE_HEIGHT;
      graphics.drawImage(BitmapEncoder.getBufferedImage(tiles.get(i)), x, y, null);
    }
    graphics.dispose();
    save(sheet, file);
  }

  private static HeatMapChart tile(float[] pixels, int digit, String title) {
    int side = Digits.SIDE;
    int[][] shades = new int[side][side];
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        float ink = pixels[digit * Digits.PIXELS + y * side + x];
        shades[x][side - 1 - y] = Math.round(100 * ink); // the chart counts rows from below
      }
    }
    HeatMapChart chart =
        new HeatMapChartBuilder().width(TILE_WIDTH).height(TILE_HEIGHT).title(title).build();
    chart.getStyler().setMin(0).setMax(100).setRangeColors(new Color[] {Color.WHITE, Color.BLACK});
    chart.getStyler().setPlotTicksMarksVisible(false).setAxisTicksVisible(false);
    chart.getStyler().setPlotContentSize(1).setPlotBorderVisible(false).setLegendVisible(false);
    chart.getStyler().setChartBackgroundColor(FRAME);
    chart.getStyler().setChartTitleFont(new Font(Font.SANS_SERIF, Font.PLAIN, 14));
    int[] axis = IntStream.range(0, side).toArray();
    chart.addSeries(title, axis, axis, shades);
    return chart;
  }

  private static void save(BufferedImage image, Path file) throws IOException {
    ImageIO.write(image, "png", file.toFile());
  }
}
