package org.mlx4j.tree;

import java.lang.invoke.MethodHandles;
import org.mlx4j.MlxArray;
import org.mlx4j.internal.ArrayAccess;
import org.mlx4j.internal.SharedSecrets;

/** The parts of {@code org.mlx4j} on which this package is built and which are not public. */
final class Core {
  static final ArrayAccess ARRAYS;

  static {
    SharedSecrets.initialize(MethodHandles.lookup(), MlxArray.class);
    ARRAYS = SharedSecrets.arrayAccess();
  }

  private Core() {}
}
