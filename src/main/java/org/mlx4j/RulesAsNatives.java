package org.mlx4j;

import java.util.function.LongUnaryOperator;
import org.mlx4j.internal.CustomFunctionNative;
import org.mlx4j.internal.CustomRules;
import org.mlx4j.internal.NativeRule;

/** Rules of custom functions as C++ calls them: each runs in its own scope, as callbacks do. */
final class RulesAsNatives {
  private static final int[] NO_AXES = {};

  private RulesAsNatives() {}

  /**
   * Returns an operator that makes a custom function of a native one; messages name {@code name}.
   */
  static LongUnaryOperator transform(String name, CustomRules rules) {
    NativeRule vjp = rules.vjp() == null ? null : vjp(name + ".vjp", rules.vjp());
    NativeRule jvp = rules.jvp() == null ? null : jvp(name + ".jvp", rules.jvp());
    NativeRule vmap = rules.vmap() == null ? null : vmap(name + ".vmap", rules.vmap());
    return f -> CustomFunctionNative.custom_function(f, vjp, jvp, vmap, name);
  }

  private static NativeRule vjp(String name, CustomRules.Vjp rule) {
    return rule(
        name,
        (all, numbers) -> {
          int primals = numbers[0];
          int outputs = (all.length - primals) / 2;
          MlxArray[] products =
              rule.apply(
                  part(all, 0, primals),
                  part(all, primals, outputs),
                  part(all, primals + outputs, outputs));
          return new BatchedArrays(products, NO_AXES);
        });
  }

  private static NativeRule jvp(String name, CustomRules.Jvp rule) {
    return rule(
        name,
        (all, numbers) -> {
          int primals = numbers[0];
          int[] argnums = new int[numbers.length - 1];
          System.arraycopy(numbers, 1, argnums, 0, argnums.length);
          int outputs = all.length - primals - argnums.length;
          MlxArray[] products =
              rule.apply(
                  part(all, 0, primals),
                  part(all, primals, argnums.length),
                  argnums,
                  part(all, primals + argnums.length, outputs));
          return new BatchedArrays(products, NO_AXES);
        });
  }

  private static NativeRule vmap(String name, CustomRules.Vmap rule) {
    return rule(
        name,
        (all, axes) -> {
          int outputs = all.length - axes.length;
          BatchedArrays batched =
              rule.apply(part(all, 0, axes.length), axes.clone(), part(all, axes.length, outputs));
          requireAxisForEach(name, batched);
          return batched;
        });
  }

  private static void requireAxisForEach(String name, BatchedArrays batched) {
    if (batched != null && batched.outputs() != null) {
      int[] axes = Call.notNull(name, "axes that the rule returned", batched.axes());
      if (axes.length != batched.outputs().length) {
        throw new IllegalArgumentException(
            "["
                + name
                + "] the rule returned "
                + axes.length
                + " axes for "
                + batched.outputs().length
                + " outputs; there must be one for each");
      }
    }
  }

  private interface Body {
    BatchedArrays apply(MlxArray[] all, int[] numbers);
  }

  private static NativeRule rule(String name, Body body) {
    return (args, numbers) -> {
      ThreadContext context = ThreadContext.current();
      try (Scope scope = Scope.ofFunction(context)) {
        BatchedArrays results = body.apply(Call.wrap(args, context), numbers);
        requireLive(name, results);
        return scope.handOver(results.outputs(), results.axes());
      }
    };
  }

  private static void requireLive(String name, BatchedArrays results) {
    if (results == null || results.outputs() == null) {
      throw new NullPointerException("[" + name + "] the rule returned null");
    }
    MlxArray[] outputs = results.outputs();
    for (int i = 0; i < outputs.length; i++) {
      if (outputs[i] == null) {
        throw new NullPointerException("[" + name + "] result " + i + " of the rule is null");
      }
      if (outputs[i].isClosed()) {
        throw new IllegalStateException("[" + name + "] result " + i + " of the rule is closed");
      }
    }
  }

  private static MlxArray[] part(MlxArray[] all, int from, int length) {
    MlxArray[] part = new MlxArray[length];
    System.arraycopy(all, from, part, 0, length);
    return part;
  }
}
