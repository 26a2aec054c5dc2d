package org.mlx4j.tree;

import java.util.Arrays;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.mlx4j.MlxArray;
import org.mlx4j.Transforms;
import org.mlx4j.internal.TransformsNative;
import org.mlx4j.internal.tree.Structure;

/** A function that is applied to all slices of its arguments at once. */
final class Mapped extends Transformed {
  private final int[] inAxes;

  Mapped(Callee callee, int arity, int... inAxes) {
    super("vmap", callee);
    try {
      this.inAxes = checked(arity, inAxes);
    } catch (RuntimeException e) {
      callee.release();
      throw e;
    }
  }

  private static int[] checked(int arity, int... inAxes) {
    if (inAxes == null) {
      throw new NullPointerException("[vmap] inAxes is null");
    }
    if (inAxes.length == 0) {
      return new int[arity];
    }
    if (inAxes.length != arity) {
      throw new IllegalArgumentException(
          "[vmap] inAxes "
              + Arrays.toString(inAxes)
              + " must have one entry for each of the "
              + arity
              + " argument(s) of the function, or none at all");
    }
    return inAxes.clone();
  }

  @Override
  LongUnaryOperator transformation(Structure arguments, @Nullable Recordings recordings) {
    int[] axes = axes(arguments);
    if (Arrays.stream(axes).allMatch(axis -> axis == Transforms.NOT_MAPPED)) {
      throw new IllegalArgumentException(
          "[vmap] no argument that inAxes "
              + Arrays.toString(inAxes)
              + " maps holds an array; at least one array must be mapped");
    }
    return f -> TransformsNative.vmap(f, axes);
  }

  /** The axis of each array: that of its argument. */
  private int[] axes(Structure arguments) {
    int[] axes = new int[arguments.leaves()];
    int from = 0;
    for (int i = 0; i < inAxes.length; i++) {
      int to = from + arguments.leaves(i);
      Arrays.fill(axes, from, to, inAxes[i]);
      from = to;
    }
    return axes;
  }

  @Override
  @Nullable String complaint(Structure arguments, MlxArray... leaves) {
    int[] axes = axes(arguments);
    int first = -1;
    for (int i = 0; i < axes.length; i++) {
      int ndim = leaves[i].ndim();
      if (axes[i] == Transforms.NOT_MAPPED) {
        continue;
      }
      if (axes[i] < -ndim || axes[i] >= ndim) {
        return arguments.complaint(
            i,
            "axis "
                + axes[i]
                + " is out of range for the shape "
                + Arrays.toString(leaves[i].shape())
                + (ndim == 0
                    ? "; a scalar has no axes"
                    : "; it must be from " + -ndim + " to " + (ndim - 1)));
      }
      if (first < 0) {
        first = i;
      } else if (leaves[i].dim(axes[i]) != leaves[first].dim(axes[first])) {
        return arguments.complaint(
            i,
            "it has "
                + leaves[i].dim(axes[i])
                + " slices along axis "
                + axes[i]
                + ", but "
                + arguments.place(first)
                + " has "
                + leaves[first].dim(axes[first]));
      }
    }
    return null;
  }
}
