package org.mlx4j.operations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The chains have the properties that the laws assume. */
class CompositionsTest {
  @ParameterizedTest
  @EnumSource
  void eachLinkIsUsed(Links kind) {
    int[] shape = {2, 3, 4};
    for (Link.Maker maker : kind.makers()) {
      String name = maker.of(new Shape(shape, new Random(0))).name().split(" \\[", 2)[0];
      assertTrue(
          Compositions.all().anyMatch(chain -> chain.toString().contains(name)),
          () -> "no chain has " + name);
    }
  }

  @Test
  void valuesAreFinite() {
    Compositions.all()
        .forEach(
            chain -> {
              HostArray[] results = chain.main().compute(chain.main().draw(0));
              assertEquals(1, results.length);
              double[] values = results[0].values();
              assertTrue(
                  Arrays.stream(values).allMatch(v -> Math.abs(v) < 1e6),
                  () -> chain + " gives " + results[0]);
              assertTrue(results[0].shape().length > 0, chain::toString);
            });
  }

  @Test
  void namesTellChainsApart() {
    Stream<String> names = Compositions.all().map(Operation::toString);
    assertEquals(Compositions.all().count(), names.distinct().count());
  }

  @Test
  void whatRowsCannotDoIsListedForChains() {
    assertTrue(
        Operations.isListed(
            Operation::vmapRefusal,
            new RuntimeException("[Primitive::vmap] Not implemented for SegmentedMM.")));
    assertFalse(Operations.isListed(Operation::vmapRefusal, new RuntimeException("wrong shape")));
    assertFalse(Operations.isListed(Operation::vmapRefusal, new RuntimeException()));
  }
}
