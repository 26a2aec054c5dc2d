package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mlx4j.ArrayAssertions.assertSame;
import static org.mlx4j.ArrayAssertions.assertShape;
import static org.mlx4j.ArrayAssertions.assertThrowsSaying;
import static org.mlx4j.ArrayAssertions.assertValues;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Closed forms and identities of Fourier transforms, and invalid arguments. */
@ExtendWith(InScope.class)
class FftTest {
  private static MlxArray random(int... shape) {
    return MlxRandom.normal(shape, MlxRandom.key(7));
  }

  private static void assertNear(MlxArray expected, MlxArray actual) {
    assertShape(actual, expected.shape());
    double distance = actual.subtract(expected).abs().max().itemDouble();
    assertTrue(distance < 1e-4, () -> actual + " is not near " + expected);
  }

  @Test
  void anImpulseHasAllFrequencies() {
    MlxArray spectrum = Fft.fft(MlxArray.of(1f, 0f, 0f, 0f));
    assertValues(spectrum.real(), 1, 1, 1, 1);
    assertValues(spectrum.imag(), 0, 0, 0, 0);
  }

  @Test
  void aCosineHasTwoFrequencies() {
    MlxArray cosine = Ops.arange(8).multiply((float) (2 * Math.PI / 4)).cos();
    assertNear(MlxArray.of(0f, 0f, 4f, 0f, 0f, 0f, 4f, 0f), Fft.fft(cosine).abs());
    assertNear(MlxArray.of(0f, 0f, 4f, 0f, 0f), Fft.rfft(cosine).abs());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 8, 97})
  void inversesInvert(int n) {
    MlxArray x = random(3, n);
    for (FftNorm norm : FftNorm.values()) {
      assertNear(x, Fft.ifft(Fft.fft(x, null, -1, norm), null, -1, norm).real());
      assertNear(x, Fft.irfft(Fft.rfft(x, null, -1, norm), n, -1, norm));
      int[] both = {0, 1};
      assertNear(x, Fft.irfft2(Fft.rfft2(x, null, both, norm), new int[] {3, n}, both, norm));
      assertNear(x, Fft.ifftn(Fft.fftn(x, null, null, norm), null, null, norm).real());
      assertNear(x, Fft.irfftn(Fft.rfftn(x, null, both, norm), new int[] {3, n}, both, norm));
      assertNear(x, Fft.ifft2(Fft.fft2(x, null, both, norm), null, both, norm).real());
    }
  }

  @Test
  void orthonormalTransformsKeepTheNorm() {
    MlxArray x = random(64);
    assertNear(Linalg.norm(x), Linalg.norm(Fft.fft(x, null, -1, FftNorm.ORTHO).abs()));
  }

  @Test
  void shiftsInvertEachOther() {
    MlxArray x = random(3, 5);
    assertSame(x, Fft.ifftshift(Fft.fftshift(x)));
    assertValues(Fft.fftshift(Fft.fftfreq(5)), -0.4, -0.2, 0, 0.2, 0.4);
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 5, 16})
  void shortTimeTransformsInvert(int nFft) {
    MlxArray x = random(2, 40);
    MlxArray window = Ops.hanning(nFft + 2).slice(new int[] {1}, new int[] {nFft + 1});
    MlxArray spectrum = Fft.stft(x, nFft, 2, null, window);
    MlxArray again = Fft.istft(spectrum, nFft, 2, null, window, true, FftNorm.BACKWARD, null, 40);
    assertNear(x, again);
  }

  @Test
  void jvpOfAnOddInverseHasItsSize() {
    MlxArray x = Fft.rfft(random(5));
    Jvp jvp = Transforms.jvp(a -> Fft.irfft(a, 5), x, x);
    assertNear(Fft.irfft(x, 5), jvp.jvps()[0]);
  }

  @Test
  void gradientsOfMappedOddTransformsAreThoseOfALoop() {
    MlxArray x = random(2, 5);
    try (TransformedFunction power = Transforms.grad(a -> Fft.rfft(a).abs().square().sum());
        TransformedFunction mapped = Transforms.vmap(power)) {
      MlxArray looped = Ops.stack(power.apply(x.get(0)), power.apply(x.get(1)));
      assertNear(looped, mapped.apply(x));
    }
  }

  @TestFactory
  Stream<DynamicTest> badArgumentsAreRefused() {
    MlxArray line = Ops.ones(8);
    MlxArray plane = Ops.ones(4, 4);
    MlxArray scalar = Ops.ones();
    MlxArray spectrum = Ops.ones(new int[] {5, 6}, DType.COMPLEX64);
    int[] two = {2, 2};
    int[] twice = {0, -2};
    int[] axes = {0, 1};
    return new Refusals()
        .addNamed("fft of a scalar", () -> Fft.fft(scalar), "[fft] axis -1")
        .addNamed("fftn of a scalar", () -> Fft.fftn(scalar), "at least one dimension")
        .addNamed("irfftn of a scalar", () -> Fft.irfftn(scalar), "at least one dimension")
        .addNamed("fft of nothing", () -> Fft.fft(Ops.zeros(0)), "[fft]", "positive")
        .addNamed("fft size", () -> Fft.fft(line, 0), "[fft]", "positive")
        .addNamed("rfft size", () -> Fft.rfft(line, -3), "[rfft]", "[-3]")
        .addNamed("fft axis", () -> Fft.fft(line, 4, 1), "[fft] axis 1")
        .addNamed("irfft of one", () -> Fft.irfft(Ops.ones(1)), "[irfft]", "positive")
        .addNamed("irfft of nothing", () -> Fft.irfft(Ops.zeros(4, 0)), "[irfft]", "positive")
        .addNamed("fft2 of a line", () -> Fft.fft2(line), "[fft2] axis -2")
        .addNamed("fft2 sizes", () -> Fft.fft2(plane, new int[] {2}), "[fft2]", "one size for each")
        .addNamed("fftn axes", () -> Fft.fftn(plane, two, null), "[fftn]", "axes must be given")
        .addNamed("fftn axes twice", () -> Fft.fftn(plane, null, twice), "[fftn]", "twice")
        .addNamed(
            "too large",
            () -> Fft.fftn(plane, new int[] {1 << 30, Integer.MAX_VALUE}, axes),
            "[fftn]")
        .addNamed("fftfreq", () -> Fft.fftfreq(0), "[fftfreq]")
        .addNamed("fftfreq spacing", () -> Fft.fftfreq(3, 0), "[fftfreq]")
        .addNamed("rfftfreq", () -> Fft.rfftfreq(-1), "[rfftfreq]")
        .addNamed("fftshift axis", () -> Fft.fftshift(line, 1), "[fftshift] axis 1")
        .addNamed("ifftshift axes", () -> Fft.ifftshift(plane, twice), "[ifftshift]", "twice")
        .addNamed("stft of a scalar", () -> Fft.stft(scalar, 4), "[stft]")
        .addNamed("stft of nothing", () -> Fft.stft(Ops.zeros(3, 0), 4), "[stft]")
        .addNamed("stft size", () -> Fft.stft(line, 0), "[stft] nFft")
        .addNamed("stft small", () -> Fft.stft(line, 3), "[stft] hopLength")
        .addNamed("stft hop", () -> Fft.stft(line, 4, 0, null, null), "[stft] hopLength")
        .addNamed("stft window length", () -> Fft.stft(line, 4, 1, 0, null), "[stft] winLength")
        .addNamed("stft long window", () -> Fft.stft(line, 4, 1, 5, null), "[stft]", "window")
        .addNamed("stft flat window", () -> Fft.stft(line, 4, 1, 4, plane), "[stft]", "window")
        .addNamed("stft huge", () -> Fft.stft(line, Integer.MAX_VALUE), "[stft]", "2^31")
        .addNamed(
            "stft short",
            () -> Fft.stft(line, 16, 4, 16, null, false, PadMode.EDGE, FftNorm.ORTHO, null),
            "[stft]",
            "short")
        .addNamed("istft of a line", () -> Fft.istft(line), "[istft]")
        .addNamed("istft without frames", () -> Fft.istft(Ops.zeros(5, 0)), "[istft]")
        .addNamed("istft of one frequency", () -> Fft.istft(Ops.zeros(1, 5)), "[istft] nFft")
        .addNamed("istft hop", () -> Fft.istft(spectrum, 8, -1, null, null), "[istft] hopLength")
        .addNamed(
            "istft huge hop",
            () -> Fft.istft(spectrum, 8, Integer.MAX_VALUE, null, null),
            "[istft]",
            "2^31")
        .addNamed(
            "istft overlap", () -> Fft.istft(spectrum, 1 << 20, 4, null, null), "[istft] 262144")
        .addNamed("istft window", () -> Fft.istft(spectrum, 8, 2, null, line.tile(2)), "[istft]")
        .addNamed(
            "istft length",
            () -> Fft.istft(spectrum, 8, 2, 8, null, true, FftNorm.BACKWARD, true, -1),
            "[istft] length")
        .tests();
  }

  @Test
  void nullsAreNamed() {
    assertThrowsSaying(NullPointerException.class, () -> Fft.fft(null), "[fft]");
    MlxArray line = Ops.ones(8);
    assertThrowsSaying(
        NullPointerException.class, () -> Fft.rfft(line, null, -1, null), "[rfft] the norm");
    assertThrowsSaying(NullPointerException.class, () -> Fft.istft(null), "[istft]");
    assertThrowsSaying(
        NullPointerException.class, () -> Fft.fftshift(line, (int[]) null), "[fftshift]");
  }

  @Test
  void emptyStacksStayEmpty() {
    assertShape(Fft.fft(Ops.zeros(0, 4)), 0, 4);
    assertShape(Fft.stft(Ops.zeros(0, 20), 8), 0, 5, 11);
    Fft.irfft(Ops.zeros(0, 4)).eval();
    assertValues(Fft.irfft(Ops.zeros(2, 0), 2), 0, 0, 0, 0);
  }
}
