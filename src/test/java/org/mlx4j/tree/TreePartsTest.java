package org.mlx4j.tree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.mlx4j.ArrayAssertions.assertThrowsSaying;
import static org.mlx4j.ArrayAssertions.assertValues;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.mlx4j.InScope;
import org.mlx4j.MlxArray;
import org.mlx4j.tree.Models.Batch;
import org.mlx4j.tree.Models.Linear;
import org.mlx4j.tree.Models.Mlp;

/** Trees are divided into parts, joined, mapped with paths and reduced. */
@ExtendWith(InScope.class)
class TreePartsTest {
  private final MlxArray one = MlxArray.scalar(1f);
  private final MlxArray two = MlxArray.scalar(2f);
  private final MlxArray three = MlxArray.scalar(3f);

  // ---- partition and combine -------------------------------------------------------------------

  @Test
  void aPartHasNullInPlaceOfTheArraysOfTheOther() {
    Mlp model = Models.mlp(0.5f);
    Partition<Mlp> parts = Trees.partition(model, (path, x) -> path.startsWith("layers.1."));
    assertNull(parts.selected().layers().get(0).w());
    assertSame(model.layers().get(1).w(), parts.selected().layers().get(1).w());
    assertSame(model.layers().get(0).b(), parts.rest().layers().get(0).b());
    assertNull(parts.rest().layers().get(1).b());
    assertEquals(0.5f, parts.selected().slope());
    assertEquals(0.5f, parts.rest().slope());
    assertEquals(model, Trees.combine(parts.selected(), parts.rest()));
    assertEquals(model, Trees.combine(parts.rest(), parts.selected()));
  }

  @Test
  void arraysAreSelectedByTheirPathsAndThemselves() {
    Mlp model = Models.mlp(0.5f);
    List<String> paths = new ArrayList<>();
    Partition<Mlp> parts =
        Trees.partition(
            model,
            (path, x) -> {
              paths.add(path);
              return x.ndim() == 2;
            });
    assertEquals(List.of("layers.0.w", "layers.0.b", "layers.1.w", "layers.1.b"), paths);
    assertEquals(2, Trees.flatten(parts.selected()).size());
    assertNull(parts.selected().layers().get(0).b());
  }

  @Test
  void everyKindOfTreeIsDividedAndJoined() {
    Map<String, Object> tree = new TreeMap<>();
    tree.put("array", new MlxArray[] {one, two});
    tree.put("enum", new EnumMap<>(Map.of(TimeUnit.DAYS, one, TimeUnit.HOURS, two)));
    tree.put("list", new ArrayList<>(List.of(one, two)));
    tree.put("numbers", new int[] {4, 5});
    tree.put("optional", Optional.of(one));
    tree.put("static", "x");
    tree.put("nothing", null);
    Partition<Map<String, Object>> parts = Trees.partition(tree, (path, x) -> x == one);
    assertEquals(Optional.empty(), parts.rest().get("optional"));
    for (Map<String, Object> joined :
        List.of(
            Trees.combine(parts.selected(), parts.rest()),
            Trees.combine(parts.rest(), parts.selected()))) {
      assertEquals(TreeMap.class, joined.getClass());
      assertEquals(List.copyOf(tree.keySet()), List.copyOf(joined.keySet()));
      assertArrayEquals(new MlxArray[] {one, two}, (MlxArray[]) joined.get("array"));
      assertArrayEquals(new int[] {4, 5}, (int[]) joined.get("numbers"));
      for (String same : List.of("enum", "list", "optional", "static")) {
        assertEquals(tree.get(same), joined.get(same));
      }
      assertNull(joined.get("nothing"));
    }
  }

  @Test
  void nullStandsForWholeParts() {
    Linear linear = new Linear(one, two);
    assertEquals(linear, Trees.combine(null, linear));
    assertEquals(linear, Trees.combine(linear, null));
    assertNull(Trees.<Linear>combine(null, null));
    assertEquals(
        List.of(linear, new Linear(three, one)),
        Trees.combine(
            Arrays.asList(null, new Linear(three, null)),
            Arrays.asList(linear, new Linear(null, one))));
  }

