package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mlx4j.Transforms.compile;
import static org.mlx4j.Transforms.grad;
import static org.mlx4j.Transforms.valueAndGrad;
import static org.mlx4j.Transforms.vmap;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mlx4j.tree.Trees;

/**
 * Common mistakes, and their messages: the method, what was given, what is allowed and what to do.
 */
@ExtendWith(InScope.class)
class MistakesTest {
  /** A mistake, the exception thrown, and parts of its message. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Mistake(
      String what, Class<? extends Throwable> type, Executable action, String... parts) {
    @Override
    public String toString() {
      return what;
    }
  }

  private static Mistake argument(String what, Executable action, String... parts) {
    return new Mistake(what, IllegalArgumentException.class, action, parts);
  }

  private static Mistake state(String what, Executable action, String... parts) {
    return new Mistake(what, IllegalStateException.class, action, parts);
  }

  private static Mistake index(String what, Executable action, String... parts) {
    return new Mistake(what, IndexOutOfBoundsException.class, action, parts);
  }

  private static Mistake nothing(String what, Executable action, String... parts) {
    return new Mistake(what, NullPointerException.class, action, parts);
  }

  private static MlxArray x() {
    return MlxArray.of(1f, 2f, 3f);
  }

  private static MlxArray m() {
    return Ops.ones(2, 3);
  }

  private record Linear(MlxArray w, MlxArray b) {}

  /** As Kotlin compiles a data class without {@code @JvmRecord}. */
  private static final class Plain {
    final MlxArray w = x();
  }

  @SuppressWarnings("UnusedVariable") // that it is declared matters
  private static final class HoldsPlain {
    final List<Plain> layers = List.of(new Plain());
  }

  private record WithPlain(MlxArray w, Plain rest) {}

  // ---- shapes, axes, dtypes --------------------------------------------------------------------

  static Stream<Mistake> shapes() {
    return Stream.of(
        argument(
            "elements that do not fill the shape",
            () -> MlxArray.of(new float[6], 4, 2),
            "[array]",
            "6 elements",
            "[4, 2]"),
        argument(
            "operands that do not broadcast",
            () -> m().add(Ops.ones(4)),
            "[add]",
            "[2, 3] and [4]",
            "must be equal, or one of them 1"),
        argument(
            "a number of elements that does not fit",
            () -> m().reshape(4, 2),
            "[reshape]",
            "[4, 2]",
            "float32 [2, 3]"),
        argument(
            "matrices that do not fit",
            () -> m().matmul(Ops.ones(4, 5)),
            "[matmul]",
            "[2, 3]",
            "[4, 5]",
            "second-to-last axis"),
        argument(
            "a product of integers",
            () -> MlxArray.of(1, 2).matmul(MlxArray.of(3, 4)),
            "[matmul]",
            "int32",
            "floating-point",
            "astype"),
        argument(
            "an axis too far", () -> m().sum(2), "[sum]", "axis 2", "-2 to 1", "float32 [2, 3]"),
        argument(
            "a negative axis too far", () -> m().softmax(-3), "[softmax]", "axis -3", "-2 to 1"),
        argument("an axis of a scalar", () -> MlxArray.scalar(1f).sum(0), "[sum]", "no axes"),
        argument("a negative size", () -> Ops.zeros(2, -3), "[zeros]", "[2, -3]", "negative"),
        argument(
            "a negative size", () -> MlxRandom.normal(2, -3), "[normal]", "[2, -3]", "negative"),
        argument(
            "stacking different shapes",
            () -> Ops.stack(m(), x()),
            "[stack]",
            "the same shape",
            "float32 [2, 3], float32 [3]"),
        argument(
            "concatenating shapes that differ elsewhere",
            () -> Ops.concatenate(m(), Ops.ones(3, 4)),
            "[concatenate]",
            "[2, 3], [3, 4]",
            "axis is 0"),
        argument("concat by that name", () -> Ops.concat(m(), x()), "[concat]", "float32 [3]"),
        argument(
            "limits that do not fit", () -> m().clip(x(), Ops.ones(4)), "[clip]", "[2, 3] and [4]"),
        argument("shapes of nothing", () -> Ops.broadcastShapes(), "[broadcastShapes]", "one"),
        argument("a matrix that is not square", () -> Linalg.inv(m()), "[inv]", "square", "[2, 3]"),
        argument(
            "no largest of nothing",
            () -> Ops.zeros(0).max(),
            "[max]",
            "there is no max of no elements"),
        argument(
            "a key of another kind",
            () -> MlxRandom.uniform(0, 1, new int[] {2}, DType.FLOAT32, x()),
            "[uniform]",
            "shape [2] and dtype uint32",
            "MlxRandom.key"),
        argument(
            "sizes of one letter that differ",
            () -> Ops.einsum("ij,jk->ik", m(), m()),
            "[einsum]",
            "operand 1",
            "[2, 3]",
            "one letter"),
        argument(
            "letters for other axes",
            () -> Ops.einsum("ijk->i", m()),
            "[einsum]",
            "2 axes",
            "name 3"));
  }

