package org.mlx4j.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Does the work of a row as often as each line of the input says, and prints the nanoseconds for
 * once: {@code Turns ROW}.
 */
public final class Turns {
  private Turns() {}

  public static void main(String[] row) throws IOException {
    Map<String, Supplier<Runnable>> rows = new HashMap<>(new Layers().turns());
    rows.putAll(new Models().turns());
    Runnable work = rows.get(row[0]).get();
    var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      int times = Integer.parseInt(line);
      long start = System.nanoTime();
      for (int i = 0; i < times; i++) {
        work.run();
      }
      System.out.println((System.nanoTime() - start) / (double) times);
    }
  }
}
