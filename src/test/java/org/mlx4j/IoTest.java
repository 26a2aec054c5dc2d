package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertThrowsExactly;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.mlx4j.ArrayAssertions.assertThrowsSaying;
import static org.mlx4j.ArrayAssertions.assertValues;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mlx4j.internal.HandlesNative;
import org.mlx4j.internal.IoNative;

/** Files of arrays, and errors in them. */
@ExtendWith(InScope.class)
class IoTest {
  @TempDir Path folder;
  private Map<String, MlxArray> named;

  @BeforeEach
  void arrays() {
    named = Map.of("a", MlxArray.of(1f, 2f, 3f), "b", MlxArray.of(new int[] {1, 2, 3, 4}, 2, 2));
  }

  private static Path save(Io.Format format, Path file, Map<String, MlxArray> arrays) {
    return switch (format) {
      case NPY -> Io.save(file, arrays.get("a"));
      case NPZ -> Io.savez(file, arrays);
      case SAFETENSORS -> Io.saveSafetensors(file, arrays);
      case GGUF -> Io.saveGguf(file, arrays);
    };
  }

  private static void save(Io.Format format, OutputStream stream, Map<String, MlxArray> arrays) {
    switch (format) {
      case NPY -> Io.save(stream, arrays.get("a"));
      case NPZ -> Io.savezCompressed(stream, arrays);
      case SAFETENSORS -> Io.saveSafetensors(stream, arrays, Map.of());
      case GGUF -> Io.saveGguf(stream, arrays, Map.of());
    }
  }

  private static byte[] bytes(Io.Format format, Map<String, MlxArray> arrays) {
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    save(format, stream, arrays);
    return stream.toByteArray();
  }

  private static void assertLoaded(Io.Format format, Loaded loaded) {
    assertValues(loaded.arrays().get(format == Io.Format.NPY ? "" : "a"), 1, 2, 3);
    if (format != Io.Format.NPY) {
      assertValues(loaded.arrays().get("b"), 1, 2, 3, 4);
      assertArrayEquals(new int[] {2, 2}, loaded.arrays().get("b").shape());
    }
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  // ---- names ------------------------------------------------------------------------------------

  @ParameterizedTest
  @EnumSource
  void whatIsSavedIsLoaded(Io.Format format) throws IOException {
    Path file = save(format, folder.resolve("Grüße aus 数" + format.extension()), named);
    assertLoaded(format, Io.load(file));
    assertLoaded(format, Io.load(file, format));
    assertLoaded(format, Io.load(new ByteArrayInputStream(bytes(format, named)), format));
    assertEquals(List.of(file), files());
  }

  @ParameterizedTest
  @EnumSource
  void theExtensionIsAppended(Io.Format format) throws IOException {
    Path file = save(format, folder.resolve("x.y"), named);
    assertEquals(folder.resolve("x.y" + format.extension()), file);
    assertEquals(List.of(file), files());
    Path other = Files.copy(file, folder.resolve("other.bin"));
    assertThrowsSaying(IllegalArgumentException.class, () -> Io.load(other), "[load]", "other.bin");
    assertLoaded(format, Io.load(other, format));
  }

  @Test
  void arraysWithoutNamesAreNumbered() {
    Path file = Io.savez(folder.resolve("x"), Map.of("w", MlxArray.of(0)), MlxArray.of(1));
    assertEquals(List.of("arr_0", "w"), List.copyOf(Io.loadNpz(file).keySet()));
    assertEquals(
        List.of("arr_0", "arr_1"),
        List.copyOf(Io.loadNpz(Io.savezCompressed(file, MlxArray.of(1), MlxArray.of(2))).keySet()));
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Io.savez(file, Map.of("arr_0", MlxArray.of(1)), MlxArray.of(1)),
        "[savez]",
        "arr_0");
    assertTrue(Io.loadNpz(Io.savez(file)).isEmpty());
    assertTrue(Io.loadNpz(new ByteArrayInputStream(bytes(Io.Format.NPZ, Map.of()))).isEmpty());
  }

