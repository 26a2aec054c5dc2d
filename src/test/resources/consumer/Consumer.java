package org.example;

import static org.mlx4j.Transforms.grad;

import org.mlx4j.MlxArray;
import org.mlx4j.Scope;

/** A program of a user: prints a gradient, and how long it took from its own first line. */
public class Consumer {
  public static void main(String[] arguments) {
    long start = System.nanoTime();
    try (Scope scope = Scope.open()) {
      var derivative = grad(x -> x.square().sum());
      System.out.println(derivative.apply(MlxArray.of(1f, 2f, 3f)));
    }
    System.out.println((System.nanoTime() - start) / 1_000_000 + " ms");
  }
}
