package org.mlx4j.tree;

import org.jspecify.annotations.Nullable;

/**
 * Two trees as one, such as the cotangents of both arguments of a function.
 *
 * <pre>{@code
 * TreePair<MlxArray, List<MlxArray>> pair = new TreePair<>(x, List.of(y, w));
 * TreePair<MlxArray, List<MlxArray>> doubled = Trees.map(pair, a -> a.multiply(2));
 * }</pre>
 *
 * @param first the first tree
 * @param second the second tree
 * @param <A> the type of the first tree
 * @param <B> the type of the second tree
 */
public record TreePair<A extends @Nullable Object, B extends @Nullable Object>(A first, B second) {}
