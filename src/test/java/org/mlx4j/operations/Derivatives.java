package org.mlx4j.operations;

import java.util.Arrays;
import org.mlx4j.ArraysFunction;
import org.mlx4j.ArraysToArrayFunction;
import org.mlx4j.MlxArray;
import org.mlx4j.Transforms;
import org.mlx4j.operations.Operation.Variant;

/**
 * The derivatives of an operation at given inputs, with respect to those that its row is
 * differentiated by.
 */
final class Derivatives {
  private final Variant variant;
  private final HostArray[] inputs;
  private final int[] argnums;

  Derivatives(Variant variant, HostArray... inputs) {
    this.variant = variant;
    this.inputs = inputs;
    this.argnums = variant.operation().argnums();
  }

  /** Arrays like the given ones, to multiply them with. */
  static HostArray[] weights(HostArray... arrays) {
    HostArray[] weights = new HostArray[arrays.length];
    Arrays.setAll(
        weights, i -> Input.between(-1, 1, arrays[i].shape()).as(arrays[i].dtype()).draw(null, i));
    return weights;
  }

  /** The inputs that the operation is differentiated by. */
  HostArray[] primals() {
    return Arrays.stream(argnums).mapToObj(i -> inputs[i]).toArray(HostArray[]::new);
  }

  /** {@code grad} of the sum of all outputs, each multiplied by its weights. */
  HostArray[] grad(HostArray... weights) {
    return variant.run(
        () -> {
          MlxArray[] factors = HostArray.allToMlx(weights);
          ArraysToArrayFunction weightedSum =
              xs -> weightedSum(variant.operation().apply(xs), factors);
          int[] more = Arrays.copyOfRange(argnums, 1, argnums.length);
          return HostArray.allOf(
              Transforms.grad(weightedSum, argnums[0], more).apply(HostArray.allToMlx(inputs)));
        });
  }

  /** The gradient of a sum in which each element of each output has another weight. */
  static ArraysFunction gradient(ArraysFunction f, int... argnums) {
    return arguments ->
        Transforms.grad(
                xs -> {
                  MlxArray sum = MlxArray.scalar(0f);
                  for (MlxArray y : f.apply(xs)) {
                    sum = sum.add(y.multiply(y.add(0.5)).sum());
                  }
                  return sum;
                },
                argnums[0],
                Arrays.copyOfRange(argnums, 1, argnums.length))
            .apply(arguments);
  }

  private static MlxArray weightedSum(MlxArray[] outputs, MlxArray[] weights) {
    MlxArray sum = MlxArray.scalar(0);
    for (int i = 0; i < outputs.length; i++) {
      sum = sum.add(outputs[i].multiply(weights[i]).sum());
    }
    return sum;
  }

  HostArray[] vjp(HostArray... cotangents) {
    return variant.run(
        () ->
            HostArray.allOf(
                Transforms.vjp(
                        ofPrimals(), HostArray.allToMlx(primals()), HostArray.allToMlx(cotangents))
                    .vjps()));
  }

  HostArray[] jvp(HostArray... tangents) {
    return variant.run(
        () ->
            HostArray.allOf(
                Transforms.jvp(
                        ofPrimals(), HostArray.allToMlx(primals()), HostArray.allToMlx(tangents))
                    .jvps()));
  }

  /** The operation as a function of the primals only. */
  ArraysFunction ofPrimals() {
    MlxArray[] others = HostArray.allToMlx(inputs);
    return primals -> {
      MlxArray[] all = others.clone();
      for (int i = 0; i < argnums.length; i++) {
        all[argnums[i]] = primals[i];
      }
      return variant.operation().apply(all);
    };
  }
}
