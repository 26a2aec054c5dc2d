package org.mlx4j.tree;

import org.jspecify.annotations.Nullable;

/**
 * The rules of a custom function of trees; each may be null.
 *
 * @param vjp the rule for vjp
 * @param jvp the rule for jvp
 * @param vmap the rule for vmap
 */
record TreeRules(@Nullable Vjp vjp, @Nullable Jvp jvp, @Nullable Vmap vmap) {
  static final TreeRules NONE = new TreeRules(null, null, null);

  interface Vjp {
    /** Returns one tree for each argument. */
    Object[] apply(Object[] arguments, Object cotangent, Object output);
  }

  interface Jvp {
    /** Returns a tree like the function's result. */
    Object apply(Object[] arguments, Object[] tangents);
  }

  interface Vmap {
    /** Returns a tree like the function's result; all slices lie along axis 0. */
    Object apply(Object... arguments);
  }

  TreeRules withVjp(Vjp rule) {
    return new TreeRules(rule, jvp, vmap);
  }

  TreeRules withJvp(Jvp rule) {
    return new TreeRules(vjp, rule, vmap);
  }

  TreeRules withVmap(Vmap rule) {
    return new TreeRules(vjp, jvp, rule);
  }
}
