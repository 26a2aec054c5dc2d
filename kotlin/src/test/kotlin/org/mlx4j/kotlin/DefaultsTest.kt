package org.mlx4j.kotlin

import java.io.File
import java.lang.reflect.InvocationTargetException
import java.nio.file.Files
import java.nio.file.Path
import java.util.concurrent.CompletableFuture
import java.util.function.Function
import java.util.function.UnaryOperator
import kotlin.io.path.extension
import kotlin.reflect.KClass
import kotlin.reflect.KFunction
import kotlin.reflect.KParameter
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import org.mlx4j.ArrayBiFunction
import org.mlx4j.ArrayFunction
import org.mlx4j.ArraysFunction
import org.mlx4j.Batcher
import org.mlx4j.ConvolutionOptions
import org.mlx4j.DType
import org.mlx4j.Distributed
import org.mlx4j.Export
import org.mlx4j.FunctionExporter
import org.mlx4j.ImportedFunction
import org.mlx4j.Io
import org.mlx4j.MlxArray
import org.mlx4j.MlxRandom
import org.mlx4j.NamedArraysFunction
import org.mlx4j.Ops
import org.mlx4j.QuantizationMode
import org.mlx4j.TransformedArraysFunction
import org.mlx4j.TransformedBiFunction
import org.mlx4j.TransformedFunction
import org.mlx4j.Transforms
import org.mlx4j.ValueAndGradFunction
import org.mlx4j.nn.ALiBi
import org.mlx4j.nn.Activations
import org.mlx4j.nn.Dropout
import org.mlx4j.nn.GRU
import org.mlx4j.nn.Initializer
import org.mlx4j.nn.LSTM
import org.mlx4j.nn.Layer
import org.mlx4j.nn.Linear
import org.mlx4j.nn.MultiHeadAttention
import org.mlx4j.nn.RNN
import org.mlx4j.nn.RoPE
import org.mlx4j.nn.Transformer
import org.mlx4j.nn.TransformerDecoder
import org.mlx4j.nn.TransformerDecoderLayer
import org.mlx4j.nn.TransformerEncoder
import org.mlx4j.nn.TransformerEncoderLayer
import org.mlx4j.optimizers.SGD
import org.mlx4j.optimizers.Schedule
import org.mlx4j.training.Fit
import org.mlx4j.training.FitListener
import org.mlx4j.training.FitProgress
import org.mlx4j.tree.Trees
import org.mlx4j.tree.WithAux

/**
 * The default arguments are those of Java: each shorter overload returns what the Kotlin function
 * returns, or writes a file of the same contents.
 */
class DefaultsTest {
    @TempDir private lateinit var folder: Path

    private val batcher = Batcher.of<MlxArray, MlxArray> { it.square() }

    private val added by lazy { folder.resolve("added.mlxfn") }

    private val imported by lazy {
        val file = folder.resolve("imported.mlxfn")
        exporter(file, ArraysFunction { arrayOf(it[0] * 2) }).use {
            it.add(normal(4, 4), normal(2))
            it.add(named = mapOf("a" to normal(4, 4)))
        }
        Export.importFunction(file)
    }

    @AfterEach
    fun close() {
        batcher.close()
        imported.close()
    }

    private val functions = kotlinFunctions()
    private val families = familiesOfOverloads(File(System.getProperty("mlx4j.sources")))
    private val shorter = families.mapValues { (_, family) ->
        family.filter { a -> family.any { a.isShorterThan(it) } }
    }

    /** The families, and single overloads, that are not called, and why. */
    private val uncalled =
        withoutFunction +
            mapOf(
                "CustomKernel.apply" to "kernels run on GPUs only",
                "Distributed.Group.split" to "a group of one process cannot be split",
                "Distributed.recv" to "there is no other process",
                "Distributed.recvLike" to "there is no other process",
                "Distributed.send" to "there is no other process",
                "Fast.cudaKernel" to "kernels run on GPUs only",
                "Fast.metalKernel" to "kernels run on GPUs only",
                "Fast.precompiledCudaKernel" to "kernels run on GPUs only",
                "MlxArray.gatherQqmm" to "MLX has it on GPUs only",
                "MlxArray.qqmm(MlxArray w)" to
                    "MLX takes weights that are not quantized on GPUs only",
                "MlxArray.unique(int size)" to "Java's result is the array alone",
            )

