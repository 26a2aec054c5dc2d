package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The GPU of a Mac computes the same results as the CPU. */
@ExtendWith(InScope.class)
class MetalTest {
  @BeforeEach
  void thereIsAGpu() {
    boolean available = new Device(Device.Type.GPU).isAvailable();
    assertTrue(available || !Boolean.getBoolean("mlx4j.metal.required"), "a GPU is required");
    assumeTrue(available, "no GPU on this machine");
  }

  @Test
  void theGpuIsTheDefault() {
    assertEquals(Device.gpu(), Device.defaultDevice());
  }

  @Test
  void gradientsOfAProductAreThoseOfTheCpu() {
    MlxArray x = MlxRandom.normal(new int[] {64, 48});
    MlxArray w = MlxRandom.normal(new int[] {48, 32});
    Ops.eval(x, w);
    float[] onCpu;
    try (StreamScope stream = StreamScope.open(Device.cpu())) {
      onCpu = gradient(x, w);
    }
    assertArrayEquals(onCpu, gradient(x, w), 1e-2f);
  }

  @Test
  void aCompiledFunctionIsFused() {
    var function = Transforms.compile(x -> x.sin().exp().add(1f).square());
    MlxArray x = Ops.linspace(-1, 1, 1000);
    MlxArray plain = x.sin().exp().add(1f).square();
    assertArrayEquals(plain.toFloatArray(), function.apply(x).toFloatArray(), 1e-4f);
  }

  private static float[] gradient(MlxArray x, MlxArray w) {
    return Transforms.grad(p -> x.matmul(p).tanh().square().sum()).apply(w).toFloatArray();
  }
}
