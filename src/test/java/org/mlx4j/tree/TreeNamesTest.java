package org.mlx4j.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mlx4j.ArrayAssertions.assertThrowsSaying;
import static org.mlx4j.ArrayAssertions.assertValues;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.mlx4j.InScope;
import org.mlx4j.Io;
import org.mlx4j.MlxArray;

/** Arrays are named in files as MLX's Python package names them. */
@ExtendWith(InScope.class)
class TreeNamesTest {
  private final MlxArray one = MlxArray.scalar(1f);
  private final MlxArray two = MlxArray.scalar(2f);
  private final MlxArray three = MlxArray.scalar(3f);

  record Weight(MlxArray weight) {}

  record Spellings(
      MlxArray queryProj,
      MlxArray ln1,
      MlxArray fc1Weight,
      MlxArray inputURL,
      MlxArray httpURLPath,
      MlxArray snake_case,
      MlxArray snake_Upper,
      MlxArray Wx,
      MlxArray URL,
      MlxArray _x,
      @Name("Wh") MlxArray wh,
      @Name("a.b") MlxArray dotted) {}

  @Test
  void componentsHaveTheNamesOfPython() {
    MlxArray[] arrays = new MlxArray[12];
    Arrays.setAll(arrays, i -> MlxArray.scalar(i));
    Spellings tree =
        new Spellings(
            arrays[0],
            arrays[1],
            arrays[2],
            arrays[3],
            arrays[4],
            arrays[5],
            arrays[6],
            arrays[7],
            arrays[8],
            arrays[9],
            arrays[10],
            arrays[11]);
    assertEquals(
        List.of(
            "query_proj",
            "ln1",
            "fc1_weight",
            "input_url",
            "http_url_path",
            "snake_case",
            "snake_upper",
            "Wx",
            "URL",
            "_x",
            "Wh",
            "a.b"),
        List.copyOf(Trees.flattenWithPaths(tree).keySet()));
  }

  @Test
  void pathsLeadThroughEveryKindOfTree() {
    Map<Object, Object> tree = new LinkedHashMap<>();
    tree.put("a.b", new Weight(one));
    tree.put(3, new MlxArray[] {two, null, three});
    tree.put(TimeUnit.DAYS, Optional.of(List.of(List.of(one))));
    tree.put("", one);
    tree.put(null, Optional.of(two));
    Map<String, MlxArray> flat = Trees.flattenWithPaths(tree);
    assertEquals(
        List.of("a.b.weight", "3.0", "3.2", "DAYS.0.0", "", "null"), List.copyOf(flat.keySet()));
    assertSame(three, flat.get("3.2"));
    assertThrows(UnsupportedOperationException.class, () -> flat.put("x", one));
    assertEquals(Map.of("", one), Trees.flattenWithPaths(one));
    assertEquals(Map.of(), Trees.flattenWithPaths(null));
  }

  record Nameless(@Name("") MlxArray x) {}

