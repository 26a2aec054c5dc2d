package org.mlx4j.kotlin

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import org.mlx4j.DType
import org.mlx4j.FftNorm
import org.mlx4j.MlxArray
import org.mlx4j.MlxRandom
import org.mlx4j.Ops
import org.mlx4j.QuantizationMode
import org.mlx4j.nn.BatchNorm
import org.mlx4j.nn.Conv2d
import org.mlx4j.nn.LayerNorm
import org.mlx4j.nn.Transformer
import org.mlx4j.optimizers.Adam
import org.mlx4j.optimizers.AdamW
import org.mlx4j.optimizers.SGD
import org.mlx4j.tree.Trees

class DefaultArgumentsTest {
    private val x = MlxArray.of(1f, 2f, 3f, 4f, 5f, 9f).reshape(2, 3)

    @Test
    fun reductions() {
        assertValues(x.sum(), 24)
        assertValues(x.sum(0), 5, 7, 12)
        assertValues(x.sum(0, 1), 24)
        assertShape(x.sum(0, 1, keepdims = true), 1, 1)
        assertShape(x.sum(keepdims = true), 1, 1)
        assertValues(x.prod(1, keepdims = true), 6, 180)
        assertValues(x.mean(-1, keepdims = true), 2, 6)
        assertValues(x.max(0, keepdims = true), 4, 5, 9)
        assertValues(x.min(keepdims = true), 1)
        assertBools((x gt 1).all(1, keepdims = true), false, true)
        assertBools((x gt 8).any(1, keepdims = true), false, true)
        assertValues(Ops.zeros(2, 2).logsumexp(0, 1, keepdims = true), Math.log(4.0))
        assertValues(x.median(1, keepdims = true), 2, 5)
        assertValues((x lt 3).countNonzero(0, 1, keepdims = true), 2)
        assertValues(x.variance(1, ddof = 1), 1, 7)
        assertValues(x.variance(), 20.0 / 3)
        assertValues(x.std(1, ddof = 1), 1, Math.sqrt(7.0))
        assertValues(x.argmax(axis = 1), 2, 2)
        assertValues(x.argmin(keepdims = true), 0)
    }

    @Test
    fun scans() {
        val v = MlxArray.of(1f, 3f, 2f)
        assertValues(v.cumsum(reverse = true), 6, 5, 2)
        assertValues(v.cumsum(axis = 0, inclusive = false), 0, 1, 4)
        assertValues(v.cumprod(reverse = true), 6, 6, 2)
        assertValues(v.cummax(axis = 0, reverse = true), 3, 3, 2)
        assertValues(v.cummin(reverse = true), 1, 2, 2)
        assertValues(Ops.zeros(2).logcumsumexp(reverse = true), Math.log(2.0), 0)
    }

    @Test
    fun fourier() {
        val wave = MlxArray.of(1f, 0f, -1f, 0f)
        assertValues(wave.fft(norm = FftNorm.ORTHO).real(), 0, 1, 0, 1)
        assertValues(wave.fft(n = 2).real(), 1, 1)
        assertValues(wave.fft().ifft(axis = 0).real(), 1, 0, -1, 0)
        assertValues(wave.rfft(axis = -1).real(), 0, 2, 0)
        assertValues(wave.rfft().irfft(n = 4), 1, 0, -1, 0)
        assertValues(x.fftn(axes = intArrayOf(0, 1)).real()[0, 0], 24)
        assertValues(
            x.fftn().ifftn(s = intArrayOf(2, 3), axes = intArrayOf(0, 1)).real(),
            1,
            2,
            3,
            4,
            5,
            9,
        )
        val signal = Ops.arange(16).astype(DType.FLOAT32)
        assertValues(
            signal.stft(nFft = 8).istft(nFft = 8, length = 16),
            *(0..15).toList().toTypedArray(),
        )
    }

    @Test
    fun random() {
        val key = MlxRandom.key(7)
        assertValues(
            uniform(3, low = 2.0, high = 4.0, key = key) -
                MlxRandom.uniform(2.0, 4.0, intArrayOf(3), key),
            0,
            0,
            0,
        )
        assertEquals(DType.FLOAT16, normal(2, loc = 1.0, dtype = DType.FLOAT16, key = key).dtype())
        assertBools(uniform(100, key = key) lt 1, *BooleanArray(100) { true })
        assertBools(randint(50, high = 3, key = key) ge 0, *BooleanArray(50) { true })
        assertBools(bernoulli(4, p = 1.0, key = key), true, true, true, true)
    }

