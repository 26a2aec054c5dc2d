package org.mlx4j.tree;

import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.mlx4j.MlxArray;
import org.mlx4j.internal.ClosedException;
import org.mlx4j.internal.tree.Flattening;
import org.mlx4j.internal.tree.Roots;
import org.mlx4j.internal.tree.Structure;

/**
 * A transform of a function of trees, which handles refer to. It lives as long as a handle or
 * another transform holds it.
 *
 * <p>MLX only knows functions of arrays. For every structure of arguments there is therefore a
 * native function of their arrays; its Java side assembles the trees, calls the user's function and
 * flattens the result.
 */
abstract class Transformed {
  /** Functions are called, and freed, recursively. */
  private static final int MOST_NESTED = 100;

  final String transform;
  final Callee callee;
  final int nesting;
  private final Specializations specializations = new Specializations(this);
  private int holders = 1;

  Transformed(String transform, Callee callee) {
    this.transform = transform;
    this.callee = callee;
    this.nesting = callee.nesting() + 1;
    if (nesting > MOST_NESTED) {
      callee.release();
      throw new IllegalArgumentException(
          "[" + transform + "] at most " + MOST_NESTED + " transforms of trees can be nested");
    }
  }

  // ---- differences between transforms ----------------------------------------------------------

  /**
   * Returns an operator that makes the transformed native function of a native one.
   *
   * @param recordings those of the results of the native function, if it {@link #records}, or null
   * @throws IllegalArgumentException if such arguments hold nothing to transform
   */
  abstract LongUnaryOperator transformation(Structure arguments, @Nullable Recordings recordings);

  /**
   * Returns the order in which the native function takes the arrays of such arguments: for each of
   * its arrays the index among those of the arguments, or null if the order is the same.
   */
  int @Nullable [] order(Structure arguments) {
    return null;
  }

  /** Returns the trees in the function's result whose arrays the native function returns. */
  @Nullable Object[] results(@Nullable Object returned) {
    return new @Nullable Object[] {returned};
  }

  /** Returns the names of {@link #results} in messages. */
  Roots resultNames() {
    return Roots.RESULT;
  }

  /** Returns the result of {@code apply}, assembled from that of the native function. */
  @Nullable Object answer(Structure arguments, Structure results, MlxArray... outputs) {
    return results.rebuild(outputs)[0];
  }

  /**
   * Returns whether the native function may return what an earlier call or another thread recorded.
   */
  boolean records() {
    return false;
  }

  /** Returns the message for a fault that the native function found in the arguments, or null. */
  @Nullable String complaint(Structure arguments, MlxArray... leaves) {
    return null;
  }

  // ---- application -----------------------------------------------------------------------------

  final @Nullable Object apply(@Nullable Object... arguments) {
    Flattening flattened = Flattening.of(transform, Roots.ARGUMENTS, arguments);
    Structure structure = flattened.structure();
    MlxArray[] leaves = flattened.leaves();
    while (true) {
      Specialization f = specializations.of(structure);
      Frame frame = Frame.enter(f, structure);
      try {
        MlxArray[] outputs = Core.ARRAYS.call(f.handle, f.ordered(leaves));
        f.worked();
        return answer(structure, f.results(frame, outputs.length), outputs);
      } catch (ClosedException e) {
        int closed = Core.ARRAYS.firstClosed(leaves);
        if (closed >= 0) {
          throw Core.ARRAYS.closed(
              structure.complaint(closed, "the array is closed"), leaves[closed], e);
        }
        if (specializations.closed()) {
          throw closed();
        }
        if (!f.dropped()) {
          throw new IllegalStateException("[" + transform + "] " + e.getMessage(), e);
        } // else it made room for others since it was looked up
      } catch (IllegalArgumentException e) {
        String complaint = complaint(structure, leaves);
        throw complaint == null ? e : new IllegalArgumentException(complaint, e);
      } finally {
        frame.leave();
        specializations.forgetFailed(f);
      }
    }
  }

  final IllegalStateException closed() {
    return new IllegalStateException("[" + transform + "] the function is closed");
  }

  // ---- lifetime --------------------------------------------------------------------------------

  final synchronized void retain(String outer) {
    if (holders == 0) {
      throw new IllegalStateException("[" + outer + "] the function to transform is closed");
    }
    holders++;
  }

  final void release() {
    synchronized (this) {
      if (--holders > 0) {
        return;
      }
    }
    specializations.close();
    callee.release();
  }
}
