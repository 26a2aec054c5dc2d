package org.mlx4j.operations;

import static org.mlx4j.operations.Input.between;
import static org.mlx4j.operations.Operation.many;
import static org.mlx4j.operations.Operation.nary;
import static org.mlx4j.operations.Operation.unary;

import java.util.stream.Stream;
import org.mlx4j.ArrayFunction;
import org.mlx4j.Complex64;
import org.mlx4j.DType;
import org.mlx4j.Fft;
import org.mlx4j.FftNorm;
import org.mlx4j.MlxArray;
import org.mlx4j.PadMode;

/**
 * The rows of {@code Fft}. Complex numbers go in and come out as their two parts, so that there are
 * derivatives.
 */
final class FftRows {
  private static final Input LINE = between(-2, 2, 6);
  private static final Input ODD = between(-2, 2, 5);
  private static final Input MATRIX = between(-2, 2, 4, 3);
  private static final Input STACK = between(-2, 2, 2, 3, 4);
  private static final int[] LARGE = {3, 4, 250};
  private static final int[] NOTHING = {0, 3, 4};
  private static final int[] ONE = {1, 1, 1};

  private FftRows() {}

  static Stream<Operation> rows() {
    return Stream.of(ofNumbers(), ofSpectra(), toNumbers(), frequencies(), shortTime())
        .flatMap(rows -> rows)
        .map(Operation::inSinglePrecision);
  }

  // ---- real numbers to spectra
  // -------------------------------------------------------------------

  private static Stream<Operation> ofNumbers() {
    int[] sizes = {5, 2};
    int[] axes = {0, -1};
    int[] turned = {2, 1};
    return Stream.of(
            parts("fft", Fft::fft, "fft(a)", LINE).shapes(LARGE, NOTHING, ONE),
            parts("fft odd", Fft::fft, "fft(a)", ODD),
            parts("fft cut off", x -> Fft.fft(x, 4), "fft(a, 4)", LINE),
            parts("fft continued", x -> Fft.fft(x, 9, 1), "fft(a, 9, 1)", STACK),
            parts(
                "fft ortho",
                x -> Fft.fft(x, null, 0, FftNorm.ORTHO),
                "fft(a, axis=0, norm='ortho')",
                MATRIX),
            parts("ifft", Fft::ifft, "ifft(a)", LINE).shapes(LARGE, NOTHING, ONE),
            parts("ifft size", x -> Fft.ifft(x, 4), "ifft(a, 4)", LINE),
            parts("ifft axis", x -> Fft.ifft(x, 7, 0), "ifft(a, 7, 0)", MATRIX),
            parts(
                "ifft forward",
                x -> Fft.ifft(x, null, -2, FftNorm.FORWARD),
                "ifft(a, axis=-2, norm='forward')",
                MATRIX),
            parts("rfft", Fft::rfft, "rfft(a)", LINE).shapes(LARGE, NOTHING, ONE),
            parts("rfft odd", Fft::rfft, "rfft(a)", ODD),
            parts("rfft size", x -> Fft.rfft(x, 8), "rfft(a, 8)", LINE),
            parts("rfft axis", x -> Fft.rfft(x, 3, 1), "rfft(a, 3, 1)", STACK),
            parts(
                "rfft forward",
                x -> Fft.rfft(x, null, 0, FftNorm.FORWARD),
                "rfft(a, axis=0, norm='forward')",
                MATRIX),
            parts("fft2", Fft::fft2, "fft2(a)", MATRIX).shapes(LARGE, NOTHING),
            parts("fft2 sizes", x -> Fft.fft2(x, sizes), "fft2(a, [5, 2])", STACK),
            parts("fft2 axes", x -> Fft.fft2(x, null, axes), "fft2(a, axes=[0, -1])", STACK),
            parts(
                "fft2 ortho",
                x -> Fft.fft2(x, sizes, axes, FftNorm.ORTHO),
                "fft2(a, [5, 2], [0, -1], 'ortho')",
                STACK),
            parts("ifft2", Fft::ifft2, "ifft2(a)", MATRIX),
            parts("ifft2 sizes", x -> Fft.ifft2(x, sizes), "ifft2(a, [5, 2])", STACK),
            parts("ifft2 axes", x -> Fft.ifft2(x, null, axes), "ifft2(a, axes=[0, -1])", STACK),
            parts("rfft2", Fft::rfft2, "rfft2(a)", MATRIX).shapes(LARGE, NOTHING),
            parts("rfft2 sizes", x -> Fft.rfft2(x, sizes), "rfft2(a, [5, 2])", STACK),
            parts("rfft2 axes", x -> Fft.rfft2(x, null, turned), "rfft2(a, axes=[2, 1])", STACK),
            parts("fftn", Fft::fftn, "fftn(a)", STACK).shapes(new int[] {5}, ONE, LARGE),
            parts("fftn axes", x -> Fft.fftn(x, sizes, axes), "fftn(a, [5, 2], [0, -1])", STACK),
            parts(
                "fftn forward",
                x -> Fft.fftn(x, null, null, FftNorm.FORWARD),
                "fftn(a, norm='forward')",
                STACK),
            parts("ifftn", Fft::ifftn, "ifftn(a)", STACK),
            parts("ifftn axes", x -> Fft.ifftn(x, sizes, axes), "ifftn(a, [5, 2], [0, -1])", STACK),
            parts("rfftn", Fft::rfftn, "rfftn(a)", STACK).shapes(new int[] {5}, ONE, LARGE),
            parts("rfftn axes", x -> Fft.rfftn(x, sizes, axes), "rfftn(a, [5, 2], [0, -1])", STACK),
            parts(
                "rfftn ortho",
                x -> Fft.rfftn(x, null, turned, FftNorm.ORTHO),
                "rfftn(a, axes=[2, 1], norm='ortho')",
                STACK))
        .map(row -> row.on(DTypes.ALL));
  }