    @Test
    fun everyShorterOverloadReturnsWhatItsFunctionReturns() {
        val failures = ArrayList<String>()
        val compared = ArrayList<Overload>()
        for (overload in
            shorter.values.flatten().filter { it.family !in uncalled && "$it" !in uncalled }) {
            try {
                val differing = differing(overload)
                if (differing.isEmpty()) compared += overload else failures += differing
            } catch (e: InvocationTargetException) {
                failures += "$overload: ${e.targetException}"
            } catch (e: RuntimeException) {
                failures += "$overload: $e"
            }
        }
        assertEquals("", failures.joinToString("\n"))
        val comparedFamilies = compared.map { it.family }.distinct()
        assertTrue(compared.size >= 658, "${compared.size} overloads")
        assertTrue(comparedFamilies.size >= 261, "${comparedFamilies.size} families")
    }

    @Test
    fun everyUncalledFamilyExists() {
        assertEquals(
            emptySet<String>(),
            uncalled.keys - families.keys - shorter.values.flatten().map { "$it" }.toSet(),
        )
    }

    private fun differing(overload: Overload): List<String> {
        val method = overload.method
        val given =
            overload.parameters.mapIndexed { index, parameter ->
                argument(overload, parameter, method.parameterTypes[index])
            }
        val file = given.firstOrNull { it is Path } as Path?
        val java = result(overload, file) { method.invoke(it, *given.toTypedArray()) }
        val callable =
            functionsFor(overload, functions).mapNotNull { f ->
                overload.standIn(f, typed = true)?.let { f to it }
            }
        val nearest =
            callable
                .groupBy { (function, taken) -> distance(overload, function, taken) }
                .minByOrNull { it.key }
        check(nearest != null) { "no function" }
        return nearest.value.mapNotNull { (function, taken) ->
            val kotlin =
                result(overload, file) { receiver ->
                    val arguments =
                        taken.entries.associateTo(HashMap<KParameter, Any?>()) { (parameter, index)
                            ->
                            parameter to
                                if (index < 0) receiver else converted(given[index], parameter)
                        }
                    function.parameters
                        .filter { it.kind == KParameter.Kind.INSTANCE }
                        .forEach { arguments[it] = Init }
                    function.callBy(arguments)
                }
            "$overload: Java's result is $java, Kotlin's $kotlin"
                .takeIf { java != kotlin }
                ?.take(1000)
        }
    }

    /**
     * Kotlin prefers Int to Long, and what replaces a static method is no extension if there is
     * another function.
     */
    private fun distance(
        overload: Overload,
        function: KFunction<*>,
        taken: Map<KParameter, Int>,
    ): Int {
        val extends = function.parameters.any { it.kind == KParameter.Kind.EXTENSION_RECEIVER }
        val widened = taken.count { (parameter, index) ->
            index >= 0 &&
                parameter.type.classifier == Long::class &&
                overload.parameters[index].type == "int"
        }
        return widened + if (overload.static && extends) 1 else 0
    }

    /**
     * The result of a call for a receiver, with the contents of the file that it may have written.
     */
    private fun result(overload: Overload, file: Path?, call: (Any?) -> Any?): Any? {
        MlxRandom.seed(7)
        val receiver = if (overload.static) null else receiver(overload)
        val returned = call(receiver)
        val result =
            when {
                receiver is FunctionExporter -> {
                    receiver.close()
                    contents(added)
                }
                returned is FunctionExporter -> returned.use { it.add(normal(4, 4)) }
                returned is Fit<*, *> -> checkpointSteps(returned, file!!)
                else -> comparable(returned)
            }
        return if (file == null) result else listOf(result, contents(file))
    }

