/** Lifetimes of arrays. */
package org.mlx4j.kotlin

import org.mlx4j.Scope

/**
 * Runs a block and frees all arrays and transformed functions that it creates, except those of its
 * value:
 *
 *     val loss = scoped { ((model.apply(x) - y) * 2).square().mean() }
 *
 * The value is a tree: an [MlxArray][org.mlx4j.MlxArray], a record (a data class is one if it is a
 * `@JvmRecord`), a list, a map, a Java array or null, or a [Pair] or [Triple] of trees. What any
 * other object holds is freed. See [Scope.run].
 *
 * @param T the type of the value
 * @param block the block; it runs once, on the calling thread
 * @return the value of the block
 * @throws IllegalArgumentException if the value holds a record of a module that does not open its
 *   package
 */
public fun <T> scoped(block: () -> T): T =
    Scope.open().use { scope ->
        val value = block()
        scope.keep(tree(value))
        value
    }

/** Returns a value in which pairs and triples, which are no records, are lists. */
private fun tree(value: Any?): Any? =
    when (value) {
        is Pair<*, *> -> listOf(tree(value.first), tree(value.second))
        is Triple<*, *, *> -> listOf(tree(value.first), tree(value.second), tree(value.third))
        else -> value
    }
