package org.mlx4j.tree;

import java.util.Arrays;
import java.util.Objects;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.mlx4j.BatchedArrays;
import org.mlx4j.MlxArray;
import org.mlx4j.Transforms;
import org.mlx4j.internal.CustomRules;
import org.mlx4j.internal.tree.Structure;

/** A function of trees with rules. */
final class Custom extends Transformed {
  private final TreeRules rules;

  Custom(String name, Callee callee, TreeRules rules) {
    super(name, callee);
    this.rules = rules;
  }

  /** Rules run after the function, possibly in another call, so its results are recorded. */
  @Override
  boolean records() {
    return true;
  }

  @Override
  LongUnaryOperator transformation(Structure arguments, @Nullable Recordings recordings) {
    OfStructure flat = new OfStructure(arguments, Objects.requireNonNull(recordings));
    TreeRules.Vjp vjp = rules.vjp();
    TreeRules.Jvp jvp = rules.jvp();
    TreeRules.Vmap vmap = rules.vmap();
    CustomRules flatRules =
        new CustomRules(
            vjp == null ? null : (p, c, o) -> flat.vjp(vjp, p, c, o),
            jvp == null ? null : (p, t, argnums, o) -> flat.jvp(jvp, p, t, argnums, o),
            vmap == null ? null : (xs, axes, o) -> flat.vmap(vmap, xs, axes, o));
    return Core.ARRAYS.customized(transform, flatRules);
  }

  /** The rules as those of a function of arrays, for one structure of arguments. */
  private static final class OfStructure {
    private final Structure arguments;
    private final Recordings recordings;

    OfStructure(Structure arguments, Recordings recordings) {
      this.arguments = arguments;
      this.recordings = recordings;
    }

    MlxArray[] vjp(
        TreeRules.Vjp rule, MlxArray[] primals, MlxArray[] cotangents, MlxArray[] outputs) {
      Structure results = recordings.of(outputs.length);
      Object[] products =
          rule.apply(
              arguments.rebuild(primals),
              results.rebuildFirst(cotangents, 0),
              results.rebuildFirst(outputs, 0));
      MlxArray[] leaves = arguments.match("the result of the rule for vjp", products);
      requireLike("vjp", arguments, primals, leaves);
      return leaves;
    }

    MlxArray[] jvp(
        TreeRules.Jvp rule,
        MlxArray[] primals,
        MlxArray[] tangents,
        int[] argnums,
        MlxArray[] outputs) {
      Structure results = recordings.of(outputs.length);
      MlxArray[] all = CustomRules.allTangents(primals, tangents, argnums);
      Object product = rule.apply(arguments.rebuild(primals), arguments.rebuild(all));
      MlxArray[] leaves = results.match("the result of the rule for jvp", product);
      requireLike("jvp", results, outputs, leaves);
      return Specialization.padded(leaves, outputs.length);
    }

    BatchedArrays vmap(TreeRules.Vmap rule, MlxArray[] inputs, int[] axes, MlxArray[] outputs) {
      Structure results = recordings.of(outputs.length);
      Object[] slicesFirst = arguments.rebuild(CustomRules.slicesFirst(inputs, axes));
      Object result = rule.apply(slicesFirst);
      MlxArray[] leaves = results.match("the result of the rule for vmap", result);
      requireLike("vmap", results, outputs, leaves);
      int[] outAxes = new int[outputs.length];
      Arrays.fill(outAxes, leaves.length, outAxes.length, Transforms.NOT_MAPPED);
      return new BatchedArrays(Specialization.padded(leaves, outputs.length), outAxes);
    }
  }

  private static void requireLike(
      String rule, Structure structure, MlxArray[] wanted, MlxArray[] found) {
    int closed = Core.ARRAYS.firstClosed(found);
    if (closed >= 0) {
      String message = "the rule for " + rule + " returned a closed array for it";
      throw Core.ARRAYS.closed(structure.complaint(closed, message), found[closed], null);
    }
    for (int i = 0; i < found.length; i++) {
      if (!Arrays.equals(found[i].shape(), wanted[i].shape())
          || found[i].dtype() != wanted[i].dtype()) {
        throw new IllegalArgumentException(
            structure.complaint(
                i,
                "the rule for "
                    + rule
                    + " returned an array of "
                    + description(found[i])
                    + " for it; it must have "
                    + description(wanted[i])));
      }
    }
  }

  private static String description(MlxArray array) {
    return "shape " + Arrays.toString(array.shape()) + " and dtype " + array.dtype();
  }
}
