package org.mlx4j;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.mlx4j.internal.SharedSecrets;
import org.mlx4j.nn.Nn;
import org.mlx4j.tree.TreeFunction;
import org.mlx4j.tree.Trees;

/** The packages find each other, whichever class of them a program uses first. */
class PackageAccessTest {
  /** Uses the packages for the first time, on several threads at once. */
  static final class Program {
    public static void main(String[] arguments) throws Exception {
      try {
        SharedSecrets.arrayAccess();
      } catch (IllegalStateException e) {
        System.out.println(e.getMessage());
      }
      try {
        SharedSecrets.treeAccess();
      } catch (IllegalStateException e) {
        System.out.println(e.getMessage());
      }
      List<Callable<Object>> uses =
          List.of(
              () -> Trees.compile((MlxArray x) -> x.add(1)),
              () -> MlxArray.scalar(1f),
              () -> Transforms.grad(x -> x.sum()),
              () -> Trees.grad((MlxArray x) -> x.sum()),
              () -> Nn.valueAndGrad((MlxArray x) -> x.sum()));
      CyclicBarrier together = new CyclicBarrier(uses.size());
      ExecutorService threads = Executors.newFixedThreadPool(uses.size());
      List<Future<Object>> used =
          threads.invokeAll(
              uses.stream()
                  .map(
                      use ->
                          (Callable<Object>)
                              () -> {
                                together.await();
                                return use.call();
                              })
                  .toList());
      @SuppressWarnings("unchecked") // as made above
      TreeFunction<MlxArray, MlxArray> compiled =
          (TreeFunction<MlxArray, MlxArray>) used.get(0).get();
      System.out.println(compiled.apply((MlxArray) used.get(1).get()).itemFloat());
      threads.shutdown();
    }
  }

  @Test
  void treesAndArraysMayBeUsedFirstAndTogether() throws Exception {
    assertEquals(
        "MlxArray has not been initialized\nTrees has not been initialized\n2.0\n",
        ChildJvm.run(Program.class));
  }
}