  @Test
  void severalArraysFollowOneAnotherInAStream() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Io.save(out, MlxArray.of(1, 2));
    Io.saveSafetensors(out, named, Map.of("k", "v"));
    Io.saveGguf(out, named, Map.of());
    Io.save(out, MlxArray.scalar(5f));
    InputStream in = new ByteArrayInputStream(out.toByteArray());
    assertValues(Io.loadNpy(in), 1, 2);
    Loaded tensors = Io.load(in, Io.Format.SAFETENSORS);
    assertLoaded(Io.Format.SAFETENSORS, tensors);
    assertEquals("v", tensors.metadata().get("k").text());
    assertValues(Io.loadGguf(in).get("b"), 1, 2, 3, 4);
  }

  @Test
  void onlyArraysCanBeTakenAlone() {
    assertThrowsSaying(
        IllegalStateException.class,
        () -> Io.load(Io.savez(folder.resolve("x"), named)).array(),
        "[Loaded]",
        "2");
  }

  @Test
  void aValueIsWhatItIs() {
    MetadataValue text = MetadataValue.of("x");
    assertEquals("x", text.text());
    assertThrowsSaying(IllegalStateException.class, text::texts, "[texts]");
    assertThrowsSaying(IllegalStateException.class, text::array, "[array]");
    MetadataValue texts = MetadataValue.of(List.of("x", "y"));
    assertEquals(List.of("x", "y"), texts.texts());
    assertThrowsSaying(IllegalStateException.class, texts::text, "[text]");
    assertThrows(NullPointerException.class, () -> MetadataValue.of((String) null));
    assertThrows(NullPointerException.class, () -> MetadataValue.of((MlxArray) null));
    assertThrows(NullPointerException.class, () -> MetadataValue.of((List<String>) null));
  }

  // ---- what cannot be saved ---------------------------------------------------------------------

  @ParameterizedTest
  @EnumSource
  void aFailedSaveLeavesWhatWasThere(Io.Format format) throws IOException {
    Path file = save(format, folder.resolve("x"), named);
    byte[] before = Files.readAllBytes(file);
    MlxArray closed = MlxArray.of(1f);
    closed.close();
    MlxArray failing = failing();
    for (MlxArray bad : List.of(closed, failing)) {
      Map<String, MlxArray> arrays = new TreeMap<>(Map.of("a", bad, "b", MlxArray.of(7f)));
      Class<? extends Exception> type =
          bad == closed ? IllegalStateException.class : MlxException.class;
      assertThrows(type, () -> save(format, file, arrays));
      ByteArrayOutputStream stream = new ByteArrayOutputStream();
      assertThrows(type, () -> save(format, stream, arrays));
      assertEquals(0, stream.size());
    }
    assertArrayEquals(before, Files.readAllBytes(file));
    assertEquals(1, files().stream().filter(f -> !f.endsWith("gone.npy")).count());
  }

  /** An array that cannot be computed. */
  private MlxArray failing() throws IOException {
    Path file = Io.save(folder.resolve("gone.npy"), MlxArray.of(1f, 2f));
    MlxArray array = Io.loadNpy(file);
    Files.write(file, new byte[100]);
    return array;
  }

  @ParameterizedTest
  @EnumSource
  void whereNothingCanBeWrittenIsAnException(Io.Format format) throws IOException {
    Path nowhere = folder.resolve("no/x" + format.extension());
    assertThrowsSaying(
        UncheckedIOException.class, () -> save(format, nowhere, named), "[save", "no/x");
    Path directory = Files.createDirectory(folder.resolve("d" + format.extension()));
    assertThrowsSaying(
        UncheckedIOException.class, () -> save(format, directory, named), "[save", "d.");
    assertEquals(List.of(directory), files());
    OutputStream broken =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("full");
          }
        };
    UncheckedIOException e =
        assertThrows(UncheckedIOException.class, () -> save(format, broken, named));
    assertEquals("full", e.getCause().getMessage());
  }

  @Test
  void whatAFormatLacksIsRefused() {
    Path file = folder.resolve("x");
    for (DType dtype :
        List.of(
            DType.BOOL,
            DType.UINT8,
            DType.UINT16,
            DType.UINT32,
            DType.UINT64,
            DType.BFLOAT16,
            DType.COMPLEX64)) {
      Map<String, MlxArray> arrays = Map.of("w", Ops.zeros(new int[] {2}, dtype));
      assertThrowsSaying(
          IllegalArgumentException.class,
          () -> Io.saveGguf(file, arrays),
          "[saveGguf]",
          "\"w\"",
          dtype.toString());
    }
    assertRefused(() -> Io.saveGguf(file, Map.of("w", Ops.zeros(1, 1, 1, 1, 1, 1, 1, 1, 1))), "9");
    for (MlxArray value :
        List.of(
            MlxArray.of(1f).astype(DType.FLOAT16),
            Ops.zeros(0),
            Ops.zeros(2, 2),
            MlxArray.of(1f).astype(DType.FLOAT64))) {
      assertRefused(
          () -> Io.saveGguf(file, Map.of(), Map.of("key", MetadataValue.of(value))), "key");
    }
    for (MlxArray value : List.of(MlxArray.scalar(32), MlxArray.scalar(0).astype(DType.UINT32))) {
      assertRefused(
          () -> Io.saveGguf(file, Map.of(), Map.of("general.alignment", MetadataValue.of(value))),
          "general.alignment");
    }
    assertRefused(
        () -> Io.saveSafetensors(file, Map.of("__metadata__", MlxArray.of(1))), "__metadata__");
    assertRefused(() -> Io.saveSafetensors(file, Map.of("\ud800", MlxArray.of(1))), "Unicode");
    assertRefused(() -> Io.savez(file, Map.of("\udc00", MlxArray.of(1))), "Unicode");
    assertRefused(() -> Io.savez(file, Map.of("x".repeat(70_000), MlxArray.of(1))), "too long");
    assertRefused(() -> Io.saveSafetensors(file, Map.of(), Map.of("k", "\ud800")), "metadata of k");
  }

  private static void assertRefused(Runnable action, String part) {
    assertThrowsSaying(IllegalArgumentException.class, action::run, "[save", part);
  }

  @Test
  void nullIsNamed() {
    Path file = folder.resolve("x");
    Map<String, MlxArray> none = new TreeMap<>();
    none.put("w", null);
    assertNull(() -> Io.save((Path) null, MlxArray.of(1)), "the file");
    assertNull(() -> Io.save(file, null), "array argument 0");
    assertNull(() -> Io.save((OutputStream) null, MlxArray.of(1)), "the stream");
    assertNull(() -> Io.savez(file, (MlxArray) null), "array argument 0");
    assertNull(() -> Io.savez(file, none), "\"w\"");
    assertNull(() -> Io.saveSafetensors(file, null), "the map");
    assertNull(() -> Io.saveSafetensors(file, none), "\"w\"");
    assertNull(() -> Io.saveSafetensors(file, named, null), "the metadata");
    assertNull(() -> Io.saveGguf(file, named, null), "the metadata");
    assertNull(() -> Io.load((Path) null), "the file");
    assertNull(() -> Io.load(file, null), "the format");
    assertNull(() -> Io.load((InputStream) null, Io.Format.NPY), "the stream");
    assertNull(() -> Io.loadNpy((Path) null), "the file");
  }

  private static void assertNull(Runnable action, String part) {
    assertThrowsSaying(NullPointerException.class, action::run, part);
  }

  // ---- files ------------------------------------------------------------------------------------

  @Test
  void permissionsAndLinksStay() throws IOException {
    Path file = Io.save(folder.resolve("x.npy"), MlxArray.of(1));
    Path link = folder.resolve("link.npy");
    try {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
      Files.createSymbolicLink(link, file.getFileName());
    } catch (UnsupportedOperationException e) {
      assumeTrue(false, "no permissions here");
    }
    Io.save(link, MlxArray.of(2));
    assertTrue(Files.isSymbolicLink(link));
    assertValues(Io.loadNpy(file), 2);
    assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
  }

  @ParameterizedTest
  @EnumSource
  void whatCannotBeReadIsAnException(Io.Format format) throws IOException {
    Path missing = folder.resolve("missing" + format.extension());
    UncheckedIOException e =
        assertThrowsExactly(UncheckedIOException.class, () -> Io.load(missing));
    assertTrue(e.getMessage().contains("missing"), e.getMessage());
    assertEquals(java.nio.file.NoSuchFileException.class, e.getCause().getClass());
    Path directory = Files.createDirectory(folder.resolve("d" + format.extension()));
    assertThrowsSaying(UncheckedIOException.class, () -> Io.load(directory), "[load]", "d.");
    Path empty = Files.createFile(folder.resolve("empty" + format.extension()));
    assertTrue(
        assertThrows(RuntimeException.class, () -> Io.load(empty)).getMessage().contains("empty"));
    Path secret = save(format, folder.resolve("secret"), named);
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("---------"));
    if (!Files.isReadable(secret)) { // the superuser may
      assertThrowsSaying(UncheckedIOException.class, () -> Io.load(secret), "secret");
    }
  }

  @Test
  void otherFileSystemsAreFilesToo() throws IOException {
    try (FileSystem zip =
        FileSystems.newFileSystem(folder.resolve("files.zip"), Map.of("create", "true"))) {
      for (Io.Format format : Io.Format.values()) {
        Path file = save(format, zip.getPath("/x" + format.extension()), named);
        save(format, file, named);
        assertLoaded(format, Io.load(file));
      }
    }
  }

  // ---- arrays that are not computed yet ---------------------------------------------------------

  @ParameterizedTest
  @EnumSource
  void whatWasReplacedOrDeletedIsStillThere(Io.Format format) throws IOException {
    Path file = save(format, folder.resolve("x"), named);
    Loaded first = Io.load(file);
    Map<String, MlxArray> others = Map.of("a", MlxArray.of(9f), "b", MlxArray.of(9f));
    save(format, file, others);
    Loaded second = Io.load(file);
    Files.delete(file);
    assertLoaded(format, first);
    assertValues(second.arrays().values().iterator().next(), 9);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NPZ")
  void whatWasWrittenToFailsWhereItIsEvaluated(Io.Format format) throws Exception {
    Path file = save(format, folder.resolve("x"), named);
    for (int length : new int[] {0, (int) Files.size(file) - 1, (int) Files.size(file)}) {
      save(format, file, named);
      MlxArray x = Io.load(file).arrays().values().iterator().next();
      MlxArray sum = x.add(1);
      Thread.sleep(20); // the clock of a file system is not fine
      Files.write(file, Arrays.copyOf(new byte[0], length));
      assertThrowsSaying(MlxException.class, sum::eval, "[load]", file.toString());
      for (int again = 0; again < 2; again++) { // it never shows memory that was not read
        assertThrowsExactly(MlxException.class, sum::eval);
        assertThrowsExactly(MlxException.class, x::toFloatArray);
      }
      assertValues(MlxArray.of(1f).add(1), 2);
    }
  }

  @ParameterizedTest
  @EnumSource
  void filesAreClosed(Io.Format format) throws IOException {
    int before = IoNative.open_files();
    Path file = save(format, folder.resolve("x"), named);
    try (Scope scope = Scope.open()) {
      Io.load(file).arrays().values().forEach(MlxArray::eval);
      assertClosed(before);
      Io.load(file);
    }
    assertClosed(before);
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 40)); // more than padding
    int arrays = HandlesNative.live_arrays();
    assertThrows(RuntimeException.class, () -> Io.load(file));
    assertClosed(before);
    assertEquals(arrays, HandlesNative.live_arrays());
  }

  /** An MLX thread may release a file a moment after the values are available. */
  private static void assertClosed(int before) {
    LifetimeBalance.reached(() -> IoNative.open_files() == before);
    assertEquals(before, IoNative.open_files());
  }

  @Test
  void largeArraysAreReadInParts() throws IOException {
    MlxArray x = Ops.arange(3_000_000);
    Path file = Io.saveSafetensors(folder.resolve("x"), Map.of("x", x, "y", x.square()));
    Map<String, MlxArray> loaded = Io.loadSafetensors(file);
    assertTrue(loaded.get("x").equal(x).all().itemBoolean());
    assertTrue(loaded.get("y").equal(x.square()).all().itemBoolean());
    try (InputStream in = Files.newInputStream(file)) {
      assertTrue(Io.loadSafetensors(in).get("y").equal(x.square()).all().itemBoolean());
    }
  }

  @Test
  void loadedArraysAreForAllThreadsAndTransforms() throws Exception {
    Path file = Io.saveSafetensors(folder.resolve("x"), named);
    MlxArray a = Io.loadSafetensors(file).get("a");
    var threads = Executors.newFixedThreadPool(4);
    List<Future<Float>> sums = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      sums.add(
          threads.submit(
              () -> {
                try (Scope scope = Scope.open()) {
                  return a.sum().add(Io.loadSafetensors(file).get("b").sum()).itemFloat();
                }
              }));
    }
    for (Future<Float> sum : sums) {
      assertEquals(16, sum.get());
    }
    threads.shutdown();
    MlxArray lazy = Io.loadSafetensors(file).get("a");
    assertValues(
        Transforms.grad(x -> x.multiply(lazy).sum()).apply(MlxArray.of(1f, 1f, 1f)), 1, 2, 3);
    assertValues(
        Transforms.vmap(x -> x.multiply(lazy)).apply(MlxArray.of(1f, 2f)), 1, 2, 3, 2, 4, 6);
    try (StreamScope scope = StreamScope.open(Device.cpu())) {
      assertValues(Io.loadSafetensors(file).get("a"), 1, 2, 3);
    }
  }

  // ---- files that are wrong ---------------------------------------------------------------------

  private static byte[] npy(String dictionary) {
    byte[] text = dictionary.getBytes(StandardCharsets.ISO_8859_1);
    ByteBuffer bytes = ByteBuffer.allocate(10 + text.length + 64).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII)).putShort((short) 1);
    return bytes.putShort((short) text.length).put(text).array();
  }

  private static byte[] safetensors(String header) {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(8 + text.length + 64).order(ByteOrder.LITTLE_ENDIAN);
    return bytes.putLong(text.length).put(text).array();
  }

  private void assertDamaged(Io.Format format, byte[] content, String... parts) throws IOException {
    Path file = Files.write(folder.resolve("damaged" + format.extension()), content);
    for (int i = 0; i < 2; i++) {
      boolean fromFile = i == 0;
      assertThrowsSaying(
          MlxException.class,
          () -> {
            Loaded loaded =
                fromFile ? Io.load(file) : Io.load(new ByteArrayInputStream(content), format);
            loaded.arrays().values().forEach(MlxArray::eval);
          },
          parts);
    }
  }

  @Test
  void wrongHeadersOfNpyAreExceptions() throws IOException {
    Io.Format npy = Io.Format.NPY;
    assertDamaged(npy, "something else".getBytes(StandardCharsets.US_ASCII), "not a .npy");
    for (String type : List.of("|O", "<U3", "<f16", "<c16", "<i3", "", "<", "<M8[ns]", "<V4")) {
      assertDamaged(
          npy, npy("{'descr': '" + type + "', 'fortran_order': False, 'shape': (2,)}"), "[load]");
    }
    for (String shape :
        List.of(
            "(-1,)",
            "(1",
            "1",
            "(2147483648,)",
            "(4294967296, 4294967296)",
            "(2147483647, 2147483647, 2147483647)",
            "(99999999999999999999,)",
            "(1.5,)",
            "(17,)",
            "()()",
            "(" + "1, ".repeat(65) + ")")) {
      assertDamaged(
          npy, npy("{'descr': '<f4', 'fortran_order': False, 'shape': " + shape + "}"), "[load]");
    }
    assertDamaged(npy, npy("{'descr': '<f4', 'fortran_order': 0, 'shape': (2,)}"), "header");
    assertDamaged(npy, npy("{'descr': '<f4', 'shape': (2,)}"), "header");
    assertDamaged(npy, npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': ()}"), "");
    assertDamaged(npy, npy(""), "header");
    assertDamaged(npy, npy("{"), "header");
  }

  @Test
  void wrongHeadersOfSafetensorsAreExceptions() throws IOException {
    Io.Format format = Io.Format.SAFETENSORS;
    for (String header :
        List.of(
            "[]",
            "{",
            "{}}",
            "null",
            "{\"a\":1}",
            "{\"a\":{}}",
            "{\"a\":{\"dtype\":\"F99\",\"shape\":[1],\"data_offsets\":[0,4]}}",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[1.0],\"data_offsets\":[0,4]}}",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,8]}}",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[-4,0]}}",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[64],\"data_offsets\":[0,256]}}",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[999999999999999996,1000000000000000000]}}",
            "{\"a\":{\"dtype\":\"U8\",\"shape\":[4294967296,4294967296,0],\"data_offsets\":[0,0]}}",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[2147483647,2147483647,4],\"data_offsets\":[0,4]}}",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"a\":{}}",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"x\":"
                + "[".repeat(5000)
                + "]".repeat(5000)
                + "}}",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[9223372036854775808],\"data_offsets\":[0,4]}}",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":["
                + "9".repeat(5000)
                + "],\"data_offsets\":[0,4]}}",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},}",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"x\":tru}}",
            "{\"__metadata__\":{\"a\":1}}",
            "{\"__metadata__\":{\"a\":\"\\u12\"}}",
            "{\"__metadata__\":{\"a\":\"\\x\"}}",
            "{\"__metadata__\":{\"a\":\"b",
            "{\"__metadata__\":{\"a\":\"b\",\"a\":\"c\"}}")) {
      assertDamaged(format, safetensors(header), "[load]");
    }
    byte[] huge = new byte[100];
    Arrays.fill(huge, 0, 8, (byte) 0x7f);
    assertDamaged(format, huge, "header");
    huge[7] = (byte) 0x80;
    assertDamaged(format, huge, "header");
  }

  @Test
  void messagesAboutSafetensorsSayWhatIsWrongAndWhere() throws IOException {
    Io.Format format = Io.Format.SAFETENSORS;
    String array = "\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]";
    assertDamaged(format, safetensors("{\"é\":1}"), "its header cannot be understood at byte 14");
    assertDamaged(format, safetensors("{\"é\":{x}}"), "cannot be understood at byte 1");
    assertDamaged(
        format, safetensors("{\"a\":{" + array + "},\"a\":{}}"), "the name \"a\" occurs twice");
    assertDamaged(
        format,
        safetensors("{\"a\":{" + array + ",\"dtype\":\"F32\"}}"),
        "array \"a\" has the key \"dtype\" twice");
    assertDamaged(
        format,
        safetensors("{\"__metadata__\":{\"k\":\"\",\"\\u006b\":\"\"}}"),
        "the metadata key \"k\" occurs twice");
    byte[] latin = safetensors("{\"__metadata__\":{\"a\":\"x\"}}");
    latin[8 + 22] = (byte) 0xe9;
    assertDamaged(format, latin, "its header is not in UTF-8");
    assertDamaged(
        format,
        safetensors("{\"a\":{" + array + ",\"x\":" + "[".repeat(63) + "]".repeat(63) + "}}"),
        "cannot be understood");
  }

  @Test
  void nestingUpToTheLimitIsSkipped() {
    byte[] content =
        safetensors(
            "{\"a\":{\"x\":"
                + "[".repeat(62)
                + "]".repeat(62)
                + ",\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}");
    Loaded loaded = Io.load(new ByteArrayInputStream(content), Io.Format.SAFETENSORS);
    assertArrayEquals(new int[] {1}, loaded.array().shape());
  }

  @Test
  void aLongNameAndALongTextAreKept() {
    String name = "n".repeat(100_000);
    String text = "é\u0001\"\\\n😀".repeat(100_000);
    Path file =
        Io.saveSafetensors(folder.resolve("long"), Map.of(name, Ops.ones(1)), Map.of("text", text));
    Loaded loaded = Io.load(file);
    assertEquals(Set.of(name), loaded.arrays().keySet());
    assertEquals(text, loaded.metadata().get("text").text());
  }

  @Test
  void whatIsNotUnderstoodInSafetensorsIsSkipped() {
    byte[] content =
        safetensors(
            " {\"a\\u00e9\\ud83d\\ude00\\n\": {\"extra\" : {\"x\":[1,-2.5e3,true,null,\"\\\\\"]},"
                + " \"dtype\":\"F8_E4M3\",\"shape\":[2],\"data_offsets\":[8,10]},"
                + "\"__metadata__\":null}   ");
    Loaded loaded = Io.load(new ByteArrayInputStream(content), Io.Format.SAFETENSORS);
    assertEquals(List.of("aé😀\n"), List.copyOf(loaded.arrays().keySet()));
    assertEquals(DType.UINT8, loaded.array().dtype());
  }
}
