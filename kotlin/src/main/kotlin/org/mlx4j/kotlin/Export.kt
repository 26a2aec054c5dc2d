/** Export of functions with default arguments: `exportFunction(file, f, x, shapeless = true)`. */
package org.mlx4j.kotlin

import java.nio.file.Path
import org.mlx4j.ArraysFunction
import org.mlx4j.Export
import org.mlx4j.FunctionExporter
import org.mlx4j.ImportedFunction
import org.mlx4j.MlxArray
import org.mlx4j.NamedArraysFunction

/** Exports a function to a file; see [Export.exportFunction]. */
public fun exportFunction(
    file: Path,
    f: ArraysFunction,
    vararg example: MlxArray,
    shapeless: Boolean = false,
    named: Map<String, MlxArray> = emptyMap(),
    metadata: String = "",
): Unit = Export.exportFunction(file, f, example, shapeless, named, metadata)

/** Begins a file of a function, to which examples are added; see [Export.exporter]. */
public fun exporter(
    file: Path,
    f: ArraysFunction,
    shapeless: Boolean = false,
    metadata: String = "",
): FunctionExporter = Export.exporter(file, f, shapeless, metadata)

/** Exports a function with named arguments to a file; see [Export.exportFunction]. */
public fun exportFunction(
    file: Path,
    f: NamedArraysFunction,
    vararg example: MlxArray,
    shapeless: Boolean = false,
    named: Map<String, MlxArray> = emptyMap(),
    metadata: String = "",
): Unit = Export.exportFunction(file, f, example, shapeless, named, metadata)

/**
 * Begins a file of a function with named arguments, to which examples are added; see
 * [Export.exporter].
 */
public fun exporter(
    file: Path,
    f: NamedArraysFunction,
    shapeless: Boolean = false,
    metadata: String = "",
): FunctionExporter = Export.exporter(file, f, shapeless, metadata)

/** Records the function for an example; see [FunctionExporter.add]. */
public fun FunctionExporter.add(
    vararg example: MlxArray,
    named: Map<String, MlxArray> = emptyMap(),
): Unit = add(example, named)

/** Applies an imported function; see [ImportedFunction.apply]. */
public fun ImportedFunction.apply(
    vararg xs: MlxArray,
    named: Map<String, MlxArray> = emptyMap(),
): Array<MlxArray> = apply(xs, named)

/** Draws the graph of arrays as a file in the language DOT; see [Export.exportToDot]. */
public fun exportToDot(
    file: Path,
    vararg outputs: MlxArray,
    names: Map<String, MlxArray> = emptyMap(),
): Unit = Export.exportToDot(file, names, *outputs)
