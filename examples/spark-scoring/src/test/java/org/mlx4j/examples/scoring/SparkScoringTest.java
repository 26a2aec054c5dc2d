package org.mlx4j.examples.scoring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.launcher.JavaModuleOptions;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mlx4j.ArraysFunction;
import org.mlx4j.Export;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.Scope;

/** The commands, with two threads of Spark in this JVM. */
class SparkScoringTest {
  @TempDir private static Path folder;
  private static Path model;
  private static Path data;

  /** What a command has printed, and its exit code. */
  private record Outcome(int code, String out, String err) {}

  @BeforeAll
  static void writeDigits() {
    System.setProperty("spark.master", "local[2]");
    System.setProperty("spark.sql.shuffle.partitions", "2");
    Outcome outcome = run("digits", folder.toString());
    model = folder.resolve("digits.mlxfn");
    data = folder.resolve("digits.parquet");
    assertEquals("Model: %s%nData set: %s%n".formatted(model, data), outcome.out());
    assertEquals("", outcome.err());
    assertEquals(0, outcome.code());
  }

  @AfterAll
  static void forget() {
    System.clearProperty("spark.master");
    System.clearProperty("spark.sql.shuffle.partitions");
  }

  private static Outcome run(String... arguments) {
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    StringWriter err = new StringWriter();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    try {
      int code = SparkScoring.commandLine().setErr(new PrintWriter(err, true)).execute(arguments);
      return new Outcome(code, out.toString(StandardCharsets.UTF_8), err.toString());
    } finally {
      System.setOut(before);
    }
  }

  private static Outcome score(Path model, Path data, String output, String... more) {
    return run(
        Stream.concat(
                Stream.of("score", "--model", model.toString(), "--input", data.toString()),
                Stream.concat(
                    Stream.of("--output", folder.resolve(output).toString()), Stream.of(more)))
            .toArray(String[]::new));
  }

  private static void assertRefused(String message, Outcome outcome) {
    assertTrue(outcome.err().contains(message), outcome.err());
    assertEquals(1, outcome.err().lines().count(), outcome.err());
    assertEquals("", outcome.out());
    assertEquals(1, outcome.code());
  }

