package org.mlx4j.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.mlx4j.ArrayAssertions.assertValues;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.mlx4j.InScope;
import org.mlx4j.MlxArray;
import org.mlx4j.TransformedBiFunction;
import org.mlx4j.TransformedFunction;
import org.mlx4j.Transforms;
import org.mlx4j.ValueAndGradFunction;

/**
 * Every transform of trees of every other, as a program writes it, and together with transforms of
 * arrays. The numbers are those of x²y³ at (3, 2): 72, gradient (48, 108), Hessian (16 72; 72 108).
 */
@ExtendWith(InScope.class)
class TreePairsTest {
  record Pair(MlxArray x, MlxArray y) {}

  private final Pair at = new Pair(MlxArray.scalar(3f), MlxArray.scalar(2f));
  private final Pair ones = new Pair(MlxArray.scalar(1f), MlxArray.scalar(1f));
  private final Pair many = new Pair(MlxArray.of(1f, 2f, 3f), MlxArray.of(2f, 1f, -1f));

  private static MlxArray f(Pair p) {
    return p.x.square().multiply(p.y.power(3));
  }

  private static MlxArray f(Pair p, MlxArray scale) {
    return f(p).multiply(scale);
  }

  private static MlxArray f(Pair p, MlxArray scale, List<MlxArray> more) {
    return f(p, scale).add(more.get(0));
  }

  private static void assertPair(Pair p, double x, double y) {
    assertValues(p.x, x);
    assertValues(p.y, y);
  }

  private static void assertGradients(Pair p) {
    assertValues(p.x, 16, 4, -6);
    assertValues(p.y, 12, 12, 27);
  }

  // ---- one tree ---------------------------------------------------------------------------------

  @Test
  void grad() {
    assertPair(Trees.grad(Trees.compile((Pair p) -> f(p))).apply(at), 48, 108);
    assertPair(Trees.grad(Trees.checkpoint((Pair p) -> f(p))).apply(at), 48, 108);
    TreeFunction<Pair, Pair> slope = Trees.grad((Pair p) -> f(p));
    assertPair(Trees.grad((Pair p) -> slope.apply(p).x()).apply(at), 16, 72);
    TreeFunction<Pair, MlxArray> mapped = Trees.vmap((Pair p) -> f(p));
    assertGradients(Trees.grad((Pair p) -> mapped.apply(p).sum()).apply(many));
    TreeFunction<MlxArray, MlxArray> second = Trees.grad(Trees.grad((MlxArray a) -> a.power(3)));
    assertValues(second.apply(at.x), 18);
  }

  @Test
  void valueAndGrad() {
    TreeFunction<Pair, TreeValueAndGrad<Pair>> compiled =
        Trees.valueAndGrad(Trees.compile((Pair p) -> f(p)));
    assertValues(compiled.apply(at).value(), 72);
    assertPair(compiled.apply(at).grad(), 48, 108);
    TreeFunction<Pair, TreeValueAndGrad<Pair>> checkpointed =
        Trees.valueAndGrad(Trees.checkpoint((Pair p) -> f(p)));
    assertPair(checkpointed.apply(at).grad(), 48, 108);
  }

  @Test
  void vmap() {
    assertGradients(Trees.vmap(Trees.grad((Pair p) -> f(p))).apply(many));
    TreeFunction<Pair, TreeValueAndGrad<Pair>> both =
        Trees.vmap(Trees.valueAndGrad((Pair p) -> f(p)));
    assertValues(both.apply(many).value(), 8, 4, -9);
    assertGradients(both.apply(many).grad());
    assertValues(Trees.vmap(Trees.compile((Pair p) -> f(p))).apply(many), 8, 4, -9);
    assertValues(Trees.vmap(Trees.checkpoint((Pair p) -> f(p))).apply(many), 8, 4, -9);
    Pair rows = Trees.map(many, a -> a.reshape(3, 1));
    assertValues(Trees.vmap(Trees.vmap((Pair p) -> f(p))).apply(rows), 8, 4, -9);
  }

