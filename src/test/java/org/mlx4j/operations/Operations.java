package org.mlx4j.operations;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The table of all operations, in the order of the interfaces that hold them. {@link OracleTest},
 * {@link FiniteDifferencesTest} and {@link VmapTest} try each row, {@link CoverageTest} sees to it
 * that no operation is missing.
 *
 * <p>A new operation is one more row.
 */
final class Operations {
  private static final List<Operation> ALL =
      Stream.of(
              ElementwiseRows.rows(),
              ReductionRows.rows(),
              ScanRows.rows(),
              ShapeRows.rows(),
              IndexingRows.rows(),
              SortingRows.rows(),
              ProductRows.rows(),
              LinalgRows.rows(),
              FftRows.rows(),
              ConvolutionRows.rows(),
              QuantizationRows.rows(),
              FastRows.rows(),
              CreationRows.rows(),
              RandomRows.rows(),
              DistributedRows.rows())
          .flatMap(rows -> rows)
          .toList();

  private Operations() {}

  static Stream<Operation> all() {
    return ALL.stream();
  }

  static Stream<Operation> differentiable() {
    return all().filter(Operation::isDifferentiable);
  }

  static Stream<Operation> vmappable() {
    return all().filter(Operation::isVmappable);
  }

  /**
   * Whether an exception says what a row of the table says that MLX cannot do. A chain of {@link
   * Compositions} may be refused for that, too.
   *
   * @param refusal what kind of refusal, such as {@link Operation#vmapRefusal}
   */
  static boolean isListed(Function<Operation, String> refusal, Throwable e) {
    return all()
        .map(refusal)
        .anyMatch(message -> message != null && String.valueOf(e.getMessage()).contains(message));
  }
}
