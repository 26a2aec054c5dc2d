package org.mlx4j.optimizers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.mlx4j.ArrayAssertions.assertThrowsSaying;
import static org.mlx4j.ArrayAssertions.assertValues;
import static org.mlx4j.ArrayAssertions.assertWithin;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mlx4j.DType;
import org.mlx4j.InScope;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.PublicMethods;
import org.mlx4j.PythonMlx;
import org.mlx4j.Transforms;

/** Learning rates over steps are those of MLX's Python. */
@ExtendWith(InScope.class)
class SchedulesTest {
  private static final int STEPS = 25;

  private record Row(Schedule java, String python) {
    @Override
    public String toString() {
      return python;
    }
  }

  static Stream<Row> rows() {
    return Stream.of(
        new Row(Schedules.cosineDecay(0.1, 10), "cosine_decay(0.1, 10)"),
        new Row(Schedules.cosineDecay(0.1, 20, 0.05), "cosine_decay(0.1, 20, 0.05)"),
        new Row(Schedules.exponentialDecay(0.1, 0.9), "exponential_decay(0.1, 0.9)"),
        new Row(Schedules.linearSchedule(0, 0.1, 10), "linear_schedule(0.0, 0.1, 10)"),
        new Row(Schedules.linearSchedule(0.2, 0.1, 30), "linear_schedule(0.2, 0.1, 30)"),
        new Row(Schedules.stepDecay(0.1, 0.5, 4), "step_decay(0.1, 0.5, 4)"),
        new Row(
            Schedules.joinSchedules(List.of(Schedules.stepDecay(0.1, 0.5, 4))),
            "join_schedules([optim.step_decay(0.1, 0.5, 4)], [])"),
        new Row(
            Schedules.joinSchedules(
                List.of(
                    Schedules.linearSchedule(0, 0.1, 5),
                    Schedules.cosineDecay(0.1, 10),
                    Schedules.exponentialDecay(0.2, 0.5)),
                5,
                15),
            "join_schedules([optim.linear_schedule(0.0, 0.1, 5), optim.cosine_decay(0.1, 10),"
                + " optim.exponential_decay(0.2, 0.5)], [5, 15])"));
  }

  private static Map<String, MlxArray> python;

  @AfterAll
  static void closeArraysOfPython() {
    PythonMlx.close(python);
    python = null;
  }

  @BeforeAll
  static void ask() {
    StringBuilder script = new StringBuilder();
    for (Row row : rows().toList()) {
      script.append(
          "f = optim.%s%nout['%s'] = mx.stack([f(mx.array(i, mx.uint64)) for i in range(%d)])%n"
              .formatted(row.python, row.python, STEPS));
    }
    python = PythonMlx.arrays(script.toString());
  }

  private static MlxArray step(long number) {
    return MlxArray.scalar(number, DType.UINT64);
  }

  private static MlxArray[] steps() {
    return Stream.iterate(0L, i -> i + 1)
        .limit(STEPS)
        .map(SchedulesTest::step)
        .toArray(MlxArray[]::new);
  }

  @Test
  void everyScheduleHasARow() {
    Set<String> missing =
        PublicMethods.all().stream()
            .filter(m -> m.getDeclaringClass() == Schedules.class)
            .map(m -> m.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT))
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(5, missing.size());
    rows().forEach(row -> missing.remove(row.python.substring(0, row.python.indexOf('('))));
    assertEquals(Set.of(), missing);
  }

  @ParameterizedTest
  @MethodSource("rows")
  void ratesArePythons(Row row) {
    MlxArray[] rates = Stream.of(steps()).map(row.java::apply).toArray(MlxArray[]::new);
    assertWithin(1e-6, python.get(row.python), Ops.stack(rates), row.python);
  }

  @ParameterizedTest
  @MethodSource("rows")
  void compiledRatesArePythons(Row row) {
    try (var compiled = Transforms.compile(row.java::apply)) {
      MlxArray[] rates = Stream.of(steps()).map(compiled::apply).toArray(MlxArray[]::new);
      assertWithin(1e-6, python.get(row.python), Ops.stack(rates), row.python);
    }
  }

  @Test
  void aNumberIsARateThatStays() {
    Schedule rate = SGD.of(0.1).learningRate();
    assertValues(rate.apply(step(0)), 0.1f);
    assertValues(rate.apply(step(1000)), 0.1f);
    assertEquals(DType.FLOAT32, rate.apply(step(0)).dtype());
    assertEquals(SGD.of(0.1), SGD.of(0.1), "so that a compiled function knows it again");
  }

  @Test
  void theFirstStepIsZero() {
    MlxArray w = MlxArray.of(1f);
    Optimizer sgd = SGD.of(step -> step.add(1L).astype(DType.FLOAT32));
    Updated<MlxArray> first = sgd.update(w, MlxArray.of(1f), sgd.init(w));
    assertValues(first.parameters(), 0);
    assertValues(sgd.update(w, MlxArray.of(1f), first.state()).parameters(), -1);
  }

  @Test
  void impossibleSchedulesAreRefused() {
    Class<IllegalArgumentException> e = IllegalArgumentException.class;
    assertThrowsSaying(
        e, () -> Schedules.cosineDecay(1, 0), "[cosineDecay] decaySteps must be at least 1, got 0");
    assertThrowsSaying(
        e, () -> Schedules.linearSchedule(1, 0, -1), "[linearSchedule] steps", "got -1");
    assertThrowsSaying(e, () -> Schedules.stepDecay(1, 0.5, 0), "[stepDecay] stepSize", "got 0");
    assertThrowsSaying(
        e, () -> Schedules.joinSchedules(List.of()), "[joinSchedules] there must be at least 1");
    Schedule schedule = Schedules.stepDecay(1, 0.5, 1);
    assertThrowsSaying(
        e,
        () -> Schedules.joinSchedules(List.of(schedule, schedule), 1, 2),
        "[joinSchedules] 2 schedules need 1 boundaries, got [1, 2]");
    assertThrowsSaying(
        NullPointerException.class,
        () -> Schedules.joinSchedules(null),
        "[joinSchedules] schedules is null");
    assertThrowsSaying(
        NullPointerException.class,
        () -> Schedules.joinSchedules(List.of(schedule), (int[]) null),
        "[joinSchedules] boundaries is null");
    assertThrowsSaying(
        NullPointerException.class, () -> schedule.apply(null), "[stepDecay] step is null");
    MlxArray closed = step(0);
    closed.close();
    assertThrowsSaying(
        IllegalStateException.class, () -> schedule.apply(closed), "[stepDecay]", "closed");
  }
}
