package org.mlx4j.tree;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.mlx4j.ArrayAssertions.assertThrowsSaying;
import static org.mlx4j.ArrayAssertions.assertValues;

import java.io.IOException;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.lang.ref.WeakReference;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mlx4j.InScope;
import org.mlx4j.LifetimeBalance;
import org.mlx4j.MlxArray;
import org.mlx4j.Scope;

/** Records wherever they are: private, nested, generic, of other class loaders and modules. */
@ExtendWith(InScope.class)
class TreeAccessTest {
  private final MlxArray x = MlxArray.of(1f, 2f);

  private static <T> T twice(T tree) {
    return Trees.map(tree, a -> a.multiply(2));
  }

  // ---- in the same class loader ----------------------------------------------------------------

  private record Private(MlxArray x, int n) {
    private record Nested(Private inner, long a, double b, byte c, char d, boolean e, short f) {}
  }

  @Test
  void privateAndNestedRecords() {
    Private.Nested nested =
        new Private.Nested(new Private(x, 3), 1L << 40, 0.1, (byte) -1, 'x', true, (short) 7);
    Private.Nested twice = twice(nested);
    assertValues(twice.inner().x(), 2, 4);
    assertEquals(
        new Private.Nested(twice.inner(), 1L << 40, 0.1, (byte) -1, 'x', true, (short) 7), twice);
  }

  @Test
  void localRecordsAndGenericOnes() {
    record Pair<A, B>(A first, B second) {}
    Pair<MlxArray, List<Pair<String, MlxArray>>> twice =
        twice(new Pair<>(x, List.of(new Pair<>("a", x))));
    assertValues(twice.first(), 2, 4);
    assertEquals("a", twice.second().get(0).first());
    assertValues(twice.second().get(0).second(), 2, 4);
  }

  @Test
  void recordsWithoutComponents() {
    record Nothing() {}
    assertEquals(new Nothing(), twice(new Nothing()));
  }

  sealed interface Shape permits Circle, Square {}

  record Circle(MlxArray radius) implements Shape {}

  record Square(MlxArray side, MlxArray angle) implements Shape {}

  @Test
  void sealedHierarchies() {
    List<Shape> twice = twice(List.<Shape>of(new Circle(x), new Square(x, x)));
    assertValues(((Circle) twice.get(0)).radius(), 2, 4);
    assertValues(((Square) twice.get(1)).angle(), 2, 4);
  }

  record Checked(MlxArray w, List<MlxArray> more, int count) {
    static int made;

    Checked {
      made++;
      more = List.copyOf(more);
    }

    Checked(MlxArray w) {
      this(w, List.of(), 0);
    }

    /** Shows something else than the component. */
    @Override
    public int count() {
      return more.size();
    }
  }

  @Test
  void accessorsAndCanonicalConstructorsOfTheUserAreUsed() {
    Checked value = new Checked(x, new ArrayList<>(List.of(x, x)), 99);
    int made = Checked.made;
    Checked twice = twice(value);
    assertEquals(made + 1, Checked.made);
    assertEquals(2, twice.count());
    assertValues(twice.more().get(1), 2, 4);
    assertValues(twice(new Checked(x)).w(), 2, 4);
  }

  // ---- in others -------------------------------------------------------------------------------

