package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.mlx4j.Index.all;
import static org.mlx4j.Index.slice;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.mlx4j.tree.Trees;

/** Derivatives of many examples, all at once. */
class VmapDerivativesTest {
  private static final MlxArray X = MlxArray.of(1f, 2f, 3f);
  private static final MlxArray Y = MlxArray.of(4f, 5f, 6f);

  private static Arguments gradient(String name, ArrayFunction loss, float... expected) {
    return Arguments.of(name, loss, expected);
  }

  /** The gradients at (1, 2, 3) and at (4, 5, 6). */
  static Stream<Arguments> gradients() {
    return Stream.of(
        gradient("set", v -> v.at(1).set(2.0).square().sum(), 2, 0, 6, 8, 0, 12),
        gradient("set, prod", v -> v.at(1).set(2.0).prod(), 6, 0, 2, 12, 0, 8),
        gradient("prod", v -> v.prod(), 6, 3, 2, 30, 24, 20),
        gradient("prod of a column", v -> v.reshape(3, 1).prod(), 6, 3, 2, 30, 24, 20),
        gradient(
            "subtract in a slice",
            v -> v.at(slice(-1, null, -2)).subtract(0.5).square().sum(),
            1,
            4,
            5,
            7,
            10,
            11),
        gradient(
            "add at indices",
            v -> v.at(MlxArray.of(0, 0, 1)).add(v).square().sum(),
            16,
            18,
            16,
            52,
            48,
            34),
        gradient("multiply", v -> v.at(1).multiply(3).square().sum(), 2, 36, 6, 8, 90, 12),
        gradient("maximum", v -> v.at(1).maximum(3).square().sum(), 2, 0, 6, 8, 10, 12),
        gradient(
            "set by another element",
            v -> v.at(0).set(v.get(1).multiply(2)).square().sum(),
            0,
            20,
            6,
            0,
            50,
            12),
        gradient(
            "putAlongAxis",
            v -> v.putAlongAxis(MlxArray.of(1), MlxArray.of(7f), 0).square().sum(),
            2,
            0,
            6,
            8,
            0,
            12),
        gradient(
            "sliceUpdate",
            v -> v.sliceUpdate(MlxArray.of(7f), MlxArray.of(1), new int[] {0}).square().sum(),
            2,
            0,
            6,
            8,
            0,
            12),
        gradient(
            "edges",
            v -> v.pad(new int[][] {{1, 0}}, PadMode.EDGE).square().sum(),
            4,
            4,
            6,
            16,
            10,
            12));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("gradients")
  void gradientsOfExamples(String name, ArrayFunction loss, float[] expected) {
    TransformedFunction gradients = Transforms.vmap(Transforms.grad(loss));
    assertArrayEquals(expected, gradients.apply(Ops.stack(X, Y)).toFloatArray());
    TransformedFunction compiled = Transforms.compile(gradients);
    assertArrayEquals(expected, compiled.apply(Ops.stack(X, Y)).toFloatArray());
    MlxArray columns = Ops.stack(new MlxArray[] {X, Y}, 1);
    assertArrayEquals(
        expected, Transforms.vmap(Transforms.grad(loss), 1, 0).apply(columns).toFloatArray());
  }

  /** The gradient of the sum of squares is twice each element as often as it was taken. */
  @Test
  void gradientsThroughTwoGathersCountWhatIsTaken() {
    MlxArray rows = MlxArray.of(1, 0, 1, 2, 3, 2);
    MlxArray x = Ops.arange(0., 16., 1., DType.FLOAT32).reshape(4, 4);
    MlxArray batch = Ops.stack(x, x.add(1), x.multiply(2));
    MlxArray times = MlxArray.of(1f, 2f, 2f, 1f);
    MlxArray expected = batch.multiply(2).multiply(times).multiply(times.expandDims(1));
    for (ArrayFunction f :
        new ArrayFunction[] {
          v -> v.take(rows, 0).take(rows, 1).square().sum(),
          v -> v.take(rows, 1).take(rows, 0).square().sum(),
          v -> v.get(rows).get(all(), Index.of(rows)).square().sum(),
          v -> v.get(rows).T().get(rows).square().sum()
        }) {
      MlxArray gradients = Transforms.vmap(Transforms.grad(f)).apply(batch);
      assertArrayEquals(expected.toFloatArray(), gradients.toFloatArray());
    }
  }

  /** Each output is one of the argument's elements, whose number is its derivative's place. */
  @Test
  void aJacobianIsAVjpOfEachUnitVector() {
    MlxArray places = MlxArray.of(2, 0, 2);
    MlxArray jacobian =
        Transforms.vmap(
                (ArrayFunction) unit -> Transforms.vjp(v -> v.take(places, 0), X, unit).vjps()[0])
            .apply(Ops.eye(3));
    assertArrayEquals(new float[] {0, 0, 1, 1, 0, 0, 0, 0, 1}, jacobian.toFloatArray());
  }

  @Test
  void aDirectionalDerivativeOfEachExample() {
    ArrayFunction derivative = v -> Transforms.jvp(r -> r.at(0).set(5f).square(), v, v).jvps()[0];
    assertArrayEquals(
        new float[] {0, 8, 18, 0, 50, 72},
        Transforms.vmap(derivative).apply(Ops.stack(X, Y)).toFloatArray());
  }

  @Test
  void indicesOfAByteCountMoreSlicesThanAByteDoes() {
    int batch = 300;
    MlxArray x = Ops.arange(0., 2. * batch, 1., DType.FLOAT32).reshape(batch, 2);
    MlxArray i = Ops.ones(new int[] {batch, 1}, DType.UINT8);
    ArrayBiFunction take = (v, at) -> v.take(at, 0);
    float[] taken = Transforms.vmap(take).apply(x, i).toFloatArray();
    ArrayBiFunction set = (v, at) -> v.at(at).set(-1.0);
    float[] written = Transforms.vmap(set).apply(x, i).toFloatArray();
    for (int k = 0; k < batch; k++) {
      assertEquals(2 * k + 1, taken[k]);
      assertEquals(2 * k, written[2 * k]);
      assertEquals(-1, written[2 * k + 1]);
    }
  }

  /** What is recorded for a compiled function is not changed by its being mapped. */
  @Test
  void aCompiledFunctionIsMappedTwice() {
    TransformedFunction f =
        Transforms.compile(
            v -> v.reshape(2, 3).transpose().add(v.get(0)).broadcastTo(2, 3, 2).sum(0));
    MlxArray one = Ops.arange(0., 6., 1., DType.FLOAT32);
    float[] expected = f.apply(one).toFloatArray();
    for (int batch = 1; batch < 4; batch++) {
      MlxArray mapped = Transforms.vmap(f).apply(one.broadcastTo(batch, 6));
      assertArrayEquals(new int[] {batch, 3, 2}, mapped.shape());
      assertArrayEquals(
          expected, Arrays.copyOfRange(mapped.toFloatArray(), 6 * (batch - 1), 6 * batch));
    }
    assertArrayEquals(expected, f.apply(one).toFloatArray());
  }

  record Pair(MlxArray first, MlxArray second) {}

  @Test
  void anArrayThatATreeHoldsTwiceIsMappedTwice() {
    MlxArray columns = MlxArray.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
    Pair pair =
        Trees.vmap(
                (MlxArray v) -> {
                  MlxArray y = v.square();
                  return new Pair(y, y.real());
                },
                1)
            .apply(columns);
    for (MlxArray y : new MlxArray[] {pair.first(), pair.second()}) {
      assertArrayEquals(new int[] {3, 2}, y.shape());
      assertArrayEquals(new float[] {1, 16, 4, 25, 9, 36}, y.toFloatArray());
    }
  }

  @Test
  void eachCopyOfAnArrayGoesAlongItsOwnAxis() {
    MlxArray rows = MlxArray.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
    MlxArray[] results =
        Transforms.vmap(
                (ArraysFunction) xs -> new MlxArray[] {xs[0], xs[0], xs[0]},
                new int[] {0},
                new int[] {1, 0, -1})
            .apply(rows);
    assertArrayEquals(new float[] {1, 4, 2, 5, 3, 6}, results[0].toFloatArray());
    assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6}, results[1].toFloatArray());
    assertArrayEquals(new float[] {1, 4, 2, 5, 3, 6}, results[2].toFloatArray());
  }

  @Test
  void aStridedSignalHasTheSpectrumOfItsCopy() {
    MlxArray signals = Ops.arange(0., 32., 1., DType.FLOAT32).sin().reshape(16, 2);
    MlxArray strided = signals.take(1, 1);
    MlxArray copy = MlxArray.of(strided.toFloatArray(), 16);
    for (PadMode mode : new PadMode[] {PadMode.CONSTANT, PadMode.EDGE}) {
      MlxArray of = Fft.stft(strided, 4, 2, 4, null, false, mode, FftNorm.BACKWARD, true);
      MlxArray expected = Fft.stft(copy, 4, 2, 4, null, false, mode, FftNorm.BACKWARD, true);
      assertArrayEquals(expected.abs().toFloatArray(), of.abs().toFloatArray());
    }
    float[] pieces = strided.asStrided(new int[] {3, 2}, new long[] {2, 1}).toFloatArray();
    assertArrayEquals(Arrays.copyOf(copy.toFloatArray(), 6), pieces);
  }
}
