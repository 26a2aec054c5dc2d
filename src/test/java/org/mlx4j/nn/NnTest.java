package org.mlx4j.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mlx4j.ArrayAssertions.assertSame;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.mlx4j.DType;
import org.mlx4j.InScope;
import org.mlx4j.MlxArray;
import org.mlx4j.MlxRandom;
import org.mlx4j.Ops;
import org.mlx4j.Scope;
import org.mlx4j.optimizers.Adam;
import org.mlx4j.optimizers.Optimizer;
import org.mlx4j.optimizers.OptimizerState;
import org.mlx4j.tree.TreeValueAndGrad;
import org.mlx4j.tree.Trees;
import org.mlx4j.tree.WithAux;

/** Gradients of models, and models that are trained. */
@ExtendWith(InScope.class)
class NnTest {
  @Test
  void gradientsHaveTheTypesOfTheModels() {
    Linear model = Linear.of(3, 2);
    MlxArray x = MlxRandom.normal(4, 3);
    MlxArray y = MlxRandom.normal(4, 2);
    Linear expected = Trees.grad((Linear m) -> Losses.mseLoss(m.apply(x), y)).apply(model);
    MlxArray loss = Losses.mseLoss(model.apply(x), y);
    try (var one = Nn.valueAndGrad((Linear m) -> Losses.mseLoss(m.apply(x), y));
        var two = Nn.valueAndGrad((Linear m, MlxArray a) -> Losses.mseLoss(m.apply(a), y));
        var three =
            Nn.valueAndGrad((Linear m, MlxArray a, MlxArray b) -> Losses.mseLoss(m.apply(a), b))) {
      for (var r : new Object[] {one.apply(model), two.apply(model, x), three.apply(model, x, y)}) {
        var result = (TreeValueAndGrad<?>) r;
        assertSame(loss, result.value());
        assertSame(expected.weight(), ((Linear) result.grad()).weight());
        assertSame(expected.bias(), ((Linear) result.grad()).bias());
      }
    }
    try (var one =
            Nn.valueAndGradWithAux(
                (Linear m) -> new WithAux<>(Losses.mseLoss(m.apply(x), y), m.apply(x)));
        var two =
            Nn.valueAndGradWithAux(
                (Linear m, MlxArray a) ->
                    new WithAux<>(Losses.mseLoss(m.apply(a), y), m.apply(a)));
        var three =
            Nn.valueAndGradWithAux(
                (Linear m, MlxArray a, MlxArray b) ->
                    new WithAux<>(Losses.mseLoss(m.apply(a), b), m.apply(a)))) {
      assertSame(model.apply(x), one.apply(model).aux());
      assertSame(expected.weight(), two.apply(model, x).grad().weight());
      assertSame(loss, three.apply(model, x, y).value());
    }
  }

  // ---- a convolutional network -----------------------------------------------------------------

  record Net(Conv2d conv, BatchNorm norm, MaxPool2d pool, Dropout dropout, Linear head) {
    static Net of() {
      return new Net(
          Conv2d.of(1, 6, 3), BatchNorm.of(6), MaxPool2d.of(2), Dropout.of(0.1), Linear.of(54, 2));
    }

    Trained<Net> train(MlxArray x, MlxArray key) {
      Trained<BatchNorm> normed = norm.train(conv.apply(x));
      MlxArray logits = head.apply(dropout.apply(features(normed.output()), key));
      return new Trained<>(logits, new Net(conv, normed.layer(), pool, dropout, head));
    }

    MlxArray apply(MlxArray x) {
      return head.apply(features(norm.apply(conv.apply(x))));
    }

    private MlxArray features(MlxArray x) {
      return pool.apply(Activations.relu(x)).flatten(1);
    }
  }

  record State(Net net, OptimizerState<Net> optimizer, MlxArray key) {
    static State start(Optimizer optimizer) {
      Net net = Net.of();
      return new State(net, optimizer.init(net), MlxRandom.key(2));
    }
  }

  static WithAux<State> step(Optimizer optimizer, State s, MlxArray x, MlxArray labels) {
    MlxArray[] keys = MlxRandom.split(s.key());
    var r =
        Nn.valueAndGradWithAux(
                (Net n) -> {
                  Trained<Net> trained = n.train(x, keys[0]);
                  MlxArray loss = Losses.crossEntropy(trained.output(), labels, Reduction.MEAN);
                  return new WithAux<>(loss, trained.layer().norm());
                })
            .apply(s.net());
    var updated = optimizer.update(s.net(), r.grad(), s.optimizer());
    Net n = updated.parameters();
    BatchNorm norm = n.norm();
    BatchNorm next =
        new BatchNorm(
            norm.weight(),
            norm.bias(),
            r.aux().runningMean(),
            r.aux().runningVar(),
            norm.eps(),
            norm.momentum());
    Net moved = new Net(n.conv(), next, n.pool(), n.dropout(), n.head());
    return new WithAux<>(r.value(), new State(moved, updated.state(), keys[1]));
  }

  /** Images of horizontal and of vertical stripes. */
  @Test
  void aCompiledStepTrainsANetwork() {
    MlxRandom.seed(1);
    MlxArray labels = Ops.arange(64).remainder(2L).astype(DType.INT32);
    MlxArray waves = Ops.arange(8).multiply(2.0).sin();
    MlxArray rows = waves.reshape(1, 8, 1, 1).broadcastTo(64, 8, 8, 1);
    MlxArray columns = waves.reshape(1, 1, 8, 1).broadcastTo(64, 8, 8, 1);
    MlxArray x =
        labels
            .reshape(64, 1, 1, 1)
            .equal(1L)
            .where(rows, columns)
            .add(MlxRandom.normal(64, 8, 8, 1).multiply(0.5));
    Optimizer adam = Adam.of(0.01);
    State state = State.start(adam);
    double first = Losses.crossEntropy(state.net().apply(x), labels, Reduction.MEAN).itemDouble();
    try (var compiled = Trees.compile((State s, MlxArray a, MlxArray b) -> step(adam, s, a, b))) {
      for (int i = 0; i < 40; i++) {
        try (Scope scope = Scope.open()) {
          var result = compiled.apply(state, x, labels);
          Trees.eval(result);
          state = scope.keep(result.aux());
        }
      }
    }
    MlxArray logits = state.net().apply(x);
    double last = Losses.crossEntropy(logits, labels, Reduction.MEAN).itemDouble();
    assertTrue(last < first / 3, () -> first + " became " + last);
    assertEquals(1, logits.argmax(-1).equal(labels).mean().itemDouble(), 0.05);
  }
}
