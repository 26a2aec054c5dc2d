package org.mlx4j.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.mlx4j.ArrayAssertions.assertThrowsSaying;
import static org.mlx4j.ArrayAssertions.assertWithin;

import java.util.ArrayList;
import java.util.List;
import org.mlx4j.DType;
import org.mlx4j.Device;
import org.mlx4j.Distributed;
import org.mlx4j.MlxArray;
import org.mlx4j.MlxRandom;
import org.mlx4j.MlxStream;
import org.mlx4j.Ops;
import org.mlx4j.tree.Trees;

/** What each process of a group does with sharded layers: the parts are those of the whole. */
public final class ShardedLayers {
  private static final double ROUNDING = 2e-5;

  private final Distributed.Group group;

  private ShardedLayers(Distributed.Group group) {
    this.group = group;
  }

  /** Runs all checks, in the same order in every process. */
  public static void check(Distributed.Group group) {
    ShardedLayers layers = new ShardedLayers(group);
    layers.linear();
    layers.segments();
    layers.quantized();
    layers.drawn();
    layers.averages();
    layers.fullySharded();
    layers.nested();
    layers.whatDoesNotFit();
  }

  private MlxArray part(MlxArray x, int axis) {
    return x.split(group.size(), axis)[group.rank()];
  }

  private record Two(Layer first, Layer second) implements Layer {
    @Override
    public MlxArray apply(MlxArray x) {
      return second.apply(Activations.silu(first.apply(x)));
    }
  }

  private record Free(Two model, MlxArray x) {}

  private static Free gradients(Two model, MlxArray x) {
    return Trees.grad((Free f) -> f.model().apply(f.x()).square().sum()).apply(new Free(model, x));
  }

  private void linear() {
    MlxRandom.seed(3);
    Linear first = Linear.of(8, 12);
    Linear second = Linear.of(12, 4);
    MlxArray x = MlxRandom.normal(3, 8);
    Two whole = new Two(first, second);
    Two parts =
        new Two(
            Nn.shardLinear(first, Sharding.ALL_TO_SHARDED),
            Nn.shardLinear(second, Sharding.SHARDED_TO_ALL, 1, group));
    assertWithin(
        ROUNDING, part(first.apply(x), -1), parts.first().apply(x), "the outputs of this process");
    assertWithin(ROUNDING, whole.apply(x), parts.apply(x), "the output of both layers");
    Free expected = gradients(whole, x);
    Free actual = gradients(parts, x);
    assertWithin(ROUNDING, expected.x(), actual.x(), "the gradient for the input");
    Linear wholeFirst = (Linear) expected.model().first();
    Linear wholeSecond = (Linear) expected.model().second();
    var partFirst = assertInstanceOf(AllToShardedLinear.class, actual.model().first());
    var partSecond = assertInstanceOf(ShardedToAllLinear.class, actual.model().second());
    assertWithin(ROUNDING, part(wholeFirst.weight(), 0), partFirst.weight(), "first weight");
    assertWithin(ROUNDING, part(wholeFirst.bias(), 0), partFirst.bias(), "first bias");
    assertWithin(ROUNDING, part(wholeSecond.weight(), 1), partSecond.weight(), "second weight");
    assertWithin(ROUNDING, wholeSecond.bias(), partSecond.bias(), "second bias");
  }

  private void segments() {
    MlxRandom.seed(4);
    Linear fused = Linear.of(4, 24);
    MlxArray x = MlxRandom.normal(2, 4);
    MlxArray[] three = fused.apply(x).split(3, -1);
    MlxArray expected =
        Ops.concatenate(
            new MlxArray[] {part(three[0], -1), part(three[1], -1), part(three[2], -1)}, -1);
    Layer equal = Nn.shardLinear(fused, Sharding.ALL_TO_SHARDED, 3, group);
    assertWithin(ROUNDING, expected, equal.apply(x), "3 equal segments");
    MlxArray[] two = fused.apply(x).split(new int[] {16}, -1);
    expected = Ops.concatenate(new MlxArray[] {part(two[0], -1), part(two[1], -1)}, -1);
    Layer uneven =
        Nn.shardLinear(fused, Sharding.ALL_TO_SHARDED, new double[] {2.0 / 3 + 1e-9}, group);
    assertWithin(ROUNDING, expected, uneven.apply(x), "segments of 2 thirds and 1 third");
  }

