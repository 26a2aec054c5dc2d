package org.mlx4j.nn;

import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mlx4j.InScope;

/** Every function of a class has rows, and gives what MLX's Python gives. */
@ExtendWith(InScope.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class FormulaTable {
  private final Class<?> type;
  private Formulas formulas;

  FormulaTable(Class<?> type) {
    this.type = type;
  }

  abstract Stream<Formulas.Row> rows();

  @BeforeAll
  void ask() {
    formulas = new Formulas(rows().toList());
  }

  @ParameterizedTest
  @MethodSource("rows")
  void valuesAndGradientsArePythons(Formulas.Row row) {
    formulas.assertIsPythons(row);
  }

  @Test
  void everyFunctionHasARow() {
    Formulas.assertComplete(type, rows());
  }
}
