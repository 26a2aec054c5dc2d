package org.mlx4j;

import org.mlx4j.internal.Library;

/**
 * Natives with deliberate faults. The library contains them only if it is built with sanitizers
 * ({@code -Dnative.build=ASan}).
 */
final class PlantedFaults {
  private PlantedFaults() {}

  /** The argument is the name of a fault. Ends with exit code 0 if nobody notices. */
  public static void main(String[] arguments) {
    Library.load();
    int value =
        switch (arguments[0]) {
          case "useAfterFree" -> useAfterFree();
          case "readBeyondAnArray" -> readBeyondAnArray(8);
          case "overflow" -> overflow(1);
          case "castWhatDoesNotFit" -> castWhatDoesNotFit(1e10);
          case "none" -> MlxArray.of(1, 2, 3).sum().itemInt();
          default -> throw new IllegalArgumentException(arguments[0]);
        };
    System.out.println("went on with " + value);
  }

  static native int useAfterFree();

  static native int readBeyondAnArray(int size);

  static native int overflow(int summand);

  static native int castWhatDoesNotFit(double value);
}
