package org.mlx4j.operations;

import java.util.List;
import org.mlx4j.MlxArray;

/**
 * A link of a chain of operations: what is done with an array of a certain shape.
 *
 * @param name what is done, in words that tell it from other links
 * @param others further inputs
 * @param function the operation on the array and the further inputs
 */
record Link(String name, List<Input> others, Function function) {
  /** What a link does; the array that comes down the chain is apart from the further inputs. */
  interface Function {
    MlxArray apply(MlxArray x, MlxArray... others);
  }

  static Link of(String name, Function function, Input... others) {
    return new Link(name, List.of(others), function);
  }

  Link named(String other) {
    return new Link(other, others, function);
  }

  /** A link for arrays of many shapes. */
  interface Maker {
    /** The link for this shape, or null if there is none. */
    Link of(Shape shape);
  }

  /** What a chain must know of its links. */
  enum Trait {
    /** Several elements of the result may be equal. */
    MAKES_EQUAL,
    /** Among equal elements, which one is taken is a matter of choice, and so is the derivative. */
    CHOOSES,
    /** MLX computes this in single precision even where the dtype is float64. */
    SINGLE_PRECISION
  }
}