    private fun contents(file: Path): Any =
        when (file.extension) {
            "mlxfn" ->
                Export.importFunction(file).use { behavior(it) } // its bytes contain addresses
            else -> Files.readAllBytes(file).toList()
        }

    /** The text of a function in a file, and its results for arguments of which it accepts some. */
    private fun behavior(function: ImportedFunction): List<Any> {
        val positional =
            listOf(
                arrayOf(normal(4, 4)),
                arrayOf(normal(4, 4), normal(2)),
                arrayOf(normal(5, 3), normal(3)),
            )
        val named = listOf(emptyMap(), mapOf("a" to normal(4, 4)), mapOf("a" to normal(5, 3)))
        val results = positional.flatMap { xs ->
            named.map { ys ->
                try {
                    comparable(function.apply(xs, ys))
                } catch (e: IllegalArgumentException) {
                    null
                }
            }
        }
        check(results.any { it != null }) { "the function accepts nothing" }
        return listOf(function.metadata(), results)
    }

    /** After which steps of a training its checkpoint was written. */
    private fun checkpointSteps(fit: Fit<*, *>, file: Path): List<Long> {
        val steps = ArrayList<Long>()
        Files.write(file, ByteArray(0))
        val listener =
            object : FitListener {
                override fun stepEnded(progress: FitProgress) {
                    if (Files.size(file) > 0) {
                        steps += progress.steps()
                        Files.write(file, ByteArray(0))
                    }
                }
            }
        @Suppress("UNCHECKED_CAST")
        (fit as Fit<MlxArray, MlxArray>).listener(listener).run(normal(4))
        return steps
    }

    /**
     * Returns what tells results apart: bits of arrays, components of records, and values of
     * functions.
     */
    private fun comparable(result: Any?): Any? =
        when (result) {
            Unit,
            is Path -> null // the file is compared
            is Batcher<*, *> ->
                result.use {
                    @Suppress("UNCHECKED_CAST")
                    comparable((result as Batcher<MlxArray, MlxArray>).apply(normal(4, 4)))
                }
            is CompletableFuture<*> -> comparable(result.join())
            null,
            is Number,
            is Boolean,
            is String,
            is Enum<*>,
            is DType,
            is ConvolutionOptions -> result
            is Distributed.Group -> listOf(result.rank(), result.size())
            is MlxArray -> listOf(result.dtype(), result.shape().toList(), bits(result))
            is IntArray -> result.toList()
            is Array<*> -> result.map { comparable(it) }
            is List<*> -> result.map { comparable(it) }
            is Map<*, *> -> result.mapValues { comparable(it.value) }
            is Record ->
                listOf(result.javaClass) +
                    result.javaClass.recordComponents.map {
                        it.accessor.isAccessible = true
                        it.name to comparable(it.accessor.invoke(result))
                    }
            is Schedule -> listOf(0, 3, 100).map { comparable(result.apply(MlxArray.scalar(it))) }
            is Initializer -> {
                MlxRandom.seed(8)
                comparable(result.apply(8, 8))
            }
            is TransformedFunction ->
                listOf(normal(2, 3), normal(3, 2)).map { comparable(result.apply(it)) }
            is TransformedBiFunction -> comparable(result.apply(normal(4, 4), normal(4, 4)))
            is TransformedArraysFunction -> comparable(result.apply(normal(4, 4)))
            is ValueAndGradFunction -> comparable(result.apply(normal(4, 4)))
            is Layer -> comparable(result.apply(normal(4, 4)))
            else -> throw IllegalStateException("results of ${result.javaClass} cannot be compared")
        }

    private fun bits(x: MlxArray) =
        if (x.size() == 0L) 0 else x.flatten().view(DType.UINT8).toByteArray().contentHashCode()

    private fun converted(value: Any?, parameter: KParameter): Any? =
        when (parameter.type.classifier as? KClass<*>) {
            Long::class -> (value as Number).toLong()
            IntArray::class -> if (value is Int) intArrayOf(value) else value
            else -> value
        }

