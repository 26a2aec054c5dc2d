package org.mlx4j.operations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.fail;
import static org.mlx4j.operations.Operation.unary;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mlx4j.ArraysFunction;
import org.mlx4j.DType;
import org.mlx4j.Index;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.operations.Operation.Variant;

/**
 * The memory layout of an argument changes nothing: an operation on views of other arrays, and its
 * gradient, equals that on row-major arrays.
 */
class LayoutLawTest {
  /** How an array can lie in memory; a scalar only in one way. */
  private enum Layout {
    TRANSPOSED {
      @Override
      MlxArray view(MlxArray x) {
        return x.T().contiguous().T();
      }
    },
    EVERY_SECOND {
      @Override
      MlxArray view(MlxArray x) {
        return x.repeat(2, -1).get(Index.ellipsis(), Index.slice(null, null, 2));
      }
    },
    EVERY_SECOND_ROW {
      @Override
      MlxArray view(MlxArray x) {
        return x.repeat(2, 0).get(Index.slice(1, null, 2));
      }
    },
    REVERSED {
      @Override
      MlxArray view(MlxArray x) {
        return x.flip().contiguous().flip();
      }
    },
    BEHIND_ANOTHER {
      @Override
      MlxArray view(MlxArray x) {
        return Ops.concatenate(x, x).get(Index.from(x.dim(0)));
      }
    },
    INTERLEAVED {
      @Override
      MlxArray view(MlxArray x) {
        return Ops.stack(new MlxArray[] {x, x}, x.ndim()).get(Index.ellipsis(), Index.at(1));
      }
    },
    /** All rows are the first one; so the elements are others. */
    BROADCAST {
      @Override
      MlxArray view(MlxArray x) {
        return x.get(Index.to(1)).contiguous().broadcastTo(x.shape());
      }
    };

    abstract MlxArray view(MlxArray x);

    /** The view, computed, so that nothing is left to be done otherwise. */
    MlxArray of(MlxArray x) {
      if (x.ndim() == 0 || x.size() == 0) {
        return x;
      }
      MlxArray view = view(x);
      view.eval();
      return view;
    }
  }

  static Stream<Operation> operations() {
    return Operations.all().filter(operation -> operation.inputs() > 0);
  }

  @ParameterizedTest
  @MethodSource("operations")
  void viewsAreTheirElements(Operation operation) {
    Variant main = operation.main();
    for (Layout layout : Layout.values()) {
      assertViewsAreTheirElements(main, i -> layout, layout != Layout.BROADCAST);
    }
    Set<DType> tried = new HashSet<>();
    operation
        .variants()
        .filter(variant -> tried.add(variant.dtype()))
        .forEach(
            variant -> assertViewsAreTheirElements(variant, mixed(tried.size()), variant.isMain()));
  }

  @ParameterizedTest
  @MethodSource("org.mlx4j.operations.Compositions#all")
  void compositionsOfViewsHaveTheirValues(Operation chain) {
    for (Layout layout : Layout.values()) {
      assertViewsAreTheirElements(chain.main(), i -> layout, false);
    }
  }

  private static IntFunction<Layout> mixed(int first) {
    Layout[] all = Layout.values();
    return i -> all[(first + i) % (all.length - 1)];
  }

  /** Compares the values, and where that is asked for gradients; equal elements may have none. */
  private static void assertViewsAreTheirElements(
      Variant variant, IntFunction<Layout> layouts, boolean gradients) {
    variant.run(
        () -> {
          MlxArray[] given = HostArray.allToMlx(variant.draw(0));
          MlxArray[] views = new MlxArray[given.length];
          MlxArray[] rows = new MlxArray[given.length];
          for (int i = 0; i < given.length; i++) {
            views[i] = layouts.apply(i).of(given[i]);
            rows[i] = HostArray.of(views[i]).toMlx();
          }
          Operation operation = variant.operation();
          assertSame(variant, layouts, "", operation::apply, rows, views);
          if (gradients && operation.isDifferentiable() && operation.vjpRefusal() == null) {
            ArraysFunction gradient = Derivatives.gradient(operation::apply, operation.argnums());
            assertSame(variant, layouts, ", gradient", gradient, rows, views);
          }
          return null;
        });
  }

  private static void assertSame(
      Variant variant,
      IntFunction<Layout> layouts,
      String what,
      ArraysFunction f,
      MlxArray[] rows,
      MlxArray[] views) {
    String where =
        variant + what + " of " + IntStream.range(0, views.length).mapToObj(layouts).toList();
    Optional<HostArray[]> expected = compute(f, rows);
    Optional<HostArray[]> actual = compute(f, views);
    assertEquals(expected.isPresent(), actual.isPresent(), () -> where + " is refused for one");
    expected.ifPresent(results -> assertSame(variant, where, results, actual.orElseThrow()));
  }

  private static void assertSame(
      Variant variant, String where, HostArray[] expected, HostArray[] actual) {
    assertEquals(expected.length, actual.length, () -> where + ": number of results");
    for (int i = 0; i < expected.length; i++) {
      int result = i;
      actual[i]
          // BLAS adds up in another order
          .differenceFrom(expected[i], 10 * variant.operation().tolerance(expected[i].dtype()))
          .ifPresent(difference -> fail(where + ": result " + result + ": " + difference));
    }
  }

  /** Empty if the function refuses such arguments. */
  private static Optional<HostArray[]> compute(ArraysFunction f, MlxArray... arguments) {
    try {
      return Optional.of(HostArray.allOf(f.apply(arguments)));
    } catch (RuntimeException refused) {
      return Optional.empty();
    }
  }

  // ---- this test can fail
  // --------------------------------------------------------------------------

  @Test
  void anOperationThatIsNotAFunctionIsDetected() {
    int[] calls = {0};
    Operation wrong = unary("wrong", x -> x.multiply(++calls[0]), "a", Input.between(-2, 2, 2, 3));
    assertThrows(AssertionError.class, () -> viewsAreTheirElements(wrong));
  }
}
