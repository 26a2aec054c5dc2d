package org.mlx4j;

import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.mlx4j.internal.ProductsNative;

/** Checks of subscripts that MLX relies on without making them. */
final class Einsum {
  /** The letters of the alphabet, small and large. */
  private static final int LETTERS = 52;

  private static final String ELLIPSIS = "...";

  private Einsum() {}

  static MlxArray einsum(String subscripts, MlxArray[] operands) {
    require("einsum", subscripts, operands);
    return Call.nary("einsum", (xs, s) -> ProductsNative.einsum(subscripts, xs, s), operands);
  }

  static EinsumPath path(String subscripts, MlxArray[] operands) {
    require("einsumPath", subscripts, operands);
    long[] handles = Call.handles("einsumPath", operands);
    try {
      return new EinsumPath(
          steps(ProductsNative.einsum_steps(subscripts, handles)),
          new String(ProductsNative.einsum_costs(subscripts, handles), StandardCharsets.UTF_8));
    } catch (RuntimeException e) {
      throw Call.explained("einsumPath", e, operands);
    } finally {
      Reference.reachabilityFence(operands);
    }
  }

  private static int[][] steps(int[] counted) {
    List<int[]> steps = new ArrayList<>();
    for (int i = 0; i < counted.length; i += 1 + counted[i]) {
      steps.add(Arrays.copyOfRange(counted, i + 1, i + 1 + counted[i]));
    }
    return steps.toArray(int[][]::new);
  }

  private static void require(String function, String subscripts, MlxArray[] operands) {
    String all = Call.notNull(function, "the subscripts", subscripts).replace(" ", "");
    Call.handles(function, operands); // throws for null
    for (int i = 0; i < all.length(); i++) {
      if (!isLetter(all.charAt(i)) && ",.->".indexOf(all.charAt(i)) < 0) {
        throw invalid(function, subscripts, "only letters, ',', '->' and '...' are allowed");
      }
    }
    int arrow = all.indexOf("->");
    String inputs = arrow < 0 ? all : all.substring(0, arrow);
    if (arrow >= 0) {
      for (char letter : letters(all.substring(arrow)).toCharArray()) {
        if (inputs.indexOf(letter) < 0) {
          throw invalid(function, subscripts, "no operand has an axis '" + letter + "'");
        }
      }
    }
    requireEnoughLetters(function, subscripts, inputs.split(",", -1), operands);
  }

  /**
   * MLX gives letters to the axes that an ellipsis stands for, and does not notice when it runs
   * out.
   */
  private static void requireEnoughLetters(
      String function, String subscripts, String[] inputs, MlxArray[] operands) {
    long needed = subscripts.chars().distinct().count();
    for (int i = 0; i < Math.min(inputs.length, operands.length); i++) {
      if (inputs[i].contains(ELLIPSIS)) {
        long axes = (long) operands[i].ndim() - letters(inputs[i]).length();
        needed = Math.max(needed, letters(subscripts).chars().distinct().count() + axes);
      }
    }
    if (needed > LETTERS) {
      throw invalid(function, subscripts, "there are too many axes, with those of '...'");
    }
  }

  private static String letters(String subscripts) {
    return subscripts.replaceAll("[^a-zA-Z]", "");
  }

  private static boolean isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  private static IllegalArgumentException invalid(
      String function, String subscripts, String reason) {
    return new IllegalArgumentException(
        "[" + function + "] subscripts \"" + subscripts + "\" are invalid: " + reason);
  }
}
