package org.mlx4j.examples;

import org.mlx4j.Index;
import org.mlx4j.MlxArray;
import org.mlx4j.MlxRandom;

/** The digits to train on, and the fifth of all digits that is held out to test with. */
record Split(Digits training, Digits heldOut) {
  static Split of(Digits digits, long seed) {
    MlxArray order = MlxRandom.permutation(digits.count(), MlxRandom.key(seed));
    int fifth = digits.count() / 5;
    return new Split(
        digits.select(order.get(Index.from(fifth))), digits.select(order.get(Index.to(fifth))));
  }
}
