package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.mlx4j.internal.ClosedException;
import org.mlx4j.tree.Trees;

/** With {@code -Dmlx4j.track=true}, exceptions about closed objects show where they were closed. */
class TrackingTest {
  @Test
  void nothingIsRecordedWithoutTheProperty() {
    assertFalse(Tracking.ON);
    MlxArray array = Ops.ones(1);
    array.close();
    IllegalStateException e = assertThrows(IllegalStateException.class, () -> array.add(1));
    assertTrue(e.getMessage().contains("-Dmlx4j.track=true"), e.getMessage());
    assertEquals(ClosedException.class, e.getCause().getClass());
  }

  @Test
  void withThePropertyItIsTheCause() throws IOException, InterruptedException {
    ChildJvm.run(Program.class, Duration.ofMinutes(2), Map.of(), List.of("-Dmlx4j.track=true"));
  }

  /** Closes arrays and functions in every way, each in a separate method. */
  static final class Program {
    private static MlxArray array;

    private Program() {}

    public static void main(String[] args) throws InterruptedException {
      assertTrue(Tracking.ON);
      byHand(made());
      assertClosedIn("byHand", () -> array.add(1));
      byScope();
      assertClosedIn("byScope", () -> array.add(1));
      byRun();
      assertClosedIn("byRun", () -> array.toFloatArray());
      allTogether(made());
      assertClosedIn("allTogether", () -> array.add(1));
      byFunction();
      assertClosedIn("byFunction", () -> array.add(1));
      byTree(made());
      assertClosedIn("byTree", () -> Trees.map(array, a -> a.add(1)));
      inTheMidstOfMany();
      assertFunctionIsTracked();
      assertForgottenAfterCollection();
    }

    private static MlxArray made() {
      array = Ops.ones(1);
      return array;
    }

    private static void byHand(MlxArray a) {
      a.close();
      a.close(); // the first time counts
    }

    private static void byScope() {
      try (Scope scope = Scope.open()) {
        made();
      }
    }

    private static void byRun() {
      Scope.run(() -> Ops.eval(made()));
    }

    private static void allTogether(MlxArray a) {
      Ops.close(a);
    }

    private static void byFunction() {
      Transforms.grad(
              a -> {
                made();
                return a.sum();
              })
          .apply(Ops.ones(2));
    }

    private static void byTree(MlxArray a) {
      Trees.close(List.of(a));
    }

    private static void inTheMidstOfMany() {
      for (int i = 0; i < 1000; i++) {
        Ops.ones(1).close();
      }
    }

    private static void assertClosedIn(String method, Supplier<?> use) {
      IllegalStateException e = assertThrows(IllegalStateException.class, use::get);
      Throwable closed = e.getCause();
      assertTrue(closed.getMessage().startsWith("it was closed here"), closed.getMessage());
      assertTrue(has(closed, method), () -> Arrays.toString(closed.getStackTrace()));
      Throwable made = closed.getCause();
      assertTrue(made.getMessage().startsWith("it was created here"), made.getMessage());
      assertTrue(has(made, "made"), () -> Arrays.toString(made.getStackTrace()));
      assertFalse(e.getMessage().contains("mlx4j.track"), e.getMessage());
    }

    private static boolean has(Throwable e, String method) {
      return Arrays.stream(e.getStackTrace()).anyMatch(f -> f.getMethodName().equals(method));
    }

    private static void assertFunctionIsTracked() {
      TransformedFunction f = Transforms.compile(a -> a.add(1));
      f.close();
      IllegalStateException e =
          assertThrows(IllegalStateException.class, () -> f.apply(Ops.ones(1)));
      assertTrue(has(e.getCause(), "assertFunctionIsTracked"));
    }

    private static void assertForgottenAfterCollection() {
      array = null;
      assertTrue(LifetimeBalance.reached(() -> Tracking.recorded() < 100), "records are kept");
    }
  }
}
