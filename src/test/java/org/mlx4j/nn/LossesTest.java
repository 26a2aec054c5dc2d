package org.mlx4j.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.mlx4j.ArrayAssertions.assertThrowsSaying;
import static org.mlx4j.ArrayAssertions.assertValues;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.mlx4j.LifetimeBalance;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.internal.HandlesNative;

/** Every loss gives what MLX's Python gives, with every reduction and option. */
class LossesTest extends FormulaTable {
  LossesTest() {
    super(Losses.class);
  }

  private static final String ANY = "mx.random.normal((3, 5))";
  private static final String INDICES = "mx.random.randint(0, 5, (3,))";
  private static final String INDICES_0 = "mx.random.randint(0, 3, (5,))";
  private static final String PROBABILITIES = "mx.random.uniform(0.05, 0.95, (3, 5))";
  private static final String SHARES = "mx.softmax(mx.random.normal((3, 5)), -1)";
  private static final String LOGARITHMS = "nn.log_softmax(mx.random.normal((3, 5)))";
  private static final String BITS = "mx.random.bernoulli(0.5, (3, 5)).astype(mx.float32)";
  private static final String SIGNS = "mx.sign(mx.random.normal((3, 5)))";
  private static final String WEIGHTS = "mx.random.uniform(0.5, 2, (3,))";
  private static final String ALL_WEIGHTS = "mx.random.uniform(0.5, 2, (3, 5))";

  /** A loss with a reduction. */
  private interface Reduced {
    MlxArray apply(Reduction reduction, MlxArray... xs);
  }

  /**
   * A row without reduction, and one for each reduction.
   *
   * @param function the function in Python, with its arrays and options
   */
  private static Stream<Formulas.Row> rows(
      Formulas.Java plain, Reduced reduced, String function, int differentiable, String... inputs) {
    String parameters = "a, b, c".substring(0, 3 * inputs.length - 2);
    String python = "lambda " + parameters + ": nn.losses." + function;
    Stream<Formulas.Row> all =
        Stream.of(Reduction.values())
            .map(
                r ->
                    new Formulas.Row(
                        xs -> reduced.apply(r, xs),
                        python + ", reduction='" + r.name().toLowerCase(Locale.ROOT) + "')",
                        differentiable,
                        false,
                        inputs));
    return plain == null
        ? all
        : Stream.concat(
            Stream.of(new Formulas.Row(plain, python + ")", differentiable, false, inputs)), all);
  }

  @Override
  Stream<Formulas.Row> rows() {
    return Stream.of(crossEntropies(), distances(), likelihoods(), similarities(), mapped())
        .flatMap(rows -> rows);
  }

  private static Stream<Formulas.Row> crossEntropies() {
    return Stream.of(
            rows(
                xs -> Losses.crossEntropy(xs[0], xs[1]),
                (r, xs) -> Losses.crossEntropy(xs[0], xs[1], r),
                "cross_entropy(a, b",
                1,
                ANY,
                INDICES),
            rows(
                null,
                (r, xs) -> Losses.crossEntropy(xs[0], xs[1], r),
                "cross_entropy(a, b",
                2,
                ANY,
                SHARES),
            rows(
                null,
                (r, xs) -> Losses.crossEntropy(xs[0], xs[1], xs[2], -1, 0.2, r),
                "cross_entropy(a, b, c, -1, 0.2",
                1,
                ANY,
                INDICES,
                WEIGHTS),
            rows(
                null,
                (r, xs) -> Losses.crossEntropy(xs[0], xs[1], xs[2], 1, 0.1, r),
                "cross_entropy(a, b, c, 1, 0.1",
                3,
                ANY,
                SHARES,
                WEIGHTS),
            rows(
                null,
                (r, xs) -> Losses.crossEntropy(xs[0], xs[1], null, 0, 0, r),
                "cross_entropy(a, b, axis=0",
                1,
                ANY,
                INDICES_0),
            rows(
                xs -> Losses.binaryCrossEntropy(xs[0], xs[1]),
                (r, xs) -> Losses.binaryCrossEntropy(xs[0], xs[1], r),
                "binary_cross_entropy(a, b",
                2,
                ANY,
                BITS),
            rows(
                null,
                (r, xs) -> Losses.binaryCrossEntropy(xs[0], xs[1], xs[2], true, r),
                "binary_cross_entropy(a, b, c, True",
                3,
                ANY,
                PROBABILITIES,
                ALL_WEIGHTS),
            rows(
                null,
                (r, xs) -> Losses.binaryCrossEntropy(xs[0], xs[1], xs[2], false, r),
                "binary_cross_entropy(a, b, c, False",
                1,
                PROBABILITIES,
                BITS,
                ALL_WEIGHTS),
            rows(
                null,
                (r, xs) -> Losses.binaryCrossEntropy(xs[0], xs[1], null, false, r),
                "binary_cross_entropy(a, b, with_logits=False",
                0,
                "mx.array([0.0, 1.0, 0.0, 1.0])",
                "mx.array([0.0, 0.0, 1.0, 1.0])"))
        .flatMap(rows -> rows);
  }