    private fun normal(vararg shape: Int) =
        MlxRandom.normal(shape, MlxRandom.key(shape.sum().toLong()))

    private fun indices(vararg values: Int) = MlxArray.of(*values).astype(DType.UINT32)

    private fun axesOf(overload: Overload) =
        Regex("(\\d)d").find(overload.family)!!.groupValues[1].toInt()

    private fun receiver(overload: Overload): Any =
        when (overload.owner.simpleName) {
            "MlxArray" -> array(overload, "this")!!
            "ALiBi" -> ALiBi()
            "Batcher" -> batcher
            "Attention",
            "MultiHeadAttention" -> MultiHeadAttention(8, 2)
            "Fit" ->
                Fit.of { w: MlxArray, x: MlxArray -> WithAux(x.matmul(w).sum(), w * 0.5) }
                    .batches(normal(6, 4), 2)
            "FunctionExporter" -> exporter(added, ArraysFunction { arrayOf(it[0] * 2) })
            "GRU" -> GRU(8, 4)
            "ImportedFunction" -> imported
            "LSTM" -> LSTM(8, 4)
            "Quantizable" -> Linear(64, 32)
            "RNN" -> RNN(8, 4)
            "RandomLayer" -> Dropout(0.5)
            "RoPE" -> RoPE(8)
            "Transformer" -> Transformer(8, 2, 1, 1, 16, dropout = 0.5)
            "TransformerDecoder" -> TransformerDecoder(1, 8, 2, 16, dropout = 0.5)
            "TransformerDecoderLayer" -> TransformerDecoderLayer(8, 2, 16, dropout = 0.5)
            "TransformerEncoder" -> TransformerEncoder(1, 8, 2, 16, dropout = 0.5)
            "TransformerEncoderLayer" -> TransformerEncoderLayer(8, 2, 16, dropout = 0.5)
            else -> throw IllegalStateException("no ${overload.owner}")
        }

    private fun argument(overload: Overload, parameter: JavaParameter, type: Class<*>): Any? {
        val name = parameter.name
        return when (type.simpleName) {
            "int",
            "Integer" -> int(overload, name)
            "long",
            "Long" -> int(overload, name).toLong()
            "double",
            "Double" -> double(overload, name)
            "boolean" -> true
            "int[]" -> ints(overload, name)
            "long[]" -> longArrayOf(1, 4)
            "double[]" -> doubleArrayOf(2.0)
            "int[][]" -> arrayOf(intArrayOf(1, 1), intArrayOf(0, 2))
            "MlxArray[]" ->
                arrayOf(
                    normal(4, 4),
                    if (overload.owner == Ops::class.java) normal(4, 4) else normal(2),
                )
            "Map" -> mapOf("a" to normal(4, 4))
            "Path" -> file(overload)
            "UnaryOperator" -> UnaryOperator.identity<String>()
            "Function" -> Function<MlxArray, MlxArray> { it.square() }
            "MlxArray" ->
                if ("ask" in name && parameter.name != "mask") null else array(overload, name)
            "DType" -> DType.FLOAT16
            "QuantizationMode" ->
                if (quantizesInputs(overload)) QuantizationMode.NVFP4 else QuantizationMode.AFFINE
            "ConvolutionOptions" -> ConvolutionOptions.defaults()
            "Group" -> Distributed.init()
            "Layer" -> if (name == "activation") Layer(Activations::gelu) else Linear(64, 32)
            "Object" ->
                when (name) {
                    "first" -> listOf(normal(2), null)
                    "second" -> listOf(null, normal(3))
                    "request" -> normal(4, 4)
                    else -> Linear(64, 32, bias = overload.name != "quantize")
                }
            "Schedule" -> Schedule { step -> step.astype(DType.FLOAT32) * 0.5 }
            "ArrayFunction" -> ArrayFunction { it.cumsum(0) }
            "ArrayBiFunction" -> ArrayBiFunction { a, b -> a.matmul(b) }
            "NamedArraysFunction" ->
                NamedArraysFunction { xs, named -> arrayOf(xs[0] - named["a"]!!) }
            "ArraysFunction" -> ArraysFunction { arrayOf(it[0] * 2) }
            "ArraysFunctionHandle" ->
                Transforms.compileArrays(ArraysFunction { arrayOf(it[0] * 2) })
            "ValueAndGradFunction" -> Transforms.valueAndGrad(ArrayFunction { it.sum() })
            "List" -> listOf(SGD.of(0.1))
            else ->
                type.enumConstants?.first()
                    ?: throw IllegalStateException("no argument for $name of $type")
        }
    }

