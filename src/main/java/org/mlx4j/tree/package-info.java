/**
 * Functions of your own types: records, lists and maps of arrays as one value.
 *
 * <h2>Trees</h2>
 *
 * A tree is an {@link org.mlx4j.MlxArray}, a record, a {@link java.util.List}, a {@link
 * java.util.Map} (with any keys; its order is that of its iteration), a Java array, an {@link
 * java.util.Optional} or null, nested at will. The arrays are its leaves. Every other value in it
 * is static. An object of a class that is not a record but declares fields of arrays is refused
 * with an {@link java.lang.IllegalArgumentException}: make the class a record. In Kotlin a data
 * class is a record when it is annotated with {@code @JvmRecord}.
 *
 * <pre>{@code
 * record Linear(MlxArray w, MlxArray b) {}
 * record Mlp(List<Linear> layers, float dropout) {}      // dropout is static
 * }</pre>
 *
 * <h2>Static values</h2>
 *
 * They travel unchanged: into the user's function, out of it, and into gradients. They are part of
 * what a compiled function is recorded for: when one changes, or when the trees are nested
 * differently, the function is recorded anew. They are compared with {@code equals}, so they should
 * be immutable values such as numbers, strings, enums. The elements of a Java array of primitives
 * are static values; they are copied.
 *
 * <h2>What is made again</h2>
 *
 * Where a tree comes out of a transform its records are made by their canonical constructors. Lists
 * come back as unmodifiable lists, but an {@code ArrayList} or {@code LinkedList} as such; maps as
 * unmodifiable maps of the same order, but {@code HashMap}s as {@code LinkedHashMap}s, sorted maps
 * as {@code TreeMap}s and {@code EnumMap}s as such.
 *
 * <p>Records may be private, nested, and of any class loader or module. A module opens the packages
 * of its records, except of public records in exported packages.
 *
 * <h2>Lifetime</h2>
 *
 * {@link org.mlx4j.Scope#keep(Object)} keeps all arrays of a tree. A function that a transform runs
 * has a scope of its own: what it creates is closed when it returns, except the arrays of the tree
 * that it returns. The functions made here are closed like those of {@link org.mlx4j.Transforms}:
 * by {@code close()}, by the scope in which they were made, or after garbage collection.
 */
package org.mlx4j.tree;
