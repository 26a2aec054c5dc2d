package org.mlx4j.operations;

import static org.mlx4j.operations.Input.between;
import static org.mlx4j.operations.Operation.unary;

import java.util.stream.Stream;
import org.mlx4j.ArrayFunction;
import org.mlx4j.Distributed;

/**
 * The rows of {@code Distributed} in a group of one, as which the tests run; DistributedTest has
 * larger ones.
 */
final class DistributedRows {
  private static final Input MATRIX = between(-2, 2, 2, 3);

  private DistributedRows() {}

  static Stream<Operation> rows() {
    return Stream.of(
            collective("allSum", Distributed::allSum, "all_sum"),
            collective("allMax", Distributed::allMax, "all_max"),
            collective("allMin", Distributed::allMin, "all_min"),
            collective("allGather", Distributed::allGather, "all_gather"),
            collective("sumScatter", Distributed::sumScatter, "sum_scatter"),
            collective("allSum group", x -> Distributed.allSum(x, Distributed.init()), "all_sum"))
        .map(Operation::exact);
  }

  private static Operation collective(String name, ArrayFunction function, String python) {
    return unary("Distributed." + name, function, "mx.distributed." + python + "(a)", MATRIX)
        .on(DTypes.ALL)
        .shapes(new int[] {}, new int[] {0, 3});
  }
}
