package org.mlx4j;

import java.util.List;
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

  CudaKernel(
      String name,
      List<String> inputNames,
      List<String> outputNames,
      String source,
      String header,
      boolean ensureRowContiguous,
      int sharedMemory) {
    super("cudaKernel", name, inputNames, outputNames, source, header);
    this.ensureRowContiguous = ensureRowContiguous;
    this.sharedMemory = sharedMemory;
    try {
      FastNative.require_cuda_kernel(this.name);
    } catch (MlxException e) {
      throw Explanation.renamed(function, e);
    }
  }

  @Override
  long[] run(long[] inputs, Launch launch, Template template, boolean verbose, long s) {
    return FastNative.cuda_kernel(
        name,
        inputNames,
        outputNames,
        source,
        header,
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
