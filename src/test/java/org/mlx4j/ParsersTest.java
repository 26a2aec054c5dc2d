package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whatever a file or a text holds, reading it gives what it says or a documented exception: no
 * crash, no hang, and no more memory than its size is worth. Other damage than always comes with
 * {@code -Dfuzz.seed=N}, more with {@code -Dfuzz.count=N}.
 */
class ParsersTest {
  private static final String SEED = System.getProperty("fuzz.seed", "11");
  private static final String COUNT = System.getProperty("fuzz.count", "4000");
  private static final Duration PATIENCE = Duration.ofMinutes(30);

  /** Most of the time is that of the file system and of native code. */
  private static final List<String> OPTIONS =
      Stream.concat(ChildJvm.SHORT_LIVED.stream(), Stream.of("-Xmx256m")).toList();

  @ParameterizedTest
  @EnumSource
  void noDamageIsMoreThanADocumentedException(Parser parser) throws Exception {
    String printed =
        ChildJvm.run(ParserFuzz.class, PATIENCE, Map.of(), OPTIONS, SEED, COUNT, parser.name());
    Matcher counts = Pattern.compile(parser + ": (\\d+) parsed, (\\d+) refused").matcher(printed);
    assertTrue(counts.find(), printed);
    // neither may hardly ever happen: then the damage is not of the kind that finds something
    assertTrue(Integer.parseInt(counts.group(1)) > 20, printed);
    assertTrue(Integer.parseInt(counts.group(2)) > 20, printed);
  }
}
