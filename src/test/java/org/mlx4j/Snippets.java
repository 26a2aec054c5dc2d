package org.mlx4j;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * The Java code of the documentation: the {@code java} blocks of Markdown pages and the
 * preformatted code of Javadoc comments.
 *
 * <p>A block that declares a public class is a program. Every other block becomes a class: its
 * imports are added to the usual ones, its types and methods become members of a subclass of {@link
 * SnippetBase}, and its statements become the method {@code run}. On a page whose first block
 * consists of imports, all blocks together are one such class.
 *
 * <p>The tests of the Spring Boot starter use this class, too.
 */
public final class Snippets {
  /**
   * A piece of code.
   *
   * @param place the file and the line where it stands
   * @param code its text
   * @param output what stands beside it as its output, or null
   */
  public record Snippet(String place, String code, String output) {
    public Snippet {
      code = code.stripTrailing() + "\n";
    }

    /** Whether something stands beside the code that running it can prove wrong. */
    public boolean isChecked() {
      return output != null || !source().equals(source(code));
    }

    String className() {
      Matcher program = PROGRAM.matcher(code);
      return program.find() ? program.group(1) : "Snippet_" + place.replaceAll("[^A-Za-z0-9]", "_");
    }

    boolean isProgram() {
      return PROGRAM.matcher(code).find();
    }

    /** The compilation unit. */
    String source() {
      return source(
          code.lines().map(Snippet::checked).reduce("", (all, line) -> all + line + "\n"));
    }

    private String source(String text) {
      if (isProgram()) {
        return text;
      }
      StringBuilder imports = new StringBuilder(USUAL_IMPORTS);
      StringBuilder members = new StringBuilder();
      StringBuilder statements = new StringBuilder();
      for (String part : parts(text.replace("Path.of(\"", "inFolder(\""))) {
        String start = part.replaceFirst("^(\\s|//.*\\n)*", "");
        if (start.startsWith("import ")) {
          imports.append(part);
        } else if (MEMBER.matcher(start).lookingAt()) {
          members.append(part);
        } else {
          statements.append(part);
        }
      }
      return imports
          + "\npublic class "
          + className()
          + " extends SnippetBase {\n"
          + members
          + "\npublic Object run() throws Exception { if (isOn()) {\n"
          + statements
          + "\n} return null; }}\n";
    }

    /** A statement that is followed by its value in a comment, with a call that compares them. */
    private static String checked(String line) {
      Matcher valued =
          VALUED.matcher(line.replaceFirst("System\\.out\\.println\\((.*)\\);(\\s*//)", "$1;$2"));
      if (!valued.matches() || !isComplete(valued.group("value"))) {
        return line;
      }
      String comment = valued.group("comment").replace("\"", "\\\"");
      return valued.group("start") + "shows(" + valued.group("value") + ", \"" + comment + "\");";
    }

    /** Whether an expression does not begin on an earlier line. */
    private static boolean isComplete(String text) {
      return !text.startsWith(".")
          && text.chars().filter(c -> c == '(').count()
              == text.chars().filter(c -> c == ')').count();
    }
  }

  private static final String USUAL_IMPORTS =
      """
      import static org.mlx4j.Index.*;
      import static org.mlx4j.Transforms.*;
      import java.io.*;
      import java.nio.*;
      import java.nio.file.*;
      import java.util.*;
      import java.util.concurrent.*;
      import java.util.function.*;
      import org.mlx4j.*;
      import org.mlx4j.nn.*;
      import org.mlx4j.optimizers.*;
      import org.mlx4j.training.*;
      import org.mlx4j.tree.*;
      """;

  private static final Pattern PROGRAM = Pattern.compile("^public class (\\w+)", Pattern.MULTILINE);

  /** The start of a type or a method. */
  private static final Pattern MEMBER =
      Pattern.compile(
          "(?:@\\w+\\s+)*(?:(?:public|protected|private|static)\\b"
              + "|(?:(?:abstract|final|sealed)\\s+)*(?:record|class|interface|enum)\\s"
              + "|(?!return\\b|throw\\b|new\\b|else\\b)"
              + "[\\w.<>\\[\\],? ]+?\\s+\\w+\\s*\\([^{;]*\\)\\s*(?:throws\\s[\\w., ]+)?\\{)");

  /** A statement on one line, with its value, an array, a number or a shape, in a comment. */
  private static final Pattern VALUED =
      Pattern.compile(
          "(?<start>\\s*(?:[\\w.<>\\[\\], ]+ \\w+ = |return )?)(?<value>\\S.*?);\\s*//\\s*"
              + "(?<comment>array\\(.*\\)|\\[.*\\]|-?\\d[\\d.]*(?:e-?\\d+)?(?:[-+][\\d.]+j)?|true|false|(?:of"
              + " )?shape \\([\\d, ]*\\))");

  private static final Pattern BLOCK =
      Pattern.compile(
          "^```java\n(.*?)^```\n(?:\n((?: {4}[^\n]*\n)+))?", Pattern.MULTILINE | Pattern.DOTALL);

  private static final Pattern COMMENTED =
      Pattern.compile("<pre>\\{@code\n(.*?)\n *\\* *\\}</pre>", Pattern.DOTALL);

  /** The code of these pages is compiled and run by the tests of spring and of the example. */
  private static final Set<Path> OF_OTHER_PROJECTS =
      Set.of(Path.of("docs/spring.md"), Path.of("docs/scoring-with-spark.md"));

  private static final Pattern TYPE =
      Pattern.compile("^public .*\\b(?:class|interface|record|enum) (\\w+)", Pattern.MULTILINE);

  private Snippets() {}

