package org.mlx4j.internal;

import org.mlx4j.BatchedArrays;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.Transforms;

/**
 * The rules of a custom function, in a form that functions of arrays and of trees share.
 *
 * @param vjp the rule for vjp, or null
 * @param jvp the rule for jvp, or null
 * @param vmap the rule for vmap, or null
 */
public record CustomRules(Vjp vjp, Jvp jvp, Vmap vmap) {
  /** No rules. */
  public static final CustomRules NONE = new CustomRules(null, null, null);

  /** A rule for vjp. */
  public interface Vjp {
    /**
     * Applies the rule.
     *
     * @param primals the arguments of the function
     * @param cotangents one for each output
     * @param outputs what the function returned
     * @return one array for each primal
     */
    MlxArray[] apply(MlxArray[] primals, MlxArray[] cotangents, MlxArray[] outputs);
  }

  /** A rule for jvp. */
  public interface Jvp {
    /**
     * Applies the rule.
     *
     * @param primals the arguments of the function
     * @param tangents those that are not known to be zero
     * @param argnums for each tangent the index of its primal
     * @param outputs what the function returned
     * @return one array for each output
     */
    MlxArray[] apply(MlxArray[] primals, MlxArray[] tangents, int[] argnums, MlxArray[] outputs);
  }

  /** A rule for vmap. */
  public interface Vmap {
    /**
     * Applies the rule.
     *
     * @param inputs the arguments of the function, with all their slices
     * @param axes for each argument the axis along which its slices lie, or {@link
     *     Transforms#NOT_MAPPED}
     * @param outputs what the function computes without the rule, with the slices along axis 0
     * @return one array for each output, and the axes of their slices
     */
    BatchedArrays apply(MlxArray[] inputs, int[] axes, MlxArray[] outputs);
  }

  /**
   * Replaces the rule for vjp.
   *
   * @param rule the rule
   * @return the rules with this one
   */
  public CustomRules withVjp(Vjp rule) {
    return new CustomRules(rule, jvp, vmap);
  }

  /**
   * Replaces the rule for jvp.
   *
   * @param rule the rule
   * @return the rules with this one
   */
  public CustomRules withJvp(Jvp rule) {
    return new CustomRules(vjp, rule, vmap);
  }

  /**
   * Replaces the rule for vmap.
   *
   * @param rule the rule
   * @return the rules with this one
   */
  public CustomRules withVmap(Vmap rule) {
    return new CustomRules(vjp, jvp, rule);
  }

  /**
   * Returns all tangents, with zeros for those that are known to be zero.
   *
   * @param primals the arguments of the function
   * @param tangents those that are not known to be zero
   * @param argnums for each tangent the index of its primal
   * @return one tangent for each primal
   */
  public static MlxArray[] allTangents(MlxArray[] primals, MlxArray[] tangents, int[] argnums) {
    MlxArray[] all = new MlxArray[primals.length];
    for (int i = 0; i < argnums.length; i++) {
      all[argnums[i]] = tangents[i];
    }
    for (int i = 0; i < all.length; i++) {
      if (all[i] == null) {
        all[i] = Ops.zerosLike(primals[i]);
      }
    }
    return all;
  }

  /**
   * Moves the slices of all arrays to axis 0. An array that all slices share is broadcast, which
   * takes no memory.
   *
   * @param arrays the arrays, at least one of which has slices
   * @param axes for each array the axis along which its slices lie, or {@link
   *     Transforms#NOT_MAPPED}
   * @return the arrays with one slice for each index of axis 0
   */
  public static MlxArray[] slicesFirst(MlxArray[] arrays, int[] axes) {
    int mapped = 0;
    while (axes[mapped] == Transforms.NOT_MAPPED) {
      mapped++;
    }
    int count = arrays[mapped].dim(axes[mapped]);
    MlxArray[] moved = new MlxArray[arrays.length];
    for (int i = 0; i < arrays.length; i++) {
      moved[i] =
          axes[i] == Transforms.NOT_MAPPED
              ? arrays[i].broadcastTo(repeated(count, arrays[i].shape()))
              : arrays[i].moveaxis(axes[i], 0);
    }
    return moved;
  }

  private static int[] repeated(int count, int[] shape) {
    int[] repeated = new int[1 + shape.length];
    repeated[0] = count;
    System.arraycopy(shape, 0, repeated, 1, shape.length);
    return repeated;
  }

  /**
   * Returns the outputs of a rule whose slices lie along axis 0.
   *
   * @param outputs the outputs
   * @return the outputs with their axes
   */
  public static BatchedArrays slicesAreFirst(MlxArray... outputs) {
    return new BatchedArrays(outputs, new int[outputs.length]);
  }
}
