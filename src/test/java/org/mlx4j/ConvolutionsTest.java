package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mlx4j.ArrayAssertions.assertSame;
import static org.mlx4j.ArrayAssertions.assertShape;
import static org.mlx4j.ArrayAssertions.assertThrowsSaying;

import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Convolutions and their gradients follow the definition for all parameters. The numbers are small
 * integers, so nothing is rounded.
 */
@ExtendWith(InScope.class)
class ConvolutionsTest {
  /** A convolution over one axis by its definition: dilate, pad, crop, and sum. */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares them
  private record Convolution(
      int[] input,
      int[] weight,
      int stride,
      int low,
      int high,
      int kernelDilation,
      int inputDilation,
      int groups,
      boolean flip) {

    static Convolution draw(java.util.Random random) {
      int groups = random.nextInt(4) == 0 ? 2 : 1;
      int padding = random.nextInt(7) - 1;
      return new Convolution(
          new int[] {1 + random.nextInt(2), 1 + random.nextInt(7), 2},
          new int[] {2 + 2 * random.nextInt(2), 1 + random.nextInt(4), 2 / groups},
          1 + random.nextInt(3),
          padding,
          random.nextBoolean() ? padding : random.nextInt(6) - 2,
          1 + random.nextInt(2),
          1 + random.nextInt(3),
          groups,
          random.nextInt(3) == 0);
    }

    int dilated() {
      return 1 + (input[1] - 1) * inputDilation;
    }

    int outputs() {
      int free = dilated() + low + high - 1 - (weight[1] - 1) * kernelDilation;
      return free < 0 ? 0 : free / stride + 1;
    }

    /**
     * Calls back for every product with the positions of output, input and weight in flat arrays.
     */
    void forEach(Product product) {
      int perGroup = weight[0] / groups;
      for (int n = 0; n < input[0]; n++) {
        for (int t = 0; t < outputs(); t++) {
          for (int o = 0; o < weight[0]; o++) {
            for (int k = 0; k < weight[1]; k++) {
              int place = t * stride + k * kernelDilation - low;
              if (place < 0 || place >= dilated() || place % inputDilation != 0) {
                continue;
              }
              for (int c = 0; c < weight[2]; c++) {
                int channel = o / perGroup * weight[2] + c;
                product.add(
                    (n * outputs() + t) * weight[0] + o,
                    (n * input[1] + place / inputDilation) * input[2] + channel,
                    (o * weight[1] + (flip ? weight[1] - 1 - k : k)) * weight[2] + c);
              }
            }
          }
        }
      }
    }

    MlxArray apply(MlxArray x, MlxArray w) {
      return x.convGeneral(
          w,
          new int[] {stride},
          new int[] {low},
          new int[] {high},
          new int[] {kernelDilation},
          new int[] {inputDilation},
          groups,
          flip);
    }
  }

  private interface Product {
    void add(int output, int input, int weight);
  }