  private void quantized() {
    MlxRandom.seed(5);
    QuantizedLinear whole = QuantizedLinear.of(128, 16);
    MlxArray x = MlxRandom.normal(3, 128);
    Layer outputs = Nn.shardLinear(whole, Sharding.ALL_TO_SHARDED);
    assertInstanceOf(QuantizedAllToShardedLinear.class, outputs);
    assertWithin(ROUNDING, part(whole.apply(x), -1), outputs.apply(x), "quantized outputs");
    Layer inputs = Nn.shardLinear(whole, Sharding.SHARDED_TO_ALL);
    assertInstanceOf(QuantizedShardedToAllLinear.class, inputs);
    assertWithin(ROUNDING, whole.apply(x), inputs.apply(part(x, -1)), "quantized inputs");
    MlxArray expected = Trees.grad((MlxArray a) -> whole.apply(a).sum()).apply(x);
    MlxArray actual = Trees.grad((MlxArray a) -> outputs.apply(a).sum()).apply(x);
    assertWithin(ROUNDING, expected, actual, "the gradient for the input of a quantized layer");
  }

  private void drawn() {
    int size = group.size();
    assertEquals(8 / size, AllToShardedLinear.of(6, 8).weight().dim(0));
    assertEquals(8 / size, ShardedToAllLinear.of(8, 6).weight().dim(1));
    assertEquals(8 / size, QuantizedAllToShardedLinear.of(64, 8).bias().dim(0));
    assertEquals(8, QuantizedShardedToAllLinear.of(64 * size, 8).bias().dim(0));
  }

  private void averages() {
    double rank = group.rank();
    double mean = (group.size() - 1) / 2.0;
    Linear gradients = new Linear(Ops.full(new int[] {2, 3}, rank), null);
    for (int size : new int[] {1 << 25, 30, 4, 0, -1}) {
      var two = List.of(gradients, new Linear(Ops.full(new int[] {4}, 2 * rank), Ops.ones(1)));
      List<Linear> means = Nn.averageGradients(two, group, size);
      assertWithin(0, Ops.full(new int[] {2, 3}, mean), means.get(0).weight(), "the first mean");
      assertNull(means.get(0).bias());
      assertWithin(0, Ops.full(new int[] {4}, 2 * mean), means.get(1).weight(), "the second mean");
      assertWithin(0, Ops.ones(1), means.get(1).bias(), "the third mean");
    }
    List<MlxArray> mixed =
        List.of(Ops.full(new int[] {2}, rank), Ops.full(new int[] {2}, rank, DType.FLOAT16));
    List<MlxArray> means = Nn.averageGradients(mixed);
    assertWithin(0, Ops.full(new int[] {2}, mean), means.get(0), "the mean in float32");
    assertWithin(
        0, Ops.full(new int[] {2}, mean, DType.FLOAT16), means.get(1), "the mean in float16");
    MlxStream stream = MlxStream.newStream(Device.cpu());
    assertWithin(
        0,
        Ops.full(new int[] {2}, mean),
        Nn.averageGradients(mixed.get(0), group, 1, stream),
        "the mean on another stream");
    assertEquals(List.of(), Nn.averageGradients(List.of(), group));
  }

  private static MlxArray loss(Layer model, MlxArray x) {
    return model.apply(x).square().mean();
  }

