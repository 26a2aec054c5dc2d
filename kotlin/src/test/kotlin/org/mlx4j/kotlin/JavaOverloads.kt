/** The overloads of mlx4j's Java sources, and the Kotlin functions that stand for them. */
package org.mlx4j.kotlin

import com.sun.source.tree.ClassTree
import com.sun.source.tree.MethodTree
import com.sun.source.tree.Tree
import com.sun.source.util.JavacTask
import java.io.File
import java.lang.reflect.Method
import java.lang.reflect.Modifier
import javax.tools.ToolProvider
import kotlin.reflect.KClass
import kotlin.reflect.KFunction
import kotlin.reflect.KParameter
import kotlin.reflect.KType
import kotlin.reflect.KTypeParameter
import kotlin.reflect.jvm.kotlinFunction
import org.mlx4j.MlxArray

/**
 * A parameter of a Java method: [type] is its simple name, of which annotations and type arguments
 * are left out.
 */
internal data class JavaParameter(val name: String, val type: String, val vararg: Boolean)

/** A public Java method. */
internal class Overload(
    val owner: Class<*>,
    val name: String,
    val static: Boolean,
    val parameters: List<JavaParameter>,
) {
    val family = "${owner.name.removePrefix("org.mlx4j.").replace('$', '.')}.$name"

    /**
     * Whether another overload only has further parameters. A single further one of variable number
     * needs no default.
     */
    fun isShorterThan(other: Overload): Boolean {
        val more =
            other.parameters.filter { further ->
                parameters.none { it.name == further.name && it.type == further.type }
            }
        return more.size + parameters.size == other.parameters.size &&
            more.isNotEmpty() &&
            !(more.size == 1 && more.single().vararg)
    }

    val method: Method
        get() =
            owner.methods.single { method ->
                method.name == name &&
                    !method.isBridge &&
                    Modifier.isStatic(method.modifiers) == static &&
                    method.parameterTypes.map { it.simpleName } ==
                        parameters.map { if (it.type.length == 1) "Object" else it.type }
            }

    /**
     * The parameters of a Kotlin function that take the arguments of this one, or null if it cannot
     * stand for it.
     */
    fun standIn(function: KFunction<*>, typed: Boolean): Map<KParameter, Int>? {
        val receiver =
            function.parameters.firstOrNull { it.kind == KParameter.Kind.EXTENSION_RECEIVER }
        val values = function.parameters.filter { it.kind == KParameter.Kind.VALUE }
        val found = LinkedHashMap<KParameter, Int>()
        var first = 0
        if (receiver != null) {
            val expected = if (static) parameters.firstOrNull()?.type else owner.simpleName
            if (typeOf(receiver.type) != expected) {
                return null
            }
            found[receiver] = if (static) first++ else -1
        } else if (!static) {
            return null
        }
        for (index in first until parameters.size) {
            val given = parameters[index]
            val taken = values.firstOrNull {
                it.name == given.name || (it.name == "axes" && given.name == "axis")
            }
            if (taken == null || (typed && !accepts(taken, given))) {
                return null
            }
            found[taken] = index
        }
        return found.takeIf { values.all { it in found || it.isOptional || it.isVararg } }
    }

    override fun toString() = "$family(${parameters.joinToString { "${it.type} ${it.name}" }})"
}

private val unboxed =
    mapOf(
        "Integer" to "int",
        "Double" to "double",
        "Boolean" to "boolean",
        "Long" to "long",
        "Float" to "float",
    )

private fun accepts(taken: KParameter, given: JavaParameter): Boolean {
    val type = typeOf(taken.type)
    val java = unboxed[given.type] ?: given.type
    return when {
        type == null || type == java -> true
        taken.type.classifier is KTypeParameter -> java.length == 1
        type == "Number" -> java in setOf("int", "long", "float", "double")
        type == "long" -> java == "int"
        else -> taken.name == "axes" && given.name == "axis"
    }
}

/**
 * The name of a type as Java has it, of a type parameter that of its bound, or null if it has none.
 */
