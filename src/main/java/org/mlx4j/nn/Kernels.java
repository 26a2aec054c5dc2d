package org.mlx4j.nn;

import java.util.List;
import org.mlx4j.ConvolutionOptions;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.internal.Formula;

/** The first parameters of convolutions. */
final class Kernels {
  private Kernels() {}

  static MlxArray draw(
      String layer,
      int axes,
      int inChannels,
      int outChannels,
      int[] kernelSize,
      ConvolutionOptions options) {
    Arguments.positive(layer, "inChannels", inChannels);
    Arguments.positive(layer, "outChannels", outChannels);
    List<Integer> sizes =
        Arguments.each(
            layer, "kernelSize", axes, 1, Arguments.list(layer, "kernelSize", kernelSize));
    int groups = Arguments.notNull(layer, "options", options).groups();
    Arguments.divides(layer, "groups", groups, "inChannels", inChannels);
    Arguments.divides(layer, "groups", groups, "outChannels", outChannels);
    int[] shape = new int[axes + 2];
    shape[0] = outChannels;
    shape[axes + 1] = inChannels / groups;
    double inputs = shape[axes + 1];
    for (int i = 0; i < axes; i++) {
      shape[i + 1] = sizes.get(i);
      inputs *= sizes.get(i);
    }
    double scale = Math.sqrt(1 / inputs);
    return Formula.of(layer, () -> Arguments.uniform(scale, shape));
  }

  static MlxArray bias(int outChannels) {
    return Ops.zeros(outChannels);
  }
}