  // ---- spectra to spectra
  // ------------------------------------------------------------------------

  private static Stream<Operation> ofSpectra() {
    return Stream.of(
            spectrum("fft of complex", Fft::fft, "fft(c)", STACK).shapes(NOTHING, ONE),
            spectrum("ifft of complex", Fft::ifft, "ifft(c)", STACK).shapes(NOTHING, ONE),
            spectrum("fft2 of complex", Fft::fft2, "fft2(c)", STACK),
            spectrum("ifft2 of complex", Fft::ifft2, "ifft2(c)", STACK),
            spectrum("fftn of complex", Fft::fftn, "fftn(c)", STACK),
            spectrum("ifftn of complex", Fft::ifftn, "ifftn(c)", STACK))
        .map(row -> row.on(DTypes.FLOATING));
  }

  // ---- spectra to real numbers
  // -------------------------------------------------------------------

  private static Stream<Operation> toNumbers() {
    return Stream.concat(
        ofEvenSize().map(row -> row.on(DTypes.FLOATING)),
        // traced ones are computed in another way, so on float64, too, they differ by single
        // precision's rounding
        ofOddSize().map(row -> row.on(DType.FLOAT32, DType.FLOAT16, DType.BFLOAT16)));
  }

  private static Stream<Operation> ofEvenSize() {
    int[] sizes = {5, 4};
    int[] axes = {0, 1};
    return Stream.of(
        numbers("irfft", Fft::irfft, "irfft(c)", MATRIX).shapes(LARGE),
        numbers(
            "irfft ortho",
            x -> Fft.irfft(x, null, 0, FftNorm.ORTHO),
            "irfft(c, axis=0, norm='ortho')",
            MATRIX),
        numbers("irfft2", Fft::irfft2, "irfft2(c)", MATRIX),
        numbers("irfft2 axes", x -> Fft.irfft2(x, sizes, axes), "irfft2(c, [5, 4], [0, 1])", STACK),
        numbers("irfftn", Fft::irfftn, "irfftn(c)", STACK));
  }

