package org.mlx4j;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Gives damaged contents to the parsers. Whatever is not a documented exception ends the process,
 * and so does a content that keeps a parser busy for long.
 *
 * <p>It is both a program, which damages sound examples, and a target of Jazzer, which looks for
 * contents that reach new code.
 */
public final class ParserFuzz {
  private static final int PATIENCE_SECONDS = 60;

  private final Parser parser;
  private final Path file;
  private int parsed;
  private int refused;
  private volatile long began;

  private ParserFuzz(Parser parser) throws IOException {
    this.parser = parser;
    this.file = Files.createTempFile("mlx4j-fuzz", parser.extension());
    file.toFile().deleteOnExit();
  }

  /** Arguments: the seed, how many contents for each parser at least, the names of parsers. */
  public static void main(String[] args) throws IOException {
    long seed = Long.parseLong(args[0]);
    int count = Integer.parseInt(args[1]);
    for (String name : List.of(args).subList(2, args.length)) {
      ParserFuzz fuzz = new ParserFuzz(Parser.valueOf(name));
      fuzz.watch();
      fuzz.damageExamples(seed, count);
      System.out.printf("%s: %d parsed, %d refused%n", name, fuzz.parsed, fuzz.refused);
    }
  }

  // ---- for Jazzer
  // ---------------------------------------------------------------------------------

  private static ParserFuzz target;

  /** Arguments: the name of a parser, and a folder into which the examples are written. */
  public static void fuzzerInitialize(String[] args) throws IOException {
    target = new ParserFuzz(Parser.valueOf(args[0]));
    List<byte[]> examples = target.examples();
    for (int i = 0; i < examples.size(); i++) {
      Files.write(Path.of(args[1]).resolve("example" + i), examples.get(i));
    }
  }

  public static void fuzzerTestOneInput(byte[] content) throws IOException {
    target.parse(content);
  }

  // ---- without
  // ------------------------------------------------------------------------------------

  private List<byte[]> examples() {
    try (Scope scope = Scope.open()) {
      return parser.examples(file);
    }
  }

  private void damageExamples(long seed, int count) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    List<byte[]> examples = examples();
    for (byte[] example : examples) {
      int before = refused;
      attempt(example);
      if (refused > before) {
        throw new AssertionError(parser + " refuses a sound example");
      }
    }
    int systematic = count / 2 / examples.size();
    for (byte[] example : examples) {
      int step = Math.max(1, 4 * example.length / systematic);
      for (int at = random.nextInt(step); at < example.length; at += step) {
        attempt(Arrays.copyOf(example, at));
        for (int value : new int[] {0, example[at] ^ (1 << random.nextInt(8)), 0xff}) {
          byte[] bad = example.clone();
          bad[at] = (byte) value;
          attempt(bad);
        }
      }
    }
    while (parsed + refused < count) {
      byte[] content = examples.get(random.nextInt(examples.size()));
      for (int changes = random.nextInt(1, 9); changes > 0; changes--) {
        content = changed(content, examples.get(random.nextInt(examples.size())), random);
      }
      attempt(content);
    }
  }

  private static final long[] NUMBERS = {
    0,
    1,
    2,
    3,
    7,
    32,
    100,
    -1,
    -2,
    0x7fff,
    Integer.MIN_VALUE,
    Integer.MAX_VALUE,
    1L << 40,
    1L << 62,
    Long.MIN_VALUE,
    Long.MAX_VALUE
  };

  /** One change: of a few bytes, of a number, of a block that is moved, repeated or left out. */
  private static byte[] changed(byte[] content, byte[] other, SplittableRandom random) {
    if (content.length == 0) {
      return other;
    }
    int at = random.nextInt(content.length);
    int n = Math.min(random.nextInt(1, 17), content.length - at);
    byte[] bad = content.clone();
    switch (random.nextInt(8)) {
      case 0 -> Arrays.fill(bad, at, at + n, (byte) (random.nextBoolean() ? 0xff : 0));
      case 1 -> bad[at] = (byte) random.nextInt();
      case 2 -> bad[at] ^= (byte) (1 << random.nextInt(8));
      case 3 -> System.arraycopy(bad, random.nextInt(bad.length - n + 1), bad, at, n);
      case 4 -> {
        long number = NUMBERS[random.nextInt(NUMBERS.length)];
        for (int i = 0; i < Math.min(8, bad.length - at); i++) {
          bad[at + i] = (byte) (number >> (8 * i));
        }
      }
      case 5 -> bad = joined(content, at, 0, content, at + n);
      case 6 -> {
        int times = random.nextInt(20) == 0 ? 4000 : random.nextInt(2, 6);
        bad = joined(content, at + n, n * times, content, at + n);
      }
      default -> bad = joined(content, at, 0, other, Math.min(at, other.length));
    }
    return bad;
  }

  /**
   * The first bytes of one, its last of those again and again until so many are added, and the rest
   * of another.
   */
  private static byte[] joined(byte[] one, int end, int added, byte[] other, int start) {
    byte[] all = Arrays.copyOf(one, end + added + other.length - start);
    int block = Math.min(end, 16);
    for (int i = end; i < end + added; i++) {
      all[i] = all[i - block];
    }
    System.arraycopy(other, start, all, end + added, other.length - start);
    return all;
  }

  private void attempt(byte[] content) {
    began = System.nanoTime();
    try {
      parse(content);
    } catch (Throwable e) {
      System.out.println(parser + " failed on " + Base64.getEncoder().encodeToString(content));
      e.printStackTrace(System.out);
      Runtime.getRuntime().halt(1);
    }
    began = 0;
  }

  private void parse(byte[] content) throws IOException {
    Files.write(file, content);
    try (Scope scope = Scope.open()) {
      parser.parse(file, content);
      parsed++;
    } catch (Parser.Refused e) {
      refused++;
    }
  }

  /** Ends the process if one content takes too long. */
  private void watch() {
    Thread worker = Thread.currentThread();
    Thread watching =
        new Thread(
            () -> {
              while (true) {
                long start = began;
                if (start != 0 && System.nanoTime() - start > PATIENCE_SECONDS * 1_000_000_000L) {
                  System.out.println(parser + " hangs on the content of " + file + ":");
                  Arrays.stream(worker.getStackTrace()).forEach(System.out::println);
                  Runtime.getRuntime().halt(1);
                }
                sleep();
              }
            });
    watching.setDaemon(true);
    watching.start();
  }

  private static void sleep() {
    try {
      Thread.sleep(200);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