  /** The pages of the project, by their paths. */
  static List<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>();
    for (String folder : List.of(".", "docs", "examples", "bench")) {
      int depth = folder.equals(".") ? 1 : Integer.MAX_VALUE;
      try (Stream<Path> files = Files.walk(Path.of(folder), depth)) {
        files
            .map(Path::normalize)
            .filter(file -> file.toString().endsWith(".md"))
            .filter(file -> !file.toString().contains("target"))
            .sorted()
            .forEach(pages::add);
      }
    }
    return pages;
  }

  /** The sources of the public packages. */
  static List<Path> sources() throws IOException {
    List<Path> sources = new ArrayList<>();
    for (String folder :
        List.of(
            "org/mlx4j",
            "org/mlx4j/nn",
            "org/mlx4j/optimizers",
            "org/mlx4j/training",
            "org/mlx4j/tree")) {
      try (Stream<Path> files = Files.list(Path.of("src/main/java", folder))) {
        files.filter(file -> file.toString().endsWith(".java")).sorted().forEach(sources::add);
      }
    }
    return sources;
  }

  static List<Snippet> ofPage(Path page) throws IOException {
    if (OF_OTHER_PROJECTS.contains(page.normalize())) {
      return List.of();
    }
    String text = Files.readString(page);
    List<Snippet> snippets = new ArrayList<>();
    Matcher block = BLOCK.matcher(text);
    while (block.find()) {
      String output = block.group(2);
      snippets.add(
          new Snippet(
              place(page, text, block.start(1)),
              block.group(1),
              output == null ? null : output.indent(-4)));
    }
    if (snippets.isEmpty() || !snippets.get(0).code().matches("(import [\\w.*]+;\n|\n)+")) {
      return snippets;
    }
    StringBuilder code = new StringBuilder();
    StringBuilder output = new StringBuilder();
    for (Snippet snippet : snippets) {
      code.append(snippet.code());
      output.append(snippet.output() == null ? "" : snippet.output());
    }
    return List.of(new Snippet(snippets.get(0).place(), code.toString(), output.toString()));
  }

  public static List<Snippet> ofSource(Path source) throws IOException {
    String text = Files.readString(source);
    List<Snippet> snippets = new ArrayList<>();
    Matcher block = COMMENTED.matcher(text);
    while (block.find()) {
      String code = block.group(1).replaceAll("(?m)^ *\\* ?", "");
      snippets.add(new Snippet(place(source, text, block.start(1)), code, null));
    }
    return snippets;
  }

  /** Whether the comment of the public type of a file has a snippet; true if there is no type. */
  public static boolean typeHasSnippet(Path source) throws IOException {
    String text = Files.readString(source);
    Matcher type = TYPE.matcher(text);
    return !type.find() || COMMENTED.matcher(text.substring(0, type.start())).find();
  }

  private static String place(Path file, String text, int position) {
    return file + ":" + (text.substring(0, position).lines().count() + 1);
  }

  /** Compiles all of them at once into a folder; the errors, each with its snippet's place. */
  public static List<String> compile(List<Snippet> snippets, Path folder) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
    List<SourceText> sources = snippets.stream().map(SourceText::new).toList();
    List<String> options =
        List.of(
            "-proc:none",
            "-XDshould-stop.ifError=FLOW",
            "-cp",
            System.getProperty("java.class.path"),
            "-d",
            folder.toString());
    compiler.getTask(new StringWriter(), null, found, options, null, sources).call();
    return found.getDiagnostics().stream()
        .filter(diagnostic -> diagnostic.getKind() == Diagnostic.Kind.ERROR)
        .map(Snippets::message)
        .toList();
  }

  private static String message(Diagnostic<? extends JavaFileObject> diagnostic) {
    String message = diagnostic.getMessage(Locale.ROOT);
    if (!(diagnostic.getSource() instanceof SourceText source)) {
      return message;
    }
    String line = source.text.lines().toList().get((int) diagnostic.getLineNumber() - 1);
    return source.snippet.place() + ": " + message + ": " + line.strip();
  }

  private static final class SourceText extends SimpleJavaFileObject {
    private final Snippet snippet;
    private final String text;

    SourceText(Snippet snippet) {
      super(URI.create("string:///" + snippet.className() + ".java"), Kind.SOURCE);
      this.snippet = snippet;
      this.text = snippet.source();
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }

  /** Divides code at the ends of its outermost statements, types and methods. */
  private static List<String> parts(String code) {
    List<String> parts = new ArrayList<>();
    int start = 0;
    int depth = 0;
    for (int i = 0; i < code.length(); i++) {
      char c = code.charAt(i);
      if (code.startsWith("//", i)) {
        i = code.indexOf('\n', i) - 1;
      } else if (c == '"' || c == '\'') {
        i = endOfLiteral(code, i);
      } else if (c == '(' || c == '{' || c == '[') {
        depth++;
      } else if (c == ')' || c == ']' || c == '}') {
        depth--;
      }
      if (depth == 0 && (c == ';' || (c == '}' && endsPart(code.substring(i + 1))))) {
        int end = code.indexOf('\n', i) + 1;
        parts.add(code.substring(start, end));
        start = end;
        i = end - 1;
      }
    }
    parts.add(code.substring(start));
    return parts;
  }

  private static int endOfLiteral(String code, int start) {
    int i = start + 1;
    while (code.charAt(i) != code.charAt(start)) {
      i += code.charAt(i) == '\\' ? 2 : 1;
    }
    return i;
  }

  private static boolean endsPart(String rest) {
    return !rest.stripLeading().matches("(?s)(?:[.;,)]|else\\b|catch\\b|finally\\b).*");
  }
}
