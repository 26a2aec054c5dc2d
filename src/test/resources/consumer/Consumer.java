package org.example;

import static org.mlx4j.Transforms.grad;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.Map;
import org.mlx4j.Io;
import org.mlx4j.MlxArray;
import org.mlx4j.Scope;

/** Prints a gradient, and arrays that it saved and loaded. */
public class Consumer {
  public static void main(String[] arguments) {
    try (Scope scope = Scope.open()) {
      var derivative = grad(x -> x.square().sum());
      System.out.println(derivative.apply(MlxArray.of(1f, 2f, 3f)));
    }
    var file = new ByteArrayOutputStream();
    Io.saveSafetensors(file, Map.of("weight", MlxArray.of(1f, 2f)), Map.of("by", "consumer"));
    System.out.println(Io.loadSafetensors(new ByteArrayInputStream(file.toByteArray())));
  }
}
