import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Judges what virtual machines that ran with {@code -Xcheck:jni} wrote into a folder of logs.
 *
 * <pre>{@code
 * CheckJni.java prepare FOLDER   makes the folder, empty: a machine that cannot open its log does not start
 * CheckJni.java report FOLDER    fails when a warning is about our library
 * }</pre>
 *
 * A warning is ours when our natives are in its stack, or when it has no Java stack at all; the JDK
 * also warns about some of its own calls.
 */
final class CheckJni {
  private static final String OURS = "at org.mlx4j.internal.";

  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[1]);
    switch (arguments[0]) {
      case "prepare" -> prepare(folder);
      case "report" -> report(logs(folder));
      default -> throw new IllegalArgumentException(arguments[0]);
    }
  }

  private static void prepare(Path folder) throws IOException {
    Files.createDirectories(folder);
    for (Path log : logs(folder)) {
      Files.delete(log);
    }
  }

  private static void report(List<Path> logs) throws IOException {
    int warnings = 0;
    List<String> ours = new ArrayList<>();
    for (Path log : logs) {
      List<String> lines = Files.readAllLines(log);
      for (int first = 0; first < lines.size(); first++) {
        if (!isWarning(lines.get(first))) {
          continue;
        }
        warnings++;
        int end = first + 1;
        while (end < lines.size() && isFrame(lines.get(end))) {
          end++;
        }
        List<String> stack = lines.subList(first + 1, end);
        if (stack.isEmpty() || stack.stream().anyMatch(frame -> frame.strip().startsWith(OURS))) {
          ours.add(String.join("\n", lines.subList(first, end)));
        }
      }
    }
    ours.stream().distinct().forEach(System.err::println);
    System.out.printf(
        "JNI checks: %d logs, %d warnings, %d of them ours%n", logs.size(), warnings, ours.size());
    System.exit(logs.isEmpty() || !ours.isEmpty() ? 1 : 0);
  }

  private static List<Path> logs(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  private static boolean isWarning(String line) {
    return line.startsWith("WARNING") || line.contains("in native method:");
  }

  private static boolean isFrame(String line) {
    return line.strip().startsWith("at ") || line.strip().startsWith("- ");
  }
}
