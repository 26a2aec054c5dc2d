package org.mlx4j.optimizers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.mlx4j.ArrayAssertions.assertThrowsSaying;
import static org.mlx4j.ArrayAssertions.assertValues;
import static org.mlx4j.ArrayAssertions.assertWithin;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mlx4j.DType;
import org.mlx4j.InScope;
import org.mlx4j.LifetimeBalance;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.Scope;
import org.mlx4j.internal.HandlesNative;
import org.mlx4j.tree.Trees;

/** Optimizers work on trees of every kind, with holes in them, and say what does not fit. */
@ExtendWith(InScope.class)
class OptimizerTreesTest {
  record Linear(MlxArray weight, MlxArray bias) {}

  record Model(
      List<Linear> layers, Map<String, MlxArray> others, Optional<MlxArray> maybe, int n) {}

  record Training<P>(P parameters, OptimizerState<P> state) {}

  private static MlxArray numbers(int seed, int... shape) {
    return Ops.arange((double) Arrays.stream(shape).reduce(1, (a, b) -> a * b))
        .add(seed)
        .sin()
        .reshape(shape);
  }

  private static Linear linear(int seed) {
    return new Linear(numbers(seed, 3, 2), numbers(seed + 1, 3));
  }

  private static Model model(int seed) {
    return new Model(
        List.of(linear(seed), linear(seed + 2)),
        Map.of("scale", numbers(seed + 4, 2)),
        Optional.of(numbers(seed + 5, 2, 2)),
        7);
  }

  static Stream<Optimizer> optimizers() {
    return Stream.of(
        SGD.of(0.1),
        SGD.of(0.1, 0.9),
        RMSprop.of(0.01),
        Adagrad.of(0.1),
        AdaDelta.of(1),
        Adam.of(Schedules.cosineDecay(0.1, 8), 0.9, 0.999, 1e-8, true),
        AdamW.of(Schedules.linearSchedule(0, 0.1, 5)),
        Adamax.of(0.01),
        Lion.of(0.01),
        Adafactor.of().withBeta1(0.9),
        Muon.of(0.02),
        MultiOptimizer.of(
            List.of(Muon.of(0.02), SGD.of(0.1), Adam.of(0.01)),
            List.of((path, x) -> x.ndim() >= 2, (path, x) -> path.contains("bias"))));
  }

  private static <P> void assertSameTrees(P expected, P actual) {
    List<MlxArray> theirs = Trees.flatten(expected);
    List<MlxArray> ours = Trees.flatten(actual);
    assertEquals(theirs.size(), ours.size());
    for (int i = 0; i < ours.size(); i++) {
      assertWithin(0, theirs.get(i), ours.get(i), "array " + i);
    }
  }

  // ---- trees -----------------------------------------------------------------------------------

