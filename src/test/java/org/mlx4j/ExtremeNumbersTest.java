package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mlx4j.ArrayAssertions.assertThrowsSaying;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The cost of an operation depends on its arrays, not on the numbers that it is given. */
@ExtendWith(InScope.class)
class ExtremeNumbersTest {
  private static final int MOST = Integer.MAX_VALUE;

  @TempDir Path folder;

  @Test
  void everyMethodEndsAndThrowsWhatIsDocumented() throws Exception {
    Path running = folder.resolve("running");
    try {
      String printed =
          ChildJvm.run(
              ExtremeNumbers.class,
              Duration.ofMinutes(5),
              Map.of(),
              List.of("-Xmx500m", "-XX:+UseSerialGC"),
              running.toString());
      assertTrue(printed.contains(" calls, 0 faults"), printed);
    } catch (AssertionError e) {
      throw new AssertionError("the last call was " + last(running), e);
    }
  }

  private static String last(Path running) throws IOException {
    return Files.exists(running)
        ? Files.readString(running, StandardCharsets.UTF_8).trim()
        : "none";
  }

  @Test
  void aTriangleWithoutElementsIsComputedAtOnce() {
    MlxArray t = Ops.tri(MOST, 0, 7);
    t.eval();
    assertArrayEquals(new int[] {MOST, 0}, t.shape());
    MlxArray empty = Ops.zeros(MOST, 0);
    Ops.eval(empty.tril(3), empty.triu(-3));
    assertArrayEquals(new int[] {MOST, 0}, empty.triu().shape());
  }

  @Test
  void diagonalsFarAwayHaveNoElements() {
    MlxArray ones = Ops.ones(2, 3);
    for (int k : new int[] {Integer.MIN_VALUE, -1 << 30, 1 << 30, MOST}) {
      boolean below = k < 0;
      assertEquals(below ? 0 : 6, Ops.tri(2, 3, k).sum().itemInt(), "tri " + k);
      assertEquals(0, Ops.eye(2, 3, k).sum().itemInt(), "eye " + k);
      assertEquals(below ? 0 : 6, ones.tril(k).sum().itemInt(), "tril " + k);
      assertEquals(below ? 6 : 0, ones.triu(k).sum().itemInt(), "triu " + k);
    }
  }

  @Test
  void framesMayBeMuchLongerThanTheSignal() {
    MlxArray x = MlxArray.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
    assertArrayEquals(new int[] {2, (1 << 24) + 1, 1}, Fft.stft(x, 1 << 25).shape());
    // Mirrored again and again, 1 2 3 is 1 2 3 2 1 2 3 2 1 …: a frame of eight is twice the period
    MlxArray spectrum = Fft.stft(x, 8);
    MlxArray seen = MlxArray.of(new float[] {1, 2, 3, 2, 1, 2, 3, 2}, 8);
    MlxArray expected = Fft.rfft(seen);
    assertTrue(spectrum.get(0).get(Index.all(), Index.at(0)).allclose(expected).itemBoolean());
  }

  @Test
  void differencesOfNothingAreNothing() {
    assertArrayEquals(new int[] {MOST, 0}, Ops.zeros(MOST, 0).diff(1 << 30).shape());
    assertArrayEquals(new int[] {MOST - (1 << 30), 0}, Ops.zeros(MOST, 0).diff(1 << 30, 0).shape());
    assertArrayEquals(new int[] {2, 0}, Ops.ones(2, 3).diff(MOST).shape());
    assertEquals(DType.BOOL, Ops.ones(new int[] {3}, DType.BOOL).diff(5).dtype());
  }

  @Test
  void nothingIsNotCutIntoBillions() {
    assertEquals(3, Ops.zeros(0).split(3).length);
    assertThrowsSaying(
        IllegalArgumentException.class, () -> Ops.zeros(0).split(1 << 30), "[split]", "65536");
  }

  @Test
  void aConvolutionOfMorePositionsThanCanBeCountedIsRefused() {
    MlxArray y = Ops.ones(1, 2, 2, 1).conv2d(Ops.ones(1, 1, 1, 1), 1, 23_171);
    Throwable thrown = assertThrows(Throwable.class, y::eval);
    if (!(thrown instanceof OutOfMemoryError)) { // there was so much memory
      assertInstanceOf(IllegalArgumentException.class, thrown);
      assertTrue(thrown.getMessage().contains("parts of the batch"), thrown::getMessage);
    }
  }

  @Test
  void strideOfAConvolutionWithOnePositionIsNotCounted() {
    MlxArray x = MlxArray.of(new float[] {3, 4}, 1, 1, 2, 1);
    MlxArray w = MlxArray.of(new float[] {2, 5}, 2, 1, 1, 1);
    MlxArray y = x.convTranspose2d(w, ConvolutionOptions.defaults().withStride(MOST, 1));
    assertArrayEquals(new int[] {1, 1, 2, 2}, y.shape());
    assertArrayEquals(new float[] {6, 15, 8, 20}, y.toFloatArray());
    MlxArray gradient =
        Transforms.grad(v -> v.conv2d(Ops.ones(1, 1, 1, 1), MOST, 0).sum()).apply(x);
    assertArrayEquals(new float[] {1, 0}, gradient.toFloatArray());
  }
}
