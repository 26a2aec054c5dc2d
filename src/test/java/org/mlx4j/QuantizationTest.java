package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mlx4j.ArrayAssertions.assertShape;
import static org.mlx4j.ArrayAssertions.assertThrowsSaying;
import static org.mlx4j.ArrayAssertions.assertValues;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Quantized matrices approximate the original numbers, and products use the matrices that indices
 * choose.
 */
@ExtendWith(InScope.class)
class QuantizationTest {
  private static MlxArray normal(int seed, int... shape) {
    return MlxRandom.normal(shape, DType.FLOAT32, 0, 1, MlxRandom.key(seed));
  }

  private static void assertNear(MlxArray expected, MlxArray actual) {
    assertArrayEquals(expected.shape(), actual.shape());
    double largest = expected.subtract(actual).abs().max().itemDouble();
    assertTrue(largest < 1e-3, () -> "differs by " + largest);
  }

  // ---- quantized matrices
  // --------------------------------------------------------------------------

  @ParameterizedTest
  @CsvSource({"32,1", "64,2", "128,3", "32,4", "64,5", "128,6", "64,8"})
  void elementsAreOffByAtMostHalfAStep(int groupSize, int bits) {
    MlxArray w = normal(1, 4, 256);
    Quantized q = w.quantize(groupSize, bits);
    assertShape(q.w(), 4, 256 * bits / 32);
    assertShape(q.scales(), 4, 256 / groupSize);
    assertShape(q.biases(), 4, 256 / groupSize);
    MlxArray off = q.w().dequantize(q.scales(), q.biases(), groupSize, bits).subtract(w).abs();
    MlxArray steps = q.scales().abs().reshape(4, -1, 1);
    // the edge that becomes exact may move the other one by half a step
    assertTrue(off.reshape(4, -1, groupSize).divide(steps).max().itemDouble() <= 1.001);
  }

  @Test
  void floatingModesHaveNoBiases() {
    Quantized q = normal(1, 2, 64).quantize(QuantizationMode.MXFP8);
    assertNull(q.biases());
    assertEquals(DType.UINT8, q.scales().dtype());
    MlxArray back = q.w().dequantize(q.scales(), null, null, null, QuantizationMode.MXFP8);
    assertEquals(DType.BFLOAT16, back.dtype());
  }

  @ParameterizedTest
  @EnumSource(QuantizationMode.class)
  void productsAreThoseOfTheMatrixItStandsFor(QuantizationMode mode) {
    Quantized q = normal(1, 8, 64).quantize(mode);
    MlxArray w = q.w().dequantize(q.scales(), q.biases(), null, null, mode, null, DType.FLOAT32);
    MlxArray x = normal(2, 3, 64);
    MlxArray y = normal(3, 3, 8);
    assertNear(
        x.matmul(w.transpose()),
        x.quantizedMatmul(q.w(), q.scales(), q.biases(), true, null, null, mode));
    assertNear(
        y.matmul(w), y.quantizedMatmul(q.w(), q.scales(), q.biases(), false, null, null, mode));
  }

  @Test
  void gradientsAreThoseOfTheMatrixItStandsFor() {
    Quantized q = normal(1, 8, 64).quantize();
    MlxArray x = normal(2, 3, 64);
    MlxArray weights = normal(3, 3, 8);
    ArraysToArrayFunction quantized =
        xs -> xs[0].quantizedMatmul(q.w(), xs[1], xs[2]).multiply(weights).sum();
    ArraysToArrayFunction dense =
        xs -> xs[0].matmul(q.w().dequantize(xs[1], xs[2]).transpose()).multiply(weights).sum();
    MlxArray[] expected = Transforms.grad(dense, 0, 1, 2).apply(x, q.scales(), q.biases());
    MlxArray[] actual = Transforms.grad(quantized, 0, 1, 2).apply(x, q.scales(), q.biases());
    for (int i = 0; i < 3; i++) {
      assertNear(expected[i], actual[i]);
    }
  }

