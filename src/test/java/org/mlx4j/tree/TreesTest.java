package org.mlx4j.tree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mlx4j.ArrayAssertions.assertThrowsSaying;
import static org.mlx4j.ArrayAssertions.assertValues;

import java.io.UncheckedIOException;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.Vector;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.mlx4j.InScope;
import org.mlx4j.Io;
import org.mlx4j.MlxArray;
import org.mlx4j.tree.Models.Linear;
import org.mlx4j.tree.Models.Mlp;

/** What a tree is, and what is done with all of its arrays. */
@ExtendWith(InScope.class)
@SuppressWarnings({ // users' records are as they are
  "ArrayRecordComponent",
  "IdentityHashMapUsage",
  "JdkObsolete",
  "StaticAssignmentOfThrowable",
  "UnusedMethod"
})
class TreesTest {
  private final MlxArray one = MlxArray.scalar(1f);
  private final MlxArray two = MlxArray.scalar(2f);
  private final MlxArray three = MlxArray.scalar(3f);

  private static <T> T twice(T tree) {
    return Trees.map(tree, x -> x.multiply(2));
  }

  private static MlxArray[] array(MlxArray... xs) {
    return xs;
  }

  // ---- kinds of trees --------------------------------------------------------------------------

  @Test
  void anArrayIsATree() {
    assertEquals(List.of(one), Trees.flatten(one));
    assertValues(twice(one), 2);
  }

  @Test
  void nullIsATreeWithoutArrays() {
    assertEquals(List.of(), Trees.flatten(null));
    assertNull(Trees.map(null, x -> x));
    Linear twice = twice(new Linear(one, null));
    assertValues(twice.w(), 2);
    assertNull(twice.b());
  }

  @Test
  void recordsAreReadByComponent() {
    Mlp model = new Mlp(List.of(new Linear(one, two), new Linear(three, null)), 0.25f);
    assertEquals(List.of(one, two, three), Trees.flatten(model));
    Mlp twice = twice(model);
    assertEquals(0.25f, twice.slope());
    assertValues(twice.layers().get(0).b(), 4);
    assertValues(twice.layers().get(1).w(), 6);
  }

  @Test
  void listsComeBackAsListsOfTheirKind() {
    List<List<MlxArray>> lists =
        List.of(
            List.of(one, two),
            new ArrayList<>(List.of(one)),
            new LinkedList<>(List.of(two)),
            Arrays.asList(one, null),
            new Vector<>(List.of(three)),
            List.of());
    List<List<MlxArray>> twice = twice(lists);
    for (int i = 0; i < lists.size(); i++) {
      assertEquals(lists.get(i).size(), twice.get(i).size());
    }
    assertInstanceOf(ArrayList.class, twice.get(1));
    assertInstanceOf(LinkedList.class, twice.get(2));
    assertNull(twice.get(3).get(1));
    assertValues(twice.get(4).get(0), 6);
    for (int i : new int[] {0, 3, 4}) {
      assertThrows(UnsupportedOperationException.class, () -> twice.get(i).set(0, one));
    }
  }

  @Test
  void mapsKeepTheirKeysAndTheirOrder() {
    Map<Object, MlxArray> map = new LinkedHashMap<>();
    map.put("z", one);
    map.put(7, two);
    map.put(null, three);
    map.put(RoundingMode.UP, one);
    map.put(List.of("a", 1), two);
    Map<Object, MlxArray> twice = twice(map);
    assertEquals(new ArrayList<>(map.keySet()), new ArrayList<>(twice.keySet()));
    assertValues(twice.get(null), 6);
    assertValues(twice.get(List.of("a", 1)), 4);
    assertEquals(new ArrayList<>(map.values()), Trees.flatten(map));
  }

  @Test
  void mapsComeBackAsMapsOfTheirKind() {
    Map<Integer, MlxArray> hash = new HashMap<>(Map.of(1, one, 17, two, 33, three));
    Map<Integer, MlxArray> sorted = new TreeMap<>(Comparator.reverseOrder());
    sorted.putAll(hash);
    Map<TimeUnit, MlxArray> enums = new EnumMap<>(TimeUnit.class);
    enums.put(TimeUnit.DAYS, one);
    assertInstanceOf(HashMap.class, twice(hash));
    assertEquals(new ArrayList<>(hash.keySet()), new ArrayList<>(twice(hash).keySet()));
    assertInstanceOf(TreeMap.class, twice(sorted));
    assertEquals(List.of(33, 17, 1), new ArrayList<>(twice(sorted).keySet()));
    assertInstanceOf(EnumMap.class, twice(enums));
    assertValues(twice(enums).get(TimeUnit.DAYS), 2);
    Map<TimeUnit, MlxArray> none = twice(new EnumMap<>(TimeUnit.class));
    none.put(TimeUnit.HOURS, one);
    assertEquals(Set.of(TimeUnit.HOURS), none.keySet());
    Map<Integer, MlxArray> other = twice(new ConcurrentHashMap<>(hash));
    assertThrows(UnsupportedOperationException.class, other::clear);
    assertThrows(UnsupportedOperationException.class, () -> twice(Map.of("a", one)).clear());
  }

