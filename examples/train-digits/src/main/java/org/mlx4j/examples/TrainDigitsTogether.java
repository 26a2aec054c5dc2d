package org.mlx4j.examples;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.mlx4j.Distributed;
import org.mlx4j.MlxRandom;
import org.mlx4j.RingConfiguration;
import org.mlx4j.Scope;

/** Does the training of {@link TrainDigits} in several processes that share the work. */
public final class TrainDigitsTogether {
  private TrainDigitsTogether() {}

  /**
   * Runs one of the processes.
   *
   * @param args the number of epochs, the rank of this process, and the address of each rank
   * @throws IOException if the digits cannot be read
   */
  public static void main(String[] args) throws IOException {
    int epochs = Integer.parseInt(args[0]);
    int rank = Integer.parseInt(args[1]);
    String[] addresses = Arrays.copyOfRange(args, 2, args.length);
    Distributed.Group group = Distributed.init(RingConfiguration.of(rank, addresses));
    try (Scope scope = Scope.open()) {
      for (double loss : losses(epochs, group)) {
        System.out.println("Loss " + loss);
      }
    }
  }

  /**
   * Trains.
   *
   * @param epochs how often to go over all digits
   * @param group the processes that share the work; its size divides 32
   * @return the mean loss of each epoch
   * @throws IOException if the digits cannot be read
   */
  public static List<Double> losses(int epochs, Distributed.Group group) throws IOException {
    MlxRandom.seed(0);
    return Training.of(Split.of(Digits.load(), 0), epochs, 0, group)
        .run(Training.State.start())
        .history()
        .values("loss");
  }
}
