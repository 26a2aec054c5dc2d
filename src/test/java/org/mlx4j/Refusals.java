package org.mlx4j;

import static org.mlx4j.ArrayAssertions.assertThrowsSaying;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.function.Executable;

/** Calls that must be refused as illegal arguments, each with parts of the message. */
final class Refusals {
  private final List<DynamicTest> tests = new ArrayList<>();

  /** Adds a call, named after the first part of the message. */
  Refusals add(Executable call, String... parts) {
    return addNamed(tests.size() + " " + parts[0], call, parts);
  }

  /** Adds a call with a name. */
  Refusals addNamed(String name, Executable call, String... parts) {
    tests.add(
        DynamicTest.dynamicTest(
            name, () -> assertThrowsSaying(IllegalArgumentException.class, call, parts)));
    return this;
  }

  Stream<DynamicTest> tests() {
    return tests.stream();
  }
}