  @Test
  void javaArraysAreTrees() {
    MlxArray[] plain = twice(array(one, null, two));
    assertNull(plain[1]);
    assertValues(plain[2], 4);
    Linear[][] nested = twice(new Linear[][] {{new Linear(one, two)}, {}});
    assertValues(nested[0][0].w(), 2);
    assertEquals(0, nested[1].length);
    Object[] mixed = twice(new Object[] {one, "static", List.of(two)});
    assertEquals("static", mixed[1]);
  }

  @Test
  void javaArraysOfNumbersAreStaticCopies() {
    int[] numbers = {1, 2, 3};
    record WithNumbers(MlxArray x, int[] numbers, double[][] more) {}
    WithNumbers twice = twice(new WithNumbers(one, numbers, new double[][] {{1}, {2, 3}}));
    assertArrayEquals(numbers, twice.numbers());
    assertNotSame(numbers, twice.numbers());
    assertArrayEquals(new double[] {2, 3}, twice.more()[1]);
  }

  @Test
  void optionalsAreTrees() {
    record WithBias(MlxArray w, Optional<MlxArray> b) {}
    assertValues(twice(new WithBias(one, Optional.of(two))).b().orElseThrow(), 4);
    assertEquals(Optional.empty(), twice(new WithBias(one, Optional.empty())).b());
  }

  /** Objects that are not part of a tree are passed on without being examined. */
  @Test
  void everyOtherValueTravelsUnchanged() {
    Object anything = new Object();
    record Config(String name, RoundingMode mode, Object anything, Set<String> tags, long n) {}
    record Model(MlxArray w, Config config) {}
    Model twice = twice(new Model(one, new Config("a", RoundingMode.UP, anything, Set.of("t"), 5)));
    assertSame(anything, twice.config().anything());
    assertEquals(new Config("a", RoundingMode.UP, anything, Set.of("t"), 5), twice.config());
  }

