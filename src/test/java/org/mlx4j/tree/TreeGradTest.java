package org.mlx4j.tree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.mlx4j.ArrayAssertions.assertShape;
import static org.mlx4j.ArrayAssertions.assertThrowsSaying;
import static org.mlx4j.ArrayAssertions.assertValues;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.mlx4j.ArrayAssertions;
import org.mlx4j.DType;
import org.mlx4j.InScope;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.Transforms;
import org.mlx4j.tree.Models.Batch;
import org.mlx4j.tree.Models.Linear;
import org.mlx4j.tree.Models.Mlp;

/** Gradients of your own types. */
@ExtendWith(InScope.class)
class TreeGradTest {
  private final Mlp model = Models.mlp(0.1f);
  private final Batch batch = Models.batch();

  private static void assertSameArrays(List<MlxArray> expected, List<MlxArray> actual) {
    assertEquals(expected.size(), actual.size());
    for (int i = 0; i < expected.size(); i++) {
      ArrayAssertions.assertSame(expected.get(i), actual.get(i));
    }
  }

  // ---- values ----------------------------------------------------------------------------------

  @Test
  void gradientsAreThoseOfTheFlatForm() {
    org.mlx4j.ValueAndGrad flat =
        Transforms.valueAndGrad(p -> Models.flatLoss(0.1f, p), 0, 1, 2, 3)
            .apply(Models.flat(model, batch));
    TreeValueAndGrad<Mlp> typed = Trees.valueAndGrad(Models::loss).apply(model, batch);
    ArrayAssertions.assertSame(flat.value(), typed.value());
    assertSameArrays(List.of(flat.grads()), Trees.flatten(typed.grad()));
    assertSameArrays(
        List.of(flat.grads()), Trees.flatten(Trees.grad(Models::loss).apply(model, batch)));
    assertEquals(0.1f, typed.grad().slope());
  }

  /** Central differences in every single parameter, in double precision. */
  @Test
  void gradientsAreThoseOfFiniteDifferences() {
    Mlp wide = Trees.map(model, x -> x.astype(DType.FLOAT64));
    Batch data = Trees.map(batch, x -> x.astype(DType.FLOAT64));
    Mlp gradient = Trees.grad(Models::loss).apply(wide, data);
    List<MlxArray> leaves = Trees.flatten(wide);
    List<MlxArray> gradients = Trees.flatten(gradient);
    double step = 1e-6;
    for (int i = 0; i < leaves.size(); i++) {
      assertEquals(DType.FLOAT64, gradients.get(i).dtype());
      double[] expected = gradients.get(i).toDoubleArray();
      for (int j = 0; j < expected.length; j++) {
        double above = Models.loss(shifted(wide, i, j, step), data).itemDouble();
        double below = Models.loss(shifted(wide, i, j, -step), data).itemDouble();
        assertEquals((above - below) / (2 * step), expected[j], 1e-7, "leaf " + i + ", " + j);
      }
    }
  }

  private static Mlp shifted(Mlp model, int leaf, int element, double by) {
    List<MlxArray> leaves = new ArrayList<>(Trees.flatten(model));
    double[] values = leaves.get(leaf).toDoubleArray();
    values[element] += by;
    leaves.set(leaf, MlxArray.of(values, DType.FLOAT64, leaves.get(leaf).shape()));
    return Trees.unflatten(model, leaves);
  }

  @Test
  void everyArityTakesTheGradientForItsFirstArgument() {
    MlxArray x = MlxArray.of(1f, 2f);
    MlxArray y = MlxArray.of(3f, 4f);
    MlxArray z = MlxArray.of(5f, 6f);
    assertValues(Trees.grad((MlxArray a) -> a.square().sum()).apply(x), 2, 4);
    assertValues(Trees.grad((MlxArray a, MlxArray b) -> a.multiply(b).sum()).apply(x, y), 3, 4);
    assertValues(
        Trees.grad((MlxArray a, MlxArray b, MlxArray c) -> a.multiply(b).multiply(c).sum())
            .apply(x, y, z),
        15,
        24);
    TreeValueAndGrad<MlxArray> one = Trees.valueAndGrad((MlxArray a) -> a.square().sum()).apply(x);
    assertValues(one.value(), 5);
    assertValues(one.grad(), 2, 4);
    TreeValueAndGrad<List<MlxArray>> three =
        Trees.valueAndGrad(
                (List<MlxArray> a, MlxArray b, MlxArray c) ->
                    a.get(0).multiply(b).multiply(c).sum())
            .apply(List.of(x), y, z);
    assertValues(three.value(), 15 + 48);
    assertValues(three.grad().get(0), 15, 24);
  }

