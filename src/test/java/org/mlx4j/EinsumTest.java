package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.mlx4j.ArrayAssertions.assertShape;
import static org.mlx4j.ArrayAssertions.assertThrowsSaying;
import static org.mlx4j.ArrayAssertions.assertValues;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Orders of contraction, and subscripts that are refused. */
@ExtendWith(InScope.class)
class EinsumTest {
  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz";

  @Test
  void pathsArePythons() {
    String subscripts = "ij,jk,kl,lm->im";
    EinsumPath path =
        Ops.einsumPath(subscripts, Ops.ones(2, 3), Ops.ones(3, 2), Ops.ones(2, 4), Ops.ones(4, 2));
    String python =
        "mx.einsum_path('"
            + subscripts
            + "', mx.ones((2, 3)), mx.ones((3, 2)), mx.ones((2, 4)), mx.ones((4, 2)))";
    List<String> expected =
        PythonMlx.reprs(List.of("[list(step) for step in " + python + "[0]]", python + "[1]"));
    assertEquals(expected.get(0), Arrays.deepToString(path.path()));
    assertEquals(expected.get(1), "'" + path.description().replace("\n", "\\n") + "'");
  }

  @Test
  void twoOperandsAreOneStep() {
    EinsumPath path = Ops.einsumPath("i,i->", Ops.ones(3), Ops.ones(3));
    assertArrayEquals(new int[][] {{0, 1}}, path.path());
  }

  @Test
  void allLettersCanBeUsed() {
    int[] ones = new int[44];
    Arrays.fill(ones, 1);
    String letters = (ALPHABET + ALPHABET.toUpperCase(Locale.ROOT)).substring(0, 44);
    assertShape(Ops.einsum(letters + "->a", Ops.ones(ones)), 1);
    assertShape(Ops.einsum("...->...", Ops.ones(ones)), ones);
  }

  static Stream<Arguments> refused() {
    MlxArray matrix = Ops.ones(2, 3);
    MlxArray square = Ops.ones(2, 2);
    String all = ALPHABET + ALPHABET.toUpperCase(Locale.ROOT);
    int[] many = new int[53];
    Arrays.fill(many, 1);
    return Stream.of(
        refusal("ij,jk->ix", "axis 'x'", matrix, matrix.transpose()),
        refusal("...->i", "axis 'i'", matrix),
        refusal("->i", "axis 'i'", Ops.ones()),
        refusal("ij,jk", "Number of operands", matrix),
        refusal("ij", "Number of operands", matrix, matrix),
        refusal("ijk", "subscripts", matrix),
        refusal("i...jk", "insufficient dimensions", matrix),
        refusal("ii->i", "repeated", matrix),
        refusal("ij,jk", "broadcast", matrix, matrix),
        refusal("ij->jii", "Repeat", square),
        refusal("i1->i", "letters", square),
        refusal("i\u00e9->i", "letters", square),
        refusal("i\u0000->i", "letters", square),
        refusal("i..j", "letters", square),
        refusal("i...j...", "ellipsis", square),
        refusal("ij->j->i", "letters", square),
        refusal("i-j", "letters", square),
        refusal(all + ",...", "too many", Ops.ones(), square),
        refusal("...->...", "too many", Ops.ones(many)),
        refusal(all.substring(0, 45) + "...", "too many", Ops.ones(many)));
  }

  private static Arguments refusal(String subscripts, String part, MlxArray... operands) {
    return Arguments.of(subscripts, part, operands);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refused")
  void isRefused(String subscripts, String part, MlxArray[] operands) {
    assertThrowsSaying(
        IllegalArgumentException.class, () -> Ops.einsum(subscripts, operands), "[einsum]", part);
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Ops.einsumPath(subscripts, operands),
        "[einsum",
        part);
  }

  @Test
  void nothingToSumIsRefused() {
    assertThrowsSaying(IllegalArgumentException.class, () -> Ops.einsum("i"), "[einsum]");
    assertThrowsSaying(NullPointerException.class, () -> Ops.einsum(null, Ops.ones()), "[einsum]");
    assertThrowsSaying(
        NullPointerException.class, () -> Ops.einsumPath("i", (MlxArray) null), "[einsumPath]");
  }

  @Test
  void hadamardTransformsOfImpossibleSizesAreRefused() {
    for (int size : new int[] {3, 6, 11, 24 + 12, 10, 14}) {
      assertThrowsSaying(
          IllegalArgumentException.class,
          () -> Ops.ones(2, size).hadamardTransform(),
          "[hadamardTransform]",
          String.valueOf(size));
    }
    assertThrowsSaying(
        IllegalArgumentException.class,
        () -> Ops.ones(new int[] {4}, DType.FLOAT64).hadamardTransform(),
        "float64");
    assertThrowsSaying(
        IllegalArgumentException.class, () -> Ops.ones(4, 0).hadamardTransform(), "empty");
    for (int size : new int[] {1, 2, 12, 20, 24, 28, 40, 56}) {
      MlxArray x = MlxRandom.normal(new int[] {size}, MlxRandom.key(1));
      MlxArray norm = Linalg.norm(x.hadamardTransform());
      assertEquals(Linalg.norm(x).itemFloat(), norm.itemFloat(), 1e-4);
    }
    assertValues(MlxArray.of(1f, 2f).hadamardTransform(1), 3, -1);
  }
}
