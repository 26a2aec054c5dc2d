package org.mlx4j.tree;

import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.mlx4j.internal.tree.Structure;

/**
 * A function whose Java code does not run in every call, or again later: compiled, checkpointed.
 */
final class Recorded extends Transformed {
  private final LongUnaryOperator transformation;

  Recorded(String transform, Callee callee, LongUnaryOperator transformation) {
    super(transform, callee);
    this.transformation = transformation;
  }

  @Override
  LongUnaryOperator transformation(Structure arguments, @Nullable Recordings recordings) {
    return transformation;
  }

  @Override
  boolean records() {
    return true;
  }
}