  @Test
  void arraysWithoutInfluenceHaveZeroGradients() {
    record Partly(MlxArray used, Optional<MlxArray> unused, Map<String, MlxArray[]> more, int n) {}
    MlxArray[] others = {MlxArray.of(1f, 2f, 3f), null, Ops.ones(2, 2)};
    Partly gradient =
        Trees.grad((Partly p) -> p.used().square().sum())
            .apply(
                new Partly(
                    MlxArray.of(2f), Optional.of(MlxArray.scalar(7f)), Map.of("k", others), 9));
    assertValues(gradient.used(), 4);
    assertValues(gradient.unused().orElseThrow(), 0);
    assertValues(gradient.more().get("k")[0], 0, 0, 0);
    assertNull(gradient.more().get("k")[1]);
    assertShape(gradient.more().get("k")[2], 2, 2);
    assertValues(gradient.more().get("k")[2], 0, 0, 0, 0);
    assertEquals(9, gradient.n());
  }

  @Test
  void gradientOfAConstantIsZero() {
    MlxArray constant = MlxArray.scalar(3f);
    TreeValueAndGrad<Linear> r =
        Trees.valueAndGrad((Linear l) -> constant)
            .apply(new Linear(MlxArray.of(1f, 2f), MlxArray.scalar(1f)));
    assertValues(r.value(), 3);
    assertValues(r.grad().w(), 0, 0);
    assertValues(r.grad().b(), 0);
  }

  @Test
  void anArrayInTwoPlacesHasTwoGradients() {
    MlxArray x = MlxArray.scalar(3f);
    Linear gradient =
        Trees.grad((Linear l) -> l.w().multiply(l.b().square())).apply(new Linear(x, x));
    assertValues(gradient.w(), 9);
    assertValues(gradient.b(), 18);
  }

  @Test
  void complexArraysHaveGradients() {
    MlxArray x = MlxArray.of(3f, 4f).astype(DType.COMPLEX64);
    MlxArray gradient = Trees.grad((MlxArray a) -> a.abs().sum()).apply(x);
    assertEquals(DType.COMPLEX64, gradient.dtype());
  }

  // ---- static values ---------------------------------------------------------------------------

  @Test
  void staticValuesReachTheFunctionAndTheGradientAsTheSameObjects() {
    record Named(MlxArray w, Object tag) {}
    List<Object> seen = new ArrayList<>();
    TreeFunction<Named, Named> grad =
        Trees.grad(
            (Named n) -> {
              seen.add(n.tag());
              return n.w().sum();
            });
    String first = new String("tag");
    String second = new String("tag"); // equal, but another object
    assertSame(first, grad.apply(new Named(MlxArray.of(1f), first)).tag());
    assertSame(second, grad.apply(new Named(MlxArray.of(1f), second)).tag());
    assertSame(first, seen.get(0));
    assertSame(second, seen.get(1));
  }

  @Test
  void oneHandleServesEveryStructure() {
    TreeFunction<List<MlxArray>, List<MlxArray>> grad =
        Trees.grad(
            (List<MlxArray> xs) ->
                xs.stream().map(x -> x.square().sum()).reduce(MlxArray::add).orElseThrow());
    for (int n = 1; n <= 100; n++) {
      List<MlxArray> xs = new ArrayList<>();
      for (int i = 0; i < n; i++) {
        xs.add(MlxArray.scalar((float) i));
      }
      List<MlxArray> gradients = grad.apply(xs);
      assertEquals(n, gradients.size());
      assertValues(gradients.get(n - 1), 2 * (n - 1));
    }
  }

  // ---- auxiliary results -----------------------------------------------------------------------

  record Report(MlxArray predictions, String note, List<MlxArray> state) {}

