package org.mlx4j.consumer;

import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Requires;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A user's view: a Maven project elsewhere that adds the one dependency, is built with our artifact
 * alone, and runs where there is nothing but Java.
 */
class ConsumerIT {
  private static final String GRADIENT = "array([2, 4, 6], dtype=float32)";
  private static final String LOADED = "{weight=array([1, 2], dtype=float32)}";

  /**
   * The programs that Maven's start script and Java's tools need; no compiler, no Python, no CMake.
   */
  private static final List<String> COMMANDS =
      List.of(
          "sh",
          "bash",
          "uname",
          "dirname",
          "basename",
          "expr",
          "ls",
          "sed",
          "readlink",
          "cat",
          "tr",
          "grep",
          "env");

  private static Path project;
  private static Path commands;

  @TempDir static Path folder;

  private Path home;

  /** The output of a process. */
  private record Run(int code, String output, String errors) {
    String gradient() {
      assertEquals(0, code, errors + output);
      return output.lines().findFirst().orElse("");
    }

    String loaded() {
      assertEquals(0, code, errors + output);
      return output.lines().skip(1).findFirst().orElse("");
    }
  }

  @BeforeAll
  static void buildsWithTheOneDependency() throws Exception {
    project = folder.resolve("Projekt mit Umlaut ü und 空白");
    Path sources = Files.createDirectories(project.resolve("src/main/java/org/example"));
    resource("pom.xml", project.resolve("pom.xml"));
    resource("Consumer.java", sources.resolve("Consumer.java"));

    commands = Files.createDirectory(folder.resolve("bin"));
    for (String command : COMMANDS) {
      for (String directory : System.getenv("PATH").split(":", -1)) {
        Path file = Path.of(directory, command);
        if (Files.isExecutable(file) && Files.notExists(commands.resolve(command))) {
          Path script =
              Files.writeString(commands.resolve(command), "#!/bin/sh\nexec " + file + " \"$@\"\n");
          assertTrue(script.toFile().setExecutable(true));
        }
      }
    }
    build(project, "package");
  }

  @BeforeEach
  void withoutAnythingInTheHome() throws IOException {
    home = Files.createDirectory(folder.resolve("Zuhause ä " + System.nanoTime()));
  }

  /** The Java installations of this machine that must work: that of the tests, and 17 and 25. */
  static List<Path> javas() throws IOException {
    var found = new ArrayList<Path>(List.of(Path.of(System.getProperty("java.home")).toRealPath()));
    Path all = Path.of("/usr/lib/jvm");
    if (Files.isDirectory(all)) {
      try (Stream<Path> homes = Files.list(all)) {
        for (Path home : homes.sorted().toList()) {
          boolean wanted =
              Files.isExecutable(home.resolve("bin/java"))
                  && List.of(17, 25).contains(version(home));
          if (wanted && found.stream().noneMatch(java -> version(java) == version(home))) {
            found.add(home.toRealPath());
          }
        }
      }
    }
    return found;
  }

  private static void assertWorks(Run run) {
    assertEquals(GRADIENT, run.gradient());
    assertEquals(LOADED, run.loaded());
    assertEquals("", run.errors());
  }

  @ParameterizedTest
  @MethodSource("javas")
  void aPlainJarWorksAndWarnsOfNothing(Path java) throws Exception {
    Run run = java(java, access(java, "ALL-UNNAMED"), plain());
    assertWorks(run);
  }

  @ParameterizedTest
  @MethodSource("javas")
  void aShadedJarWorks(Path java) throws Exception {
    Run run =
        java(
            java,
            access(java, "ALL-UNNAMED"),
            List.of("-cp", built("consumer-1-shaded.jar"), "org.example.Consumer"));
    assertWorks(run);
  }

  @ParameterizedTest
  @MethodSource("javas")
  void aSpringBootJarWorks(Path java) throws Exception {
    Run run =
        java(java, access(java, "ALL-UNNAMED"), List.of("-jar", built("consumer-1-boot.jar")));
    assertWorks(run);
  }

