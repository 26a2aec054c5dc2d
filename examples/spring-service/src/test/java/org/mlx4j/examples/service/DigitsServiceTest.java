package org.mlx4j.examples.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.mlx4j.Memory;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.core.env.Environment;

/** The service answers what is right, refuses what is wrong, and shows what it does. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class DigitsServiceTest {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  @Autowired private Environment environment;
  @Autowired private Problems problems;

  private int port() {
    return environment.getRequiredProperty("local.server.port", Integer.class);
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path));
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return CLIENT.send(request(path).build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> post(BodyPublisher body) throws IOException, InterruptedException {
    HttpRequest request =
        request("/digits").header("Content-Type", "application/json").POST(body).build();
    return CLIENT.send(request, BodyHandlers.ofString());
  }

  private HttpResponse<String> post(String body) throws IOException, InterruptedException {
    return post(BodyPublishers.ofString(body));
  }

  @Test
  void digitsAreRecognized() throws Exception {
    for (int digit : Strokes.DIGITS.keySet()) {
      var response = post(Strokes.json(Strokes.pixels(digit)));
      assertEquals(200, response.statusCode(), response.body());
      assertThat(response.body()).startsWith("{\"digit\":" + digit + ",\"probabilities\":[");
    }
  }

  private static void assertProblem(int status, String text, HttpResponse<String> response) {
    assertEquals(status, response.statusCode(), response.body());
    assertThat(response.headers().firstValue("Content-Type"))
        .hasValueSatisfying(type -> assertThat(type).startsWith("application/problem+json"));
    assertThat(response.body()).contains("\"status\":" + status, text);
  }

  @Test
  void malformedRequestsAreProblems() throws Exception {
    assertProblem(400, "Failed to read request", post("{\"pixels\":"));
    assertProblem(400, "Failed to read request", post("{\"pixels\":[[\"ink\"]]}"));
    assertProblem(400, "pixels must not be null", post("{}"));
    assertProblem(400, "pixels size must be between 28 and 28", post("{\"pixels\":[]}"));
    assertProblem(400, "pixels[0] size must be", post(Strokes.json(new float[28][27])));
    float[][] tooDark = Strokes.pixels(1);
    tooDark[3][4] = 1.5f;
    assertProblem(400, "pixels[3][4] must be less than or equal to 1", post(Strokes.json(tooDark)));
    assertProblem(404, "Not Found", get("/no-such-page"));
    assertProblem(405, "Method", get("/digits"));
    HttpRequest text = request("/digits").POST(BodyPublishers.ofString("a digit")).build();
    assertProblem(415, "Unsupported", CLIENT.send(text, BodyHandlers.ofString()));
  }

  @Test
  void oversizedRequestsAreProblems() throws Exception {
    String large = " ".repeat(BodyLimit.BYTES) + Strokes.json(Strokes.pixels(1));
    assertProblem(413, "more than 32768 bytes", post(large));
    // of a length that is not announced
    assertProblem(
        413,
        "more than 32768 bytes",
        post(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large.getBytes()))));
  }

  @Test
  void fullQueueIsAProblemOfTheService() {
    var response = problems.tooBusy(new RejectedExecutionException());
    assertEquals(503, response.getStatusCode().value());
    assertEquals("1", response.getHeaders().getFirst("Retry-After"));
  }

  @Test
  void pagesTellWhatTheServiceDoes() throws Exception {
    post(Strokes.json(Strokes.pixels(1)));
    assertThat(get("/actuator/health").body()).contains("\"mlx\"", "\"status\":\"UP\"");
    assertThat(get("/actuator/prometheus").body())
        .contains(
            "mlx4j_batcher_requests_total{batcher=\"digits\",outcome=\"completed\"}",
            "mlx4j_batcher_latency_within_total{batcher=\"digits\",le=\"+Inf\"}",
            "mlx4j_batcher_latency_seconds_count{batcher=\"digits\"}",
            "mlx4j_batcher_queued{batcher=\"digits\"}",
            "mlx4j_arrays_live",
            "mlx4j_memory_active_bytes");
    assertThat(get("/v3/api-docs").body()).contains("\"/digits\"", "from 0 (paper) to 1 (ink)");
    assertEquals(200, get("/swagger-ui/index.html").statusCode());
    assertThat(get("/").body()).contains("Draw a digit");
  }

  @Test
  void onlyThisMachineReachesTheService() throws Exception {
    List<InetAddress> others =
        NetworkInterface.networkInterfaces()
            .flatMap(NetworkInterface::inetAddresses)
            .filter(address -> !address.isLoopbackAddress())
            .toList();
    for (InetAddress other : others) {
      assertThrows(IOException.class, () -> new Socket(other, port()).close(), other.toString());
    }
    new Socket("127.0.0.1", port()).close();
  }

  @Test
  void manyClientsAreAnsweredAndLeaveNothing() throws Exception {
    digitsAreRecognized();
    long before = LiveArrays.settled();
    String memoryBefore = memory();
    List<Integer> digits = List.copyOf(Strokes.DIGITS.keySet());
    long seconds = Long.getLong("load.seconds", 2);
    long end = System.nanoTime() + seconds * 1_000_000_000;
    List<Callable<List<Long>>> clients = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      int digit = digits.get(i % digits.size());
      String body = Strokes.json(Strokes.pixels(digit));
      clients.add(
          () -> {
            List<Long> times = new ArrayList<>();
            do {
              long start = System.nanoTime();
              var response = post(body);
              times.add(System.nanoTime() - start);
              assertEquals(200, response.statusCode(), response.body());
              assertThat(response.body()).startsWith("{\"digit\":" + digit + ",");
            } while (System.nanoTime() < end);
            return times;
          });
    }
    ExecutorService threads = Executors.newFixedThreadPool(clients.size());
    List<Long> times = new ArrayList<>();
    for (Future<List<Long>> client : threads.invokeAll(clients)) {
      times.addAll(client.get());
    }
    threads.shutdown();
    assertTrue(times.size() >= clients.size());
    assertEquals(before, LiveArrays.settled());
    times.sort(null);
    System.out.printf(
        "%d clients: %d requests, %d a second, p50 %.2f ms, p90 %.2f ms, p99 %.2f ms, p99.9 %.2f"
            + " ms%nmemory before: %s%nmemory after: %s%n",
        clients.size(),
        times.size(),
        times.size() / seconds,
        milliseconds(times, 0.5),
        milliseconds(times, 0.9),
        milliseconds(times, 0.99),
        milliseconds(times, 0.999),
        memoryBefore,
        memory());
  }

  private static double milliseconds(List<Long> sorted, double quantile) {
    return 1e-6 * sorted.get((int) (quantile * (sorted.size() - 1)));
  }

  /** The memory of arrays and, on Linux, of this process, which is the service and its clients. */
  private static String memory() throws IOException {
    Path status = Path.of("/proc/self/status");
    String process =
        Files.exists(status)
            ? Files.readString(status).replaceFirst("(?s).*\nVmRSS:\\s*(\\d+ kB).*", "$1")
            : "unknown";
    return Memory.getActiveMemory() + " bytes of arrays, process " + process;
  }

  @Test
  void drawnDigitIsShownOnThePage() throws Exception {
    ChromeOptions options = new ChromeOptions();
    options.setBinary(Chromium.browser());
    options.addArguments("--headless=new", "--no-sandbox", "--disable-gpu");
    ChromeDriverService driver =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(Chromium.driver())
            .usingAnyFreePort()
            .build();
    ChromeDriver browser = new ChromeDriver(driver, options);
    try {
      browser.get("http://127.0.0.1:" + port() + "/");
      WebElement message = browser.findElement(By.id("message"));
      for (int digit : List.of(7, 0)) {
        browser.findElement(By.id("clear")).click();
        assertEquals("Draw on the left.", message.getText());
        draw(browser, Strokes.DIGITS.get(digit));
        String expected = "This looks like a " + digit + ".";
        for (int i = 0; i < 600 && !message.getText().equals(expected); i++) {
          Thread.sleep(100);
        }
        assertEquals(expected, message.getText());
        String likeliest = browser.findElement(By.cssSelector("tr.likeliest")).getText();
        assertThat(likeliest).matches("(?s)" + digit + "\\s.* %");
      }
    } finally {
      browser.quit();
    }
  }

  private static void draw(ChromeDriver browser, List<double[]> points) {
    WebElement paper = browser.findElement(By.id("paper"));
    Actions pen = new Actions(browser, java.time.Duration.ofMillis(5));
    boolean isDown = false;
    for (double[] point : points) {
      pen.moveToElement(
          paper,
          (int) Math.round(180 * (point[0] - 0.5)),
          (int) Math.round(200 * (point[1] - 0.5)));
      if (!isDown) {
        pen.clickAndHold();
        isDown = true;
      }
    }
    pen.release().perform();
  }
}