  private static List<Row> rows(String output) {
    try (SparkSession spark = SparkSession.builder().getOrCreate()) {
      return Plain.sorted(spark.read().parquet(folder.resolve(output).toString()));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Path export(String name, String metadata, ArraysFunction function) {
    Path file = folder.resolve(name);
    Scope.run(
        () ->
            Export.exportFunction(
                file, function, new MlxArray[] {Ops.zeros(4, 2)}, false, Map.of(), metadata));
    return file;
  }

  @Test
  void digitsAreScoredAsWithoutSpark() throws IOException {
    int before = Model.reads();
    Outcome outcome = score(model, data, "scored", "--features", "pixels", "--batch", "100");
    assertEquals(
        "Rows scored: 1797, with a problem: 0, in %s%n".formatted(folder.resolve("scored")),
        outcome.out());
    assertEquals(0, outcome.code(), outcome.err());
    assertTrue(Model.reads() - before <= 1, "the two threads share the model");
    List<Row> rows = rows("scored");
    Plain.assertScoresOfDigits(rows);
    assertEquals(Plain.scores(model, 100), rows);

    Outcome again = score(model, data, "scored", "--features", "pixels");
    assertRefused("already exists", again);
    assertEquals(rows, rows("scored"));
  }

  /** The function takes four rows at once, neither more nor fewer. */
  @Test
  void featuresAreColumnsThatTheFunctionNames() throws IOException {
    Path function =
        export(
            "two.mlxfn", "{\"inputs\": [\"a.b\", \"c\"]}", xs -> new MlxArray[] {xs[0].softmax(1)});
    Path csv = folder.resolve("two.csv");
    Files.writeString(
        csv,
        """
        c,other,name,a.b
        1,x,first,2
        0,x,second,-1.5e1
        ,x,third,2
        1,x,fourth,two
        1,x,fifth
        1,x,sixth,2,3
        1,x,seventh,1
        """);
    Outcome outcome =
        score(function, csv, "two", "--format", "csv", "--id", "name", "--batch", "4");
    assertEquals(
        "Rows scored: 7, with a problem: 4, in %s%n".formatted(folder.resolve("two")),
        outcome.out(),
        outcome.err());
    Map<String, Row> rows = new HashMap<>();
    try (SparkSession spark = SparkSession.builder().getOrCreate()) {
      Dataset<Row> scored = spark.read().parquet(folder.resolve("two").toString());
      assertEquals(
          List.of("name", "prediction", "probability", "problem"), List.of(scored.columns()));
      scored.collectAsList().forEach(row -> rows.put(row.getString(0), row));
    }
    assertEquals(7, rows.size());
    assertEquals(0, rows.get("first").getInt(1));
    assertEquals(1 / (1 + Math.exp(-1)), rows.get("first").getFloat(2), 1e-6);
    assertEquals(1, rows.get("second").getInt(1));
    assertEquals(1, rows.get("second").getFloat(2), 1e-6);
    assertEquals("c is missing or no number", rows.get("third").getString(3));
    assertEquals("a.b is missing or no number", rows.get("fourth").getString(3));
    assertEquals("malformed: 1,x,fifth", rows.get("fifth").getString(3));
    assertEquals("malformed: 1,x,sixth,2,3", rows.get("sixth").getString(3));
    assertEquals(0.5, rows.get("seventh").getFloat(2), 1e-6);
  }

  @Test
  void modelsThatCannotBeUsedAreRefused() throws IOException {
    Path missing = folder.resolve("missing.mlxfn");
    assertRefused("[score] the model " + missing + " cannot be read: ", score(missing, data, "no"));
    Path damaged = Files.writeString(folder.resolve("damaged.mlxfn"), "no function");
    assertRefused("[score] the model " + damaged + " cannot be used: ", score(damaged, data, "no"));
    ArraysFunction softmax = xs -> new MlxArray[] {xs[0].softmax(1)};
    for (String metadata : List.of("", "two features", "{}", "{\"inputs\": [1, 2]}")) {
      assertRefused(
          "it does not name its features: its metadata must be like"
              + " {\"inputs\": [\"age\", \"income\"]}, got \""
              + metadata
              + "\"",
          score(export("unnamed.mlxfn", metadata, softmax), data, "no"));
    }
    assertRefused(
        "it cannot score 256 rows of the 3 features that it names: ",
        score(export("three.mlxfn", "{\"inputs\": [\"a\", \"b\", \"c\"]}", softmax), data, "no"));
    assertRefused(
        "it must return a row of probabilities for each of 4 rows, and returned 2 rows",
        score(
            export(
                "columns.mlxfn",
                "{\"inputs\": [\"a\", \"b\"]}",
                xs -> new MlxArray[] {xs[0].transpose()}),
            data,
            "no",
            "--batch",
            "4"));
    assertFalse(Files.exists(folder.resolve("no")));
  }

  @Test
  void dataThatTheModelCannotScoreIsRefused() {
    assertRefused(
        "[score] the data set has no columns [pixel0, pixel1, pixel2", score(model, data, "no"));
    assertRefused(
        "[score] the data set has no columns [number, image]; it has [id, pixels, label]",
        score(model, data, "no", "--id", "number", "--features", "image"));
    assertRefused(
        "[score] the column label must have arrays of features, its type is int",
        score(model, data, "no", "--features", "label"));
    assertRefused(
        "Path does not exist", score(model, folder.resolve("missing"), "no", "--features", "x"));
    assertFalse(Files.exists(folder.resolve("no")));
  }

  @Test
  void masterIsNeeded() {
    String master = System.clearProperty("spark.master");
    try {
      assertRefused("A master URL must be set", score(model, data, "no"));
    } finally {
      System.setProperty("spark.master", master);
    }
  }

  @Test
  void argumentsAreChecked() {
    Outcome batch = score(model, data, "no", "--batch", "0");
    assertEquals(2, batch.code());
    assertTrue(batch.err().startsWith("--batch must be from 1 to 1048576, got 0"), batch.err());
    Outcome missing = run("score", "--model", "x");
    assertEquals(2, missing.code());
    assertTrue(
        missing.err().startsWith("Missing required options: '--input=PATH', '--output=PATH'"),
        missing.err());
    assertEquals(2, run("digits", folder.toString(), "--copies", "0").code());
    assertEquals(2, run("speed", "--rounds", "0").code());
    assertEquals(2, run().code());
  }

  @Test
  void helpListsCommandsAndOptions() {
    assertTrue(run("--help").out().contains("Commands:"));
    for (String command : List.of("score", "digits", "speed")) {
      Outcome help = run(command, "--help");
      assertEquals(0, help.code());
      assertTrue(help.out().startsWith("Usage: spark-scoring " + command), help.out());
    }
    assertTrue(run("score", "--help").out().contains("Default: 256"));
  }

  @Test
  void speedPrintsARateForEachWay() {
    Outcome outcome =
        run("speed", "--copies", "1", "--rounds", "1", "--master", "local[1]", "--batch", "64");
    assertTrue(
        outcome.out().matches("plain loop +[\\d,]+ rows/s\\Rlocal\\[1\\] +[\\d,]+ rows/s\\R"),
        outcome.out() + outcome.err());
  }

  /** pom.xml repeats what the scripts of Spark pass to the JVM. */
  @Test
  void theseTestsRunWithTheOptionsThatSparkNeeds() {
    List<String> missing = new ArrayList<>(List.of(JavaModuleOptions.defaultModuleOptionArray()));
    missing.removeAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    assertEquals(List.of(), missing);
  }
}