    /** A file to write, or one that can be read. */
    private fun file(overload: Overload): Path {
        val extension =
            when (overload.name) {
                "savez",
                "savezCompressed" -> ".npz"
                "saveGguf" -> ".gguf"
                "exportToDot" -> ".dot"
                "exportFunction",
                "exporter" -> ".mlxfn"
                else -> ".safetensors"
            }
        val file = Files.createTempFile(folder, "defaults", extension)
        when (overload.family) {
            "Io.load" -> Io.saveSafetensors(file, mapOf("a" to normal(4, 4)))
            "tree.Trees.load" -> Trees.save(file, Linear(64, 32))
        }
        return file
    }

    private fun quantizesInputs(overload: Overload) =
        overload.name == "qqmm" ||
            "QQLinear" in overload.family ||
            overload.parameters.any { it.name == "quantizeInput" }

    private fun int(overload: Overload, name: String): Int =
        when (name) {
            "axis",
            "axis1",
            "src",
            "dst" -> 0
            "stride",
            "dilation",
            "sections",
            "repeats",
            "step",
            "numHeads",
            "numGroups",
            "groups",
            "segments",
            "axis2" ->
                if (name == "axis2" || (name == "groups" && overload.name == "convGeneral")) 1
                else 2
            "n" -> if (overload.name == "diff") 2 else 3
            "m",
            "num",
            "stop" -> 5
            "inChannels",
            "outChannels",
            "numFeatures" -> 4
            "kernelSize" -> 3
            "x",
            "qSequenceLength",
            "kSequenceLength" -> 6
            "dims",
            "queryInputDims",
            "keyInputDims",
            "valueInputDims",
            "valueDims",
            "valueOutputDims" -> if ("QuantizedEmbedding" in overload.family) 64 else 8
            "inputDims",
            "outputDims",
            "numEmbeddings" -> 64
            "inputSize",
            "hiddenSize",
            "input1Dims",
            "input2Dims" -> 4
            "nFft",
            "winLength" -> 8
            "hopLength" -> 4
            "mlpDims",
            "size" -> 16
            "groupSize" ->
                when {
                    quantizesInputs(overload) -> 16
                    overload.name in setOf("dequantize", "quantizedMatmul", "gatherQmm") -> 64
                    else -> 32
                }
            "bits" -> 4
            "blockSize" -> 32
            "allReduceSize" -> 1000
            "decaySteps" -> 50
            "vals" -> 3
            else -> 1
        }

    private fun double(overload: Overload, name: String): Double =
        when (name) {
            "low" -> -2.0
            "high" -> 3.0
            "stop" -> 5.0
            "start",
            "mean" -> 1.0
            "std",
            "gain",
            "maxFreq",
            "scaleFactor",
            "vals" -> 2.0
            "base" -> 100.0
            "minVal" -> -0.5
            "minFreq" -> 0.01
            "ord" -> 1.0
            else -> 0.25
        }

    private fun ints(overload: Overload, name: String): IntArray =
        when (name) {
            "kernelSize",
            "stride" -> IntArray(axesOf(overload)) { 2 }
            "axes" ->
                if (overload.owner.simpleName == "Fft" || "MatrixNorm" in "$overload")
                    intArrayOf(1, 0)
                else intArrayOf(0)
            "s" -> intArrayOf(3, 4)
            "start" -> intArrayOf(0, 1)
            "stop" -> intArrayOf(2, 3)
            "indices" -> intArrayOf(1, 3)
            "shape" -> if (overload.name == "asStrided") intArrayOf(2, 2) else intArrayOf(5)
            else -> throw IllegalStateException("no ints for $name")
        }