  @Test
  void mappedProductsAreThoseOfTheExamples() {
    Quantized q = normal(1, 8, 64).quantize();
    MlxArray batch = normal(2, 2, 3, 64);
    MlxArray mapped =
        Transforms.vmap((MlxArray a) -> a.quantizedMatmul(q.w(), q.scales(), q.biases()))
            .apply(batch);
    for (int i = 0; i < 2; i++) {
      assertNear(batch.get(i).quantizedMatmul(q.w(), q.scales(), q.biases()), mapped.get(i));
    }
  }

  @Test
  void gatheredProductsTakeTheMatricesThatTheIndicesName() {
    Quantized q = normal(1, 4, 8, 64).quantize();
    MlxArray x = normal(2, 3, 2, 64);
    MlxArray product =
        x.gatherQmm(
            q.w(), q.scales(), q.biases(), MlxArray.of(2, 0, 1, 1), MlxArray.of(3, 3, 0, 1));
    MlxArray w = q.w().dequantize(q.scales(), q.biases());
    int[] left = {2, 0, 1, 1};
    int[] right = {3, 3, 0, 1};
    for (int i = 0; i < 4; i++) {
      assertNear(x.get(left[i]).matmul(w.get(right[i]).transpose()), product.get(i));
    }
  }

  @Test
  void aRowTimesAQuantizedMatrixIsQuantizedItself() {
    Quantized q = normal(1, 8, 64).quantize(QuantizationMode.NVFP4);
    MlxArray x = normal(2, 1, 64);
    Quantized ofX = normal(2, 2, 64).quantize(QuantizationMode.NVFP4);
    MlxArray rounded =
        ofX.w()
            .dequantize(ofX.scales(), null, null, null, QuantizationMode.NVFP4, null, DType.FLOAT32)
            .get(Index.to(1));
    assertShape(rounded, 1, 64);
    MlxArray exact =
        x.quantizedMatmul(q.w(), q.scales(), null, true, null, null, QuantizationMode.NVFP4);
    double off = x.qqmm(q.w(), q.scales()).subtract(exact).abs().max().itemDouble();
    assertTrue(off > 0 && off < 4, () -> "off by " + off);
  }

  // ---- 8-bit numbers
  // -------------------------------------------------------------------------------

  @ParameterizedTest
  @EnumSource(names = {"FLOAT16", "BFLOAT16", "FLOAT32", "FLOAT64"})
  void eightBitsHoldSmallNumbersExactly(DType dtype) {
    try (StreamScope cpu = StreamScope.open(Device.cpu())) {
      MlxArray x = MlxArray.of(0f, 1f, -1.5f, 0.875f, 240f, -448f, 1000f).astype(dtype);
      MlxArray bytes = x.toFp8();
      assertEquals(DType.UINT8, bytes.dtype());
      MlxArray back = bytes.fromFp8(dtype);
      assertEquals(dtype, back.dtype());
      assertValues(back, 0, 1, -1.5, 0.875, 240, -448, 448);
    }
  }

  @Test
  void quantizedInEightBitsComesBackAsDoubles() {
    try (StreamScope cpu = StreamScope.open(Device.cpu())) {
      QuantizationMode mode = QuantizationMode.MXFP8;
      Quantized q = normal(1, 2, 64).quantize(mode);
      MlxArray floats = q.w().dequantize(q.scales(), null, null, null, mode, null, DType.FLOAT32);
      MlxArray doubles = q.w().dequantize(q.scales(), null, null, null, mode, null, DType.FLOAT64);
      assertArrayEquals(floats.toDoubleArray(), doubles.toDoubleArray());
    }
  }

  // ---- products of chosen matrices
  // -----------------------------------------------------------------

  @Test
  void gatherMmTakesTheMatricesThatTheIndicesName() {
    MlxArray a = normal(1, 3, 2, 4);
    MlxArray b = normal(2, 5, 4, 3);
    MlxArray product = a.gatherMm(b, MlxArray.of(2, 0), MlxArray.of(4, 4));
    assertNear(a.get(2).matmul(b.get(4)), product.get(0));
    assertNear(a.get(0).matmul(b.get(4)), product.get(1));
    assertNear(a.matmul(b.get(Index.to(3))), a.gatherMm(b.get(Index.to(3))));
  }

