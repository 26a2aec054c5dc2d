package org.mlx4j.operations;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mlx4j.MlxArray;
import org.mlx4j.operations.Operation.Variant;

/** An operation refuses a closed array, whichever argument it is. */
class ClosedArgumentsTest {
  @ParameterizedTest
  @MethodSource("org.mlx4j.operations.Operations#all")
  void closedArgumentsAreRefused(Operation operation) {
    Variant variant = operation.main();
    for (int i = 0; i < operation.inputs(); i++) {
      int closed = i;
      variant.run(
          () -> {
            MlxArray[] arguments = HostArray.allToMlx(variant.draw(0));
            arguments[closed].close();
            IllegalStateException e =
                assertThrows(
                    IllegalStateException.class,
                    () -> operation.apply(arguments),
                    () -> "argument " + closed);
            assertTrue(e.getMessage().matches("\\[\\w+\\] .*closed.*"), e::getMessage);
            return null;
          });
    }
  }
}
