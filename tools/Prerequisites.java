import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Checks, before anything is built, that the tools which Maven does not bring are there and new
 * enough. Written in Java because Java is the one thing that is certain to be there when Maven
 * runs. Maven itself and the JDK are checked by the enforcer plugin.
 */
final class Prerequisites {
  private static final String CMAKE = "3.24";
  private static final String PYTHON = "3.10";
  private static final String CPP =
      """
      #include <compare>
      #include <concepts>
      #include <span>
      template <std::integral T>
      constexpr T twice(T value) { return value + value; }
      static_assert(twice(21) == 42 && (1 <=> 2) < 0 && std::span<int>().empty());
      """;
  private static final String PYTHON_FACTS =
      """
      import importlib.util as util, platform
      missing = util.find_spec('venv') is None or not (util.find_spec('ensurepip') or util.find_spec('pip'))
      print('Python', platform.python_version(), 'without pip and venv' if missing else '')
      """;

  private final List<String> problems = new ArrayList<>();

  public static void main(String[] arguments) {
    Prerequisites prerequisites = new Prerequisites();
    prerequisites.cmake();
    prerequisites.buildTool();
    prerequisites.compiler();
    prerequisites.python(arguments.length > 0 ? arguments[0] : "python3");
    if (arguments.length > 2 && arguments[1].equals("all-platforms")) {
      prerequisites.crossCompilers(arguments[2]);
    }
    if (!prerequisites.problems.isEmpty()) {
      System.err.println(
          "mlx4j cannot be built here:\n\n" + String.join("\n", prerequisites.problems));
      System.exit(1);
    }
  }

  private void cmake() {
    String install =
        how(
            "apt-get install cmake",
            "dnf install cmake",
            "brew install cmake",
            "anywhere:        python3 -m pip install cmake");
    Run run = Run.of("cmake", "--version");
    if (!run.started()) {
      problems.add(
          "CMake is missing: there is no cmake in PATH, and "
              + CMAKE
              + " or newer is needed."
              + install);
    } else if (isOlder(run.version(), CMAKE)) {
      problems.add(
          "CMake is too old: "
              + run.version()
              + " is in PATH, and "
              + CMAKE
              + " or newer is needed."
              + install);
    }
  }

  private void buildTool() {
    if (System.getenv("CMAKE_GENERATOR") == null && !Run.of("make", "--version").started()) {
      problems.add(
          "Make is missing: there is no make in PATH for CMake to build with (CMAKE_GENERATOR=Ninja"
              + " uses Ninja instead)."
              + how("apt-get install make", "dnf install make", "xcode-select --install"));
    }
  }

  private void compiler() {
    String install = how("apt-get install g++", "dnf install gcc-c++", "xcode-select --install");
    String chosen = System.getenv("CXX");
    List<String> names =
        chosen == null || chosen.isBlank()
            ? List.of("c++", "g++", "clang++")
            : List.of(chosen.strip().split("\\s+")[0]);
    String compiler =
        names.stream().filter(name -> Run.of(name, "--version").started()).findFirst().orElse(null);
    if (compiler == null) {
      problems.add(
          "A C++20 compiler is missing: none of "
              + String.join(", ", names)
              + " is in PATH."
              + install);
      return;
    }
    Run run = Run.withInput(CPP, compiler, "-std=c++20", "-fsyntax-only", "-x", "c++", "-");
    if (run.code() != 0) {
      problems.add(
          "The C++ compiler is too old or incomplete: it does not compile C++20 (GCC 11, Clang 14,"
              + " Apple Clang 15 or newer do). Found: "
              + Run.of(compiler, "--version").firstLine()
              + install
              + "  another one:     CXX=/path/to/compiler mvn ...\n");
    }
  }

  private void crossCompilers(String llvm) {
    if (!System.getProperty("os.name").equals("Linux")
        || !System.getProperty("os.arch").equals("amd64")) {
      problems.add("-Pall-platforms builds on Linux on x86_64 only.\n");
    }
    List<String> missing = new ArrayList<>();
    for (String tool : List.of("clang++", "ld64.lld", "llvm-ar", "llvm-install-name-tool")) {
      if (!Run.of(tool + "-" + llvm, "--version").started()) {
        missing.add(tool + "-" + llvm);
      }
    }
    if (!Run.of("aarch64-linux-gnu-g++", "--version").started()) {
      missing.add("aarch64-linux-gnu-g++");
    }
    if (!missing.isEmpty()) {
      problems.add(
          "For the other platforms these are missing: %s\n  Debian, Ubuntu:  apt-get install clang-%s lld-%s llvm-%s g++-aarch64-linux-gnu\n  another LLVM:    mvn -Dllvm.version=N ...\n"
              .formatted(String.join(", ", missing), llvm, llvm, llvm));
    }
  }

  private void python(String command) {
    String install =
        how(
            "apt-get install python3 python3-venv",
            "dnf install python3",
            "brew install python",
            "another one:     mvn -Dpython=/path/to/python3 ...");
    Run run = Run.of(command, "-c", PYTHON_FACTS);
    if (!run.started() || run.code() != 0) {
      problems.add(
          "Python 3 is missing: "
              + command
              + " does not run, and "
              + PYTHON
              + " or newer is needed."
              + install);
    } else if (isOlder(run.version(), PYTHON)) {
      problems.add(
          "Python is too old: "
              + command
              + " is "
              + run.version()
              + ", and "
              + PYTHON
              + " or newer is needed."
              + install);
    } else if (run.output().contains("without")) {
      problems.add(
          "Python's pip and venv are missing: "
              + command
              + " is "
              + run.version()
              + " and has neither."
              + install);
    }
  }

  private static boolean isOlder(String version, String least) {
    int[] found = numbers(version);
    int[] needed = numbers(least);
    return Arrays.compare(found, 0, Math.min(found.length, needed.length), needed, 0, needed.length)
        < 0;
  }

  private static int[] numbers(String version) {
    return Arrays.stream(version.split("\\.")).mapToInt(Integer::parseInt).toArray();
  }

  private static String how(String debian, String fedora, String mac, String... more) {
    StringBuilder text = new StringBuilder("\n");
    text.append("  Debian, Ubuntu:  ").append(debian).append('\n');
    text.append("  Fedora:          ").append(fedora).append('\n');
    text.append("  macOS:           ").append(mac).append('\n');
    for (String line : more) {
      text.append("  ").append(line).append('\n');
    }
    return text.toString();
  }

  /** A finished command; code -1 says that it could not be started. */
  private record Run(int code, String output) {
    private static final Pattern VERSION = Pattern.compile("\\d+(\\.\\d+)+");

    static Run of(String... command) {
      return withInput("", command);
    }

    static Run withInput(String input, String... command) {
      try {
        Path file = Files.createTempFile("mlx4j", ".in");
        try {
          Files.writeString(file, input);
          Process process =
              new ProcessBuilder(command)
                  .redirectErrorStream(true)
                  .redirectInput(file.toFile())
                  .start();
          try (InputStream stream = process.getInputStream()) {
            String output = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            return new Run(process.waitFor(), output);
          }
        } finally {
          Files.delete(file);
        }
      } catch (IOException missing) {
        return new Run(-1, "");
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        return new Run(-1, "");
      }
    }

    boolean started() {
      return code != -1;
    }

    String version() {
      Matcher matcher = VERSION.matcher(output);
      return matcher.find() ? matcher.group() : "0";
    }

    String firstLine() {
      return output.lines().findFirst().orElse("nothing");
    }
  }
}