    private fun array(overload: Overload, name: String): MlxArray? {
        val layer = overload.owner.name.startsWith("org.mlx4j.nn.") && !overload.static
        return when {
            name == "key" -> MlxRandom.key(3)
            name.startsWith("conv") -> normal(4, 4)
            Regex("conv.*(\\dd|General)").matches(overload.name) -> {
                val n = if (overload.name == "convGeneral") 2 else axesOf(overload)
                if (name == "this") normal(1, *IntArray(n) { 6 }, 2)
                else normal(2, *IntArray(n) { 3 }, 2)
            }
            layer ->
                if (overload.owner == ALiBi::class.java) normal(1, 2, 4, 4) else normal(1, 4, 8)
            name in setOf("globalScale", "lhsIndices", "window") -> null
            else -> arrayOf(overload.name, name)
        }
    }

    private fun arrayOf(function: String, name: String): MlxArray? =
        when (function) {
            "convolve" -> normal(if (name == "this") 6 else 3)
            "cholesky",
            "choleskyInv" -> normal(4, 4).run { matmul(T()) + Ops.eye(4) }
            "cross" -> normal(4, 3) + normal(3).run { if (name == "a") this else -this }
            "fromFp8" -> MlxArray.of(1, 70, 90).astype(DType.UINT8)
            "irfft",
            "irfft2",
            "irfftn" -> normal(4, 4).fft()
            "stft" -> normal(5000)
            "istft" -> normal(64).stft(nFft = 8)
            "searchsorted" -> if (name == "this") normal(6).sort() else normal(3)
            "take" -> if (name == "this") normal(4, 4) else indices(3, 1)
            "takeAlongAxis",
            "putAlongAxis" ->
                if (name == "indices") indices(3, 1) else normal(if (name == "this") 16 else 2)
            "sliceUpdate" -> if (name == "this") normal(4, 4) else normal(2, 2)
            "scaledDotProductAttention" -> if (name == "mask") normal(4, 4) else normal(1, 2, 4, 8)
            "gatedDeltaUpdate" ->
                if (name == "gamma" || name == "beta") normal(1, 3, 2).sigmoid()
                else normal(1, 3, 2, 32)
            "nllLoss" -> if (name == "targets") indices(0, 3, 1, 2) else normal(4, 4)
            "multivariateNormal" -> if (name == "mean") normal(4) else Ops.eye(4)
            "truncatedNormal" -> normal(4, 4).abs().run { if (name == "lower") -this else this }
            "bernoulli" -> normal(4, 4).sigmoid()
            "gaussianNllLoss" -> normal(4, 4).abs()
            "full" -> normal(1)
            "fullLike" -> if (name == "vals") normal(4) else normal(4, 4)
            "blockMaskedMm" -> normal(64, 64).takeUnless { "mask" in name }
            "gatherMm" -> if ("ndices" in name) indices(0, 1) else normal(2, 4, 4)
            "quantize" -> normal(64, 64)
            "dequantize",
            "quantizedMatmul",
            "gatherQmm" ->
                packed(name, QuantizationMode.AFFINE, function == "gatherQmm")
                    ?: if (function == "dequantize") packed("w", QuantizationMode.AFFINE, false)
                    else normal(64, 64)
            "qqmm" -> packed(name, QuantizationMode.NVFP4, false) ?: normal(1, 64)
            else -> normal(4, 4)
        }

    private fun packed(part: String, mode: QuantizationMode, stacked: Boolean): MlxArray? {
        val weights = normal(64, 64)
        val q = (if (stacked) weights.expandDims(0) else weights).quantize(mode = mode)
        return when (part) {
            "w" -> q.w
            "scales" -> q.scales
            "biases" -> q.biases
            "rhsIndices" -> indices(0)
            else -> null
        }
    }
}
