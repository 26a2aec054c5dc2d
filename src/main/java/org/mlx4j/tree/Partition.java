package org.mlx4j.tree;

import org.jspecify.annotations.Nullable;

/**
 * The two parts of a tree, made by {@link Trees#partition}. Both have the structure and the static
 * values of the tree; in place of an array that belongs to the other part they have null. {@link
 * Trees#combine(Object, Object)} joins them again.
 *
 * <pre>{@code
 * Map<String, MlxArray> model = Map.of("body", Ops.eye(3), "head", Ops.eye(3));
 * Partition<Map<String, MlxArray>> parts =
 *     Trees.partition(model, (path, array) -> path.startsWith("head"));
 * Map<String, MlxArray> same = Trees.combine(parts.selected(), parts.rest());
 * }</pre>
 *
 * @param selected the part with the selected arrays
 * @param rest the part with all other arrays
 * @param <T> the type of the tree
 */
public record Partition<T extends @Nullable Object>(T selected, T rest) {}
