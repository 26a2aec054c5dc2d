package org.mlx4j.tree;

import org.jspecify.annotations.Nullable;

/**
 * Three trees as one, such as the cotangents of all arguments of a function.
 *
 * <pre>{@code
 * TreeTriple<MlxArray, MlxArray, List<MlxArray>> triple = new TreeTriple<>(x, y, List.of(w));
 * List<MlxArray> all = Trees.flatten(triple);               // x, y, w
 * }</pre>
 *
 * @param first the first tree
 * @param second the second tree
 * @param third the third tree
 * @param <A> the type of the first tree
 * @param <B> the type of the second tree
 * @param <C> the type of the third tree
 */
public record TreeTriple<
    A extends @Nullable Object, B extends @Nullable Object, C extends @Nullable Object>(
    A first, B second, C third) {}
