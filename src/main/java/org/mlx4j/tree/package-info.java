/**
 * Transforms of functions of records, lists and maps of arrays.
 *
 * <h2>Trees</h2>
 *
 * A tree is an {@link org.mlx4j.MlxArray}, a record, a {@link java.util.List}, a {@link
 * java.util.Map} (with any keys, in its order of iteration), a Java array, an {@link
 * java.util.Optional} or null, nested in any way. The arrays are its leaves. Every other value in
 * it is static.
 *
 * <pre>{@code
 * record Linear(MlxArray w, MlxArray b) {}
 * record Mlp(List<Linear> layers, float dropout) {}      // dropout is static
 * }</pre>
 *
 * An object of a class that is not a record but declares fields of arrays is refused with an {@link
 * java.lang.IllegalArgumentException}; make the class a record. In Kotlin, a data class is a record
 * if it is annotated with {@code @JvmRecord}.
 *
 * <h2>Static values</h2>
 *
 * Static values pass unchanged into the user's function, out of it, and into gradients. Compiled
 * functions are recorded for them: if a static value or the nesting of a tree changes, the function
 * is recorded again. Static values are compared with {@code equals}, so they should be immutable
 * values such as numbers, strings and enums. The elements of a Java array of primitives are static
 * values, too; they are copied.
 *
 * <h2>Trees that transforms create</h2>
 *
 * Transforms create records with their canonical constructors. Lists become unmodifiable lists,
 * except for {@code ArrayList} and {@code LinkedList}, which keep their type. Maps become
 * unmodifiable maps of the same order, except that a {@code HashMap} becomes a {@code
 * LinkedHashMap}, a sorted map a {@code TreeMap}, and an {@code EnumMap} keeps its type.
 *
 * <p>Records may be private and nested, and may belong to any class loader or module. A module must
 * open the packages of its records, except for public records in exported packages.
 *
 * <h2>Names</h2>
 *
 * In files, an array has the name that MLX's Python package gives to it, such as {@code
 * layers.0.query_proj.weight}. {@link org.mlx4j.tree.Trees#flattenWithPaths Trees.flattenWithPaths}
 * says how names are formed, and {@link org.mlx4j.tree.Name} changes that of a component. Messages
 * name places as Java does: {@code layers[0].queryProj.weight}.
 *
 * <h2>Lifetime</h2>
 *
 * {@link org.mlx4j.Scope#keep(Object)} keeps all arrays of a tree. A function that a transform runs
 * has its own scope, which closes what the function creates when it returns, except for the arrays
 * of the returned tree. The transformed functions of this package are freed like those of {@link
 * org.mlx4j.Transforms}: by {@code close()}, by the scope in which they were created, or after
 * garbage collection.
 */
@NullMarked
package org.mlx4j.tree;

import org.jspecify.annotations.NullMarked;
