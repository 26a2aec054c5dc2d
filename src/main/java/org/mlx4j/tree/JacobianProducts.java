package org.mlx4j.tree;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.mlx4j.ArraysFunction;
import org.mlx4j.MlxArray;
import org.mlx4j.Transforms;
import org.mlx4j.internal.tree.Flattening;
import org.mlx4j.internal.tree.Roots;
import org.mlx4j.internal.tree.Structure;

/** Products with the Jacobian of a function with respect to its first argument. */
final class JacobianProducts {
  private final String transform;
  private final Callee callee;
  private final Object[] arguments;
  private final Structure first;
  private final MlxArray[] primals;

  /** The structure of the function's result when it was traced. */
  private @Nullable Structure result;

  private JacobianProducts(String transform, Callee callee, Object... arguments) {
    this.transform = transform;
    this.callee = callee;
    this.arguments = arguments;
    Flattening flattened = Flattening.of(transform, Roots.ARGUMENTS, arguments);
    first = flattened.structure();
    primals = Arrays.copyOf(flattened.leaves(), first.leaves(0));
    requireOpen(first, flattened.leaves());
    String complaint = Gradient.withoutGradient(first, primals);
    if (complaint != null) {
      throw new IllegalArgumentException(complaint);
    }
  }

  private static void requireOpen(Structure structure, MlxArray... arrays) {
    for (int i = 0; i < arrays.length; i++) {
      if (arrays[i].isClosed()) {
        throw Core.ARRAYS.closed(structure.complaint(i, "the array is closed"), arrays[i], null);
      }
    }
  }

  @SuppressWarnings("unchecked") // the result is of the function's own type
  static <R extends @Nullable Object, A extends @Nullable Object> TreeVjp<R, A> vjp(
      Callee callee, Object cotangent, Object... arguments) {
    try {
      return (TreeVjp<R, A>) new JacobianProducts("vjp", callee, arguments).vjp(cotangent);
    } finally {
      callee.release();
    }
  }

  private TreeVjp<?, ?> vjp(Object cotangent) {
    Flattening given = Flattening.of(transform, i -> "the cotangent", cotangent);
    MlxArray[] cotangents = given.leaves();
    requireOpen(given.structure(), cotangents);
    ArraysFunction f =
        xs -> {
          Object returned = call(xs);
          MlxArray[] results = given.structure().match("the result", returned);
          Flattening flattened = Flattening.of(transform, Roots.RESULT, returned);
          result = flattened.structure();
          if (!Arrays.equals(results, flattened.leaves())) {
            throw new IllegalArgumentException(
                "[vjp] the keys of a map have another order in the cotangent than in the result");
          }
          requireSameShapes(given.structure(), cotangents, results, "the result");
          return results;
        };
    org.mlx4j.Vjp products = Transforms.vjp(f, primals, cotangents);
    return new TreeVjp<>(
        traced().rebuildFirst(products.outputs(), 0), first.rebuildFirst(products.vjps(), 0));
  }

  @SuppressWarnings("unchecked") // the result is of the function's own type
  static <R extends @Nullable Object> TreeJvp<R> jvp(
      Callee callee, Object tangent, Object... arguments) {
    try {
      return (TreeJvp<R>) new JacobianProducts("jvp", callee, arguments).jvp(tangent);
    } finally {
      callee.release();
    }
  }

  private TreeJvp<?> jvp(Object tangent) {
    Structure alone = Flattening.of(transform, Roots.ARGUMENTS, arguments[0]).structure();
    Flattening given = Flattening.of(transform, i -> "the tangent", tangent);
    requireOpen(given.structure(), given.leaves());
    MlxArray[] tangents = alone.match("the tangent", tangent);
    requireSameShapes(alone, primals, tangents, "the tangent");
    ArraysFunction f =
        xs -> {
          Flattening flattened = Flattening.of(transform, Roots.RESULT, call(xs));
          result = flattened.structure();
          return flattened.leaves();
        };
    org.mlx4j.Jvp products = Transforms.jvp(f, primals, tangents);
    return new TreeJvp<>(
        traced().rebuildFirst(products.outputs(), 0), traced().rebuildFirst(products.jvps(), 0));
  }

  private Structure traced() {
    return Objects.requireNonNull(result);
  }

  private @Nullable Object call(MlxArray... xs) {
    Object[] traced = arguments.clone();
    traced[0] = first.rebuildFirst(xs, 0);
    return callee.apply(traced);
  }

  private static void requireSameShapes(
      Structure structure, MlxArray[] wanted, MlxArray[] found, String name) {
    for (int i = 0; i < wanted.length; i++) {
      if (!Arrays.equals(wanted[i].shape(), found[i].shape())) {
        throw new IllegalArgumentException(
            structure.complaint(
                i,
                "its shape "
                    + Arrays.toString(wanted[i].shape())
                    + " is not that of the same array in "
                    + name
                    + ", "
                    + Arrays.toString(found[i].shape())));
      }
    }
  }
}
