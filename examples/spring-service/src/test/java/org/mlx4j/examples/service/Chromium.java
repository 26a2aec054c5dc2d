package org.mlx4j.examples.service;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.util.Arrays;
import java.util.stream.Stream;

/** The browser of this machine, which continuous integration must have. */
final class Chromium {
  private Chromium() {}

  static File browser() {
    return find("chromium", "chromium-browser", "google-chrome");
  }

  static File driver() {
    return find("chromedriver");
  }

  private static File find(String... names) {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .flatMap(folder -> Arrays.stream(names).map(name -> new File(folder, name)))
        .filter(File::canExecute)
        .findFirst()
        .orElseGet(
            () -> {
              String missing =
                  "this machine has no "
                      + names[0]
                      + " (apt-get install "
                      + "chromium chromium-driver), so the page is not tested";
              assertFalse("true".equals(System.getenv("CI")), missing);
              return abort(missing);
            });
  }
}