  // ---- values ----------------------------------------------------------------------------------

  static Stream<Mistake> values() {
    return Stream.of(
        argument(
            "a number of three elements", () -> x().itemFloat(), "[item]", "exactly one", "[3]"),
        argument(
            "the complex number of three elements",
            () -> x().itemComplex(),
            "[item]",
            "exactly one",
            "[3]"),
        argument(
            "real elements of complex ones",
            () -> MlxArray.of(new Complex64(1, 2)).toFloatArray(),
            "[toFloatArray]",
            "complex64",
            "real()"),
        new Mistake(
            "a buffer that cannot be written to",
            ReadOnlyBufferException.class,
            () -> x().copyTo(ByteBuffer.allocate(12).asReadOnlyBuffer()),
            "[copyTo]",
            "read-only"),
        argument(
            "a buffer too small",
            () -> x().copyTo(ByteBuffer.allocate(8)),
            "[copyTo]",
            "8 bytes",
            "12"),
        argument(
            "a value inside compile",
            () -> compile(a -> a.sum().itemFloat() > 0 ? a : a.negative()).apply(x()),
            "[item]",
            "compile or vmap",
            "where"),
        argument(
            "a value inside vmap",
            () -> vmap(a -> a.itemFloat() > 0 ? a : a.negative()).apply(x()),
            "[item]",
            "compile or vmap",
            "where"),
        argument(
            "elements inside compile",
            () -> compile(a -> MlxArray.of(a.toFloatArray())).apply(x()),
            "[toFloatArray]",
            "compile or vmap"),
        argument(
            "evaluation inside compile",
            () ->
                compile(
                        a -> {
                          a.add(1).eval();
                          return a;
                        })
                    .apply(x()),
            "[eval]",
            "compile or vmap"),
        argument(
            "asynchronous evaluation inside compile",
            () ->
                compile(
                        a -> {
                          Ops.asyncEval(a.add(1));
                          return a;
                        })
                    .apply(x()),
            "[asyncEval]",
            "compile or vmap"),
        new Mistake(
            "the inverse of a singular matrix",
            MlxException.class,
            () -> Linalg.inv(Ops.zeros(2, 2)).eval(),
            "[inv] the matrix is singular",
            "pinv"));
  }

  // ---- indices ---------------------------------------------------------------------------------