  private static float[] draw(java.util.Random random, int... shape) {
    float[] numbers = new float[IntStream.of(shape).reduce(1, (a, b) -> a * b)];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = random.nextInt(7) - 3;
    }
    return numbers;
  }

  @Test
  void valuesAndGradientsAreThoseOfTheDefinition() {
    java.util.Random random = new java.util.Random(1);
    int computed = 0;
    for (int i = 0; i < 400; i++) {
      Convolution c = Convolution.draw(random);
      float[] x = draw(random, c.input());
      float[] w = draw(random, c.weight());
      if (c.outputs() == 0) {
        assertThrowsSaying(
            IllegalArgumentException.class,
            () -> c.apply(MlxArray.of(x, c.input()), MlxArray.of(w, c.weight())),
            "[convGeneral]",
            "kernel");
        continue;
      }
      int[] shape = {c.input()[0], c.outputs(), c.weight()[0]};
      float[] weights = draw(random, shape);
      float[] y = new float[weights.length];
      float[] dx = new float[x.length];
      float[] dw = new float[w.length];
      c.forEach(
          (output, input, weight) -> {
            y[output] += x[input] * w[weight];
            dx[input] += weights[output] * w[weight];
            dw[weight] += weights[output] * x[input];
          });
      try (Scope scope = Scope.open()) {
        Vjp actual =
            Transforms.vjp(
                xs -> new MlxArray[] {c.apply(xs[0], xs[1])},
                new MlxArray[] {MlxArray.of(x, c.input()), MlxArray.of(w, c.weight())},
                new MlxArray[] {MlxArray.of(weights, shape)});
        assertEquals(Arrays.toString(y), print(actual.outputs()[0]), c::toString);
        assertEquals(Arrays.toString(dx), print(actual.vjps()[0]), c::toString);
        assertEquals(Arrays.toString(dw), print(actual.vjps()[1]), c::toString);
        computed++;
      }
    }
    assertTrue(computed > 200, "most of the convolutions are possible");
  }

  private static String print(MlxArray x) {
    return Arrays.toString(x.add(0f).toFloatArray()); // -0 is 0
  }

  private static MlxArray whole(int seed, int... shape) {
    return MlxArray.of(draw(new java.util.Random(seed), shape), shape);
  }

  @Test
  void transposedIsTheAdjoint() {
    MlxArray x = whole(1, 2, 5, 6, 3);
    MlxArray w = whole(2, 4, 2, 3, 3);
    ConvolutionOptions options =
        ConvolutionOptions.defaults().withStride(2, 1).withPadding(1, 2).withDilation(1, 2);
    MlxArray y = x.conv2d(w, options);
    MlxArray cotangent = whole(3, y.shape());
    MlxArray expected = Transforms.vjp(a -> a.conv2d(w, options), x, cotangent).vjps()[0];
    MlxArray actual =
        cotangent.convTranspose2d(w.swapaxes(0, -1), options.withOutputPadding((5 + 2 - 2) % 2, 0));
    assertSame(expected, actual);
  }

  @Test
  void paddingOfATransposedConvolutionTakesFromTheOutput() {
    MlxArray x = whole(1, 1, 5, 2);
    MlxArray w = whole(2, 3, 2, 2);
    MlxArray full = x.convTranspose1d(w, 3);
    assertShape(full, 1, 14, 3);
    for (int padding = 1; padding < 6; padding++) {
      MlxArray expected = full.get(Index.all(), Index.slice(padding, 14 - padding));
      assertSame(expected, x.convTranspose1d(w, 3, padding));
    }
  }

  @Test
  void mappedWeightsKeepTheirGroups() {
    MlxArray x = whole(1, 2, 6, 4);
    MlxArray w = whole(2, 3, 4, 2, 2);
    MlxArray expected =
        Ops.stack(
            new MlxArray[] {
              x.conv1d(w.get(0), 1, 0, 1, 2),
              x.conv1d(w.get(1), 1, 0, 1, 2),
              x.conv1d(w.get(2), 1, 0, 1, 2)
            },
            0);
    MlxArray actual = Transforms.vmap((MlxArray k) -> x.conv1d(k, 1, 0, 1, 2)).apply(w);
    assertSame(expected, actual);
    assertSame(
        expected.get(0),
        Transforms.compile((MlxArray k) -> x.conv1d(k, 1, 0, 1, 2)).apply(w.get(0)));
  }

  @Test
  void anEmptyBatchGivesAnEmptyBatch() {
    assertShape(Ops.zeros(0, 5, 2).conv1d(Ops.ones(3, 2, 2)), 0, 4, 3);
  }

  @Test
  void whatTheCpuDoesNotComputeIsAnExceptionOfTheCaller() {
    MlxArray x = Ops.zeros(new int[] {1, 5, 5, 4}, DType.FLOAT64);
    MlxArray w = Ops.zeros(new int[] {4, 2, 2, 2}, DType.FLOAT64);
    try (StreamScope cpu = StreamScope.open(Device.cpu())) {
      Ops.eval(x, w);
      for (int i = 0; i < 100; i++) {
        assertThrowsSaying(
            IllegalArgumentException.class, x.conv2d(w, 1, 0, 1, 2)::eval, "unsupported data type");
        assertEquals(3, MlxArray.of(1, 2).sum().itemInt());
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> badArgumentsAreRefused() {
    Refusals refusals = new Refusals();
    MlxArray x1 = Ops.zeros(1, 5, 2);
    MlxArray w1 = Ops.zeros(4, 2, 2);
    MlxArray x2 = Ops.zeros(1, 5, 5, 2);
    MlxArray w2 = Ops.zeros(4, 2, 2, 2);
    MlxArray x3 = Ops.zeros(1, 5, 5, 5, 2);
    MlxArray w3 = Ops.zeros(4, 2, 2, 2, 2);
    int max = Integer.MAX_VALUE;
    refusals.add(() -> x1.conv1d(w1, 0), "[conv1d] stride is [0]");
    refusals.add(() -> x1.conv1d(w1, -1), "[conv1d] stride");
    refusals.add(() -> x1.conv1d(w1, 1, -3), "[conv1d] the kernel has size 2", "has size -1");
    refusals.add(() -> x1.conv1d(w1, 1, max), "[conv1d] padding", "too large");
    refusals.add(() -> x1.conv1d(w1, 1, Integer.MIN_VALUE), "[conv1d] the kernel");
    refusals.add(() -> x1.conv1d(w1, 1, 0, 0), "[conv1d] dilation is [0]");
    refusals.add(() -> x1.conv1d(w1, 1, 0, max), "[conv1d] the kernel has size 2147483648");
    refusals.add(() -> x1.conv1d(w1, 1, 0, 1, 0), "[conv1d] groups is [0]");
    refusals.add(() -> x1.conv1d(w1, 1, 0, 1, -1), "[conv1d] groups is [-1]");
    refusals.add(() -> x1.conv1d(w1, 1, 0, 1, 3), "[conv1d]", "groups is 3");
    refusals.add(() -> x1.conv1d(Ops.zeros(3, 2, 1), 1, 0, 1, 2), "[conv1d]", "groups is 2");
    refusals.add(() -> x1.conv1d(Ops.zeros(4, 7, 2)), "[conv1d] the kernel has size 7");
    refusals.add(() -> x1.conv1d(Ops.zeros(4, 2, 3)), "[conv1d] the channels");
    refusals.add(() -> x1.conv1d(w2), "[conv1d] the weights have shape [4, 2, 2, 2]");
    refusals.add(() -> x2.conv1d(w1), "[conv1d] the input has shape [1, 5, 5, 2]", "3 axes");
    refusals.add(() -> x1.conv1d(Ops.zeros(0, 2, 2)), "[conv1d] the weights");
    refusals.add(() -> x1.conv1d(Ops.zeros(4, 0, 2)), "[conv1d] the weights");
    refusals.add(() -> Ops.zeros(1, 0, 2).conv1d(w1, 1, 3), "[conv1d]", "empty");
    refusals.add(() -> Ops.zeros(1, 5, 0).conv1d(Ops.zeros(4, 2, 0)), "[conv1d]");
    refusals.add(() -> x1.astype(DType.INT32).conv1d(w1), "[conv1d] the input is of dtype int32");
    int[] one = {1};
    int[] ones = {1, 1, 1};
    refusals.add(() -> x2.conv2d(w2, ones, one, one, 1), "[conv2d] stride [1, 1, 1]");
    refusals.add(() -> x2.conv2d(w2, new int[0], one, one, 1), "[conv2d] stride []");
    refusals.add(() -> x2.conv2d(w2, new int[] {1, 0}, one, one, 1), "[conv2d] stride is [1, 0]");
    refusals.add(() -> x1.conv2d(w2), "[conv2d] the input");
    refusals.add(() -> x3.conv3d(w3, 1, 0, 1, 2), "[conv3d] groups is 2");
    refusals.add(() -> x3.conv3d(w3, 1, 0, 9), "[conv3d] the kernel has size 10");
    refusals.add(() -> x1.convTranspose1d(w1, 0), "[convTranspose1d]", "at least 1");
    refusals.add(() -> x1.convTranspose1d(w1, 1, 4), "[convTranspose1d] the kernel");
    refusals.add(() -> x1.convTranspose1d(w1, 1, 0, 0), "[convTranspose1d] dilation is [0]");
    refusals.add(() -> x1.convTranspose1d(w1, 1, 0, 1, max), "[convTranspose1d] padding");
    refusals.add(() -> x1.convTranspose1d(w1, 1, 0, 1, 0, 0), "[convTranspose1d] groups");
    refusals.add(() -> x1.convTranspose1d(w1, max), "[convTranspose1d] padding", "too large");
    refusals.add(() -> x1.convTranspose2d(w2), "[convTranspose2d] the input");
    refusals.add(() -> x2.convTranspose2d(w1), "[convTranspose2d] the weights");
    refusals.add(() -> x3.convTranspose3d(w3, 1, 0, 1, 0, 2), "[convTranspose3d] groups is 2");
    refusals.add(() -> x1.convGeneral(w1, 1, 0, 1, 0), "[convGeneral] dilation of the input");
    refusals.add(() -> x1.convGeneral(w1, 1, 0, 1, max), "[convGeneral] padding");
    refusals.add(() -> Ops.zeros(5, 2).convGeneral(w1), "[convGeneral] the input", "3 to 5");
    refusals.add(() -> Ops.zeros(1, 2, 2, 2, 2, 2).convGeneral(w1), "[convGeneral] the input");
    refusals.add(() -> x1.convolve(x1), "[convolve] array argument 0 has shape [1, 5, 2]");
    refusals.add(() -> Ops.zeros(0).convolve(Ops.zeros(2)), "[convolve] array argument 0");
    refusals.add(() -> Ops.zeros(2).convolve(Ops.zeros(0)), "[convolve] array argument 1");
    refusals.add(() -> MlxArray.of(1, 2).convolve(Ops.zeros(2)), "[convolve]", "int32");
    return refusals.tests();
  }

  @Test
  void nullAndClosedArgumentsAreNamed() {
    MlxArray x = Ops.zeros(1, 5, 2);
    MlxArray w2 = Ops.zeros(1, 2, 2, 2);
    MlxArray closed = Ops.zeros(4, 2, 2);
    assertShape(closed, 4, 2, 2);
    closed.close();
    assertThrowsSaying(
        NullPointerException.class, () -> x.conv1d(null), "[conv1d] array argument 1 is null");
    assertThrowsSaying(
        NullPointerException.class,
        () -> Ops.zeros(1, 5, 5, 2).conv2d(w2, null, new int[] {0}, new int[] {1}, 1),
        "[conv2d] stride is null");
    for (Consumer<ConvolutionOptions> action :
        List.<Consumer<ConvolutionOptions>>of(
            options -> x.conv1d(Ops.zeros(4, 2, 2), options),
            options -> Ops.zeros(1, 5, 5, 2).convTranspose2d(w2, options),
            options -> Ops.zeros(1, 5, 5, 2).convGeneral(w2, options))) {
      assertThrowsSaying(
          NullPointerException.class, () -> action.accept(null), "[conv", "options is null");
    }
    assertThrowsSaying(
        NullPointerException.class,
        () -> MlxArray.of(1f).convolve(MlxArray.of(1f), null),
        "[convolve] the mode is null");
    assertThrowsSaying(
        IllegalStateException.class, () -> x.conv1d(closed), "[conv1d] array argument 1 is closed");
  }
}