  @ParameterizedTest
  @MethodSource("javas")
  void theModuleWorks(Path java) throws Exception {
    List<String> arguments =
        List.of(
            "-p",
            built("lib"),
            "--add-modules",
            "org.mlx4j",
            "-cp",
            built("consumer-1.jar"),
            "org.example.Consumer");
    Run run = java(java, access(java, "org.mlx4j,org.bytedeco.javacpp"), arguments);
    assertWorks(run);
  }

  @Test
  void usersGetOneDependency() throws IOException {
    try (Stream<Path> jars = Files.list(Path.of(built("lib")))) {
      assertEquals(
          List.of("javacpp", "mlx4j"),
          jars.map(jar -> jar.getFileName().toString().replaceAll("-\\d.*", "")).sorted().toList());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {".jar", "-classes.jar"})
  void jacksonIsInTheJarUnderAnotherNameAndNotRequired(String end) throws IOException {
    Path jar = Path.of(property("mlx4j.jar").replaceAll("[.]jar$", end));
    ModuleDescriptor module = ModuleFinder.of(jar).find("org.mlx4j").orElseThrow().descriptor();
    assertEquals(Set.of("java.base", "org.bytedeco.javacpp"), requires(module, false));
    assertEquals(Set.of("org.jspecify"), requires(module, true));
    assertEquals(
        Set.of(
            "org.mlx4j",
            "org.mlx4j.nn",
            "org.mlx4j.optimizers",
            "org.mlx4j.training",
            "org.mlx4j.tree"),
        module.exports().stream().map(ModuleDescriptor.Exports::source).collect(toSet()));
    try (JarFile file = new JarFile(jar.toFile())) {
      Set<String> names = file.stream().map(JarEntry::getName).collect(toSet());
      assertTrue(names.contains("org/mlx4j/internal/jackson/JsonFactory.class"), names.toString());
      assertTrue(names.stream().noneMatch(name -> name.startsWith("com/")), names.toString());
      for (String text : List.of("LICENSE", "NOTICE", "Schubfach-LICENSE")) {
        assertTrue(
            names.stream().anyMatch(n -> n.matches("META-INF/licenses/jackson-core-.*/" + text)),
            names.toString());
      }
    }
  }

  private static Set<String> requires(ModuleDescriptor module, boolean whenCompiledOnly) {
    return module.requires().stream()
        .filter(r -> r.modifiers().contains(Requires.Modifier.STATIC) == whenCompiledOnly)
        .map(Requires::name)
        .collect(toSet());
  }

  @Test
  void aHomeThatCannotBeWrittenIsNoObstacle() throws Exception {
    home = Files.createFile(folder.resolve("not a folder " + System.nanoTime()));
    Run run = java(here(), access(here(), "ALL-UNNAMED"), plain());
    assertEquals(GRADIENT, run.gradient());
    assertTrue(run.errors().contains("Start Java with -Dmlx4j.cache=DIR"), run.errors());
  }

  @Test
  void theCacheMayBeElsewhere() throws Exception {
    Path cache = folder.resolve("cache elsewhere " + System.nanoTime());
    Run run = java(here(), List.of("-Dmlx4j.cache=" + cache), plain());
    assertEquals(GRADIENT, run.gradient());
    assertTrue(Files.isDirectory(cache));
    assertTrue(Files.notExists(home.resolve(".cache")));
  }

  @Test
  void severalMayStartAtOnceOnAColdCache() throws Exception {
    List<Process> processes = new ArrayList<>();
    List<Path> outputs = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Path output = folder.resolve("at once " + i + ".txt");
      outputs.add(output);
      ProcessBuilder builder = builder(command(here(), List.of(), plain()), folder, here());
      processes.add(builder.redirectErrorStream(true).redirectOutput(output.toFile()).start());
    }
    for (int i = 0; i < 4; i++) {
      assertTrue(processes.get(i).waitFor(5, TimeUnit.MINUTES));
      String output = Files.readString(outputs.get(i));
      assertTrue(output.startsWith(GRADIENT) || output.contains("\n" + GRADIENT), output);
    }
    try (Stream<Path> unpacked = Files.list(home.resolve(".cache/mlx4j/natives"))) {
      assertEquals(1, unpacked.count());
    }
  }

