package org.mlx4j.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mlx4j.MlxArray;
import org.mlx4j.Scope;
import org.mlx4j.nn.Linear;
import org.mlx4j.tree.Trees;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.io.DefaultResourceLoader;

/** The code of the page compiles, its program answers, and its properties exist. */
class PageTest {
  private static final Path PAGE = Path.of("../docs/spring.md");

  private static List<String> blocks(String language) throws IOException {
    Pattern block = Pattern.compile("(?s)```" + language + "\n(.*?)```");
    Matcher matcher = block.matcher(Files.readString(PAGE));
    List<String> blocks = new ArrayList<>();
    while (matcher.find()) {
      blocks.add(matcher.group(1));
    }
    return blocks;
  }

  @Test
  void programOfThePageAnswers(@TempDir Path folder) throws Exception {
    Path weights = folder.resolve("prices.safetensors");
    Scope.run(() -> Trees.save(weights, linear(1, 2, 3, 4)));
    compile(folder);
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
      Thread.currentThread().setContextClassLoader(loader);
      SpringApplication application =
          new SpringApplication(
              new DefaultResourceLoader(loader), loader.loadClass("example.Prices"));
      String[] properties = blocks("properties").get(0).replaceAll("(?m)^", "--").split("\n");
      List<String> arguments = new ArrayList<>(List.of(properties));
      arguments.addAll(List.of("--server.port=0", "--server.address=127.0.0.1"));
      // the page's bean for a file that is not here
      Files.delete(folder.resolve("example/Exported.class"));
      try (ConfigurableApplicationContext context =
          application.run(arguments.toArray(String[]::new))) {
        String port = context.getEnvironment().getProperty("local.server.port");
        URI uri = URI.create("http://127.0.0.1:" + port + "/price?features=1,10,100");
        var answer =
            HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
        assertEquals("325.0", answer.body());
      }
    } finally {
      Thread.currentThread().setContextClassLoader(getClass().getClassLoader());
    }
  }

  private static Linear linear(float a, float b, float c, float bias) {
    return Trees.unflatten(
        Linear.of(3, 1), List.of(MlxArray.of(new float[] {a, b, c}, 1, 3), MlxArray.of(bias + 0f)));
  }

  private static void compile(Path folder) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "-proc:none",
                "-parameters",
                "-d",
                folder.toString(),
                "-cp",
                System.getProperty("java.class.path")));
    for (String block : blocks("java")) {
      Matcher name = Pattern.compile("(?m)^(?:public )?class (\\w+)").matcher(block);
      assertTrue(name.find(), block);
      Path source = Files.createDirectories(folder.resolve("sources/example"));
      arguments.add(Files.writeString(source.resolve(name.group(1) + ".java"), block).toString());
    }
    assertEquals(
        0,
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, arguments.toArray(String[]::new)));
  }

  @Test
  void propertiesOfThePageExist() throws IOException {
    String metadata;
    try (InputStream in =
        PageTest.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
      metadata = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    Matcher property =
        Pattern.compile("(?m)^\\| `((?:mlx4j|management)[a-z0-9.-]+)`( \\| [^|]*){2} \\|")
            .matcher(Files.readString(PAGE));
    int count = 0;
    while (property.find()) {
      count++;
      assertThat(metadata).contains("\"" + property.group(1) + "\"");
    }
    assertEquals(6, count);
  }

  @Test
  void metersOfThePageExist() throws IOException {
    String source = Files.readString(Path.of("src/main/java/org/mlx4j/spring/MlxMeters.java"));
    Matcher meter = Pattern.compile("\"(mlx4j\\.[a-z.]+)\"").matcher(source);
    String page = Files.readString(PAGE).replace("`, `.", "`, `mlx4j.memory.");
    while (meter.find()) {
      assertThat(page).contains("`" + meter.group(1) + "`");
    }
  }
}
