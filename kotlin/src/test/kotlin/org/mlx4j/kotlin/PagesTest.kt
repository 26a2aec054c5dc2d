package org.mlx4j.kotlin

import java.io.ByteArrayOutputStream
import java.io.PrintStream
import java.net.URLClassLoader
import java.nio.file.Path
import kotlin.io.path.createDirectory
import kotlin.io.path.readText
import kotlin.io.path.writeText
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import org.mlx4j.kotlin.page.Page
import scala.Function0

/** The programs of the pages about Kotlin and Scala are compiled, and print what the pages say. */
class PagesTest {
    private class Markdown(name: String) {
        private val text = Path.of(System.getProperty("mlx4j.docs"), name).readText()
        private val fence = Regex("```(\\w+)\n(.*?)```", RegexOption.DOT_MATCHES_ALL)

        fun snippets(language: String) =
            fence
                .findAll(text)
                .filter { it.groupValues[1] == language }
                .map { it.groupValues[2] }
                .toList()

        val output =
            text.replace(fence, "").lines().filter { it.startsWith("    ") }.map(String::trim)
    }

    private fun linesPrintedBy(program: () -> Unit): List<String> {
        val before = System.out
        val bytes = ByteArrayOutputStream()
        System.setOut(PrintStream(bytes, true, Charsets.UTF_8))
        try {
            program()
        } finally {
            System.setOut(before)
        }
        return lines(bytes)
    }

    private fun lines(bytes: ByteArrayOutputStream) = bytes.toString(Charsets.UTF_8).trim().lines()

    /**
     * Returns code on one line: where the page breaks lines may differ from the formatted program.
     */
    private fun unbroken(code: String) = code.trim().replace(Regex("\\s+"), " ")

    @Test
    fun theKotlinOfThePageIsInTheProgramThatIsCompiledHere() {
        val program =
            Path.of(System.getProperty("mlx4j.kotlin.tests"), "org/mlx4j/kotlin/page/Page.kt")
                .readText()
        val snippets = Markdown("kotlin.md").snippets("kotlin")
        assertTrue(snippets.size > 5, "there are ${snippets.size} snippets")
        val missing = snippets.filterNot { unbroken(program).contains(unbroken(it)) }
        assertEquals(listOf<String>(), missing)
    }

    @Test
    fun theProgramPrintsWhatThePageSays() =
        assertEquals(Markdown("kotlin.md").output, linesPrintedBy(Page::run))

    @Test
    fun theScalaOfThePageIsCompiledAndPrintsWhatThePageSays(@TempDir folder: Path) {
        val page = Markdown("scala.md")
        val source =
            folder.resolve("Program.scala").also { it.writeText(page.snippets("scala").single()) }
        val classes = folder.resolve("classes").createDirectory()
        val arguments =
            arrayOf(
                "-Xfatal-warnings",
                "-deprecation",
                "-feature",
                "-classpath",
                System.getProperty("java.class.path"),
                "-d",
                "$classes",
                "$source",
            )
        assertFalse(dotty.tools.dotc.Main.process(arguments).hasErrors())
        URLClassLoader(arrayOf(classes.toUri().toURL()), javaClass.classLoader).use { loader ->
            val main = loader.loadClass("program").getMethod("main", Array<String>::class.java)
            val bytes = ByteArrayOutputStream()
            scala.Console.withOut(bytes, Function0 { main.invoke(null, arrayOf<String>()) })
            assertEquals(page.output, lines(bytes))
        }
    }
}