  @Test
  void mapsAreJoinedByKey() {
    Map<String, MlxArray> first = Models.map("a", one, "b", null);
    Map<String, MlxArray> second = Models.map("b", two, "a", null);
    Map<String, MlxArray> joined = Trees.combine(first, second);
    assertSame(one, joined.get("a"));
    assertSame(two, joined.get("b"));
    assertEquals(List.of("a", "b"), List.copyOf(joined.keySet()));
    second.put("c", three);
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Trees.combine(first, second),
        "[combine] argument 1: found a map of [b, a, c], where argument 0 has a map of [a, b]");
    second.remove("a");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Trees.combine(first, second),
        "[combine] argument 1: found a map of [b, c], where");
  }

  @Test
  void arraysInTheSamePlaceNeedAnOperation() {
    List<Linear> first = List.of(new Linear(one, two), new Linear(three, null));
    List<Linear> second = List.of(new Linear(null, two), new Linear(null, one));
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Trees.combine(first, second),
        "[combine] argument 0, [0].b: both trees have an array here");
    List<Linear> joined = Trees.combine(first, second, MlxArray::add);
    assertSame(one, joined.get(0).w());
    assertValues(joined.get(0).b(), 4);
    assertSame(one, joined.get(1).b());
    assertThrowsSaying(
        NullPointerException.class,
        () -> Trees.combine(first, second, (a, b) -> null),
        "[combine] argument 0, [0].b: the operation returned null");
    assertThrows(NullPointerException.class, () -> Trees.combine(first, second, null));
  }

  @Test
  void treesOfDifferentStructureAreNotJoined() {
    List<Object> first = List.of(new Linear(one, null), List.of(one));
    assertMismatch(first, List.of(new Linear(null, two), List.of(one, two)), ", [1]: found a list");
    assertMismatch(first, Arrays.asList(new Batch(one, two), null), ", [0]: found a record");
    assertMismatch(first, Arrays.asList(one, null), ", [0]: found an array, where");
    assertMismatch(first, Arrays.asList("x", null), ", [0]: found the static value x, where");
    assertMismatch(first, Map.of(), ": found a map of [], where argument 0 has a list of 2");
    assertMismatch(Arrays.asList(one), Arrays.asList("x"), ", [0]: found the static value x");
    assertMismatch(Arrays.asList("x"), Arrays.asList(one), ", [0]: found an array, where");
  }

  private static void assertMismatch(Object first, Object second, String saying) {
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Trees.combine(first, second),
        "[combine] argument 1" + saying);
  }

  @Test
  void staticValuesAreThoseOfTheFirstTree() {
    Mlp joined = Trees.combine(new Mlp(null, 1f), new Mlp(List.of(), 2f));
    assertEquals(new Mlp(List.of(), 1f), joined);
  }

  @Test
  void partitionNeedsAPredicate() {
    assertThrowsSaying(
        NullPointerException.class,
        () -> Trees.partition(one, null),
        "[partition] the predicate is null");
  }

  @Test
  void onePartIsDifferentiatedAndTheOtherOneIsFrozen() {
    Mlp model = Models.mlp(0.5f);
    Batch batch = Models.batch();
    Mlp whole = Trees.grad((Mlp m, Batch b) -> Models.loss(m, b)).apply(model, batch);
    Partition<Mlp> parts = Trees.partition(model, (path, x) -> path.endsWith("1.w"));
    Mlp gradient =
        Trees.grad((Mlp head, Mlp rest, Batch b) -> Models.loss(Trees.combine(head, rest), b))
            .apply(parts.selected(), parts.rest(), batch);
    assertNull(gradient.layers().get(0).w());
    assertNull(gradient.layers().get(1).b());
    assertEquals(
        0,
        gradient.layers().get(1).w().subtract(whole.layers().get(1).w()).abs().max().itemDouble());
  }

  // ---- map and reduce --------------------------------------------------------------------------

  @Test
  void threeAndMoreTreesAreMapped() {
    Linear first = new Linear(one, two);
    Linear second = new Linear(two, three);
    Linear third = new Linear(three, one);
    Linear fused = Trees.map(first, second, third, (a, b, c) -> a.multiply(b).subtract(c));
    assertValues(fused.w(), -1);
    assertValues(fused.b(), 5);
    Linear sum =
        Trees.map(xs -> xs[0].add(xs[1]).add(xs[2]).add(xs[3]), first, second, third, fused);
    assertValues(sum.w(), 5);
    assertValues(sum.b(), 11);
    assertValues(Trees.map(xs -> xs[0].negative(), first).b(), -2);
  }

  @Test
  void differentTreesAreNotMapped() {
    Linear linear = new Linear(one, two);
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Trees.map(linear, linear, new Linear(one, null), (a, b, c) -> a),
        "[map] argument 2, b: found null, where argument 0 has an array");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Trees.map(xs -> xs[0], linear, linear, linear, new Linear(null, one)),
        "[map] argument 3, w: found null, where argument 0 has an array");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Trees.map(new Linear(null, two), linear, (a, b) -> a),
        "[map] argument 1, w: found an array, where argument 0 has null");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Trees.map(xs -> xs[0], new Linear[0]),
        "[map] there is no tree");
    assertThrows(
        NullPointerException.class,
        () ->
            Trees.map(
                linear,
                linear,
                linear,
                (TriFunction<MlxArray, MlxArray, MlxArray, MlxArray>) null));
    assertThrowsSaying(
        NullPointerException.class,
        () -> Trees.map(xs -> null, linear, linear, linear, linear),
        "[map] argument 0, w: the operation returned null");
  }

  @Test
  void nullInAllTreesIsSkipped() {
    Linear part = new Linear(null, two);
    Linear sum = Trees.map(part, part, part, (a, b, c) -> a.add(b).add(c));
    assertNull(sum.w());
    assertValues(sum.b(), 6);
  }

  @Test
  void pathsAreMappedWithTheirArrays() {
    Mlp model = Models.mlp(0.5f);
    Mlp zero = Trees.mapWithPath(model, (path, x) -> path.endsWith(".b") ? x.multiply(0) : x);
    assertSame(model.layers().get(1).w(), zero.layers().get(1).w());
    assertValues(zero.layers().get(1).b(), 0, 0);
    List<String> paths = new ArrayList<>();
    Mlp second =
        Trees.mapWithPath(
            model,
            zero,
            (path, x, y) -> {
              paths.add(path);
              return y;
            });
    assertEquals(zero, second);
    assertEquals(List.of("layers.0.w", "layers.0.b", "layers.1.w", "layers.1.b"), paths);
    assertThrowsSaying(
        NullPointerException.class,
        () -> Trees.mapWithPath(model, (path, x) -> null),
        "[mapWithPath] argument 0, layers[0].w: the operation returned null");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Trees.mapWithPath(model, new Mlp(List.of(), 1f), (path, x, y) -> x),
        "[mapWithPath] argument 1, layers: found a list of 0");
  }

  @Test
  void arraysAreAccumulated() {
    Mlp model = Models.mlp(0.5f);
    assertEquals(3 * 4 + 4 + 4 * 2 + 2, Trees.reduce(model, 0L, (sum, x) -> sum + x.size()));
    assertEquals("start", Trees.reduce(List.of(), "start", (s, x) -> s + x));
    assertValues(Trees.reduce(List.of(one, two, three), one, MlxArray::add), 7);
    assertThrows(NullPointerException.class, () -> Trees.reduce(model, 0, null));
  }
}