  @Test
  void auxiliaryResultsComeOutBesideTheGradient() {
    ValueAuxAndGrad<Report, Mlp> r =
        Trees.valueAndGradWithAux(
                (Mlp m, Batch b) -> {
                  MlxArray predictions = Models.predict(m, b.x());
                  MlxArray loss = predictions.subtract(b.y()).square().mean();
                  List<MlxArray> state = List.of(loss, MlxArray.scalar(7), m.layers().get(0).b());
                  return new WithAux<>(loss, new Report(predictions, "note", state));
                })
            .apply(model, batch);
    TreeValueAndGrad<Mlp> plain = Trees.valueAndGrad(Models::loss).apply(model, batch);
    ArrayAssertions.assertSame(plain.value(), r.value());
    assertSameArrays(Trees.flatten(plain.grad()), Trees.flatten(r.grad()));
    ArrayAssertions.assertSame(Models.predict(model, batch.x()), r.aux().predictions());
    assertEquals("note", r.aux().note());
    ArrayAssertions.assertSame(plain.value(), r.aux().state().get(0));
    assertEquals(7, r.aux().state().get(1).itemInt());
    ArrayAssertions.assertSame(model.layers().get(0).b(), r.aux().state().get(2));
  }

  @Test
  void auxiliaryResultsMayDifferAtEveryCall() {
    int[] calls = {0};
    TreeFunction<MlxArray, ValueAuxAndGrad<Object, MlxArray>> f =
        Trees.valueAndGradWithAux(
            (MlxArray x) -> {
              MlxArray loss = x.square().sum();
              Object aux = calls[0]++ % 2 == 0 ? calls[0] : List.of(x, loss.itemFloat());
              return new WithAux<>(loss, aux);
            });
    for (int i = 0; i < 600; i += 2) {
      assertEquals(i + 1, f.apply(MlxArray.of(1f, 2f)).aux());
      List<?> list = (List<?>) f.apply(MlxArray.of(1f, 2f)).aux();
      assertEquals(5f, list.get(1));
    }
  }

  @Test
  void auxiliaryResultsOfEveryArity() {
    MlxArray x = MlxArray.scalar(3f);
    ValueAuxAndGrad<Integer, MlxArray> one =
        Trees.valueAndGradWithAux((MlxArray a) -> new WithAux<>(a.square(), 1)).apply(x);
    ValueAuxAndGrad<MlxArray, MlxArray> three =
        Trees.valueAndGradWithAux(
                (MlxArray a, Integer n, Optional<MlxArray> c) ->
                    new WithAux<>(a.multiply(n).multiply(c.orElseThrow()), c.orElseThrow()))
            .apply(x, 2, Optional.of(MlxArray.scalar(5f)));
    assertEquals(1, one.aux());
    assertValues(one.grad(), 6);
    assertValues(three.grad(), 10);
    assertValues(three.aux(), 5);
    ValueAuxAndGrad<MlxArray, MlxArray> none =
        Trees.valueAndGradWithAux((MlxArray a) -> new WithAux<MlxArray>(a.square(), null)).apply(x);
    assertNull(none.aux());
  }

  /** No gradient flows through what is auxiliary, as in Python. */
  @Test
  void auxiliaryResultsDoNotChangeTheGradient() {
    ValueAuxAndGrad<MlxArray, MlxArray> r =
        Trees.valueAndGradWithAux((MlxArray a) -> new WithAux<>(a.sum(), a.power(3).sum()))
            .apply(MlxArray.of(2f, 3f));
    assertValues(r.grad(), 1, 1);
    assertValues(r.aux(), 35);
  }

  // ---- errors ----------------------------------------------------------------------------------

  @Test
  void arraysOfIntegersHaveNoGradient() {
    for (DType dtype : List.of(DType.INT32, DType.UINT32, DType.BOOL, DType.INT64)) {
      Mlp wrong =
          new Mlp(
              List.of(model.layers().get(0), new Linear(Ops.ones(4, 2).astype(dtype), null)), 0f);
      assertThrowsSaying(
          IllegalArgumentException.class,
          () -> Trees.valueAndGrad(Models::loss).apply(wrong, batch),
          "[valueAndGrad] argument 0, layers[1].w: an array of dtype " + dtype,
          "allowed are floating point and complex");
      assertThrowsSaying(
          IllegalArgumentException.class,
          () -> Trees.grad((MlxArray x) -> x.sum()).apply(Ops.ones(2).astype(dtype)),
          "[grad] argument 0: an array of dtype " + dtype);
    }
    assertThrowsSaying(
        IllegalArgumentException.class,
        () ->
            Trees.valueAndGradWithAux((List<MlxArray> x) -> new WithAux<>(x.get(0).sum(), 1))
                .apply(List.of(MlxArray.of(1f), MlxArray.of(1))),
        "[valueAndGradWithAux] argument 0, [1]: an array of dtype int32");
  }