  @Test
  void anotherPlatformIsToldWhatIsSupported() throws Exception {
    Run run = java(here(), List.of("-Dos.arch=riscv64"), plain());
    assertNotEquals(0, run.code());
    assertTrue(
        run.errors()
            .contains(
                "mlx4j has no native library for Linux on riscv64; it runs on Linux on x86_64 or"
                    + " arm64"),
        run.errors());
  }

  @ParameterizedTest
  @CsvSource({"kotlin, Consumer.kt, ConsumerKt", "scala, Consumer.scala, consumer"})
  void otherLanguagesOfTheJvmUseItAlike(String language, String source, String main)
      throws Exception {
    Path sources = Files.createDirectories(folder.resolve(language + "/src"));
    resource(language + "/pom.xml", folder.resolve(language + "/pom.xml"));
    resource(language + "/" + source, sources.resolve(source));
    build(folder.resolve(language), "compile");
    String target = folder.resolve(language + "/target").toString();
    String classPath = target + "/classes:" + target + "/lib/*";
    Run run =
        java(
            here(),
            access(here(), "ALL-UNNAMED"),
            List.of("-cp", classPath, "org.example." + main));
    assertEquals(GRADIENT, run.gradient());
    assertEquals(
        "array([5, 8], dtype=float32)", run.output().lines().skip(1).findFirst().orElse(""));
  }

  // ---- the page of first steps
  // --------------------------------------------------------------------------------
  @Test
  void jshellPrintsWhatThePageSays() throws Exception {
    List<ConsolePage.Command> session = firstSteps().commands("jshell> ");
    Path input = folder.resolve("session.txt");
    Files.write(input, session.stream().map(ConsolePage.Command::typed).toList());
    String jshell = here().resolve("bin/jshell").toString();
    List<String> command =
        new ArrayList<>(List.of(jshell, "-R-Duser.home=" + home, "--class-path", "lib/*"));
    access(here(), "ALL-UNNAMED").forEach(option -> command.add("-R" + option));
    Run run = run(command, Path.of(built("")), here(), input);
    List<String> expected = session.stream().flatMap(line -> line.printed().stream()).toList();
    List<String> printed =
        run.output()
            .lines()
            .map(line -> line.replace("\b", "").replace("jshell>", "").strip())
            .filter(line -> !line.isEmpty() && !line.matches("[|]  (Welcome|For an intro).*"))
            .toList();
    assertEquals(expected, printed, run::errors);
  }

  @Test
  void jbangPrintsWhatThePageSays() throws Exception {
    Path jbang = Files.createDirectories(folder.resolve("jbang"));
    resource("jbang/pom.xml", jbang.resolve("pom.xml"));
    build(jbang, "validate");
    Files.write(jbang.resolve("Hello.java"), firstSteps().blocks("java").get(0));
    int commands = 0;
    for (ConsolePage.Command command : firstSteps().commands("$ ")) {
      if (command.typed().startsWith("jbang ")) {
        commands++;
        assertEquals(command.printed(), jbang(jbang, command.typed()));
      }
    }
    assertEquals(2, commands);
  }

  /**
   * JBang is a script that runs a program, which prints the command that the script is to run then.
   */
  private List<String> jbang(Path jbang, String typed) throws Exception {
    String java = here().resolve("bin/java") + " '-Duser.home=" + home + "' ";
    String access = version(here()) >= 24 ? " -R=--enable-native-access=ALL-UNNAMED" : "";
    String program = java + "-cp 'target/lib/*' dev.jbang.Main --offline" + access;
    String script = "eval \"$(" + typed.replaceFirst("jbang", program) + ")\"";
    ProcessBuilder builder = builder(List.of(inPath("sh"), "-c", script), jbang, here());
    builder
        .environment()
        .put("JBANG_REPO", Path.of("target/repository").toAbsolutePath().toString());
    builder.environment().put("JBANG_DIR", jbang.resolve("jbang").toString());
    Run run = run(builder, typed);
    assertEquals(0, run.code(), run.errors());
    return run.output().lines().toList();
  }

