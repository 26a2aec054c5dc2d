package org.mlx4j.internal;

import java.lang.invoke.MethodHandles;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.mlx4j.MlxArray;

/**
 * Calls functions that consist of several operations. Messages name the function and not an
 * operation inside it, and intermediate arrays are freed when the function returns or fails.
 */
public final class Formula {
  static {
    SharedSecrets.initialize(MethodHandles.lookup(), MlxArray.class);
  }

  private Formula() {}

  /**
   * Computes a function.
   *
   * @param function its name
   * @param body its operations
   * @return the result of {@code body}
   */
  public static MlxArray of(String function, Supplier<MlxArray> body) {
    return SharedSecrets.arrayAccess().composed(function, body);
  }

  /**
   * Computes a function of one array.
   *
   * @param function its name
   * @param x its argument, which messages call {@code x}
   * @param body its operations
   * @return the result of {@code body}
   */
  public static MlxArray of(String function, MlxArray x, UnaryOperator<MlxArray> body) {
    notNull(function, "x", x);
    return of(function, () -> body.apply(x));
  }

  /**
   * Computes a function with more than one result.
   *
   * @param function its name
   * @param body what it is made of
   * @param <T> the type of the result, a tree of arrays
   * @return the result of {@code body}
   */
  public static <T> T tree(String function, Supplier<T> body) {
    return SharedSecrets.arrayAccess().composedTree(function, body);
  }

  /**
   * Refuses null.
   *
   * @param function the function that was called
   * @param parameter the parameter
   * @param value its value
   * @param <T> its type
   * @return the value
   * @throws NullPointerException if the value is null
   */
  public static <T> T notNull(String function, String parameter, T value) {
    if (value == null) {
      throw new NullPointerException("[" + function + "] " + parameter + " is null");
    }
    return value;
  }
}