  private static Stream<Operation> ofOddSize() {
    int[] sizes = {4, 5};
    int[] axes = {0, 1};
    int[] turned = {1, 0};
    return Stream.of(
        numbers("irfft odd", x -> Fft.irfft(x, 5), "irfft(c, 5)", MATRIX),
        numbers("irfft one", x -> Fft.irfft(x, 1), "irfft(c, 1)", MATRIX),
        numbers("irfft continued", x -> Fft.irfft(x, 9, 0), "irfft(c, 9, 0)", MATRIX),
        numbers("irfft cut off", x -> Fft.irfft(x, 3, 0), "irfft(c, 3, 0)", MATRIX),
        numbers(
            "irfft forward",
            x -> Fft.irfft(x, 7, 0, FftNorm.FORWARD),
            "irfft(c, 7, 0, 'forward')",
            MATRIX),
        numbers("irfft2 sizes", x -> Fft.irfft2(x, sizes), "irfft2(c, [4, 5])", MATRIX),
        numbers(
            "irfftn axes", x -> Fft.irfftn(x, sizes, turned), "irfftn(c, [4, 5], [1, 0])", STACK),
        numbers(
            "irfftn ortho",
            x -> Fft.irfftn(x, sizes, axes, FftNorm.ORTHO),
            "irfftn(c, [4, 5], [0, 1], 'ortho')",
            STACK));
  }

  // ---- frequencies
  // -------------------------------------------------------------------------------

  private static Stream<Operation> frequencies() {
    int[] axes = {-1, 0};
    return Stream.of(
        nary("Fft.fftfreq", xs -> Fft.fftfreq(5), "mx.fft.fftfreq(5)"),
        nary("Fft.fftfreq one", xs -> Fft.fftfreq(1), "mx.fft.fftfreq(1)"),
        nary("Fft.fftfreq spacing", xs -> Fft.fftfreq(6, 0.1), "mx.fft.fftfreq(6, 0.1)"),
        nary("Fft.rfftfreq", xs -> Fft.rfftfreq(5), "mx.fft.rfftfreq(5)"),
        nary("Fft.rfftfreq spacing", xs -> Fft.rfftfreq(6, -2), "mx.fft.rfftfreq(6, -2)"),
        shift("fftshift", Fft::fftshift, "fftshift(a)").shapes(new int[0], NOTHING, LARGE),
        shift("fftshift axis", x -> Fft.fftshift(x, 1), "fftshift(a, 1)"),
        shift("fftshift axes", x -> Fft.fftshift(x, axes), "fftshift(a, [-1, 0])"),
        shift("ifftshift", Fft::ifftshift, "ifftshift(a)").shapes(new int[0], NOTHING, LARGE),
        shift("ifftshift axis", x -> Fft.ifftshift(x, -2), "ifftshift(a, -2)"),
        shift("ifftshift axes", x -> Fft.ifftshift(x, axes), "ifftshift(a, [-1, 0])"));
  }

  // ---- short-time transforms
  // ---------------------------------------------------------------------

