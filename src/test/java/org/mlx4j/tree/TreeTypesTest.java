package org.mlx4j.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A wrong structure is an error of javac, and what is right compiles as one writes it. */
class TreeTypesTest {
  @TempDir private Path folder;

  private static final String BEFORE =
      """
      import java.util.List;
      import java.util.Map;
      import java.util.Optional;
      import java.util.function.BiFunction;
      import java.util.function.Function;
      import org.mlx4j.*;
      import org.mlx4j.tree.Trees;
      import org.mlx4j.tree.TreeBiFunction;
      import org.mlx4j.tree.TreeFunction;
      import org.mlx4j.tree.TreeTriFunction;
      import org.mlx4j.tree.TriFunction;
      import org.mlx4j.tree.TreeValueAndGrad;
      import org.mlx4j.tree.ValueAuxAndGrad;
      import org.mlx4j.tree.WithAux;

      class Snippet {
        record Linear(MlxArray w, MlxArray b) {}
        record Mlp(List<Linear> layers, float dropout) {}
        record Batch(MlxArray x, MlxArray y) {}
        record State(Mlp model, MlxArray key) {}

        Mlp model;
        Batch batch;
        State state;
        MlxArray x;

        MlxArray loss(Mlp m, Batch b) { return b.x(); }
        static MlxArray staticLoss(Mlp m, Batch b) { return b.x(); }
        MlxArray lossOfThree(Mlp m, Batch b, MlxArray key) { return key; }
        MlxArray norm(Mlp m) { return x; }
        float number(Mlp m, Batch b) { return 1f; }
        WithAux<MlxArray> withAux(Mlp m, Batch b) { return new WithAux<>(x, x); }
        State step(State s, Batch b) { return s; }

        void snippet() {
      """;
  private static final String AFTER =
      """

        }
      }
      """;