  private static Stream<Formulas.Row> distances() {
    return Stream.of(
            rows(
                xs -> Losses.l1Loss(xs[0], xs[1]),
                (r, xs) -> Losses.l1Loss(xs[0], xs[1], r),
                "l1_loss(a, b",
                2,
                ANY,
                ANY),
            rows(
                xs -> Losses.mseLoss(xs[0], xs[1]),
                (r, xs) -> Losses.mseLoss(xs[0], xs[1], r),
                "mse_loss(a, b",
                2,
                ANY,
                ANY),
            rows(
                xs -> Losses.smoothL1Loss(xs[0], xs[1]),
                (r, xs) -> Losses.smoothL1Loss(xs[0], xs[1], r),
                "smooth_l1_loss(a, b",
                2,
                ANY,
                ANY),
            rows(
                null,
                (r, xs) -> Losses.smoothL1Loss(xs[0], xs[1], 0.3, r),
                "smooth_l1_loss(a, b, 0.3",
                2,
                ANY,
                ANY),
            rows(
                xs -> Losses.huberLoss(xs[0], xs[1]),
                (r, xs) -> Losses.huberLoss(xs[0], xs[1], r),
                "huber_loss(a, b",
                2,
                ANY,
                ANY),
            rows(
                null,
                (r, xs) -> Losses.huberLoss(xs[0], xs[1], 0.3, r),
                "huber_loss(a, b, 0.3",
                2,
                ANY,
                "mx.random.normal((5,))"),
            rows(
                xs -> Losses.logCoshLoss(xs[0], xs[1]),
                (r, xs) -> Losses.logCoshLoss(xs[0], xs[1], r),
                "log_cosh_loss(a, b",
                2,
                ANY,
                ANY))
        .flatMap(rows -> rows);
  }

  private static Stream<Formulas.Row> likelihoods() {
    return Stream.of(
            rows(
                xs -> Losses.nllLoss(xs[0], xs[1]),
                (r, xs) -> Losses.nllLoss(xs[0], xs[1], r),
                "nll_loss(a, b",
                1,
                LOGARITHMS,
                INDICES),
            rows(
                null,
                (r, xs) -> Losses.nllLoss(xs[0], xs[1], 0, r),
                "nll_loss(a, b, 0",
                1,
                LOGARITHMS,
                INDICES_0),
            rows(
                xs -> Losses.klDivLoss(xs[0], xs[1]),
                (r, xs) -> Losses.klDivLoss(xs[0], xs[1], r),
                "kl_div_loss(a, b",
                2,
                LOGARITHMS,
                LOGARITHMS),
            rows(
                null,
                (r, xs) -> Losses.klDivLoss(xs[0], xs[1], 0, r),
                "kl_div_loss(a, b, 0",
                2,
                LOGARITHMS,
                LOGARITHMS),
            rows(
                xs -> Losses.gaussianNllLoss(xs[0], xs[1], xs[2]),
                (r, xs) -> Losses.gaussianNllLoss(xs[0], xs[1], xs[2], r),
                "gaussian_nll_loss(a, b, c",
                3,
                ANY,
                ANY,
                PROBABILITIES),
            rows(
                null,
                (r, xs) -> Losses.gaussianNllLoss(xs[0], xs[1], xs[2], true, 0.5, r),
                "gaussian_nll_loss(a, b, c, True, 0.5",
                3,
                ANY,
                ANY,
                PROBABILITIES))
        .flatMap(rows -> rows);
  }