  static Stream<Mistake> indices() {
    return Stream.of(
        index(
            "an index too large", () -> x().get(Index.at(5)), "[get]", "index 5", "size 3", "to 2"),
        index("a number taken too far", () -> x().take(9, 0), "[take]", "index 9", "-3 to 2"),
        index(
            "an array of indices too large",
            () -> x().take(MlxArray.of(7), 0),
            "[take]",
            "index 7",
            "-3 to 2"),
        argument(
            "more indices than axes",
            () -> x().get(0, 0),
            "[get]",
            "[0, 0]",
            "shape [3]",
            "one for each axis"),
        argument(
            "indices of floating point",
            () -> x().get(MlxArray.of(1f)),
            "[get]",
            "float32",
            "integer or bool",
            "astype"),
        argument("updates at such", () -> x().at(MlxArray.of(1f)), "[at]", "float32", "integer"),
        argument(
            "a mask of another shape",
            () -> m().get(MlxArray.of(true, false, true)),
            "[get]",
            "[3]",
            "[2, 3]"),
        argument("a step of 0", () -> Index.slice(0, 3, 0), "[slice]", "zero"),
        argument("arange by 0", () -> Ops.arange(0, 3, 0), "[arange]", "0"),
        argument("arange of bool", () -> Ops.arange(0, 3, 1, DType.BOOL), "[arange]", "bool"),
        argument("too long a range", () -> Ops.arange(0L, 1L << 40), "[arange]", "2^31 - 1"));
  }

  // ---- neural networks -------------------------------------------------------------------------

  static Stream<Mistake> networks() {
    MlxArray weights = Ops.ones(4, 3, 3, 1);
    return Stream.of(
        argument(
            "channels that differ",
            () -> Ops.ones(1, 8, 8, 3).conv2d(weights),
            "[conv2d]",
            "has 3",
            "weights, 1",
            "[1, 8, 8, 3]",
            "[4, 3, 3, 1]"),
        argument(
            "output channels that are not divisible",
            () -> Ops.ones(1, 8, 8, 3).conv2d(weights, ConvolutionOptions.defaults().withGroups(3)),
            "[conv2d]",
            "4 output channels",
            "groups is 3"),
        argument(
            "an image without pixels",
            () -> Ops.ones(1, 0, 8, 1).conv2d(weights),
            "[conv2d]",
            "spatial axis",
            "empty"),
        argument("an image without a batch", () -> m().conv2d(weights), "[conv2d]", "4 axes"),
        argument(
            "labels of floating point",
            () -> Fast.crossEntropy(m(), MlxArray.of(1f, 2f)),
            "[crossEntropy]",
            "integer",
            "float32"),
        argument(
            "another number of labels",
            () -> Fast.crossEntropy(m(), MlxArray.of(1, 2, 0)),
            "[crossEntropy]",
            "[2, 3]",
            "[3]"),
        index(
            "a label too large",
            () -> Fast.crossEntropy(m(), MlxArray.of(1, 9)),
            "[crossEntropy]",
            "9",
            "0 to 2"),
        argument(
            "attention without heads",
            () -> Fast.scaledDotProductAttention(m(), m(), m(), 1),
            "[scaledDotProductAttention]",
            "q has shape [2, 3]",
            "(B, Nq, Tq, D)"),
        argument(
            "keys of another size",
            () ->
                Fast.scaledDotProductAttention(
                    Ops.ones(1, 2, 4, 8), Ops.ones(1, 2, 4, 6), Ops.ones(1, 2, 4, 8), 1),
            "k has shape [1, 2, 4, 6]",
            "[1, any, any, 8]"),
        argument(
            "an odd number of rotated features",
            () -> Fast.rope(Ops.ones(1, 1, 4, 8), 7, false, 10000, 1, 0),
            "[rope]",
            "dims is 7",
            "even",
            "8"),
        argument(
            "more rotated features than there are",
            () -> Fast.rope(Ops.ones(1, 1, 4, 8), 10, false, 10000, 1, 0),
            "[rope]",
            "dims is 10",
            "8"),
        argument(
            "a timeout of nothing",
            () -> Distributed.setTimeout(Duration.ZERO),
            "[setTimeout]",
            "PT0S",
            "at least"),
        argument(
            "a timeout that is over already",
            () -> Distributed.setTimeout(ChronoUnit.FOREVER.getDuration().negated()),
            "[setTimeout]",
            "at least"));
  }