  @Test
  void collectionsWithoutOrderHoldNoArrays() {
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Trees.flatten(List.of(Set.of(one))),
        "[flatten] the tree, [0]: ",
        "holds arrays",
        "use a List or a Map");
    Map<String, MlxArray> identity = new IdentityHashMap<>(Map.of("a", one));
    assertThrowsSaying(
        IllegalArgumentException.class, () -> Trees.flatten(identity), "IdentityHashMap");
  }

  @Test
  void whatContainsItselfIsNoTree() {
    List<Object> list = new ArrayList<>();
    list.add(list);
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Trees.map(list, x -> x),
        "[map] argument 0, [0][0]",
        "a tree cannot contain itself");
    Object deep = one;
    for (int i = 0; i < 1000; i++) {
      deep = List.of(deep);
    }
    assertEquals(List.of(one), Trees.flatten(deep));
    assertValues(Trees.flatten(twice(deep)).get(0), 2);
  }

  @Test
  void listTypesThatCannotBeMadeAgainAreNamed() {
    record Odd(MlxArray w, List<Vectors> inner) {}
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> twice(new Odd(one, List.of(new Vectors(new Vector<>(List.of(one)))))),
        "[map] argument 0, inner[0]: ",
        "the component arrays",
        "declared as java.util.Vector",
        "List");
  }

  private record Vectors(Vector<MlxArray> arrays) {}

  private record Positive(MlxArray x, int n) {
    private static final IllegalStateException REFUSED = new IllegalStateException("refused");
    private static boolean refuses;

    Positive {
      if (refuses) {
        throw REFUSED;
      }
    }
  }

  @Test
  void exceptionsOfConstructorsComeOutAsTheyAre() {
    Positive.refuses = false;
    Positive value = new Positive(one, 1);
    Positive.refuses = true;
    assertSame(Positive.REFUSED, assertThrows(IllegalStateException.class, () -> twice(value)));
  }

  private record Failing(MlxArray x) {
    private static final IllegalStateException REFUSED = new IllegalStateException("refused");

    @Override
    public MlxArray x() {
      throw REFUSED;
    }
  }

  @Test
  void exceptionsOfAccessorsComeOutAsTheyAre() {
    assertSame(
        Failing.REFUSED,
        assertThrows(IllegalStateException.class, () -> Trees.flatten(new Failing(one))));
  }

  // ---- map -------------------------------------------------------------------------------------

  @Test
  void mapOfTwoTreesMeetsArraysInTheSamePlace() {
    Mlp model = new Mlp(List.of(new Linear(one, two), new Linear(three, null)), 0.5f);
    Mlp other = new Mlp(List.of(new Linear(two, two), new Linear(two, null)), 0.75f);
    Mlp sum = Trees.map(model, other, (a, b) -> a.add(b.multiply(10)));
    assertValues(sum.layers().get(0).w(), 21);
    assertValues(sum.layers().get(1).w(), 23);
    assertEquals(0.5f, sum.slope(), "static values are those of the first tree");
  }

  @Test
  void mapOfTwoMapsGoesByKey() {
    Map<String, MlxArray> first = new LinkedHashMap<>();
    first.put("a", one);
    first.put("b", two);
    Map<String, MlxArray> second = new LinkedHashMap<>();
    second.put("b", MlxArray.scalar(20f));
    second.put("a", MlxArray.scalar(10f));
    Map<String, MlxArray> sum = Trees.map(first, second, MlxArray::add);
    assertValues(sum.get("a"), 11);
    assertValues(sum.get("b"), 22);
  }

  @Test
  void treesOfDifferentStructuresDoNotMatch() {
    record Holder(Object x) {}
    Object[][] pairs = {
      {one, null, "found null", "an array"},
      {null, one, "found an array", "has null"},
      {one, "text", "the static value text", "an array"},
      {"text", one, "found an array", "the static value text"},
      {5, List.of(), "found a list of 0", "the static value 5"},
      {List.of(one), List.of(one, two), "a list of 2", "a list of 1"},
      {List.of(one), new MlxArray[] {one}, "a Java array of 1", "a list of 1"},
      {array(one), array(one, two), "a Java array of 2", "a Java array of 1"},
      {Map.of("a", one), Map.of("b", one), "a map of [b]", "a map of [a]"},
      {Map.of("a", one), Map.of("a", one, "b", two), "a map of", "a map of [a]"},
      {Optional.of(one), Optional.empty(), "an empty Optional", "an Optional with a value"},
      {Optional.empty(), Optional.of(one), "an Optional with a value", "an empty Optional"},
      {new Linear(one, two), new Holder(one), "Holder", "Linear"},
      {new int[1], new long[1], "a Java array of long", "a Java array of int"},
    };
    for (Object[] pair : pairs) {
      assertThrowsSaying(
          IllegalArgumentException.class,
          () -> Trees.map(new Holder(pair[0]), new Holder(pair[1]), MlxArray::add),
          "[map] argument 1, x: found ",
          (String) pair[2],
          "where argument 0 has ",
          (String) pair[3]);
    }
  }

  @Test
  void operationsOfMapReturnArrays() {
    assertThrowsSaying(
        NullPointerException.class,
        () -> Trees.map(List.of(one, new Linear(two, three)), x -> x == three ? null : x),
        "[map] argument 0, [1].b: the operation returned null");
    assertThrowsSaying(
        NullPointerException.class, () -> Trees.map(one, two, (x, y) -> null), "[map] argument 0:");
    assertThrows(NullPointerException.class, () -> Trees.map(one, null));
    assertThrows(NullPointerException.class, () -> Trees.map(one, one, null));
  }

  // ---- flatten, unflatten ----------------------------------------------------------------------

  @Test
  void unflattenUndoesFlatten() {
    Mlp model = Models.mlp(0.5f);
    Mlp again = Trees.unflatten(model, Trees.flatten(model));
    assertEquals(model, again, "the same arrays in equal records");
  }

  @Test
  void unflattenTakesExactlyTheArraysOfTheTree() {
    Linear like = new Linear(one, two);
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Trees.unflatten(like, List.of(one)),
        "[unflatten] the tree, b: there is no array for it",
        "1 were given, the tree has 2");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Trees.unflatten(like, List.of(one, two, three)),
        "[unflatten] 3 arrays were given, but the tree has only 2");
    assertThrowsSaying(
        NullPointerException.class,
        () -> Trees.unflatten(like, Arrays.asList(one, null)),
        "[unflatten] the tree, b: the array for it is null");
    assertThrows(NullPointerException.class, () -> Trees.unflatten(like, (List<MlxArray>) null));
  }

  // ---- eval, close -----------------------------------------------------------------------------

  @Test
  void evalComputesEverything() {
    Linear tree = new Linear(one.add(1), two.add(1));
    Trees.eval(tree, null, List.of(three.add(1)));
    Trees.asyncEval(tree, three.add(2));
    Trees.eval();
    assertValues(tree.b(), 3);
  }

  @Test
  void closedArraysAreNamed() {
    Mlp model = Models.mlp(0);
    model.layers().get(1).b().close();
    for (String function : List.of("eval", "asyncEval")) {
      assertThrowsSaying(
          IllegalStateException.class,
          () -> {
            if (function.equals("eval")) {
              Trees.eval(one, model);
            } else {
              Trees.asyncEval(one, model);
            }
          },
          "[" + function + "] argument 1, layers[1].b: the array is closed");
    }
  }

  @Test
  void closeClosesEveryArray() {
    Mlp model = Models.mlp(0);
    Trees.close(model);
    assertTrue(Trees.flatten(model).stream().allMatch(MlxArray::isClosed));
    Trees.close(model);
    Trees.close(null);
  }

  // ---- files -----------------------------------------------------------------------------------

  @Test
  void savedTreesAreLoadedAgain(@TempDir Path folder) {
    Path file = folder.resolve("model.safetensors");
    Mlp model = Models.mlp(0.5f);
    Trees.save(file, model);
    assertEquals(
        Set.of("layers.0.w", "layers.0.b", "layers.1.w", "layers.1.b"),
        Io.loadSafetensors(file).keySet());
    Mlp zeros = Trees.map(model, x -> x.multiply(0));
    Mlp loaded = Trees.load(file, zeros);
    assertEquals(0.5f, loaded.slope());
    Trees.map(
        model,
        loaded,
        (expected, actual) -> {
          assertTrue(expected.arrayEqual(actual).itemBoolean());
          return actual;
        });
  }

  @Test
  void pathsNameEveryKindOfPlace(@TempDir Path folder) {
    Path file = folder.resolve("tree.safetensors");
    Map<Object, Object> tree = new LinkedHashMap<>();
    tree.put("w", one);
    tree.put("a.b", two);
    tree.put(3, array(three, one));
    tree.put(TimeUnit.DAYS, Optional.of(new Linear(one, two)));
    Trees.save(file, tree);
    assertEquals(
        Set.of("w", "a.b", "3.0", "3.1", "DAYS.w", "DAYS.b"), Io.loadSafetensors(file).keySet());
    Trees.eval(Trees.load(file, tree));
  }

  @Test
  void anArrayAloneIsSavedToo(@TempDir Path folder) {
    Path file = folder.resolve("one.safetensors");
    Trees.save(file, three);
    assertValues(Trees.load(file, one), 3);
  }

  @Test
  void keysThatLookTheSameCannotBeSaved(@TempDir Path folder) {
    Path file = folder.resolve("tree.safetensors");
    Map<Object, MlxArray> tree = new LinkedHashMap<>();
    tree.put(1, one);
    tree.put(1L, two);
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Trees.save(file, tree),
        "[save] the tree, [1]: another array of the tree has the same name, \"1\"");
    assertTrue(Files.notExists(file));
  }

  @Test
  void filesMustHoldExactlyTheArraysOfTheTree(@TempDir Path folder) {
    Path file = folder.resolve("tree.safetensors");
    Trees.save(file, new Linear(one, two));
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Trees.load(file, List.of(one)),
        "[load] the tree, [0]: ",
        "has no array \"0\"; it has [b, w]");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Trees.load(file, new Linear(one, null)),
        "[load] ",
        "no place for: [b]");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Trees.load(file, new Linear(MlxArray.of(1f, 2f), two)),
        "[load] the tree, w: ",
        "has the shape []",
        "has [2]");
    assertThrows(
        UncheckedIOException.class, () -> Trees.load(folder.resolve("none.safetensors"), one));
    two.close();
    assertThrowsSaying(
        IllegalStateException.class,
        () -> Trees.save(file, new Linear(one, two)),
        "[save] the tree, b: the array is closed");
  }

  @Test
  void emptyTreesAreSavedToo(@TempDir Path folder) {
    Path file = folder.resolve("empty.safetensors");
    Trees.save(file, Collections.emptyList());
    assertEquals(List.of(), Trees.load(file, List.of()));
  }
}
