package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The page's Python code trains and exports, its Java code serves, and both give the same results.
 */
class FromPythonTest {
  private static String code(String language) throws Exception {
    String page = Files.readString(Path.of("docs/from-python-to-a-jvm-service.md"));
    Matcher matcher =
        Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL).matcher(page);
    assertTrue(matcher.find(), language);
    return matcher.group(1);
  }

  private static HttpResponse<String> ask(int port, String question) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/probability"))
                .POST(HttpRequest.BodyPublishers.ofString(question))
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void whatPythonTrainsJavaServes(@TempDir Path folder) throws Exception {
    String printed =
        PythonMlx.run("import os\nos.chdir(r'" + folder + "')\n" + code("python")).strip();
    double[] expected = Stream.of(printed.split(" ")).mapToDouble(Double::parseDouble).toArray();
    assertTrue(expected[0] > 0.9 && expected[1] < 0.1, printed);

    Path source = Files.writeString(folder.resolve("Serve.java"), code("java"));
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    Process service =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                source.toString(),
                folder.resolve("circle.mlxfn").toString(),
                String.valueOf(port))
            .redirectErrorStream(true)
            .start();
    try (BufferedReader output = service.inputReader(StandardCharsets.UTF_8)) {
      assertEquals("serving {\"inputs\": [\"x\", \"y\"], \"threshold\": 0.5}", output.readLine());
      HttpResponse<String> all = null;
      for (int attempt = 0; all == null; attempt++) {
        try {
          all = ask(port, "0.1 0.2\n0.9 -0.8\n0.5 0.4\n");
        } catch (java.net.ConnectException e) { // it says that it serves before it does
          assertTrue(attempt < 100 && service.isAlive(), e.toString());
          TimeUnit.MILLISECONDS.sleep(100);
        }
      }
      assertEquals(200, all.statusCode(), all.body());
      List<String> answers = List.of(all.body().replaceAll("[\\[\\]]", "").split(", "));
      assertEquals(expected.length, answers.size());
      for (int i = 0; i < expected.length; i++) {
        assertEquals(expected[i], Double.parseDouble(answers.get(i)), 1e-5);
      }
      assertEquals("[" + answers.get(1) + "]", ask(port, "0.9 -0.8").body());
      assertEquals(400, ask(port, "0.9").statusCode());
      assertEquals(400, ask(port, "what?").statusCode());
    } finally {
      service.destroy();
      assertTrue(service.waitFor(2, TimeUnit.MINUTES));
    }
  }
}