  // ---- functions -------------------------------------------------------------------------------

  private static MlxArray leaked;

  static Stream<Mistake> functions() {
    return Stream.of(
        argument(
            "the gradient of integers",
            () -> grad(a -> a.sum()).apply(MlxArray.of(1, 2)),
            "[grad]",
            "argument 0",
            "int32",
            "floating-point",
            "astype"),
        argument(
            "the gradient of bools",
            () -> valueAndGrad((a, b) -> b.sum(), 1).apply(x(), MlxArray.of(true)),
            "[valueAndGrad]",
            "argument 1",
            "bool"),
        argument(
            "the gradient of integers in a tree",
            () -> Trees.grad((Linear l) -> l.w().sum()).apply(new Linear(x(), MlxArray.of(1))),
            "[grad]",
            "argument 0, b",
            "int32"),
        argument(
            "a loss that is no scalar",
            () -> grad(a -> a.square()).apply(x()),
            "[grad]",
            "scalar",
            "[3]",
            "sum()"),
        nothing("a loss that is null", () -> grad(a -> null).apply(x()), "[grad]", "returned null"),
        nothing("no function", () -> grad(null), "[grad]", "function is null"),
        argument(
            "an argument that is not there",
            () -> grad(v -> v[0].sum(), 3).apply(x(), x()),
            "[grad]",
            "index 3",
            "2 arguments",
            "0 to 1"),
        argument("a negative argument", () -> grad(v -> v[0], -1), "[grad]", "-1", "from 0"),
        argument("an argument twice", () -> grad(v -> v[0], 1, 1), "[grad]", "1", "Duplicate"),
        argument(
            "batches that differ",
            () -> vmap((p, q) -> p.add(q)).apply(Ops.ones(2), Ops.ones(3)),
            "[vmap]",
            "argument 0 of shape [2]",
            "argument 1 of shape [3]",
            "same size",
            "NOT_MAPPED"),
        argument(
            "the batch of a scalar",
            () -> vmap(a -> a.square()).apply(MlxArray.scalar(1f)),
            "[vmap]",
            "no axes"),
        argument(
            "a class that is no record",
            () -> Trees.grad((Plain p) -> p.w.sum()).apply(new Plain()),
            "[grad] argument 0:",
            "Plain",
            "is not a record",
            "@JvmRecord",
            "List"),
        argument(
            "such a class inside a record",
            () -> compile2(new WithPlain(x(), new Plain())),
            "[compile] argument 0, rest:",
            "is not a record"),
        argument(
            "a class that holds such",
            () -> Trees.eval(new HoldsPlain()),
            "[eval]",
            "HoldsPlain",
            "is not a record"));
  }

  private static void compile2(WithPlain tree) {
    Trees.compile((WithPlain t) -> t.w().add(t.rest().w)).apply(tree);
  }

  // ---- what is closed --------------------------------------------------------------------------

  static Stream<Mistake> closed() {
    MlxArray gone = x();
    gone.close();
    TransformedFunction f = grad(a -> a.sum());
    f.close();
    String hint = "-Dmlx4j.track=true";
    return Stream.of(
        state("a closed array", () -> gone.add(1), "[add]", "array argument 0", "closed", hint),
        state("another argument", () -> x().add(gone), "[add]", "array argument 1", "closed", hint),
        state("a closed function", () -> f.apply(x()), "[grad]", "function is closed", hint),
        state(
            "a captured array",
            () -> grad(a -> a.multiply(gone).sum()).apply(x()),
            "[multiply]",
            "array argument 1",
            hint),
        state(
            "a closed array of a tree",
            () -> Trees.eval(new Linear(x(), gone)),
            "[eval]",
            "b",
            "closed",
            hint),
        state(
            "a closed array of which only the shape is looked at",
            () -> Linalg.svd(closedBeforeItWasLookedAt()),
            "[svd]",
            "closed"),
        state(
            "an array of a function that has returned",
            () -> {
              grad(a -> leaked = a.square().sum()).apply(x());
              leaked.add(1);
            },
            "[add]",
            "array argument 0 is closed",
            "inside a function that a transform ran",
            "return it"));
  }