  @Test
  void segmentsAreProductsOfSlices() {
    MlxArray a = normal(1, 3, 6);
    MlxArray b = normal(2, 6, 2);
    MlxArray product = a.segmentedMm(b, MlxArray.of(new int[] {0, 6, 1, 3, 4, 4}, 3, 2));
    assertNear(a.matmul(b), product.get(0));
    assertNear(
        a.get(Index.all(), Index.slice(1, 3)).matmul(b.get(Index.slice(1, 3))), product.get(1));
    assertValues(product.get(2), 0, 0, 0, 0, 0, 0);
  }

  @Test
  void masksMultiplyBlocks() {
    MlxArray a = normal(1, 40, 40);
    MlxArray b = normal(2, 40, 40);
    MlxArray mask = MlxArray.of(new float[] {1, 0, 2, 0.5f}, 2, 2);
    MlxArray everywhere = mask.repeat(32, 0).repeat(32, 1).get(Index.to(40), Index.to(40));
    assertNear(a.matmul(b).multiply(everywhere), a.blockMaskedMm(b, 32, mask));
    assertNear(a.multiply(everywhere).matmul(b), a.blockMaskedMm(b, 32, null, mask));
    assertNear(a.matmul(b.multiply(everywhere)), a.blockMaskedMm(b, 32, null, null, mask));
  }

  // ---- indices out of range
  // ------------------------------------------------------------------------

  private interface Chosen {
    MlxArray by(MlxArray indices);
  }

  private static List<Chosen> chosen() {
    MlxArray a = Ops.ones(3, 2, 4);
    MlxArray b = Ops.ones(3, 4, 2);
    Quantized q = Ops.ones(3, 4, 64).quantize();
    MlxArray x = Ops.ones(3, 2, 64);
    MlxArray logits = Ops.zeros(1, 3);
    return List.of(
        i -> a.gatherMm(b, i),
        i -> a.gatherMm(b, MlxArray.of(0), i),
        i -> x.gatherQmm(q.w(), q.scales(), q.biases(), i, null),
        i -> x.gatherQmm(q.w(), q.scales(), q.biases(), MlxArray.of(0), i),
        i -> Fast.crossEntropy(logits, i),
        i -> Ops.ones(2, 2).segmentedMm(Ops.ones(2, 2), i.reshape(1, 1).repeat(2, 1)));
  }