  private static Stream<Operation> shortTime() {
    Input signal = between(-2, 2, 13);
    Input frames = between(-2, 2, 3, 5);
    return Stream.of(
        parts("stft", x -> Fft.stft(x, 4), "stft(a, 4)", signal)
            .on(DTypes.ALL)
            .shapes(new int[] {2, 3, 20}, new int[] {0, 20}, new int[] {2}),
        parts("stft of 2048", Fft::stft, "stft(a)", between(-2, 2, 1, 5000))
            .withoutFiniteDifferences(),
        stft("window", (x, w) -> Fft.stft(x, 6, 2, null, w), "stft(a, 6, 2, window=b)"),
        parts(
            "stft window length",
            x -> Fft.stft(x, 6, 2, 4, null),
            "stft(a, 6, 2, 4)",
            between(-2, 2, 13)),
        stft(
            "not centered",
            (x, w) -> Fft.stft(x, 5, 3, 5, w, false, PadMode.CONSTANT, FftNorm.ORTHO, false),
            "stft(a, 5, 3, 5, b, False, 'constant', 'ortho', False)"),
        stft(
            "edge",
            (x, w) -> Fft.stft(x, 8, null, null, w, true, PadMode.EDGE, FftNorm.FORWARD, true),
            "stft(a, 8, None, None, b, True, 'edge', 'forward', True)"),
        numbers("istft", Fft::istft, "istft(c)", frames)
            .on(DTypes.FLOATING)
            .shapes(new int[] {2, 5, 4}, new int[] {0, 5, 4}),
        numbers("istft odd", x -> Fft.istft(x, 5), "istft(c, 5)", frames),
        numbers("istft odd cut off", x -> Fft.istft(x, 3, 1, null, null), "istft(c, 3, 1)", frames),
        numbers("istft odd continued", x -> Fft.istft(x, 9), "istft(c, 9)", frames),
        istft("window", (x, w) -> Fft.istft(x, 4, 2, null, w), "istft(c, 4, 2, window=d)", frames),
        numbers(
            "istft longer",
            x -> Fft.istft(x, 4, 1, 3, null, false, FftNorm.ORTHO, true, 17),
            "istft(c, 4, 1, 3, None, False, 'ortho', True, 17)",
            frames),
        istft(
            "shorter",
            (x, w) -> Fft.istft(x, null, 1, null, w, true, FftNorm.FORWARD, true, 2),
            "istft(c, None, 1, None, d, True, 'forward', True, 2)",
            frames),
        many(
            "Fft.istft of both sides",
            xs ->
                parts(
                    Fft.istft(
                        complex(xs[0], xs[1]),
                        null,
                        1,
                        null,
                        null,
                        true,
                        FftNorm.BACKWARD,
                        false,
                        null)),
            "(lambda f: [mx.real(f), mx.imag(f)])(mx.fft.istft(a + 1j * b, hop_length=1,"
                + " onesided=False))",
            frames,
            frames));
  }

  // ---- one line, one row
  // -------------------------------------------------------------------------

  private static MlxArray[] parts(MlxArray complex) {
    return new MlxArray[] {complex.real(), complex.imag()};
  }

  private static MlxArray complex(MlxArray real, MlxArray imag) {
    return real.add(imag.multiply(MlxArray.scalar(new Complex64(0, 1))));
  }

  /** A transform of an array, with the two parts of its result. */
  private static Operation parts(String name, ArrayFunction transform, String python, Input a) {
    return many(
        "Fft." + name,
        xs -> parts(transform.apply(xs[0])),
        "(lambda f: [mx.real(f), mx.imag(f)])(mx.fft." + python + ")",
        a);
  }

  /** A transform of the complex array c, with the two parts of its result. */
  private static Operation spectrum(String name, ArrayFunction transform, String python, Input a) {
    return many(
        "Fft." + name,
        xs -> parts(transform.apply(complex(xs[0], xs[1]))),
        "(lambda c: (lambda f: [mx.real(f), mx.imag(f)])(mx.fft." + python + "))(a + 1j * b)",
        a,
        a);
  }

  /** A transform of the complex array c whose result is real. */
  private static Operation numbers(String name, ArrayFunction transform, String python, Input a) {
    return nary(
        "Fft." + name,
        xs -> transform.apply(complex(xs[0], xs[1])),
        "(lambda c: mx.fft." + python + ")(a + 1j * b)",
        a,
        a);
  }

  private interface Windowed {
    MlxArray apply(MlxArray x, MlxArray window);
  }

  private static Operation stft(String name, Windowed transform, String python) {
    return many(
        "Fft.stft " + name,
        xs -> parts(transform.apply(xs[0], xs[1])),
        "(lambda f: [mx.real(f), mx.imag(f)])(mx.fft." + python + ")",
        between(-2, 2, 13),
        between(0.5, 2, 5));
  }

  private static Operation istft(String name, Windowed transform, String python, Input a) {
    return nary(
        "Fft.istft " + name,
        xs -> transform.apply(complex(xs[0], xs[1]), xs[2]),
        "(lambda c, d: mx.fft." + python + ")(a + 1j * b, c)",
        a,
        a,
        between(0.5, 2, 4));
  }

  private static Operation shift(String name, ArrayFunction shift, String python) {
    return unary("Fft." + name, shift, "mx.fft." + python, STACK).on(DTypes.ALL).exact();
  }
}