    @Test
    fun categoricalTakesAShapeOrANumberOfSamples() {
        val logits = Ops.zeros(2, 3)
        assertShape(categorical(logits, shape = intArrayOf(4, 2)), 4, 2)
        assertShape(categorical(logits, numSamples = 5), 2, 5)
        val e =
            assertThrows<IllegalArgumentException> {
                categorical(logits, shape = intArrayOf(4, 2), numSamples = 5)
            }
        assertEquals(
            "[categorical] the shape [4, 2] and numSamples 5 are given; only one of them may be",
            e.message,
        )
    }

    @Test
    fun quantization() {
        val w = uniform(4, 64, low = -1.0, key = MlxRandom.key(1))
        val a = Ops.ones(1, 64)
        val q = w.quantize(bits = 8)
        val back = q.w.dequantize(q.scales, q.biases, bits = 8)
        assertBools(((back - w).abs() lt 0.01).all(), true)
        val product = a.quantizedMatmul(q.w, q.scales, q.biases, bits = 8)
        assertBools(((product - a.matmul(back.T())).abs() lt 1e-3).all(), true)
        val stack = w.expandDims(0).quantize(bits = 8)
        val first = MlxArray.of(0).astype(DType.UINT32)
        val gathered =
            a.gatherQmm(stack.w, stack.scales, stack.biases, rhsIndices = first, bits = 8)
        assertBools(((gathered.flatten() - product.flatten()).abs() lt 1e-3).all(), true)
        val float8 = w.quantize(mode = QuantizationMode.MXFP8)
        assertNull(float8.biases)
        assertShape(
            Ops.ones(1, 64).qqmm(float8.w, float8.scales, mode = QuantizationMode.MXFP8),
            1,
            4,
        )
    }

    @Test
    fun layersAndOptimizers() {
        assertShape(Linear(3, 2, bias = false).apply(x), 2, 2)
        assertNull(Linear(3, 2, bias = false).bias)
        assertShape(Conv1d(1, 2, kernelSize = 3, padding = 1).apply(Ops.ones(1, 5, 1)), 1, 5, 2)
        assertShape(
            Conv2d(1, 2, kernelSize = 3, stride = 2).apply(Ops.ones(1, 5, 5, 1)),
            1,
            2,
            2,
            2,
        )
        assertShape(
            Conv3d(1, 2, kernelSize = 1, bias = false).apply(Ops.ones(1, 2, 2, 2, 1)),
            1,
            2,
            2,
            2,
            2,
        )
        assertNull(BatchNorm(3, affine = false).weight)
        assertNull(LayerNorm(3, bias = false).bias)
        val q = Ops.ones(1, 3, 8)
        assertShape(
            MultiHeadAttention(8, numHeads = 2, valueOutputDims = 4).apply(q, q, q),
            1,
            3,
            4,
        )
        val transformer =
            Transformer(8, 2, numEncoderLayers = 1, numDecoderLayers = 1, mlpDims = 16)
        assertShape(transformer.apply(Ops.ones(1, 3, 8), Ops.ones(1, 2, 8)), 1, 2, 8)
        assertEquals(0.5, SGD(0.1, momentum = 0.5).momentum)
        assertEquals(0.8, Adam(0.1, beta1 = 0.8).beta1)
        assertEquals(0.2, AdamW(0.1, weightDecay = 0.2).weightDecay)
    }

    /** Java says what its defaults are by overloads. */
    @Test
    fun theDefaultsAreThoseOfJava() {
        assertEquals(BatchNorm.of(3).run { eps to momentum }, BatchNorm(3).run { eps to momentum })
        assertEquals(LayerNorm.of(3).eps, LayerNorm(3).eps)
        assertEquals(Conv2d.of(1, 2, 3).options, Conv2d(1, 2, 3).options)
        val (java, kotlin) = Transformer.of(8, 2, 1, 1).encoder to Transformer(8, 2, 1, 1).encoder
        assertEquals(
            Trees.flatten(java).map { it.shape().toList() },
            Trees.flatten(kotlin).map { it.shape().toList() },
        )
        assertEquals(SGD.of(0.1), SGD(0.1))
        assertEquals(Adam.of(0.1), Adam(0.1))
        assertEquals(AdamW.of(0.1), AdamW(0.1))
        val w = uniform(4, 64, key = MlxRandom.key(2))
        assertShape(w.quantize(mode = QuantizationMode.AFFINE).scales, *w.quantize().scales.shape())
    }
}