  private void fullySharded() {
    MlxRandom.seed(6);
    Linear whole = Linear.of(4, 8);
    MlxArray x = MlxRandom.normal(3, 4).add((double) group.rank()); // each process has its own data
    Layer sharded = Nn.fullyShard(whole);
    var module = assertInstanceOf(FullyShardedModule.class, sharded);
    assertSame(sharded, Nn.fullyShard(sharded));
    Layer relu = Activations::relu;
    assertSame(relu, Nn.fullyShard(relu));
    assertEquals(8 / group.size(), ((Linear) module.module()).weight().dim(0));
    assertWithin(ROUNDING, whole.apply(x), sharded.apply(x), "the output of a sharded model");
    Linear expected = Nn.averageGradients(Trees.grad((Linear m) -> loss(m, x)).apply(whole), group);
    FullyShardedModule<Linear> actual =
        Trees.grad((FullyShardedModule<Linear> m) -> loss(m, x))
            .apply(FullyShardedModule.of(whole));
    assertWithin(
        ROUNDING, part(expected.weight(), 0), actual.module().weight(), "the gradient's part");
    assertWithin(ROUNDING, part(expected.bias(), 0), actual.module().bias(), "the bias's part");
    FullyShardedModule<Linear> half = FullyShardedModule.of(whole, group, DType.FLOAT16);
    assertEquals(DType.FLOAT16, half.gather().weight().dtype());
    assertEquals(
        DType.FLOAT32,
        Trees.grad((FullyShardedModule<Linear> m) -> loss(m, x))
            .apply(half)
            .module()
            .weight()
            .dtype());
    Embedding table = Embedding.of(4, 6);
    MlxArray vectors = MlxRandom.normal(2, 6);
    assertWithin(
        ROUNDING,
        table.asLinear(vectors),
        FullyShardedModule.of(table).asLinear(vectors),
        "a sharded embedding");
    Sequential random = Sequential.of(whole, Dropout.of(0.5));
    assertWithin(
        ROUNDING,
        random.apply(x, MlxRandom.key(1)),
        FullyShardedModule.of(random).apply(x, MlxRandom.key(1)),
        "a sharded random layer");
  }

  private void nested() {
    MlxRandom.seed(8);
    Linear inner = Linear.of(4, 8);
    Linear outer = Linear.of(8, 2);
    MlxArray x = MlxRandom.normal(3, 4);
    Layer sharded = Nn.fullyShard(Sequential.of(Nn.fullyShard(inner), outer), group);
    List<Integer> rows = new ArrayList<>();
    Trees.flatten(sharded).forEach(a -> rows.add(a.dim(0)));
    assertEquals(
        List.of(8 / group.size(), 8 / group.size(), 2 / group.size(), 2 / group.size()), rows);
    assertWithin(
        ROUNDING, Sequential.of(inner, outer).apply(x), sharded.apply(x), "nested modules");
  }

  private void whatDoesNotFit() {
    int odd = group.size() + 1;
    Class<IllegalArgumentException> e = IllegalArgumentException.class;
    assertThrowsSaying(
        e, () -> AllToShardedLinear.of(2, odd), "[AllToShardedLinear] outputDims (" + odd + ")");
    assertThrowsSaying(
        e, () -> ShardedToAllLinear.of(odd, 2), "[ShardedToAllLinear] inputDims (" + odd + ")");
    assertThrowsSaying(
        e,
        () -> QuantizedAllToShardedLinear.of(64, odd),
        "[QuantizedAllToShardedLinear] outputDims (" + odd + ")");
    assertThrowsSaying(
        e,
        () -> QuantizedShardedToAllLinear.of(odd, 2),
        "[QuantizedShardedToAllLinear] inputDims (" + odd + ")");
    assertThrowsSaying(
        e,
        () -> Nn.shardLinear(Linear.of(2, odd), Sharding.ALL_TO_SHARDED),
        "[AllToShardedLinear] a segment (" + odd + ") must be a multiple of the size of the group");
    assertThrowsSaying(
        e,
        () -> Nn.fullyShard(Linear.of(2, odd)),
        "[FullyShardedModule] the tree, weight: an array of shape [" + odd + ", 2]",
        "first axis");
    assertThrowsSaying(
        e,
        () -> Nn.fullyShard(new PReLU(MlxArray.scalar(1f))),
        "[FullyShardedModule] the tree, weight: an array of shape []");
    assertThrowsSaying(
        e,
        () -> Nn.fullyShard(QuantizedLinear.of(64, 8)),
        "[FullyShardedModule] the tree, weight: an array of dtype uint32");
  }
}
