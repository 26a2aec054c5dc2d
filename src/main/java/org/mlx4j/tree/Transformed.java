package org.mlx4j.tree;

import java.util.function.LongUnaryOperator;
import org.mlx4j.MlxArray;
import org.mlx4j.internal.ClosedException;
import org.mlx4j.internal.tree.Flattening;
import org.mlx4j.internal.tree.Roots;
import org.mlx4j.internal.tree.Structure;

/**
 * What handles stand for: a transform of a function of trees. It lives as long as a handle or
 * another transform holds it.
 *
 * <p>MLX knows functions of arrays only. So for every structure of arguments there is a native
 * function of their arrays, whose Java side puts the trees together, calls the user's function and
 * takes apart what it returns.
 */
abstract class Transformed {
  /** Functions are called, and freed, one inside the other. */
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

  // ---- what the transforms differ in -----------------------------------------------------------

  /**
   * Returns what makes the transformed native function of a native one.
   *
   * @param recordings of the results of the native function, if it {@link #records}, else null
   * @throws IllegalArgumentException if the transform has nothing to work on in such arguments
   */
  abstract LongUnaryOperator transformation(Structure arguments, Recordings recordings);

  /** The trees in what the function returned whose arrays shall come out of the transform. */
  Object[] results(Object returned) {
    return new Object[] {returned};
  }

  /** What each of {@link #results} is, for messages. */
  Roots resultNames() {
    return Roots.RESULT;
  }

  /** What {@code apply} returns, made of what the native function returned. */
  Object answer(Structure arguments, Structure results, MlxArray... outputs) {
    return results.rebuild(outputs)[0];
  }

  /** Whether the native function may return what an earlier call, or another thread, recorded. */
  boolean records() {
    return false;
  }

  /** The message for what the native function found wrong with the arguments, if it did. */
  String complaint(Structure arguments, MlxArray... leaves) {
    return null;
  }

  // ---- application -----------------------------------------------------------------------------

  final Object apply(Object... arguments) {
    Flattening flattened = Flattening.of(transform, Roots.ARGUMENTS, arguments);
    Structure structure = flattened.structure();
    MlxArray[] leaves = flattened.leaves();
    while (true) {
      Specialization f = specializations.of(structure);
      Frame frame = Frame.enter(f, structure);
      try {
        MlxArray[] outputs = Core.ARRAYS.call(f.handle, leaves);
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