  private static ConsolePage firstSteps() throws IOException {
    return new ConsolePage(Path.of("docs/first-steps.md"));
  }

  // ---- the project
  // --------------------------------------------------------------------------------
  private static void build(Path project, String phase) throws Exception {
    List<String> command =
        List.of(
            inPath(property("python")),
            Path.of("tools", "run_project.py").toAbsolutePath().toString(),
            "--jar=" + property("mlx4j.jar"),
            "--pom=" + property("mlx4j.pom"),
            "--version=" + property("mlx4j.version"),
            "--maven=" + Path.of(property("maven.home"), "bin", "mvn"),
            property("maven.settings"),
            "--shared=" + property("maven.repository"),
            property("maven.offline"),
            project.toString(),
            "--",
            "-q",
            "-ntp",
            phase);
    Run build = run(command, project, here());
    assertEquals(0, build.code(), build.output() + build.errors());
  }

  /** The file of a command. */
  private static String inPath(String command) {
    return Stream.of(System.getenv("PATH").split(":", -1))
        .map(directory -> Path.of(directory).resolve(command))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow()
        .toString();
  }

  private static void resource(String name, Path file) throws IOException {
    try (InputStream in = ConsumerIT.class.getResourceAsStream("/consumer/" + name)) {
      Files.copy(in, file);
    }
  }

  private static String property(String name) {
    String value = System.getProperty("consumer." + name);
    assertTrue(value != null && !value.isEmpty(), "Maven sets consumer." + name);
    return value;
  }

  // ---- running
  // ------------------------------------------------------------------------------------
  private static Path here() {
    return Path.of(System.getProperty("java.home"));
  }

  private static int version(Path java) {
    try (InputStream in = Files.newInputStream(java.resolve("release"))) {
      Properties release = new Properties();
      release.load(in);
      return Runtime.Version.parse(release.getProperty("JAVA_VERSION").replace("\"", "")).feature();
    } catch (IOException noRelease) {
      return 0;
    }
  }

  /** JDK 24 and later warn of native code that has not been allowed. */
  private static List<String> access(Path java, String module) {
    return version(java) >= 24 ? List.of("--enable-native-access=" + module) : List.of();
  }

  private static String built(String name) {
    return project.resolve("target").resolve(name).toString();
  }

  private static List<String> plain() {
    return List.of(
        "-cp", built("consumer-1.jar") + ":" + built("lib") + "/*", "org.example.Consumer");
  }

  private Run java(Path java, List<String> options, List<String> arguments) throws Exception {
    return run(command(java, options, arguments), folder, java);
  }

  private List<String> command(Path java, List<String> options, List<String> arguments) {
    List<String> command =
        new ArrayList<>(List.of(java.resolve("bin/java").toString(), "-Duser.home=" + home));
    command.addAll(options);
    command.addAll(arguments);
    return command;
  }

  private static ProcessBuilder builder(List<String> command, Path directory, Path java) {
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().clear();
    builder.environment().put("PATH", commands.toString());
    builder.environment().put("JAVA_HOME", java.toString());
    builder.environment().put("LC_ALL", "C.UTF-8");
    return builder;
  }

  private static Run run(List<String> command, Path directory, Path java) throws Exception {
    return run(builder(command, directory, java), command);
  }

  private static Run run(List<String> command, Path directory, Path java, Path input)
      throws Exception {
    return run(builder(command, directory, java).redirectInput(input.toFile()), command);
  }

  private static Run run(ProcessBuilder builder, Object command) throws Exception {
    Path output = Files.createTempFile(folder, "output", ".txt");
    Path errors = Files.createTempFile(folder, "errors", ".txt");
    Process process =
        builder.redirectOutput(output.toFile()).redirectError(errors.toFile()).start();
    boolean ended = process.waitFor(5, TimeUnit.MINUTES);
    if (!ended) {
      process.destroyForcibly().waitFor();
    }
    Run run = new Run(process.exitValue(), Files.readString(output), Files.readString(errors));
    assertTrue(ended, () -> command + " did not end: " + run);
    return run;
  }
}
