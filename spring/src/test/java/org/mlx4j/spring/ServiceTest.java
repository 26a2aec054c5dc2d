package org.mlx4j.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mlx4j.Batcher;
import org.mlx4j.BatcherOptions;
import org.mlx4j.MlxArray;
import org.mlx4j.Scope;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** A whole web application: its answers, its health, its meters and its end. */
class ServiceTest {
  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  @RestController
  static class Service {
    private final CountDownLatch called = new CountDownLatch(1);
    private final CountDownLatch allowed = new CountDownLatch(1);
    private final List<Float> answers = new CopyOnWriteArrayList<>();
    private Batcher<MlxArray, MlxArray> batcher;

    @Bean
    Batcher<MlxArray, MlxArray> lines(MlxModels models, BatcherOptions options) {
      Line line = models.load("line", Line::template);
      batcher =
          Batcher.of(
              x -> {
                if (x.ndim() > 1) {
                  await();
                }
                return line.apply(x);
              },
              options);
      return batcher;
    }

    private void await() {
      called.countDown();
      try {
        allowed.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    @GetMapping("/line")
    float line(@RequestParam("x") float x, @RequestParam("slow") boolean slow) {
      try (Scope scope = Scope.open()) {
        MlxArray request = slow ? MlxArray.of(x) : MlxArray.scalar(x);
        float answer = batcher.apply(request).reshape().itemFloat();
        answers.add(answer);
        return answer;
      }
    }
  }

  private final HttpClient client = HttpClient.newHttpClient();
  private ConfigurableApplicationContext context;

  @BeforeEach
  void start(@TempDir Path folder) {
    Path file = Line.saved(folder.resolve("line.safetensors"), 3, 4);
    context =
        SpringApplication.run(
            Service.class,
            "--server.port=0",
            "--server.address=127.0.0.1",
            "--spring.main.banner-mode=off",
            "--server.shutdown=graceful",
            "--management.endpoints.web.exposure.include=*",
            "--management.endpoint.health.show-details=always",
            "--mlx4j.models.line.location=" + file.toUri());
  }

  @AfterEach
  void end() {
    context.close();
  }

  private HttpRequest request(String path) {
    String port = context.getEnvironment().getProperty("local.server.port");
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build();
  }

  private String get(String path) throws IOException, InterruptedException {
    var response = client.send(request(path), BodyHandlers.ofString());
    assertEquals(200, response.statusCode(), response.body());
    return response.body();
  }

  @Test
  void healthAndMetersTellWhatHappens() throws Exception {
    assertEquals("10.0", get("/line?x=2&slow=false"));
    assertThat(get("/actuator/health"))
        .contains("\"mlx\":{", "\"device\":\"", "\"lines\":{", "\"completed\":1")
        .contains("\"status\":\"UP\"");
    assertThat(
            get("/actuator/metrics/mlx4j.batcher.requests?tag=outcome:completed&tag=batcher:lines"))
        .contains("\"value\":1.0");
    assertThat(get("/actuator/metrics/mlx4j.batcher.requests?tag=outcome:refused"))
        .contains("\"value\":0.0");
    assertThat(get("/actuator/metrics/mlx4j.batcher.latency"))
        .contains("\"COUNT\",\"value\":1.0", "TOTAL_TIME");
    assertThat(get("/actuator/metrics/mlx4j.batcher.latency.within?tag=le:%2BInf"))
        .contains("\"value\":1.0");
    assertThat(get("/actuator/metrics/mlx4j.batcher.batches?tag=size:1")).contains("\"value\":1.0");
    assertThat(get("/actuator/metrics/mlx4j.batcher.batches?tag=size:257%2B"))
        .contains("\"value\":0.0");
    assertThat(get("/actuator/metrics/mlx4j.batcher.queued")).contains("\"value\":0.0");
    assertThat(get("/actuator/metrics/mlx4j.arrays.live")).contains("\"value\":2.0");
    assertThat(get("/actuator/metrics/mlx4j.memory.active")).contains("\"baseUnit\":\"bytes\"");
    assertThat(get("/actuator/metrics"))
        .contains(
            "mlx4j.memory.peak",
            "mlx4j.memory.cache",
            "mlx4j.memory.limit",
            "mlx4j.functions.live",
            "mlx4j.batcher.running",
            "mlx4j.batcher.waiting",
            "mlx4j.batcher.padding");
    assertThat(get("/actuator/configprops")).contains("\"prefix\":\"mlx4j\"");
  }

  @Test
  void closedBatcherIsOutOfService() throws Exception {
    context.getBean(Service.class).batcher.close();
    var response = client.send(request("/actuator/health"), BodyHandlers.ofString());
    assertEquals(503, response.statusCode());
    assertThat(response.body()).contains("OUT_OF_SERVICE", "\"accepting\":false");
  }

  @Test
  void requestThatWasAcceptedIsAnsweredThoughTheApplicationEnds() throws Exception {
    Service service = context.getBean(Service.class);
    client.sendAsync(request("/line?x=2&slow=true"), BodyHandlers.discarding());
    assertTrue(service.called.await(1, TimeUnit.MINUTES));
    CompletableFuture<Void> end = CompletableFuture.runAsync(context::close);
    service.allowed.countDown();
    end.get(1, TimeUnit.MINUTES);
    assertEquals(List.of(10f), service.answers); // Tomcat may close the connection too early
    assertTrue(service.batcher.isClosed());
  }
}