  @Test
  void otherArgumentsMayHoldIntegers() {
    MlxArray table = Ops.arange(6.0).reshape(3, 2);
    MlxArray gradient =
        Trees.grad((MlxArray t, MlxArray rows) -> t.take(rows, 0).sum())
            .apply(table, MlxArray.of(0, 2, 2));
    assertArrayEquals(new float[] {1, 1, 0, 0, 2, 2}, gradient.toFloatArray());
  }

  @Test
  void somethingToDifferentiateMustBeFirst() {
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Trees.grad((List<MlxArray> none, MlxArray x) -> x).apply(List.of(), batch.x()),
        "[grad] argument 0: it holds no arrays");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Trees.grad((MlxArray x) -> x).apply(null),
        "[grad] argument 0: it holds no arrays");
  }

  @Test
  void lossesAreScalars() {
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Trees.valueAndGrad((MlxArray x) -> x).apply(MlxArray.of(1f, 2f)),
        "[valueAndGrad] the function must return one scalar array to have a gradient",
        "shape [2]");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () ->
            Trees.valueAndGradWithAux((MlxArray x) -> new WithAux<>(x, x))
                .apply(MlxArray.of(1f, 2f)),
        "[valueAndGradWithAux] the function must return one scalar array",
        "shape [2]");
    assertThrowsSaying(
        NullPointerException.class,
        () -> Trees.grad((MlxArray x) -> (MlxArray) null).apply(batch.x()),
        "[grad] the function returned null");
    assertThrowsSaying(
        NullPointerException.class,
        () -> Trees.valueAndGradWithAux((MlxArray x) -> (WithAux<MlxArray>) null).apply(batch.x()),
        "[valueAndGradWithAux] the function returned null; it must return a WithAux");
    assertThrowsSaying(
        NullPointerException.class,
        () -> Trees.valueAndGradWithAux((MlxArray x) -> new WithAux<>(null, x)).apply(batch.x()),
        "[valueAndGradWithAux] the function returned null; it must return a value");
  }

  @Test
  void closedArraysAreNamedByTheirPlace() {
    TreeBiFunction<Mlp, Batch, Mlp> grad = Trees.grad(Models::loss);
    Mlp closed = Models.mlp(0);
    closed.layers().get(1).w().close();
    assertThrowsSaying(
        IllegalStateException.class,
        () -> grad.apply(closed, batch),
        "[grad] argument 0, layers[1].w: the array is closed");
    Batch noLabels = Models.batch();
    noLabels.y().close();
    assertThrowsSaying(
        IllegalStateException.class,
        () -> grad.apply(model, noLabels),
        "[grad] argument 1, y: the array is closed");
    assertThrowsSaying(
        IllegalStateException.class,
        () ->
            Trees.grad(
                    (MlxArray x) -> {
                      MlxArray result = x.sum();
                      result.close();
                      return result;
                    })
                .apply(MlxArray.of(1f)),
        "[grad] ",
        "closed");
    assertThrowsSaying(
        IllegalStateException.class,
        () ->
            Trees.valueAndGradWithAux(
                    (MlxArray x) -> {
                      Map<String, MlxArray> aux = new LinkedHashMap<>();
                      aux.put("open", x.add(1));
                      aux.put("closed", x.add(1));
                      aux.get("closed").close();
                      return new WithAux<>(x.sum(), aux);
                    })
                .apply(MlxArray.of(1f)),
        "[valueAndGradWithAux] the auxiliary result, closed: the array is closed");
  }

  @Test
  void exceptionsOfTheFunctionComeOutAsTheSameObject() {
    IllegalArgumentException mine = new IllegalArgumentException("mine");
    TreeFunction<MlxArray, MlxArray> f =
        Trees.grad(
            (MlxArray x) -> {
              throw mine;
            });
    assertSame(mine, assertThrows(IllegalArgumentException.class, () -> f.apply(MlxArray.of(1f))));
  }

  @Test
  void functionsAreNotNull() {
    assertThrowsSaying(
        NullPointerException.class,
        () -> Trees.grad((TriFunction<MlxArray, MlxArray, MlxArray, MlxArray>) null),
        "[grad] the function is null");
  }
}
