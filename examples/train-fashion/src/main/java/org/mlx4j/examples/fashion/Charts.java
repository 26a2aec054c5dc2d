package org.mlx4j.examples.fashion;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.HeatMapChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.mlx4j.training.ConfusionMatrix;

/** Pictures of how a training went, as PNG files. */
final class Charts {
  /** The loss of one batch varies more than it falls, so the curve shows means over this many. */
  private static final int BATCHES_OF_A_POINT = 20;

  private Charts() {}

  /**
   * The loss during training, and after each epoch that on other images.
   *
   * @param training the loss of each batch
   * @param test the loss after each epoch
   */
  static void saveLosses(List<Double> training, List<Double> test, Path file) throws IOException {
    double batches = (double) training.size() / test.size();
    List<Double> times = new ArrayList<>();
    List<Double> means = new ArrayList<>();
    for (int start = 0; start < training.size(); start += BATCHES_OF_A_POINT) {
      int stop = Math.min(start + BATCHES_OF_A_POINT, training.size());
      times.add((start + stop) / 2 / batches);
      means.add(training.subList(start, stop).stream().mapToDouble(d -> d).average().getAsDouble());
    }
    XYChart chart =
        new XYChartBuilder()
            .width(800)
            .height(500)
            .title("Loss")
            .xAxisTitle("epoch")
            .yAxisTitle("mean cross-entropy")
            .build();
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setLegendPosition(LegendPosition.InsideNE);
    chart.getStyler().setXAxisMin(0.0).setYAxisMin(0.0);
    chart.addSeries("training", times, means).setMarker(SeriesMarkers.NONE);
    chart.addSeries("test", IntStream.rangeClosed(1, test.size()).boxed().toList(), test);
    save(chart, file);
  }

  /** What is taken for what, a row for each kind of clothes. */
  static void saveConfusion(ConfusionMatrix matrix, Path file) throws IOException {
    long[][] counts = matrix.counts();
    int kinds = counts.length;
    List<String> rows = new ArrayList<>(Clothes.NAMES);
    Collections.reverse(rows); // the chart counts them from below
    List<Number[]> cells = new ArrayList<>();
    long largest = 1;
    for (int label = 0; label < kinds; label++) {
      for (int predicted = 0; predicted < kinds; predicted++) {
        cells.add(new Number[] {predicted, kinds - 1 - label, counts[label][predicted]});
        largest = Math.max(largest, counts[label][predicted]);
      }
    }
    HeatMapChart chart =
        new HeatMapChartBuilder()
            .width(900)
            .height(750)
            .title("What the network takes the test images for")
            .xAxisTitle("prediction")
            .yAxisTitle("label")
            .build();
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setMin(0).setMax(largest);
    chart.getStyler().setRangeColors(new Color[] {Color.WHITE, new Color(0x2B7BBA)});
    chart.getStyler().setShowValue(true).setHeatMapValueDecimalPattern("#");
    chart.getStyler().setPlotContentSize(1).setLegendVisible(false);
    // the hint counts for both axes: names may be so close that none is left out
    chart.getStyler().setXAxisTickMarkSpacingHint(30).setXAxisLabelRotation(45);
    chart.addSeries("count", Clothes.NAMES, rows, cells);
    save(chart, file);
  }

  private static void save(Chart<?, ?> chart, Path file) throws IOException {
    ImageIO.write(BitmapEncoder.getBufferedImage(chart), "png", file.toFile());
  }
}