  @Test
  void knownIndicesAreChecked() {
    for (Chosen chosen : chosen().subList(0, 5)) {
      for (int index : new int[] {3, -1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
        assertThrowsSaying(
            IndexOutOfBoundsException.class,
            () -> chosen.by(MlxArray.of(index)),
            "index " + index + " is out of range; it must be from 0 to 2");
      }
    }
  }

  @Test
  void segmentsThatAreKnownAreChecked() {
    for (int index : new int[] {3, -1, Integer.MAX_VALUE}) {
      assertThrowsSaying(
          IndexOutOfBoundsException.class,
          () -> Ops.ones(2, 2).segmentedMm(Ops.ones(2, 2), MlxArray.of(new int[] {0, index}, 1, 2)),
          "[segmentedMm] index " + index + " is out of range; it must be from 0 to 2");
    }
  }

  @Test
  void indicesStillToBeComputedAreLimitedToTheRange() {
    for (Chosen chosen : chosen()) {
      for (int index : new int[] {3, -1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
        MlxArray computed = MlxArray.of(index).multiply(1);
        assertTrue(chosen.by(computed).sum().itemDouble() >= 0);
      }
    }
  }

  @Test
  void indicesAreComputedAndCheckedWhenThatIsAskedFor() {
    Ops.checkIndices(true);
    try {
      for (Chosen chosen : chosen()) {
        assertThrowsSaying(
            IndexOutOfBoundsException.class,
            () -> chosen.by(MlxArray.of(4).multiply(1)),
            "index 4 is out of range");
      }
    } finally {
      Ops.checkIndices(false);
    }
  }

  // ---- what the CPU cannot do
  // ----------------------------------------------------------------------

  @Test
  void whatTheCpuDoesNotComputeIsAnExceptionOfTheCaller() {
    try (StreamScope cpu = StreamScope.open(Device.cpu())) {
      Quantized q = normal(1, 2, 8, 64).quantize(QuantizationMode.NVFP4);
      MlxArray x = normal(2, 2, 3, 64);
      MlxArray half = Ops.ones(new int[] {2, 64, 64}, DType.FLOAT16);
      MlxArray w = normal(3, 2, 4, 64);
      Ops.eval(q.w(), q.scales(), x, half, w); // a failed evaluation takes what it shares with it
      MlxArray zero = MlxArray.of(0);
      List<MlxArray> missing =
          List.of(
              x.get(0).qqmm(q.w().get(0), q.scales().get(0)),
              x.get(0).qqmm(w.get(0)),
              x.gatherQqmm(q.w(), q.scales(), zero, zero),
              x.gatherQqmm(w, null, zero, zero),
              half.gatherMm(half, zero),
              half.blockMaskedMm(half, 64, Ops.ones(1, 1)));
      String[] said = {
        "[QQMatmul] NYI",
        "[QQMatmul] NYI",
        "[GatherQQMM] NYI",
        "[GatherQQMM] NYI",
        "[GatherMM::eval] Currently only supports float32",
        "[BlockMaskedMM::eval] Currently"
      };
      for (int i = 0; i < said.length; i++) {
        assertThrowsSaying(MlxException.class, missing.get(i)::eval, said[i]);
        assertThrows(MlxException.class, missing.get(i).add(1f)::eval, said[i]);
        assertEquals(3, MlxArray.of(1, 2).sum().itemInt());
      }
      assertThrowsSaying(
          IllegalArgumentException.class,
          () ->
              x.get(0)
                  .qqmm(
                      q.w().get(0),
                      q.scales().get(0),
                      null,
                      null,
                      QuantizationMode.NVFP4,
                      MlxArray.scalar(1f),
                      MlxArray.scalar(1f)),
          "[qqmm] global scales are only supported on the GPU");
    }
  }

  // ---- arguments
  // -----------------------------------------------------------------------------------

  @TestFactory
  Stream<DynamicTest> badArgumentsAreRefused() {
    Refusals refusals = new Refusals();
    MlxArray w = Ops.ones(8, 64);
    Quantized q = w.quantize();
    Quantized stack = Ops.ones(2, 8, 64).quantize();
    Quantized nvfp4 = w.quantize(QuantizationMode.NVFP4);
    MlxArray x = Ops.ones(3, 64);
    QuantizationMode affine = QuantizationMode.AFFINE;
    MlxArray one = MlxArray.of(0);
    refusals.add(
        () -> w.quantize(0), "[quantize] groupSize is 0; for AFFINE it must be one of [32, 64");
    refusals.add(() -> w.quantize(-64), "[quantize] groupSize is -64");
    refusals.add(() -> w.quantize(16), "[quantize] groupSize is 16");
    refusals.add(
        () -> w.quantize(64, 7), "[quantize] bits is 7; for AFFINE it must be one of [1, 2, 3");
    refusals.add(() -> w.quantize(64, 0), "[quantize] bits is 0");
    refusals.add(
        () -> w.quantize(32, 8, QuantizationMode.MXFP4),
        "bits is 8; for MXFP4 it must be one of [4]");
    refusals.add(() -> w.quantize(64, 4, QuantizationMode.NVFP4), "groupSize is 64");
    refusals.add(() -> w.quantize(null, null, affine, MlxArray.scalar(1f)), "lobal scale is only");
    refusals.add(
        () -> w.quantize(null, null, QuantizationMode.NVFP4, Ops.ones(2)),
        "lobal scale must be a scalar");
    refusals.add(() -> Ops.ones(64).quantize(), "[quantize] array argument 0 has shape [64]");
    refusals.add(() -> Ops.ones(2, 65).quantize(), "[quantize]", "divisible by the groupSize 64");
    refusals.add(() -> Ops.zeros(0, 64).quantize(), "[quantize] array argument 0", "not empty");
    refusals.add(() -> Ops.zeros(2, 0).quantize(), "[quantize] array argument 0", "not empty");
    refusals.add(() -> w.astype(DType.INT32).quantize(), "[quantize] array argument 0", "int32");
    refusals.add(() -> w.astype(DType.FLOAT64).quantize(), "[quantize]", "float64");
    refusals.add(() -> w.dequantize(q.scales(), q.biases()), "[dequantize] array argument 0");
    refusals.add(() -> q.w().dequantize(w, q.biases()), "[dequantize] the packed matrix");
    refusals.add(() -> q.w().dequantize(q.scales(), w), "[dequantize] the packed matrix");
    refusals.add(() -> q.w().dequantize(q.scales(), null), "Biases must be provided");
    refusals.add(() -> q.w().dequantize(q.scales(), q.biases(), 64, 0), "[dequantize] bits is 0");
    refusals.add(() -> q.w().dequantize(q.scales(), q.biases(), 64, 8), "[dequantize] the packed");
    refusals.add(() -> q.w().dequantize(q.scales(), q.biases(), 32), "[dequantize] the packed");
    refusals.add(
        () -> q.w().dequantize(q.scales(), q.biases(), null, null, affine, null, DType.INT32),
        "dtype");
    refusals.add(
        () -> Ops.zeros(new int[] {0, 8}, DType.UINT32).dequantize(Ops.zeros(0, 1), null),
        "[dequantize] array argument 0");
    refusals.add(
        () -> x.quantizedMatmul(w, q.scales(), q.biases()),
        "[quantizedMatmul] array argument 1 has shape [8, 64] and dtype float32");
    refusals.add(
        () -> x.quantizedMatmul(q.w(), Ops.ones(9, 1), Ops.ones(9, 1)),
        "[quantizedMatmul] the packed matrix has shape [8, 8], the scales have shape [9, 1]");
    refusals.add(
        () -> x.quantizedMatmul(q.w(), Ops.ones(1), Ops.ones(1)),
        "[quantizedMatmul] the packed matrix");
    refusals.add(
        () -> x.quantizedMatmul(q.w(), q.scales(), q.biases(), true, 64, 0),
        "[quantizedMatmul] bits is 0");
    refusals.add(
        () -> Ops.ones(3, 63).quantizedMatmul(q.w(), q.scales(), q.biases()),
        "[quantizedMatmul] the last axis");
    refusals.add(
        () -> MlxArray.scalar(1f).quantizedMatmul(q.w(), q.scales(), q.biases()),
        "[quantizedMatmul] array argument 0 has shape []");
    refusals.add(
        () -> Ops.zeros(0, 64).quantizedMatmul(q.w(), q.scales(), q.biases()),
        "[quantizedMatmul] array argument 0 has shape [0, 64]");
    refusals.add(
        () -> x.quantizedMatmul(stack.w(), stack.scales(), stack.biases()),
        "[quantizedMatmul] array argument 0 has shape [3, 64]",
        "at least 3 axes");
    refusals.add(
        () -> x.astype(DType.FLOAT64).quantizedMatmul(q.w(), q.scales(), q.biases()),
        "[quantizedMatmul] array argument 0",
        "float64");
    refusals.add(
        () ->
            x.quantizedMatmul(
                q.w(), q.scales().astype(DType.FLOAT64), q.biases().astype(DType.FLOAT64)),
        "[quantizedMatmul] the scales or the biases are of dtype float64");
    refusals.add(
        () ->
            x.quantizedMatmul(nvfp4.w(), nvfp4.scales(), null, true, 32, 4, QuantizationMode.NVFP4),
        "[quantizedMatmul] groupSize is 32");
    refusals.add(() -> x.qqmm(nvfp4.w()), "[qqmm] the matrix is quantized");
    refusals.add(() -> x.qqmm(nvfp4.w(), nvfp4.scales(), 16, 0), "[qqmm] bits is 0");
    refusals.add(
        () -> x.qqmm(nvfp4.w(), nvfp4.scales(), 16, 4, affine), "[qqmm] the mode", "use NVFP4");
    refusals.add(() -> x.qqmm(w, nvfp4.scales()), "[qqmm] array argument 1", "without scales");
    refusals.add(() -> x.qqmm(Ops.ones(64)), "[qqmm] array argument 1 has shape [64]");
    refusals.add(() -> MlxArray.scalar(1f).qqmm(w), "[qqmm] array argument 0 has shape []");
    refusals.add(() -> Ops.zeros(0, 64).qqmm(w), "[qqmm] array argument 0");
    refusals.add(
        () -> x.gatherQmm(stack.w(), stack.scales(), stack.biases(), null, null),
        "[gatherQmm] array argument 0",
        "at least 3 axes");
    refusals.add(
        () -> Ops.ones(64).gatherQmm(stack.w(), stack.scales(), stack.biases(), null, one),
        "[gatherQmm] array argument 0 has shape [64]");
    refusals.add(
        () -> x.gatherQmm(stack.w(), stack.scales(), stack.biases(), null, Ops.ones(1)),
        "[gatherQmm] indices must be of integer dtype");
    refusals.add(
        () -> Ops.zeros(2, 0, 64).gatherQmm(stack.w(), stack.scales(), stack.biases(), one, null),
        "[gatherQmm] array argument 0");
    refusals.add(
        () -> x.gatherQqmm(nvfp4.w(), null, one, one), "[gatherQqmm] the matrix is quantized");
    refusals.add(
        () -> MlxArray.scalar(1f).gatherQqmm(w, null, one, one), "[gatherQqmm] array argument 0");
    refusals.add(() -> x.gatherMm(Ops.ones(63, 2), one), "[gatherMm] the last axis");
    refusals.add(() -> MlxArray.scalar(1f).gatherMm(x, one), "[gatherMm]");
    refusals.add(() -> x.gatherMm(Ops.ones(64, 2), Ops.ones(1)), "[gatherMm] indices");
    refusals.add(() -> x.segmentedMm(Ops.ones(63, 2), one), "[segmentedMm] the operands");
    refusals.add(() -> x.segmentedMm(Ops.ones(64, 0), one), "[segmentedMm] the operands");
    refusals.add(() -> Ops.ones(0, 64).segmentedMm(w.transpose(), one), "[segmentedMm]");
    refusals.add(() -> x.segmentedMm(w.transpose(), one), "[segmentedMm] The segments");
    refusals.add(() -> x.blockMaskedMm(w.transpose(), 0, one), "[blockMaskedMm] Only");
    refusals.add(() -> x.blockMaskedMm(w.transpose(), 32, Ops.ones(1, 2)), "[1, 2]");
    refusals.add(() -> x.toFp8().toFp8(), "[toFp8]");
    refusals.add(() -> x.fromFp8(), "[fromFp8]");
    refusals.add(() -> x.toFp8().fromFp8(DType.INT8), "[fromFp8]");
    return refusals.tests();
  }

  @Test
  void choosingFromNothingIsRefused() {
    assertThrowsSaying(
        IndexOutOfBoundsException.class,
        () -> Ops.ones(2, 3, 4).gatherMm(Ops.zeros(0, 4, 2), MlxArray.of(0), MlxArray.of(0)),
        "[gatherMm] there are no elements");
  }

  @Test
  void nullAndClosedArgumentsAreNamed() {
    MlxArray x = Ops.ones(3, 64);
    Quantized q = Ops.ones(8, 64).quantize();
    MlxArray closed = Ops.ones(8, 1);
    assertShape(closed, 8, 1);
    closed.close();
    assertThrowsSaying(
        NullPointerException.class,
        () -> x.quantizedMatmul(null, q.scales(), q.biases()),
        "[quantizedMatmul] array argument 1 is null");
    assertThrowsSaying(
        NullPointerException.class,
        () -> x.quantizedMatmul(q.w(), null, q.biases()),
        "[quantizedMatmul] array argument 2 is null");
    assertThrowsSaying(
        NullPointerException.class,
        () -> x.quantize((QuantizationMode) null),
        "[quantize] the mode is null");
    assertThrowsSaying(
        NullPointerException.class, () -> x.toFp8().fromFp8(null), "[fromFp8] the dtype is null");
    assertThrowsSaying(
        NullPointerException.class, () -> x.gatherMm(null), "[gatherMm] array argument 1 is null");
    assertThrowsSaying(
        IllegalStateException.class,
        () -> x.blockMaskedMm(x.transpose(), 64, null, closed),
        "[blockMaskedMm] array argument 3 is closed");
    assertThrowsSaying(
        IllegalStateException.class, () -> x.quantizedMatmul(q.w(), q.scales(), closed), "closed");
  }
}
