/**
 * Files of arrays and trees with default arguments: `saveSafetensors(file, arrays, metadata = …)`.
 */
package org.mlx4j.kotlin

import java.nio.file.Path
import java.util.function.BinaryOperator
import java.util.function.UnaryOperator
import org.mlx4j.Io
import org.mlx4j.Loaded
import org.mlx4j.MetadataValue
import org.mlx4j.MlxArray
import org.mlx4j.tree.Trees

/** Saves arrays in the format npz; see [Io.savez]. */
public fun savez(
    file: Path,
    vararg arrays: MlxArray,
    named: Map<String, MlxArray> = emptyMap(),
): Path = Io.savez(file, named, *arrays)

/** Saves arrays in the format npz, compressed; see [Io.savezCompressed]. */
public fun savezCompressed(
    file: Path,
    vararg arrays: MlxArray,
    named: Map<String, MlxArray> = emptyMap(),
): Path = Io.savezCompressed(file, named, *arrays)

/** Saves arrays in the format safetensors; see [Io.saveSafetensors]. */
public fun saveSafetensors(
    file: Path,
    arrays: Map<String, MlxArray>,
    metadata: Map<String, String> = emptyMap(),
): Path = Io.saveSafetensors(file, arrays, metadata)

/** Saves arrays in the format GGUF; see [Io.saveGguf]. */
public fun saveGguf(
    file: Path,
    arrays: Map<String, MlxArray>,
    metadata: Map<String, MetadataValue> = emptyMap(),
): Path = Io.saveGguf(file, arrays, metadata)

/** Loads arrays; see [Io.load]. Without a format, the name of the file tells it. */
public fun load(file: Path, format: Io.Format? = null): Loaded =
    if (format == null) Io.load(file) else Io.load(file, format)

/** Saves a tree of arrays in the format safetensors; see [Trees.save]. */
public fun save(
    file: Path,
    tree: Any?,
    names: UnaryOperator<String> = UnaryOperator.identity(),
): Unit = Trees.save(file, tree, names)

/** Loads a tree of arrays, which has the structure of `like`; see [Trees.load]. */
public fun <T> load(
    file: Path,
    like: T,
    names: UnaryOperator<String> = UnaryOperator.identity(),
    strict: Boolean = true,
): T = Trees.load(file, like, names, strict)

/**
 * Joins two trees of the same structure; see [Trees.combine]. Where both have an array, `operation`
 * joins them, and without one they must not.
 */
public fun <T> combine(first: T, second: T, operation: BinaryOperator<MlxArray>? = null): T =
    if (operation == null) Trees.combine(first, second) else Trees.combine(first, second, operation)