  private static MlxArray closedBeforeItWasLookedAt() {
    MlxArray array = Ops.ones(2, 2);
    array.close();
    return array;
  }

  @Test
  void aPlaceholderThatAScopeKeepsHasNoValue() {
    try (Scope outer = Scope.open()) {
      MlxArray[] kept = new MlxArray[1];
      compile(
              a -> {
                kept[0] = outer.keep(a.square());
                return a;
              })
          .apply(x());
      RuntimeException e = assertThrows(RuntimeException.class, () -> kept[0].toFloatArray());
      assertTrue(e.getMessage().startsWith("[toFloatArray] "), e.getMessage());
      assertTrue(e.getMessage().contains("function"), e.getMessage());
      assertFalse(e.getMessage().contains("github"), e.getMessage());
    }
  }

  @Test
  void aTracedArrayPrintsWhatIsKnownOfIt() {
    String[] printed = new String[1];
    compile(
            a -> {
              printed[0] = a.add(1).toString();
              return a;
            })
        .apply(x());
    assertTrue(printed[0].contains("traced, shape=[3], dtype=float32"), printed[0]);
  }

  // ---- nulls -----------------------------------------------------------------------------------

  static Stream<Mistake> nulls() {
    return Stream.of(
        nothing("in fullLike", () -> Ops.fullLike(null, 1.0), "[fullLike]", "array is null"),
        nothing("in fullLike", () -> Ops.fullLike(x(), 1L, null), "[fullLike]", "dtype is null"),
        nothing("in zerosLike", () -> Ops.zerosLike(null), "[zerosLike]", "argument 0 is null"),
        nothing("in onesLike", () -> Ops.onesLike(x(), null), "[onesLike]", "dtype is null"),
        nothing("in Trees.eval", () -> Trees.eval((Object[]) null), "[eval]", "is null"),
        nothing("in add", () -> m().add((MlxArray) null), "[add]", "argument 1 is null"),
        nothing("in setTimeout", () -> Distributed.setTimeout(null), "[setTimeout]", "null"),
        nothing("in full", () -> Ops.full(new int[] {1}, (MlxArray) null), "[full]", "is null"),
        nothing("in at", () -> x().at((MlxArray) null), "[at]", "is null"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"shapes", "values", "indices", "networks", "functions", "closed", "nulls"})
  void areExplained(Mistake mistake) {
    ArrayAssertions.assertThrowsOfKindSaying(mistake.type(), mistake.action(), mistake.parts());
  }

  // ---- files -----------------------------------------------------------------------------------

  @TempDir Path folder;

  private Path file(String name, byte... content) throws IOException {
    return Files.write(folder.resolve(name), content);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static void assertUnreadable(Executable action, String... parts) {
    ArrayAssertions.assertThrowsOfKindSaying(UncheckedIOException.class, action, parts);
  }

  private static void assertForeign(Executable action, String... parts) {
    ArrayAssertions.assertThrowsOfKindSaying(MlxException.class, action, parts);
  }

  @Test
  void filesThatAreNotThereAreSaidNotToBe() {
    Path missing = folder.resolve("model.safetensors");
    assertUnreadable(
        () -> Io.loadSafetensors(missing), "[loadSafetensors]", "model.safetensors", "not exist");
    assertUnreadable(() -> Io.loadNpz(folder.resolve("a.npz")), "[loadNpz]", "does not exist");
    assertUnreadable(
        () -> Io.load(folder.resolve("no/a.npy")), "[load]", "does not exist, nor does its folder");
    assertUnreadable(() -> Trees.load(missing, x()), "[load]", "does not exist");
    assertForeign(() -> Export.importFunction(missing), "[importFunction]", "does not exist");
    assertUnreadable(() -> Io.loadNpy(folder), "[loadNpy]", "directory", "name a file");
    assertUnreadable(
        () -> Trees.save(folder.resolve("no/a.safetensors"), x()), "[save]", "does not exist");
  }

  @Test
  void filesOfOtherFormatsAreRecognized() throws IOException {
    byte[] pickle = {(byte) 0x80, 4, (byte) 0x95, 0, 0, 0, 0};
    assertForeign(
        () -> Io.loadNpz(file("a.npz", pickle)),
        "[loadNpz]",
        "not a .npz",
        "pickle",
        ".safetensors");
    assertForeign(
        () -> Io.loadNpz(file("a.npz", ascii("x,y\n1,2\n"))), "not a .npz", "text", "x,y");
    assertForeign(
        () -> Io.loadNpz(new ByteArrayInputStream(ascii("x,y"))), "the stream", "text", "x,y");
    assertForeign(() -> Io.loadNpz(file("a.npz")), "not a .npz", "empty");
    assertForeign(() -> Io.loadNpz(Io.save(folder.resolve("b.npy"), x())), "not a .npz", "loadNpy");
    assertForeign(() -> Io.loadNpy(file("a.npy", ascii("PK\3\4"))), "not a .npy", "zip", "loadNpz");
    assertForeign(() -> Io.loadNpy(file("a.npy")), "not a .npy", "empty");
    assertForeign(
        () -> Io.loadSafetensors(file("a", ascii("root:x:0:0:root:/root"))),
        "[loadSafetensors]",
        "not a .safetensors",
        "text",
        "root:x");
    assertForeign(() -> Io.loadSafetensors(file("a")), "not a .safetensors", "empty");
    assertForeign(
        () -> Io.loadSafetensors(file("a", (byte) 0x89, (byte) 'H', (byte) 'D', (byte) 'F')),
        "HDF5");
    assertForeign(
        () ->
            Io.loadSafetensors(
                file(
                    "a",
                    (byte) 9,
                    (byte) 0,
                    (byte) 0,
                    (byte) 0,
                    (byte) 0,
                    (byte) 0,
                    (byte) 0,
                    (byte) 0,
                    (byte) '{')),
        "header has 9 bytes",
        "truncated");
    assertForeign(
        () -> Io.loadGguf(Io.saveSafetensors(folder.resolve("c"), Map.of("x", x()))),
        "not a .gguf",
        "loadSafetensors");
    assertForeign(
        () -> Io.loadGguf(file("a.gguf", (byte) 0x1f, (byte) 0x8b)), "not a .gguf", "gzip");
  }

  @Test
  void bigEndianFilesAreSaidToBe() throws IOException {
    byte[] start = Arrays.copyOf(ascii("GGUF\0\0\0\3"), 64);
    assertForeign(
        () -> Io.loadGguf(file("a.gguf", start)),
        "[loadGguf]",
        "big-endian",
        "gguf_convert_endian");
    start[7] = 9;
    start[4] = 9;
    assertForeign(() -> Io.loadGguf(file("a.gguf", start)), "version", "2 and 3");
  }

  @Test
  void treesThatDoNotFitTheFileAreSaidNotTo() {
    Path file = Io.saveSafetensors(folder.resolve("a"), Map.of("weight", x()));
    ArrayAssertions.assertThrowsOfKindSaying(
        IllegalArgumentException.class,
        () -> Trees.load(file, new Linear(x(), x())),
        "[load]",
        "w:",
        "no array \"w\"",
        "[weight]");
    Path other = Io.saveSafetensors(folder.resolve("b"), Map.of("w", m(), "b", x()));
    ArrayAssertions.assertThrowsOfKindSaying(
        IllegalArgumentException.class,
        () -> Trees.load(other, new Linear(x(), x())),
        "[load]",
        "w:",
        "[2, 3]",
        "[3]");
  }
}
