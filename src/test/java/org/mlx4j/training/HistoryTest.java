package org.mlx4j.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mlx4j.InScope;
import org.mlx4j.MlxArray;
import org.mlx4j.tree.WithAux;

@ExtendWith(InScope.class)
class HistoryTest {
  private static final Locale LOCALE = Locale.getDefault();

  @TempDir Path folder;

  @AfterEach
  void restore() {
    Locale.setDefault(LOCALE);
    Thread.interrupted();
  }

  private static History of(Map<String, Double> measurements) {
    return new History(List.of(new Epoch(1, 12, 0.1, measurements)));
  }

  // ---- the format ------------------------------------------------------------------------------

  @Test
  void aTableHasAHeaderAndALineForEachEpoch() {
    History history =
        new History(
            List.of(
                new Epoch(1, 10, 1234567.5, Map.of("val_b", 0.25, "val_a", 1e-20)),
                new Epoch(2, 20, -0.0, Map.of("val_a", Double.NaN, "val_b", 3.0))));
    assertEquals(
        "epoch,steps,loss,val_a,val_b\r\n1,10,1234567.5,1.0E-20,0.25\r\n2,20,-0.0,NaN,3.0\r\n",
        history.csv());
    assertEquals("epoch,steps,loss\r\n", History.EMPTY.csv());
  }

  @Test
  void namesAreQuotedWhereTheyMustBe() {
    assertEquals(
        "epoch,steps,loss,\"a,b\",\"c\"\"d\",\"e\nf\",g h\r\n1,12,0.1,1.0,2.0,3.0,4.0\r\n",
        of(Map.of("a,b", 1.0, "c\"d", 2.0, "e\nf", 3.0, "g h", 4.0)).csv());
  }

  /** Also of numbers that have many digits, and of those that are none. */
  @Test
  void whatIsWrittenIsReadBack() {
    List<History> histories =
        List.of(
            History.EMPTY,
            of(Map.of()),
            of(Map.of("a,b", 1.0, "c\"d", 2.0, "\"\"", 3.0, "\r\n", 4.0, " ", 5.0, "ä", 6.0)),
            of(Map.of("a", 0.1 + 0.2, "b", Double.MIN_VALUE, "c", -Double.MAX_VALUE)),
            of(Map.of("a", Double.NaN, "b", Double.NEGATIVE_INFINITY, "c", Math.PI, "d", -0.0)));
    for (History history : histories) {
      assertEquals(history, History.ofCsv(history.csv()));
    }
  }