  @Test
  void compileAndCheckpoint() {
    TreeFunction<Pair, TreeValueAndGrad<Pair>> step =
        Trees.compile(Trees.valueAndGrad((Pair p) -> f(p)));
    assertPair(step.apply(at).grad(), 48, 108);
    assertPair(Trees.compile(Trees.grad((Pair p) -> f(p))).apply(at), 48, 108);
    assertValues(Trees.compile(Trees.vmap((Pair p) -> f(p))).apply(many), 8, 4, -9);
    assertValues(Trees.compile(Trees.compile((Pair p) -> f(p))).apply(at), 72);
    assertValues(Trees.compile(Trees.checkpoint((Pair p) -> f(p))).apply(at), 72);
    assertPair(Trees.checkpoint(Trees.grad((Pair p) -> f(p))).apply(at), 48, 108);
    assertPair(Trees.checkpoint(Trees.valueAndGrad((Pair p) -> f(p))).apply(at).grad(), 48, 108);
    assertValues(Trees.checkpoint(Trees.vmap((Pair p) -> f(p))).apply(many), 8, 4, -9);
    assertValues(Trees.checkpoint(Trees.compile((Pair p) -> f(p))).apply(at), 72);
    assertValues(Trees.checkpoint(Trees.checkpoint((Pair p) -> f(p))).apply(at), 72);
  }

  @Test
  void products() {
    assertPair(Trees.jvp(Trees.grad((Pair p) -> f(p)), at, ones).jvp(), 88, 180);
    assertPair(Trees.vjp(Trees.grad((Pair p) -> f(p)), at, ones).vjp(), 88, 180);
    TreeJvp<TreeValueAndGrad<Pair>> both =
        Trees.jvp(Trees.valueAndGrad((Pair p) -> f(p)), at, ones);
    assertValues(both.output().value(), 72);
    assertValues(both.jvp().value(), 48 + 108);
    assertPair(both.jvp().grad(), 88, 180);
    TreeVjp<TreeValueAndGrad<Pair>, Pair> back =
        Trees.vjp(
            Trees.valueAndGrad((Pair p) -> f(p)),
            at,
            new TreeValueAndGrad<>(MlxArray.scalar(10f), ones));
    assertPair(back.vjp(), 480 + 88, 1080 + 180);
    assertValues(Trees.jvp(Trees.vmap((Pair p) -> f(p)), many, many).jvp(), 40, 20, -45);
    assertPair(Trees.vjp(Trees.compile((Pair p) -> f(p)), at, MlxArray.scalar(1f)).vjp(), 48, 108);
    assertValues(Trees.jvp(Trees.checkpoint((Pair p) -> f(p)), at, ones).jvp(), 156);
  }

  // ---- two and three trees ----------------------------------------------------------------------

  @Test
  void twoTrees() {
    MlxArray scale = MlxArray.scalar(10f);
    TreeBiFunction<Pair, MlxArray, TreeValueAndGrad<Pair>> step =
        Trees.valueAndGrad((Pair p, MlxArray s) -> f(p, s));
    assertPair(Trees.compile(step).apply(at, scale).grad(), 480, 1080);
    assertPair(Trees.checkpoint(step).apply(at, scale).grad(), 480, 1080);
    MlxArray[] values = {Trees.vmap(step, 0, Transforms.NOT_MAPPED).apply(many, scale).value()};
    assertValues(values[0], 80, 40, -90);
    assertPair(
        Trees.grad(Trees.compile((Pair p, MlxArray s) -> f(p, s))).apply(at, scale), 480, 1080);
    assertPair(
        Trees.jvp(Trees.grad(TreePairsTest::<Pair>scaled), at, scale, ones).jvp(), 880, 1800);
    assertPair(
        Trees.vjp(Trees.grad((Pair p, MlxArray s) -> f(p, s)), at, scale, ones).vjp(), 880, 1800);
    assertValues(Trees.jvp(step, at, scale, ones).jvp().value(), 1560);
  }