  private static Path compiled(Path folder, Map<String, String> sources) throws IOException {
    Path from = folder.resolve("source");
    Path to = Files.createDirectories(folder.resolve("classes"));
    List<String> arguments = new ArrayList<>(List.of("-d", to.toString()));
    for (Map.Entry<String, String> source : sources.entrySet()) {
      Path file = from.resolve(source.getKey());
      Files.createDirectories(file.getParent());
      Files.writeString(file, source.getValue());
      arguments.add(file.toString());
    }
    assertEquals(
        0,
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, arguments.toArray(String[]::new)));
    return to;
  }

  private static final String BOX =
      """
      package boxes.%s;
      %s record Box(Object content, int size) {
        %s record Inner(Object x) {}
        public static Object of(Object x) { return new Box(new Inner(x), 7); }
      }
      """;

  private static Object box(Class<?> maker, Object content) throws ReflectiveOperationException {
    Method of = maker.getMethod("of", Object.class);
    return of.invoke(null, content);
  }

  @Test
  void recordsOfOtherClassLoaders(@TempDir Path folder) throws Exception {
    Path classes =
        compiled(folder, Map.of("Box.java", BOX.formatted("hidden", "public", "private")));
    URL[] path = {classes.toUri().toURL()};
    try (URLClassLoader first = new URLClassLoader(path, null);
        URLClassLoader second = new URLClassLoader(path, null)) {
      Object a = box(first.loadClass("boxes.hidden.Box"), x);
      Object b = box(second.loadClass("boxes.hidden.Box"), x);
      assertNotSame(a.getClass(), b.getClass());
      for (Object box : List.of(a, b)) {
        Object twice = twice(box);
        assertSame(box.getClass(), twice.getClass());
        assertValues(Trees.flatten(twice).get(0), 2, 4);
      }
      assertThrowsSaying(
          IllegalArgumentException.class,
          () -> Trees.map(a, b, MlxArray::add),
          "[map] argument 1: found a record boxes.hidden.Box");
      int[] traces = {0};
      TreeFunction<Object, Object> f =
          Trees.compile(
              (Object box) -> {
                traces[0]++;
                return twice(box);
              });
      for (int i = 0; i < 2; i++) {
        assertSame(a.getClass(), f.apply(a).getClass());
        assertSame(b.getClass(), f.apply(b).getClass());
      }
      assertEquals(2, traces[0], "classes of one name are different structures");
    }
  }

  /** The largest that Java allows is larger than what method handles allow. */
  @ParameterizedTest
  @CsvSource({"253, true", "254, false"})
  void largeRecords(int components, boolean works, @TempDir Path folder) throws Exception {
    String all =
        IntStream.range(0, components).mapToObj(i -> "Object x" + i).collect(joining(", "));
    String values = IntStream.range(0, components).mapToObj(i -> "x").collect(joining(", "));
    Path classes =
        compiled(
            folder,
            Map.of(
                "Large.java",
                "public record Large(%s) {public static Object of(Object x) {return new Large(%s);}}"
                    .formatted(all, values)));
    try (URLClassLoader loader = new URLClassLoader(new URL[] {classes.toUri().toURL()}, null)) {
      Object large = box(loader.loadClass("Large"), x);
      if (works) {
        assertEquals(components, Trees.flatten(twice(large)).size());
      } else {
        assertThrowsSaying(
            IllegalArgumentException.class,
            () -> Trees.flatten(large),
            "[flatten] the tree: the record Large cannot be read or created: bad parameter count");
      }
    }
  }

  @Test
  void classLoadersAreNotHeld(@TempDir Path folder) throws Exception {
    Path classes =
        compiled(folder, Map.of("Box.java", BOX.formatted("hidden", "public", "private")));
    LifetimeBalance.assertCollected(used(classes));
  }

  private WeakReference<ClassLoader> used(Path classes) throws Exception {
    try (URLClassLoader loader = new URLClassLoader(new URL[] {classes.toUri().toURL()}, null);
        Scope scope = Scope.open()) {
      Object box = box(loader.loadClass("boxes.hidden.Box"), x);
      try (TreeFunction<Object, Object> f = Trees.compile((Object b) -> twice(b))) {
        f.apply(box);
      }
      return new WeakReference<>(loader);
    }
  }

  private static Class<?> moduleClass(Path folder, String moduleInfo, String name)
      throws IOException, ClassNotFoundException {
    Path classes =
        compiled(
            folder,
            Map.of(
                "module-info.java",
                moduleInfo,
                "boxes/open/Box.java",
                BOX.formatted("open", "public", "private"),
                "boxes/hidden/Box.java",
                BOX.formatted("hidden", "public", "private"),
                "boxes/shown/Box.java",
                BOX.formatted("shown", "public", "public"),
                "boxes/api/Maker.java",
                """
                package boxes.api;
                public class Maker {
                  public static Object of(Object x) { return boxes.hidden.Box.of(x); }
                }
                """));
    ModuleFinder finder = ModuleFinder.of(classes);
    Configuration configuration =
        ModuleLayer.boot().configuration().resolve(finder, ModuleFinder.of(), Set.of("boxes"));
    ModuleLayer layer =
        ModuleLayer.boot()
            .defineModulesWithOneLoader(configuration, TreeAccessTest.class.getClassLoader());
    Class<?> type = layer.findLoader("boxes").loadClass(name);
    assertEquals("boxes", type.getModule().getName());
    return type;
  }

  private static final String MODULE =
      """
      module boxes {
        opens boxes.open;
        exports boxes.shown;
        exports boxes.api;
      }
      """;

  @Test
  void recordsOfModulesThatOpenTheirPackage(@TempDir Path folder) throws Exception {
    Object box = box(moduleClass(folder, MODULE, "boxes.open.Box"), x);
    assertValues(Trees.flatten(twice(box)).get(0), 2, 4);
  }

  @Test
  void publicRecordsOfExportedPackages(@TempDir Path folder) throws Exception {
    Object box = box(moduleClass(folder, MODULE, "boxes.shown.Box"), x);
    assertValues(Trees.flatten(twice(box)).get(0), 2, 4);
  }

  @Test
  void recordsOfClosedPackagesAreNamedWithTheWayOut(@TempDir Path folder) throws Exception {
    Object box = box(moduleClass(folder, MODULE, "boxes.api.Maker"), x);
    for (int i = 0; i < 2; i++) {
      assertThrowsSaying(
          IllegalArgumentException.class,
          () -> Trees.flatten(List.of(x, box)),
          "[flatten] the tree, [1]: the record boxes.hidden.Box cannot be read or created",
          "its module does not open its package",
          "add \"opens boxes.hidden;\" to the module-info of boxes");
    }
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Trees.compile((MlxArray a) -> List.of(a, box)).apply(x),
        "[compile] the result, [1]: the record boxes.hidden.Box");
    assertThrowsSaying(
        IllegalArgumentException.class, () -> Scope.run(() -> box), "boxes.hidden.Box");
  }
}
