package org.mlx4j;

import static org.mlx4j.ArrayAssertions.assertShape;
import static org.mlx4j.ArrayAssertions.assertValues;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Arrays without elements are arrays. */
@ExtendWith(InScope.class)
class EmptyArraysTest {
  private final MlxArray none = Ops.zeros(0, 3).add(1);

  @Test
  void reductionsOverNothingGiveTheNeutralElement() {
    assertValues(none.sum(0), 0, 0, 0);
    assertValues(none.prod(0), 1, 1, 1);
    assertValues(none.all(0), 1, 1, 1);
    assertValues(none.any(0), 0, 0, 0);
    assertValues(none.sum(), 0);
    assertShape(none.sum(1), 0);
  }

  @Test
  void transformsTakeThem() {
    assertShape(Transforms.grad(a -> a.square().sum()).apply(none), 0, 3);
    assertShape(Transforms.vmap(a -> a.square().sum()).apply(none), 0);
    assertValues(Transforms.vmap(a -> a.square().sum(), 1, 0).apply(none), 0, 0, 0);
    assertValues(Transforms.compile(a -> a.square().sum()).apply(none), 0);
    assertValues(Transforms.checkpoint(a -> a.square().sum()).apply(none), 0);
  }

  /** In a separate JVM, because an evaluation that does not end blocks all others. */
  @Test
  void reductionsOfViewsEnd() throws Exception {
    ChildJvm.run(ManyReductions.class);
  }

  static final class ManyReductions {
    private ManyReductions() {}

    public static void main(String[] args) {
      for (int i = 0; i < 3000; i++) {
        int seed = i;
        Scope.run(() -> reduce(MlxRandom.normal(new int[] {2, 3, 4}, MlxRandom.key(seed))));
      }
    }

    private static void reduce(MlxArray x) {
      MlxArray view = x.slice(new int[3], new int[] {0, 3, 1}).add(1).squeeze(2).transpose();
      assertShape(view, 3, 0);
      assertValues(view.sum(-1), 0, 0, 0);
      assertValues(view.prod(-1), 1, 1, 1);
      assertValues(view.all(-1), 1, 1, 1);
      assertValues(x.trace(2, -1, 0), 0, 0, 0);
      assertValues(x.diagonal(2, -1, 0).sum(-1), 0, 0, 0);
    }
  }
}