  @Test
  void otherLineEndsAreReadToo() {
    History history = of(Map.of("v", 2.0));
    assertEquals(history, History.ofCsv(history.csv().replace("\r\n", "\n")));
    assertEquals(history, History.ofCsv(history.csv().strip()));
    assertEquals(history, History.ofCsv("\"epoch\",\"steps\",\"loss\",v\n\"1\",12,\"0.1\",2"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "`` | [ofCsv] the first columns must be epoch, steps and loss, got []",
        "a,b | [ofCsv] the first columns must be epoch, steps and loss, got [a, b]",
        "epoch,loss,steps | [ofCsv] the first columns must be epoch, steps and loss, got [epoch,"
            + " loss, steps]",
        "epoch,steps,loss;1,2 | [ofCsv] a line has 2 fields, but there are 3 columns: [1, 2]",
        "epoch,steps,loss;1,2,3, | [ofCsv] a line has 4 fields, but there are 3 columns: [1, 2, 3,"
            + " ]",
        "epoch,steps,loss;x,2,3 | [ofCsv] [x, 2, 3]: For input string: \"x\"",
        "epoch,steps,loss;1,2,3;3,4,5 | [ofCsv] [History] epoch 3 follows on epoch 1; numbers start"
            + " with 1",
        "epoch,steps,loss,loss;1,2,3,4 | [ofCsv] [1, 2, 3, 4]: [Epoch] a measurement cannot be"
            + " named \"loss\"; choose a name such as \"val_loss\"",
        "epoch,steps,\"loss | [ofCsv] a quotation mark is missing after position 12",
        "epoch,steps,\"loss\"x | [ofCsv] unexpected character at position 18",
        "epoch,steps,lo\"ss\" | [ofCsv] unexpected character at position 14",
      })
  void whatIsNoTableIsRefused(String text, String message) {
    assertEquals(
        message,
        assertThrows(IllegalArgumentException.class, () -> History.ofCsv(text.replace(';', '\n')))
            .getMessage());
  }

  @Test
  void mistakesAreRefused() {
    assertEquals(
        "[History] epoch 2 follows on epoch 0; numbers start with 1",
        assertThrows(
                IllegalArgumentException.class,
                () -> new History(List.of(new Epoch(2, 1, 0, Map.of()))))
            .getMessage());
    assertThrows(NullPointerException.class, () -> new History(null));
    assertThrows(NullPointerException.class, () -> new History(Arrays.asList((Epoch) null)));
    assertThrows(NullPointerException.class, () -> new Epoch(1, 1, 1, null));
    for (String reserved : List.of("", "epoch", "steps", "loss")) {
      assertThrows(IllegalArgumentException.class, () -> of(Map.of(reserved, 1.0)));
    }
    assertEquals(
        "[last] there is no epoch yet",
        assertThrows(IllegalStateException.class, History.EMPTY::last).getMessage());
    assertEquals(
        "[value] nothing is named \"b\"; there are the loss and [a]",
        assertThrows(IllegalArgumentException.class, () -> of(Map.of("a", 1.0)).values("b"))
            .getMessage());
  }

  // ---- the log ---------------------------------------------------------------------------------

  private static Fit<MlxArray, MlxArray> training() {
    return Fit.of((MlxArray s, MlxArray batch) -> new WithAux<>(batch.mean(), s))
        .batches(MlxArray.of(1234.5f, 2f), 1)
        .epochs(3)
        .validate(s -> Map.of("a \"name\"", 1234.5));
  }

  /** Germans write a comma into a number, and Arabs other digits. */
  @ParameterizedTest
  @ValueSource(strings = {"en-US", "de-DE", "ar-EG-u-nu-arab", "hi-IN-u-nu-deva"})
  void theLogIsTheSameInAllCountries(String locale) throws Exception {
    Locale.setDefault(Locale.forLanguageTag(locale));
    Path file = folder.resolve("log.csv");
    Fitted<MlxArray> fitted = training().listener(CsvLog.of(file)).run(MlxArray.scalar(0f));
    assertEquals(
        """
        epoch,steps,loss,"a ""name\"""\r
        1,2,618.25,1234.5\r
        2,4,618.25,1234.5\r
        3,6,618.25,1234.5\r
        """,
        Files.readString(file));
    assertEquals(fitted.history(), History.ofCsv(Files.readString(file)));
  }

  @Test
  void theLogIsWrittenAfterEachEpoch() {
    Path file = folder.resolve("log.csv");
    FitListener reader =
        new FitListener() {
          @Override
          public void epochEnded(FitProgress progress) {
            try {
              assertEquals(progress.history(), History.ofCsv(Files.readString(file)));
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          }
        };
    training().listener(CsvLog.of(file)).listener(reader).run(MlxArray.scalar(0f));
  }

  @Test
  void anInterruptedThreadWritesTheLog() throws Exception {
    Path file = folder.resolve("log.csv");
    CsvLog log = CsvLog.of(file);
    History two = of(Map.of()).plus(new Epoch(2, 24, 0.2, Map.of()));
    for (History history : List.of(History.EMPTY, of(Map.of()), two)) {
      Thread.currentThread().interrupt();
      FitProgress progress = new FitProgress(1, 2, 0, OptionalInt.empty(), 0, 0, history);
      if (history.epochs().isEmpty()) {
        log.started(progress);
      } else {
        log.epochEnded(progress);
      }
      assertTrue(Thread.interrupted(), "the mark remains");
      assertEquals(history, History.ofCsv(Files.readString(file)));
    }
  }

  /** However often the thread is interrupted while it writes, the log is complete. */
  @Test
  void aThreadThatIsInterruptedWhileItWritesWritesAll() throws Exception {
    Path file = folder.resolve("log.csv");
    CsvLog log = CsvLog.of(file);
    Thread writer =
        new Thread(
            () -> {
              History history = of(Map.of());
              for (int i = 2; i < 200; i++) {
                history = history.plus(new Epoch(i, i, 1.0 / i, Map.of()));
                log.epochEnded(new FitProgress(i, 200, 0, OptionalInt.empty(), 0, 0, history));
              }
            });
    log.epochEnded(new FitProgress(1, 1, 0, OptionalInt.empty(), 0, 0, of(Map.of())));
    writer.start();
    while (writer.isAlive()) {
      writer.interrupt();
    }
    writer.join();
    assertEquals(199, History.ofCsv(Files.readString(file)).epochs().size());
  }

  @Test
  void aLogThatCannotBeWrittenEndsTheTraining() {
    Path file = folder.resolve("no/log.csv");
    Fit<MlxArray, MlxArray> fit = training().listener(CsvLog.of(file));
    UncheckedIOException e =
        assertThrows(UncheckedIOException.class, () -> fit.run(MlxArray.scalar(0f)));
    assertEquals("[CsvLog] the file " + file + " cannot be written", e.getMessage());
    History two = of(Map.of()).plus(new Epoch(2, 24, 0.2, Map.of()));
    FitProgress progress = new FitProgress(2, 2, 0, OptionalInt.empty(), 0, 0, two);
    assertThrows(UncheckedIOException.class, () -> CsvLog.of(file).epochEnded(progress));
  }
}