  @Test
  void namesAreNotEmpty() {
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Trees.flatten(new Nameless(one)),
        "[flatten] the tree: the @Name of the component x of the record ",
        "Nameless is empty");
  }

  record Clash(MlxArray aB, MlxArray a_b) {}

  @Test
  void placesWithTheSameNameAreRefused() {
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Trees.flattenWithPaths(new Clash(one, two)),
        "[flattenWithPaths] the tree, a_b: another array of the tree has the same name, \"a_b\"");
    assertEquals(Set.of("a_b"), Trees.flattenWithPaths(new Clash(one, null)).keySet());
    Map<String, Object> dotted = new LinkedHashMap<>();
    dotted.put("a", Map.of("b", one));
    dotted.put("a.b", two);
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Trees.flattenWithPaths(dotted),
        "[flattenWithPaths] the tree, [\"a.b\"]: ",
        "same name, \"a.b\"");
  }

  @Test
  void treesAreMadeOfArraysByPath() {
    Map<String, Weight> like = Map.of("k", new Weight(one));
    assertSame(two, Trees.unflatten(like, Map.of("k.weight", two)).get("k").weight());
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Trees.unflatten(like, Map.of("k.bias", two)),
        "[unflatten] the tree, k.weight: the map has no array \"k.weight\"; it has [k.bias]");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Trees.unflatten(like, Map.of("k.weight", two, "x", one)),
        "[unflatten] the map holds arrays that the tree has no place for: [x]");
    Map<String, MlxArray> withNull = new LinkedHashMap<>();
    withNull.put("k.weight", null);
    assertThrowsSaying(
        NullPointerException.class,
        () -> Trees.unflatten(like, withNull),
        "[unflatten] the tree, k.weight: the array for it is null");
    assertThrows(
        NullPointerException.class, () -> Trees.unflatten(like, (Map<String, MlxArray>) null));
  }

  @Test
  void nullIsNotInTheFile(@TempDir Path folder) {
    Path file = folder.resolve("a.safetensors");
    List<Weight> tree = new ArrayList<>(Arrays.asList(new Weight(null), null, new Weight(one)));
    Trees.save(file, tree);
    assertEquals(Set.of("2.weight"), Io.loadSafetensors(file).keySet());
    List<Weight> loaded = Trees.load(file, tree);
    assertNull(loaded.get(0).weight());
    assertNull(loaded.get(1));
    assertValues(loaded.get(2).weight(), 1);
  }

  @Test
  void aFunctionGivesOtherNames(@TempDir Path folder) {
    Path file = folder.resolve("a.safetensors");
    List<Weight> tree = List.of(new Weight(one), new Weight(two));
    Trees.save(file, tree, name -> "model." + name.replace("weight", "kernel"));
    assertEquals(Set.of("model.0.kernel", "model.1.kernel"), Io.loadSafetensors(file).keySet());
    List<Weight> loaded =
        Trees.load(file, tree, name -> "model." + name.replace("weight", "kernel"));
    assertValues(loaded.get(1).weight(), 2);
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Trees.load(file, tree),
        "[load] the tree, [0].weight: ",
        "has no array \"0.weight\"; it has [model.0.kernel, model.1.kernel]");
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Trees.save(file, tree, name -> "same"),
        "[save] the tree, [1].weight: another array of the tree has the same name, \"same\"");
    assertThrowsSaying(
        NullPointerException.class,
        () -> Trees.load(file, tree, name -> null),
        "[load] the tree, [0].weight: the function of names returned null for \"0.weight\"");
    assertThrowsSaying(
        NullPointerException.class,
        () -> Trees.save(file, tree, null),
        "[save] the function of names is null");
    assertThrowsSaying(
        NullPointerException.class,
        () -> Trees.load(file, tree, null),
        "[load] the function of names is null");
  }

  @Test
  void filesWithOldNamesAreRecognized(@TempDir Path folder) {
    Path file = Io.saveSafetensors(folder.resolve("old"), Map.of("[0].weight", two));
    List<Weight> like = List.of(new Weight(one));
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Trees.load(file, like),
        "[load] the tree, [0].weight: ",
        "has the names of a file that mlx4j wrote before it named arrays as MLX does",
        "\"[0].weight\", where \"0.weight\" is needed");
    List<Weight> loaded = Trees.load(file, like, name -> name.replaceAll("(^|\\.)(\\d+)", "[$2]"));
    assertValues(loaded.get(0).weight(), 2);
  }

  @Test
  void aFileThatDoesNotFitIsClosed(@TempDir Path folder) {
    Path file = folder.resolve("a.safetensors");
    Trees.save(file, List.of(one, two));
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Trees.load(file, List.of(one)),
        "holds arrays that the tree has no place for: [1]");
    assertFalse(one.isClosed());
    assertTrue(file.toFile().delete());
  }
}