  @ParameterizedTest
  @MethodSource("optimizers")
  void aTreeIsUpdatedAsItsArrays(Optimizer optimizer) {
    Model model = model(1);
    Updated<Model> whole = optimizer.update(model, model(20), optimizer.init(model));
    if (optimizer instanceof PerArrayOptimizer) {
      List<MlxArray> each = new ArrayList<>();
      List<MlxArray> gradients = Trees.flatten(model(20));
      for (MlxArray x : Trees.flatten(model)) {
        MlxArray gradient = gradients.get(each.size());
        each.add(optimizer.update(x, gradient, optimizer.init(x)).parameters());
      }
      assertSameTrees(each, Trees.flatten(whole.parameters()));
    }
    assertEquals(7, whole.parameters().n());
    MlxArray[] array = Trees.flatten(model).toArray(MlxArray[]::new);
    MlxArray[] gradient = Trees.flatten(model(20)).toArray(MlxArray[]::new);
    if (optimizer instanceof PerArrayOptimizer) {
      assertSameTrees(
          Trees.flatten(whole.parameters()).toArray(),
          optimizer.update(array, gradient, optimizer.init(array)).parameters());
    }
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void aSingleStepNeedsALearningRateUnlessAdafactorComputesOne(Optimizer optimizer) {
    MlxArray x = MlxArray.of(1f, 2f);
    if (optimizer instanceof Adafactor adafactor && adafactor.relativeStep()) {
      adafactor.applySingle(x, x, step(adafactor.init(x), 1), null).parameters().eval();
    } else if (optimizer instanceof PerArrayOptimizer single) {
      assertThrowsSaying(
          NullPointerException.class,
          () -> single.applySingle(x, x, step(single.init(x), 1), null),
          "[applySingle] rate is null");
    }
  }

  private static OptimizerState<MlxArray> step(OptimizerState<MlxArray> state, long step) {
    return new OptimizerState<>(MlxArray.scalar(step), state.slots());
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void whereAGradientIsNullAllStays(Optimizer optimizer) {
    Model model = model(1);
    OptimizerState<Model> state = optimizer.init(model);
    Model some = model(20);
    Model gradients =
        new Model(
            Arrays.asList(null, new Linear(some.layers().get(1).weight(), null)),
            null,
            Optional.empty(),
            0);
    Updated<Model> updated = optimizer.update(model, gradients, state);
    Model whole = optimizer.update(model, some, state).parameters();
    assertSame(model.layers().get(0).weight(), updated.parameters().layers().get(0).weight());
    assertSame(model.layers().get(1).bias(), updated.parameters().layers().get(1).bias());
    assertSame(model.others().get("scale"), updated.parameters().others().get("scale"));
    assertSame(model.maybe().get(), updated.parameters().maybe().get());
    assertWithin(
        0,
        whole.layers().get(1).weight(),
        updated.parameters().layers().get(1).weight(),
        "the one with a gradient");
    assertValues(updated.state().step(), 1);
    for (int k = 0; k < state.slots().size(); k++) {
      List<MlxArray> before = Trees.flatten(state.slots().get(k).layers().get(0));
      List<MlxArray> after = Trees.flatten(updated.state().slots().get(k).layers().get(0));
      for (int i = 0; i < before.size(); i++) {
        assertSame(before.get(i), after.get(i));
      }
    }
    Updated<Model> nothing = optimizer.update(model, null, state);
    assertSameTrees(model, nothing.parameters());
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void parametersMayHaveHoles(Optimizer optimizer) {
    Linear part = new Linear(numbers(1, 3, 2), null);
    OptimizerState<Linear> state = optimizer.init(part);
    Updated<Linear> updated = optimizer.update(part, new Linear(numbers(9, 3, 2), null), state);
    assertNull(updated.parameters().bias());
    Linear whole = linear(1);
    assertWithin(
        0,
        optimizer
            .update(whole, new Linear(numbers(9, 3, 2), null), optimizer.init(whole))
            .parameters()
            .weight(),
        updated.parameters().weight(),
        "weight");
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void aCompiledStepIsRecordedOnce(Optimizer optimizer) {
    int[] runs = new int[1];
    try (var step =
        Trees.compile(
            (Training<Model> t, Model gradients) -> {
              runs[0]++;
              var updated = optimizer.update(t.parameters(), gradients, t.state());
              return new Training<>(updated.parameters(), updated.state());
            })) {
      Training<Model> compiled = new Training<>(model(1), optimizer.init(model(1)));
      Updated<Model> plain = new Updated<>(compiled.parameters(), compiled.state());
      for (int i = 0; i < 5; i++) {
        compiled = step.apply(compiled, model(i));
        plain = optimizer.update(plain.parameters(), model(i), plain.state());
      }
      assertEquals(1, runs[0]);
      assertValues(compiled.state().step(), 5);
      assertSameWithin(plain.parameters(), compiled.parameters());
    }
  }

  private static void assertSameWithin(Model expected, Model actual) {
    List<MlxArray> ours = Trees.flatten(actual);
    int i = 0;
    for (MlxArray x : Trees.flatten(expected)) {
      assertWithin(1e-5, x, ours.get(i), "array " + i++);
    }
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void manyModelsAreTrainedAtOnce(Optimizer optimizer) {
    List<Training<Linear>> each = new ArrayList<>();
    List<Linear> gradients = List.of(linear(20), linear(30));
    for (int i = 0; i < 2; i++) {
      each.add(new Training<>(linear(i), optimizer.init(linear(i))));
    }
    Training<Linear> together = stacked(each.get(0), each.get(1));
    try (var mapped =
        Trees.vmap(
            (Training<Linear> t, Linear g) -> optimizer.update(t.parameters(), g, t.state()))) {
      Updated<Linear> updated = mapped.apply(together, stacked(gradients.get(0), gradients.get(1)));
      for (int i = 0; i < 2; i++) {
        Linear alone =
            optimizer
                .update(each.get(i).parameters(), gradients.get(i), each.get(i).state())
                .parameters();
        assertWithin(1e-5, alone.weight(), updated.parameters().weight().get(i), "weight " + i);
        assertWithin(1e-5, alone.bias(), updated.parameters().bias().get(i), "bias " + i);
      }
      assertValues(updated.state().step(), 1, 1);
    }
  }

  private static <T> T stacked(T a, T b) {
    return Trees.map(a, b, (x, y) -> Ops.stack(x, y));
  }

  // ---- a break ---------------------------------------------------------------------------------

  @ParameterizedTest
  @MethodSource("optimizers")
  void aTrainingGoesOnAfterABreak(Optimizer optimizer, @TempDir Path folder) {
    Training<Model> start = new Training<>(model(1), optimizer.init(model(1)));
    Training<Model> whole = trained(optimizer, start, 0, 10);

    Path file = folder.resolve("training.safetensors");
    Trees.save(file, trained(optimizer, start, 0, 4));
    Training<Model> like = new Training<>(model(0), optimizer.init(model(0)));
    Training<Model> resumed = trained(optimizer, Trees.load(file, like), 4, 10);

    assertSameTrees(whole, resumed);
  }

  private static Training<Model> trained(
      Optimizer optimizer, Training<Model> training, int from, int to) {
    try (var step =
        Trees.compile(
            (Training<Model> t, Model gradients) -> {
              var updated = optimizer.update(t.parameters(), gradients, t.state());
              return new Training<>(updated.parameters(), updated.state());
            })) {
      for (int i = from; i < to; i++) {
        training = step.apply(training, model(i));
      }
      return training;
    }
  }

  // ---- learning rates --------------------------------------------------------------------------

  record Rated(MlxArray w, MlxArray rate) {}

  @Test
  void aRateMayBeAnArgumentOfACompiledStep() {
    int[] runs = new int[1];
    try (var step =
        Trees.compile(
            (Rated r) -> {
              runs[0]++;
              Optimizer sgd = SGD.of(s -> r.rate());
              return sgd.update(r.w(), Ops.onesLike(r.w()), sgd.init(r.w())).parameters();
            })) {
      MlxArray w = MlxArray.of(1f, 2f);
      assertValues(step.apply(new Rated(w, MlxArray.scalar(1f))), 0, 1);
      assertValues(step.apply(new Rated(w, MlxArray.scalar(0.5f))), 0.5, 1.5);
      assertEquals(1, runs[0]);
    }
  }

  @Test
  void aScheduleIsAskedOnceForAllArrays() {
    int[] asked = new int[1];
    Optimizer sgd = SGD.of(step -> MlxArray.scalar((float) ++asked[0]));
    sgd.update(model(1), model(2), sgd.init(model(1)));
    assertEquals(1, asked[0]);
  }

  // ---- an optimizer of a user's own ------------------------------------------------------------

  record SignDescent(Schedule learningRate, int slots) implements PerArrayOptimizer {
    @Override
    public int slotCount() {
      return slots;
    }

    @Override
    public List<MlxArray> initSingle(MlxArray parameter) {
      return List.of(parameter);
    }

    @Override
    public Updated<MlxArray> applySingle(
        MlxArray gradient, MlxArray parameter, OptimizerState<MlxArray> state, MlxArray rate) {
      return new Updated<>(
          parameter.subtract(gradient.sign()),
          new OptimizerState<>(state.step(), List.of(state.step())));
    }
  }

  @Test
  void anOptimizerOfOnesOwnTreatsEachArray() {
    Optimizer own = new SignDescent(null, 1);
    Linear w = linear(1);
    OptimizerState<Linear> state = own.init(w);
    assertSame(w.weight(), state.slots().get(0).weight());
    Updated<Linear> updated = own.update(w, linear(30), state);
    assertWithin(
        0, w.bias().subtract(linear(30).bias().sign()), updated.parameters().bias(), "bias");
    assertValues(updated.state().slots().get(0).bias(), 1); // steps are counted from 1
  }

  @Test
  void aWrongNumberOfSlotsIsNamed() {
    Optimizer own = new SignDescent(null, 2);
    assertThrowsSaying(
        IllegalStateException.class,
        () -> own.init(linear(1)),
        "[SignDescent.initSingle] returned 1 slots, where slotCount is 2");
    OptimizerState<Linear> two = Adam.of(1).init(linear(1));
    assertThrowsSaying(
        IllegalStateException.class,
        () -> own.update(linear(1), linear(2), two),
        "[SignDescent.applySingle] returned 1 slots, where slotCount is 2");
  }

  @Test
  void whatAScheduleThrowsComesOutAsItIs() {
    IllegalArgumentException mine = new IllegalArgumentException("mine");
    Optimizer sgd =
        SGD.of(
            step -> {
              throw mine;
            });
    try {
      sgd.update(MlxArray.of(1f), MlxArray.of(1f), sgd.init(MlxArray.of(1f)));
    } catch (IllegalArgumentException e) {
      assertSame(mine, e);
      return;
    }
    throw new AssertionError("nothing was thrown");
  }

  // ---- what does not fit -----------------------------------------------------------------------

  private static final Optimizer ADAM = Adam.of(0.1);

  private static void assertRefused(
      Class<? extends Throwable> type,
      Linear parameters,
      Object gradients,
      OptimizerState<Linear> state,
      String... parts) {
    assertThrowsSaying(type, () -> update(parameters, gradients, state), parts);
  }

  @SuppressWarnings("unchecked") // some of them are none
  private static <P> void update(P parameters, Object gradients, OptimizerState<P> state) {
    ADAM.update(parameters, (P) gradients, state);
  }

  @Test
  void whatDoesNotFitIsRefused() {
    Linear w = linear(1);
    OptimizerState<Linear> state = ADAM.init(w);
    Class<IllegalArgumentException> e = IllegalArgumentException.class;
    assertRefused(
        e,
        w,
        new Linear(numbers(1, 2, 3), null),
        state,
        "[Adam.update] parameters, weight: the gradient has shape [2, 3], the parameter has shape"
            + " [3, 2]");
    assertRefused(e, w, List.of(), state, "[Adam.update] gradients: found a list of 0", "a record");
    assertRefused(
        e, new Linear(w.weight(), null), linear(2), state, "[Adam.update]", "bias", "an array");
    assertRefused(
        e,
        w,
        w,
        SGD.of(0.1).init(w),
        "[Adam.update] the state has 0 slots, but with its options this optimizer has 2");
    assertRefused(
        e,
        w,
        w,
        ADAM.init(new Linear(w.weight(), null)),
        "[Adam.update] parameters, bias: it has a gradient, but the state has no slot 0 for it");
    assertRefused(
        e,
        w,
        w,
        new OptimizerState<>(state.step(), List.of(new Linear(numbers(1, 4, 4), null), w)),
        "[Adam.update] parameters, weight",
        "cannot be broadcast");
    assertRefused(NullPointerException.class, w, w, null, "[Adam.update] state is null");
    assertRefused(
        NullPointerException.class,
        w,
        w,
        new OptimizerState<>(null, state.slots()),
        "[Adam.update] the step of the state is null");
    assertThrowsSaying(
        NullPointerException.class,
        () -> new OptimizerState<>(state.step(), null),
        "[OptimizerState] slots is null");
    Optimizer noRate = SGD.of(step -> null);
    assertThrowsSaying(
        NullPointerException.class,
        () -> noRate.update(w, w, noRate.init(w)),
        "[SGD.update] what the schedule returned is null");
  }

  @Test
  void closedArraysAreNamed() {
    Linear w = linear(1);
    OptimizerState<Linear> state = ADAM.init(w);
    MlxArray closed = numbers(1, 3);
    closed.close();
    Class<IllegalStateException> e = IllegalStateException.class;
    Linear broken = new Linear(w.weight(), closed);
    assertRefused(e, broken, w, state, "[Adam.update] parameters, bias", "closed");
    assertRefused(e, w, broken, state, "[Adam.update] parameters, bias", "closed");
    assertRefused(
        e,
        w,
        w,
        new OptimizerState<>(state.step(), List.of(broken, broken)),
        "[Adam.update] parameters, bias",
        "closed");
    assertRefused(e, w, w, new OptimizerState<>(closed, state.slots()), "[Adam.update]", "closed");
    assertThrowsSaying(e, () -> ADAM.init(broken), "[Adam.init] parameters, bias", "closed");
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void nothingIsLeftBehind(Optimizer optimizer) {
    Model model = model(1);
    Model gradients = model(2);
    OptimizerState<Model> state = optimizer.init(model);
    MlxArray closed = MlxArray.of(1f);
    closed.close();
    Model broken = new Model(model.layers(), Map.of("scale", closed), Optional.empty(), 7);
    LifetimeBalance.settled(); // what other tests left must not be collected meanwhile
    int before = HandlesNative.live_arrays();
    try (Scope scope = Scope.open()) {
      Updated<Model> updated = optimizer.update(model, gradients, state);
      int slots = Trees.flatten(updated.state()).size();
      assertEquals(
          before + Trees.flatten(model).size() + slots,
          HandlesNative.live_arrays(),
          "new are the parameters and the state");
    }
    assertThrowsSaying(
        IllegalStateException.class, () -> optimizer.update(model, broken, state), "closed");
    assertEquals(before, HandlesNative.live_arrays());
  }

  @Test
  void impossibleOptionsAreRefused() {
    Class<IllegalArgumentException> e = IllegalArgumentException.class;
    assertThrowsSaying(e, () -> SGD.of(Double.NaN), "[SGD] learningRate must be finite, got NaN");
    assertThrowsSaying(e, () -> SGD.of(1, -1), "[SGD] momentum must be at least 0, got -1.0");
    assertThrowsSaying(e, () -> SGD.of(1, 0, -1), "[SGD] weightDecay");
    assertThrowsSaying(e, () -> SGD.of(1, 0.9, 0, Double.POSITIVE_INFINITY), "[SGD] dampening");
    assertThrowsSaying(e, () -> SGD.of(1, 0, 0, 0, true), "[SGD] nesterov needs", "0.0 and 0.0");
    assertThrowsSaying(e, () -> SGD.of(1, 0.9, 0, 0.1, true), "[SGD] nesterov", "0.9 and 0.1");
    assertThrowsSaying(e, () -> RMSprop.of(1, -0.1), "[RMSprop] alpha must be at least 0");
    assertThrowsSaying(e, () -> RMSprop.of(1, 0.9, 0), "[RMSprop] eps must be positive, got 0.0");
    assertThrowsSaying(e, () -> Adagrad.of(1, 0), "[Adagrad] eps must be positive");
    assertThrowsSaying(e, () -> AdaDelta.of(1, -1), "[AdaDelta] rho must be at least 0");
    assertThrowsSaying(e, () -> AdaDelta.of(1, 0.9, 0), "[AdaDelta] eps must be positive");
    assertThrowsSaying(e, () -> Adam.of(1, 1, 0.9), "[Adam] beta1 must be in [0, 1), got 1.0");
    assertThrowsSaying(e, () -> Adam.of(1, 0.9, -0.1), "[Adam] beta2 must be in [0, 1)");
    assertThrowsSaying(e, () -> Adam.of(1, 0.9, 0.9, -1), "[Adam] eps must be at least 0");
    assertThrowsSaying(e, () -> AdamW.of(1, 0.9, Double.NaN), "[AdamW] beta2", "got NaN");
    assertThrowsSaying(e, () -> AdamW.of(1, 0.9, 0.9, 1e-8, -1), "[AdamW] weightDecay");
    assertThrowsSaying(e, () -> Adamax.of(1, 1.5, 0.9), "[Adamax] beta1");
    assertThrowsSaying(e, () -> Adamax.of(1, 0.5, 0.9, -1), "[Adamax] eps");
    assertThrowsSaying(e, () -> Lion.of(1, -1, 0.9), "[Lion] beta1");
    assertThrowsSaying(e, () -> Lion.of(1, 0.9, 0.9, -1), "[Lion] weightDecay");
    assertThrowsSaying(e, () -> Muon.of(1, -1), "[Muon] momentum");
    assertThrowsSaying(e, () -> Muon.of(1, 0.9, -1), "[Muon] weightDecay");
    assertThrowsSaying(e, () -> Muon.of(1, 0.9, 0, true, -1), "[Muon] nsSteps", "got -1");
    assertThrowsSaying(e, () -> Adafactor.of().withEps(-1, 0), "[Adafactor] eps1");
    assertThrowsSaying(e, () -> Adafactor.of().withEps(0, -1), "[Adafactor] eps2");
    assertThrowsSaying(e, () -> Adafactor.of().withClipThreshold(0), "[Adafactor] clipThreshold");
    assertThrowsSaying(e, () -> Adafactor.of().withDecayRate(1), "[Adafactor] decayRate");
    assertThrowsSaying(e, () -> Adafactor.of().withBeta1(1.0), "[Adafactor] beta1");
    assertThrowsSaying(e, () -> Adafactor.of().withWeightDecay(-1), "[Adafactor] weightDecay");
    assertThrowsSaying(
        e,
        () -> Adafactor.of().withRelativeStep(false),
        "[Adafactor] without relativeStep there must be a learningRate");
    Class<NullPointerException> npe = NullPointerException.class;
    assertThrowsSaying(npe, () -> Adam.of((Schedule) null), "[Adam] learningRate is null");
  }

  @Test
  void aStateSaysHowManySteps() {
    OptimizerState<MlxArray> state = ADAM.init(MlxArray.of(1f));
    assertEquals(DType.UINT64, state.step().dtype());
    assertValues(state.step(), 0);
    assertEquals(2, state.slots().size());
    assertThrowsSaying(UnsupportedOperationException.class, () -> state.slots().add(null));
  }
}
