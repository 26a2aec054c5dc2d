package org.mlx4j;

import org.mlx4j.internal.FastNative;

/**
 * A kernel in the Metal shading language, which {@link Fast#metalKernel} creates.
 *
 * <pre>{@code
 * MetalKernel kernel =
 *     Fast.metalKernel(
 *         "doubled",
 *         List.of("x"),
 *         List.of("y"),
 *         "uint i = thread_position_in_grid.x; y[i] = 2 * x[i];");
 * }</pre>
 */
public final class MetalKernel extends CustomKernel {
  private final boolean ensureRowContiguous;
  private final boolean atomicOutputs;
  private final int mathMode;

  MetalKernel(
      Source source, boolean ensureRowContiguous, boolean atomicOutputs, MathMode mathMode) {
    super("metalKernel", source);
    this.ensureRowContiguous = ensureRowContiguous;
    this.atomicOutputs = atomicOutputs;
    this.mathMode = Call.notNull("metalKernel", "the math mode", mathMode).code();
    FastNative.require_metal_kernel(source.name());
  }

  @Override
  long[] run(long[] inputs, Launch launch, Template template, boolean verbose, long s) {
    return FastNative.metal_kernel(
        source.name(),
        source.inputNames(),
        source.outputNames(),
        source.body(),
        source.header(),
        ensureRowContiguous,
        atomicOutputs,
        mathMode,
        inputs,
        launch.shapes(),
        launch.dtypes(),
        launch.sizes(),
        template.names(),
        template.kinds(),
        template.values(),
        launch.initValue(),
        verbose,
        s);
  }
}
