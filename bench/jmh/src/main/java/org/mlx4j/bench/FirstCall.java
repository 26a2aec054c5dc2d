package org.mlx4j.bench;

import org.mlx4j.MlxArray;

/**
 * Adds two arrays and reads the sum, in a fresh JVM; with the argument {@code nothing} it does not
 * touch MLX.
 */
public final class FirstCall {
  private FirstCall() {}

  public static void main(String[] arguments) {
    if (arguments.length > 0 && arguments[0].equals("nothing")) {
      return;
    }
    long start = System.nanoTime();
    float[] sum = MlxArray.of(1f, 2f).add(MlxArray.of(3f, 4f)).toFloatArray();
    long taken = System.nanoTime() - start;
    System.out.println("{\"sum\": " + sum[1] + ", \"nanoseconds\": " + taken + "}");
  }
}
