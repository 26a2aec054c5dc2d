package org.mlx4j.operations;

import static org.mlx4j.Index.ellipsis;
import static org.mlx4j.Index.to;
import static org.mlx4j.operations.Input.between;
import static org.mlx4j.operations.Operation.binary;
import static org.mlx4j.operations.Operation.many;
import static org.mlx4j.operations.Operation.unary;

import java.util.stream.Stream;
import org.mlx4j.Index;
import org.mlx4j.MlxArray;
import org.mlx4j.SearchSide;
import org.mlx4j.Unique;

/**
 * The rows of {@code Sorting}. Where the order is left open, both sides are sorted before they are
 * compared.
 */
final class SortingRows {
  private static final Input MATRIX = between(-50, 50, 3, 8);
  private static final Input SOME = Input.whole(-3, 3, 3, 8);
  private static final int[] LARGE = {1000, 300};

  private SortingRows() {}

  static Stream<Operation> rows() {
    return Stream.of(values(), positions().map(Operation::discrete))
        .flatMap(rows -> rows)
        .map(row -> row.on(DTypes.REAL).exact());
  }

  private static Stream<Operation> values() {
    return Stream.of(
        unary("sort", MlxArray::sort, "mx.sort(a)", MATRIX).shapes(new int[] {0, 4}, LARGE),
        unary("sort axis", x -> x.sort(0), "mx.sort(a, 0)", MATRIX),
        many(
            "partition",
            xs -> parts(xs[0].partition(3), 3),
            parts("mx.partition(a, 3)", 3),
            MATRIX),
        many(
            "partition axis",
            xs -> parts(xs[0].partition(1, 0).transpose(), 1),
            parts("mx.partition(a, 1, 0).T", 1),
            MATRIX),
        unary("topk", x -> x.topk(3).sort(), "mx.sort(mx.topk(a, 3))", MATRIX).shapes(LARGE),
        unary("topk axis", x -> x.topk(2, 0).sort(0), "mx.sort(mx.topk(a, 2, 0), 0)", MATRIX));
  }

  private static Stream<Operation> positions() {
    return Stream.of(
        unary(
            "searchsorted",
            v -> MlxArray.of(-3, 1, 1, 7, 20).searchsorted(v),
            "mx.searchsorted(mx.array([-3, 1, 1, 7, 20]), a)",
            MATRIX),
        unary(
            "searchsorted right",
            v -> MlxArray.of(1, 2, 2, 4).searchsorted(v, SearchSide.RIGHT),
            "mx.searchsorted(mx.array([1, 2, 2, 4]), a, side='right')",
            Input.values(0, 1, 2, 3, 4, 5)),
        binary(
                "searchsorted in",
                (x, v) -> x.sort().searchsorted(v),
                "mx.searchsorted(mx.sort(a), b)",
                between(-50, 50, 20),
                MATRIX)
            .withoutVmap("Cannot vmap over the sorted sequence"),
        many(
            "unique",
            xs -> {
              Unique u = xs[0].unique(6, true, true, true);
              return new MlxArray[] {u.values(), u.indices(), u.inverse(), u.counts()};
            },
            "mx.unique(a, 6, True, True, True)",
            SOME),
        unary("unique values", x -> x.unique(30), "mx.unique(a, 30)", SOME),
        many(
            "unique counts",
            xs -> {
              Unique u = xs[0].unique(9, false, false, true);
              return new MlxArray[] {u.values(), u.counts()};
            },
            "mx.unique(a, 9, return_counts=True)",
            SOME),
        many(
            "unique filled",
            xs -> {
              Unique u = xs[0].unique(30, false, true, false, MlxArray.scalar(7));
              return new MlxArray[] {u.values(), u.inverse()};
            },
            "mx.unique(a, 30, return_inverse=True, fill_value=7)",
            SOME),
        unary("argsort", MlxArray::argsort, "mx.argsort(a)", MATRIX)
            .shapes(new int[] {0, 4}, LARGE),
        unary("argsort axis", x -> x.argsort(0), "mx.argsort(a, 0)", MATRIX),
        many(
            "argpartition",
            xs -> parts(xs[0].argpartition(3), 3),
            parts("mx.argpartition(a, 3)", 3),
            MATRIX),
        many(
            "argpartition axis",
            xs -> parts(xs[0].argpartition(1, 0).transpose(), 1),
            parts("mx.argpartition(a, 1, 0).T", 1),
            MATRIX));
  }

  /**
   * The elements before an element, sorted, and those after it, sorted, with the element itself
   * between.
   */
  private static MlxArray[] parts(MlxArray x, int kth) {
    return new MlxArray[] {
      x.get(ellipsis(), to(kth)).sort(),
      x.take(kth, -1),
      x.get(ellipsis(), Index.from(kth + 1)).sort()
    };
  }

  private static String parts(String x, int kth) {
    return "[mx.sort(%s[..., :%d]), mx.take(%s, %d, -1), mx.sort(%s[..., %d:])]"
        .formatted(x, kth, x, kth, x, kth + 1);
  }
}
