package org.mlx4j;

import org.mlx4j.internal.FastNative;

/**
 * A kernel in CUDA's dialect of C++, which {@link Fast#cudaKernel} creates.
 *
 * <pre>{@code
 * CudaKernel kernel =
 *     Fast.cudaKernel(
 *         "doubled",
 *         List.of("x"),
 *         List.of("y"),
 *         "auto i = cooperative_groups::this_grid().thread_rank(); y[i] = 2 * x[i];");
 * }</pre>
 */
public final class CudaKernel extends CustomKernel {
  private final boolean ensureRowContiguous;
  private final int sharedMemory;

  CudaKernel(Source source, boolean ensureRowContiguous, int sharedMemory) {
    super("cudaKernel", source);
    this.ensureRowContiguous = ensureRowContiguous;
    this.sharedMemory = sharedMemory;
    try {
      FastNative.require_cuda_kernel(source.name());
    } catch (MlxException e) {
      throw Explanation.renamed(function, e);
    }
  }

  @Override
  long[] run(long[] inputs, Launch launch, Template template, boolean verbose, long s) {
    return FastNative.cuda_kernel(
        source.name(),
        source.inputNames(),
        source.outputNames(),
        source.body(),
        source.header(),
        ensureRowContiguous,
        sharedMemory,
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
