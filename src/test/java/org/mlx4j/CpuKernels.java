package org.mlx4j;

import java.util.function.Supplier;
import org.mlx4j.internal.Library;

/** Switches what computes on the CPU of Linux, for tests that compare. */
final class CpuKernels {
  /** MLX's own computations, and the sets of instructions that kernels exist for. */
  static final int MLX = -1;

  static final int BASELINE = 0;
  static final int AVX2 = 1;
  static final int AVX512 = 2;
  static final int BEST = 3;

  private CpuKernels() {}

  /** Returns what the supplier returns when so many threads and instructions are used. */
  static <T> T using(int instructions, int threads, Supplier<T> supplier) {
    try {
      Library.useCpu(instructions, threads);
      Library.assumeIdleProcessors(Integer.MAX_VALUE);
      return supplier.get();
    } finally {
      Library.assumeIdleProcessors(-1);
      Library.useCpu(BEST, Runtime.getRuntime().availableProcessors());
    }
  }
}
