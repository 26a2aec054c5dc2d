package org.mlx4j.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mlx4j.ArrayAssertions.assertThrowsSaying;
import static org.mlx4j.ArrayAssertions.assertValues;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.mlx4j.DType;
import org.mlx4j.InScope;
import org.mlx4j.MlxArray;
import org.mlx4j.MlxRandom;
import org.mlx4j.Ops;
import org.mlx4j.optimizers.AdamW;
import org.mlx4j.optimizers.Optimizer;
import org.mlx4j.tree.NotTrained;
import org.mlx4j.tree.Trees;
import org.mlx4j.tree.WithAux;

/** What is marked as not trained has no gradient, and optimizers leave it as it is. */
@ExtendWith(InScope.class)
class NotTrainedTest {
  private final MlxArray two = MlxArray.scalar(2f);
  private final MlxArray three = MlxArray.scalar(3f);
  private final MlxArray five = MlxArray.scalar(5f);

  /** The marked arrays are neither first nor last, and one of them has no gradient at all. */
  record Model(
      MlxArray a,
      @NotTrained MlxArray fixed,
      MlxArray b,
      @NotTrained Map<String, List<MlxArray>> table,
      MlxArray c) {
    static MlxArray loss(Model m) {
      MlxArray index = m.table().get("t").get(0);
      return m.a().multiply(m.fixed()).add(m.b().multiply(index)).add(m.c().square());
    }
  }

  private Model model() {
    MlxArray index = MlxArray.scalar(7);
    return new Model(two, three, five, Map.of("t", List.of(index)), MlxArray.scalar(11f));
  }

  private static void assertGradient(Model gradient) {
    assertValues(gradient.a(), 3);
    assertNull(gradient.fixed());
    assertValues(gradient.b(), 7);
    assertNull(gradient.table().get("t").get(0));
    assertValues(gradient.c(), 22);
  }

  @Test
  void gradientsAreNullWhereNothingIsTrained() {
    Model model = model();
    try (var f = Nn.valueAndGrad((Model m) -> Model.loss(m))) {
      for (int i = 0; i < 2; i++) { // the second call runs the same native function
        var r = f.apply(model);
        assertValues(r.value(), 2 * 3 + 5 * 7 + 121);
        assertGradient(r.grad());
      }
    }
  }

  @Test
  void theOtherArgumentsStayInTheirPlaces() {
    Model model = model();
    try (var two =
        Nn.valueAndGrad((Model m, List<MlxArray> x) -> Model.loss(m).multiply(x.get(1)))) {
      var r = two.apply(model, List.of(five, MlxArray.scalar(1f)));
      assertValues(r.value(), 162);
      assertGradient(r.grad());
    }
    try (var three =
        Nn.valueAndGrad(
            (Model m, MlxArray x, Model n) ->
                Model.loss(m).add(x.multiply(Model.loss(n)).multiply(0)))) {
      assertGradient(three.apply(model, five, model).grad());
    }
  }

  @Test
  void auxiliaryResultsComeBackToo() {
    Model model = model();
    try (var one =
            Nn.valueAndGradWithAux((Model m) -> new WithAux<>(Model.loss(m), m.fixed().add(1f)));
        var two = Nn.valueAndGradWithAux((Model m, MlxArray x) -> new WithAux<>(Model.loss(m), x));
        var three =
            Nn.valueAndGradWithAux(
                (Model m, MlxArray x, MlxArray y) -> new WithAux<>(Model.loss(m), y))) {
      assertValues(one.apply(model).aux(), 4);
      assertGradient(one.apply(model).grad());
      assertValues(two.apply(model, five).aux(), 5);
      assertGradient(two.apply(model, five).grad());
      assertValues(three.apply(model, five, three()).aux(), 3);
      assertGradient(three.apply(model, five, three()).grad());
    }
  }

  private MlxArray three() {
    return three;
  }

  @Test
  void itWorksInsideOtherTransforms() {
    Model model = model();
    try (var f = Nn.valueAndGrad((Model m) -> Model.loss(m));
        var compiled = Trees.compile(f);
        var again =
            Trees.grad(
                (Model m) -> {
                  Model g = f.apply(m).grad();
                  return g.c().multiply(g.a());
                })) {
      assertGradient(compiled.apply(model).grad());
      Model floats = new Model(two, three, five, Map.of("t", List.of(MlxArray.scalar(7f))), two);
      Model second = again.apply(floats); // of 2 c * fixed
      assertValues(second.c(), 6);
      assertValues(second.fixed(), 4);
    }
  }

  @Test
  void arraysThatAreTrainedNeedAGradient() {
    Model integers = new Model(two, three, MlxArray.scalar(1), Map.of("t", List.of(two)), three);
    try (var f = Nn.valueAndGrad((Model m) -> Model.loss(m))) {
      assertThrowsSaying(
          IllegalArgumentException.class,
          () -> f.apply(integers),
          "[valueAndGrad] argument 0, b: an array of dtype int32 has no gradient");
    }
  }

  record Fixed(@NotTrained MlxArray w) {}

  @Test
  void somethingMustBeTrained() {
    try (var f = Nn.valueAndGrad((Fixed m) -> m.w().square());
        var grad = Trees.grad((Fixed m) -> m.w().square())) {
      assertThrowsSaying(
          IllegalArgumentException.class,
          () -> f.apply(new Fixed(two)),
          "[valueAndGrad] argument 0: all of its arrays are marked as not trained");
      assertThrowsSaying(
          IllegalArgumentException.class,
          () -> f.apply(new Fixed(null)),
          "[valueAndGrad] argument 0: it holds no arrays");
      assertValues(grad.apply(new Fixed(two)).w(), 4);
    }
  }

  @Test
  void weightDecayLeavesRunningStatisticsAlone() {
    BatchNorm norm = BatchNorm.of(3);
    MlxArray x = MlxRandom.normal(new int[] {8, 3}, MlxRandom.key(1));
    Optimizer optimizer = AdamW.of(0.1);
    try (var f = Nn.valueAndGrad((BatchNorm m) -> m.train(x).output().cos().sum())) {
      BatchNorm gradient = f.apply(norm).grad();
      assertNotNull(gradient.weight());
      assertNotNull(gradient.bias());
      assertNull(gradient.runningMean());
      assertNull(gradient.runningVar());
      BatchNorm next = optimizer.update(norm, gradient, optimizer.init(norm)).parameters();
      assertSame(norm.runningVar(), next.runningVar());
      // even a gradient does not change it
      BatchNorm all = Trees.map(norm, Ops::onesLike);
      next = optimizer.update(norm, all, optimizer.init(norm)).parameters();
      assertSame(norm.runningVar(), next.runningVar());
      assertTrue(next.weight().max().itemDouble() < 1);
    }
  }

  @Test
  void quantizedLayersAreNotTrained() {
    Sequential model =
        Nn.quantize(Sequential.of(Linear.of(64, 64), Activations::relu, LayerNorm.of(64)), 32, 8);
    MlxArray x = MlxRandom.normal(new int[] {4, 64}, MlxRandom.key(1));
    try (var f = Nn.valueAndGrad((Sequential m) -> m.apply(x).square().sum())) {
      Sequential gradient = f.apply(model).grad();
      QuantizedLinear quantized = (QuantizedLinear) gradient.layers().get(0);
      assertNull(quantized.weight());
      assertNull(quantized.scales());
      assertNull(quantized.biases());
      assertNull(quantized.bias());
      assertEquals(DType.FLOAT32, ((LayerNorm) gradient.layers().get(2)).weight().dtype());
    }
  }
}