  private static <T extends Pair> MlxArray scaled(T p, MlxArray scale) {
    return f(p, scale);
  }

  @Test
  void threeTrees() {
    MlxArray scale = MlxArray.scalar(10f);
    List<MlxArray> more = List.of(MlxArray.scalar(5f));
    TreeTriFunction<Pair, MlxArray, List<MlxArray>, TreeValueAndGrad<Pair>> step =
        Trees.valueAndGrad((Pair p, MlxArray s, List<MlxArray> m) -> f(p, s, m));
    assertValues(Trees.compile(step).apply(at, scale, more).value(), 725);
    assertPair(Trees.checkpoint(step).apply(at, scale, more).grad(), 480, 1080);
    TreeValueAndGrad<Pair> mapped =
        Trees.vmap(step, 0, Transforms.NOT_MAPPED, Transforms.NOT_MAPPED).apply(many, scale, more);
    assertValues(mapped.value(), 85, 45, -85);
    assertPair(
        Trees.grad(Trees.compile((Pair p, MlxArray s, List<MlxArray> m) -> f(p, s, m)))
            .apply(at, scale, more),
        480,
        1080);
    assertValues(Trees.jvp(step, at, scale, more, ones).jvp().value(), 1560);
  }

  // ---- with transforms of arrays ----------------------------------------------------------------

  @Test
  void treesOfFunctionsOfArrays() {
    TransformedBiFunction compiled = Transforms.compile((a, b) -> a.square().multiply(b.power(3)));
    assertPair(Trees.grad((Pair p) -> compiled.apply(p.x, p.y)).apply(at), 48, 108);
    TransformedFunction slope = Transforms.grad(a -> a.power(3));
    TreeFunction<MlxArray, MlxArray> second = Trees.grad(slope::apply);
    assertValues(second.apply(at.x), 18);
    assertValues(Trees.vmap(slope::apply).apply(many.x), 3, 12, 27);
    ValueAndGradFunction both = Transforms.valueAndGrad(a -> a.power(3));
    assertValues(Trees.compile((MlxArray a) -> both.apply(a).grad()).apply(at.x), 27);
    assertValues(Trees.jvp((MlxArray a) -> both.apply(a).value(), at.x, at.y).jvp(), 54);
  }

  @Test
  void arraysOfFunctionsOfTrees() {
    TreeFunction<Pair, Pair> slopes = Trees.grad((Pair p) -> f(p));
    assertValues(Transforms.grad(a -> slopes.apply(new Pair(a, at.y)).y()).apply(at.x), 72);
    TreeFunction<MlxArray, MlxArray> cube = Trees.compile((MlxArray a) -> a.power(3));
    assertValues(Transforms.grad(Transforms.grad(cube::apply)).apply(at.x), 18);
    assertValues(Transforms.vmap(cube::apply).apply(many.x), 1, 8, 27);
    assertValues(Transforms.compile(Transforms.valueAndGrad(cube::apply)).apply(at.x).grad(), 27);
    assertValues(Transforms.jvp(cube::apply, at.x, at.y).jvps()[0], 54);
  }

  @Test
  void aNestOfTreesAndArraysIsRecordedOnce() {
    int[] runs = new int[1];
    TransformedFunction cube =
        Transforms.checkpoint(
            a -> {
              runs[0]++;
              return a.power(3);
            });
    TreeFunction<Pair, MlxArray> step =
        Trees.compile((Pair p) -> cube.apply(p.x).add(cube.apply(p.y)));
    for (int i = 0; i < 4; i++) {
      assertValues(step.apply(at), 35);
    }
    assertEquals(2, runs[0]);
  }
}