  private List<Diagnostic<? extends JavaFileObject>> errors(String snippet) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
    SimpleJavaFileObject source =
        new SimpleJavaFileObject(URI.create("string:///Snippet.java"), JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return BEFORE + snippet + AFTER;
          }
        };
    List<String> options =
        List.of("-cp", System.getProperty("java.class.path"), "-d", folder.toString());
    compiler.getTask(null, null, diagnostics, options, null, List.of(source)).call();
    return diagnostics.getDiagnostics().stream()
        .filter(d -> d.getKind() == Diagnostic.Kind.ERROR)
        .toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // the contract's own
        """
        try (var step = Trees.valueAndGrad((Mlp m, Batch b) -> loss(m, b))) {
          var r = step.apply(model, batch);
          MlxArray value = r.value();
          Mlp grad = r.grad();
          Mlp next = Trees.map(model, r.grad(), (p, g) -> p.subtract(g.multiply(0.1f)));
        }
        """,
        "TreeBiFunction<Mlp, Batch, TreeValueAndGrad<Mlp>> f = Trees.valueAndGrad(this::loss);",
        "var f = Trees.valueAndGrad(this::loss); Mlp g = f.apply(model, batch).grad();",
        "var f = Trees.valueAndGrad(Snippet::staticLoss); Mlp g = f.apply(model, batch).grad();",
        "var f = Trees.grad(this::norm); Mlp g = f.apply(model);",
        "var f = Trees.grad(this::lossOfThree); Mlp g = f.apply(model, batch, x);",
        // parameter types by what is assigned
        "TreeFunction<Mlp, Mlp> f = Trees.grad(m -> norm(m));",
        "TreeBiFunction<Mlp, Batch, Mlp> f = Trees.grad((m, b) -> loss(m, b));",
        "TreeTriFunction<Mlp, Batch, MlxArray, Mlp> f = Trees.grad((m, b, k) -> lossOfThree(m, b,"
            + " k));",
        "TreeFunction<Mlp, TreeValueAndGrad<Mlp>> f = Trees.valueAndGrad(m -> norm(m));",
        "TreeBiFunction<Mlp, Batch, TreeValueAndGrad<Mlp>> f = Trees.valueAndGrad((m, b) -> loss(m,"
            + " b));",
        "TreeFunction<List<MlxArray>, MlxArray> f = Trees.compile(xs -> xs.get(0));",
        "TreeBiFunction<State, Batch, State> f = Trees.compile((s, b) -> step(s, b));",
        "TreeBiFunction<State, Batch, State> f = Trees.checkpoint((s, b) -> step(s, b));",
        "TreeBiFunction<State, Batch, State> f = Trees.vmap((s, b) -> step(s, b), 0, 1);",
        "TreeFunction<Mlp, MlxArray> f = Trees.vmap(m -> norm(m));",
        "Function<Mlp, Mlp> f = Trees.grad(m -> norm(m));",
        "BiFunction<Mlp, Batch, TreeValueAndGrad<Mlp>> f = Trees.valueAndGrad((m, b) -> loss(m,"
            + " b));",
        "TriFunction<Mlp, Batch, MlxArray, Mlp> f = Trees.grad(this::lossOfThree);",
        // parameter types written down
        "State next = Trees.compile((State s, Batch b) -> step(s, b)).apply(state, batch);",
        "State next = Trees.compile(this::step).apply(state, batch);",
        "MlxArray y = Trees.vmap((Map<String, MlxArray> m) -> m.get(\"w\")).apply(Map.of());",
        "MlxArray[] g = Trees.grad((MlxArray[] xs) -> xs[0].sum()).apply(new MlxArray[] {x});",
        "Optional<MlxArray> g = Trees.grad((Optional<MlxArray> o) ->"
            + " o.get()).apply(Optional.of(x));",
        // auxiliary results
        """
        var f = Trees.valueAndGradWithAux((Mlp m, Batch b) -> new WithAux<>(loss(m, b), List.of(x)));
        List<MlxArray> aux = f.apply(model, batch).aux();
        Mlp g = f.apply(model, batch).grad();
        """,
        "ValueAuxAndGrad<MlxArray, Mlp> r = Trees.valueAndGradWithAux(this::withAux).apply(model,"
            + " batch);",
        // transforms of transforms
        "var f = Trees.compile(Trees.valueAndGrad(this::loss)); Mlp g = f.apply(model,"
            + " batch).grad();",
        "var f = Trees.grad(Trees.grad((MlxArray a) -> a.power(3))); MlxArray y = f.apply(x);",
        "var f = Trees.vmap(Trees.grad(this::loss), 0, Transforms.NOT_MAPPED);",
        // products
        "Mlp v = Trees.vjp(this::loss, model, batch, x).vjp();",
        "MlxArray v = Trees.vjp(a -> a.sin(), x, x).vjp();",
        "MlxArray t = Trees.jvp((m, b) -> loss(m, b), model, batch, model).jvp();",
        "State t = Trees.jvp(this::step, state, batch, state).jvp();",
        // trees themselves
        "Mlp twice = Trees.map(model, p -> p.multiply(2)); Trees.eval(twice, batch, x);",
        "List<MlxArray> all = Trees.flatten(model); Mlp again = Trees.unflatten(model, all);",
        "Mlp m = Scope.run(() -> model); try (Scope s = Scope.open()) { Mlp k = s.keep(model); }",
        """
        Trees.asyncEval(model);
        Trees.save(java.nio.file.Path.of("a"), model);
        Mlp loaded = Trees.load(java.nio.file.Path.of("a"), model);
        Trees.close(loaded);
        """,
      })
  void whatFitsCompiles(String snippet) {
    assertEquals(List.of(), errors(snippet), snippet);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // arguments of another type
        "Trees.valueAndGrad(this::loss).apply(batch, model);",
        "Trees.valueAndGrad(this::loss).apply(model);",
        "Trees.valueAndGrad(this::loss).apply(model, x);",
        "Trees.compile(this::step).apply(model, batch);",
        "Trees.vmap(this::norm).apply(x);",
        "MlxArray y = Trees.vjp(this::loss, model, batch, model).output();",
        "Trees.jvp(this::loss, model, batch, x);",
        // results of another type
        "Batch g = Trees.grad(this::loss).apply(model, batch);",
        "MlxArray g = Trees.valueAndGrad(this::loss).apply(model, batch).grad();",
        "Mlp next = Trees.compile(this::step).apply(state, batch);",
        "TreeFunction<Mlp, Batch> f = Trees.grad(m -> norm(m));",
        "Mlp m = Trees.valueAndGradWithAux(this::withAux).apply(model, batch).aux();",
        "Mlp next = Trees.map(model, batch, (p, g) -> p);",
        "Batch b = Trees.map(model, p -> p);",
        "Batch b = Trees.load(java.nio.file.Path.of(\"a\"), model);",
        "Batch b = Trees.unflatten(model, List.of());",
        // losses that are no arrays
        "Trees.valueAndGrad(this::number);",
        "Trees.valueAndGrad((Mlp m, Batch b) -> 1f);",
        "Trees.grad((Mlp m) -> m);",
        "Trees.grad((Mlp m) -> m.layers());",
        "Trees.grad(this::withAux);",
        "Trees.valueAndGradWithAux(this::loss);",
        "Trees.valueAndGradWithAux((Mlp m) -> new WithAux<>(1f, x));",
        // and functions of another shape
        "Trees.grad(() -> x);",
        "Trees.grad((MlxArray a, MlxArray b, MlxArray c, MlxArray d) -> a);",
        "Trees.map(model, p -> 1f);",
        "Trees.map(model, (p, g) -> p);",
      })
  void whatDoesNotFitIsRejected(String snippet) {
    List<Diagnostic<? extends JavaFileObject>> errors = errors(snippet);
    assertTrue(!errors.isEmpty(), () -> "compiles: " + snippet);
    assertTrue(
        errors.stream().noneMatch(e -> e.getCode().contains("cant.resolve")),
        () -> "rejected for another reason: " + errors);
    assertTrue(
        errors.stream().noneMatch(e -> e.getCode().contains("ref.ambiguous")),
        () -> "ambiguous: " + errors);
  }
}