  private static Stream<Formulas.Row> similarities() {
    return Stream.of(
            rows(
                xs -> Losses.cosineSimilarityLoss(xs[0], xs[1]),
                (r, xs) -> Losses.cosineSimilarityLoss(xs[0], xs[1], r),
                "cosine_similarity_loss(a, b",
                2,
                ANY,
                ANY),
            rows(
                null,
                (r, xs) -> Losses.cosineSimilarityLoss(xs[0], xs[1], 0, 100, r),
                "cosine_similarity_loss(a, b, 0, 100.0",
                2,
                ANY,
                ANY),
            rows(
                xs -> Losses.hingeLoss(xs[0], xs[1]),
                (r, xs) -> Losses.hingeLoss(xs[0], xs[1], r),
                "hinge_loss(a, b",
                2,
                ANY,
                SIGNS),
            rows(
                xs -> Losses.marginRankingLoss(xs[0], xs[1], xs[2]),
                (r, xs) -> Losses.marginRankingLoss(xs[0], xs[1], xs[2], r),
                "margin_ranking_loss(a, b, c",
                2,
                ANY,
                ANY,
                SIGNS),
            rows(
                null,
                (r, xs) -> Losses.marginRankingLoss(xs[0], xs[1], xs[2], 0.4, r),
                "margin_ranking_loss(a, b, c, 0.4",
                2,
                ANY,
                ANY,
                SIGNS),
            rows(
                xs -> Losses.tripletLoss(xs[0], xs[1], xs[2]),
                (r, xs) -> Losses.tripletLoss(xs[0], xs[1], xs[2], r),
                "triplet_loss(a, b, c",
                3,
                ANY,
                ANY,
                ANY),
            rows(
                null,
                (r, xs) -> Losses.tripletLoss(xs[0], xs[1], xs[2], 0, 3, 0.5, 1e-3, r),
                "triplet_loss(a, b, c, 0, 3, 0.5, 1e-3",
                3,
                ANY,
                ANY,
                ANY))
        .flatMap(rows -> rows);
  }

  /** Losses of rows may be computed row by row. */
  private static Stream<Formulas.Row> mapped() {
    return Stream.of(
        new Formulas.Row(
            xs -> Losses.crossEntropy(xs[0], xs[1]),
            "lambda a, b: nn.losses.cross_entropy(a, b, axis=-1)",
            1,
            true,
            ANY,
            INDICES),
        new Formulas.Row(
            xs -> Losses.nllLoss(xs[0], xs[1], -1, Reduction.NONE),
            "lambda a, b: nn.losses.nll_loss(a, b, axis=-1)",
            1,
            true,
            LOGARITHMS,
            INDICES),
        new Formulas.Row(
            xs -> Losses.tripletLoss(xs[0], xs[1], xs[2]),
            "lambda a, b, c: nn.losses.triplet_loss(a, b, c, axis=-1)",
            3,
            true,
            ANY,
            ANY,
            ANY),
        new Formulas.Row(
            xs -> Losses.huberLoss(xs[0], xs[1], 0.5, Reduction.NONE),
            "lambda a, b: nn.losses.huber_loss(a, b, 0.5)",
            2,
            true,
            ANY,
            ANY));
  }

  // ---- what does not fit -----------------------------------------------------------------------

  /** Arguments that fit all losses, with another array, or null, in one place. */
  private static Object[] arguments(Method m, int place, MlxArray there) {
    List<Object> arguments = new ArrayList<>();
    for (Class<?> type : m.getParameterTypes()) {
      if (arguments.size() == place) {
        arguments.add(there);
      } else if (type == MlxArray.class) {
        arguments.add(
            m.getName().equals("nllLoss") && arguments.size() == 1
                ? MlxArray.of(0, 1)
                : isWeights(m, arguments.size()) ? Ops.ones(2) : Ops.ones(2, 2));
      } else if (type == Reduction.class) {
        arguments.add(Reduction.MEAN);
      } else {
        arguments.add(type == int.class ? (Object) 1 : type == boolean.class ? true : 0.5);
      }
    }
    return arguments.toArray();
  }

  private static boolean isWeights(Method m, int place) {
    return m.getName().equals("crossEntropy") && place == 2;
  }

  private static boolean mayBeNull(Method m, int place) {
    return m.getName().endsWith("rossEntropy") && m.getParameterCount() > 3 && place == 2;
  }

