package org.mlx4j.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mlx4j.Batcher;
import org.mlx4j.BatcherOptions;
import org.mlx4j.MlxArray;
import org.mlx4j.Ops;
import org.mlx4j.Scope;
import org.mlx4j.tree.Trees;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Models and batchers of an application come from its properties, and end with it. */
class MlxAutoConfigurationTest {
  private final ApplicationContextRunner application =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(MlxAutoConfiguration.class));

  @Configuration(proxyBeanMethods = false)
  static class Lines {
    @Bean
    Line line(MlxModels models) {
      return models.load("line", Line::template);
    }

    @Bean
    Batcher<MlxArray, MlxArray> answers(Line line, BatcherOptions options) {
      return Batcher.of(line::apply, options);
    }
  }

  private static float answer(Batcher<MlxArray, MlxArray> batcher, float x) {
    try (Scope scope = Scope.open()) {
      return batcher.apply(MlxArray.scalar(x)).itemFloat();
    }
  }

  @SuppressWarnings("unchecked")
  private static Batcher<MlxArray, MlxArray> answers(
      org.springframework.context.ApplicationContext context) {
    return (Batcher<MlxArray, MlxArray>) context.getBean("answers");
  }

  @Test
  void modelIsLoadedFromAFile(@TempDir Path folder) {
    for (String name : List.of("line.safetensors", "line.npz")) {
      Path file = Line.saved(folder.resolve(name), 3, 4);
      application
          .withUserConfiguration(Lines.class)
          .withPropertyValues("mlx4j.models.line.location=" + file.toUri())
          .run(context -> assertEquals(10f, answer(answers(context), 2)));
    }
  }

  @Test
  void modelIsLoadedFromTheClassPath(@TempDir Path folder) throws IOException {
    Files.createDirectory(folder.resolve("models"));
    Line.saved(folder.resolve("models/line.safetensors"), -1, 0.5f);
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
      application
          .withClassLoader(loader)
          .withUserConfiguration(Lines.class)
          .withPropertyValues("mlx4j.models.line.location=classpath:models/line.safetensors")
          .run(context -> assertEquals(-1.5f, answer(answers(context), 2)));
    }
  }

  @Test
  void namesInTheFileMayDiffer(@TempDir Path folder) {
    Path file = folder.resolve("line.safetensors");
    UnaryOperator<String> names = name -> "model." + name;
    Scope.run(() -> Trees.save(file, Line.of(2, 1), names));
    application
        .withPropertyValues("mlx4j.models.line.location=" + file.toUri())
        .run(
            context -> {
              MlxModels models = context.getBean(MlxModels.class);
              Line line = models.load("line", Line::template, names);
              assertEquals(2f, line.slope().itemFloat());
              assertThrows(ModelLoadingException.class, () -> models.load("line", Line::template));
            });
  }

  @Test
  void endOfTheApplicationFreesItsArrays(@TempDir Path folder) throws Exception {
    Path file = Line.saved(folder.resolve("line.safetensors"), 3, 4);
    long before = LiveArrays.settled();
    application
        .withUserConfiguration(Lines.class)
        .withPropertyValues("mlx4j.models.line.location=" + file.toUri())
        .run(
            context -> {
              assertEquals(10f, answer(answers(context), 2));
              assertEquals(before + 2, LiveArrays.settled());
              Line line = context.getBean(Line.class);
              MlxModels models = context.getBean(MlxModels.class);
              Batcher<MlxArray, MlxArray> batcher = answers(context);
              context.close();
              assertTrue(batcher.isClosed());
              assertTrue(line.slope().isClosed() && line.offset().isClosed());
              assertThatThrownBy(() -> models.load("line", Line::template))
                  .hasMessageContaining("the application has ended");
            });
    assertEquals(before, LiveArrays.settled());
  }

  @Test
  void noTemporaryFileRemains(@TempDir Path folder) throws IOException {
    Path file = Line.saved(folder.resolve("line.safetensors"), 3, 4);
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    application
        .withUserConfiguration(Lines.class)
        .withPropertyValues("mlx4j.models.line.location=" + file.toUri())
        .run(context -> assertThat(context).hasNotFailed());
    try (var files = Files.newDirectoryStream(temporary, "mlx4j-model-*")) {
      assertFalse(files.iterator().hasNext());
    }
  }

  private FailureAnalysis failure(String... properties) throws InterruptedException {
    FailureAnalysis[] analysis = new FailureAnalysis[1];
    long before = LiveArrays.settled();
    application
        .withUserConfiguration(Lines.class)
        .withPropertyValues(properties)
        .run(
            context -> {
              assertThat(context).hasFailed();
              analysis[0] = new ModelLoadingFailureAnalyzer().analyze(context.getStartupFailure());
            });
    assertEquals(before, LiveArrays.settled());
    return analysis[0];
  }

  @Test
  void missingLocationIsExplained() throws Exception {
    FailureAnalysis analysis = failure("mlx4j.models.circle.location=file:/no/such.npz");
    assertThat(analysis.getDescription())
        .isEqualTo(
            "[MlxModels.load] the model \"line\" cannot be loaded: it has no location; the models"
                + " that have one are [circle]");
    assertThat(analysis.getAction()).startsWith("Set mlx4j.models.line.location to ");
  }

  @Test
  void missingFileIsExplained() throws Exception {
    assertThat(failure("mlx4j.models.line.location=file:/no/such.npz").getDescription())
        .contains("/no/such.npz] does not exist");
    assertThat(failure("mlx4j.models.line.location=classpath:no-such.npz").getDescription())
        .contains("class path resource [no-such.npz] does not exist");
  }

  @Test
  void fileOfAnotherModelIsExplained(@TempDir Path folder) throws Exception {
    Path wrong = folder.resolve("wrong.safetensors");
    Scope.run(() -> Trees.save(wrong, new Line(Ops.ones(2), Ops.ones(2))));
    assertThat(failure("mlx4j.models.line.location=" + wrong.toUri()).getDescription())
        .contains("slope")
        .contains("wrong.safetensors]")
        .contains("[2]")
        .doesNotContain("mlx4j-model-");
  }

  @Test
  void damagedFileIsExplained(@TempDir Path folder) throws Exception {
    Path damaged = Files.writeString(folder.resolve("damaged.npz"), "not a zip file");
    assertThat(failure("mlx4j.models.line.location=" + damaged.toUri()).getDescription())
        .contains("damaged.npz]")
        .doesNotContain("mlx4j-model-");
  }

  @Test
  void optionsOfBatchersHaveTheDefaultsOfTheLibrary() {
    application.run(
        context -> assertEquals(BatcherOptions.defaults(), context.getBean(BatcherOptions.class)));
  }

  @Test
  void optionsOfBatchersArePropertiesOfTheApplication() {
    application
        .withPropertyValues(
            "mlx4j.batcher.sizes=1,8,64",
            "mlx4j.batcher.longest-wait=2ms",
            "mlx4j.batcher.queue-capacity=500")
        .run(
            context ->
                assertEquals(
                    new BatcherOptions(64, Duration.ofMillis(2), List.of(1, 8, 64), 500),
                    context.getBean(BatcherOptions.class)));
    application
        .withPropertyValues("mlx4j.batcher.largest-batch=48", "mlx4j.batcher.sizes=1,8,64")
        .run(context -> assertEquals(48, context.getBean(BatcherOptions.class).largestBatch()));
  }

  @Test
  void optionsOutOfRangeEndTheStart() {
    application
        .withPropertyValues("mlx4j.batcher.queue-capacity=0")
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .rootCause()
                    .hasMessageContaining("queueCapacity")
                    .hasMessageContaining("at least 1"));
  }

  @Test
  void beansOfTheApplicationComeFirst() {
    BatcherOptions options = BatcherOptions.defaults().withQueueCapacity(7);
    application
        .withBean(BatcherOptions.class, () -> options)
        .run(context -> assertEquals(options, context.getBean(BatcherOptions.class)));
  }
}