private fun typeOf(type: KType): String? {
    (type.classifier as? KTypeParameter)?.let {
        return typeOf(it.upperBounds.first()).takeUnless { name -> name == "Object" }
    }
    val name = (type.classifier as? KClass<*>)?.simpleName ?: return null
    return when (name) {
        "Int",
        "Double",
        "Boolean",
        "Long",
        "Float" -> name.lowercase()
        "IntArray",
        "DoubleArray",
        "LongArray",
        "ByteArray" -> name.removeSuffix("Array").lowercase() + "[]"
        "Array" -> type.arguments.single().type?.let { typeOf(it) }?.let { "$it[]" }
        "Any" -> "Object"
        else -> name
    }
}

/** Returns the families of overloads of which one is shorter than another. */
internal fun familiesOfOverloads(sources: File): Map<String, List<Overload>> {
    val files =
        listOf("", "nn", "optimizers", "training", "tree").flatMap {
            File(sources, "org/mlx4j/$it").listFiles { file -> file.extension == "java" }!!.sorted()
        }
    val compiler = ToolProvider.getSystemJavaCompiler()
    val manager = compiler.getStandardFileManager(null, null, null)
    val task =
        compiler.getTask(
            null,
            manager,
            null,
            listOf("-proc:none"),
            null,
            manager.getJavaFileObjectsFromFiles(files),
        )
    val overloads = ArrayList<Overload>()
    for (unit in (task as JavacTask).parse()) {
        unit.typeDecls.filterIsInstance<ClassTree>().forEach {
            collect(it, "${unit.packageName}.${it.simpleName}", overloads)
        }
    }
    return overloads
        .groupBy { it.family }
        .mapValues { (_, all) ->
            all.filter { a -> all.any { b -> a.isShorterThan(b) || b.isShorterThan(a) } }
        }
        .filterValues { it.isNotEmpty() }
}

private fun collect(type: ClassTree, name: String, overloads: MutableList<Overload>) {
    val inInterface = type.kind == Tree.Kind.INTERFACE
    val java = Class.forName(name)
    // the interfaces that only divide the methods of arrays
    val owner =
        if (inInterface && java.isAssignableFrom(MlxArray::class.java)) MlxArray::class.java
        else java
    for (member in type.members) {
        val modifiers = (member as? MethodTree)?.modifiers?.flags?.map { it.toString() }
        when {
            member is ClassTree -> collect(member, "$name$${member.simpleName}", overloads)
            member is MethodTree &&
                member.returnType != null &&
                Modifier.isPublic(owner.modifiers) &&
                ("public" in modifiers!! || (inInterface && "private" !in modifiers)) ->
                overloads +=
                    Overload(
                        owner,
                        member.name.toString(),
                        "static" in modifiers,
                        member.parameters.map {
                            val text = it.toString().removeSuffix(it.name.toString())
                            JavaParameter(it.name.toString(), plain(text), "..." in text)
                        },
                    )
        }
    }
}

private fun plain(type: String): String {
    var text = type.replace(Regex("@\\w+(\\(\\))?"), "").replace("...", "[]").replace("final ", "")
    while ('<' in text) {
        text = text.replace(Regex("<[^<>]*>"), "")
    }
    return text.filterNot { it.isWhitespace() }.substringAfterLast('.')
}

/** Returns the Kotlin functions that can stand for the overloads of a family. */
internal fun functionsFor(overload: Overload, functions: List<KFunction<*>>): List<KFunction<*>> {
    val name =
        when {
            overload.name == "of" && overload.static -> overload.owner.simpleName
            overload.name == "var" -> "variance"
            else -> overload.name
        }
    val initializes = overload.owner.simpleName == "Initializers"
    return functions.filter { function ->
        function.name == name &&
            initializes == function.parameters.any { it.kind == KParameter.Kind.INSTANCE }
    }
}

/** Returns all public functions of this library. */
internal fun kotlinFunctions(): List<KFunction<*>> {
    val classes = File(Init::class.java.protectionDomain.codeSource.location.toURI())
    val names =
        File(classes, "org/mlx4j/kotlin").list()!!.filter {
            it.endsWith("Kt.class") || it == "Init.class"
        }
    return names
        .flatMap {
            Class.forName("org.mlx4j.kotlin." + it.removeSuffix(".class")).declaredMethods.toList()
        }
        .filter { Modifier.isPublic(it.modifiers) && !it.isSynthetic }
        .mapNotNull { it.kotlinFunction }
}