  private static MlxArray call(Method m, Object... arguments) throws Throwable {
    try {
      return (MlxArray) m.invoke(null, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  @Test
  void nullAndClosedArraysAreNamedAndNothingIsLeft() throws Throwable {
    MlxArray closed = Ops.ones(2, 2);
    closed.close();
    LifetimeBalance.settled(); // what other tests left must not be collected meanwhile
    for (Method m : Formulas.functions(Losses.class)) {
      String name = "[" + m.getName() + "]";
      Object[] good = arguments(m, -1, null);
      int before = HandlesNative.live_arrays();
      call(m, good).close();
      assertEquals(before, HandlesNative.live_arrays(), m.toString());
      for (int i = 0; i < m.getParameterCount(); i++) {
        if (m.getParameterTypes()[i].isPrimitive()) {
          continue;
        }
        Object[] bad = good.clone();
        bad[i] = null;
        if (mayBeNull(m, i)) {
          call(m, bad).close();
        } else {
          assertThrowsSaying(NullPointerException.class, () -> call(m, bad), name, "is null");
        }
        if (m.getParameterTypes()[i] == MlxArray.class) {
          bad[i] = closed;
          assertThrowsSaying(IllegalStateException.class, () -> call(m, bad), name, "closed");
        }
        assertEquals(before, HandlesNative.live_arrays(), m.toString());
      }
    }
  }

  @Test
  void shapesAndOptionsThatDoNotFitAreRefused() {
    MlxArray a = Ops.ones(2, 3);
    MlxArray b = Ops.ones(3, 2);
    MlxArray indices = MlxArray.of(0, 1);
    Class<IllegalArgumentException> e = IllegalArgumentException.class;
    assertThrowsSaying(
        e,
        () -> Losses.crossEntropy(a, MlxArray.of(0, 1, 2)),
        "[crossEntropy] targets have shape [3], logits have shape [2, 3]",
        "axis -1");
    assertThrowsSaying(
        e, () -> Losses.crossEntropy(a, b), "[crossEntropy] targets have shape [3, 2]");
    assertThrowsSaying(
        e,
        () -> Losses.crossEntropy(a, indices, null, 2, 0, Reduction.MEAN),
        "[crossEntropy] axis 2 is out of range for logits of shape [2, 3]");
    assertThrowsSaying(
        e,
        () -> Losses.crossEntropy(a, indices, Ops.ones(3), -1, 0, Reduction.MEAN),
        "[crossEntropy] weights have shape [3], the losses have shape [2]");
    for (double smoothing : new double[] {-0.1, 1, Double.NaN}) {
      assertThrowsSaying(
          e,
          () -> Losses.crossEntropy(a, indices, null, -1, smoothing, Reduction.MEAN),
          "[crossEntropy] labelSmoothing must be in [0, 1), got " + smoothing);
    }
    assertThrowsSaying(
        IndexOutOfBoundsException.class,
        () -> Losses.crossEntropy(a, MlxArray.of(0, 3)),
        "[crossEntropy]",
        "3");
    assertThrowsSaying(
        IndexOutOfBoundsException.class,
        () -> Losses.nllLoss(a, MlxArray.of(0, 3)),
        "[nllLoss]",
        "3");
    assertThrowsSaying(e, () -> Losses.nllLoss(a, indices, 2, Reduction.SUM), "[nllLoss]");
    assertThrowsSaying(
        e,
        () -> Losses.binaryCrossEntropy(a, b),
        "[binaryCrossEntropy] inputs and targets must have one shape, got [2, 3] and [3, 2]");
    assertThrowsSaying(
        e,
        () -> Losses.binaryCrossEntropy(a, a, b, true, Reduction.SUM),
        "[binaryCrossEntropy] weights have shape [3, 2]");
    assertThrowsSaying(e, () -> Losses.l1Loss(a, b), "[l1Loss] predictions and targets");
    assertThrowsSaying(e, () -> Losses.mseLoss(a, b), "[mseLoss] predictions and targets");
    assertThrowsSaying(e, () -> Losses.smoothL1Loss(a, b), "[smoothL1Loss] predictions and");
    assertThrowsSaying(
        e, () -> Losses.gaussianNllLoss(a, b, a), "[gaussianNllLoss] inputs and targets");
    assertThrowsSaying(
        e, () -> Losses.gaussianNllLoss(a, a, b), "[gaussianNllLoss] inputs and vars");
    assertThrowsSaying(
        e, () -> Losses.marginRankingLoss(a, b, a), "[marginRankingLoss] inputs1 and inputs2");
    assertThrowsSaying(
        e, () -> Losses.marginRankingLoss(a, a, b), "[marginRankingLoss] inputs1 and targets");
    assertThrowsSaying(e, () -> Losses.huberLoss(a, b), "[huberLoss]", "cannot be broadcast");
    assertThrowsSaying(e, () -> Losses.hingeLoss(a, b), "[hingeLoss]", "cannot be broadcast");
    assertThrowsSaying(e, () -> Losses.logCoshLoss(a, b), "[logCoshLoss]", "cannot be broadcast");
    assertThrowsSaying(e, () -> Losses.klDivLoss(a, b), "[klDivLoss]", "cannot be broadcast");
    assertThrowsSaying(e, () -> Losses.klDivLoss(a, a, 2, Reduction.NONE), "[klDivLoss]", "axis 2");
    assertThrowsSaying(
        e,
        () -> Losses.cosineSimilarityLoss(a, a, 5, 1e-8, Reduction.NONE),
        "[cosineSimilarityLoss]",
        "axis 5");
    assertThrowsSaying(
        e,
        () -> Losses.tripletLoss(a, a, a, -1, 0, 1, 0, Reduction.NONE),
        "[tripletLoss] p must be positive, got 0");
    assertThrowsSaying(e, () -> Losses.tripletLoss(a, a, b), "[tripletLoss]", "broadcast");
  }

  @Test
  void theMeanOfNothingIsNaN() {
    MlxArray nothing = Ops.zeros(0);
    assertValues(Losses.mseLoss(nothing, nothing), Double.NaN);
    assertValues(Losses.mseLoss(nothing, nothing, Reduction.SUM), 0);
  }
}
